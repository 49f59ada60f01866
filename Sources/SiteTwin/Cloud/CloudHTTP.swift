/// A request as a simulated cloud sees it.
package struct CloudTwinRequest: Sendable {
    package var method: String
    package var path: String
    /// Of the `Authorization: Bearer` header.
    package var token: String?
    package var body: [UInt8]

    package init(method: String, path: String, token: String? = nil, body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.token = token
        self.body = body
    }
}

/// What a simulated cloud answers.
package struct CloudTwinAnswer: Sendable {
    package var status: Int
    package var body: String
    package var retryAfterSeconds: Int?

    package init(_ status: Int, _ body: String = "", retryAfterSeconds: Int? = nil) {
        self.status = status
        self.body = body
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// A maker's cloud without network and without a clock of its own.
package protocol CloudTwinModel: Sendable {
    /// - Parameter now: monotonic nanoseconds; never falls.
    mutating func answer(_ request: CloudTwinRequest, at now: Int64) -> CloudTwinAnswer
}

/// How a simulated cloud misbehaves.
public enum CloudTwinFault: Sendable, Equatable {
    /// Answers this many seconds later.
    case slow(Double)
    /// Takes the request and never answers.
    case hang
    /// Closes the connection where the answer should come.
    case cut
    /// Announces a body and closes in its middle.
    case cutInBody
    /// Status 200 and no JSON.
    case garbage
    /// Status 200 and JSON whose fields have other types.
    case wrongTypes
    /// Status 200 and a hundred thousand open brackets.
    case deepBody
    /// Status 200 and two million bytes.
    case hugeBody
    /// No HTTP at all.
    case notHTTP
    /// A redirection to another path.
    case redirect
    /// This status, with a Retry-After header where it has seconds, and the request not done.
    case status(Int, retryAfterSeconds: Int? = nil)

    /// The answer in place of the right one; nil: the right one.
    package var answer: CloudTwinAnswer? {
        switch self {
        case .slow, .hang, .cut, .cutInBody, .notHTTP: nil
        case .garbage: CloudTwinAnswer(200, "<html>it works!</html>\u{0}\u{1}")
        case .wrongTypes:
            CloudTwinAnswer(
                200, #"{"Id":5,"Circuits":7,"access_token":[],"accessToken":{},"phase1":"x","circuits":false}"#)
        case .deepBody: CloudTwinAnswer(200, String(repeating: "[", count: 100_000))
        case .hugeBody: CloudTwinAnswer(200, "[" + String(repeating: "1,", count: 1_000_000) + "1]")
        case .redirect: CloudTwinAnswer(307, "")
        case .status(let status, let wait): CloudTwinAnswer(status, "{}", retryAfterSeconds: wait)
        }
    }
}
