import Glibc

/// A TCP port of 127.0.0.1 that stays ours: while nothing listens on it, connections are refused.
final class LoopbackPort: Sendable {
    /// Its number.
    let port: Int
    // Bound and never listening: keeps the number while the listener is closed and opened again.
    private let placeholder: CInt

    /// - Parameter number: the port; 0: a free one.
    init(_ number: Int = 0) throws(TwinError) {
        let placeholder = try Self.bound(to: number)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(placeholder, $0, &length) }
        }
        guard named == 0 else {
            let number = errno
            close(placeholder)
            throw .socket(operation: "getsockname", port: 0, errorNumber: number)
        }
        self.placeholder = placeholder
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(placeholder) }

    /// A new listening socket; the caller closes it.
    ///
    /// - Parameter backlog: connections that may wait to be taken.
    func listen(backlog: CInt = 64) throws(TwinError) -> CInt {
        let descriptor = try Self.bound(to: port)
        guard Glibc.listen(descriptor, backlog) == 0 else {
            let number = errno
            close(descriptor)
            throw .socket(operation: "listen", port: port, errorNumber: number)
        }
        return descriptor
    }

    private static func bound(to port: Int) throws(TwinError) -> CInt {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw .socket(operation: "socket", port: port, errorNumber: errno) }
        var yes: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, size)
        var address = Self.address(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let number = errno
            close(descriptor)
            throw .socket(operation: "bind", port: port, errorNumber: number)
        }
        return descriptor
    }

    /// A connection of our own to the port, which waits there untaken; nil: refused.
    func occupy() -> CInt? {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = Self.address(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 || errno == EINPROGRESS else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Takes one waiting connection, set to send at once and to be closed on `exec`.
    ///
    /// - Returns: nil where none waits any longer.
    static func accept(from listener: CInt) -> CInt? {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var yes: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        // A peer that takes no answer holds libmodbus for a second at most.
        var second = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &second, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    /// Closes so that the peer sees a reset instead of an orderly end.
    static func reset(_ descriptor: CInt) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }
}
