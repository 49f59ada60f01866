import Foundation
import Testing

@testable import Allocation

/// The thermal model against the gates of the standards and against a fine integration.
struct ProtectiveDeviceTests {
    static let ratings: [Double] = [16, 25, 40, 63, 100]

    private func now(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000).advanced(bySeconds: seconds)
    }

    private func cold(_ curve: TripCurve) -> ThermalModel {
        var model = ThermalModel()
        model.flow(0, until: now(0), curve: curve)
        return model
    }

    @Test(arguments: [1e-12, 1e-6, 0.01, 0.05, 0.3, 1, 2.5, 10, 39, 100])
    func theExponentialIsThatOfTheLibrary(x: Double) {
        #expect(abs(saturation(x) + expm1(-x)) <= 1e-12 * -expm1(-x))
    }

    @Test(arguments: [1, 1.0001, 1.5, 2, 10, 1234.5, 1e12])
    func logarithmAndRootAreThoseOfTheLibrary(x: Double) {
        #expect(abs(logarithm(x) - log(x)) <= 1e-13 * max(1, log(x)))
        #expect(abs(Allocation.squareRoot(x) - x.squareRoot()) <= 1e-15 * x.squareRoot() * 2)
    }

    @Test(arguments: ratings)
    func aFuseNeverTripsEarlierThanItsGatesAllowAndBearsItsNonFusingCurrent(rated: Double) {
        let curve = TripCurve(ProtectiveDevice(.fuseGG, ratedAmperes: rated))
        let model = cold(curve)
        #expect(model.secondsToTrip(1.249 * rated, curve) == .infinity)
        // Known to melt within the conventional time of at least an hour: the model says a time, and an earlier one.
        #expect(model.secondsToTrip(1.6 * rated, curve) < 3600)
        let tenSeconds = (curve.fast.bearable).squareRoot() * rated
        #expect(abs(model.secondsToTrip(tenSeconds * 0.9999, curve) - 10) < 0.1)
        #expect(model.secondsToTrip(10 * rated, curve) < 0.1)
    }

    @Test(arguments: ratings, [ProtectiveDevice.Kind.breakerB, .breakerC])
    func aBreakerBearsWhatTheStandardMakesItBear(rated: Double, kind: ProtectiveDevice.Kind) {
        let curve = TripCurve(ProtectiveDevice(kind, ratedAmperes: rated))
        let model = cold(curve)
        #expect(model.secondsToTrip(1.129 * rated, curve) == .infinity)
        #expect(abs(model.secondsToTrip(2.55 * rated, curve) - 1) < 1e-6)
        let instant = kind == .breakerB ? 3.0 : 5.0
        #expect(model.secondsToTrip((instant + 0.01) * rated, curve) == 0)
    }

    @Test(arguments: ratings)
    func theTimeToTripIsThatOfAFineIntegration(rated: Double) {
        var random = SeededGenerator(seed: UInt64(rated))
        for device in [
            ProtectiveDevice(.fuseGG, ratedAmperes: rated), ProtectiveDevice(.breakerC, ratedAmperes: rated),
        ] {
            let curve = TripCurve(device)
            for _ in 0..<20 {
                var model = ThermalModel()
                model.flow(Double.random(in: 0...1.1, using: &random) * rated, until: now(0), curve: curve)
                let amperes = Double.random(in: 1.3...2.9, using: &random) * rated
                let said = model.secondsToTrip(amperes, curve)
                guard said < 1000 else { continue }
                let steps = 4000
                for step in 1...steps {
                    model.flow(amperes, until: now(said * Double(step) / Double(steps)), curve: curve)
                }
                #expect(abs(model.usedShare(curve) - 1) < 1e-6, "\(device) \(amperes) A: \(said) s")
            }
        }
    }

    @Test(arguments: ratings)
    func besideTheReserveAStepIsBorneForTheTimeOfReaction(rated: Double) {
        for kind in ProtectiveDevice.Kind.allCases {
            let curve = TripCurve(ProtectiveDevice(kind, ratedAmperes: rated))
            for step in [0.1, 0.25, 0.5] {
                var model = ThermalModel()
                model.flow(0, until: now(0), curve: curve)
                let amperes = model.amperesBearing(step: step * rated, forSeconds: 15, curve)
                model.flow(amperes, until: now(1e6), curve: curve)
                let seconds = model.secondsToTrip(amperes + step * rated, curve)
                #expect(seconds >= 15 - 1e-6, "\(kind) \(step): \(amperes) A, \(seconds) s")
                // And not much less than what it could be.
                let more = model.secondsToTrip(amperes * 1.02 + step * rated, curve)
                #expect(more < 15.5 || amperes == 0, "\(kind) \(step): wasteful, \(more) s")
            }
        }
    }
}
