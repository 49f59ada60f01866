import Realtime

/// An account's way to its maker's cloud: token, spacing, and the meaning of status codes. One thread's own.
package struct CloudSession {
    /// What a request is for: how it is spaced and what ends its wait.
    package enum Purpose: Sendable { case reading, writing }

    private let transport: any CloudTransport
    package let clock: any CloudClock
    private let wake: WakeUp
    private let pacer: RequestPacer
    private let login: LoginScheme
    private let credentials: CredentialSource
    private var token: Token?
    private var tokenEnd: Int64 = 0
    /// Requests that were answered well, refused, or not in time; for the diagnostics.
    package private(set) var counts = Counts()

    package struct Counts: Sendable, Equatable {
        package var logins = 0, reads = 0, writes = 0, timeouts = 0, refusals = 0
    }

    /// The longest wait for an answer. Zaptec's cloud takes a second or two on bad days.
    static let answerSeconds = 15.0

    package init(
        transport: any CloudTransport, clock: any CloudClock, wake: WakeUp, pacer: RequestPacer, login: LoginScheme,
        credentials: CredentialSource
    ) {
        self.transport = transport
        self.clock = clock
        self.wake = wake
        self.pacer = pacer
        self.login = login
        self.credentials = credentials
    }

    /// Sends a request with a valid token and returns an answer of 200 to 299. A refused token is replaced once.
    ///
    /// - Parameters:
    ///   - end: monotonic nanoseconds by which all of it is over.
    ///   - isStopping: ends every wait at once.
    ///   - isWanted: ends the wait for this request, not for the login before it: a login given up helps nobody.
    mutating func send(
        _ request: CloudRequest, for purpose: Purpose, until end: Int64 = .max, isStopping: () -> Bool,
        isWanted: () -> Bool
    ) throws(CloudError) -> CloudAnswer {
        for attempt in 1...2 {
            if token == nil || clock.nanoseconds() >= tokenEnd { try logIn(until: end, isStopping) }
            var request = request
            request.token = token?.text
            let answer = try perform(request, for: purpose, until: end) { !isStopping() && isWanted() }
            if answer.status == 401 {
                token = nil
                counts.refusals += 1
                if attempt == 1 { continue }
                throw CloudError(
                    .unauthorised, "the cloud refuses its own new token", "check the account in the maker's portal")
            }
            guard (200..<300).contains(answer.status) else { throw failure(answer, request) }
            if purpose == .reading { counts.reads += 1 } else { counts.writes += 1 }
            return answer
        }
        throw .notUnderstood("token")
    }

    private mutating func logIn(until end: Int64, _ isStopping: () -> Bool) throws(CloudError) {
        let asked = try login.request(try credentials.read())
        let answer = try perform(asked, for: .writing, until: end) { !isStopping() }
        guard answer.status != 400, answer.status != 401, answer.status != 403 else {
            counts.refusals += 1
            throw CloudError(
                .credentials, "the cloud refuses user name or password", "correct them in \(credentials)")
        }
        guard (200..<300).contains(answer.status) else { throw failure(answer, asked) }
        let token = try login.token(answer)
        self.token = token
        tokenEnd = clock.nanoseconds() + Int64(token.seconds * 1e9)
        counts.logins += 1
    }

    private mutating func perform(
        _ request: CloudRequest, for purpose: Purpose, until end: Int64, isWanted: () -> Bool
    ) throws(CloudError) -> CloudAnswer {
        let place = pacer.reserve(isReading: purpose == .reading, now: clock.nanoseconds())
        while clock.nanoseconds() < place {
            guard isWanted(), place < end else {
                throw CloudError(.interrupted, "\(request.path) was given up", "nothing needs to be done")
            }
            clock.wait(until: place, for: wake)
        }
        let deadline = min(end, clock.nanoseconds() + Int64(Self.answerSeconds * 1e9))
        do throws(CloudError) {
            return try transport.perform(request, until: deadline, isWanted: isWanted)
        } catch {
            if error.kind == .timeout { counts.timeouts += 1 }
            throw error
        }
    }

    /// What a status says, with the maker's own number for it where the body has one. What else stands there is not
    /// shown: nobody knows what it quotes.
    private mutating func failure(_ answer: CloudAnswer, _ request: CloudRequest) -> CloudError {
        counts.refusals += 1
        var error = Self.meaning(answer, request)
        let fault = try? decodedJSON(ServerFault.self, answer.body)
        error.code = fault?.Code ?? fault?.errorCode
        return error
    }

    private struct ServerFault: Decodable {
        var Code: Int?
        var errorCode: Int?
    }

    private static func meaning(_ answer: CloudAnswer, _ request: CloudRequest) -> CloudError {
        let wait = answer.retryAfterSeconds.flatMap { $0 > 0 && $0 <= 3600 ? $0 : nil }
        let status = "\(request.path) was answered with status \(answer.status)"
        switch answer.status {
        case 403:
            return CloudError(
                .forbidden, status + ": the account has not the right",
                "give the account owner or service rights in the maker's portal")
        case 404:
            return CloudError(.notFound, status + ": not there", "correct the identifier in the settings")
        case 429:
            return CloudError(
                .tooMany, status + ": too many requests", "let no other program use the same account",
                retryAfterSeconds: wait)
        case 408, 500...599:
            return CloudError(
                .server, status + ": the cloud is busy or broken", "it is asked again after growing waits",
                retryAfterSeconds: wait)
        case 300..<400:
            return .notUnderstood("redirected")
        default:
            return CloudError(.refused, status, "check the settings in the maker's portal")
        }
    }
}
