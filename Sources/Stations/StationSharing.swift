import Allocation

/// How a station is served beside the others of its site: what its owner settles, not what its model can.
public struct StationSharing: Sendable, Equatable {
    /// Its share beside the others': with 2 it gets twice the current of a station with 1. 0.001 to 1000.
    public var weight: Double
    /// True: it gets its smallest current before all that have no such guarantee.
    public var guaranteesMinimum: Bool
    /// The owner's limit, in ampere per line, 0 or more; nil: none. A lower one may be set while the device runs.
    public var ownerLimitAmperes: Double?
    /// What it may charge with.
    public var energySource: EnergySource
    /// Index of the node of the installation that it hangs on; nil: on the main fuse.
    public var node: Int?

    public init(
        weight: Double = 1, guaranteesMinimum: Bool = false, ownerLimitAmperes: Double? = nil,
        energySource: EnergySource = .grid, node: Int? = nil
    ) {
        self.weight = weight
        self.guaranteesMinimum = guaranteesMinimum
        self.ownerLimitAmperes = ownerLimitAmperes
        self.energySource = energySource
        self.node = node
    }

    /// Puts it into what the allocator knows of the station. The owner's limit is no part of that: it can change.
    package func apply(to rating: inout StationRating) {
        rating.weight = weight
        rating.guaranteesMinimum = guaranteesMinimum
        rating.energySource = energySource
        rating.node = node
    }
}
