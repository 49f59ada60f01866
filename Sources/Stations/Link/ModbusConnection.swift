import Glibc
import Realtime

/// The connection to one station: requests out, answers matched to them. The only owner of its socket, closed when it
/// goes; on a serial line it takes turns with the line's other stations.
///
/// Not shared between threads. Every wait ends within the time-out, whatever the station sends: it holds for the whole
/// answer, not for each byte of it.
struct ModbusConnection: ~Copyable {
    /// Sets how long each answer may take, 1 ms to an hour.
    func setTimeout(seconds: Double) { exchanges.timeout = Int64(min(max(seconds, 0.001), 3600) * 1e9) }

    /// From the next request on another unit is asked, 0 to 247 or 255.
    func address(unit: Int) { exchanges.unit = UInt8(truncatingIfNeeded: unit) }

    /// The socket, for `shutdown` from another thread; -1: a serial line.
    let descriptor: CInt
    private let exchanges: Exchanges

    /// Connects by Modbus TCP.
    ///
    /// - Parameters:
    ///   - unit: 0 to 247, or 255.
    ///   - timeoutSeconds: for connecting, and afterwards for each answer.
    init(host: String, port: Int, unit: Int, timeoutSeconds: Double) throws(ModbusError) {
        var settings = LinkSettings()
        settings.connectTimeoutSeconds = timeoutSeconds
        try self.init(
            host: host, port: port, unit: unit, framing: .mbap, settings: settings, attention: Attention())
        setTimeout(seconds: timeoutSeconds)
    }

    /// Connects by TCP.
    ///
    /// - Parameters:
    ///   - settings: what the model bears.
    ///   - attention: what may end connecting, and interrupt waits for answers.
    init(
        host: String, port: Int, unit: Int, framing: ModbusLink.Framing, settings: LinkSettings,
        attention: consuming Attention
    ) throws(ModbusError) {
        let place = LinkPlace.network(host: host, port: port)
        let socket: CInt
        do throws(LinkFailure) {
            socket = try TCPConnect.connect(
                host: host, port: port, timeoutSeconds: settings.connectTimeoutSeconds, attention: attention)
        } catch {
            throw ModbusError(place: place, unit: unit, action: "connect", cause: error.cause)
        }
        descriptor = socket
        exchanges = Exchanges(
            .own(LinkPort(ModbusLink(socket: socket, framing: framing))), place: place, unit: unit,
            settings: settings, attention: attention)
    }

    /// Takes its place on a serial line, which it opens where nobody did.
    init(
        line: SerialLine, unit: Int, settings: LinkSettings, attention: consuming Attention
    ) throws(ModbusError) {
        let place = LinkPlace.serial(device: line.settings.device)
        func failure(_ cause: ModbusError.Cause) -> ModbusError {
            ModbusError(place: place, unit: unit, action: "connect", cause: cause)
        }
        guard let turn = SerialLine.Turn(wake: attention.wake) else {
            throw failure(.system("the system has no file left"))
        }
        let made = Exchanges(
            .shared(line, turn), place: place, unit: unit, settings: settings, attention: attention)
        do throws(LinkFailure) {
            try made.openLine()
        } catch {
            throw failure(error.cause)
        }
        descriptor = -1
        exchanges = made
    }

    deinit { exchanges.end() }

    /// Closes now, at a moment that the caller chooses.
    consuming func close() {}

    /// A request that was sent and whose answer is awaited.
    struct Ticket {
        fileprivate(set) var number: UInt16
    }

    /// What a wait ended with.
    enum Outcome {
        case answer([UInt16])
        /// There is something new for the station, or another station on the line has a limit waiting.
        case woken
        /// `until` has come.
        case due
    }

    /// Sends a request; does not wait for its answer.
    ///
    /// - Parameter isLimit: next on a serial line, and remembered until it is answered.
    /// - Returns: nil where there was something new for the station before the line was free.
    func begin(_ request: ModbusRequest, isLimit: Bool = false) throws(ModbusError) -> Ticket? {
        try exchanges.begin(request, isLimit: isLimit).map { Ticket(number: $0) }
    }

    /// Waits for an answer, but not beyond `until` (monotonic nanoseconds). After `woken` and `due` the request is
    /// still under way.
    func wait(for ticket: Ticket, until: Int64 = .max) throws(ModbusError) -> Outcome {
        try exchanges.wait(for: ticket.number, until: until)
    }

    /// No longer waits for an answer. Where answers are numbered, a late one is known by its number and dropped; on
    /// an RTU line what has begun is let come to its end, and what has not is waited for at most 0.1 s.
    ///
    /// - Returns: the answer, where it still came.
    func giveUp(_ ticket: Ticket) throws(ModbusError) -> [UInt16]? { try exchanges.giveUp(ticket.number) }

    /// Another request may be sent while one is under way.
    var hasRoom: Bool { exchanges.hasRoom }

    /// Another station on the same line has a limit waiting.
    var isLineWanted: Bool { exchanges.isLineWanted }

    /// When the last limit that was sent and given up before its answer came may be taken for lost; nil: there is none.
    /// Until then the station may still come to act on it, even after a newer one.
    var openLimitEnd: Int64? { exchanges.openLimitEnd }

    /// Answers that belonged to no request: late, doubled, or of another unit on the line.
    var strayCount: Int { exchanges.strayCount }

    /// True where numbers tell answers apart; false where a disturbed answer leaves the connection usable, once the
    /// line has been silent.
    var isNumbered: Bool { exchanges.isNumbered }

    /// Reads `count` values from protocol address `address`, waiting for the answer. A coil is 0 or 1.
    func read(_ function: ReadFunction, address: Int, count: Int) throws(ModbusError) -> [UInt16] {
        guard let request = ModbusRequest(read: function, address: address, count: count) else {
            throw exchanges.error(.cannotAsk, ModbusRequest.action("read \(function.words)", address, count))
        }
        return try perform(request)
    }

    /// Writes `words` from protocol address `address`, waiting for the answer; one word where the function takes only
    /// one. A coil is on where its word is not 0.
    func write(_ function: WriteFunction, address: Int, words: [UInt16]) throws(ModbusError) {
        guard let request = ModbusRequest(write: function, address: address, words: words) else {
            throw exchanges.error(.cannotAsk, ModbusRequest.action("write \(function.words)", address, words.count))
        }
        _ = try perform(request)
    }

    private func perform(_ request: ModbusRequest) throws(ModbusError) -> [UInt16] {
        while true {
            guard let ticket = try begin(request) else { continue }
            while true { if case .answer(let words) = try wait(for: ticket) { return words } }
        }
    }
}
