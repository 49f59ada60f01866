/// Two poles and two zeros of H(s), by the bilinear transform. Transposed form: few roundings in a slow filter.
struct FlickerSection: Sendable, BitwiseCopyable {
    private let b0: Double
    private let b1: Double
    private let b2: Double
    private let a1: Double
    private let a2: Double
    private var z1 = 0.0
    private var z2 = 0.0

    /// H(s) = (n₀ + n₁s + n₂s²) / (d₀ + d₁s + d₂s²).
    ///
    /// - Parameter c: s becomes c·(z − 1)/(z + 1); see ``FlickerFilters/bilinear(exactHz:rateHz:)``.
    init(numerator n: (Double, Double, Double), denominator d: (Double, Double, Double), c: Double) {
        let scale = 1 / (d.0 + d.1 * c + d.2 * c * c)
        b0 = (n.0 + n.1 * c + n.2 * c * c) * scale
        b1 = (n.0 - n.2 * c * c) * 2 * scale
        b2 = (n.0 - n.1 * c + n.2 * c * c) * scale
        a1 = (d.0 - d.2 * c * c) * 2 * scale
        a2 = (d.0 - d.1 * c + d.2 * c * c) * scale
    }

    @_noAllocation @_noLocks
    mutating func filter(_ x: Double) -> Double {
        let y = b0 * x + z1
        z1 = b1 * x - a1 * y + z2
        z2 = b2 * x - a2 * y
        return y
    }

    @_noAllocation @_noLocks
    mutating func clear() {
        z1 = 0
        z2 = 0
    }

    /// As if `level` had stood at the input of a section without gain at DC for ever.
    @_noAllocation @_noLocks
    mutating func settleHighPass(at level: Double) {
        z2 = b2 * level
        z1 = -b0 * level
    }
}

/// Blocks 3 and 4 of IEC 61000-4-15: from the squared voltage over its mean to the instantaneous flicker sensation.
struct FlickerFilters: Sendable, BitwiseCopyable {
    private var highPass: FlickerSection
    private var low1: FlickerSection
    private var low2: FlickerSection
    private var low3: FlickerSection
    private var resonance: FlickerSection
    private var slope: FlickerSection
    private var smoothing: FlickerSection
    private let scale: Double

    /// The time constant of the sensation, seconds.
    private static var smoothingSeconds: Double { 0.3 }
    /// Where the eye sees most, hertz.
    private static var referenceHz: Double { 8.8 }

    /// - Parameter rateHz: of the values given to ``filter(_:)``, 500 or more.
    init(_ lamp: FlickerLamp, rateHz: Double) {
        func bilinear(exactHz: Double) -> Double { Self.bilinear(exactHz: exactHz, rateHz: rateHz) }
        func omega(_ hertz: Double) -> Double { 2 * Double.pi * hertz }
        let corner = omega(0.05)
        highPass = FlickerSection(numerator: (0, 1, 0), denominator: (corner, 1, 0), c: 2 * rateHz)
        // The poles of a sixth-order Butterworth low-pass lie 15°, 45° and 75° off the real axis.
        let edge = omega(lamp.demodulationHz)
        let c = bilinear(exactHz: lamp.demodulationHz)
        func lowPass(_ degrees: Double) -> FlickerSection {
            let damping = 2 * cosine(degrees / 180 * Double.pi)
            return FlickerSection(
                numerator: (1, 0, 0), denominator: (1, damping / edge, 1 / (edge * edge)), c: c)
        }
        low1 = lowPass(15)
        low2 = lowPass(45)
        low3 = lowPass(75)
        let seen = bilinear(exactHz: Self.referenceHz)
        let peak = omega(lamp.resonanceHz)
        resonance = FlickerSection(
            numerator: (0, peak, 0), denominator: (peak * peak, 2 * omega(lamp.dampingHz), 1), c: seen)
        let low = 1 / omega(lamp.lowPoleHz)
        let high = 1 / omega(lamp.highPoleHz)
        slope = FlickerSection(
            numerator: (1, 1 / omega(lamp.zeroHz), 0), denominator: (1, low + high, low * high), c: seen)
        smoothing = FlickerSection(
            numerator: (1, 0, 0), denominator: (1, Self.smoothingSeconds, 0), c: 2 * rateHz)
        // The reference fluctuation m·sin ωt comes here weighted; its square's ripple at 2ω is nearly smoothed away.
        let turn = 2 * omega(Self.referenceHz) * Self.smoothingSeconds
        let amplitude = lamp.referenceFluctuation * Self.gain(of: lamp, omega: omega(Self.referenceHz))
        scale = 2 / (amplitude * amplitude * (1 + 1 / squareRoot(1 + turn * turn)))
        restart()
    }

    /// The factor of the bilinear transform that is exact at `exactHz`: ω / tan(ω/2·T).
    private static func bilinear(exactHz: Double, rateHz: Double) -> Double {
        let half = Double.pi * exactHz / rateHz
        return 2 * Double.pi * exactHz * cosine(half) / sine(half)
    }

    /// |F(jω)| without k.
    private static func gain(of lamp: FlickerLamp, omega: Double) -> Double {
        func ratio(_ hertz: Double) -> Double { omega / (2 * Double.pi * hertz) }
        func corner(_ hertz: Double) -> Double { 1 + ratio(hertz) * ratio(hertz) }
        let offset = 1 - ratio(lamp.resonanceHz) * ratio(lamp.resonanceHz)
        let damping = 2 * lamp.dampingHz / lamp.resonanceHz * ratio(lamp.resonanceHz)
        let peak = ratio(lamp.resonanceHz) / squareRoot(offset * offset + damping * damping)
        return peak * squareRoot(corner(lamp.zeroHz) / (corner(lamp.lowPoleHz) * corner(lamp.highPoleHz)))
    }

    /// P_inst for the next value of u² over its slow mean.
    @_noAllocation @_noLocks
    mutating func filter(_ relativeSquare: Double) -> Double {
        let demodulated = low3.filter(low2.filter(low1.filter(highPass.filter(relativeSquare))))
        let seen = slope.filter(resonance.filter(demodulated))
        let sensation = smoothing.filter(seen * seen) * scale
        return sensation > 0 ? sensation : 0
    }

    /// As after a long time without flicker, but for the demodulator's ripple.
    @_noAllocation @_noLocks
    mutating func restart() {
        highPass.settleHighPass(at: 1)
        low1.clear()
        low2.clear()
        low3.clear()
        resonance.clear()
        slope.clear()
        smoothing.clear()
    }
}
