/// The frames of a golden vector as an ADC would deliver them.
struct GoldenSource {
    private let vector: GoldenVector
    private var supply: GoldenSupply
    private var blocksMade: UInt32 = 0

    init(_ vector: GoldenVector) {
        self.vector = vector
        supply = GoldenSupply(
            millihertz: vector.millihertz, framesPerSecond: vector.framesPerSecond, isRogowski: vector.isRogowski)
    }

    /// Frames lost before the next block.
    mutating func lostFrames() -> UInt32 {
        guard blocksMade == vector.blocks / 2 else { return 0 }
        supply.skip(vector.lostFrames)
        return vector.lostFrames
    }

    /// Writes the next block's frames.
    ///
    /// - Parameter block: as long as the vector's blocks; padding in it is left as it is.
    mutating func fill(_ block: inout MutableSpan<UInt8>) {
        let hasIncident = blocksMade >= vector.blocks / 2
        var offset = 0
        for _ in 0..<vector.framesPerBlock {
            var frame = supply.next()
            if vector == .noise {
                for lane in 0..<7 { frame[lane] = supply.anyCode() }
            }
            if hasIncident, vector == .clipping { frame[3] &*= 10 }
            if hasIncident, vector == .lostPhase { frame[1] = supply.noise() }
            for lane in 0..<7 {
                let code = max(-8_388_608, min(8_388_607, frame[lane]))
                if vector.isInt24 {
                    block[offset + 4 * lane] = UInt8(truncatingIfNeeded: code >> 16)
                    block[offset + 4 * lane + 1] = UInt8(truncatingIfNeeded: code >> 8)
                    block[offset + 4 * lane + 2] = UInt8(truncatingIfNeeded: code)
                    // Below the value some converters send a status: it must not count.
                    block[offset + 4 * lane + 3] = 0xA5
                } else {
                    block[offset + 2 * lane] = UInt8(truncatingIfNeeded: code >> 8)
                    block[offset + 2 * lane + 1] = UInt8(truncatingIfNeeded: code >> 16)
                }
            }
            offset += vector.frameBytes
        }
        blocksMade += 1
    }
}
