import Realtime

/// One request, as any maker's cloud takes it.
package struct CloudRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST" }

    package var method: Method
    /// Behind the base address, with its first slash. Never holds a secret: it may stand in messages.
    package var path: String
    package var contentType: String?
    /// May hold the password.
    package var body: [UInt8]
    /// The bearer token.
    package var token: Secret?

    package init(_ method: Method, _ path: String, contentType: String? = nil, body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.contentType = contentType
        self.body = body
    }
}

/// What came back.
package struct CloudAnswer: Sendable {
    package var status: Int
    package var body: [UInt8]
    /// The `Retry-After` header in seconds.
    package var retryAfterSeconds: Double?

    package init(status: Int, body: [UInt8] = [], retryAfterSeconds: Double? = nil) {
        self.status = status
        self.body = body
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// Carries requests. Tests put one in that needs no network and no time.
package protocol CloudTransport: Sendable {
    /// Sends `request` and waits for the answer.
    ///
    /// - Parameters:
    ///   - deadline: monotonic nanoseconds.
    ///   - isWanted: asked at every wake-up and at least twice a second; false ends the wait.
    /// - Throws: `CloudError` of kind `timeout`, `connection`, `interrupted` or `notUnderstood` (too large).
    func perform(
        _ request: CloudRequest, until deadline: Int64, isWanted: () -> Bool
    ) throws(CloudError) -> CloudAnswer
}

/// The time of the loop. Tests put one in that passes at once.
package protocol CloudClock: Sendable {
    /// Monotonic nanoseconds.
    func nanoseconds() -> Int64
    /// Waits until `deadline` or a signal.
    func wait(until deadline: Int64, for wake: WakeUp)
}

/// The real one.
struct SystemClock: CloudClock {
    func nanoseconds() -> Int64 { MonotonicClock.nanoseconds() }
    func wait(until deadline: Int64, for wake: WakeUp) { wake.wait(until: deadline) }
}
