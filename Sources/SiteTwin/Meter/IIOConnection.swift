import Glibc
import Realtime
import Synchronization

/// One client of the meter: reads commands, answers them, owns at most one open buffer.
final class IIOConnection: Sendable {
    private let descriptor: CInt
    private let server: IIOServer
    private let wake: WakeUp
    private let mustEnd = Atomic<Bool>(false)
    private let mustReset = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)

    /// Frames that a buffer may hold: 24 MB.
    private static let largestBuffer = 1_000_000

    init(descriptor: CInt, server: IIOServer, wake: WakeUp) {
        self.descriptor = descriptor
        self.server = server
        self.wake = wake
    }

    /// The thread has nothing more to do.
    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    /// Ends the connection soon. Any thread.
    func end(byReset: Bool) {
        if byReset { mustReset.store(true, ordering: .releasing) }
        mustEnd.store(true, ordering: .releasing)
        wake.signal()
    }

    /// An open buffer of this connection.
    private struct Buffer {
        var key: Int
        var blockFrames: Int
        var packing: FramePacking
        /// After a time-out every further read fails, as in iiod.
        var isBroken = false
    }

    func run() {
        var wire = Wire(descriptor: descriptor, wake: wake) { [self] in !mustEnd.load(ordering: .acquiring) }
        var buffer: Buffer?
        do {
            while try !mustEnd.load(ordering: .acquiring) && serve(&wire, &buffer) {}
        } catch {
            // The client has gone or is to go: either way this was its last command.
        }
        if let key = buffer?.key { server.plant.withState { $0.closeBuffer(key) } }
        if mustReset.load(ordering: .acquiring) { LoopbackPort.reset(descriptor) } else { close(descriptor) }
        ended.store(true, ordering: .releasing)
        server.noteEnded()
    }

    /// - Returns: false after the client took its leave.
    private func serve(_ wire: inout Wire, _ buffer: inout Buffer?) throws(Wire.Failure) -> Bool {
        let words = try wire.readLine().split(separator: " ").map(String.init)
        guard let command = words.first else { return true }
        var payload: [UInt8] = []
        if command == "WRITE" {
            guard let count = words.last.flatMap({ Int($0) }), (0...4096).contains(count) else {
                try wire.send(Array("-22\n".utf8))
                return true
            }
            payload = try wire.read(count: count)
        }
        try holdWhileStalled(wire)
        switch command {
        case "EXIT": return false
        case "READBUF": try readBuffer(words, &wire, &buffer)
        default: try wire.send(answer(words, payload, &buffer))
        }
        return true
    }

    private func holdWhileStalled(_ wire: borrowing Wire) throws(Wire.Failure) {
        while server.isStalled.load(ordering: .acquiring) {
            try wire.sleep(until: MonotonicClock.nanoseconds() + 10_000_000)
        }
    }

    private func answer(_ words: [String], _ payload: [UInt8], _ buffer: inout Buffer?) -> [UInt8] {
        switch words[0] {
        case "VERSION": return Array("0.24.hr-twin\n".utf8)
        case "PRINT":
            server.plant.withState { $0.noteAnswer(at: MonotonicClock.nanoseconds()) }
            return Self.text(server.device.contextXML, terminated: false)
        case "TIMEOUT":
            guard words.count == 2, let milliseconds = Int(words[1]), (0...86_400_000).contains(milliseconds) else {
                return Self.code(-EINVAL)
            }
            server.timeoutMilliseconds.store(milliseconds, ordering: .relaxed)
            return Self.code(0)
        case "READ", "WRITE", "GETTRIG", "SETTRIG", "SET", "OPEN", "CLOSE":
            guard words.count >= 2, [IIODevice.identifier, IIODevice.name].contains(words[1]) else {
                return Self.code(-ENODEV)
            }
            return answerForDevice(words, payload, &buffer)
        // ZPRINT among them: the client then asks for PRINT.
        default: return Self.code(-EINVAL)
        }
    }

    private func answerForDevice(_ words: [String], _ payload: [UInt8], _ buffer: inout Buffer?) -> [UInt8] {
        switch words[0] {
        case "READ": return readAttribute(words)
        case "WRITE": return writeAttribute(words, payload, isStreaming: buffer != nil)
        case "GETTRIG": return Self.code(0)
        case "SETTRIG": return Self.code(-EINVAL)
        case "SET":
            guard words.count == 4, words[2] == "BUFFERS_COUNT", let count = Int(words[3]), (1...4096).contains(count)
            else { return Self.code(-EINVAL) }
            server.bufferCount.store(count, ordering: .relaxed)
            return Self.code(0)
        case "OPEN": return open(words, &buffer)
        default:
            guard let open = buffer else { return Self.code(-EBADF) }
            server.plant.withState { $0.closeBuffer(open.key) }
            buffer = nil
            return Self.code(0)
        }
    }

    private func readAttribute(_ words: [String]) -> [UInt8] {
        let value: String? =
            switch (words.count, words.count > 2 ? words[2] : "") {
            case (3, _): server.device.attribute(words[2], channel: nil)
            case (5, "INPUT"): server.device.attribute(words[4], channel: words[3])
            case (4, "BUFFER") where words[3] == "data_available":
                "\(server.plant.withState { $0.largestBufferedCount })"
            default: nil
            }
        return value.map { Self.text($0, terminated: true) } ?? Self.code(-ENOENT)
    }

    /// The clock and the rate are fixed: writing what they are is accepted, anything else is refused.
    private func writeAttribute(_ words: [String], _ payload: [UInt8], isStreaming: Bool) -> [UInt8] {
        guard words.count == 4, let current = server.device.attribute(words[2], channel: nil) else {
            return Self.code(-ENOENT)
        }
        if isStreaming { return Self.code(-EBUSY) }
        let value = String(decoding: payload.prefix { $0 > 32 }, as: UTF8.self)
        return Self.code(value == current ? CInt(payload.count) : -EINVAL)
    }

    private func open(_ words: [String], _ buffer: inout Buffer?) -> [UInt8] {
        guard buffer == nil else { return Self.code(-EBUSY) }
        // CYCLIC is for outputs.
        guard words.count == 4, let frames = Int(words[2]), frames >= 1, let mask = UInt32(words[3], radix: 16),
            let asked = FramePacking(mask: mask), let all = FramePacking(mask: FramePacking.allChannels)
        else { return Self.code(-EINVAL) }
        let (capacity, overflow) = frames.multipliedReportingOverflow(
            by: server.bufferCount.load(ordering: .relaxed))
        guard !overflow, capacity <= Self.largestBuffer else { return Self.code(-ENOMEM) }
        let packing = server.sendsAllChannels.load(ordering: .acquiring) ? all : asked
        let key = server.plant.withState { $0.openBuffer(capacityFrames: capacity) }
        buffer = Buffer(key: key, blockFrames: frames, packing: packing)
        return Self.code(0)
    }

    private func readBuffer(_ words: [String], _ wire: inout Wire, _ buffer: inout Buffer?) throws(Wire.Failure) {
        guard words.count == 3, let bytes = Int(words[2]), bytes >= 0 else {
            return try wire.send(Self.code(-EINVAL))
        }
        guard let open = buffer, !open.isBroken else { return try wire.send(Self.code(-EBADF)) }
        var left = bytes / open.packing.frameBytes
        guard left > 0 else { return try wire.send(Self.code(-EINVAL)) }
        var isFirst = true
        while left > 0 {
            let frames = min(left, open.blockFrames)
            let block = try takeBlock(frames, open, wire)
            try holdWhileStalled(wire)
            guard let block else {
                buffer?.isBroken = true
                return try wire.send(Self.code(-ETIMEDOUT))
            }
            var chunk = Array("\(block.count)\n".utf8)
            if isFirst { chunk += Array((Self.hexadecimal(open.packing.mask) + "\n").utf8) }
            isFirst = false
            try wire.send(chunk + block)
            left -= frames
        }
        if bytes % open.packing.frameBytes != 0 { try wire.send(Self.code(0)) }
    }

    /// - Returns: nil where the frames did not come within the client's time-out.
    private func takeBlock(_ frames: Int, _ open: Buffer, _ wire: borrowing Wire) throws(Wire.Failure) -> [UInt8]? {
        let milliseconds = server.timeoutMilliseconds.load(ordering: .relaxed)
        let deadline =
            milliseconds == 0 ? Int64.max : MonotonicClock.nanoseconds() + Int64(milliseconds) * 1_000_000
        while true {
            let now = MonotonicClock.nanoseconds()
            let answer = server.plant.withState(at: now) { state in
                var block: [UInt8] = []
                let due = state.take(frames, from: open.key, packing: open.packing, into: &block)
                return (block, due)
            }
            guard let due = answer.1 else { return answer.0 }
            if now >= deadline { return nil }
            try wire.sleep(until: min(due, deadline))
        }
    }

    private static func code(_ value: CInt) -> [UInt8] { Array("\(value)\n".utf8) }

    private static func text(_ value: String, terminated: Bool) -> [UInt8] {
        let bytes = Array(value.utf8) + (terminated ? [0] : [])
        return Array("\(bytes.count)\n".utf8) + bytes + [UInt8(ascii: "\n")]
    }

    private static func hexadecimal(_ mask: UInt32) -> String {
        let digits = String(mask, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
