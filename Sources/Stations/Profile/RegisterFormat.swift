/// How the words of a register are to be understood.
package enum RegisterType: String, CaseIterable, Sendable {
    /// A coil or a discrete input: functions 1, 2, 5, 15. Travels here as one word, 0 or 1.
    case bit
    case u16, i16, u32, i32, u64, i64, f32, f64
    /// A character in the low byte; its ASCII code is the number.
    case letter
    /// Characters, two in a word, ended by a zero byte.
    case ascii
    /// Characters, one in a word (UTF-16), ended by a zero word.
    case utf16
    /// Bytes shown as hexadecimal digits, for example a serial number.
    case hex
    /// Bytes shown as numbers between points, for example a firmware version.
    case dotted

    /// Words of a value of this type; nil where the profile must say it.
    package var wordCount: Int? {
        switch self {
        case .bit, .u16, .i16, .letter: 1
        case .u32, .i32, .f32: 2
        case .u64, .i64, .f64: 4
        case .ascii, .utf16, .hex, .dotted: nil
        }
    }

    /// True where the value is a number.
    package var isNumeric: Bool { wordCount != nil }

    /// True where the value is a whole number before it is scaled.
    package var isInteger: Bool { isNumeric && self != .f32 && self != .f64 }

    /// True where scale, offset, mask and shift mean something.
    package var isScalable: Bool { isNumeric && self != .bit && self != .letter }
}

/// The order of the words of a value, or of the two bytes of a word.
package enum Significance: String, CaseIterable, Sendable {
    case highFirst = "high-first"
    case lowFirst = "low-first"
}

/// How a value is laid into words. Pure functions: no state, nothing of Modbus.
package struct RegisterFormat: Sendable, Equatable {
    package var type: RegisterType = .u16
    /// Words, 1 to 125.
    package var wordCount = 1
    package var wordOrder: Significance = .highFirst
    package var byteOrder: Significance = .highFirst
    /// Value = raw × scale + offset, after mask and shift.
    package var scale = 1.0
    package var offset = 0.0
    /// Bits of the raw value that count; nil: all.
    package var mask: UInt64?
    /// Places by which the masked value is shifted right.
    package var shift = 0
    /// Raw values, before the mask, that mean "no value".
    package var notAvailable: [UInt64] = []

    /// The words as one number, most significant first, bytes put right. At most four words.
    private func raw(_ words: ArraySlice<UInt16>) -> UInt64 {
        var value: UInt64 = 0
        for word in ordered(words) { value = value << 16 | UInt64(word) }
        return value
    }

    /// The words, most significant first, bytes put right.
    package func ordered(_ words: ArraySlice<UInt16>) -> [UInt16] {
        let bytesRight = words.map { byteOrder == .highFirst ? $0 : $0.byteSwapped }
        return wordOrder == .highFirst ? bytesRight : bytesRight.reversed()
    }

    /// The integer that the words hold, after mask and shift; nil: not available, no integer, or not
    /// `wordCount` words.
    package func integer(_ words: ArraySlice<UInt16>) -> Int64? {
        guard words.count == wordCount, wordCount <= 4, type.isInteger else { return nil }
        let raw = raw(words)
        if notAvailable.contains(raw) { return nil }
        if let mask { return Int64(truncatingIfNeeded: (raw & mask) >> UInt64(shift)) }
        let signed: Int64? =
            switch type {
            case .bit: raw == 0 ? 0 : 1
            case .letter: Int64(raw & 0xFF)
            case .i16: Int64(Int16(truncatingIfNeeded: raw))
            case .i32: Int64(Int32(truncatingIfNeeded: raw))
            case .i64: Int64(bitPattern: raw)
            default: Int64(exactly: raw)
            }
        return signed.map { $0 >> Int64(shift) }
    }

    /// The number that the words hold, scaled; nil: not available, not finite, no number, or not `wordCount` words.
    package func number(_ words: ArraySlice<UInt16>) -> Double? {
        guard words.count == wordCount, type.isNumeric else { return nil }
        let unscaled: Double
        if type == .f32 || type == .f64 || type == .u64 && mask == nil && shift == 0 {
            let raw = raw(words)
            if notAvailable.contains(raw) { return nil }
            unscaled =
                switch type {
                case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
                case .f64: Double(bitPattern: raw)
                default: Double(raw)
                }
        } else {
            guard let integer = integer(words) else { return nil }
            unscaled = Double(integer)
        }
        let value = unscaled * scale + offset
        return value.isFinite ? value : nil
    }

    /// The words for the largest value that the register can hold and that does not exceed `value`: rounded
    /// **down**, as every limit is. A difference below a millionth of a step counts as binary dust, not as a step.
    ///
    /// - Returns: nil where the register cannot hold the value, or its type is not a number.
    package func words(roundingDown value: Double) -> [UInt16]? {
        guard type.isNumeric, type != .letter, value.isFinite, scale > 0 else { return nil }
        let unscaled = (value - offset) / scale
        if type == .f64 { return laidOut(unscaled.bitPattern) }
        if type == .f32 {
            var single = Float(unscaled)
            if Double(single) > unscaled { single = single.nextDown }
            return single.isFinite ? laidOut(UInt64(single.bitPattern)) : nil
        }
        let whole = (unscaled + 1e-6).rounded(.down)
        let range: ClosedRange<Double> =
            switch type {
            case .bit: 0...1
            case .u16: 0...65_535
            case .i16: -32_768...32_767
            case .u32: 0...4_294_967_295
            case .i32: -2_147_483_648...2_147_483_647
            // Above 2^53 a Double no longer tells neighbours apart.
            case .u64: 0...9_007_199_254_740_992
            default: -9_007_199_254_740_992...9_007_199_254_740_992
            }
        guard range.contains(whole) else { return nil }
        return laidOut(UInt64(bitPattern: Int64(whole)))
    }

    private func laidOut(_ raw: UInt64) -> [UInt16] {
        let highFirst = (0..<wordCount).map { index in
            UInt16(truncatingIfNeeded: raw >> UInt64(16 * (wordCount - 1 - index)))
        }
        let words = wordOrder == .highFirst ? highFirst : highFirst.reversed()
        return byteOrder == .highFirst ? words : words.map(\.byteSwapped)
    }
}
