/// What a person should look at. An alarm stands as long as its cause; the rest of the plan goes on.
public struct AllocationAlarm: OptionSet, Sendable, Hashable, BitwiseCopyable {
    public let rawValue: UInt8
    @_noAllocation @_noLocks
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// On some line the base load and what cannot be lowered are above the usable current: every station on it
    /// that can be told is at its floor, and no plan can do more.
    public static var overloadNotSolvable: AllocationAlarm {
        @_noAllocation @_noLocks get { AllocationAlarm(rawValue: 1 << 0) }
    }
    /// No usable reading: the fail-safe plan holds.
    public static var noMeasurement: AllocationAlarm {
        @_noAllocation @_noLocks get { AllocationAlarm(rawValue: 1 << 1) }
    }
    /// A managed station has not answered for longer than its fail-safe time, or never.
    public static var stationSilent: AllocationAlarm {
        @_noAllocation @_noLocks get { AllocationAlarm(rawValue: 1 << 2) }
    }
    /// A managed station draws or holds more than it was told, after the reaction time.
    public static var stationDisobeys: AllocationAlarm {
        @_noAllocation @_noLocks get { AllocationAlarm(rawValue: 1 << 3) }
    }
    /// Settings that cannot be used; see `SettingsProblem`.
    public static var settingsUnusable: AllocationAlarm {
        @_noAllocation @_noLocks get { AllocationAlarm(rawValue: 1 << 4) }
    }

    /// Adds `other` where `condition` holds.
    @_noAllocation @_noLocks
    mutating func add(_ other: AllocationAlarm, if condition: Bool) {
        if condition { self = AllocationAlarm(rawValue: rawValue | other.rawValue) }
    }
}
