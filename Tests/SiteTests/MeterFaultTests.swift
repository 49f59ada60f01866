import Allocation
import Realtime
import Site
import SiteTwin
import Testing

@Suite(.timeLimit(.minutes(5))) struct MeterFaultTests {
    enum Fault: CaseIterable {
        /// The meter stops answering; its connections stay.
        case stalled
        /// Every connection is reset, and refused for a while.
        case refusing

        func begin(_ twin: SiteTwin) {
            switch self {
            case .stalled: twin.setMeterStalled(true)
            case .refusing:
                twin.setMeterRefusing(true)
                twin.dropMeterConnections()
            }
        }

        func end(_ twin: SiteTwin) {
            switch self {
            case .stalled: twin.setMeterStalled(false)
            case .refusing: twin.setMeterRefusing(false)
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func `without frames the stations fall to their fail-safe limit, and rise when frames are back`(
        _ fault: Fault
    ) async throws {
        let options = quietBuilding()
        try await withSite(options) { twin, device in
            try await reachSteadyState(twin, device)
            #expect(device.snapshot().gaps == 0 || twin.observation().overrunFrames > 0)
            let lostBefore = device.snapshot().framesLost
            let began = MonotonicClock.nanoseconds()
            fault.begin(twin)

            // By what the stations remember: the next measurement may be there before this test looks again.
            try await eventually("every station was given its fail-safe limit") {
                twin.observation().stations.allSatisfy { station in
                    station.receivedLimits.contains { $0.nanoseconds > began && $0.amperes <= 6 }
                }
            }
            try await eventually("the loss is noticed, with its reason in words") {
                !device.snapshot().isMeasuring && device.messages().contains { $0.contains(twin.iioURI) }
            }
            // Long enough for attempts to reconnect that fail.
            try await Task.sleep(for: .seconds(2))
            #expect(!device.snapshot().isMeasuring)
            #expect(device.snapshot().alarm.contains(.noMeasurement))
            #expect(device.stations().map(\.limit.reason) == [.noMeasurement, .noMeasurement])
            #expect(device.messages().contains { $0.contains(twin.iioURI) }, "\(device.messages())")
            #expect(twin.commandedAmperes.allSatisfy { $0 <= 6 })

            fault.end(twin)
            try await eventually("a usable measurement") {
                let snapshot = device.snapshot()
                return snapshot.reconnects >= 1 && snapshot.isMeasuring && snapshot.alarm.isEmpty
            }
            let seconds = Double(MonotonicClock.nanoseconds() - began) / 1e9
            let after = device.snapshot()
            #expect(after.gaps >= 1)
            let lost = Double(after.framesLost - lostBefore) / Double(options.sampleRateHz)
            #expect(lost > 0.5 && lost < seconds + 1, "\(lost) s of frames lost in \(seconds) s")
            #expect(device.messages() == [])
            try await eventually("the limits come back") { twin.commandedAmperes.allSatisfy { $0 > 6 } }
            #expect(limitsThatCannotBe(twin.observation()) == [])
        }
    }

    /// Whether it is back before the fail-safe plan is the machine's matter.
    @Test func `a connection that breaks is made anew, and the frames between are counted`() async throws {
        let options = quietBuilding()
        try await withSite(options) { twin, device in
            try await reachSteadyState(twin, device)
            let lostBefore = device.snapshot().framesLost
            for time in 1...3 {
                twin.dropMeterConnections()
                try await eventually("connection \(time)") { device.snapshot().reconnects == time }
                try await eventually("a usable measurement") {
                    let snapshot = device.snapshot()
                    return snapshot.isMeasuring && snapshot.alarm.isEmpty && snapshot.window.flags.isEmpty
                }
            }
            let after = device.snapshot()
            #expect(after.gaps >= 3 && after.framesLost > lostBefore)
            #expect(device.messages() == [])
            try await reachSteadyState(twin, device)
            #expect(limitsThatCannotBe(twin.observation()) == [])
        }
    }

    @Test func `frames that end before the first reading leave no station at what it had`() async throws {
        try await withSite(quietBuilding()) { twin, device in
            twin.setMeterStalled(true)
            // The stations' own maximum, from before the device was started.
            try await eventually("every station is at its fail-safe limit") {
                twin.commandedAmperes.allSatisfy { $0 <= 6 }
            }
            #expect(device.snapshot().alarm.contains(.noMeasurement))
        }
    }

    @Test func `lost frames are counted exactly, and the plan goes on`() async throws {
        try await withSite(quietBuilding()) { twin, device in
            try await reachSteadyState(twin, device)
            for (count, total) in [(137, 137), (1000, 1137)] {
                twin.loseFrames(count)
                try await eventually("\(total) frames counted") {
                    let seen = twin.observation()
                    return seen.removedFrames == Int64(total)
                        && device.snapshot().framesLost == seen.removedFrames + seen.overrunFrames
                }
                try await eventually("a usable window") { device.snapshot().window.flags.isEmpty }
            }
            let snapshot = device.snapshot()
            #expect(snapshot.gaps == 2 || twin.observation().overrunFrames > 0)
            #expect(snapshot.reconnects == 0)
            // On a machine too busy to deliver frames, the fail-safe plan may have come between.
            try await reachSteadyState(twin, device)
        }
    }
}
