/// How one sample is stored: the fields of an IIO scan element's type, for example `le:s16/16>>0`.
///
/// code = sign-extended or zero-extended `significantBits` of (stored word >> `shift`).
public struct SampleFormat: Sendable, Hashable, BitwiseCopyable {
    /// Size of the stored word: 16 or 32.
    public let storageBits: Int
    /// Bits that carry the value, 1 to `storageBits - shift`. What lies above them is never trusted.
    public let significantBits: Int
    /// Bits to the right of the value.
    public let shift: Int
    /// Two's complement, or else unsigned.
    public let isSigned: Bool
    /// Most significant byte first.
    public let isBigEndian: Bool

    /// - Returns: nil for a storage size other than 16 or 32, for no significant bit, for more bits than the word
    ///   has, and for unsigned codes of 32 bits, which do not fit the core's signed 32-bit codes.
    public init?(
        storageBits: Int, significantBits: Int, shift: Int = 0, isSigned: Bool = true, isBigEndian: Bool = false
    ) {
        guard storageBits == 16 || storageBits == 32, significantBits >= 1, shift >= 0,
            significantBits + shift <= storageBits, isSigned || significantBits < 32
        else { return nil }
        self.storageBits = storageBits
        self.significantBits = significantBits
        self.shift = shift
        self.isSigned = isSigned
        self.isBigEndian = isBigEndian
    }

    private init(littleEndianSigned bits: Int) {
        storageBits = bits
        significantBits = bits
        shift = 0
        isSigned = true
        isBigEndian = false
    }

    /// `le:s16/16>>0`.
    public static let int16 = SampleFormat(littleEndianSigned: 16)
    /// `le:s32/32>>0`.
    public static let int32 = SampleFormat(littleEndianSigned: 32)

    /// Bytes of the stored word.
    public var storageBytes: Int { storageBits / 8 }

    /// The lowest and the highest code: a sample at either counts as clipped.
    public var codeRange: ClosedRange<Int32> {
        isSigned
            ? Int32(
                truncatingIfNeeded: -(Int64(1) << (significantBits - 1)))...Int32(
                    truncatingIfNeeded: (Int64(1) << (significantBits - 1)) - 1)
            : 0...Int32(truncatingIfNeeded: (Int64(1) << significantBits) - 1)
    }
}
