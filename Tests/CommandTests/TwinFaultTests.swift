import SiteTwin
import Testing

@testable import headroom

/// Faults that somebody writes to `headroom twin --faults`.
struct TwinFaultTests {
    @Test(arguments: [
        ("shift-timestamps -0.5", TwinFaultInput.Fault.shiftTimestamps(seconds: -0.5)),
        ("lose-frames 320", .loseFrames(320)), ("reboot 2", .reboot(1)), ("station 1 none", .station(0, [])),
        ("station 2 exceptions", .station(1, .exceptions)),
        ("station 2 forgets-limits  slow", .station(1, [.forgetsLimits, .slow])),
    ])
    func aLineIsAFault(line: String, fault: TwinFaultInput.Fault) throws {
        #expect(try TwinFaultInput.fault(line, stationCount: 2) == fault)
    }

    @Test(arguments: [
        "", "station", "station 1", "station 0 silent", "station 3 silent", "station x silent", "station 1 quiet",
        "station 1 none silent", "reboot", "reboot 3", "reboot 1 2", "lose-frames 0", "lose-frames 1.5",
        "shift-timestamps 1e10", "shift-timestamps nan",
    ])
    func anotherLineIsNamedWithWhatCanBeWritten(line: String) {
        let error = #expect(throws: UsageError.self) { try TwinFaultInput.fault(line, stationCount: 2) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("'\(line)'") && text.contains("forgets-limits") && text.contains("2 stations"), "\(text)")
    }

    @Test func everyFaultHasANameOfItsOwn() {
        let named = StationFaults.named
        #expect(Set(named.map(\.key)).count == named.count)
        let all = named.reduce(0) { $0 | $1.value.rawValue }
        #expect(all == named.reduce(0) { $0 + $1.value.rawValue }, "none twice")
        #expect(all == 0x7FFF, "a fault without a name?")
    }
}
