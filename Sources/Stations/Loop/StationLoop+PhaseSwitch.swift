import Allocation
import Realtime

/// Where a change between one phase and three stands. The station is paused for it: a contactor that switches under load
/// burns its contacts, and no car has to bear it.
package struct PhaseSwitchState: Sendable {
    private enum Step {
        case none
        /// The pause is told, and the car has to let go.
        case pausing(since: Int64)
        /// The car draws nothing: the register can be written.
        case ready
        /// Written; the station needs its time.
        case changing(until: Int64)
    }

    /// Longer than any car takes to let go and any station to follow a limit.
    static let longestPause: Int64 = 60_000_000_000
    /// So long a car may still draw after the station has followed (5 s, IEC 61851-1), and the station's meter be late to
    /// show what it drew: before that, 0 A may be of a time when it had not begun yet.
    static let shortestPause: Int64 = 8_000_000_000
    /// After a change that failed: each attempt costs the car a minute.
    static let waitAfterFailure: Int64 = 3_600_000_000_000
    /// What a station's meter may show of a car that draws nothing.
    package static let nothingAmperes = 0.5

    /// What a round of reading led to.
    package enum Outcome: Sendable, Equatable {
        case unchanged
        /// The pause begins or ends: the limit is due.
        case limitDue
        /// It had its time and is not as it was told; the limit is due.
        case notSwitched(PhaseMode)
        /// The car does not let go; the limit is due.
        case stillCharging
    }

    private var step = Step.none
    /// What it is changing to; nil: it is not.
    package private(set) var target: PhaseMode?
    /// The station was first known to hold the pause.
    private var heldSince: Int64?
    /// Rounds of reading in a row in which no current flowed.
    private var idleRounds = 0
    private var notBefore: Int64 = .min

    package init() {}

    /// The limit is 0, whatever is wished.
    package var holdsPause: Bool { target != nil }

    private var isPausing: Bool {
        if case .pausing = step { true } else { false }
    }

    /// The station has to be told now on how many phases to charge: `target`.
    package var isWriteDue: Bool {
        if case .ready = step { true } else { false }
    }

    /// A pause that was interrupted starts anew; a change goes on without a connection.
    package mutating func connectionBegan() {
        if case .changing = step { return }
        end()
    }

    /// Takes what a round of reading showed, and begins, goes on with or ends a change.
    ///
    /// - Parameters:
    ///   - mode: how the station is switched; nil: not known, and no change begins.
    ///   - wanted: how it is to be; nil: as it is.
    ///   - isHeld: the station holds the pause.
    ///   - flows: current flows, or it is not known.
    package mutating func follow(
        mode: PhaseMode?, wanted: PhaseMode?, isHeld: Bool, flows: Bool, now: Int64
    ) -> Outcome {
        guard let target else {
            guard let mode, let wanted, wanted != mode, begin(wanted, now: now) else { return .unchanged }
            return .limitDue
        }
        if isPausing, wanted != target {
            end()
            return .limitDue
        }
        if isOver(now: now) {
            if mode == target {
                end()
                return .limitDue
            }
            fail(now: now)
            return .notSwitched(target)
        }
        guard notePause(isHeld: isHeld, flows: flows, now: now) else {
            fail(now: now)
            return .stillCharging
        }
        return .unchanged
    }

    mutating func begin(_ mode: PhaseMode, now: Int64) -> Bool {
        guard target == nil, now >= notBefore else { return false }
        target = mode
        step = .pausing(since: now)
        heldSince = nil
        idleRounds = 0
        return true
    }

    /// What a round of reading showed while it pauses.
    ///
    /// - Parameters:
    ///   - isHeld: the station holds the pause.
    ///   - flows: current flows, or it is not known.
    /// - Returns: false where the car does not let go.
    mutating func notePause(isHeld: Bool, flows: Bool, now: Int64) -> Bool {
        guard case .pausing(let since) = step else { return true }
        if isHeld, heldSince == nil { heldSince = now }
        let isSettled = heldSince.map { now - $0 >= Self.shortestPause } ?? false
        idleRounds = isSettled && isHeld && !flows ? idleRounds + 1 : 0
        if idleRounds >= 2 { step = .ready }
        return now - since < Self.longestPause
    }

    package mutating func wasWritten(now: Int64, seconds: Double) {
        step = .changing(until: now + Int64(seconds * 1e9))
    }

    /// Whether the station has had its time to change.
    func isOver(now: Int64) -> Bool {
        if case .changing(let until) = step { now >= until } else { false }
    }

    mutating func end() {
        step = .none
        target = nil
    }

    mutating func fail(now: Int64) {
        end()
        notBefore = now + Self.waitAfterFailure
    }
}

extension PhaseMode {
    /// `one phase`, `three phases`.
    package var words: String {
        switch self {
        case .single: "one phase"
        case .three: "three phases"
        }
    }
}

extension StationLoop {
    /// Takes what a round of reading showed of the phases, and begins, goes on with or ends a change.
    ///
    /// - Parameter hasCurrents: what the station's meter shows can be.
    mutating func followPhaseSwitch(hasCurrents: Bool) {
        guard let change = profile.phases?.change, !missing.contains(change.register) else {
            return knowledge.report.phaseMode = nil
        }
        let mode = profile.phaseMode(by: { answer($0) })
        knowledge.report.phaseMode = mode
        let outcome = phaseSwitch.follow(
            mode: mode, wanted: shared.wantedPhaseMode, isHeld: holdsPause, flows: !hasCurrents || flows,
            now: MonotonicClock.nanoseconds())
        switch outcome {
        case .unchanged: return
        case .limitDue: break
        case .notSwitched(let target):
            note("it was told to change to \(target.words) and did not; look whether the station allows it")
        case .stillCharging:
            note("it still charges a minute after a limit of 0, and was not changed to another number of phases")
        }
        limit.repeatDue = .min
    }

    /// Whether the station has taken the limit of 0. Where it shows what the car draws, that tells whether it holds it:
    /// some read back something else after a while.
    private var holdsPause: Bool {
        guard let written = limit.written, written.setpoint.isPause, written.sequence == limit.sent.sequence
        else { return false }
        return !profile.measurements.currents.isEmpty || written.sequence == knowledge.confirmedSequence
    }

    /// Whether current flows, to the car or from it, or nobody knows.
    private var flows: Bool {
        let registers = profile.measurements.currents
        let isCharging = knowledge.report.status == .charging || knowledge.report.status == .discharging
        guard !registers.isEmpty else { return isCharging }
        return registers.contains { (number($0)?.magnitude ?? .infinity) >= PhaseSwitchState.nothingAmperes }
    }

    /// Tells the station on how many phases to charge.
    mutating func switchPhases(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        guard let target = phaseSwitch.target, let phases = profile.phases, let change = phases.change else {
            return phaseSwitch.end()
        }
        let format = profile.registers[change.register].format
        let value = Double(target == .single ? change.one : change.three) * format.scale + format.offset
        if try write(connection, register: change.register, value: value) {
            phaseSwitch.wasWritten(now: MonotonicClock.nanoseconds(), seconds: phases.changeSeconds)
        } else if !shared.isStopping {
            phaseSwitch.fail(now: MonotonicClock.nanoseconds())
            limit.repeatDue = .min
        }
    }
}
