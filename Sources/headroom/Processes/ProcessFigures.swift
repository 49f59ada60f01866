import Glibc

/// What the kernel says of a process: /proc.
struct ProcessFigures {
    /// User and system time of all its threads, in seconds.
    var processorSeconds: Double
    /// Memory in the machine now, and the most there ever was, in bytes.
    var residentBytes: Int
    var highestResidentBytes: Int
    var threadCount: Int
    /// How often a thread gave the processor up by itself: as often it was woken.
    var wakeUps: Int
    var openFiles: Int

    /// - Parameter process: its number; nil: this process.
    /// - Returns: nil where there is no such process, or it is not ours to look at.
    init?(_ process: pid_t?) {
        let folder = "/proc/" + (process.map { "\($0)" } ?? "self")
        guard let stat = Self.text("\(folder)/stat"), let status = Self.text("\(folder)/status") else { return nil }
        // The name may hold blanks: fields are counted from its closing bracket. utime and stime are fields 14 and 15.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 14, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
        processorSeconds = (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
        residentBytes = 1024 * (Self.number("VmRSS", in: status) ?? 0)
        highestResidentBytes = 1024 * (Self.number("VmHWM", in: status) ?? 0)
        threadCount = Self.number("Threads", in: status) ?? 0
        wakeUps = Self.names("\(folder)/task").reduce(0) { sum, task in
            sum
                + (Self.text("\(folder)/task/\(task)/status")
                    .flatMap { Self.number("voluntary_ctxt_switches", in: $0) } ?? 0)
        }
        openFiles = Self.names("\(folder)/fd").count
    }

    private static func number(_ key: String, in text: String) -> Int? {
        text.split(separator: "\n").first { $0.hasPrefix(key + ":") }.flatMap {
            $0.dropFirst(key.count + 1).split(whereSeparator: { $0 == " " || $0 == "\t" }).first.flatMap { Int($0) }
        }
    }

    private static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func text(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
