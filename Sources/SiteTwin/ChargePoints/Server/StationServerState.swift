import Glibc
import Realtime

/// What a station's server thread holds: its listening socket and its clients.
struct StationServerState: ~Copyable {
    private struct Client {
        var socket: CInt
        var received: [UInt8] = []
        /// Answers to be sent, by when.
        var answers: [(due: Int64, bytes: [UInt8])] = []
        /// Nothing is taken from it any more.
        var isForgotten = false
        var lastHeard: Int64
    }

    private let index: Int
    private let port: LoopbackPort
    private let framing: ModbusFraming
    private let plant: Plant
    private var listener: CInt?
    /// Our own connection that fills the queue of a black hole.
    private var plug: CInt?
    private var clients: [Client] = []
    private var settings = StationServer.FaultSettings()
    private var random: RandomSource
    private var lastAnswer = Int64.min
    private let waitNanoseconds: Int64

    /// Connections at a time; more are closed at once.
    private static let largestClientCount = 8
    /// A request is at most this long; what is longer is none.
    private static let largestRequestBytes = 260

    init(index: Int, port: LoopbackPort, framing: ModbusFraming, plant: Plant, listener: CInt) {
        self.index = index
        self.port = port
        self.framing = framing
        self.plant = plant
        self.listener = listener
        random = RandomSource(seed: UInt64(index))
        waitNanoseconds = plant.withState {
            Int64($0.model.chargePoints[index].behaviour.waitBetweenRequestsSeconds * 1e9)
        }
    }

    /// Takes over how it is to misbehave.
    mutating func apply(_ new: StationServer.FaultSettings) {
        let appeared = new.faults.subtracting(settings.faults)
        if new.breaks != settings.breaks { resetClients() }
        settings = new
        if settings.faults.contains(.down) { resetClients() }
        if !appeared.isDisjoint(with: [.blackHole, .halfOpen]) {
            for place in clients.indices { clients[place].isForgotten = true }
        }
        let isOpen = settings.faults.isDisjoint(with: [.down, .blackHole])
        if !isOpen, plug == nil { closeListener() }
        if settings.faults.contains(.blackHole), !settings.faults.contains(.down), plug == nil {
            // A queue of one, filled by ourselves and never emptied: whoever connects hears nothing.
            listener = try? port.listen(backlog: 0)
            plug = port.occupy()
        } else if isOpen || settings.faults.contains(.down), let held = plug {
            close(held)
            plug = nil
            closeListener()
        }
        if isOpen, listener == nil { listener = try? port.listen() }
    }

    /// Waits for the next thing that happens, and does it.
    mutating func step(_ wake: WakeUp) {
        let accepts = plug == nil
        var items = [wake.descriptor, accepts ? listener ?? -1 : -1].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        // Of a forgotten one only its end (POLLRDHUP, which Glibc does not import) is of interest.
        items += clients.map {
            pollfd(fd: $0.socket, events: Int16(truncatingIfNeeded: $0.isForgotten ? 0x2000 : POLLIN), revents: 0)
        }
        _ = poll(&items, UInt(items.count), timeout())
        if items[0].revents != 0 { wake.wait(until: 0) }
        let now = MonotonicClock.nanoseconds()
        for (place, item) in items.dropFirst(2).enumerated() where item.revents != 0 {
            if clients[place].isForgotten || !receive(place, now) { drop(place) }
        }
        for place in clients.indices where !sendDue(place, now) { drop(place) }
        clients.removeAll { $0.socket < 0 }
        if items[1].revents != 0, let open = listener, let socket = LoopbackPort.accept(from: open) {
            welcome(socket, now)
        }
    }

    mutating func closeAll() {
        closeListener()
        for client in clients { close(client.socket) }
        clients = []
        if let held = plug { close(held) }
        plug = nil
    }

    // MARK: Connections

