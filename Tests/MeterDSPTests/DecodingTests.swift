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
}
