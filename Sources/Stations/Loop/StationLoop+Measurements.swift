import Allocation

/// What a round of reading tells people; the allocator needs none of it.
extension StationLoop {
    mutating func tellMeasurements() {
        let measured = profile.measurements
        // A single-phase station has no L2 and L3, whatever its registers hold.
        let volts = all(measured.voltages.prefix(max(1, configuration.supplyPhases.count)))
        let watts = sum(measured.powers)
        let wattHours = sum(measured.energies)
        let faults = faultsShown()
        let phaseCount = phasesCharging()
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

    private func faultsShown() -> [StationFault] {
        profile.faults.flatMap { faults in
            let format = profile.registers[faults.register].format
            return poll.words[faults.register].flatMap { format.integer($0) }.map { faults.faults(of: $0) } ?? []
        }
    }

    private func phasesCharging() -> Int? {
        guard let count = profile.phases?.count, let words = poll.words[count.register],
            let value = profile.registers[count.register].format.integer(words)
        else { return nil }
        return value == count.one ? 1 : value == count.three ? 3 : nil
    }
}
