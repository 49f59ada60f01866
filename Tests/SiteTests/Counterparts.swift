import Glibc
import Realtime
import Synchronization

/// A socket that listens on a free port of 127.0.0.1.
final class Listener: Sendable {
    let descriptor: CInt
    let port: Int

    struct Failure: Error { let operation: String }

    /// - Parameter backlog: nil: the port is taken, and every connection refused.
    init(backlog: CInt? = 16) throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(operation: "socket") }
        self.descriptor = descriptor
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) | (backlog.map { listen(descriptor, $0) } ?? 0)
                    | getsockname(descriptor, $0, &size)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard result == 0 else { throw Failure(operation: "listen") }
    }

    deinit { close(descriptor) }

    /// Takes a waiting connection; nil: nobody has connected.
    func acceptOne() -> CInt? {
        let client = accept(descriptor, nil, nil)
        return client >= 0 ? client : nil
    }
}

private func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

/// Connects to a port of 127.0.0.1, or begins to where `isWaiting` is false.
func connectToLoopback(port: Int, isWaiting: Bool = true) -> CInt {
    let descriptor = socket(
        AF_INET, CInt(SOCK_STREAM.rawValue) | (isWaiting ? 0 : CInt(SOCK_NONBLOCK.rawValue)), 0)
    var address = loopback(port: port)
    _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    return descriptor
}

/// A port on which a connection is neither accepted nor refused: its queue is full, so that the system drops what comes.
final class BlackHole: Sendable {
    private let listener: Listener
    private let fillers: [CInt]
    var port: Int { listener.port }

    init() throws {
        listener = try Listener(backlog: 0)
        let port = listener.port
        fillers = (0..<4).map { _ in connectToLoopback(port: port, isWaiting: false) }
    }

    deinit { fillers.forEach { close($0) } }
}

/// Stands between a device and a meter and changes words in what the meter says.
final class MeterProxy: Sendable {
    let port: Int
    private let thread: RealtimeThread
    private let isStopping: StopFlag

    private final class StopFlag: Sendable { let isSet = Atomic(false) }

    /// - Parameters:
    ///   - old: the word to be replaced wherever the meter says it.
    ///   - new: of the same length.
    init(meterPort: Int, replacing old: String, with new: String) throws {
        let listener = try Listener()
        port = listener.port
        let flag = StopFlag()
        let started = RealtimeThread(name: "proxy") { _ in
            var pairs: [(client: CInt, meter: CInt)] = []
            while !flag.isSet.load(ordering: .acquiring) {
                if let client = listener.acceptOne() { pairs.append((client, connectToLoopback(port: meterPort))) }
                if pairs.isEmpty { usleep(1000) }
                pairs.removeAll { pair in
                    guard !Self.relay(pair.client, pair.meter, Array(old.utf8), Array(new.utf8)) else { return false }
                    close(pair.client)
                    close(pair.meter)
                    return true
                }
            }
            for pair in pairs {
                close(pair.client)
                close(pair.meter)
            }
        }
        guard let started else { throw Listener.Failure(operation: "thread") }
        thread = started
        isStopping = flag
    }

    /// Ends the thread and its connections.
    func stop() {
        isStopping.isSet.store(true, ordering: .releasing)
        thread.join()
    }

    /// Passes on what is there.
    ///
    /// - Returns: false where one of both has ended.
    private static func relay(_ client: CInt, _ meter: CInt, _ old: [UInt8], _ new: [UInt8]) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var items = [client, meter].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&items, 2, 2) > 0 else { return true }
        for (item, target) in [(items[0], meter), (items[1], client)] where item.revents != 0 {
            let count = recv(item.fd, &bytes, bytes.count, 0)
            guard count > 0 else { return false }
            if item.fd == meter, count >= old.count {
                for place in 0...count - old.count where bytes[place..<place + old.count].elementsEqual(old) {
                    bytes.replaceSubrange(place..<place + old.count, with: new)
                }
            }
            guard send(target, bytes, count, CInt(MSG_NOSIGNAL)) == count else { return false }
        }
        return true
    }
}
