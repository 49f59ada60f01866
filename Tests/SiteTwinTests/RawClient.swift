import Glibc

/// A bare TCP client of 127.0.0.1 for conversations byte by byte; every wait ends after 20 s.
final class RawClient {
    private let descriptor: CInt
    private(set) var isConnected = false

    init(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        isConnected =
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            } == 0
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    /// Up to `count` bytes; fewer where the peer ended or 20 s passed.
    func read(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < count {
            let received = recv(descriptor, &chunk, min(chunk.count, count - bytes.count), 0)
            guard received > 0 else { break }
            bytes += chunk[..<received]
        }
        return bytes
    }

    func readLine() -> String {
        var line: [UInt8] = []
        while let byte = read(1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// Sends a command and gives back the one line of its answer.
    func ask(_ command: String) -> String {
        send(command + "\r\n")
        return readLine()
    }

    /// The error number with which the connection ended; 0: an orderly end.
    func endError() -> CInt {
        var byte: UInt8 = 0
        // What was sent before the end is none.
        while true {
            let count = recv(descriptor, &byte, 1, 0)
            if count <= 0 { return count < 0 ? errno : 0 }
        }
    }
}
