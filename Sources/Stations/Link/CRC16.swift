/// The check of an RTU frame: CRC-16 with the polynomial x¹⁶ + x¹⁵ + x² + 1, bits reversed, begun with all ones
/// (MODBUS over Serial Line V1.02, 6.2.2). Sent with the low byte first.
package enum CRC16 {
    /// One step for each value of a byte.
    private static let table: [UInt16] = (0..<256).map { byte in
        var value = UInt16(byte)
        for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xA001 }
        return value
    }

    /// Of `bytes`, without their own check. No allocation.
    package static func of(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var value: UInt16 = 0xFFFF
        for byte in bytes { value = value >> 8 ^ table[Int((value ^ UInt16(byte)) & 0xFF)] }
        return value
    }
}
