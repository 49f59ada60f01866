import Testing

@testable import Stations

@Suite struct RegisterFormatTests {
    /// A value, its layout and its words, worked out by hand.
    static let known: [(format: RegisterFormat, words: [UInt16], value: Double)] = [
        (RegisterFormat(type: .u16), [0xFFFE], 65_534),
        (RegisterFormat(type: .i16), [0xFFFE], -2),
        (RegisterFormat(type: .u16, byteOrder: .lowFirst), [0x0100], 1),
        (RegisterFormat(type: .u32, wordCount: 2), [0x0000, 0x3E80], 16_000),
        (RegisterFormat(type: .u32, wordCount: 2, wordOrder: .lowFirst), [0x3E80, 0x0000], 16_000),
        (
            RegisterFormat(type: .u32, wordCount: 2, wordOrder: .lowFirst, byteOrder: .lowFirst), [0x803E, 0x0000],
            16_000
        ),
        (RegisterFormat(type: .i32, wordCount: 2), [0xFFFF, 0xFFFF], -1),
        (RegisterFormat(type: .u64, wordCount: 4), [0, 1, 0, 1], 4_294_967_297),
        (RegisterFormat(type: .i64, wordCount: 4), [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFD], -3),
        (RegisterFormat(type: .f32, wordCount: 2), [0x4148, 0x0000], 12.5),
        (RegisterFormat(type: .f32, wordCount: 2, wordOrder: .lowFirst), [0x0000, 0x4148], 12.5),
        (RegisterFormat(type: .u32, wordCount: 2, scale: 0.001), [0x0000, 0x3E80], 16),
        (RegisterFormat(type: .i16, scale: 0.5, offset: -40), [0xFFFC], -42),
        (RegisterFormat(type: .f64, wordCount: 4), [0x4029, 0, 0, 0], 12.5),
        (RegisterFormat(type: .f64, wordCount: 4, wordOrder: .lowFirst), [0, 0, 0, 0x4029], 12.5),
        (RegisterFormat(type: .bit), [1], 1),
    ]

    @Test("a value is read as documented", arguments: known.indices)
    func decodes(index: Int) {
        let (format, words, value) = Self.known[index]
        #expect(format.number(words[...]) == value)
    }

    @Test("a value is laid into the words from which it is read", arguments: known.indices)
    func encodes(index: Int) {
        let (format, words, value) = Self.known[index]
        #expect(format.words(roundingDown: value) == words)
    }

    @Test("mask and shift pick the bits: ABB's state is the high byte of the low word without bit 7")
    func masks() {
        let format = RegisterFormat(type: .u32, wordCount: 2, mask: 0x7F00, shift: 8)
        #expect(format.integer([0x0000, 0x8400]) == 4)
        #expect(format.integer([0xFFFF, 0x05FF]) == 5)
    }

    @Test("a not-available marker is no value")
    func notAvailable() {
        let words16 = RegisterFormat(type: .i16, notAvailable: [0x8000, 0xFFFF])
        #expect(words16.number([0x8000]) == nil)
        #expect(words16.number([0xFFFF]) == nil)
        #expect(words16.number([0x7FFF]) == 32_767)
        let words32 = RegisterFormat(type: .f32, wordCount: 2, notAvailable: [0x7FC0_0000])
        #expect(words32.number([0x7FC0, 0]) == nil)
    }

    @Test("a float that is no number is no value", arguments: [0x7FC0, 0x7F80, 0xFF80] as [UInt16])
    func notFinite(high: UInt16) {
        #expect(RegisterFormat(type: .f32, wordCount: 2).number([high, 0]) == nil)
    }

    @Test("the wrong number of words is no value")
    func wrongCount() {
        let format = RegisterFormat(type: .u32, wordCount: 2)
        #expect(format.number([1]) == nil)
        #expect(format.text([1, 2, 3]) == nil)
        #expect(format.integer([]) == nil)
    }

    @Test("texts: characters, hexadecimal digits, numbers between points")
    func texts() {
        #expect(RegisterFormat(type: .ascii, wordCount: 3).text([0x2041, 0x4220, 0x0043]) == "AB")
        #expect(RegisterFormat(type: .ascii, wordCount: 1, byteOrder: .lowFirst).text([0x4241]) == "AB")
        #expect(RegisterFormat(type: .ascii, wordCount: 1).text([0]) == nil)
        #expect(RegisterFormat(type: .hex, wordCount: 2).text([0x0A1B, 0xFF00]) == "0a1bff00")
        #expect(RegisterFormat(type: .dotted, wordCount: 2).text([0x0108, 0x1500]) == "1.8.21.0")
        #expect(RegisterFormat(type: .utf16, wordCount: 4).text([0x0056, 0x00E9, 0, 0x41]) == "Vé")
        #expect(RegisterFormat(type: .utf16, wordCount: 2, byteOrder: .lowFirst).text([0x5600, 0x3300]) == "V3")
        #expect(RegisterFormat(type: .utf16, wordCount: 2).text([0xD800, 0x20]) == nil, "half a pair, and a blank")
    }

    @Test("a letter is the character in the low byte and its code; it cannot be written")
    func letter() {
        let format = RegisterFormat(type: .letter)
        #expect(format.integer([0x0043]) == 0x43 && format.integer([0xFF43]) == 0x43)
        #expect(format.text([0x0043]) == "C" && format.text([0x0003]) == nil)
        #expect(format.words(roundingDown: 67) == nil)
    }

    @Test("a bit is 0 or 1 and takes nothing else")
    func bit() {
        let format = RegisterFormat(type: .bit)
        #expect(format.integer([1]) == 1 && format.integer([0]) == 0)
        #expect(format.words(roundingDown: 0) == [0] && format.words(roundingDown: 2) == nil)
    }

    @Test("what a register cannot hold is refused", arguments: [-1, 65_536, .infinity, .nan] as [Double])
    func refuses(value: Double) {
        #expect(RegisterFormat(type: .u16).words(roundingDown: value) == nil)
    }

    @Test("every layout gives back what it was given, rounded down", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var format = RegisterFormat()
            format.type = [.u16, .i16, .u32, .i32, .u64, .i64, .f32, .f64].randomElement(using: &random) ?? .u16
            format.wordCount = format.type.wordCount ?? 1
            format.wordOrder = Bool.random(using: &random) ? .highFirst : .lowFirst
            format.byteOrder = Bool.random(using: &random) ? .highFirst : .lowFirst
            format.scale = [0.001, 0.01, 0.1, 1, 10].randomElement(using: &random) ?? 1
            format.offset = Double(Int.random(in: -5...5, using: &random))
            let value = Double.random(in: 0...80, using: &random)
            guard let words = format.words(roundingDown: value) else {
                let raw = (value - format.offset) / format.scale
                let limits: ClosedRange<Double> =
                    [.u16, .u32, .u64].contains(format.type) ? 0...65_535 : -32_768...32_767
                #expect(!limits.contains(raw), "seed \(seed): \(format) \(value)")
                continue
            }
            let back = format.number(words[...]) ?? .nan
            let dust = 2e-6 * format.scale + 1e-9
            #expect(back <= value + dust, "seed \(seed): \(format) \(value) became \(back)")
            #expect(value - back <= format.scale + dust, "seed \(seed): \(format) \(value) became \(back)")
        }
    }
}
