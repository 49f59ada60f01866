import Stations

/// What a station measures and holds at a moment.
struct LiveValues: Sendable {
    var seconds: Double
    var state: ChargePointState
    /// By the station's own phases: ampere, volt, watt.
    var amperes: [Double]
    var volts: [Double]
    var watts: [Double]
    /// Watt hours since it was made, and of this session.
    var lifeWattHours: Double
    var sessionWattHours: Double
    /// The limit last written, and the one in force; ampere.
    var commandedAmperes: Double
    var activeAmperes: Double
    /// Phases that it offers.
    var phaseCount: Int
    /// Its read-backs show what it was told, whatever is in force.
    var lies = false
}

extension RegisterImage {
    /// Brings all registers up to date that change by themselves.
    mutating func show(_ live: LiveValues) {
        for (index, content) in states[live.state] ?? [:] { contents[index] = content }
        let measurements = profile.measurements
        for (phase, index) in measurements.currents.enumerated() { put(live.amperes[phase], index) }
        for (phase, index) in measurements.voltages.enumerated() { put(live.volts[phase], index) }
        let watts = live.watts.reduce(0, +)
        for (phase, index) in measurements.powers.enumerated() {
            put(measurements.powers.count == 1 ? watts : live.watts[phase], index)
        }
        // A meter that knows only totals puts them into the first.
        let energy = measurements.energyIsOfSession ? live.sessionWattHours : live.lifeWattHours
        for (place, index) in measurements.energies.enumerated() { put(place == 0 ? energy : 0, index) }
        showLimit(live)
        showFailSafe()
        // Where the same register is told and tells, it holds what it was told.
        if let phases = profile.phases, let count = phases.count,
            phases.change.map({ $0.register != count.register }) ?? false,
            let words = profile.registers[count.register].format.words(
                raw: live.phaseCount == 1 ? count.one : count.three)
        {
            contents[count.register] = words
        }
        if let due = lifeClearsAt, live.seconds >= due, let index = profile.keepAlive?.sign.value?.register {
            lifeClearsAt = nil
            put(0, index)
        }
    }

    private mutating func showLimit(_ live: LiveValues) {
        let limit = profile.limit
        for (place, group) in limit.readBack.enumerated() {
            // Of several the last is what is in force, those before it what was asked.
            let isActive = place == limit.readBack.count - 1 && !live.lies
            let amperes = isActive ? live.activeAmperes : live.commandedAmperes
            for index in group where !limit.registers.contains(index) {
                put(limit.registerValue(amperes: amperes, phaseCount: phaseCount), index)
            }
        }
        if let (amperes, after) = behaviour.zeroReadsBackAs, let written = zeroWrittenAt,
            live.seconds >= written + after
        {
            zeroWrittenAt = nil
            for index in limit.registers {
                put(limit.registerValue(amperes: amperes, phaseCount: phaseCount), index)
            }
        }
    }

    /// Read-backs follow what they read back.
    private mutating func showFailSafe() {
        guard let failSafe = profile.failSafe else { return }
        var pairs = Array(zip(failSafe.current, failSafe.currentReadBack))
        if let timeout = failSafe.timeout, let readBack = failSafe.timeoutReadBack { pairs.append((timeout, readBack)) }
        for (setting, readBack) in pairs where setting != readBack {
            // A marker for "none" has no number.
            if let words = contents[setting], profile.registers[readBack].format.number(words[...]) == nil,
                words.count == contents[readBack]?.count
            {
                contents[readBack] = words
            } else if let value = number(setting) {
                put(value, readBack)
            }
        }
    }
}
