extension WindowReading {
    /// RMS of u₁ − u₂, u₂ − u₃, u₃ − u₁, volt.
    public var lineVoltageRMS: SIMD3<Double> {
        ThreePhaseQuantities.lineVoltageRMS(voltageRMS: voltageRMS, voltageProducts: voltageProducts)
    }

    /// RMS of i₁ + i₂ + i₃, ampere: what flows back in the neutral, and in the protective conductor.
    public var neutralVectorSumRMS: Double {
        ThreePhaseQuantities.neutralCurrentRMS(currentRMS: currentRMS, currentProducts: currentProducts)
    }

    /// The power quantities of IEEE 1459, with the measured neutral current where there is one, else the vector sum;
    /// nil where the fundamentals are not known.
    public func threePhase(_ wiring: ThreePhaseQuantities.Wiring) -> ThreePhaseQuantities? {
        guard let voltages = fundamentalVoltages, let currents = fundamentalCurrents else { return nil }
        return ThreePhaseQuantities(
            wiring: wiring, voltageRMS: voltageRMS, currentRMS: currentRMS, activePower: activePower,
            voltageProducts: voltageProducts, currentProducts: currentProducts,
            measuredNeutralCurrentRMS: neutralCurrentRMS, fundamentalVoltages: voltages, fundamentalCurrents: currents)
    }
}
