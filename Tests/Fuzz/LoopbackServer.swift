import Glibc
import Synchronization

/// A server on 127.0.0.1 for one input: answers by a closure, each connection on a thread of its own.
final class LoopbackServer: Sendable {
    /// Receives and sends on one connection; returns when it is done with it.
    typealias Service = @Sendable (_ connection: CInt) -> Void

    let port: Int
    private let listener: CInt
    private let service: Service
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        var connections: Set<CInt> = []
        var threads: [pthread_t] = []
    }

    init(_ service: @escaping Service) throws {
        self.service = service
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else { throw FuzzError("no listening socket: \(String(cString: strerror(errno)))") }
        port = Int(UInt16(bigEndian: address.sin_port))
        start { $0.serve() }
    }

    /// Ends all connections and the listening socket, and waits for the threads.
    func stop() {
        state.withLock {
            $0.isStopped = true
            for connection in $0.connections { shutdown(connection, CInt(SHUT_RDWR)) }
        }
        shutdown(listener, CInt(SHUT_RDWR))
        while let thread = state.withLock({ $0.threads.popLast() }) { pthread_join(thread, nil) }
        close(listener)
    }

    private final class Work: Sendable {
        let server: LoopbackServer
        let body: @Sendable (LoopbackServer) -> Void
        init(_ server: LoopbackServer, _ body: @escaping @Sendable (LoopbackServer) -> Void) {
            self.server = server
            self.body = body
        }
    }

    private func start(_ body: @escaping @Sendable (LoopbackServer) -> Void) {
        var handle = pthread_t()
        let work = Unmanaged.passRetained(Work(self, body))
        let problem = pthread_create(
            &handle, nil,
            { argument in
                if let argument {
                    let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
                    work.body(work.server)
                }
                return nil
            }, work.toOpaque())
        guard problem == 0 else { return work.release() }
        let started = handle
        state.withLock { $0.threads.append(started) }
    }

    private func serve() {
        while true {
            let accepted = accept(listener, nil, nil)
            guard accepted >= 0 else { return }
            let isWanted = state.withLock {
                if !$0.isStopped { $0.connections.insert(accepted) }
                return !$0.isStopped
            }
            guard isWanted else {
                close(accepted)
                return
            }
            var on: CInt = 1
            setsockopt(accepted, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
            start { server in
                server.service(accepted)
                server.state.withLock {
                    $0.connections.remove(accepted)
                    close(accepted)
                }
            }
        }
    }

    static func send(_ connection: CInt, _ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress.map { $0 + done }, bytes.count - done, CInt(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            done += sent
        }
        return true
    }

    /// nil: the peer has gone.
    static func receive(_ connection: CInt, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let more = bytes.withUnsafeMutableBytes {
                recv(connection, $0.baseAddress.map { $0 + got }, count - got, 0)
            }
            guard more > 0 else { return nil }
            got += more
        }
        return bytes
    }
}
