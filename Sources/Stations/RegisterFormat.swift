import Glibc

/// How the words of a register are to be understood.
enum RegisterType: String, CaseIterable, Sendable {
    case u16, i16, u32, i32, u64, i64, f32
    /// Characters, two in a word, ended by a zero byte.
    case ascii
    /// Bytes shown as hexadecimal digits, for example a serial number.
    case hex
    /// Bytes shown as numbers between points, for example a firmware version.
    case dotted

    /// Words of a value of this type; nil where the profile must say it.
    var wordCount: Int? {
        switch self {
        case .u16, .i16: 1
        case .u32, .i32, .f32: 2
        case .u64, .i64: 4
        case .ascii, .hex, .dotted: nil
        }
    }

    /// True where the value is a number.
    var isNumeric: Bool { wordCount != nil }
}

/// The order of the words of a value, or of the two bytes of a word.
enum Significance: String, CaseIterable, Sendable {
    case highFirst = "high-first"
    case lowFirst = "low-first"
}

/// How a value is laid into words. Pure functions: no state, nothing of Modbus.
struct RegisterFormat: Sendable, Equatable {
    var type: RegisterType = .u16
    /// Words, 1 to 125.
    var wordCount = 1
    var wordOrder: Significance = .highFirst
    var byteOrder: Significance = .highFirst
    /// Value = raw × scale + offset, after mask and shift.
    var scale = 1.0
    var offset = 0.0
    /// Bits of the raw value that count; nil: all.
    var mask: UInt64?
    /// Places by which the masked value is shifted right.
    var shift = 0
    /// Raw values, before the mask, that mean "no value".
    var notAvailable: [UInt64] = []

    /// The words as one number, most significant first, bytes put right. At most four words.
    private func raw(_ words: ArraySlice<UInt16>) -> UInt64 {
        var value: UInt64 = 0
        for word in ordered(words) { value = value << 16 | UInt64(word) }
        return value
    }

    private func ordered(_ words: ArraySlice<UInt16>) -> [UInt16] {
        let bytesRight = words.map { byteOrder == .highFirst ? $0 : $0.byteSwapped }
        return wordOrder == .highFirst ? bytesRight : bytesRight.reversed()
    }

    /// The integer that the words hold, after mask and shift; nil: not available, no integer, or not
    /// `wordCount` words.
    func integer(_ words: ArraySlice<UInt16>) -> Int64? {
        guard words.count == wordCount, wordCount <= 4, type.isNumeric, type != .f32 else { return nil }
        let raw = raw(words)
        if notAvailable.contains(raw) { return nil }
        if let mask { return Int64(truncatingIfNeeded: (raw & mask) >> UInt64(shift)) }
        let signed: Int64? =
            switch type {
            case .i16: Int64(Int16(truncatingIfNeeded: raw))
            case .i32: Int64(Int32(truncatingIfNeeded: raw))
            case .i64: Int64(bitPattern: raw)
            default: Int64(exactly: raw)
            }
        return signed.map { $0 >> Int64(shift) }
    }

    /// The number that the words hold, scaled; nil: not available, not finite, no number, or not `wordCount` words.
    func number(_ words: ArraySlice<UInt16>) -> Double? {
        guard words.count == wordCount, type.isNumeric else { return nil }
        let unscaled: Double
        if type == .f32 {
            let raw = raw(words)
            if notAvailable.contains(raw) { return nil }
            unscaled = Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
        } else if type == .u64, mask == nil, shift == 0 {
            let raw = raw(words)
            if notAvailable.contains(raw) { return nil }
            unscaled = Double(raw)
        } else {
            guard let integer = integer(words) else { return nil }
            unscaled = Double(integer)
        }
        let value = unscaled * scale + offset
        return value.isFinite ? value : nil
    }

    /// What people read: characters, hexadecimal digits, numbers between points, or the number; nil: not available
    /// or not `wordCount` words. Unprintable characters are left out.
    func text(_ words: ArraySlice<UInt16>) -> String? {
        guard words.count == wordCount else { return nil }
        let bytes = ordered(words).flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        switch type {
        case .ascii:
            let characters = bytes.prefix { $0 != 0 }.filter { (0x20...0x7E).contains($0) }
            let text = String(decoding: characters, as: UTF8.self)
            let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return trimmed.isEmpty ? nil : String(trimmed)
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

    /// The words for the largest value that the register can hold and that does not exceed `value`: rounded
    /// **down**, as every limit is. A difference below a millionth of a step counts as binary dust, not as a step.
    ///
    /// - Returns: nil where the register cannot hold the value, or its type is not a number.
    func words(roundingDown value: Double) -> [UInt16]? {
        guard type.isNumeric, value.isFinite, scale > 0 else { return nil }
        let unscaled = (value - offset) / scale
        let raw: UInt64
        if type == .f32 {
            var single = Float(unscaled)
            if Double(single) > unscaled { single = single.nextDown }
            guard single.isFinite else { return nil }
            raw = UInt64(single.bitPattern)
        } else {
            let whole = (unscaled + 1e-6).rounded(.down)
            let range: ClosedRange<Double> =
                switch type {
                case .u16: 0...65_535
                case .i16: -32_768...32_767
                case .u32: 0...4_294_967_295
                case .i32: -2_147_483_648...2_147_483_647
                // Above 2^53 a Double no longer tells neighbours apart.
                case .u64: 0...9_007_199_254_740_992
                default: -9_007_199_254_740_992...9_007_199_254_740_992
                }
            guard range.contains(whole) else { return nil }
            raw = UInt64(bitPattern: Int64(whole))
        }
        return laidOut(raw)
    }

    private func laidOut(_ raw: UInt64) -> [UInt16] {
        let highFirst = (0..<wordCount).map { index in
            UInt16(truncatingIfNeeded: raw >> UInt64(16 * (wordCount - 1 - index)))
        }
        let words = wordOrder == .highFirst ? highFirst : highFirst.reversed()
        return byteOrder == .highFirst ? words : words.map(\.byteSwapped)
    }
}
