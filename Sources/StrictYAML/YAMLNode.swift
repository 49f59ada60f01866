import Yams

/// One place in a YAML text, with its line and path for error messages.
public struct YAMLNode {
    let node: Node
    /// The keys that lead here, for example `registers.status.type`; empty for the text as a whole.
    public let path: String
    let file: String
    /// The line of the key, where the value has none of its own.
    let keyLine: Int?

    /// The line of the value, counted from 1; nil where the parser does not know it.
    public var line: Int? { node.mark?.line }

    /// True where `key: value` lines stand here.
    public var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// Aliases of aliases grow beyond any memory; no file of ours needs many.
    private static let mostAliases = 16

    /// The line of the first alias too many, as far as one can be told by its look; nil: there are few.
    private static func lineOfTooManyAliases(_ yaml: String) -> Int? {
        var line = 1
        var count = 0
        var before = UInt8(ascii: "\n")
        var isStar = false
        for byte in yaml.utf8 {
            // `*name` at the start of a value: behind a space, an indicator, or a line break of Unicode.
            if isStar, byte > UInt8(ascii: " "), byte != UInt8(ascii: "*") {
                count += 1
                if count > mostAliases { return line }
            }
            isStar = byte == UInt8(ascii: "*") && (before >= 0x80 || " \t\n\r[{,:?-".utf8.contains(before))
            if byte == UInt8(ascii: "\n") { line += 1 }
            before = byte
        }
        return nil
    }

