import Glibc

/// Values as 32-bit codes, so that the meter's exact integer sums can be used on them.
///
/// code = round(value / step), step = the smallest power of two with |code| ≤ 2³⁰. Dividing by a power of two is
/// exact, so the error is step / 2 ≤ 2⁻³⁰ of the channel's largest value. Steps end at 2⁻²⁰⁰, so that scales stay
/// numbers.
struct FloatCodes {
    /// Little-endian int32 frames; the owner deallocates them.
    let bytes: UnsafeMutableRawBufferPointer
    /// The channels with their step in scale and code range.
    let channels: [RecordingChannel]
    /// By channel: the first frame without a finite value (its code is 0).
    let firstMissingFrame: [Int?]

    /// - Parameters:
    ///   - keepsIntegers: a channel that holds nothing but integers of 32 bits gets them as its codes.
    ///   - value: of a frame and a channel. Called twice for each; not finite: missing.
    init(
        frameCount: Int, channels: [RecordingChannel], keepsIntegers: Bool,
        value: (_ frame: Int, _ channel: Int) -> Double
    ) {
        let width = channels.count
        var largest = [Double](repeating: 0, count: width)
        var isInteger = [Bool](repeating: keepsIntegers, count: width)
        var missing = [Int?](repeating: nil, count: width)
        for frame in 0..<frameCount {
            for channel in 0..<width {
                let value = value(frame, channel)
                guard value.isFinite else {
                    if missing[channel] == nil { missing[channel] = frame }
                    continue
                }
                largest[channel] = max(largest[channel], abs(value))
                if isInteger[channel], value != value.rounded() || abs(value) > Double(Int32.max) {
                    isInteger[channel] = false
                }
            }
        }
        let exponents = zip(largest, isInteger).map { largest, isInteger in
            isInteger || largest == 0 ? 0 : Self.exponent(of: largest)
        }
        let codes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * frameCount * width, alignment: 16)
        for frame in 0..<frameCount {
            for channel in 0..<width {
                let value = value(frame, channel)
                let code = value.isFinite ? Int32(scalbn(value, -exponents[channel]).rounded()) : 0
                codes.storeBytes(
                    of: code.littleEndian, toByteOffset: 4 * (frame * width + channel), as: Int32.self)
            }
        }
        bytes = codes
        firstMissingFrame = missing
        self.channels = zip(channels, exponents).map { channel, exponent in
            var channel = channel
            channel.scale *= scalbn(1, exponent)
            channel.codeRange = channel.codeRange.map {
                scalbn($0.lowerBound, -exponent)...scalbn($0.upperBound, -exponent)
            }
            return channel
        }
    }

    /// Codes of a file of float32 that has no way to mark a value as missing.
    ///
    /// - Parameter source: whole frames of little-endian float32.
    /// - Throws: `notFinite`.
    init(_ source: UnsafeRawBufferPointer, channels: [RecordingChannel]) throws(RecordingFault) {
        let width = channels.count
        let codes = FloatCodes(
            frameCount: source.count / (4 * width), channels: channels, keepsIntegers: false
        ) { frame, channel in Self.float(source, at: 4 * (frame * width + channel)) }
        let missing = codes.firstMissingFrame.enumerated().compactMap { index, frame in
            frame.map { (frame: $0, channel: index) }
        }
        if let first = missing.min(by: { ($0.frame, $0.channel) < ($1.frame, $1.channel) }) {
            codes.bytes.deallocate()
            throw .notFinite(frame: first.frame, channel: channels[first.channel].name)
        }
        self = codes
    }

    /// A little-endian float32.
    static func float(_ source: UnsafeRawBufferPointer, at offset: Int) -> Double {
        let word = source.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return Double(Float(bitPattern: UInt32(littleEndian: word)))
    }

    /// The step's exponent: smallest e with largest ≤ 2³⁰ · 2^e.
    private static func exponent(of largest: Double) -> Int {
        let floor = Int(largest.exponent)
        return max(-200, (largest.significand == 1 ? floor : floor + 1) - 30)
    }
}
