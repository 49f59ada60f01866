/// A place of the installation that bears only so much: a sub-distribution, a cable, a group of stations.
///
/// The nodes form a tree: a node hangs on one that stands before it in the list, or on the main fuse, so that a list
/// with a circle cannot be written.
public struct LimitNode: Sendable, Equatable, BitwiseCopyable {
    /// How many nodes may hang on each other below the main fuse. A station behind more gets nothing.
    public static let deepest = 8

    /// Index of the node it hangs on, smaller than its own; nil: on the main fuse.
    public var parent: Int?
    /// What each line bears, in ampere. Infinite: only its power is limited.
    public var limitAmperes: PerPhaseAmperes
    /// Kept free below `limitAmperes`, in ampere, 0 or more and less than it.
    public var marginAmperes: PerPhaseAmperes
    /// What all three lines together may draw, in watt; nil: not limited.
    public var limitWatts: Double?
    /// True: it has a meter of its own, whose readings `Allocator.allocate` is given; other loads behind it are then
    /// measured. False: nothing but stations is behind it.
    public var isMetered: Bool

    public init(
        parent: Int? = nil, limitAmperes: PerPhaseAmperes, marginAmperes: PerPhaseAmperes = .zero,
        limitWatts: Double? = nil, isMetered: Bool = false
    ) {
        self.parent = parent
        self.limitAmperes = limitAmperes
        self.marginAmperes = marginAmperes
        self.limitWatts = limitWatts
        self.isMetered = isMetered
    }
}

/// Where a limit comes from that decided about a station.
public enum LimitPlace: Sendable, Hashable, BitwiseCopyable {
    /// The main fuse.
    case main
    /// All stations together: the utility's signal, the owner's cap.
    case charging
    /// What the building feeds in.
    case surplus
    /// The difference between lines.
    case imbalance
    /// The node of this index in the list of `LimitNode`.
    case node(Int)
}
