import Stations
import StrictYAML

/// What people should know of stations behind a maker's cloud before they use them; read from a YAML file.
public struct CloudProfile: Sendable {
    /// The key used in settings, for example `zaptec`.
    public internal(set) var identifier: String
    /// How the maker's cloud is spoken to: code, because it is a protocol and no register map.
    public internal(set) var driver: CloudDriver
    /// What people call the models.
    public internal(set) var name: String
    public internal(set) var manufacturer: String
    /// Documents and reports behind it.
    public internal(set) var sources: [String]
    public internal(set) var confidence: StationProfile.Confidence
    /// What the installer has to do in the maker's portal, and what the cloud cannot do.
    public internal(set) var advice: String

    /// Reads a profile.
    ///
    /// - Parameter file: its name, for error messages.
    /// - Throws: `YAMLError` with file, line, field and remedy.
    public static func parse(yaml: String, file: String) throws(YAMLError) -> CloudProfile {
        let top = try YAMLNode.parse(yaml, file: file)
            .fields(["profile", "driver", "name", "manufacturer", "sources", "confidence", "advice"])
        var sources: [String] = []
        for source in try top.required("sources").list() { sources.append(try source.string()) }
        return CloudProfile(
            identifier: try top.required("profile").string(),
            driver: try top.required("driver").choice(
                CloudDriver.allCases.map { ($0.rawValue, $0) }, what: "cloud driver"),
            name: try top.required("name").string(), manufacturer: try top.required("manufacturer").string(),
            sources: sources,
            confidence: try top.required("confidence").choice(
                StationProfile.Confidence.allCases.map { ($0.rawValue, $0) }, what: "degree of confidence"),
            advice: try top.required("advice").string())
    }

    /// The profiles that the program carries, by name.
    public static let builtIn: [CloudProfile] = {
        let files: [(name: String, bytes: [UInt8])] = [
            ("easee.yaml", PackageResources.easee_yaml), ("zaptec.yaml", PackageResources.zaptec_yaml),
        ]
        return files.map { file in
            do throws(YAMLError) {
                return try parse(yaml: String(decoding: file.bytes, as: UTF8.self), file: file.name)
            } catch {
                // These bytes are part of the program: a test reads each of them, so no build that passed ends here.
                fatalError("built-in cloud profile: \(error)")
            }
        }
    }()

    /// The built-in profile with this identifier; nil: there is none.
    public static func builtIn(named identifier: String) -> CloudProfile? {
        builtIn.first { $0.identifier == identifier }
    }
}

/// A maker's cloud that this room can speak to.
public enum CloudDriver: String, Sendable, CaseIterable {
    case zaptec = "zaptec-cloud"
    case easee = "easee-cloud"

    /// Whether a text can name an installation. Nothing else ever gets into the path of a request.
    func isIdentifier(_ text: String) -> Bool {
        switch self {
        case .zaptec: ZaptecInstallation.isIdentifier(text)
        case .easee: EaseeCircuit.isIdentifier(text)
        }
    }

    var identifierRemedy: String {
        switch self {
        case .zaptec: "copy the installation's id from portal.zaptec.com, like 01234567-89ab-cdef-0123-456789abcdef"
        case .easee: "write SITE/CIRCUIT with the two numbers of the circuit, like 12345/67890"
        }
    }

    var address: String {
        switch self {
        case .zaptec: "https://api.zaptec.com"
        case .easee: "https://api.easee.com"
        }
    }

    var login: LoginScheme {
        switch self {
        case .zaptec: .passwordGrant(path: "/oauth/token")
        case .easee: .json(path: "/api/accounts/login")
        }
    }
}
