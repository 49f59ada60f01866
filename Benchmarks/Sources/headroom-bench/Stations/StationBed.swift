import CBenchmark
import Glibc
import Stations
import Synchronization

/// Stations of the profile `generic-modbus` on the loopback interface, served by one thread that notes when a limit
/// arrived. Written without the client's code, so that both do not share a mistake.
final class StationBed: Sendable {
    /// How a station that is no use fails.
    enum Failure: CaseIterable, Sendable {
        /// Nothing listens on its port.
        case refused
        /// It takes the connection and never answers.
        case mute
        /// Not even the connection comes about: its queue is full, and the system drops what comes.
        case blackHole
    }

    /// A limit as it arrived.
    struct Arrival: Sendable {
        /// In tenths of an ampere.
        var value: UInt16 = 0
        /// Monotonic nanoseconds at which the thread had read it.
        var time: Int64 = 0
    }

    private struct Station {
        var port: UInt16
        var listener: CInt = -1
        var connection: CInt = -1
        /// Registers 0 to 31.
        var registers: [UInt16]
        var arrival = Arrival()
        var pending: [UInt8] = []
    }

    private static let limitAddress = 10, activeAddress = 11
    private let stations: Mutex<[Station]>
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<pthread_t?>(nil)
    /// Sockets that only have to stay open.
    private let ballast = Mutex<[CInt]>([])

