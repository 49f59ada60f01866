/// One of the three supply lines.
public enum Phase: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case l1, l2, l3

    /// The line at `place` 0, 1, 2.
    @_noAllocation @_noLocks
    init(place: Int) { self = place == 0 ? .l1 : place == 1 ? .l2 : .l3 }
}

/// A set of supply lines.
public struct PhaseSet: OptionSet, Sendable, Hashable, BitwiseCopyable {
    public let rawValue: UInt8
    @_noAllocation @_noLocks
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The set of one line.
    @_noAllocation @_noLocks
    public init(_ phase: Phase) { rawValue = 1 << phase.rawValue }

    public static let l1 = PhaseSet(.l1)
    public static let l2 = PhaseSet(.l2)
    public static let l3 = PhaseSet(.l3)
    public static let all: PhaseSet = [.l1, .l2, .l3]
    /// No line.
    static var none: PhaseSet {
        @_noAllocation @_noLocks get { PhaseSet(rawValue: 0) }
    }

    @_noAllocation @_noLocks
    public func contains(_ phase: Phase) -> Bool { rawValue & (1 << phase.rawValue) != 0 }

    /// Whether the line at `place` 0, 1, 2 is in the set.
    @_noAllocation @_noLocks
    func contains(place: Int) -> Bool { rawValue & (1 << UInt8(truncatingIfNeeded: place)) != 0 }

    /// Adds the line at `place`.
    @_noAllocation @_noLocks
    mutating func add(place: Int) { self = PhaseSet(rawValue: rawValue | (1 << UInt8(truncatingIfNeeded: place))) }

    /// The lines that are in both.
    @_noAllocation @_noLocks
    func common(_ other: PhaseSet) -> PhaseSet { PhaseSet(rawValue: rawValue & other.rawValue) }

    /// Both sets together.
    @_noAllocation @_noLocks
    func with(_ other: PhaseSet) -> PhaseSet { PhaseSet(rawValue: rawValue | other.rawValue) }

    /// Without the lines of `other`.
    @_noAllocation @_noLocks
    func without(_ other: PhaseSet) -> PhaseSet { PhaseSet(rawValue: rawValue & ~other.rawValue) }

    /// No line of the three.
    var isNone: Bool { @_noAllocation @_noLocks get { rawValue & 7 == 0 } }

    /// How many of the three lines.
    var lineCount: Int {
        @_noAllocation @_noLocks get {
            (contains(place: 0) ? 1 : 0) + (contains(place: 1) ? 1 : 0) + (contains(place: 2) ? 1 : 0)
        }
    }

    /// The first line of the set; nil where it is empty.
    var first: Phase? {
        @_noAllocation @_noLocks get { contains(.l1) ? .l1 : contains(.l2) ? .l2 : contains(.l3) ? .l3 : nil }
    }
}

/// A current per supply line, in ampere RMS.
public struct PerPhaseAmperes: Sendable, Equatable, BitwiseCopyable {
    public var l1, l2, l3: Double

    @_noAllocation @_noLocks
    public init(_ l1: Double, _ l2: Double, _ l3: Double) {
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
    }

    /// The same current on each line of `phases`, 0 on the others.
    public init(_ amperes: Double, on phases: PhaseSet = .all) {
        l1 = phases.contains(.l1) ? amperes : 0
        l2 = phases.contains(.l2) ? amperes : 0
        l3 = phases.contains(.l3) ? amperes : 0
    }

    public static var zero: PerPhaseAmperes {
        @_noAllocation @_noLocks get { PerPhaseAmperes(0, 0, 0) }
    }

    public subscript(phase: Phase) -> Double {
        @_noAllocation @_noLocks get {
            switch phase {
            case .l1: l1
            case .l2: l2
            case .l3: l3
            }
        }
        @_noAllocation @_noLocks set {
            switch phase {
            case .l1: l1 = newValue
            case .l2: l2 = newValue
            case .l3: l3 = newValue
            }
        }
    }

    /// The line by its place: 0, 1, 2. Loops over places stay free of arrays.
    subscript(place: Int) -> Double {
        @_noAllocation @_noLocks get { place == 0 ? l1 : place == 1 ? l2 : l3 }
        @_noAllocation @_noLocks set {
            if place == 0 { l1 = newValue } else if place == 1 { l2 = newValue } else { l3 = newValue }
        }
    }

    /// The largest of the three.
    public var maximum: Double {
        @_noAllocation @_noLocks get {
            let first = l1 > l2 ? l1 : l2
            return first > l3 ? first : l3
        }
    }

    /// The same current on each line of `phases`, 0 on the others.
    @_noAllocation @_noLocks
    static func same(_ amperes: Double, on phases: PhaseSet) -> PerPhaseAmperes {
        PerPhaseAmperes(
            phases.contains(place: 0) ? amperes : 0, phases.contains(place: 1) ? amperes : 0,
            phases.contains(place: 2) ? amperes : 0)
    }

    /// What flows the other way on the lines of `phases`; 0 on the others.
    @_noAllocation @_noLocks
    func negative(on phases: PhaseSet) -> PerPhaseAmperes {
        PerPhaseAmperes(
            phases.contains(place: 0) ? -l1 : 0, phases.contains(place: 1) ? -l2 : 0,
            phases.contains(place: 2) ? -l3 : 0)
    }

    /// The smallest on the lines of `phases`; 0 where there is none.
    @_noAllocation @_noLocks
    func smallest(on phases: PhaseSet) -> Double {
        var smallest = Double.infinity
        for place in 0..<3 where phases.contains(place: place) && self[place] < smallest { smallest = self[place] }
        return smallest < .infinity ? smallest : 0
    }

    /// The largest on the lines of `phases`, 0 at least.
    @_noAllocation @_noLocks
    func largest(on phases: PhaseSet) -> Double {
        var largest = 0.0
        for place in 0..<3 where phases.contains(place: place) && self[place] > largest { largest = self[place] }
        return largest
    }

    /// All three together.
    var sum: Double { @_noAllocation @_noLocks get { l1 + l2 + l3 } }

    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool {
        left.l1 == right.l1 && left.l2 == right.l2 && left.l3 == right.l3
    }
}

/// The voltage of each line to neutral, in volt RMS.
public struct PerPhaseVolts: Sendable, Equatable, BitwiseCopyable {
    public var l1, l2, l3: Double

    @_noAllocation @_noLocks
    public init(_ l1: Double, _ l2: Double, _ l3: Double) {
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
    }

    /// The line by its place: 0, 1, 2.
    subscript(place: Int) -> Double {
        @_noAllocation @_noLocks get { place == 0 ? l1 : place == 1 ? l2 : l3 }
        @_noAllocation @_noLocks set {
            if place == 0 { l1 = newValue } else if place == 1 { l2 = newValue } else { l3 = newValue }
        }
    }

    /// The sum over the lines of `phases`.
    @_noAllocation @_noLocks
    func sum(on phases: PhaseSet) -> Double {
        (phases.contains(place: 0) ? l1 : 0) + (phases.contains(place: 1) ? l2 : 0)
            + (phases.contains(place: 2) ? l3 : 0)
    }
}