    /// Reads one YAML document.
    ///
    /// - Parameter file: its name, for error messages.
    public static func parse(_ yaml: String, file: String) throws(YAMLError) -> YAMLNode {
        func failure(_ line: Int?, _ problem: String, _ remedy: String) -> YAMLError {
            YAMLError(file: file, line: line, field: "", problem: problem, remedy: remedy)
        }
        if let line = lineOfTooManyAliases(yaml) {
            throw failure(line, "more than \(mostAliases) aliases (*name)", "write the values out")
        }
        let composed: Node?
        do {
            composed = try Yams.compose(yaml: yaml)
        } catch {
            guard let error = error as? YamlError else {
                throw failure(nil, "no YAML (\(error))", "check the text with a YAML editor")
            }
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw failure(mark.line, "no YAML: \(problem)", "check indentation, colons and brackets there")
            case .duplicatedKeysInMapping(let keys, let context):
                throw failure(
                    context.mark.line, "the same key twice: \(keys.joined(separator: ", "))", "keep one of them")
            case .reader(let problem, let offset, _, _):
                // The parser's own words show the place in several lines.
                let line = offset.map { place in yaml.utf8.prefix(place).count { $0 == UInt8(ascii: "\n") } + 1 }
                throw failure(line, "no YAML: \(problem)", "remove what is no printable character there, save as UTF-8")
            default:
                throw failure(nil, "no YAML (\(error))", "save the file as UTF-8 text")
            }
        }
        guard let composed else { throw failure(nil, "empty", "write 'key: value' lines") }
        return YAMLNode(node: composed, path: "", file: file, keyLine: nil)
    }

    /// The error that something is wrong here.
    public func error(_ problem: String, _ remedy: String) -> YAMLError {
        YAMLError(file: file, line: node.mark?.line ?? keyLine, field: path, problem: problem, remedy: remedy)
    }

    /// The entries of a mapping whose keys are settled.
    public func fields(_ known: [String]) throws(YAMLError) -> YAMLFields {
        let entries = try entries()
        for (key, entry) in entries where !known.contains(key) {
            let hint = nearest(to: key, among: known).map { "did you mean '\($0)'?" }
            throw YAMLError(
                file: file, line: entry.keyLine, field: entry.path, problem: "unknown key '\(key)'",
                remedy: hint ?? "the keys here are \(known.joined(separator: ", "))")
        }
        return YAMLFields(parent: self, entries: Dictionary(entries) { first, _ in first })
    }

    /// The entries of a mapping whose keys are free, in their order.
    public func entries() throws(YAMLError) -> [(String, YAMLNode)] {
        guard case .mapping(let mapping) = node else { throw error("not a mapping", "write 'key: value' lines here") }
        var entries: [(String, YAMLNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                throw error("a key that is no word", "write 'key: value' lines here")
            }
            let below = path.isEmpty ? name.string : "\(path).\(name.string)"
            entries.append((name.string, YAMLNode(node: value, path: below, file: file, keyLine: key.mark?.line)))
        }
        return entries
    }

    /// The elements of a list.
    public func list() throws(YAMLError) -> [YAMLNode] {
        guard case .sequence(let sequence) = node else { throw error("not a list", "write [a, b] or '- a' lines here") }
        var elements: [YAMLNode] = []
        for (index, value) in sequence.enumerated() {
            elements.append(YAMLNode(node: value, path: "\(path)[\(index)]", file: file, keyLine: keyLine))
        }
        return elements
    }

    /// The elements of a list, or the one value that stands for a list of one.
    public func listOrOne() throws(YAMLError) -> [YAMLNode] {
        if case .sequence = node { return try list() }
        return [self]
    }

    /// A text that is not empty.
    public func string() throws(YAMLError) -> String {
        guard case .scalar(let scalar) = node else { throw error("not a text", "write one value here") }
        guard scalar.string.contains(where: { !$0.isWhitespace }) else { throw error("empty", "write a text here") }
        return scalar.string
    }

    /// A number within `range`; NaN is in none.
    public func number(_ range: ClosedRange<Double>) throws(YAMLError) -> Double {
        let text = try string()
        guard let value = Double(text), range.contains(value) else {
            throw error("'\(text)' is no number from \(range.lowerBound) to \(range.upperBound)", "write such a number")
        }
        return value
    }

    /// A whole number within `range`, decimal or hexadecimal.
    public func integer(_ range: ClosedRange<Int64>) throws(YAMLError) -> Int64 {
        let text = try string()
        guard let value = Self.integer(text), range.contains(value) else {
            throw error(
                "'\(text)' is no whole number from \(range.lowerBound) to \(range.upperBound)",
                "write it decimal or as 0x… hexadecimal")
        }
        return value
    }

    /// A raw register value: up to 64 bits, decimal or hexadecimal.
    public func bits() throws(YAMLError) -> UInt64 {
        let text = try string()
        let value = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
        guard let value else {
            throw error("'\(text)' is no whole number of at most 64 bits", "write it decimal or as 0x… hexadecimal")
        }
        return value
    }

    /// true or false; no other word stands for them.
    public func boolean() throws(YAMLError) -> Bool {
        switch try string() {
        case "true": return true
        case "false": return false
        case let text: throw error("'\(text)' is neither true nor false", "write true or false")
        }
    }

    /// One word of a settled list.
    public func choice<Value>(_ words: [(String, Value)], what: String) throws(YAMLError) -> Value {
        let text = try string()
        if let found = words.first(where: { $0.0 == text }) { return found.1 }
        let known = words.map(\.0)
        let hint = nearest(to: text, among: known).map { "did you mean '\($0)'?" }
        throw error("'\(text)' is no \(what)", hint ?? "use one of \(known.joined(separator: ", "))")
    }

    /// Decimal, or hexadecimal behind `0x`.
    public static func integer(_ text: String) -> Int64? {
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
        return Int64(text)
    }
}

/// The entries of a mapping whose keys are settled.
public struct YAMLFields {
    /// The mapping itself.
    public let parent: YAMLNode
    /// By key.
    public let entries: [String: YAMLNode]

    /// nil where the key is not there.
    public subscript(key: String) -> YAMLNode? { entries[key] }

    /// The entry of `key`, which must be there.
    public func required(_ key: String) throws(YAMLError) -> YAMLNode {
        guard let entry = entries[key] else { throw parent.error("'\(key)' is missing", "add '\(key): …'") }
        return entry
    }
}
