import Glibc

/// Where user name and password of a maker's cloud are kept: never in the site's settings.
public enum CredentialSource: Sendable, Hashable, CustomStringConvertible {
    /// A file that only its owner may read, with the lines `username: …` and `password: …`.
    case file(String)
    /// The environment variables PREFIX_USERNAME and PREFIX_PASSWORD.
    case environment(prefix: String)

    /// As in the settings: an absolute path, or `env:PREFIX`. Relative paths would depend on where the device starts.
    ///
    /// - Returns: nil for a text that is neither.
    public init?(_ text: String) {
        if text.hasPrefix("env:") {
            let prefix = text.dropFirst(4)
            let isName = prefix.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
            guard isName, let first = prefix.first, !first.isNumber else { return nil }
            self = .environment(prefix: String(prefix))
        } else {
            guard text.hasPrefix("/"), !text.contains("\0") else { return nil }
            self = .file(text)
        }
    }

    public var description: String {
        switch self {
        case .file(let path): path
        case .environment(let prefix): "env:\(prefix)"
        }
    }

    /// Whether user name and password can be read, in words for people; nil: they can.
    public func problem() -> String? {
        do throws(CloudError) {
            _ = try read()
            return nil
        } catch {
            return error.words
        }
    }

    /// Reads them anew, so that a changed password counts from the next login on.
    ///
    /// - Throws: `CloudError` of kind `credentials`. Its words never hold what was read.
    package func read() throws(CloudError) -> Credentials {
        switch self {
        case .environment(let prefix):
            func value(_ name: String) throws(CloudError) -> String {
                guard let found = getenv(name).map({ String(cString: $0) }), !found.isEmpty else {
                    throw CloudError(.credentials, "\(name) is not set", "set it in the service's environment")
                }
                return found
            }
            return Credentials(
                username: Secret(try value("\(prefix)_USERNAME")), password: Secret(try value("\(prefix)_PASSWORD")))
        case .file(let path):
            return try Credentials(text: try Self.contents(path), path: path)
        }
    }

    private static func contents(_ path: String) throws(CloudError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CloudError(.credentials, "\(path): \(reason)", "write 'username: …' and 'password: …' there")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CloudError(.credentials, "\(path) is no file", "name a file with 'username: …' and 'password: …'")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CloudError(.credentials, "\(path) can be read by others", "chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: 4097)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0, count <= 4096, let text = String(validating: bytes[..<count], as: UTF8.self) else {
            throw CloudError(
                .credentials, "\(path) is no text of up to 4096 bytes", "write 'username: …' and 'password: …' there")
        }
        return text
    }
}

/// User name and password of a maker's cloud.
package struct Credentials: Sendable {
    package var username: Secret
    package var password: Secret

    package init(username: Secret, password: Secret) {
        self.username = username
        self.password = password
    }

    /// The lines `username: …` and `password: …`; `#` at the start of a line is a remark. A value may stand in double
    /// quotes and is otherwise taken as it is, without blanks at its ends.
    init(text: String, path: String) throws(CloudError) {
        var found: [String: Secret] = [:]
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let trimmed = line.trimmed
            if trimmed.isEmpty || trimmed.first == "#" { continue }
            // What stands in the line may be the password itself: the words name only its number.
            guard let colon = trimmed.firstIndex(of: ":") else {
                throw CloudError(.credentials, "\(path):\(number): no colon", "write 'username: …' or 'password: …'")
            }
            let key = trimmed[..<colon].trimmed
            guard key == "username" || key == "password" else {
                throw CloudError(
                    .credentials, "\(path):\(number): neither username nor password", "write only these two")
            }
            guard found[String(key)] == nil else {
                throw CloudError(.credentials, "\(path):\(number): \(key) twice", "keep one of them")
            }
            var value = trimmed[trimmed.index(after: colon)...].trimmed
            if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
            guard !value.isEmpty else {
                throw CloudError(.credentials, "\(path):\(number): \(key) is empty", "write it behind the colon")
            }
            found[String(key)] = Secret(String(value))
        }
        func value(_ key: String) throws(CloudError) -> Secret {
            guard let secret = found[key] else {
                throw CloudError(.credentials, "\(path): \(key) is missing", "add a line '\(key): …'")
            }
            return secret
        }
        username = try value("username")
        password = try value("password")
    }
}

extension Substring {
    /// Without blanks at its ends.
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
