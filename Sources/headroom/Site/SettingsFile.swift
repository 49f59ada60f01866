import Glibc
import Site
import StrictYAML

/// Reads and writes files of settings, with errors that name the file.
enum SettingsFile {
    static func read(_ path: String) throws -> SiteSettings {
        let text = try text(of: path, kind: "settings", missing: "write one with: headroom init \(path)")
        return try SiteSettings.parse(yaml: text, file: path)
    }

    /// The text of a file.
    ///
    /// - Parameters:
    ///   - kind: what it should be, for the errors.
    ///   - missing: the remedy where it cannot be opened.
    ///   - largestBytes: what is larger is something else.
    static func text(
        of path: String, kind: String, missing: String, largestBytes: Int = 1 << 20
    ) throws -> String {
        guard let file = fopen(path, "r") else {
            throw RunError("\(path): \(String(cString: strerror(errno))); \(missing)")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[0..<count]
            guard bytes.count <= largestBytes else {
                throw RunError(
                    "\(path): larger than \(largestBytes >> 20) MiB, so no \(kind); name the file of the \(kind)")
            }
        }
        guard ferror(file) == 0 else {
            throw RunError("\(path): it cannot be read (is it a folder?); name the file of the \(kind)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RunError("\(path): not UTF-8 text; save it as UTF-8")
        }
        return text
    }

    /// Throws what `write` would say of a file that is there already, or cannot be made: before long work, not after it.
    static func requireNew(_ path: String) throws {
        guard access(path, F_OK) != 0 else { throw RunError("\(path): exists already; name another file") }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard access(folder, W_OK) == 0 else {
            throw RunError("\(path): \(String(cString: strerror(errno))); name a file in a folder that can be written")
        }
    }

    /// Writes a new file; never over an old one.
    static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "wx") else {
            let problem =
                errno == EEXIST
                ? "exists already; name another file"
                : "\(String(cString: strerror(errno))); name a file in a folder that can be written"
            throw RunError("\(path): \(problem)")
        }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else {
            throw RunError("\(path): \(String(cString: strerror(errno))); make room on the disk")
        }
    }
}
