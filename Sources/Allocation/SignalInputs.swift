/// What a pattern of the digital inputs means.
public enum InputMeaning: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case normal, reduced, locked
    /// Cannot be: a broken wire or a faulty receiver. The safe mode holds, and an alarm stands.
    case fault

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// Which pattern of up to four inputs means what. Bit 0 of a pattern is the first input; 1: 24 V.
public struct InputTable: Sendable, BitwiseCopyable {
    /// 1 to 4.
    public let inputCount: Int
    private var meanings: InlineArray<16, InputMeaning>

    /// Every pattern is a fault until it is given a meaning.
    public init(inputCount: Int) {
        self.inputCount = inputCount < 1 ? 1 : inputCount > 4 ? 4 : inputCount
        meanings = InlineArray(repeating: .fault)
    }

    /// The meaning of `pattern`; bits beyond the inputs do not count.
    public subscript(pattern: UInt8) -> InputMeaning {
        @_noAllocation @_noLocks get { meanings[Int(pattern) & ((1 << inputCount) - 1)] }
        set { meanings[Int(pattern) & ((1 << inputCount) - 1)] = newValue }
    }

    /// One input, make contact: 24 V is the signal, which means `active`. A broken wire reads as normal.
    public static func makeContact(_ active: InputMeaning) -> InputTable {
        table([.normal, active], inputs: 1)
    }

    /// One input, break contact: 24 V is normal; 0 V, and so a broken wire, means `active`.
    public static func breakContact(_ active: InputMeaning) -> InputTable {
        table([active, .normal], inputs: 1)
    }

    /// First input reduces, second locks.
    public static var reduceAndLock: InputTable { table([.normal, .reduced, .locked, .locked], inputs: 2) }

    /// Two inputs of which one is always on: the second is normal, the first means `active`. The only wiring that finds
    /// a broken wire in both directions.
    public static func complementary(_ active: InputMeaning) -> InputTable {
        table([.fault, active, .normal, .fault], inputs: 2)
    }

    /// SG-Ready: K1 alone locks; to encourage or order consumption is no limit.
    public static var sgReady: InputTable { table([.normal, .locked, .normal, .normal], inputs: 2) }

    private static func table(_ meanings: [InputMeaning], inputs: Int) -> InputTable {
        var table = InputTable(inputCount: inputs)
        for (pattern, meaning) in meanings.enumerated() { table[UInt8(pattern)] = meaning }
        return table
    }
}

/// Turns the inputs of a utility's receiver into a signal: a pattern counts when it has stood for the debounce time.
public struct SignalInputs: Sendable, BitwiseCopyable {
    public let table: InputTable
    /// How long a pattern must stand, in seconds.
    public let debounceSeconds: Double
    /// What Reduced means, and Locked (`.locked`, or `.minimumEach` for cars that bear no pause).
    public let reducedLimit: LimitValue
    public let lockedLimit: LimitValue
    /// What holds in a fault.
    public let safeMeaning: InputMeaning
    /// What stands now. Before the first pattern has stood long enough: what was given as the last known.
    public private(set) var meaning: InputMeaning
    private var pattern: UInt8 = 0
    private var patternSince = MonotonicTime.never
    /// When a pattern last stood long enough, or the inputs began to be read.
    private var steadyAt = MonotonicTime.never

    /// Inputs that do not stand still for so long beyond the debouncing are at fault: a broken wire picks up hum.
    private static var longestUnrestSeconds: Double { @_noAllocation @_noLocks get { 5 } }

    /// - Parameters:
    ///   - safeMeaning: `.reduced` or `.locked`; anything else is taken as `.reduced`.
    ///   - lastKnown: what held before a restart.
    public init(
        table: InputTable, debounceSeconds: Double = 0.5, reducedLimit: LimitValue, lockedLimit: LimitValue = .locked,
        safeMeaning: InputMeaning = .reduced, lastKnown: InputMeaning
    ) {
        self.table = table
        self.debounceSeconds = debounceSeconds >= 0 ? debounceSeconds : 0.5
        self.reducedLimit = reducedLimit
        self.lockedLimit = lockedLimit
        self.safeMeaning = safeMeaning == .locked ? .locked : .reduced
        meaning = lastKnown
    }

    /// True where the inputs cannot be as they are, do not stand still, or cannot be read: an alarm should stand.
    public var isFault: Bool { meaning == .fault }

    /// Takes the inputs in; nil: they cannot be read. Call once a second or more often.
    @_noAllocation @_noLocks
    public mutating func take(_ inputs: UInt8?, now: MonotonicTime) {
        guard let inputs else {
            meaning = .fault
            patternSince = .never
            steadyAt = .never
            return
        }
        if steadyAt == .never { steadyAt = now }
        if patternSince == .never || inputs != pattern {
            pattern = inputs
            patternSince = now
        }
        if now.seconds(since: patternSince) >= debounceSeconds {
            meaning = table[pattern]
            steadyAt = now
        } else if now.seconds(since: steadyAt) > 2 * debounceSeconds + Self.longestUnrestSeconds {
            meaning = .fault
        }
    }

    /// The limit that they mean; nil: none. For `Allocator`'s `.digitalInput`: a wired signal never expires.
    public var limit: OutsideLimit? {
        @_noAllocation @_noLocks get {
            let effective = meaning == .fault ? safeMeaning : meaning
            switch effective {
            case .normal: return nil
            case .locked: return OutsideLimit(lockedLimit)
            case .reduced, .fault: return OutsideLimit(reducedLimit)
            }
        }
    }
}
