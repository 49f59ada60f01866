import Allocation
import Glibc
import Realtime
import Synchronization

/// What the real-time thread, the writer's thread and onlookers share about one station.
package final class StationShared: Sendable {
    /// A limit in the order of publishing; `sequence` 0: none yet.
    package struct Wish: Sendable, BitwiseCopyable {
        /// For a station with one limit for all phases: the smallest of its lines'.
        package var amperes: Double
        /// By the station's own phases L1, L2, L3; what is beyond its phases repeats the last.
        package var own: PerPhaseAmperes
        package var sequence: UInt64
        /// When the block that it follows from was in memory, in monotonic nanoseconds; 0: it follows from none.
        package var decidedOn: Int64

        package init(amperes: Double, own: PerPhaseAmperes? = nil, sequence: UInt64, decidedOn: Int64 = 0) {
            self.decidedOn = decidedOn
            self.amperes = amperes
            self.own = own ?? PerPhaseAmperes(amperes)
            self.sequence = sequence
        }

        /// No more than `amperes` on any phase: itself, or another wish that nobody published.
        func limited(to limit: Double) -> Wish {
            guard max(amperes, own.maximum) > limit else { return self }
            return Wish(
                amperes: min(amperes, limit),
                own: PerPhaseAmperes(min(own.l1, limit), min(own.l2, limit), min(own.l3, limit)),
                sequence: sequence | Self.unpublished)
        }

        /// Published ones never come that far.
        private static let unpublished: UInt64 = 1 << 63

        /// A newer wish that is lower on any phase: it overtakes `other`.
        package func isLower(than other: Wish) -> Bool {
            sequence != other.sequence
                && (own.l1 < other.own.l1 || own.l2 < other.own.l2 || own.l3 < other.own.l3)
        }

        /// Of the station's own phase `place`, 0 to 2.
        package func amperes(ownPhase place: Int) -> Double { place == 0 ? own.l1 : place == 1 ? own.l2 : own.l3 }
    }

    /// What the writer's thread knows. In `report`, `inFlightAmperes` is the largest limit sent since the last
    /// confirmation: the station may hold any of them.
    package struct Knowledge: Sendable, BitwiseCopyable {
        package var report = StationReport()
        /// The wish that the station confirmed; 0: none.
        package var confirmedSequence: UInt64 = 0
        /// The station has a limit for each phase, or may turn out to have.
        package var isPerPhase = false
        /// The smallest limit that the station can be given; above 0 where it cannot be stopped.
        package var lowestAmperes = 0.0
        /// Since the start it has said once what it does: its status, its limit and its currents, as far as it has them.
        package var hasBeenRead = false

        package init() {}

        /// Before anything is known of the station: what any variant of its model may turn out to need.
        init(before profile: StationProfile) {
            // Nobody has given it one yet.
            report.keepsFailSafe = Self.needsNoFailSafe(profile, as: profile)
            expect(profile.all)
        }

        /// Whether nobody has to set or read back what a station falls back to.
        ///
        /// - Parameters:
        ///   - model: by which it counts.
        ///   - profile: the variant of it that it is.
        static func needsNoFailSafe(_ model: StationProfile, as profile: StationProfile) -> Bool {
            !model.hasFailSafe || profile.fixedFailSafeAmperes != nil
        }

        /// The station is one of `profiles`.
        mutating func expect(_ profiles: [StationProfile]) {
            isPerPhase = profiles.contains { $0.limit.isPerPhase }
            lowestAmperes = profiles.lazy.filter { !$0.limit.canPause }.map(\.minimumAmperes).max() ?? 0
        }

        /// What a wish that is under way comes to.
        package func countedAmperes(_ wish: Wish) -> Double {
            max(isPerPhase ? wish.own.maximum : wish.amperes, lowestAmperes)
        }
    }

    /// The newest limit. Stored by the real-time thread only. Writers follow `currentWish`.
    package let wish = SequenceLock(Wish(amperes: 0, sequence: 0))
    /// Of the thread that publishes limits; nil: a limit holds until the next one.
    private let heartbeat: Heartbeat?
    /// What the station is told at most while that thread is silent.
    private let abandonedAmperes: Double
    /// From the moment at which a block was in memory to that at which a limit that follows from it was in the socket.
    package let handover = LatencyHistogram()
    /// Stored by the writer's thread only.
    package let knowledge = SequenceLock(Knowledge())
    /// How it is to charge, as `PhaseMode.rawValue`; -1: as it does. Stored by the real-time thread only.
    package let wantedMode = Atomic<Int>(-1)
    package let diagnostics = Mutex(StationDiagnostics())
    package let wake: WakeUp
    package let finished: WakeUp
    /// Monotonic nanoseconds by which the writer must have left; 0: it runs.
    package let stopDeadline = Atomic<Int64>(0)
    /// When whoever stops the writer no longer waits for its thread; 0: it runs.
    package let stopEnd = Atomic<Int64>(0)
    /// The socket in use, so that a stop can end a wait for a dead station. -1: none. Closed only after -1
    /// was set under this lock, so that no other file can have got its number meanwhile.
    let socket = Mutex<CInt>(-1)

    /// - Parameters:
    ///   - heartbeat: of the thread that publishes limits; nil: a limit holds until the next one.
    ///   - abandonedAmperes: what the station is told at most while that thread is silent.
    /// - Returns: nil where the process has no descriptor left.
    package init?(heartbeat: Heartbeat? = nil, abandonedAmperes: Double = .infinity) {
        self.heartbeat = heartbeat
        self.abandonedAmperes = abandonedAmperes
        guard let wake = WakeUp(), let finished = WakeUp() else { return nil }
        self.wake = wake
        self.finished = finished
    }

    /// What is known, with the newest limit in flight until it is confirmed. Allocation-free, no lock.
    package func report() -> StationReport {
        let knowledge = knowledge.load()
        let wish = wish.load()
        var report = knowledge.report
        if wish.sequence != 0, wish.sequence != knowledge.confirmedSequence {
            report.inFlightAmperes = max(knowledge.countedAmperes(wish), report.inFlightAmperes ?? 0)
        }
        return report
    }

    /// What the station is to be told now: the newest limit, and no more than its fail-safe current while nobody can
    /// tell whether that limit still holds. Its sequence then is one that was never published, so that it stays
    /// unconfirmed. A thread that falls silent before its first limit leaves the station with one of long ago: then it
    /// is told its fail-safe current too.
    package func currentWish() -> Wish {
        var wish = wish.load()
        guard abandonedAmperes < .infinity, let heartbeat, heartbeat.isSilent() else { return wish }
        if wish.sequence == 0 { wish = Wish(amperes: .infinity, sequence: 0) }
        return wish.limited(to: abandonedAmperes)
    }

    /// When `currentWish` may change without a signal, in monotonic nanoseconds; `.max`: it does not.
    package var silenceDue: Int64 {
        guard let due = heartbeat?.silentFrom else { return .max }
        return due > MonotonicClock.nanoseconds() ? due : .max
    }

    /// How it is to charge; nil: as it does.
    var wantedPhaseMode: PhaseMode? {
        UInt8(exactly: wantedMode.load(ordering: .relaxed)).flatMap { PhaseMode(rawValue: $0) }
    }

    package var isStopping: Bool { stopDeadline.load(ordering: .acquiring) != 0 }

    /// Seconds left for leaving.
    package var secondsUntilStop: Double {
        Double(stopDeadline.load(ordering: .acquiring) - MonotonicClock.nanoseconds()) / 1e9
    }

    /// Ends what the writer's thread waits for on the network.
    func interruptSocket() {
        socket.withLock { if $0 >= 0 { _ = shutdown($0, CInt(SHUT_RDWR)) } }
    }
}
