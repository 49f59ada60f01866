import Allocation
import Testing

@testable import Stations

struct PhaseSwitchStateTests {
    private static let second: Int64 = 1_000_000_000

    /// A state whose change began at 0.
    private func begun() -> PhaseSwitchState {
        var state = PhaseSwitchState()
        let isBegun = state.begin(.single, now: 0)
        #expect(isBegun && state.holdsPause)
        return state
    }

    private func begins(_ state: PhaseSwitchState, at second: Int64) -> Bool {
        var state = state
        return state.begin(.single, now: second * Self.second)
    }

    @Test("the register is written after two rounds in a row without current, once the pause has been held for 8 s")
    func idle() {
        var state = begun()
        // Second, held, flows. What is shown early may be of a time when the car had not begun yet.
        for (second, isHeld, flows) in [
            (1, false, false), (2, true, false), (3, true, false), (9, true, false), (10, true, true),
            (11, true, false),
            (12, false, false), (13, true, false),
        ] {
            let goesOn = state.notePause(isHeld: isHeld, flows: flows, now: Int64(second) * Self.second)
            #expect(goesOn && !state.isWriteDue, "second \(second)")
        }
        let goesOn = state.notePause(isHeld: true, flows: false, now: 14 * Self.second)
        #expect(goesOn && state.isWriteDue)
        state.wasWritten(now: 15 * Self.second, seconds: 30)
        #expect(!state.isOver(now: 44 * Self.second) && state.isOver(now: 45 * Self.second))
        #expect(state.holdsPause && !begins(state, at: 46))
        state.end()
        #expect(!state.holdsPause && begins(state, at: 46))
    }

    @Test("a car that does not let go within a minute ends the attempt, and none is made for an hour")
    func fails() {
        var state = begun()
        let goesOn = state.notePause(isHeld: true, flows: true, now: 59 * Self.second)
        let isLate = !state.notePause(isHeld: true, flows: true, now: 60 * Self.second)
        #expect(goesOn && isLate)
        state.fail(now: 60 * Self.second)
        #expect(!state.holdsPause)
        #expect(!begins(state, at: 3659) && begins(state, at: 3660))
    }

    @Test("a lost connection ends a pause, and not a change that was told")
    func connection() {
        var state = begun()
        state.connectionBegan()
        #expect(!state.holdsPause)
        state = begun()
        state.wasWritten(now: 2, seconds: 1)
        state.connectionBegan()
        #expect(state.holdsPause && state.target == .single)
    }

    @Test("on one phase a station loads the line of its first terminal", arguments: PhaseRotation.allCases)
    func rotated(rotation: PhaseRotation) throws {
        let lines = [rotation.first, rotation.second, rotation.third]
        let configuration = StationConfiguration(
            name: "a", profile: try builtIn("webasto-unite"), host: "127.0.0.1", port: 502, unitIdentifier: 1,
            supplyPhases: lines, maximumAmperes: 16, failSafeAmperes: 6, failSafeAfterSeconds: 60)
        #expect(configuration.rating.rotation == rotation)
        #expect(PhaseRotation(Array(lines.dropLast())) == nil && PhaseRotation([.l1, .l1, .l2]) == nil)
    }

    @Test(
        "what cannot be switched is refused in the settings",
        arguments: [
            ("abb-terra-ac", 3, "knows no register"), ("webasto-unite", 2, "on 2 of the lines"),
        ])
    func refused(profile: String, lines: Int, problem: String) throws {
        var configuration = StationConfiguration(
            name: "a", profile: try builtIn(profile), host: "127.0.0.1", port: 502, unitIdentifier: 1,
            supplyPhases: Array(Phase.allCases.prefix(lines)), maximumAmperes: 16, failSafeAmperes: 6,
            failSafeAfterSeconds: 60)
        try configuration.check()
        #expect(!configuration.rating.switchesPhases)
        configuration.switchesPhases = true
        let error = #expect(throws: StationError.self) { try configuration.check() }
        #expect(error?.field == "switchesPhases" && error?.problem.contains(problem) == true)
    }
}
