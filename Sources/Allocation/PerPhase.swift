/// One of the three supply lines.
public enum Phase: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case l1, l2, l3
}

/// A set of supply lines.
public struct PhaseSet: OptionSet, Sendable, Hashable, BitwiseCopyable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The set of one line.
    public init(_ phase: Phase) { rawValue = 1 << phase.rawValue }

    public static let l1 = PhaseSet(.l1)
    public static let l2 = PhaseSet(.l2)
    public static let l3 = PhaseSet(.l3)
    public static let all: PhaseSet = [.l1, .l2, .l3]

    public func contains(_ phase: Phase) -> Bool { rawValue & (1 << phase.rawValue) != 0 }
}

/// A current per supply line, in ampere RMS.
public struct PerPhaseAmperes: Sendable, Equatable, BitwiseCopyable {
    public var l1, l2, l3: Double

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

    public static let zero = PerPhaseAmperes(0, 0, 0)

    public subscript(phase: Phase) -> Double {
        get {
            switch phase {
            case .l1: l1
            case .l2: l2
            case .l3: l3
            }
        }
        set {
            switch phase {
            case .l1: l1 = newValue
            case .l2: l2 = newValue
            case .l3: l3 = newValue
            }
        }
    }

    /// The largest of the three.
    public var maximum: Double { Swift.max(l1, l2, l3) }
}
