import Glibc

/// float32 frames as 32-bit codes, so that the meter's exact integer sums can be used on them.
///
/// code = round(value / step), step = the smallest power of two with |code| ≤ 2³⁰. Dividing by a power of two is
/// exact, so the error is step / 2 ≤ 2⁻³⁰ of the channel's largest value.
struct FloatCodes {
    /// Little-endian int32 frames; the owner deallocates them.
    let bytes: UnsafeMutableRawBufferPointer
    /// The channels with their step in the scale.
    let channels: [RecordingChannel]

    /// - Parameter source: whole frames of little-endian float32.
    init(_ source: UnsafeRawBufferPointer, channels: [RecordingChannel]) throws(RecordingFault) {
        let width = channels.count
        let frames = source.count / (4 * width)
        func value(_ frame: Int, _ channel: Int) -> Double {
            let word = source.loadUnaligned(fromByteOffset: 4 * (frame * width + channel), as: UInt32.self)
            return Double(Float(bitPattern: UInt32(littleEndian: word)))
        }
        var largest = [Double](repeating: 0, count: width)
        for frame in 0..<frames {
            for channel in 0..<width {
                let magnitude = abs(value(frame, channel))
                guard magnitude.isFinite else {
                    throw .notFinite(frame: frame, channel: channels[channel].name)
                }
                largest[channel] = max(largest[channel], magnitude)
            }
        }
        let exponents = largest.map { $0 > 0 ? Self.exponent(of: $0) : 0 }
        let codes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * frames * width, alignment: 16)
        for frame in 0..<frames {
            for channel in 0..<width {
                let code = Int32(scalbn(value(frame, channel), -exponents[channel]).rounded())
                codes.storeBytes(
                    of: code.littleEndian, toByteOffset: 4 * (frame * width + channel), as: Int32.self)
            }
        }
        bytes = codes
        self.channels = zip(channels, exponents).map { channel, exponent in
            var channel = channel
            channel.scale *= scalbn(1, exponent)
            return channel
        }
    }

    /// The step's exponent: smallest e with largest ≤ 2³⁰ · 2^e.
    private static func exponent(of largest: Double) -> Int {
        let floor = Int(largest.exponent)
        return (largest.significand == 1 ? floor : floor + 1) - 30
    }
}
