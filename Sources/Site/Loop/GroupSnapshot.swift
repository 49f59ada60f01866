import Allocation

/// What a group of the settings bears and what of it is taken, as of the last decision in both directions.
public struct GroupSnapshot: Sendable, BitwiseCopyable {
    /// What its stations may draw together, ampere by line; infinite: not limited.
    public internal(set) var usableAmperes = PerPhaseAmperes.zero
    /// What is kept for its stations.
    public internal(set) var keptAmperes = PerPhaseAmperes.zero
    /// The same of all lines together, in watt; infinite: not limited.
    public internal(set) var usableWatts = 0.0
    public internal(set) var keptWatts = 0.0
}
