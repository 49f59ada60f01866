/// What is wrong with a reading. Empty: nothing.
public struct ReadingFlags: OptionSet, Sendable, Hashable, BitwiseCopyable {
    public let rawValue: UInt32
    @_noAllocation @_noLocks
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Frames were lost just before or just after; the reading covers what there is.
    public static var gap: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 0) } }
    /// No signal gave cycles: the reading covers cycles of the nominal length, RMS and power are approximate.
    public static var unsynchronised: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 1) } }
    /// The reading covers fewer cycles than its kind should, so that no frame goes uncounted.
    public static var partial: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 2) } }
    /// A voltage that the layout has is below the synchronisation threshold on phase 1, 2, 3.
    public static var phase1Lost: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 3) } }
    public static var phase2Lost: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 4) } }
    public static var phase3Lost: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 5) } }
    /// A voltage input reached the end of its converter's range.
    public static var voltageClipped: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 6) } }
    /// A current input reached the end of its converter's range: the true current may be larger.
    public static var currentClipped: ReadingFlags { @_noAllocation @_noLocks get { ReadingFlags(rawValue: 1 << 7) } }

    /// Flags with which a reading says nothing reliable about the load; a clipped current may be any amount larger.
    public static var unusable: ReadingFlags { [.gap, .unsynchronised, .currentClipped] }

    // Concrete twins of OptionSet's generic members, which a kernel proven free of allocation may not call.
    @_noAllocation @_noLocks
    mutating func mark(_ flags: ReadingFlags) { self = ReadingFlags(rawValue: rawValue | flags.rawValue) }
    @_noAllocation @_noLocks
    func has(_ flag: ReadingFlags) -> Bool { rawValue & flag.rawValue != 0 }

    /// The flag that says that the voltage of `phase` (0 to 2) is lost.
    @_noAllocation @_noLocks
    public static func phaseLost(_ phase: Int) -> ReadingFlags {
        ReadingFlags(rawValue: phase1Lost.rawValue << UInt32(phase))
    }
}
