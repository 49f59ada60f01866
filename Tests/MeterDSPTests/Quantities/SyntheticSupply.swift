import Foundation
import MeterDSP
import TestSupport

/// Three voltages and currents of known harmonics, and what a perfect meter finds in them: sums over the samples of
/// ten whole cycles, and fundamentals from the signals' own parameters.
struct SyntheticSupply {
    var voltages: [TestSignal]
    var currents: [TestSignal]
    private static let samples = 4000

    private func mean(_ value: (Double) -> Double) -> Double {
        let length = 10 / voltages[0].frequencyHz
        return (0..<Self.samples).reduce(0) { $0 + value(Double($1) * length / Double(Self.samples)) }
            / Double(Self.samples)
    }

    private func product(_ a: TestSignal, _ b: TestSignal) -> Double {
        mean { (a.value($0) - a.dc) * (b.value($0) - b.dc) }
    }

    func rms(_ signals: [TestSignal]) -> SIMD3<Double> {
        SIMD3(signals[0].rms, signals[1].rms, signals[2].rms)
    }

    func products(_ s: [TestSignal]) -> SIMD3<Double> {
        SIMD3(product(s[0], s[1]), product(s[1], s[2]), product(s[2], s[0]))
    }

    func fundamentals(_ s: [TestSignal]) -> ThreePhasePhasors {
        let phasors = s.map { Phasor(magnitude: $0.fundamentalRMS, degrees: $0.phaseDegrees) }
        return ThreePhasePhasors(phasors[0], phasors[1], phasors[2])
    }

    /// The RMS of a combination of signals, from its samples.
    func rms(_ combination: (Double) -> Double) -> Double { mean { combination($0) * combination($0) }.squareRoot() }

    var activePower: SIMD3<Double> {
        SIMD3(
            voltages[0].activePower(with: currents[0]), voltages[1].activePower(with: currents[1]),
            voltages[2].activePower(with: currents[2]))
    }

    func quantities(_ wiring: ThreePhaseQuantities.Wiring = .fourWire, measuredNeutral: Double? = nil)
        -> ThreePhaseQuantities?
    {
        ThreePhaseQuantities(
            wiring: wiring, voltageRMS: rms(voltages), currentRMS: rms(currents), activePower: activePower,
            voltageProducts: products(voltages), currentProducts: products(currents),
            measuredNeutralCurrentRMS: measuredNeutral, fundamentalVoltages: fundamentals(voltages),
            fundamentalCurrents: fundamentals(currents))
    }

    /// A supply with random amplitudes, angles and harmonics.
    static func random(_ generator: inout SeededGenerator) -> SyntheticSupply {
        func signal(_ rms: ClosedRange<Double>, _ phase: Int, _ distortion: Double) -> TestSignal {
            TestSignal(
                frequencyHz: 50, rms: .random(in: rms, using: &generator),
                phaseDegrees: -120 * Double(phase) + .random(in: -180...180, using: &generator),
                dc: .random(in: -1...1, using: &generator),
                harmonics: [2, 3, 5, 7, 11].map {
                    .init(
                        $0, .random(in: 0...distortion, using: &generator), .random(in: -180...180, using: &generator))
                })
        }
        return SyntheticSupply(
            voltages: (0..<3).map { signal(0...400, $0, 0.3) }, currents: (0..<3).map { signal(0...100, $0, 0.8) })
    }
}
