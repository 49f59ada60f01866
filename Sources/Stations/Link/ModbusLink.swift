import CModbus
import Glibc
import Realtime

/// Frames to and from one descriptor, which it owns: a TCP connection or a serial line. Knows framing and timing;
/// nothing of requests. Used by one thread at a time; nothing here waits but `send` and `flush`.
struct ModbusLink: ~Copyable {
    enum Framing: Equatable, Sendable { case mbap, rtu }

    let descriptor: CInt
    let framing: Framing
    let timing: RTUTiming
    /// libmodbus' context where it opened the descriptor: a serial line.
    private let context: OpaquePointer?
    private var mbap = MBAPDecoder()
    private var rtu = RTUDecoder()
    /// When the last byte went out or came in.
    private var lastByte: Int64 = .min
    private var outgoing: [UInt8] = []

    /// Takes over a connected, non-blocking socket.
    init(socket: CInt, framing: Framing) {
        descriptor = socket
        self.framing = framing
        timing = .network
        context = nil
    }

    /// Opens a serial line.
    init(_ settings: SerialSettings) throws(LinkFailure) {
        (context, descriptor) = try SerialDevice.open(settings)
        framing = .rtu
        timing = RTUTiming(settings)
    }

    deinit {
        if let context {
            modbus_close(context)
            modbus_free(context)
        } else {
            close(descriptor)
        }
    }

    private var isSerial: Bool { context != nil }

    /// True where the beginning of a frame is here and its end is not.
    var hasBegunFrame: Bool { rtu.hasBegun }

    /// How long the rest of the frame that has begun takes at the line's speed, at least.
    var restOfFrame: Int64 { Int64(rtu.missingByteCount) * timing.character + timing.settling }

    /// Sends a request; on a serial line after its silence. Waits only where the operating system's buffer is full.
    mutating func send(
        _ request: ModbusRequest, unit: UInt8, transaction: UInt16, until deadline: Int64
    ) throws(LinkFailure) {
        switch framing {
        case .mbap: MBAPFraming.encode(request, unit: unit, transaction: transaction, into: &outgoing)
        case .rtu: RTUFraming.encode(request, unit: unit, into: &outgoing)
        }
        if timing.silence > 0, lastByte != .min { MonotonicClock.sleep(until: lastByte + timing.silence) }
        var done = 0
        while done < outgoing.count {
            let sent = outgoing.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                // A socket whose other end has gone must not end the process by a signal.
                return isSerial
                    ? Glibc.write(descriptor, rest.baseAddress, rest.count)
                    : Glibc.send(descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            }
            if sent > 0 {
                done += sent
            } else if sent < 0, errno == EINTR {
                continue
            } else if sent < 0, errno == EAGAIN {
                guard MonotonicClock.nanoseconds() < deadline else { throw LinkFailure(cause: .timedOut) }
                _ = Descriptors.wait(for: descriptor, POLLOUT, wake: nil, until: deadline)
            } else {
                throw failure(errno)
            }
        }
        // When it has left a serial line, not when the buffer took it.
        lastByte = MonotonicClock.nanoseconds() + Int64(outgoing.count) * timing.character
    }

    /// Takes in what has arrived, without waiting; what is more than some frames is left for the next time, so that a
    /// station that never ends sending fills no memory.
    ///
    /// - Throws: where the other end has closed or the device has gone.
    mutating func receive() throws(LinkFailure) {
        for _ in 0..<8 {
            let (count, code) = receiveOnce()
            if count > 0 || count < 0 && code == EINTR { continue }
            if count < 0, code == EAGAIN { return }
            if count < 0 { throw failure(code) }
            // libmodbus sets a serial line to answer 0 where nothing is there.
            guard isSerial else { throw LinkFailure(cause: .closedByStation) }
            if Descriptors.hasHungUp(descriptor) { throw LinkFailure(cause: .noDevice("the serial device has gone")) }
            return
        }
    }

    private mutating func receiveOnce() -> (count: Int, code: CInt) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { bytes in
            let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            guard count > 0 else { return (count, errno) }
            lastByte = MonotonicClock.nanoseconds()
            switch framing {
            case .mbap: mbap.append(bytes[..<count])
            case .rtu: rtu.append(bytes[..<count])
            }
            return (count, 0)
        }
    }

    /// The next whole frame of what was received; nil: none.
    mutating func nextFrame() throws(FrameFault) -> ModbusFrame? {
        switch framing {
        case .mbap: try mbap.next()
        case .rtu: try rtu.next()
        }
    }

    /// Throws away what comes in until the line has been silent, at most until `deadline`. RTU only.
    ///
    /// - Returns: false where it never fell silent.
    mutating func flush(until deadline: Int64) throws(LinkFailure) -> Bool {
        defer { rtu.reset() }
        var silentSince = MonotonicClock.nanoseconds()
        while true {
            let now = MonotonicClock.nanoseconds()
            if now >= silentSince + timing.settling { return true }
            guard now < deadline else { return false }
            let before = lastByte
            _ = Descriptors.wait(
                for: descriptor, POLLIN, wake: nil, until: min(silentSince + timing.settling, deadline))
            try receive()
            rtu.reset()
            if lastByte != before { silentSince = lastByte }
        }
    }

    private func failure(_ code: CInt) -> LinkFailure {
        guard isSerial else { return LinkFailure(cause: ModbusError.cause(errno: code)) }
        return LinkFailure(cause: .noDevice("the serial device has gone (\(String(cString: strerror(code))))"))
    }
}
