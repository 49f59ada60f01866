import StrictYAML

/// How one model of station speaks Modbus; read from a YAML file.
public struct StationProfile: Sendable {
    /// The key used in settings, for example `abb-terra-ac`.
    public var identifier: String
}
