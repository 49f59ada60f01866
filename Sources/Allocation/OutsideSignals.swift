/// Who sets a limit on all stations together. Their limits do not replace each other: the lowest holds.
public enum SignalSource: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// The utility's ripple-control receiver, wired.
    case digitalInput
    /// The utility by network.
    case utilityNetwork
    /// Another controller of the house by Modbus or REST.
    case localControl
    /// The master of a cascade.
    case cascade
    /// The owner's cap.
    case owner

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// The three modes of a utility's signal.
public enum SignalMode: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case normal, reduced, locked

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// The limits on all stations together that stand, and how the last of the utility's is let go.
struct OutsideSignals: BitwiseCopyable {
    private var limits = InlineArray<5, OutsideLimit?>(repeating: nil)
    private(set) var mode = SignalMode.normal
    /// Of the source that decided the mode.
    private(set) var source = SignalSource.digitalInput
    private(set) var value = LimitValue.locked
    // The release: until when the last limit holds, and from what it rises.
    private var holdsUntil = MonotonicTime.never
    private var releasedFrom = PerPhaseAmperes.zero
    private var isReleasing = false
    private var random: UInt64

    init(seed: UInt64) { random = seed }

    subscript(source: SignalSource) -> OutsideLimit? {
        @_noAllocation @_noLocks get { limits[Int(source.rawValue)] }
        @_noAllocation @_noLocks set { limits[Int(source.rawValue)] = newValue }
    }

    /// Drops what has expired, finds the mode, and begins the release when the last signal ends.
    ///
    /// - Parameter planned: what all limits together are, by line.
    @_noAllocation @_noLocks
    mutating func advance(now: MonotonicTime, planned: PerPhaseAmperes, policy: AllocationPolicy) {
        let before = mode
        mode = .normal
        for index in 0..<5 {
            guard let limit = limits[index] else { continue }
            guard limit.holds(now: now) else {
                limits[index] = nil
                continue
            }
            guard index != Int(SignalSource.owner.rawValue) else { continue }
            let locks = limit.value == .locked || !limit.value.isUsable
            if mode == .normal || locks && !(mode == .locked) {
                mode = locks ? .locked : .reduced
                source = SignalSource(place: index)
                value = limit.value
            }
        }
        if !(mode == .normal) {
            isReleasing = false
        } else if !(before == .normal) {
            isReleasing = true
            releasedFrom = planned
            holdsUntil = now.advanced(bySeconds: policy.releaseDelaySeconds * nextUnit())
        }
    }

    /// Whether every car gets its smallest current only.
    @_noAllocation @_noLocks
    func isMinimumEach(now: MonotonicTime) -> Bool {
        var isSet = false
        for index in 0..<5 {
            if let limit = limits[index], limit.holds(now: now), limit.value == .minimumEach { isSet = true }
        }
        return isSet
    }

    /// Bounds the node of all stations.
    @_noAllocation @_noLocks
    mutating func bound(
        _ node: inout NodeState, main: PerPhaseAmperes, volts: PerPhaseVolts, now: MonotonicTime,
        policy: AllocationPolicy
    ) {
        for index in 0..<5 {
            guard let limit = limits[index] else { continue }
            let isOwner = index == Int(SignalSource.owner.rawValue)
            node.bound(limit.value, isOwner ? .ownerLimit : .utilitySignal, main: main, volts: volts)
        }
        guard isReleasing else { return }
        let seconds = now.seconds(since: holdsUntil)
        let share = seconds > 0 ? policy.releaseRampPerMinute * seconds / 60 : 0
        guard share < 1, policy.releaseRampPerMinute < .infinity else {
            isReleasing = false
            return
        }
        for place in 0..<3 { node.bound(place, releasedFrom[place] + share * main[place], .utilitySignal) }
    }

    /// 0 to 1 (SplitMix64).
    @_noAllocation @_noLocks
    private mutating func nextUnit() -> Double {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }
}

extension SignalSource {
    @_noAllocation @_noLocks
    fileprivate init(place: Int) {
        switch place {
        case 0: self = .digitalInput
        case 1: self = .utilityNetwork
        case 2: self = .localControl
        case 3: self = .cascade
        default: self = .owner
        }
    }
}

extension NodeState {
    /// Bounds the lanes that `value` is about; one without a usable number locks.
    @_noAllocation @_noLocks
    mutating func bound(_ value: LimitValue, _ reason: LimitReason, main: PerPhaseAmperes, volts: PerPhaseVolts) {
        let usable = value.isUsable ? value : .locked
        switch usable {
        case .amperes(let amperes): for place in 0..<3 { bound(place, amperes[place], reason) }
        case .watts(let watts): bound(Lanes.power, watts, reason)
        case .wattsPerLine(let watts): for place in 0..<3 { bound(place, watts / volts[place], reason) }
        case .shareOfMain(let share): for place in 0..<3 { bound(place, share * main[place], reason) }
        case .locked: for place in 0..<3 { bound(place, 0, reason) }
        case .minimumEach: break
        }
    }
}
