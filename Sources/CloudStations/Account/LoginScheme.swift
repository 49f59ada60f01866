#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a maker's cloud gives out bearer tokens for user name and password.
package enum LoginScheme: Sendable {
    /// OAuth 2 password grant, form-encoded (Zaptec).
    case passwordGrant(path: String)
    /// User name and password as JSON (Easee).
    case json(path: String)

    func request(_ credentials: Credentials) throws(CloudError) -> CloudRequest {
        switch self {
        case .passwordGrant(let path):
            let form =
                "grant_type=password&scope=openid&username=\(Self.formEncoded(credentials.username.revealed))"
                + "&password=\(Self.formEncoded(credentials.password.revealed))"
            return CloudRequest(
                .post, path, contentType: "application/x-www-form-urlencoded", body: Array(form.utf8))
        case .json(let path):
            let body = LoginBody(
                userName: credentials.username.revealed, password: credentials.password.revealed)
            return CloudRequest(.post, path, contentType: "application/json", body: try encodedJSON(body))
        }
    }

    func token(_ answer: CloudAnswer) throws(CloudError) -> Token {
        switch self {
        case .passwordGrant:
            let answer = try decodedJSON(PasswordGrantAnswer.self, answer.body)
            return try Token(answer.access_token, seconds: answer.expires_in)
        case .json:
            let answer = try decodedJSON(JSONLoginAnswer.self, answer.body)
            return try Token(answer.accessToken, seconds: answer.expiresIn)
        }
    }

    /// All but letters, digits and `-._~` as %XX of their UTF-8 bytes.
    static func formEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                out += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return out
    }

    private struct LoginBody: Encodable {
        var userName: String
        var password: String
    }

    private struct PasswordGrantAnswer: Decodable {
        var access_token: String
        var expires_in: Double?
    }

    private struct JSONLoginAnswer: Decodable {
        var accessToken: String
        var expiresIn: Double?
    }
}

/// A bearer token and how long it may be used.
package struct Token: Sendable {
    var text: Secret
    /// From its arrival: nine tenths of what the server said, an hour where it said nothing, a week at most.
    var seconds: Double

    init(_ text: String, seconds: Double?) throws(CloudError) {
        // It becomes a header line: nothing may break out of it.
        let isHeader = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isHeader, !text.isEmpty, text.utf8.count <= 65_536 else { throw .notUnderstood("token") }
        self.text = Secret(text)
        self.seconds = min(max(seconds ?? 3600, 10), 604_800) * 0.9
    }
}

/// A value as JSON.
func encodedJSON(_ value: some Encodable) throws(CloudError) -> [UInt8] {
    do {
        return Array(try JSONEncoder().encode(value))
    } catch {
        throw .notUnderstood("request")
    }
}

/// A value from JSON. What the library says about a failure may quote the text, so it is not shown.
func decodedJSON<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) throws(CloudError) -> Value {
    // The decoder works by recursion, on a thread with a small stack.
    var depth = 0, deepest = 0
    for byte in body {
        if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
        deepest = max(deepest, depth)
    }
    guard deepest <= 64 else { throw .notUnderstood("nested too deeply") }
    do {
        return try JSONDecoder().decode(type, from: Data(body))
    } catch {
        throw .notUnderstood("wrong fields")
    }
}
