import Foundation
import Testing

/// A station of one model in a process of its own, on pymodbus: the maps and the server are those of the tests of
/// Stations. It writes down what it is asked.
final class ModelServer {
    private static let python = "/usr/bin/python3"
    static let needs: Comment = "needs /usr/bin/python3 with pymodbus (apt install python3-pymodbus)"
    static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", "from pymodbus.server.async_io import StartAsyncTcpServer"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    let port: Int
    private let process = Process()
    private let folder: TemporaryFolder

    /// - Parameter map: a profile's identifier.
    init(_ map: String) throws {
        folder = try TemporaryFolder()
        let journal = try folder.write("", to: "journal")
        port = try LoopbackListener().port
        let script = URL(filePath: #filePath).appending(path: "../../../StationsTests/Fixtures/stations_pymodbus.py")
            .standardizedFileURL.path
        process.executableURL = URL(filePath: Self.python)
        process.arguments = [script, map, String(port), journal]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // It listens as soon as a connection to it succeeds.
        for _ in 0..<600 {
            if LoopbackListener.accepts(port: port) { break }
            usleep(50_000)
        }
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var address: String { "127.0.0.1:\(port)" }

    /// "R function address count", "W function address value …" (taken), "X function address exception" (refused).
    var journal: [String] { folder.text("journal").split(separator: "\n").map(String.init) }
    /// Requests to write, taken or refused.
    var writes: [String] {
        journal.filter { line in
            line.hasPrefix("W") || ["X 5 ", "X 6 ", "X 15 ", "X 16 "].contains { line.hasPrefix($0) }
        }
    }
}

/// A listening socket on 127.0.0.1.
final class LoopbackListener {
    let port: Int
    private let descriptor: Int32

    init() throws {
        struct NoSocket: Error {}
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard isBound else { throw NoSocket() }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// From here on answers whatever comes with `bytes`, until it goes.
    func answer(with bytes: [UInt8]) {
        let descriptor = descriptor
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                var request = [UInt8](repeating: 0, count: 260)
                while recv(connection, &request, request.count, 0) > 0 {
                    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                }
                close(connection)
            }
        }
    }

    static func accepts(port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
