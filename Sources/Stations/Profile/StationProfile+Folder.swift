import Glibc
import StrictYAML

extension StationProfile {
    /// A profile is a page of text; what is longer is something else.
    private static let largestFileBytes = 1 << 20

    /// Reads every `*.yaml` of a folder, in the order of their names.
    ///
    /// - Parameters:
    ///   - folder: its path.
    ///   - known: profiles whose identifiers are taken.
    /// - Throws: `YAMLError` that names the file: it cannot be read, is no profile, or has an identifier that `known`
    ///   or another file has already.
    public static func profiles(
        inFolder folder: String, besides known: [StationProfile] = builtIn
    ) throws(YAMLError) -> [StationProfile] {
        var found: [(file: String, profile: StationProfile)] = []
        for name in try names(in: folder) {
            let path = folder + "/" + name
            let profile = try parse(yaml: text(of: path), file: path)
            let taken =
                found.first { $0.profile.identifier == profile.identifier }?.file
                ?? (known.contains { $0.identifier == profile.identifier } ? "the program itself" : nil)
            if let taken {
                throw YAMLError(
                    file: path, line: nil, field: "profile",
                    problem: "'\(profile.identifier)' is the identifier of a profile in \(taken)",
                    remedy: "choose another, and name it as type of the station")
            }
            found.append((path, profile))
        }
        return found.map(\.profile)
    }

    private static func unreadable(_ path: String, _ code: CInt) -> YAMLError {
        YAMLError(
            file: path, line: nil, field: "", problem: "cannot be read (\(String(cString: strerror(code))))",
            remedy: "check the path and the rights of this user")
    }

    private static func names(in folder: String) throws(YAMLError) -> [String] {
        guard let directory = opendir(folder) else { throw unreadable(folder, errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func text(of path: String) throws(YAMLError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = Glibc.read(descriptor, &chunk, chunk.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw unreadable(path, errno) }
            guard got > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[0..<got]
            guard bytes.count <= largestFileBytes else {
                throw YAMLError(
                    file: path, line: nil, field: "", problem: "longer than \(largestFileBytes) bytes",
                    remedy: "a profile is a page of text: move what is none to another folder")
            }
        }
    }
}
