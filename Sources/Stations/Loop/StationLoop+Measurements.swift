import Allocation

/// What a round of reading tells people; the allocator needs none of it.
extension StationLoop {
    mutating func tellMeasurements() {
        let measured = profile.measurements
        // A single-phase station has no L2 and L3, whatever its registers hold.
        let volts = all(measured.voltages.prefix(max(1, configuration.supplyPhases.count)))
        let watts = sum(measured.powers)
        let wattHours = sum(measured.energies)
        let faults = profile.faultsShown { answer($0) }
        let phaseCount = profile.phasesCharging { answer($0) }
        shared.diagnostics.withLock {
            $0.faults = faults
            $0.phaseCount = phaseCount
            if let volts { $0.volts = volts }
            if let watts { $0.powerWatts = watts }
            if let wattHours { $0.energyWattHours = wattHours }
        }
    }

    /// nil where one of them is not known, or there is none.
    private func all(_ registers: ArraySlice<StationProfile.RegisterIndex>) -> [Double]? {
        let values = registers.compactMap { number($0) }
        return values.isEmpty || values.count < registers.count ? nil : values
    }

    /// Of one register for all phases, or of one for each. A phase that the meter does not have is marked "not
    /// available" and adds nothing; nil: no value at all, or one that was not answered.
    private func sum(_ registers: [StationProfile.RegisterIndex]) -> Double? {
        guard registers.allSatisfy({ poll.words[$0] != nil || missing.contains($0) }) else { return nil }
        let values = registers.compactMap { number($0) }
        return values.isEmpty ? nil : values.reduce(0, +)
    }
}