    private func timeout() -> CInt {
        let isWanted = settings.faults.isDisjoint(with: [.down, .blackHole])
        let due = clients.flatMap { $0.answers.map(\.due) }.min()
        let retry: CInt = listener == nil && isWanted ? 100 : -1
        guard let due else { return retry }
        let left = CInt(clamping: max(0, (due - MonotonicClock.nanoseconds() + 999_999) / 1_000_000))
        return retry < 0 ? left : min(left, retry)
    }

    private mutating func closeListener() {
        if let open = listener { close(open) }
        listener = nil
    }

    private mutating func resetClients() {
        for client in clients { LoopbackPort.reset(client.socket) }
        clients = []
    }

    private mutating func drop(_ place: Int) {
        if clients[place].socket >= 0 { close(clients[place].socket) }
        clients[place].socket = -1
    }

    private mutating func welcome(_ socket: CInt, _ now: Int64) {
        let patience = plant.withState { $0.model.chargePoints[index].singleClientSeconds }
        if let patience {
            // It believes in its client until that has been silent for the time-out.
            guard !clients.contains(where: { now - $0.lastHeard < Int64(patience * 1e9) }) else {
                return LoopbackPort.reset(socket)
            }
            resetClients()
        }
        guard clients.count < Self.largestClientCount else {
            close(socket)
            return
        }
        clients.append(Client(socket: socket, lastHeard: now))
    }

    // MARK: Requests and answers

    /// - Returns: false where the connection is to be closed.
    private mutating func receive(_ place: Int, _ now: Int64) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1024)
        let got = recv(clients[place].socket, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        if got < 0, errno == EAGAIN || errno == EINTR { return true }
        guard got > 0 else { return false }
        clients[place].received += chunk[..<got]
        clients[place].lastHeard = now
        while !clients[place].received.isEmpty {
            switch framing.scan(clients[place].received) {
            case .incomplete: return clients[place].received.count <= Self.largestRequestBytes
            case .garbage:
                // On a serial line noise is passed over, in a stream nothing can be found again.
                clients[place].received = []
                return framing == .rtu
            case .frame(let frame, let length):
                clients[place].received.removeFirst(length)
                serve(place, frame, now)
            }
        }
        return true
    }

    private mutating func serve(_ place: Int, _ frame: ModbusFraming.Frame, _ now: Int64) {
        guard settings.faults.isDisjoint(with: [.silent, .blackHole]) else { return }
        guard lastAnswer == .min || now - lastAnswer >= waitNanoseconds else {
            plant.withState { $0.model.chargePoints[index].journal.hastyCount += 1 }
            return
        }
        var answer = plant.withState(at: now) { $0.answer(frame.request, station: index, nanoseconds: now) }
        if settings.faults.contains(.allOnes), case .read(_, let table) = frame.request.body {
            answer = answer.map { $0.map { _ in table.isOfBits ? 1 : 0xFFFF } }
        }
        var bytes = framing.answer(frame, answer)
        if settings.faults.contains(.exceptions) { bytes = framing.exception(frame, code: settings.exception) }
        if settings.faults.contains(.randomBytes) {
            bytes = bytes.map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        let delay = settings.faults.contains(.slow) ? Int64(settings.delaySeconds * 1e9) : 0
        clients[place].answers.append((now + delay, bytes))
    }

    /// - Returns: false where the connection is to be closed.
    private mutating func sendDue(_ place: Int, _ now: Int64) -> Bool {
        while let (due, bytes) = clients[place].answers.first, due <= now {
            clients[place].answers.removeFirst()
            let cut = settings.faults.contains(.cutsAnswers)
            let count = cut ? bytes.count / 2 : bytes.count
            // Before it is sent: the client's wait may begin while this thread is held up.
            lastAnswer = MonotonicClock.nanoseconds()
            guard send(clients[place].socket, bytes, count, Int32(MSG_NOSIGNAL)) == count, !cut else { return false }
        }
        return true
    }
}
