import MeterDSP

/// What the sensor check takes of one window of 10 or 12 cycles (200 ms).
///
/// Lanes 0, 1, 2 are the inputs of L1, L2, L3 as they are connected, rightly or wrongly.
public struct WiringReading: Sendable, BitwiseCopyable {
    /// RMS phasors of the voltages' fundamentals, volt.
    public var voltages: ThreePhasePhasors
    /// RMS phasors of the currents' fundamentals, with the same reference of angle, ampere.
    public var currents: ThreePhasePhasors
    /// RMS of each voltage against neutral, volt.
    public var voltageRMS: SIMD3<Double>
    /// RMS of u₁ − u₂, u₂ − u₃, u₃ − u₁, volt.
    public var lineVoltageRMS: SIMD3<Double>
    /// RMS of each current, ampere.
    public var currentRMS: SIMD3<Double>
    /// RMS of i₁ + i₂ + i₃, ampere.
    public var vectorSumRMS: Double
    /// RMS of the neutral's current where it is measured, ampere.
    public var neutralRMS: Double?
    /// What the charging stations together say they draw, by supply line as the settings have it, ampere; nil: not
    /// known. May be up to 3 s old.
    public var drawnAmperes: SIMD3<Double>?

    /// A reading of these values.
    public init(
        voltages: ThreePhasePhasors, currents: ThreePhasePhasors, voltageRMS: SIMD3<Double>,
        lineVoltageRMS: SIMD3<Double>, currentRMS: SIMD3<Double>, vectorSumRMS: Double, neutralRMS: Double? = nil,
        drawnAmperes: SIMD3<Double>? = nil
    ) {
        self.voltages = voltages
        self.currents = currents
        self.voltageRMS = voltageRMS
        self.lineVoltageRMS = lineVoltageRMS
        self.currentRMS = currentRMS
        self.vectorSumRMS = vectorSumRMS
        self.neutralRMS = neutralRMS
        self.drawnAmperes = drawnAmperes
    }

    /// The reading of a window.
    ///
    /// - Returns: nil for a window that says nothing reliable: without fundamentals, at a gap, cut short, out of range.
    public init?(_ window: WindowReading, drawnAmperes: SIMD3<Double>? = nil) {
        // As one number: a set written out is an array first.
        let unusable =
            ReadingFlags.gap.rawValue | ReadingFlags.unsynchronised.rawValue | ReadingFlags.partial.rawValue
            | ReadingFlags.currentClipped.rawValue | ReadingFlags.voltageClipped.rawValue
        guard window.flags.rawValue & unusable == 0, let voltages = window.fundamentalVoltages,
            let currents = window.fundamentalCurrents
        else { return nil }
        self.init(
            voltages: voltages, currents: currents, voltageRMS: window.voltageRMS,
            lineVoltageRMS: window.lineVoltageRMS, currentRMS: window.currentRMS,
            vectorSumRMS: window.neutralVectorSumRMS, neutralRMS: window.neutralCurrentRMS, drawnAmperes: drawnAmperes)
    }

    /// Readings in a second.
    static let perSecond = 5
}
