import Foundation
import Testing

@testable import Stations

/// A station of one model in a process of its own, on pymodbus (`Fixtures/stations_pymodbus.py`): its registers come
/// from the documents, and it writes down what it is asked.
final class ModelStation {
    static let python = "/usr/bin/python3"
    static let needs: Comment = "needs /usr/bin/python3 with pymodbus (apt install python3-pymodbus)"
    static let isInstalled = (try? run(["-c", "from pymodbus.server.async_io import StartAsyncTcpServer"])) != nil
    /// Python alone: enough to print a map.
    static let hasPython = (try? run(["-c", ""])) != nil

    let port: Int
    private let process = Process()
    private let journalFile: URL

    /// - Parameter map: a file of `Fixtures/maps`, with hyphens.
    init(_ map: String, isRTU: Bool) throws {
        port = try unusedPort()
        journalFile = FileManager.default.temporaryDirectory.appending(path: "headroom-\(UUID().uuidString).journal")
        try Data().write(to: journalFile)
        process.executableURL = URL(filePath: Self.python)
        process.arguments =
            [fixturePath("stations_pymodbus.py"), map, String(port), journalFile.path] + (isRTU ? ["rtu"] : [])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: journalFile)
    }

    /// What it was asked so far: "R function address count", "W function address value …" (taken),
    /// "X function address exception" (refused), "C" (connected).
    func journal() -> [String] {
        let text = (try? String(contentsOf: journalFile, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// The writes it took.
    func writes() -> [String] { journal().filter { $0.hasPrefix("W") } }

    /// What Python prints.
    static func run(_ arguments: [String]) throws -> String {
        struct Failed: Error { var status: Int32 }
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
        return String(decoding: output, as: UTF8.self)
    }
}

/// The registers of a map, without a server.
struct RegisterImage {
    private var words: [String: UInt16] = [:]
    private var functions: Set<Int> = []
    private var filler: UInt16?

    init(_ map: String) throws {
        for line in try ModelStation.run([fixturePath("stations_pymodbus.py"), "--image", map]).split(separator: "\n") {
            let parts = line.split(separator: " ")
            let last = try #require(UInt16(parts[parts.count - 1]))
            switch parts[0] {
            case "function": functions.insert(Int(last))
            case "filler": filler = last
            default: words["\(parts[0]) \(parts[1])"] = last
            }
        }
    }

    /// What a station with these registers answers when this one is read.
    func answer(_ register: StationProfile.Register) -> Condition.Answer {
        guard functions.contains(Int(register.read.rawValue)) else { return .refused }
        let table = ["", "coil", "discrete", "holding", "input"][Int(register.read.rawValue)]
        var found: [UInt16] = []
        for address in register.address..<register.address + register.format.wordCount {
            guard let word = words["\(table) \(address)"] ?? filler else { return .refused }
            found.append(word)
        }
        return .words(found[...])
    }
}
