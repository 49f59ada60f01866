/// What the main fuse bears, line by line, and for how long an overload may be waited for.
struct FuseGuard: BitwiseCopyable {
    private let curve: TripCurve?
    private var models = InlineArray<3, ThermalModel>(repeating: ThermalModel())
    private(set) var secondsToTrip = PerPhaseSeconds(.infinity)
    private(set) var usedShare = PerPhaseShare(0)
    private var overloadSince = InlineArray<3, MonotonicTime>(repeating: .never)
    // Since the last decision in both directions: whether an overload was waited for, and the largest current beside it.
    private var waited = PhaseSet.none
    private var calmAmperes = PerPhaseAmperes(-1, -1, -1)

    init(_ device: ProtectiveDevice?) {
        curve = device.map { TripCurve($0) }
    }

    /// Seconds that cars and stations take to follow.
    @_noAllocation @_noLocks
    private func reaction(_ policy: AllocationPolicy) -> Double { policy.reactionSeconds + policy.stationAnswerSeconds }

    /// Lets the measured current flow through the fuse.
    ///
    /// - Returns: the lines whose overload must be answered now.
    @_noAllocation @_noLocks
    mutating func protect(
        flowing: PerPhaseAmperes, counted: PerPhaseAmperes, usable: PerPhaseAmperes, at time: MonotonicTime,
        policy: AllocationPolicy
    ) -> PhaseSet {
        var answered = PhaseSet.none
        for place in 0..<3 {
            flow(flowing[place], place: place, at: time)
            let measured = counted[place]
            guard measured > usable[place], measured < .infinity else {
                overloadSince[place] = .never
                if measured > calmAmperes[place] { calmAmperes[place] = measured }
                continue
            }
            if overloadSince[place] == .never { overloadSince[place] = time }
            let bears = curve != nil && secondsToTrip[place] > policy.inrushSeconds + reaction(policy)
            if bears, time.seconds(since: overloadSince[place]) < policy.inrushSeconds {
                waited.add(place: place)
            } else {
                answered.add(place: place)
                if measured > calmAmperes[place] { calmAmperes[place] = measured }
            }
        }
        return answered
    }

    /// What counts of a window's current: without the inrush that is waited for, or is over.
    @_noAllocation @_noLocks
    func withoutInrush(_ measured: Double, place: Int, usable: Double) -> Double {
        guard waited.contains(place: place), measured > usable else { return measured }
        let calm = calmAmperes[place] >= 0 ? calmAmperes[place] : usable
        return measured < calm ? measured : calm
    }

    /// Whether an overload was waited for since the last window: nobody rises beside what may turn out to stay.
    @_noAllocation @_noLocks
    func hasWaited(place: Int) -> Bool { waited.contains(place: place) }

    @_noAllocation @_noLocks
    mutating func endOfWindow() {
        waited = .none
        calmAmperes = PerPhaseAmperes(-1, -1, -1)
    }

    /// Where no half cycles are given, the windows warm the fuse.
    @_noAllocation @_noLocks
    mutating func flow(_ amperes: Double, place: Int, at time: MonotonicTime) {
        guard let curve else { return }
        models[place].flow(amperes, until: time, curve: curve)
        secondsToTrip[place] = models[place].secondsToTrip(amperes, curve)
        usedShare[place] = models[place].usedShare(curve)
    }

    /// The largest current on the line at `place` beside which `step` may switch on.
    @_noAllocation @_noLocks
    func amperesBearing(_ step: Double, place: Int, policy: AllocationPolicy) -> Double {
        guard let curve, step > 0 else { return .infinity }
        return models[place].amperesBearing(step: step, forSeconds: reaction(policy), curve)
    }
}

/// A duration per supply line, in seconds; infinite: never.
public struct PerPhaseSeconds: Sendable, Equatable, BitwiseCopyable {
    public var l1, l2, l3: Double

    @_noAllocation @_noLocks
    init(_ seconds: Double) {
        l1 = seconds
        l2 = seconds
        l3 = seconds
    }

    subscript(place: Int) -> Double {
        @_noAllocation @_noLocks get { place == 0 ? l1 : place == 1 ? l2 : l3 }
        @_noAllocation @_noLocks set {
            if place == 0 { l1 = newValue } else if place == 1 { l2 = newValue } else { l3 = newValue }
        }
    }

    /// The smallest of the three.
    public var minimum: Double {
        @_noAllocation @_noLocks get {
            let first = l1 < l2 ? l1 : l2
            return first < l3 ? first : l3
        }
    }
}

/// A share per supply line: 0 nothing, 1 all.
public struct PerPhaseShare: Sendable, Equatable, BitwiseCopyable {
    public var l1, l2, l3: Double

    @_noAllocation @_noLocks
    init(_ share: Double) {
        l1 = share
        l2 = share
        l3 = share
    }

    subscript(place: Int) -> Double {
        @_noAllocation @_noLocks get { place == 0 ? l1 : place == 1 ? l2 : l3 }
        @_noAllocation @_noLocks set {
            if place == 0 { l1 = newValue } else if place == 1 { l2 = newValue } else { l3 = newValue }
        }
    }
}
