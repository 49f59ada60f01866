/// A limit from outside the allocator, as its owner or the utility words it.
public enum LimitValue: Sendable, Equatable, BitwiseCopyable {
    /// Per line, in ampere.
    case amperes(PerPhaseAmperes)
    /// All three lines together, in watt, at the measured voltage.
    case watts(Double)
    /// Each line alone, in watt, at the measured voltage.
    case wattsPerLine(Double)
    /// This share of the main fuse's rating, 0 to 1.
    case shareOfMain(Double)
    /// Nobody charges.
    case locked
    /// Every car at its smallest current, for cars that do not bear a pause.
    case minimumEach

    @_noAllocation @_noLocks
    public static func == (left: LimitValue, right: LimitValue) -> Bool {
        switch (left, right) {
        case (.amperes(let a), .amperes(let b)): a == b
        case (.watts(let a), .watts(let b)): a == b
        case (.wattsPerLine(let a), .wattsPerLine(let b)): a == b
        case (.shareOfMain(let a), .shareOfMain(let b)): a == b
        case (.locked, .locked), (.minimumEach, .minimumEach): true
        default: false
        }
    }

    /// Whether its numbers are finite and not negative. A value that is not usable locks.
    var isUsable: Bool {
        @_noAllocation @_noLocks get {
            switch self {
            case .amperes(let amperes): isCurrent(amperes)
            case .watts(let watts), .wattsPerLine(let watts): watts >= 0 && watts < .infinity
            case .shareOfMain(let share): share >= 0 && share <= 1
            case .locked, .minimumEach: true
            }
        }
    }
}

/// A limit that ends by itself.
public struct OutsideLimit: Sendable, Equatable, BitwiseCopyable {
    public var value: LimitValue
    /// It holds before this moment; `nil`: until it is taken back.
    public var expires: MonotonicTime?

    @_noAllocation @_noLocks
    public init(_ value: LimitValue, expires: MonotonicTime? = nil) {
        self.value = value
        self.expires = expires
    }

    @_noAllocation @_noLocks
    func holds(now: MonotonicTime) -> Bool {
        guard let expires else { return true }
        return now < expires
    }

    @_noAllocation @_noLocks
    public static func == (left: OutsideLimit, right: OutsideLimit) -> Bool {
        guard left.value == right.value else { return false }
        switch (left.expires, right.expires) {
        case (nil, nil): return true
        case (let a?, let b?): return a == b
        default: return false
        }
    }
}
