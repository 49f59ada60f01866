import Allocation

/// A place of the installation that bears only so much, with the name that people give it: a sub-distribution, a cable,
/// a group of stations.
public struct SiteGroup: Sendable, Equatable {
    /// Unique in a site.
    public var name: String
    /// `parent` is an index in the list of groups.
    public var node: LimitNode

    public init(name: String, node: LimitNode) {
        self.name = name
        self.node = node
    }
}

extension SiteSettings {
    /// The owner's limit of each station, those of `stations` first, in ampere; infinite: none.
    var ownerLimits: [Double] {
        (stations.map(\.sharing) + cloudStations.map(\.sharing)).map { $0.ownerLimitAmperes ?? .infinity }
    }
}
