import CModbus
import Glibc
import Realtime

/// Connecting with a time-out. libmodbus' own way ends in `select`, which writes out of its set in a process with
/// more than 1024 descriptors; here such a descriptor is refused before libmodbus sees it.
enum TCPConnect {
    struct Failure: Error { var cause: ModbusError.Cause }

    /// A connected, non-blocking socket that child processes do not inherit.
    ///
    /// The addresses of a name are tried in the resolver's order, all within `timeoutSeconds`.
    static func connect(host: String, port: Int, timeoutSeconds: Double) throws(Failure) -> CInt {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        var answer = getaddrinfo(host, String(port), &hints, &list)
        if answer == EAI_NONAME {
            hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG
            answer = getaddrinfo(host, String(port), &hints, &list)
        }
        guard answer == 0 else { throw Failure(cause: .unknownHost(String(cString: gai_strerror(answer)))) }
        defer { freeaddrinfo(list) }

        let deadline = MonotonicClock.nanoseconds() + Int64(timeoutSeconds * 1e9)
        var lastError = EADDRNOTAVAIL
        var next = list
        while let address = next {
            next = address.pointee.ai_next
            let descriptor = socket(
                address.pointee.ai_family,
                address.pointee.ai_socktype | CInt(SOCK_CLOEXEC.rawValue)
                    | CInt(SOCK_NONBLOCK.rawValue), address.pointee.ai_protocol)
            guard descriptor >= 0 else {
                lastError = errno
                continue
            }
            guard descriptor < 1024 else {
                close(descriptor)
                throw Failure(cause: .system("more than 1024 files are open, which libmodbus cannot use"))
            }
            lastError = finish(descriptor, address.pointee, deadline: deadline)
            if lastError == 0 { return descriptor }
            close(descriptor)
        }
        throw Failure(cause: ModbusError.cause(errno: lastError))
    }

    /// Connects `descriptor`; the error number, 0 where it is connected.
    private static func finish(_ descriptor: CInt, _ address: addrinfo, deadline: Int64) -> CInt {
        var on: CInt = 1
        // Requests are small and must leave at once.
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        while true {
            let left = deadline - MonotonicClock.nanoseconds()
            guard left > 0 else { return ETIMEDOUT }
            var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&item, 1, CInt(min(left / 1_000_000 + 1, 60_000)))
            if ready < 0, errno == EINTR { continue }
            if ready < 0 { return errno }
            if ready == 0 { continue }
            var failed: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failed, &size) == 0 ? failed : errno
        }
    }
}
