import MeterDSP
import TestSupport
import Testing

@testable import MeterDSP

@Suite struct DecodingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var format: SampleFormat?
        var bytes: [UInt8]
        var code: Int32
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "le:s16/16>>0", format: .int16, bytes: [0x34, 0xF2], code: -3532),
        Case(
            name: "be:s16/16>>0", format: .init(storageBits: 16, significantBits: 16, isBigEndian: true),
            bytes: [0xF2, 0x34], code: -3532),
        Case(
            name: "le:u16/16>>0", format: .init(storageBits: 16, significantBits: 16, isSigned: false),
            bytes: [0x34, 0xF2], code: 62004),
        Case(
            name: "le:s12/16>>4", format: .init(storageBits: 16, significantBits: 12, shift: 4), bytes: [0x7F, 0x80],
            code: -2041),
        Case(
            name: "le:s12/16>>0 with rubbish above", format: .init(storageBits: 16, significantBits: 12),
            bytes: [0x01, 0x78], code: -2047),
        Case(
            name: "be:s24/32>>8", format: .init(storageBits: 32, significantBits: 24, shift: 8, isBigEndian: true),
            bytes: [0xFF, 0xFF, 0xFE, 0x55], code: -2),
        Case(
            name: "be:s24/32>>0 with a header above",
            format: .init(storageBits: 32, significantBits: 24, isBigEndian: true), bytes: [0xC3, 0x80, 0x00, 0x01],
            code: -8_388_607),
        Case(name: "le:s32/32>>0", format: .int32, bytes: [0, 0, 0, 0x80], code: .min),
        Case(
            name: "le:u24/32>>0", format: .init(storageBits: 32, significantBits: 24, isSigned: false),
            bytes: [1, 0, 0xFF, 0xAA], code: 0xFF0001),
    ]

    @Test(arguments: cases)
    func codesFollowTheFormat(_ item: Case) throws {
        let format = try #require(item.format)
        #expect(FrameDecoder.code(item.bytes.span.bytes, at: 0, format) == item.code)
    }

    @Test func impossibleFormatsAreRefused() {
        #expect(SampleFormat(storageBits: 24, significantBits: 24) == nil)
        #expect(SampleFormat(storageBits: 16, significantBits: 12, shift: 5) == nil)
        #expect(SampleFormat(storageBits: 16, significantBits: 0) == nil)
        #expect(SampleFormat(storageBits: 32, significantBits: 32, isSigned: false) == nil)
        #expect(SampleFormat(storageBits: 32, significantBits: 8, shift: -1) == nil)
    }

    @Test func aSlotBeyondTheFrameIsRefused() {
        var layout = FrameLayout(frameBytes: 4)
        layout[.u1] = .init(byteOffset: 3, format: .int16)
        #expect(layout[.u1] == nil)
    }

    /// Narrow sums of any stretch, wide sums and plain arithmetic agree to the last bit.
    @Test(arguments: [UInt64(1), 2, 3])
    func sumsAreExact(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let frames = (0..<1001).map { _ in
            SIMD8<Int16>((0..<8).map { _ in Int16.random(in: .min ... .max, using: &generator) })
        }
        for cut in [0, 1, 2, 333, 1000, 1001] {
            var narrow = FrameSums()
            frames.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                var sums = NarrowSums(start, count: cut)
                sums.merge(NarrowSums(start + 16 * cut, count: frames.count - cut))
                narrow.merge(sums)
            }
            var wide = FrameSums()
            for frame in frames { wide.add(FrameCodes(truncatingIfNeeded: frame)) }
            for lane in 0..<8 {
                #expect(narrow.sum[lane] == frames.reduce(Int64(0)) { $0 + Int64($1[lane]) })
                #expect(narrow.squares[lane] == frames.reduce(Int128(0)) { $0 + Int128($1[lane]) * Int128($1[lane]) })
                #expect(narrow.sum[lane] == wide.sum[lane] && narrow.squares[lane] == wide.squares[lane])
            }
            for phase in 0..<3 {
                let products = frames.reduce(Int128(0)) { $0 + Int128($1[phase]) * Int128($1[phase + 3]) }
                #expect(narrow.products[phase] == products && wide.products[phase] == products)
            }
            #expect(narrow.minimum == wide.minimum && narrow.maximum == wide.maximum)
        }
    }

    static let extremes: [[Int16]] = [
        Array(repeating: -32768, count: 8), Array(repeating: 32767, count: 8),
        [-32768, -32768, 32767, 32767, -32768, -32768, 0, 0],
    ]

    @Test(arguments: extremes)
    func extremeCodesDoNotOverflow(_ lanes: [Int16]) {
        let codes = SIMD8<Int16>(lanes)
        let frames = [SIMD8<Int16>](repeating: codes, count: 32768)
        var narrow = FrameSums()
        frames.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { narrow.merge(NarrowSums(start, count: frames.count)) }
        }
        for lane in 0..<8 {
            #expect(narrow.sum[lane] == Int64(codes[lane]) * 32768)
            #expect(narrow.squares[lane] == Int128(codes[lane]) * Int128(codes[lane]) * 32768)
        }
        for phase in 0..<3 {
            #expect(narrow.products[phase] == Int128(codes[phase]) * Int128(codes[phase + 3]) * 32768)
        }
    }

    @Test func wideCodesAreSummedExactly() {
        var sums = FrameSums()
        for _ in 0..<1000 { sums.add(FrameCodes(repeating: .min)) }
        #expect(sums.squares[7] == Int128(1) << 62 * 1000)
        #expect(sums.products[2] == Int128(1) << 62 * 1000)
    }

    @Test("128-bit sums of either sign become the nearest Double", arguments: [UInt64(5), 6])
    func sumsOfEitherSignConvert(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10_000 {
            let bits = Int.random(in: 0..<120, using: &generator)
            let value = Int128(truncatingIfNeeded: generator.next()) << 64 | Int128(generator.next())
            let sum = value >> (127 - bits)
            #expect(abs(MeterDSP.double(sum) - Double(sum)) <= Double(sum).magnitude.ulp, "\(sum), seed \(seed)")
        }
    }

    @Test(arguments: [0.0, 1e-12, 0.25, 2, 3, 1e9, 1.23456789e17])
    func squareRootIsThatOfTheProcessor(_ x: Double) {
        #expect(abs(MeterDSP.squareRoot(x) - x.squareRoot()) <= x.squareRoot().ulp)
    }
}
