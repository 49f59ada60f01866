import Allocation

/// Decides when a limit goes to the cloud: what lowers it at once, what raises it seldom. Pure; times are given.
///
/// Zaptec asks for at most one change of the available current in 15 minutes. So a limit rises only when the last
/// change, in either direction, is that long ago, and then to the newest wish. A lower one never waits. Since limits
/// are whole amperes and rise so seldom, a limit of 32 A brings at most 33 changes in 15 minutes, whatever the building
/// does.
package struct LimitPacing: Sendable {
    /// Nanoseconds from one change to the next rise.
    let raiseInterval: Int64
    /// What the cloud held when it was last read, or accepted last; nil: not known.
    package private(set) var held: PerPhaseAmperes?
    /// The largest that was sent and neither accepted nor disproved by reading.
    package private(set) var unsure: PerPhaseAmperes?
    /// When the limit last changed; nil: not since the start.
    package private(set) var lastChange: Int64?

    /// Currents closer than this are the same: the cloud's numbers have seen decimal fractions.
    static let tolerance = 0.05

    package init(raiseIntervalSeconds: Double) { raiseInterval = Int64(raiseIntervalSeconds * 1e9) }

    /// The most that may be in force on each line; nil: not known.
    package var mayHold: PerPhaseAmperes? {
        guard let held else { return nil }
        guard let unsure else { return held }
        return largest(held, unsure)
    }

    /// When a rise may go.
    package var raiseDue: Int64 { lastChange.map { $0 + raiseInterval } ?? .min }

    /// What is to be sent now; nil: nothing. A line that has to wait for its rise keeps what it has.
    package func proposal(_ target: PerPhaseAmperes, now: Int64) -> PerPhaseAmperes? {
        guard let held, let mayHold else { return target }
        let mayRaise = now >= raiseDue
        var proposed = held
        for line in Phase.allCases {
            if target[line] < mayHold[line] - Self.tolerance {
                // As low as wanted, but no rise in disguise where only an unsure value is higher.
                proposed[line] = mayRaise ? target[line] : min(target[line], held[line])
            } else if target[line] > held[line] + Self.tolerance, mayRaise {
                proposed[line] = target[line]
            }
        }
        if unsure == nil, isSame(proposed, held) { return nil }
        return proposed
    }

    /// Whether `target` waits for its rise.
    package func isRaiseWaiting(_ target: PerPhaseAmperes) -> Bool {
        guard let held else { return false }
        return Phase.allCases.contains { target[$0] > held[$0] + Self.tolerance }
    }

    /// Whether the cloud holds `target`, as far as is known.
    package func isHeld(_ target: PerPhaseAmperes) -> Bool {
        guard let held, unsure == nil else { return false }
        return isSame(held, target)
    }

    /// To be called before a request leaves: from now on it may be in force.
    package mutating func sending(_ amperes: PerPhaseAmperes) {
        unsure = unsure.map { largest($0, amperes) } ?? amperes
    }

    /// The cloud accepted it.
    package mutating func accepted(_ amperes: PerPhaseAmperes, now: Int64) {
        take(amperes, now: now)
    }

    /// The cloud was read.
    package mutating func read(_ amperes: PerPhaseAmperes, now: Int64) {
        // The first reading is no change of ours.
        if held == nil { held = amperes }
        take(amperes, now: now)
    }

    private mutating func take(_ amperes: PerPhaseAmperes, now: Int64) {
        if held.map({ !isSame($0, amperes) }) ?? true { lastChange = now }
        held = amperes
        unsure = nil
    }

    private func isSame(_ one: PerPhaseAmperes, _ other: PerPhaseAmperes) -> Bool {
        Phase.allCases.allSatisfy { abs(one[$0] - other[$0]) <= Self.tolerance }
    }
}

func largest(_ one: PerPhaseAmperes, _ other: PerPhaseAmperes) -> PerPhaseAmperes {
    PerPhaseAmperes(max(one.l1, other.l1), max(one.l2, other.l2), max(one.l3, other.l3))
}
