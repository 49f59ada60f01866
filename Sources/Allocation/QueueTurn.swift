/// A station's place in the queue: what it has had, and since when it is on or off.
struct QueueTurn: BitwiseCopyable {
    /// Ampere-seconds over all lines, divided by its weight; for a newcomer those of the car that has had least.
    private(set) var served = 0.0
    private(set) var isPresent = false
    private(set) var isOn = false
    private var changed = MonotonicTime.never
    private(set) var lastNote = MonotonicTime.never

    /// The classes of the queue, first to last; within a class, who has had least is first.
    enum Rank: Int {
        /// Cannot be stopped, or is guaranteed its minimum.
        case guaranteed
        /// Has been on for less than the minimum time.
        case justStarted
        /// Charges, and its turn lasts.
        case inTurn
        /// May charge and does not yet, and its turn lasts.
        case ready
        /// Waits, or has had its turn.
        case waiting
        /// Has shown that it takes nothing.
        case idle
        /// Stopped a moment ago: not admitted.
        case justStopped
        /// No car: after the cars.
        case notACar
    }

    @_noAllocation @_noLocks
    init() {}

    /// Call at every decision of a station with a car.
    ///
    /// - Parameter amperes: what it draws over all lines, or may draw where that is not known.
    @_noAllocation @_noLocks
    mutating func note(amperes: Double, weight: Double, leastServed: Double, now: MonotonicTime) {
        if !isPresent {
            isPresent = true
            if leastServed < .infinity, served < leastServed { served = leastServed }
        } else {
            let seconds = now.seconds(since: lastNote)
            if seconds > 0, weight > 0 { served += amperes / weight * (seconds < 2 ? seconds : 2) }
        }
        lastNote = now
    }

    @_noAllocation @_noLocks
    mutating func leave() { isPresent = false }

    /// Notes whether it has a limit now. Only who was stopped for want of room has a minimum time off.
    @_noAllocation @_noLocks
    mutating func note(isOn: Bool, forWantOfRoom: Bool, now: MonotonicTime) {
        guard isOn != self.isOn else { return }
        self.isOn = isOn
        changed = isOn || forWantOfRoom ? now : .never
    }

    /// Its car has left.
    @_noAllocation @_noLocks
    mutating func forgetOff() { if !isOn { changed = .never } }

    /// How long it has been on or off; infinite where it was so before the start.
    @_noAllocation @_noLocks
    func seconds(now: MonotonicTime) -> Double { now.seconds(since: changed) }

    @_noAllocation @_noLocks
    func isInMinimumTimeOn(now: MonotonicTime, policy: AllocationPolicy) -> Bool {
        isOn && changed != .never && now.seconds(since: changed) < policy.minimumOnSeconds
    }

    @_noAllocation @_noLocks
    func isInMinimumTimeOff(now: MonotonicTime, policy: AllocationPolicy) -> Bool {
        !isOn && changed != .never && now.seconds(since: changed) < policy.minimumOffSeconds
    }
}

extension LimitReason {
    /// Whether a 0 for this reason is for want of room.
    var isWantOfRoom: Bool {
        @_noAllocation @_noLocks get {
            switch self {
            case .belowMinimum, .queued, .powerLimit, .surplus, .imbalance, .switchOnReserve: true
            default: false
            }
        }
    }
}

extension StationState {
    /// Where it stands when the smallest limits are given out.
    @_noAllocation @_noLocks
    func rank(now: MonotonicTime, policy: AllocationPolicy) -> Int {
        guard role == .car else { return QueueTurn.Rank.notACar.rawValue }
        if rating.guaranteesMinimum || !rating.canBeStopped { return QueueTurn.Rank.guaranteed.rawValue }
        if turn.isInMinimumTimeOff(now: now, policy: policy) { return QueueTurn.Rank.justStopped.rawValue }
        if car.isIdle(lowest: grid.lowestAmperes) { return QueueTurn.Rank.idle.rawValue }
        guard turn.isOn else { return QueueTurn.Rank.waiting.rawValue }
        let seconds = turn.seconds(now: now)
        if isCharging, seconds < policy.minimumOnSeconds { return QueueTurn.Rank.justStarted.rawValue }
        if limit.amperes > 0, seconds < policy.rotationSeconds {
            return isCharging ? QueueTurn.Rank.inTurn.rawValue : QueueTurn.Rank.ready.rawValue
        }
        return QueueTurn.Rank.waiting.rawValue
    }

    /// The key of the queue: the class, then what it has had.
    @_noAllocation @_noLocks
    func queueKey(now: MonotonicTime, policy: AllocationPolicy) -> Double {
        // No station gets 1e12 ampere-seconds in a thousand years.
        Double(rank(now: now, policy: policy)) * 1e12 + (turn.served < 9e11 ? turn.served : 9e11)
    }
}
