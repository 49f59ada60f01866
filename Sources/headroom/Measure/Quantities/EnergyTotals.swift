import MeterDSP

/// The energy of all windows, per phase and of the supply, active by direction and reactive by quadrant, in joule.
struct EnergyTotals {
    private var active = EnergyRegister()
    private var reactive = FourQuadrantRegister()
    private var importedSum = 0.0
    private var exportedSum = 0.0
    private(set) var seconds = 0.0
    /// Time without a known fundamental, in which reactive energy was not counted.
    private(set) var secondsWithoutReactive = 0.0

    /// Counts one window, whatever its flags.
    mutating func add(_ detail: WindowReading, fundamentalReactivePower: SIMD3<Double>?, seconds: Double) {
        active.add(detail)
        let power = detail.activePower[0] + detail.activePower[1] + detail.activePower[2]
        if power > 0 { importedSum += power * seconds } else { exportedSum -= power * seconds }
        reactive.add(
            fundamentalReactivePower: fundamentalReactivePower, activePower: detail.activePower, seconds: seconds)
        self.seconds += seconds
        if fundamentalReactivePower == nil { secondsWithoutReactive += seconds }
    }

    /// Rows of `Ph`: power unit times hours.
    func rows(_ inputs: RecordedInputs, _ units: MeasureUnits) -> [QuantityTable.Row] {
        func row(_ key: String, _ label: String, _ symbol: String, _ phases: SIMD3<Double>, _ sum: Double)
            -> QuantityTable.Row
        {
            .init(
                key: key, label: label, unit: units.power(symbol) + "h",
                phases: (0..<3).map { inputs.hasBoth($0) ? .init(phases[$0] / 3600) : .undefined },
                sum: inputs.isComplete ? .init(sum / 3600) : .undefined)
        }
        let quadrants = zip(["I P+ Q+", "II P- Q+", "III P- Q-", "IV P+ Q-"], PowerQuadrant.allCases)
        return [
            row("imported", "imported", "W", active.imported, importedSum),
            row("exported", "exported", "W", active.exported, exportedSum),
        ]
            + quadrants.map { name, quadrant in
                row(
                    "q\(quadrant.rawValue + 1)", "reactive \(name)", "var", reactive.reactiveEnergy(in: quadrant),
                    reactive.sumReactiveEnergy(in: quadrant))
            }
    }
}
