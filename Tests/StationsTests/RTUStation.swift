import Glibc
import Synchronization

/// Stations on one RTU line, at the other end of a pseudo terminal or in a TCP connection, that answer as a test tells
/// them to. Written without the product's codec, so that both sides do not share a mistake.
final class RTUStation: Sendable {
    /// Given unit, request (function and data) and the right answer as a whole frame: what goes onto the line.
    typealias Script = @Sendable (UInt8, [UInt8], [UInt8]) -> [UInt8]

    private struct State {
        /// By unit.
        var registers: [UInt8: [Int: UInt16]]
        var requests: [(unit: UInt8, pdu: [UInt8])] = []
        var badFrames = 0
        var script: Script?
        var isStopped = false
    }

    /// Device of the line; empty: TCP.
    let device: String
    let port: Int
    /// Master end of the pseudo terminal, or the listening socket.
    private let descriptor: CInt
    /// Held open, so that the terminal lives while nobody else has it.
    private let other: CInt
    private let state: Mutex<State>
    private let thread: Mutex<pthread_t?> = Mutex(nil)

    /// - Parameter overTCP: a gateway on loopback instead of a terminal.
    init(units: [UInt8: [Int: UInt16]], overTCP: Bool = false, script: Script? = nil) throws {
        if overTCP {
            (descriptor, port) = try listenOnLoopback(port: 0)
            device = ""
            other = -1
        } else {
            let terminal = try PseudoTerminal()
            (descriptor, other, device, port) = (terminal.master, terminal.slave, terminal.device, 0)
        }
        state = Mutex(State(registers: units, script: script))
        var handle = pthread_t()
        let me = Unmanaged.passRetained(self)
        pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<RTUStation>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, me.toOpaque())
        thread.withLock { $0 = handle }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        if device.isEmpty { shutdown(descriptor, CInt(SHUT_RDWR)) }
        thread.withLock {
            if let handle = $0 {
                pthread_join(handle, nil)
                close(descriptor)
                if other >= 0 { close(other) }
            }
            $0 = nil
        }
    }

    func registers(_ unit: UInt8) -> [Int: UInt16] { state.withLock { $0.registers[unit] ?? [:] } }
    var requests: [(unit: UInt8, pdu: [UInt8])] { state.withLock { $0.requests } }
    /// Frames from the product whose check is wrong.
    var badFrames: Int { state.withLock { $0.badFrames } }
    func follow(_ script: Script?) { state.withLock { $0.script = script } }

    private func run() {
        if !device.isEmpty { return serve(descriptor) }
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { return }
            serve(connection)
            close(connection)
        }
    }

    private func serve(_ line: CInt) {
        var bytes: [UInt8] = []
        while !state.withLock({ $0.isStopped }) {
            var item = pollfd(fd: line, events: Int16(POLLIN), revents: 0)
            guard poll(&item, 1, 20) > 0 else { continue }
            var chunk = [UInt8](repeating: 0, count: 256)
            let got = read(line, &chunk, chunk.count)
            guard got > 0 else { return }
            bytes += chunk[..<got]
            while let answer = take(&bytes) {
                var sent = 0
                while sent < answer.count {
                    let more = answer[sent...].withUnsafeBytes { write(line, $0.baseAddress, $0.count) }
                    guard more > 0 else { return }
                    sent += more
                }
            }
        }
    }

    /// Takes the first request out of `bytes`; nil: none is whole.
    private func take(_ bytes: inout [UInt8]) -> [UInt8]? {
        guard bytes.count >= 8 else { return nil }
        let length = bytes[1] == 15 || bytes[1] == 16 ? 9 + Int(bytes[6]) : 8
        guard bytes.count >= length else { return nil }
        let frame = Array(bytes[..<length])
        bytes.removeFirst(length)
        return state.withLock { state in
            guard referenceCRC(frame.dropLast(2)) == Array(frame.suffix(2)) else {
                state.badFrames += 1
                return []
            }
            let unit = frame[0], pdu = Array(frame[1..<length - 2])
            state.requests.append((unit, pdu))
            guard var registers = state.registers[unit] else { return [] }
            let body = Self.answer(pdu, &registers)
            state.registers[unit] = registers
            let right = [unit] + body + referenceCRC([unit] + body)
            return state.script?(unit, pdu, right) ?? right
        }
    }

    private static func answer(_ pdu: [UInt8], _ registers: inout [Int: UInt16]) -> [UInt8] {
        func word(_ at: Int) -> Int { Int(pdu[at]) << 8 | Int(pdu[at + 1]) }
        let address = word(1)
        switch pdu[0] {
        case 3, 4:
            var data: [UInt8] = []
            for index in address..<address + word(3) {
                guard let value = registers[index] else { return [pdu[0] | 0x80, 2] }
                data += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
            return [pdu[0], UInt8(data.count)] + data
        case 6, 16:
            let values = pdu[0] == 6 ? [word(3)] : (0..<word(3)).map { word(6 + 2 * $0) }
            for (index, value) in values.enumerated() { registers[address + index] = UInt16(value) }
            // The active limit follows the limit.
            registers[11] = registers[10]
            return Array(pdu.prefix(5))
        default: return [pdu[0] | 0x80, 1]
        }
    }
}

/// A pseudo terminal: what is written into one end comes out of the other.
struct PseudoTerminal {
    let master: CInt
    /// Held open, so that the terminal lives while nobody else has it.
    let slave: CInt
    let device: String

    init() throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN, what unlockpt and ptsname use: neither is in Swift's Glibc module.
        var locked: CInt = 0
        var number: CUnsignedInt = 0
        guard master >= 0, ioctl(master, 0x4004_5431, &locked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw SystemError(text: "no pseudo terminal: \(String(cString: strerror(errno)))")
        }
        device = "/dev/pts/\(number)"
        slave = open(device, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var settings = termios()
        tcgetattr(slave, &settings)
        cfmakeraw(&settings)
        guard slave >= 0, tcsetattr(slave, TCSANOW, &settings) == 0 else {
            throw SystemError(text: "\(device) is not usable: \(String(cString: strerror(errno)))")
        }
    }
}

/// Two pseudo terminals whose far ends are joined: a cable between two serial devices of this machine.
final class PseudoCable: Sendable {
    let ends: [String]
    private let descriptors: [CInt]
    private let isStopped = Atomic(false)
    private let thread: Mutex<pthread_t?> = Mutex(nil)

    init() throws {
        let one = try PseudoTerminal(), two = try PseudoTerminal()
        ends = [one.device, two.device]
        descriptors = [one.master, two.master, one.slave, two.slave]
        var handle = pthread_t()
        let me = Unmanaged.passRetained(self)
        pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<PseudoCable>.fromOpaque(argument).takeRetainedValue().carry() }
                return nil
            }, me.toOpaque())
        thread.withLock { $0 = handle }
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        thread.withLock {
            if let handle = $0 {
                pthread_join(handle, nil)
                descriptors.forEach { close($0) }
            }
            $0 = nil
        }
    }

    private func carry() {
        var chunk = [UInt8](repeating: 0, count: 512)
        while !isStopped.load(ordering: .acquiring) {
            var items = descriptors[..<2].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&items, 2, 20) > 0 else { continue }
            for side in 0..<2 where CInt(items[side].revents) & POLLIN != 0 {
                let got = read(descriptors[side], &chunk, chunk.count)
                if got > 0 { _ = write(descriptors[1 - side], chunk, got) }
            }
        }
    }
}
