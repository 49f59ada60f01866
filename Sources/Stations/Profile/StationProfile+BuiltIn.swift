import StrictYAML

extension StationProfile {
    /// The files of the folder Profiles: a test compares this list with the folder.
    static let builtInFiles: [(name: String, bytes: [UInt8])] = [
        ("abb-terra-ac.yaml", PackageResources.abb_terra_ac_yaml),
        ("generic-modbus.yaml", PackageResources.generic_modbus_yaml),
    ]

    /// The JSON Schema (draft 2020-12) of a profile, for editors that check while one types.
    public static var jsonSchema: String {
        String(decoding: PackageResources.station_profile_schema_json, as: UTF8.self)
    }

    /// The profiles that the program carries, by name.
    public static let builtIn: [StationProfile] = builtInFiles.map { file in
        do throws(YAMLError) {
            return try parse(yaml: String(decoding: file.bytes, as: UTF8.self), file: file.name)
        } catch {
            // These bytes are part of the program: a test reads each of them, so no build that passed ends here.
            fatalError("built-in station profile: \(error)")
        }
    }

    /// The built-in profile with this identifier; nil: there is none.
    public static func builtIn(named identifier: String) -> StationProfile? {
        builtIn.first { $0.identifier == identifier }
    }
}
