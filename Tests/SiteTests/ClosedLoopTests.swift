import Allocation
import Realtime
import Site
import SiteTwin
import Testing

/// The whole device against a building that answers: real libiio, real Modbus, cars that take their time.
@Suite(.timeLimit(.minutes(5))) struct ClosedLoopTests {
    /// A building and the load that is switched on in it.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var stationCount: Int
        var nominalHz: Double
        var hasCoils: Bool
        var mainLimitAmperes: Double
        var stepAmperes: Double

        var options: TwinOptions {
            var options = quietBuilding(stations: stationCount)
            options.nominalHz = nominalHz
            options.usesRogowskiCoils = hasCoils
            options.mainLimitAmperes = mainLimitAmperes
            options.marginAmperes = 4
            // By then every first car charges: waiting, the first limit, its delay and its waking take up to 22 s.
            options.steps = [ScheduledStep(atSeconds: 26, phase: 0, amperes: stepAmperes, seconds: 8)]
            return options
        }
    }

    static let cases = [
        Case(
            testDescription: "3 stations, 50 Hz, current transformers", stationCount: 3, nominalHz: 50, hasCoils: false,
            mainLimitAmperes: 50, stepAmperes: 25),
        Case(
            testDescription: "4 stations, 60 Hz, Rogowski coils", stationCount: 4, nominalHz: 60, hasCoils: true,
            mainLimitAmperes: 50, stepAmperes: 32),
    ]

    /// A car follows within 5 s (IEC 61851-1). The rest is for a machine that has other things to do.
    private static let reactionSeconds = 10.0

    @Test(arguments: cases)
    func `a large load is answered at once, without oscillation, and the cars get their current back`(
        _ building: Case
    ) async throws {
        try await withSite(building.options) { twin, device in
            try await eventually("the step begins") { twin.observation().steps[0].beganNanoseconds != nil }
            let before = device.snapshot()
            #expect(before.isMeasuring)

            try await eventually("back under the main limit") {
                twin.observation().steps[0].backUnderMainLimitNanoseconds != nil
            }
            let began = try #require(twin.observation().steps[0].beganNanoseconds)
            let ended = began + Int64(building.options.steps[0].seconds * 1e9)
            // By what the stations remember: they may have more already when this test looks again.
            try await eventually("the cars get more once the step is over") {
                twin.observation().stations.contains { station in
                    let atEnd = station.receivedLimits.last { $0.nanoseconds <= ended }?.amperes ?? .infinity
                    return station.receivedLimits.contains { $0.nanoseconds > ended && $0.amperes > atEnd }
                }
            }
            // Time for the swing of a loop that is not stable.
            try await Task.sleep(for: .seconds(4))
            check(twin.observation(), building)

            let after = device.snapshot()
            try await eventually("no alarm") { device.snapshot().alarm.isEmpty }
            #expect(after.energy.imported[0] > before.energy.imported[0])
            #expect(after.highestAmperes[0] > building.mainLimitAmperes)
        }
    }

    /// For people who look for the reason.
    private func timeline(_ seen: TwinObservation, since began: Int64) -> String {
        seen.stations.flatMap { station in
            station.receivedLimits.map { (Double($0.nanoseconds - began) / 1e9, station.name, $0.amperes) }
        }
        .sorted { $0.0 < $1.0 }
        .map { "\(($0.0 * 1000).rounded() / 1000) \($0.1): \($0.2)" }
        .joined(separator: ", ")
    }

    private func check(_ seen: TwinObservation, _ building: Case) {
        let step = seen.steps[0]
        #expect(step.exceededMainLimit, "the step must be one that matters")
        guard let began = step.beganNanoseconds, let lowered = step.firstLoweredLimitNanoseconds,
            let back = step.backUnderMainLimitNanoseconds
        else {
            Issue.record("\(step)")
            return
        }
        #expect(Double(lowered - began) / 1e9 < 2, "typically 0.03 s")
        #expect(Double(back - began) / 1e9 < Self.reactionSeconds)
        for phase in 0..<3 {
            #expect(seen.secondsAboveMainLimit[phase] < Self.reactionSeconds, "L\(phase + 1)")
        }
        #expect(limitsThatCannotBe(seen) == [])
        for station in seen.stations {
            let limits = station.receivedLimits.filter { $0.nanoseconds >= began }.map(\.amperes)
            let directions = zip(limits, limits.dropFirst()).map { $1 - $0 }.filter { $0 != 0 }
            let firstRaise = directions.firstIndex { $0 > 0 } ?? directions.endIndex
            #expect(
                !directions[firstRaise...].contains { $0 < 0 },
                "\(station.name) rose and fell again; all, by seconds since the step: \(timeline(seen, since: began))")
        }
    }
}
