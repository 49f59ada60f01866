import Glibc

/// The supply: its frequency and voltages wander slowly, always in the same way for the same seed.
struct Mains: Sendable {
    let nominalHz: Double
    let nominalVolts: Double
    private let offsets: [Double]
    /// Cycles of U1 since the start modulo 1: 0 where U1's fundamental rises through zero.
    private(set) var phase: Double = 0
    /// Frequency at the moment.
    private(set) var hertz: Double
    /// RMS voltage of each phase at the moment.
    private(set) var volts: [Double]

    init(nominalHz: Double, nominalVolts: Double, random: inout RandomSource) {
        self.nominalHz = nominalHz
        self.nominalVolts = nominalVolts
        offsets = (0..<6).map { _ in random.uniform(0...(2 * .pi)) }
        hertz = nominalHz
        volts = [nominalVolts, nominalVolts, nominalVolts]
        wander(to: 0)
    }

    /// Takes the frequency and voltages of `seconds` after the start.
    mutating func wander(to seconds: Double) {
        let turn = 2 * Double.pi * seconds
        hertz = nominalHz + 0.015 * sin(turn / 37 + offsets[0]) + 0.008 * sin(turn / 11 + offsets[1])
        for index in 0..<3 {
            volts[index] =
                nominalVolts * (1 + 0.006 * sin(turn / 41 + offsets[2 + index]) + 0.002 * sin(turn / 7.3 + offsets[5]))
        }
    }

    /// Goes on by `frames` of `1/rate` seconds.
    ///
    /// - Returns: true where U1 began a new cycle.
    mutating func advance(frames: Int, rate: Double) -> Bool {
        let next = phase + hertz * Double(frames) / rate
        phase = next - next.rounded(.down)
        return next >= 1
    }
}
