/// The lines of a COMTRADE text, one after the other. They end with CR LF or LF; blanks, NULs and DOS's end-of-file
/// marks (0x1A) behind the last line count for nothing, nor does a UTF-8 byte order mark.
struct ComtradeLines {
    private let text: UnsafeRawBufferPointer
    private var position: Int
    /// Number of the line that ``nextBytes()`` gave last.
    private(set) var number = 0
    /// The last line ends with a line break or an end-of-file mark.
    let isTerminated: Bool

    init(_ text: UnsafeRawBufferPointer) {
        var end = text.count
        while end > 0, [0x0, 0x9, 0xA, 0xD, 0x1A, 0x20].contains(text[end - 1]) { end -= 1 }
        self.text = UnsafeRawBufferPointer(rebasing: text[..<end])
        isTerminated = end == 0 || text[end...].contains { $0 == 0xA || $0 == 0x1A }
        position = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    var isAtEnd: Bool { position >= text.count }

    /// The next line without its end; nil behind the last.
    mutating func nextBytes() -> Slice<UnsafeRawBufferPointer>? {
        guard !isAtEnd else { return nil }
        number += 1
        let rest = text[position...]
        guard let end = rest.firstIndex(of: 0xA) else {
            position = text.count
            return rest
        }
        position = end + 1
        let line = rest[..<end]
        return line.last == 0xD ? line.dropLast() : line
    }

    /// The fields of the next line.
    ///
    /// - Parameter expected: what it holds, for the message where there is none.
    mutating func next(_ expected: String) throws(RecordingFault) -> ComtradeLine {
        guard let bytes = nextBytes() else { throw .lineMissing(line: number + 1, expected: expected) }
        return ComtradeLine(number: number, bytes, expected: expected)
    }
}

/// One line of a configuration: texts between commas, without the blanks around them.
struct ComtradeLine {
    let number: Int
    /// What a right line looks like.
    let expected: String
    private(set) var fields: [String]

    init(number: Int, _ bytes: Slice<UnsafeRawBufferPointer>, expected: String) {
        self.number = number
        self.expected = expected
        // No line has more than 13 fields: what comes behind stays together and is refused.
        fields = bytes.split(separator: UInt8(ascii: ","), maxSplits: 20, omittingEmptySubsequences: false)
            .map(Self.text)
    }

    /// UTF-8, or else ISO 8859-1: older recorders write names in the latter.
    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let trimmed = ComtradeLine.trimmed(bytes)
        if let text = String(validating: trimmed, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(trimmed.map { Unicode.Scalar($0) }))
    }

    static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x9 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x9 { bytes.removeLast() }
        return bytes
    }

    /// Brings the line to one of `counts` fields: empty ones too many at its end are dropped.
    mutating func requireFields(_ counts: Int...) throws(RecordingFault) {
        while let most = counts.max(), fields.count > most, fields.last == "" { fields.removeLast() }
        guard counts.contains(fields.count) else {
            throw .fieldCountWrong(line: number, fields: fields.count, expected: expected)
        }
    }

    func invalid(_ index: Int, _ name: String, _ expected: String) -> RecordingFault {
        .lineInvalid(line: number, field: name, value: String(fields[index].prefix(80)), expected: expected)
    }

    /// nil for an empty field.
    func number(_ index: Int, _ name: String, _ expected: String) throws(RecordingFault) -> Double? {
        if fields[index].isEmpty { return nil }
        guard let value = DecimalNumber.parse(fields[index].utf8) else { throw invalid(index, name, expected) }
        return value
    }

    func requiredNumber(
        _ index: Int, _ name: String, _ expected: String, where isValid: (Double) -> Bool = { _ in true }
    ) throws(RecordingFault) -> Double {
        guard let value = try number(index, name, expected), isValid(value) else {
            throw invalid(index, name, expected)
        }
        return value
    }

    /// A whole number of `range`.
    func count(_ index: Int, _ name: String, _ expected: String, _ range: ClosedRange<Int>) throws(RecordingFault)
        -> Int
    {
        guard let value = try number(index, name, expected), let count = Int(exactly: value), range.contains(count)
        else { throw invalid(index, name, expected) }
        return count
    }
}
