import Realtime

/// Reads registers of whatever answers at a place. It has no way to write: its `ReadingConnection`
/// cannot.
///
/// Answers are kept, so that several profiles can ask for the same register and the station is asked once.
/// Not shared between threads.
package struct RegisterReader: ~Copyable {
    private struct Question: Hashable {
        var unit: Int
        var function: ReadFunction
        var address: Int
        var count: Int
    }

    private enum Kept {
        case words([UInt16])
        case refused
        case nothing(ModbusError)

        func answer() -> Condition.Answer {
            switch self {
            case .words(let words): .words(words[...])
            case .refused: .refused
            case .nothing: .nothing
            }
        }
    }

    private struct Function: Hashable {
        var unit: Int
        var function: ReadFunction
    }

    package private(set) var place: StationPlace
    /// Requests that were sent.
    package private(set) var requestCount = 0
    private let line: SerialLine?
    private let settings: LinkSettings
    /// nil: it was lost.
    private var connection: ReadingConnection?
    private var kept: [Question: Kept] = [:]
    /// How often a function was refused as such (exception 1) and never answered; 0 or less: it was answered.
    private var refusals: [Function: Int] = [:]
    private var answeredUnits: Set<Int> = []
    private var silence: [Int: Int] = [:]
    /// Questions without an answer since the last answer.
    private(set) var unansweredInARow = 0
    private var lastEnd: Int64 = .min
    private var failuresToConnect = 0
    private(set) var lastError: ModbusError?

    /// A unit that has not answered so often is not asked again.
    private static let patience = 2
    /// A function that was refused so often, at different addresses, is not there. Some stations answer so for a single
    /// register.
    private static let refusalsOfFunction = 3
    /// A place that loses the connection so often in a row is given up.
    private static let longestTrouble = 3

    /// Connects.
    ///
    /// - Parameter profile: whose ways of connecting are used; nil: the usual ones.
    /// - Throws: `StationReadingError` where nothing can be reached.
    package init(_ place: StationPlace, as profile: StationProfile? = nil) throws(StationReadingError) {
        var settings = profile?.link ?? LinkSettings()
        // One at a time, whatever the model bears.
        settings.concurrentRequests = 1
        if profile == nil { settings.connectTimeoutSeconds = 3 }
        let line = try Self.line(place)
        let connection = try Self.connection(place, line, settings)
        self.place = place
        self.settings = settings
        self.line = line
        self.connection = connection
    }

    private static func line(_ place: StationPlace) throws(StationReadingError) -> SerialLine? {
        guard place.transport == .serial, let serial = place.serial else { return nil }
        do throws(StationError) {
            return try SerialLines.line(serial, station: serial.device)
        } catch {
            throw StationReadingError("\(error)")
        }
    }

    private static func connection(
        _ place: StationPlace, _ line: SerialLine?, _ settings: LinkSettings
    ) throws(StationReadingError) -> ReadingConnection {
        do throws(ModbusError) {
            return try ReadingConnection(place, line, settings)
        } catch {
            throw StationReadingError("\(error)")
        }
    }

    /// Closes the connection, for a station that serves one client only.
    package consuming func close() {}

    /// From here on another unit on the same line is asked; on the same connection, because many stations serve one.
    package mutating func address(unit: Int) {
        guard unit != place.unitIdentifier else { return }
        place.unitIdentifier = unit
        connection?.address(unit: unit)
    }

    /// Nothing has ever come from the unit that is asked now.
    package var isSilent: Bool {
        !answeredUnits.contains(place.unitIdentifier) && silence[place.unitIdentifier, default: 0] >= Self.patience
    }

    /// Something has come from the unit that is asked now, be it an exception.
    package var hasAnswered: Bool { answeredUnits.contains(place.unitIdentifier) }

    /// The connection was lost over and over again: nothing more is asked.
    package var isGivenUp: Bool { failuresToConnect >= Self.longestTrouble }

    /// The last thing that went wrong, in words with a remedy; nil: nothing.
    package var lastErrorWords: String? { lastError.map { "\($0)" } }

    /// Forgets what was read, so that it is asked anew, and a lost connection made anew; not which registers and
    /// functions are not there.
    package mutating func forgetValues() {
        kept = kept.filter { if case .refused = $0.value { true } else { false } }
        failuresToConnect = 0
    }

    /// What a register of `profile` holds: asked once, then from memory.
    mutating func answer(
        _ index: StationProfile.RegisterIndex, of profile: StationProfile
    ) -> Condition.Answer {
        let register = profile.registers[index]
        guard !register.isWriteOnly else { return .nothing }
        return ask(register.read, register.address, register.format.wordCount, profile).answer()
    }

    /// The words of a block; nil: there are none, and each of its registers has to be asked by itself.
    mutating func words(of block: PollPlan.Block, in profile: StationProfile) -> [UInt16]? {
        guard case .words(let words) = ask(block.function, block.address, block.wordCount, profile) else { return nil }
        return words
    }

    private mutating func ask(
        _ function: ReadFunction, _ address: Int, _ count: Int, _ profile: StationProfile
    ) -> Kept {
        let unit = place.unitIdentifier
        let question = Question(unit: unit, function: function, address: address, count: count)
        if let known = kept[question] { return known }
        if isSilent || isGivenUp { return .nothing(lostError(question)) }
        if (refusals[Function(unit: unit, function: function)] ?? 0) >= Self.refusalsOfFunction { return .refused }
        var answer = askOnce(question, profile)
        var retries = profile.link.retries
        while case .nothing = answer, retries > 0, !isSilent, !isGivenUp {
            retries -= 1
            answer = askOnce(question, profile)
        }
        kept[question] = answer
        return answer
    }

    private mutating func askOnce(_ question: Question, _ profile: StationProfile) -> Kept {
        waitForStation(profile)
        guard let connection = connect() else { return .nothing(lostError(question)) }
        connection.setTimeout(seconds: profile.requestTimeoutSeconds)
        requestCount += 1
        defer { lastEnd = MonotonicClock.nanoseconds() }
        do throws(ModbusError) {
            let words = try connection.read(question.function, question.address, question.count)
            failuresToConnect = 0
            unansweredInARow = 0
            answeredUnits.insert(question.unit)
            refusals[Function(unit: question.unit, function: question.function)] = .min / 2
            return .words(words)
        } catch {
            lastError = error
            unansweredInARow += 1
            return judge(error, question, connection)
        }
    }

    /// The connection, made anew where it was lost; nil: it cannot be.
    private mutating func connect() -> ReadingConnection? {
        if let connection { return connection }
        guard !isGivenUp else { return nil }
        let wait = Int64(max(settings.reconnectWaitSeconds, 0.3) * 1e9)
        MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + wait)
        do throws(ModbusError) {
            connection = try ReadingConnection(place, line, settings)
        } catch {
            failuresToConnect += 1
            lastError = error
        }
        return connection
    }

    /// What an error says of the register, and of the connection.
    private mutating func judge(
        _ error: ModbusError, _ question: Question, _ used: ReadingConnection
    ) -> Kept {
        switch error.cause {
        case .exception(let exception):
            failuresToConnect = 0
            guard exception.isFromStation else {
                silence[question.unit, default: 0] += 1
                return .nothing(error)
            }
            unansweredInARow = 0
            answeredUnits.insert(question.unit)
            if exception == .illegalFunction {
                refusals[Function(unit: question.unit, function: question.function), default: 0] += 1
            }
            let isMissing = exception == .illegalFunction || exception == .illegalDataAddress
            return isMissing ? .refused : .nothing(error)
        case .timedOut:
            silence[question.unit, default: 0] += 1
        case .malformed where !used.isNumbered:
            // A disturbance on a line: the next request finds it silent again.
            silence[question.unit, default: 0] += 1
        default:
            connection = nil
            failuresToConnect += 1
        }
        return .nothing(error)
    }

    private func lostError(_ question: Question) -> ModbusError {
        lastError
            ?? ModbusError(
                place: .network(host: place.host, port: place.port), unit: question.unit, action: "connect",
                cause: .closedByStation)
    }

    /// Some stations need a breath between two requests.
    private func waitForStation(_ profile: StationProfile) {
        guard lastEnd != .min else { return }
        let gap = max(profile.waitBetweenRequestsSeconds, 0.01)
        MonotonicClock.sleep(until: lastEnd + Int64(gap * 1e9))
    }
}
