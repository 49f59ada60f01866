/// How a station's terminals are wired to the supply lines. Electricians rotate them so that single-phase cars do not
/// all load L1.
public enum PhaseRotation: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case l1l2l3, l2l3l1, l3l1l2, l1l3l2, l3l2l1, l2l1l3

    /// - Parameter lines: the supply line on each of the station's terminals. nil where they are not all three.
    public init?(_ lines: [Phase]) {
        guard let found = Self.allCases.first(where: { [$0.first, $0.second, $0.third] == lines }) else { return nil }
        self = found
    }

    /// The supply line on the station's first terminal: the one that a single-phase car loads.
    public var first: Phase {
        @_noAllocation @_noLocks get {
            switch self {
            case .l1l2l3, .l1l3l2: .l1
            case .l2l3l1, .l2l1l3: .l2
            case .l3l1l2, .l3l2l1: .l3
            }
        }
    }

    /// The supply line on the station's second terminal.
    public var second: Phase {
        @_noAllocation @_noLocks get {
            switch self {
            case .l3l1l2, .l2l1l3: .l1
            case .l1l2l3, .l3l2l1: .l2
            case .l2l3l1, .l1l3l2: .l3
            }
        }
    }

    /// The supply line on the station's third terminal.
    public var third: Phase {
        @_noAllocation @_noLocks get {
            switch self {
            case .l2l3l1, .l3l2l1: .l1
            case .l3l1l2, .l1l3l2: .l2
            case .l1l2l3, .l2l1l3: .l3
            }
        }
    }

    /// `amperes` of the station's terminals 1, 2, 3, by supply line.
    @_noAllocation @_noLocks
    public func bySupplyLine(_ amperes: PerPhaseAmperes) -> PerPhaseAmperes {
        var turned = PerPhaseAmperes.zero
        turned[first] = amperes.l1
        turned[second] = amperes.l2
        turned[third] = amperes.l3
        return turned
    }

    /// `amperes` of the supply lines, by the station's terminals 1, 2, 3.
    @_noAllocation @_noLocks
    public func byTerminal(_ amperes: PerPhaseAmperes) -> PerPhaseAmperes {
        PerPhaseAmperes(amperes[first], amperes[second], amperes[third])
    }
}
