import Glibc
import Synchronization

/// A Modbus TCP station on 127.0.0.1 that answers as a test tells it to: well, wrongly, or not at all. Written without
/// libmodbus, so that both sides do not share a mistake.
final class ScriptedStation: Sendable {
    struct Request: Sendable, Equatable {
        var unit: UInt8
        var function: UInt8
        var address: Int
        /// Words written; empty for a read.
        var values: [UInt16] = []
        /// Words read; 0 for a write.
        var count = 0
    }

    enum Reaction: Sendable {
        case reply([UInt8])
        case silence
        case replyThenClose([UInt8])
    }

    /// Changes what a write does; the words are already stored.
    typealias WriteHook = @Sendable (inout [Int: UInt16], Request) -> Void
    /// Given the request and the right answer as a whole frame.
    typealias Script = @Sendable (Request, [UInt8]) -> Reaction

    private struct State {
        var registers: [Int: UInt16]
        var requests: [Request] = []
        var script: Script?
        var connection: CInt = -1
        var accepted = 0
        var isStopped = false
    }

    /// Coil n is register `coils + n`; more than one at a time cannot be written.
    static let coils = 100_000

    let port: Int
    private let listener: CInt
    private let state: Mutex<State>
    private let onWrite: WriteHook
    private let thread: Mutex<pthread_t?> = Mutex(nil)

    init(
        registers: [Int: UInt16], port: Int = 0, onWrite: @escaping WriteHook = { _, _ in }, script: Script? = nil
    ) throws {
        let (listener, bound) = try listenOnLoopback(port: port)
        self.listener = listener
        self.port = bound
        self.onWrite = onWrite
        state = Mutex(State(registers: registers, script: script))
        var handle = pthread_t()
        let me = Unmanaged.passRetained(self)
        pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<ScriptedStation>.fromOpaque(argument).takeRetainedValue().serve() }
                return nil
            }, me.toOpaque())
        thread.withLock { $0 = handle }
    }

    /// Ends all connections and the listening socket, as a station without power does.
    func stop() {
        // Before the connection ends: nobody shall get another one that is accepted and never answered.
        shutdown(listener, CInt(SHUT_RDWR))
        state.withLock {
            $0.isStopped = true
            if $0.connection >= 0 { shutdown($0.connection, CInt(SHUT_RDWR)) }
        }
        thread.withLock {
            if let handle = $0 {
                pthread_join(handle, nil)
                close(listener)
            }
            $0 = nil
        }
    }

    var registers: [Int: UInt16] { state.withLock { $0.registers } }
    var requests: [Request] { state.withLock { $0.requests } }
    var acceptedConnections: Int { state.withLock { $0.accepted } }
    func set(_ address: Int, _ value: UInt16) { state.withLock { $0.registers[address] = value } }
    func follow(_ script: Script?) { state.withLock { $0.script = script } }

    private func serve() {
        while !state.withLock({ $0.isStopped }) {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            state.withLock {
                $0.connection = connection
                $0.accepted += 1
            }
            answer(connection)
            state.withLock { $0.connection = -1 }
            close(connection)
        }
    }

    private func answer(_ connection: CInt) {
        while let header = receive(connection, 7) {
            let length = Int(header[4]) << 8 | Int(header[5])
            guard length > 1, let body = receive(connection, length - 1) else { return }
            let (request, right, script) = state.withLock { state in
                let (request, answer) = handle(&state.registers, unit: header[6], body)
                state.requests.append(request)
                let frame = Array(header[0..<4]) + [0, UInt8(answer.count + 1), header[6]] + answer
                return (request, frame, state.script)
            }
            switch script?(request, right) ?? .reply(right) {
            case .reply(let bytes): transmit(connection, bytes)
            case .silence: break
            case .replyThenClose(let bytes):
                transmit(connection, bytes)
                return
            }
        }
    }

    private func handle(_ registers: inout [Int: UInt16], unit: UInt8, _ body: [UInt8]) -> (Request, [UInt8]) {
        func word(_ at: Int) -> UInt16 { at + 1 < body.count ? UInt16(body[at]) << 8 | UInt16(body[at + 1]) : 0 }
        let function = body[0], address = Int(word(1))
        var request = Request(unit: unit, function: function, address: address)
        switch function {
        case 1, 2:
            request.count = Int(word(3))
            var bytes = [UInt8](repeating: 0, count: (request.count + 7) / 8)
            for index in 0..<request.count {
                guard let value = registers[Self.coils + address + index] else {
                    return (request, [function | 0x80, 2])
                }
                if value != 0 { bytes[index / 8] |= 1 << UInt8(index % 8) }
            }
            return (request, [function, UInt8(bytes.count)] + bytes)
        case 5, 15:
            let isOn = function == 5 ? word(3) == 0xFF00 : body[6] & 1 != 0
            request.values = [isOn ? 1 : 0]
            guard registers[Self.coils + address] != nil else { return (request, [function | 0x80, 2]) }
            registers[Self.coils + address] = request.values[0]
            onWrite(&registers, request)
            return (request, Array(body[0..<5]))
        case 3, 4:
            request.count = Int(word(3))
            var bytes: [UInt8] = []
            for index in address..<address + request.count {
                guard let value = registers[index] else { return (request, [function | 0x80, 2]) }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
            return (request, [function, UInt8(bytes.count)] + bytes)
        case 6, 16:
            request.values = function == 6 ? [word(3)] : (0..<Int(word(3))).map { word(6 + 2 * $0) }
            for index in request.values.indices where registers[address + index] == nil {
                return (request, [function | 0x80, 2])
            }
            for (index, value) in request.values.enumerated() { registers[address + index] = value }
            onWrite(&registers, request)
            return (request, Array(body[0..<5]))
        default:
            return (request, [function | 0x80, 1])
        }
    }

    private func receive(_ connection: CInt, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let more = bytes.withUnsafeMutableBytes {
                recv(connection, $0.baseAddress?.advanced(by: got), count - got, 0)
            }
            guard more > 0 else { return nil }
            got += more
        }
        return bytes
    }

    private func transmit(_ connection: CInt, _ bytes: [UInt8]) {
        _ = send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }
}

struct SystemError: Error { var text: String }

/// A listening socket on 127.0.0.1 and its port.
func listenOnLoopback(port: Int) throws -> (descriptor: CInt, port: Int) {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var on: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(descriptor, generic, size) == 0 && listen(descriptor, 8) == 0
                && getsockname(descriptor, generic, &size) == 0
        }
    }
    guard result else {
        let text = String(cString: strerror(errno))
        close(descriptor)
        throw SystemError(text: "no listening socket on port \(port): \(text)")
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

/// A port on which nothing listens.
func unusedPort() throws -> Int {
    let (descriptor, port) = try listenOnLoopback(port: 0)
    close(descriptor)
    return port
}
