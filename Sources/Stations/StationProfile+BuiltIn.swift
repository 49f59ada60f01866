import StrictYAML

extension StationProfile {
    /// The profiles that the program carries, by name.
    public static let builtIn: [StationProfile] = {
        let files: [(name: String, bytes: [UInt8])] = [
            ("abb-terra-ac.yaml", PackageResources.abb_terra_ac_yaml),
            ("generic-modbus.yaml", PackageResources.generic_modbus_yaml),
        ]
        return files.map { file in
            do throws(YAMLError) {
                return try parse(yaml: String(decoding: file.bytes, as: UTF8.self), file: file.name)
            } catch {
                // These bytes are part of the program: a test reads each of them, so no build that passed ends here.
                fatalError("built-in station profile: \(error)")
            }
        }
    }()

    /// The built-in profile with this identifier; nil: there is none.
    public static func builtIn(named identifier: String) -> StationProfile? {
        builtIn.first { $0.identifier == identifier }
    }
}
