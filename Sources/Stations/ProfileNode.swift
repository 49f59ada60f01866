import Yams

/// One place in a profile's YAML, with its line and path for error messages.
struct ProfileNode {
    let node: Node
    let path: String
    let file: String
    /// The line of the key, where the value has none of its own.
    let keyLine: Int?

    func error(_ problem: String, _ remedy: String) -> ProfileError {
        ProfileError(file: file, line: node.mark?.line ?? keyLine, field: path, problem: problem, remedy: remedy)
    }

    /// The entries of a mapping whose keys are settled.
    func fields(_ known: [String]) throws(ProfileError) -> ProfileFields {
        let entries = try entries()
        for (key, entry) in entries where !known.contains(key) {
            let hint = nearest(to: key, among: known).map { "did you mean '\($0)'?" }
            throw ProfileError(
                file: file, line: entry.keyLine, field: entry.path, problem: "unknown key '\(key)'",
                remedy: hint ?? "the keys here are \(known.joined(separator: ", "))")
        }
        return ProfileFields(parent: self, entries: Dictionary(entries) { first, _ in first })
    }

    /// The entries of a mapping whose keys are free, in their order.
    func entries() throws(ProfileError) -> [(String, ProfileNode)] {
        guard case .mapping(let mapping) = node else { throw error("not a mapping", "write 'key: value' lines here") }
        var entries: [(String, ProfileNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                throw error("a key that is no word", "write 'key: value' lines here")
            }
            let below = path.isEmpty ? name.string : "\(path).\(name.string)"
            entries.append((name.string, ProfileNode(node: value, path: below, file: file, keyLine: key.mark?.line)))
        }
        return entries
    }

    /// The elements of a list.
    func list() throws(ProfileError) -> [ProfileNode] {
        guard case .sequence(let sequence) = node else { throw error("not a list", "write [a, b] or '- a' lines here") }
        var elements: [ProfileNode] = []
        for (index, value) in sequence.enumerated() {
            elements.append(ProfileNode(node: value, path: "\(path)[\(index)]", file: file, keyLine: keyLine))
        }
        return elements
    }

    /// The elements of a list, or the one value that stands for a list of one.
    func listOrOne() throws(ProfileError) -> [ProfileNode] {
        if case .sequence = node { return try list() }
        return [self]
    }

    /// A text that is not empty.
    func string() throws(ProfileError) -> String {
        guard case .scalar(let scalar) = node else { throw error("not a text", "write one value here") }
        guard scalar.string.contains(where: { !$0.isWhitespace }) else { throw error("empty", "write a text here") }
        return scalar.string
    }

    func number(_ range: ClosedRange<Double>) throws(ProfileError) -> Double {
        let text = try string()
        guard let value = Double(text), range.contains(value) else {
            throw error("'\(text)' is no number from \(range.lowerBound) to \(range.upperBound)", "write such a number")
        }
        return value
    }

    func integer(_ range: ClosedRange<Int64>) throws(ProfileError) -> Int64 {
        let text = try string()
        guard let value = Self.integer(text), range.contains(value) else {
            throw error(
                "'\(text)' is no whole number from \(range.lowerBound) to \(range.upperBound)",
                "write it decimal or as 0x… hexadecimal")
        }
        return value
    }

    /// A raw register value: up to 64 bits, decimal or hexadecimal.
    func bits() throws(ProfileError) -> UInt64 {
        let text = try string()
        let value = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
        guard let value else {
            throw error("'\(text)' is no whole number of at most 64 bits", "write it decimal or as 0x… hexadecimal")
        }
        return value
    }

    func boolean() throws(ProfileError) -> Bool {
        switch try string() {
        case "true": return true
        case "false": return false
        case let text: throw error("'\(text)' is neither true nor false", "write true or false")
        }
    }

    /// One word of a settled list.
    func choice<Value>(_ words: [(String, Value)], what: String) throws(ProfileError) -> Value {
        let text = try string()
        if let found = words.first(where: { $0.0 == text }) { return found.1 }
        let known = words.map(\.0)
        let hint = nearest(to: text, among: known).map { "did you mean '\($0)'?" }
        throw error("'\(text)' is no \(what)", hint ?? "use one of \(known.joined(separator: ", "))")
    }

    /// Decimal, or hexadecimal behind `0x`.
    static func integer(_ text: String) -> Int64? {
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
        return Int64(text)
    }
}

/// The entries of a mapping whose keys are settled.
struct ProfileFields {
    let parent: ProfileNode
    let entries: [String: ProfileNode]

    /// nil where the key is not there.
    subscript(key: String) -> ProfileNode? { entries[key] }

    func required(_ key: String) throws(ProfileError) -> ProfileNode {
        guard let entry = entries[key] else { throw parent.error("'\(key)' is missing", "add '\(key): …'") }
        return entry
    }
}
