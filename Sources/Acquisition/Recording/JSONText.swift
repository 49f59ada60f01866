/// A JSON value. Foundation's decoder tells no line: an installer who edits a sidecar by hand needs it.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads one JSON text (RFC 8259). A name that comes twice in an object and nesting below 64 levels are refused.
    init(parsing text: UnsafeRawBufferPointer) throws(JSONFault) {
        var reader = JSONReader(text)
        self = try reader.document()
    }

    /// As it may stand in a message: short.
    var words: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): quoted(value)
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// Where a text stops being JSON. Lines and columns count from 1.
struct JSONFault: Error, Equatable, CustomStringConvertible {
    let line: Int
    let column: Int
    let problem: String

    var description: String { "line \(line), column \(column): \(problem)" }
}

private struct JSONReader {
    private let text: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    mutating func document() throws(JSONFault) -> JSONValue {
        let value = try self.value()
        skipSpace()
        guard position == text.count else { throw fault("something follows the end") }
        return value
    }

    private var current: UInt8? { position < text.count ? text[position] : nil }

    private mutating func value() throws(JSONFault) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSONFault) in try reader.object() }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSONFault) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return .number(try number())
        case nil: throw fault("the text ends too early")
        default:
            if take("true") { return .bool(true) }
            if take("false") { return .bool(false) }
            if take("null") { return .null }
            throw fault("no value starts like this (JSON has no NaN and no Infinity)")
        }
    }

    private mutating func nested(
        _ body: (inout JSONReader) throws(JSONFault) -> JSONValue
    ) throws(JSONFault) -> JSONValue {
        guard depth < 64 else { throw fault("nested too deeply") }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONFault) -> JSONValue {
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fault("a name in quotation marks is missing") }
            let start = position
            let name = try string()
            guard members[name] == nil else {
                position = start
                throw fault("the name \(quoted(name)) comes twice")
            }
            skipSpace()
            guard take(":") else { throw fault("a colon is missing") }
            members[name] = try value()
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault("a comma or } is missing") }
        }
    }

    private mutating func array() throws(JSONFault) -> JSONValue {
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(elements) }
        while true {
            elements.append(try value())
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw fault("a comma or ] is missing") }
        }
    }

    private mutating func number() throws(JSONFault) -> Double {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard let value = Double(String(decoding: text[start..<position], as: UTF8.self)), value.isFinite else {
            position = start
            throw fault("the number is too large")
        }
        return value
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw fault("a digit is missing") }
    }

    private mutating func string() throws(JSONFault) -> String {
        position += 1
        var bytes: [UInt8] = []
        while true {
            guard let byte = current else { throw fault("a quotation mark is missing at the end of a string") }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: bytes, as: UTF8.self) else { throw fault("not UTF-8") }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                bytes.append(contentsOf: try String(escape()).utf8)
            case 0..<0x20: throw fault("a control character or line break stands in a string")
            default:
                bytes.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape() throws(JSONFault) -> Character {
        let plain: [(String, Character)] = [
            ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"), ("r", "\r"),
            ("t", "\t"),
        ]
        for (name, character) in plain where take(name) { return character }
        guard take("u") else { throw fault("an unknown escape in a string") }
        var code = try hexadecimal()
        if 0xD800..<0xDC00 ~= code {
            guard take("\\u") else { throw fault("half of a surrogate pair") }
            let low = try hexadecimal()
            guard 0xDC00..<0xE000 ~= low else { throw fault("half of a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        guard position + 4 <= text.count,
            text[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
            let code = UInt32(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits are missing") }
        position += 4
        return code
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || (0x9...0xA).contains(byte) || byte == 0xD { position += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { take($0) }
    }

    private mutating func take(_ word: String) -> Bool {
        var word = word
        return word.withUTF8 { take($0) }
    }

    private mutating func take(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        guard position + word.count <= text.count,
            text[position..<position + word.count].elementsEqual(word)
        else { return false }
        position += word.count
        return true
    }

    private func fault(_ problem: String) -> JSONFault {
        let before = text[..<min(position, text.count)]
        let line = before.count { $0 == 0xA } + 1
        let column = before.reversed().prefix { $0 != 0xA }.count + 1
        return JSONFault(line: line, column: column, problem: problem)
    }
}
