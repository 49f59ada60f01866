import Foundation
import MeterDSP

/// A signal whose RMS, power and frequency are known exactly: sines at whole multiples of one frequency.
public struct TestSignal: Sendable {
    /// Amplitude over the fundamental's, phase in degrees, by order.
    public struct Harmonic: Sendable {
        public var order: Int
        public var share: Double
        public var degrees: Double
        public init(_ order: Int, _ share: Double, _ degrees: Double = 0) {
            self.order = order
            self.share = share
            self.degrees = degrees
        }
    }

    public var frequencyHz: Double
    /// RMS of the fundamental.
    public var fundamentalRMS: Double
    public var phaseDegrees: Double
    public var dc: Double
    public var harmonics: [Harmonic]

    public init(
        frequencyHz: Double, rms: Double, phaseDegrees: Double = 0, dc: Double = 0, harmonics: [Harmonic] = []
    ) {
        self.frequencyHz = frequencyHz
        fundamentalRMS = rms
        self.phaseDegrees = phaseDegrees
        self.dc = dc
        self.harmonics = harmonics
    }

    private var parts: [(order: Double, amplitude: Double, radians: Double)] {
        ([Harmonic(1, 1)] + harmonics).map {
            (
                Double($0.order), $0.share * fundamentalRMS * 2.0.squareRoot(),
                ($0.degrees + Double($0.order) * phaseDegrees) * .pi / 180
            )
        }
    }

    /// The value at `seconds`.
    public func value(_ seconds: Double) -> Double {
        parts.reduce(dc) { $0 + $1.amplitude * sin(2 * .pi * frequencyHz * $1.order * seconds + $1.radians) }
    }

    /// d/dt of the value at `seconds`.
    public func derivative(_ seconds: Double) -> Double {
        parts.reduce(0) {
            let w = 2 * .pi * frequencyHz * $1.order
            return $0 + $1.amplitude * w * cos(w * seconds + $1.radians)
        }
    }

    /// RMS without DC.
    public var rms: Double { (parts.reduce(0) { $0 + $1.amplitude * $1.amplitude / 2 }).squareRoot() }

    /// Mean of the product with `other` without the DC parts; both need the same frequency.
    public func activePower(with other: TestSignal) -> Double {
        var power = 0.0
        for a in parts {
            for b in other.parts where a.order == b.order {
                power += a.amplitude * b.amplitude / 2 * cos(a.radians - b.radians)
            }
        }
        return power
    }
}

/// SplitMix64: small, and the same on every machine. Tests print the seed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64
    public init(seed: UInt64) { state = seed }
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A normally distributed value, mean 0, deviation 1 (Box and Muller).
    public mutating func normal() -> Double {
        let u = Double.random(in: Double.leastNonzeroMagnitude...1, using: &self)
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
}

/// The three-phase signal of the metrology targets: voltages and currents with harmonics, power factor angles of
/// 30°, −20° and 60°.
public struct ThreePhaseSignal: Sendable {
    public var voltages: [TestSignal]
    public var currents: [TestSignal]

    public init(frequencyHz: Double) {
        let voltageHarmonics: [TestSignal.Harmonic] = [
            .init(3, 0.02, 10), .init(5, 0.04, 170), .init(7, 0.03, 40), .init(11, 0.015), .init(13, 0.01, 90),
            .init(25, 0.005), .init(39, 0.003),
        ]
        let currentHarmonics: [TestSignal.Harmonic] = [
            .init(3, 0.15, 20), .init(5, 0.10, -60), .init(7, 0.06, 100), .init(9, 0.03), .init(11, 0.02, 45),
            .init(13, 0.01), .init(25, 0.006), .init(39, 0.004, 30),
        ]
        voltages = (0..<3).map {
            TestSignal(
                frequencyHz: frequencyHz, rms: [230, 228, 233][$0], phaseDegrees: 17 - 120 * Double($0), dc: 1.5,
                harmonics: voltageHarmonics)
        }
        currents = (0..<3).map {
            TestSignal(
                frequencyHz: frequencyHz, rms: [16, 11, 6][$0],
                phaseDegrees: 17 - 120 * Double($0) - [30, -20, 60][$0], dc: 0.2, harmonics: currentHarmonics)
        }
    }
}
