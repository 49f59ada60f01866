import Glibc
import Site

/// Writes a picture. Only over a file that is named as one: a slip must not cost a recording.
enum PlotFile {
    /// - Throws: `UsageError` for a name that is not a picture's.
    static func check(_ path: String) throws(UsageError) {
        guard path.lowercased().hasSuffix(".svg") else {
            throw UsageError("--plot \(path): the picture is SVG; give a name that ends in .svg")
        }
    }

    static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw RunError(
                "\(path): \(String(cString: strerror(errno))); name a file in a folder that can be written")
        }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else {
            throw RunError("\(path): \(String(cString: strerror(errno))); make room on the disk")
        }
    }
}
