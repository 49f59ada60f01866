import Glibc
import Realtime

/// Connecting with a time-out.
enum TCPConnect {
    /// A connected, non-blocking socket that child processes do not inherit.
    ///
    /// The addresses of a name are tried in the resolver's order, all within `timeoutSeconds`. Numeric addresses are
    /// never looked up; a host name may take as long as the resolver does.
    ///
    /// - Parameter attention: what may end the wait sooner.
    static func connect(
        host: String, port: Int, timeoutSeconds: Double, attention: borrowing Attention
    ) throws(LinkFailure) -> CInt {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        var answer = getaddrinfo(host, String(port), &hints, &list)
        if answer == EAI_NONAME {
            hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG
            answer = getaddrinfo(host, String(port), &hints, &list)
        }
        guard answer == 0 else { throw LinkFailure(cause: .unknownHost(String(cString: gai_strerror(answer)))) }
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
            lastError = finish(descriptor, address.pointee, deadline: deadline, attention)
            if lastError == 0 { return descriptor }
            close(descriptor)
        }
        throw LinkFailure(cause: ModbusError.cause(errno: lastError))
    }

    /// Connects `descriptor`; the error number, 0 where it is connected.
    private static func finish(
        _ descriptor: CInt, _ address: addrinfo, deadline: Int64, _ attention: borrowing Attention
    ) -> CInt {
        var on: CInt = 1
        // Requests are small and must leave at once.
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        while true {
            let end = min(deadline, attention.latest())
            guard MonotonicClock.nanoseconds() < end else { return ETIMEDOUT }
            let ready = Descriptors.wait(for: descriptor, POLLOUT, wake: attention.wake, until: end)
            // Nothing but a stop, which `latest` tells, ends connecting.
            if ready.isWoken { attention.wake?.take() }
            guard ready.isReady else { continue }
            var failed: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failed, &size) == 0 ? failed : errno
        }
    }
}