    init(count: Int) throws {
        var registers = [UInt16](repeating: 0, count: 32)
        registers[0] = 2
        registers[Self.limitAddress] = 160
        registers[Self.activeAddress] = 160
        stations = Mutex(Array(repeating: Station(port: 0, registers: registers), count: count))
        for index in 0..<count { try start(index) }
        var handle = pthread_t()
        let me = Unmanaged.passRetained(self)
        let failed = pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<StationBed>.fromOpaque(argument).takeRetainedValue().serve() }
                return nil
            }, me.toOpaque())
        guard failed == 0 else {
            me.release()
            throw BenchmarkError("no thread left; raise the limit (ulimit -u)")
        }
        thread.withLock { $0 = handle }
    }

    /// Ends everything.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        thread.withLock {
            if let handle = $0 { pthread_join(handle, nil) }
            $0 = nil
        }
        stations.withLock { all in
            for index in all.indices { Self.end(&all[index]) }
        }
        ballast.withLock { $0.forEach { _ = Glibc.close($0) } }
    }

    func port(_ index: Int) -> Int { stations.withLock { Int($0[index].port) } }
    func arrival(_ index: Int) -> Arrival { stations.withLock { $0[index].arrival } }

    /// Takes the power from a station.
    func cut(_ index: Int) { stations.withLock { Self.end(&$0[index]) } }

    /// Lets a station listen, on the port that it had; after a cut it has forgotten its limit.
    func start(_ index: Int) throws {
        try stations.withLock { all in
            var station = all[index]
            let (listener, port) = try Self.listen(port: station.port, backlog: 4)
            station.listener = listener
            station.port = port
            station.registers[Self.limitAddress] = 320
            station.registers[Self.activeAddress] = 320
            station.arrival = Arrival()
            all[index] = station
        }
    }

    /// A port on which every connection fails so.
    func deadPort(_ failure: Failure) throws -> Int {
        let (listener, port) = try Self.listen(port: 0, backlog: failure == .blackHole ? 0 : 16)
        switch failure {
        case .refused: close(listener)
        case .mute: ballast.withLock { $0.append(listener) }
        case .blackHole:
            ballast.withLock { $0.append(listener) }
            for _ in 0..<3 {
                let socket = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
                var address = Self.loopback(port)
                _ = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                ballast.withLock { $0.append(socket) }
            }
        }
        return Int(port)
    }

    // MARK: The serving thread

    private func serve() {
        while !isStopping.load(ordering: .acquiring) {
            // Asked for anew each time: stations come and go.
            var items: [pollfd] = []
            stations.withLock { all in
                for station in all {
                    for descriptor in [station.listener, station.connection] {
                        items.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
                    }
                }
            }
            guard poll(&items, nfds_t(items.count), 2) > 0 else { continue }
            for (place, item) in items.enumerated() where item.revents != 0 {
                if place % 2 == 0 { accept(place / 2, item.fd) } else { answer(place / 2, item.fd) }
            }
        }
    }

    /// Does nothing where `listener` is no longer the station's.
    private func accept(_ index: Int, _ listener: CInt) {
        stations.withLock { all in
            guard all[index].listener == listener else { return }
            let socket = Glibc.accept(listener, nil, nil)
            guard socket >= 0 else { return }
            _ = fcntl(socket, F_SETFL, O_NONBLOCK)
            var on: CInt = 1
            setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
            if all[index].connection >= 0 { Glibc.close(all[index].connection) }
            all[index].connection = socket
            all[index].pending = []
        }
    }

    private func answer(_ index: Int, _ socket: CInt) {
        stations.withLock { all in
            guard all[index].connection == socket else { return }
            var bytes = [UInt8](repeating: 0, count: 1024)
            let got = read(socket, &bytes, bytes.count)
            let now = cbenchmark_nanoseconds()
            guard got > 0 else {
                if got < 0, errno == EAGAIN { return }
                Glibc.close(socket)
                all[index].connection = -1
                return
            }
            all[index].pending += bytes[0..<got]
            while let reply = Self.reply(&all[index], at: now) {
                _ = send(socket, reply, reply.count, CInt(MSG_NOSIGNAL))
            }
        }
    }

    /// The answer to the first whole request waiting; nil: there is none.
    private static func reply(_ station: inout Station, at time: Int64) -> [UInt8]? {
        let request = station.pending
        guard request.count >= 12 else { return nil }
        let length = 6 + (Int(request[4]) << 8 | Int(request[5]))
        guard request.count >= length else { return nil }
        station.pending.removeFirst(length)
        let function = request[7]
        let address = Int(request[8]) << 8 | Int(request[9])
        let value = UInt16(request[10]) << 8 | UInt16(request[11])
        var body: [UInt8]
        switch function {
        case 3 where address + Int(value) <= station.registers.count:
            body = [function, UInt8(2 * value)]
            for word in station.registers[address..<address + Int(value)] {
                body += [UInt8(word >> 8), UInt8(truncatingIfNeeded: word)]
            }
        case 6 where address < station.registers.count:
            store(&station, address, value, at: time)
            body = Array(request[7..<12])
        case 16 where address + Int(value) <= station.registers.count && length >= 13 + 2 * Int(value):
            for place in 0..<Int(value) {
                let word = UInt16(request[13 + 2 * place]) << 8 | UInt16(request[14 + 2 * place])
                store(&station, address + place, word, at: time)
            }
            body = Array(request[7..<12])
        default: body = [function | 0x80, 2]
        }
        return [request[0], request[1], 0, 0, 0, UInt8(body.count + 1), request[6]] + body
    }

    private static func store(_ station: inout Station, _ address: Int, _ value: UInt16, at time: Int64) {
        station.registers[address] = value
        guard address == limitAddress else { return }
        station.registers[activeAddress] = value
        station.arrival = Arrival(value: value, time: time)
    }

    // MARK: Sockets

    private static func end(_ station: inout Station) {
        if station.listener >= 0 { Glibc.close(station.listener) }
        if station.connection >= 0 {
            // Gone at once, as without power: no orderly end, no port held back.
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(station.connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            Glibc.close(station.connection)
        }
        station.listener = -1
        station.connection = -1
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func listen(port: UInt16, backlog: CInt) throws -> (CInt, UInt16) {
        let listener = socket(
            AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw BenchmarkError("no file descriptor left; raise the limit (ulimit -n)") }
        var on: CInt = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        var address = loopback(port)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && Glibc.listen(listener, backlog) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else {
            Glibc.close(listener)
            throw BenchmarkError("no port on the loopback interface: \(String(cString: strerror(errno)))")
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }
}
