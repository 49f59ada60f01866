extension RegisterFormat {
    /// What people read: characters, hexadecimal digits, numbers between points, or the number; nil: not available
    /// or not `wordCount` words. Unprintable characters are left out.
    package func text(_ words: ArraySlice<UInt16>) -> String? {
        guard words.count == wordCount else { return nil }
        let ordered = ordered(words)
        let bytes = ordered.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        switch type {
        case .ascii:
            return Self.trimmed(String(decoding: bytes.prefix { $0 != 0 }.filter { $0 < 0x80 }, as: UTF8.self))
        case .utf16:
            return Self.trimmed(String(decoding: ordered.prefix { $0 != 0 }, as: UTF16.self))
        case .letter:
            guard let code = integer(words), (0x21...0x7E).contains(code) else { return nil }
            return String(Unicode.Scalar(UInt8(code)))
        case .hex:
            return bytes.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
        case .dotted:
            return bytes.map { String($0) }.joined(separator: ".")
        default:
            guard let number = number(words) else { return nil }
            return number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
        }
    }

    /// Without what cannot be printed and without blanks at either end; nil: nothing is left.
    private static func trimmed(_ text: String) -> String? {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: continue
            default: if scalar != "\u{FFFD}" { scalars.append(scalar) }
            }
        }
        let trimmed = String(scalars).drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
