/// The lamp that a flickermeter stands for, with the eye and the brain that look at it (IEC 61000-4-15, edition 2:
/// weighting filter, demodulation filter and the fluctuation that is just seen).
///
/// F(s) = k·ω₁·s / (s² + 2λs + ω₁²) · (1 + s/ω₂) / ((1 + s/ω₃)(1 + s/ω₄)). The factor k is not used: the reference
/// fluctuation fixes the scale.
public struct FlickerLamp: Sendable, Equatable, BitwiseCopyable {
    /// λ, ω₁ to ω₄, each over 2π, hertz.
    let dampingHz: Double
    let resonanceHz: Double
    let zeroHz: Double
    let lowPoleHz: Double
    let highPoleHz: Double
    /// Corner of the sixth-order low-pass behind the squaring demodulator, hertz.
    let demodulationHz: Double
    /// ΔU/U of the sinusoidal fluctuation at 8.8 Hz that gives P_inst,max = 1.
    let referenceFluctuation: Double

    /// Coiled filament, 60 W, 230 V, 50 Hz: Europe.
    public static var volts230: FlickerLamp {
        FlickerLamp(
            dampingHz: 4.05981, resonanceHz: 9.15494, zeroHz: 2.27979, lowPoleHz: 1.22535,
            highPoleHz: 21.9, demodulationHz: 35, referenceFluctuation: 0.00250)
    }

    /// Coiled filament, 60 W, 120 V, 60 Hz: North America.
    public static var volts120: FlickerLamp {
        FlickerLamp(
            dampingHz: 4.167375, resonanceHz: 9.077169, zeroHz: 2.939902, lowPoleHz: 1.394468,
            highPoleHz: 17.31512, demodulationHz: 42, referenceFluctuation: 0.00321)
    }
}
