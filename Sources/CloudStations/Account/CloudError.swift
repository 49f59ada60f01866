/// Why a request to a maker's cloud did not do what it was to do. Never holds user name, password, token or a text that
/// the server sent.
package struct CloudError: Error, Equatable {
    package enum Kind: Sendable, Equatable {
        /// No answer in time.
        case timeout
        /// No connection, or it broke.
        case connection
        /// Given up because something more urgent has to be done; no fault.
        case interrupted
        /// User name or password are missing or refused.
        case credentials
        /// The token was refused, also a new one.
        case unauthorised
        /// The account has not the right.
        case forbidden
        /// What was asked for is not there.
        case notFound
        /// Too many requests.
        case tooMany
        /// The server is busy or broken.
        case server
        /// The server understood and refused.
        case refused
        /// The answer is not what it should be.
        case notUnderstood
    }

    package var kind: Kind
    /// What is wrong and what to do, one line.
    package var words: String
    /// The server asked not to be asked before.
    package var retryAfterSeconds: Double?
    /// The maker's own number of what is wrong.
    package var code: Int?

    init(_ kind: Kind, _ problem: String, _ remedy: String, retryAfterSeconds: Double? = nil) {
        self.kind = kind
        words = "\(problem); \(remedy)"
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// An answer that cannot be used.
    static func notUnderstood(_ what: String) -> CloudError {
        CloudError(
            .notUnderstood, "the cloud's answer is not as documented (\(what))",
            "it is asked again; if that lasts, its interface has changed: look for a newer version of this device")
    }
}
