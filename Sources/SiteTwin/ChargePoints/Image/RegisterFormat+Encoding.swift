import Glibc
import Stations

/// Values to words, the other way round than the device reads them.
extension RegisterFormat {
    /// The words for a number before scale and offset, as conditions compare it; nil: the register cannot hold it.
    func words(raw value: Int64) -> [UInt16]? {
        guard type.isInteger else { return nil }
        var bits = UInt64(bitPattern: value) << UInt64(shift)
        if let mask {
            guard bits & ~mask == 0 else { return nil }
        } else if wordCount < 4 {
            let low = bits & (1 << UInt64(16 * wordCount) - 1)
            let isSigned = type == .i16 || type == .i32
            guard value >= 0 ? bits == low : isSigned else { return nil }
            bits = low
        }
        return laidOut(bits)
    }

    /// The words for a measured value, rounded to the nearest; the largest or smallest where it goes beyond; 0 in a
    /// register that holds no number.
    func words(nearest value: Double) -> [UInt16] {
        let unscaled = (value - offset) / scale
        switch type {
        case .f32: return laidOut(UInt64(Float(unscaled).bitPattern))
        case .f64: return laidOut(unscaled.bitPattern)
        default:
            guard type.isInteger else { return [UInt16](repeating: 0, count: wordCount) }
            let isSigned = type == .i16 || type == .i32 || type == .i64
            let bits = Double(min(16 * wordCount, 53))
            let largest = type == .bit ? 1 : isSigned ? exp2(bits - 1) - 1 : exp2(bits) - 1
            let bounded = min(max(unscaled.rounded(), isSigned ? -largest : 0), largest)
            return words(raw: Int64(bounded)) ?? [UInt16](repeating: 0, count: wordCount)
        }
    }

    /// The words for a text; too long a one is cut.
    func words(text: String) -> [UInt16]? {
        switch type {
        case .ascii: return laidOut(bytes: Array(text.utf8))
        case .utf16:
            let units = Array(text.utf16.prefix(wordCount))
            return ordered((units + [UInt16](repeating: 0, count: wordCount - units.count))[...])
        case .letter: return text.utf8.first.flatMap { words(raw: Int64($0)) }
        case .hex: return laidOut(bytes: Self.bytes(ofHex: text) ?? Array(text.utf8))
        case .dotted: return laidOut(bytes: text.split(separator: ".").map { UInt8($0) ?? 0 })
        default: return Int64(text).flatMap { words(raw: $0) }
        }
    }

    func words(_ content: RegisterContent) -> [UInt16]? {
        switch content {
        case .integer(let value): type.isInteger ? words(raw: value) : words(nearest: Double(value))
        case .text(let text): words(text: text)
        }
    }

    /// Reversing words and swapping bytes undo themselves: `ordered` also lays out.
    private func laidOut(_ bits: UInt64) -> [UInt16] {
        ordered((0..<wordCount).map { UInt16(truncatingIfNeeded: bits >> UInt64(16 * (wordCount - 1 - $0))) }[...])
    }

    private func laidOut(bytes: [UInt8]) -> [UInt16] {
        let padded = bytes.prefix(2 * wordCount) + [UInt8](repeating: 0, count: max(0, 2 * wordCount - bytes.count))
        let whole = Array(padded)
        return ordered((0..<wordCount).map { UInt16(whole[2 * $0]) << 8 | UInt16(whole[2 * $0 + 1]) }[...])
    }

    private static func bytes(ofHex text: String) -> [UInt8]? {
        let digits = Array(text)
        guard !digits.isEmpty, digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(digits[place...place + 1]), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
