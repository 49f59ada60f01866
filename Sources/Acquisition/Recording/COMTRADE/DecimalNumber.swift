/// A decimal number in ASCII: `[+-] digits [. digits] [e [+-] digits]`, nothing before or behind it. Swift's own
/// conversion also takes `nan`, `inf` and hexadecimal, which no recording may hold.
enum DecimalNumber {
    /// - Returns: nil for anything else, and for what does not fit a Double.
    static func parse(_ text: some Collection<UInt8>) -> Double? {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        var whole = 0
        var digits = 0
        while let digit = digit(rest.first), digits < 15 {
            whole = 10 * whole + digit
            digits += 1
            rest = rest.dropFirst()
        }
        if rest.isEmpty { return digits == 0 ? nil : Double(isNegative ? -whole : whole) }
        while digit(rest.first) != nil {
            digits += 1
            rest = rest.dropFirst()
        }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            while digit(rest.first) != nil {
                digits += 1
                rest = rest.dropFirst()
            }
        }
        guard digits > 0 else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard digit(rest.first) != nil else { return nil }
            while digit(rest.first) != nil { rest = rest.dropFirst() }
        }
        guard rest.isEmpty, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    private static func digit(_ byte: UInt8?) -> Int? {
        guard let byte, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
        return Int(byte - UInt8(ascii: "0"))
    }
}
