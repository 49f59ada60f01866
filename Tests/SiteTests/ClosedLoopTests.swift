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
        static let stepSeconds = 8.0

        var options: TwinOptions {
            var options = quietBuilding(stations: stationCount)
            options.nominalHz = nominalHz
            options.usesRogowskiCoils = hasCoils
            options.mainLimitAmperes = mainLimitAmperes
            options.marginAmperes = 4
            // By then every first car charges: waiting, the first limit, its delay and its waking take up to 22 s. On a
            // machine that holds the device up for longer, a later step is the first one that matters.
            options.steps = [26, 66, 106].map {
                ScheduledStep(atSeconds: $0, phase: 0, amperes: stepAmperes, seconds: Self.stepSeconds)
            }
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
            try await eventually("the loop runs") { device.snapshot().isMeasuring }
            let before = device.snapshot()
            var index = 0
            var holdUpsBefore = holdUps(device)
            try await eventually("a step that matters", within: 150) {
                let holdUpsNow = holdUps(device)
                guard let first = twin.observation().steps.firstIndex(where: \.exceededMainLimit) else {
                    holdUpsBefore = holdUpsNow
                    return false
                }
                index = first
                return true
            }
            try await eventually("back under the main limit") {
                twin.observation().steps[index].backUnderMainLimitNanoseconds != nil
            }
            let began = try #require(twin.observation().steps[index].beganNanoseconds)
            let ended = began + Int64(Case.stepSeconds * 1e9)
            // By what the stations remember: they may have more already when this test looks again.
            try await eventually("the cars get more once the step is over, and a minimum time off", within: 150) {
                twin.observation().stations.contains { station in
                    let atEnd = station.receivedLimits.last { $0.nanoseconds <= ended }?.amperes ?? .infinity
                    return station.receivedLimits.contains { $0.nanoseconds > ended && $0.amperes > atEnd }
                }
            }
            // Time for the swing of a loop that is not stable.
            try await Task.sleep(for: .seconds(4))
            let seen = twin.observation(), holdUpsAfter = holdUps(device)
            #expect(limitsThatCannotBe(seen) == [])
            withKnownIssue("this machine held up the device or its stations", isIntermittent: true) {
                check(seen, stepIndex: index)
            } when: {
                holdUpsAfter != holdUpsBefore
            }

            let after = device.snapshot()
            try await eventually("no alarm") { device.snapshot().alarm.isEmpty }
            #expect(after.energy.imported[0] > before.energy.imported[0])
            #expect(after.highestAmperes[0] > building.mainLimitAmperes)
        }
    }

    /// Counts what a machine that gives every process its turn does not bring about: frames lost, the ADC's connection lost,
    /// milliseconds without a reading, answers of stations that came too late. The device then has to go back, and may do
    /// so in the midst of a step.
    private func holdUps(_ device: SiteDevice) -> [Int] {
        let snapshot = device.snapshot()
        return [
            Int(snapshot.gaps), Int(snapshot.reconnects), Int(snapshot.seconds(ruledBy: .noMeasurement) * 1000),
        ] + device.stations().flatMap { [Int($0.diagnostics.timeouts), Int($0.diagnostics.connects)] }
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

    private func check(_ seen: TwinObservation, stepIndex: Int) {
        let step = seen.steps[stepIndex]
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
        let next = stepIndex + 1 < seen.steps.count ? seen.steps[stepIndex + 1].beganNanoseconds : nil
        for station in seen.stations {
            let limits = station.receivedLimits.filter { (began..<(next ?? .max)).contains($0.nanoseconds) }
                .map(\.amperes)
            let directions = zip(limits, limits.dropFirst()).map { $1 - $0 }.filter { $0 != 0 }
            let firstRaise = directions.firstIndex { $0 > 0 } ?? directions.endIndex
            #expect(
                !directions[firstRaise...].contains { $0 < 0 },
                "\(station.name) rose and fell again; all, by seconds since the step: \(timeline(seen, since: began))")
        }
    }
}
