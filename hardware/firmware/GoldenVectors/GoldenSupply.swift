/// A three-phase supply made with integers alone, so that every processor makes the same codes by itself.
///
/// Codes have 24 bits; full scale is 500 V and 200 A. Voltages carry a fifth harmonic, currents lag and carry a third;
/// L3 feeds in. Each code has noise of ±256, which is one step of 16 bits.
struct GoldenSupply {
    /// Codes of u1, u2, u3, i1, i2, i3, iN in this order.
    typealias Frame = InlineArray<7, Int32>

    private let turnPerFrame: UInt32
    private let isRogowski: Bool
    private var turn: UInt32 = 0x1234_5678
    private var random: UInt32 = 0x2545_F491

    /// - Parameters:
    ///   - millihertz: frequency of the supply, above 0.
    ///   - framesPerSecond: above twice the highest harmonic.
    ///   - isRogowski: the phase currents come as coils' signals, of the size that the current itself has at 50 Hz.
    init(millihertz: UInt32, framesPerSecond: UInt32, isRogowski: Bool) {
        turnPerFrame = UInt32((UInt64(millihertz) << 32) / (UInt64(framesPerSecond) * 1000))
        self.isRogowski = isRogowski
    }

    /// Time goes on by `frames` that nobody sees.
    mutating func skip(_ frames: UInt32) { turn &+= turnPerFrame &* frames }

    /// The next frame, each code within ±(2²³ − 1) before any clipping by a converter.
    mutating func next() -> Frame {
        var frame = Frame(repeating: 0)
        var neutral: Int32 = 0
        for phase in 0..<3 {
            let angle = turn &- UInt32(phase) &* 0x5555_5555
            let voltage: Int32 = phase == 0 ? 5_457_000 : phase == 1 ? 5_420_000 : 5_490_000
            frame[phase] = part(voltage, angle) &+ part(109_000, angle &* 5) &+ noise()

            // 16 A lagging by 30°, 6 A by 60°, 10 A towards the supply.
            let current: Int32 = phase == 0 ? 949_000 : phase == 1 ? 356_000 : -593_000
            let lag: UInt32 = phase == 0 ? 0x1555_5555 : phase == 1 ? 0x2AAA_AAAA : 0x0123_4567
            let load = angle &- lag
            let direct = part(current, load) &+ part(71_000, load &* 3)
            neutral &-= direct
            // The derivative: a quarter turn ahead, each harmonic by its order larger.
            let coil = part(current, load &+ 0x4000_0000) &+ part(3 * 71_000, load &* 3 &+ 0x4000_0000)
            frame[phase + 3] = (isRogowski ? coil : direct) &+ noise()
        }
        frame[6] = neutral &+ noise()
        turn &+= turnPerFrame
        return frame
    }

    /// A code anywhere in 24 bits.
    mutating func anyCode() -> Int32 { Int32(bitPattern: step()) >> 8 }

    /// −256 to 255, each as likely.
    mutating func noise() -> Int32 { Int32(bitPattern: step()) >> 23 }

    /// Marsaglia's xorshift with the shifts 13, 17, 5.
    private mutating func step() -> UInt32 {
        random ^= random << 13
        random ^= random >> 17
        random ^= random << 5
        return random
    }

    private func part(_ amplitude: Int32, _ turn: UInt32) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(amplitude) * integerSine(turn)) >> 30)
    }
}

/// 2³⁰·sin(2π·turn/2³²), within 10 of it: Taylor's series of sin(π/2·x) in steps of 2⁻³⁰.
private func integerSine(_ turn: UInt32) -> Int64 {
    let quarter = turn >> 30
    let rest = Int64(turn & 0x3FFF_FFFF)
    let x = quarter & 1 == 0 ? rest : (1 << 30) - rest
    let square = (x * x) >> 30
    var series: Int64 = 61
    series = ((series * square) >> 30) - 3864
    series = ((series * square) >> 30) + 172_272
    series = ((series * square) >> 30) - 5_026_995
    series = ((series * square) >> 30) + 85_569_306
    series = ((series * square) >> 30) - 693_598_668
    series = ((series * square) >> 30) + 1_686_629_713
    let sine = (series * x) >> 30
    return quarter < 2 ? sine : -sine
}
