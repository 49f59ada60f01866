/// A comparison of one register's content: raw, before scale and offset.
package struct Condition: Sendable, Equatable {
    package var register: StationProfile.RegisterIndex
    package var test: Test

    package init(register: StationProfile.RegisterIndex, test: Test) {
        self.register = register
        self.test = test
    }

    /// What a register said when it was asked.
    package enum Answer {
        case words(ArraySlice<UInt16>)
        /// Exception 1 or 2: the station does not have it.
        case refused
        /// No answer, or an exception that says nothing about the register.
        case nothing
    }

    package enum Test: Sendable, Equatable {
        case oneOf([Int64])
        case noneOf([Int64])
        case within(ClosedRange<Int64>)
        /// At least one of these bits is set.
        case anyBit(Int64)
        case isText([String])
        case matches([TextPattern])
        case versionAtLeast(FirmwareVersion)
        case versionBelow(FirmwareVersion)
        /// The station has the register, or has it not.
        case answers(Bool)
    }

    package func holds(_ answer: Answer, as format: RegisterFormat) -> Bool {
        if case .answers(let wanted) = test {
            return switch answer {
            case .words: wanted
            case .refused: !wanted
            case .nothing: false
            }
        }
        guard case .words(let words) = answer else { return false }
        return switch test {
        case .oneOf(let values): format.integer(words).map { values.contains($0) } ?? false
        case .noneOf(let values): format.integer(words).map { !values.contains($0) } ?? false
        case .within(let range): format.integer(words).map { range.contains($0) } ?? false
        case .anyBit(let mask): format.integer(words).map { $0 & mask != 0 } ?? false
        case .isText(let texts): format.text(words).map { texts.contains($0) } ?? false
        case .matches(let patterns): format.text(words).map { text in patterns.contains { $0.matches(text) } } ?? false
        case .versionAtLeast(let bound):
            format.text(words).flatMap { FirmwareVersion($0) }.map { $0 >= bound } ?? false
        case .versionBelow(let bound):
            format.text(words).flatMap { FirmwareVersion($0) }.map { $0 < bound } ?? false
        case .answers: false
        }
    }
}

extension Condition.Answer {
    /// For people: the value, or that there is none.
    func words(as format: RegisterFormat) -> String {
        switch self {
        case .words(let words):
            if let integer = format.integer(words), format.type != .letter { return String(integer) }
            return format.text(words).map { "'\($0)'" } ?? "not available"
        case .refused: return "not there"
        case .nothing: return "not answered"
        }
    }
}

/// A firmware version: the numbers between points, the first being the most significant. 5.12 < 5.22 < 5.100.
package struct FirmwareVersion: Sendable, Equatable, Comparable {
    private let numbers: [Int]

    /// The numbers with points between them.
    package var text: String { numbers.map(String.init).joined(separator: ".") }

    /// The first number in `text` and all that follow it between points: "v3.187.0-rc1" is 3.187.0. nil: no digit.
    init?(_ text: String) {
        let start = text.drop { !$0.isASCIIDigit }
        let run = start.prefix { $0.isASCIIDigit || $0 == "." }
        var numbers: [Int] = []
        for part in run.split(separator: ".") {
            guard let number = Int(part) else { return nil }
            numbers.append(number)
        }
        guard !numbers.isEmpty else { return nil }
        while numbers.count > 1, numbers.last == 0 { numbers.removeLast() }
        self.numbers = numbers
    }

    package static func < (left: Self, right: Self) -> Bool { left.numbers.lexicographicallyPrecedes(right.numbers) }
}

/// A text in which `*` stands for any characters, also none; compared with the whole text, capitals matter.
package struct TextPattern: Sendable, Equatable, CustomStringConvertible {
    package let description: String
    private let parts: [Substring]

    init(_ pattern: String) {
        description = pattern
        parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    }

    package func matches(_ text: String) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return text == description }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let end = Self.end(of: part, in: rest) else { return false }
            rest = rest[end...]
        }
        return rest.hasSuffix(last)
    }

    /// Where the first occurrence of `part` ends.
    private static func end(of part: Substring, in text: Substring) -> String.Index? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(part) { return text.index(start, offsetBy: part.count) }
            start = text.index(after: start)
        }
        return nil
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
