import Allocation
import SiteTwin
import Stations

/// A station with its writer and its car, from second to second. Currents are kept in whole milliampere, so that sums
/// are exact in whatever order they are made.
struct SimulatedStation: Sendable {
    let model: StationModel
    /// The supply lines of its own phases, 0 to 2.
    private let lines: [Int]

    // What its writer knows.
    var report = StationReport()
    private var wishAmperes: Double?
    private var sentAmperes: Double?
    /// How the plan wants it switched; nil: as it is.
    private(set) var wantedMode: PhaseMode?
    var phaseSwitch = PhaseSwitchState()
    // Its electronics.
    private var commandedAmperes: Double
    private var actingAmperes: Double
    private var actsAt = Int.max
    var phaseMode = PhaseMode.three
    /// How often it was switched between one phase and three.
    var phaseSwitchCount = 0
    private var lastContact = 0
    private var resumesAt = Int.min
    private var wasPaused = false
    private var rebootsUntil = Int.min
    // What is wrong with it.
    var isSilent = false
    private var disobeysAmperes: Double?
    // Its car.
    private(set) var stay: Stay?
    private(set) var freeSince = -1
    /// The current of the running second on each line that the car uses, and the lines, by bit.
    private(set) var drawn = SIMD3<Int32>.zero

    /// A car on the cable.
    struct Stay: Sendable {
        let visit: CarVisit
        fileprivate(set) var car: Car
        /// The same car at a station without a limit: what it would have had.
        fileprivate(set) var unlimited: Car
        /// On three phases, and on one.
        fileprivate let usedLines: SIMD3<Int32>
        fileprivate let firstLine: SIMD3<Int32>
        /// Milliampere-seconds over all its lines, limited and not.
        fileprivate(set) var milliampereSeconds: Int64 = 0
        fileprivate(set) var unlimitedMilliampereSeconds: Int64 = 0
        fileprivate(set) var firstCurrentSecond: Int?
        fileprivate(set) var pausedSeconds = 0
        var wantsCurrent: Bool { !car.isFull }
    }

    init(_ model: StationModel) {
        self.model = model
        lines = model.supplyPhases.map { Int($0.rawValue) }
        commandedAmperes = model.powerOnAmperes
        actingAmperes = model.powerOnAmperes
    }

    // MARK: What happens to it

    mutating func plugIn(_ visit: CarVisit, seed: UInt64, stream: UInt64) {
        var random = RandomSource(seed: seed, stream: stream)
        let phases = min(visit.car.phaseCount, lines.count)
        let car = Car(
            phaseCount: phases, maximumAmperes: visit.car.maximumAmperes, neededWattHours: visit.neededWattHours,
            random: &random)
        var used = SIMD3<Int32>.zero
        for line in lines.prefix(phases) { used[line] = 1 }
        var first = SIMD3<Int32>.zero
        for line in lines.prefix(1) { first[line] = 1 }
        stay = Stay(visit: visit, car: car, unlimited: car, usedLines: used, firstLine: first)
        wasPaused = false
    }

    /// - Returns: what became of it.
    mutating func unplug(station: Int, at now: Int, volts: Double) -> VisitResult? {
        guard let stay else { return nil }
        let result = VisitResult(stay, station: station, at: now, volts: volts)
        self.stay = nil
        freeSince = now
        drawn = .zero
        return result
    }

    mutating func reboot(at now: Int) {
        rebootsUntil = now + model.rebootSeconds
        commandedAmperes = model.powerOnAmperes
        actingAmperes = model.powerOnAmperes
        actsAt = .max
        phaseMode = .three
        lastContact = rebootsUntil
        sentAmperes = nil
    }

    /// - Parameter amperes: what its car may draw at least; nil: it obeys.
    mutating func disobey(_ amperes: Double?) {
        guard let amperes else { return disobeysAmperes = nil }
        if disobeysAmperes == nil { disobeysAmperes = max(amperes, activeAmperes(at: lastContact)) }
    }

    /// Cannot be relied on to follow: what it draws is like base load.
    func isFaulty(at now: Int) -> Bool { isSilent || disobeysAmperes != nil || now < rebootsUntil }

    // MARK: The writer

    /// Hands over the newest limit; it is at the station at once where that can be reached.
    mutating func publish(_ limit: StationLimit, at now: Int) {
        wantedMode = limit.proposedMode
        let wish = model.steps.rounded(limit.amperes)
        guard wish != wishAmperes else { return }
        wishAmperes = wish
        report.inFlightAmperes = max(wish, report.inFlightAmperes ?? 0)
        if isReachable(at: now), let setpoint { send(setpoint, at: now) }
    }

    /// What it is to be told; nil: nothing yet.
    private var setpoint: Double? { phaseSwitch.holdsPause ? 0 : wishAmperes }

    /// Whether it has taken the pause of a change of phases.
    var holdsPause: Bool { sentAmperes == 0 && setpoint == 0 && actsAt == .max }

    private func isReachable(at now: Int) -> Bool { !isSilent && now >= rebootsUntil }

    private mutating func send(_ wish: Double, at now: Int) {
        sentAmperes = wish
        commandedAmperes = wish
        if model.actsAfterSeconds == 0 {
            actingAmperes = wish
        } else if actsAt == .max {
            // One that waits already is overtaken by the newer, not put off by it.
            actsAt = now + model.actsAfterSeconds
        }
    }

    /// The exchange of messages at the beginning of a second.
    mutating func exchange(at now: Int) {
        if now >= actsAt {
            actingAmperes = commandedAmperes
            actsAt = .max
        }
        guard isReachable(at: now) else {
            report.isAnswering = false
            report.status = .unknown
            report.phaseMode = nil
            phaseSwitch.connectionBegan()
            // Whatever it was told before, it is told again.
            sentAmperes = nil
            return
        }
        let time = Simulation.time(now)
        lastContact = now
        report.isAnswering = true
        report.lastContact = time
        if let setpoint, sentAmperes != setpoint { send(setpoint, at: now) }
        if actsAt == .max {
            report.acceptedAmperes = sentAmperes ?? actingAmperes
            if sentAmperes == setpoint { report.inFlightAmperes = nil }
        }
        guard now % model.pollSeconds == 0 else { return }
        // Its meter shows the second before.
        report.drawnAmperes = PerPhaseAmperes(
            Double(drawn[0]) / 1000, Double(drawn[1]) / 1000, Double(drawn[2]) / 1000)
        report.drawnTime = time
        report.status = stay == nil ? .free : drawn.wrappedSum() > 0 ? .charging : .occupied
        if model.rating.switchesPhases { followPhaseSwitch(at: now) }
    }

    // MARK: The electronics and the car

    private func activeAmperes(at now: Int) -> Double {
        if let disobeysAmperes { return disobeysAmperes }
        var amperes = actingAmperes
        if let after = model.contactLostAfterSeconds, now - lastContact >= after {
            amperes = model.contactLostAmperes ?? amperes
        }
        if !model.rating.canBeStopped { amperes = max(amperes, model.rating.minimumAmperes) }
        return min(amperes, model.rating.maximumAmperes)
    }

    /// Goes through the second that begins at `now`; `drawn` is then its current.
    mutating func advance(at now: Int, volts: Double) {
        guard stay != nil else { return }
        let active = now < rebootsUntil ? 0 : activeAmperes(at: now)
        let permitted = active >= Car.smallestAmperes ? active : 0
        if wasPaused, permitted > 0 { resumesAt = now + model.resumesAfterSeconds }
        wasPaused = permitted == 0
        drawn =
            stay?.advance(
                offer: now >= resumesAt ? permitted : 0, on: phaseMode, station: model, at: now, volts: volts) ?? .zero
    }
}

extension SimulatedStation.Stay {
    /// - Returns: the current of each line in milliampere.
    fileprivate mutating func advance(
        offer: Double, on mode: PhaseMode, station: StationModel, at now: Int, volts: Double
    ) -> SIMD3<Int32> {
        let lineCount = Int64(usedLines.wrappedSum())
        let wattHours = volts * Double(lineCount) / 3_600_000
        unlimited.advance(offer: station.rating.maximumAmperes, now: Double(now), elapsed: 1)
        let unlimitedMilliamperes = Int64((unlimited.amperes * 1000).rounded())
        unlimited.fill(wattHours: Double(unlimitedMilliamperes) * wattHours)
        unlimitedMilliampereSeconds += unlimitedMilliamperes * lineCount

        let wanted = wantsCurrent
        car.advance(offer: offer, now: Double(now), elapsed: 1)
        let milliamperes = Int32((car.amperes * 1000).rounded())
        let drawn = (mode == .single ? firstLine : usedLines) &* SIMD3(repeating: milliamperes)
        let sum = Int64(drawn.wrappedSum())
        car.fill(wattHours: Double(sum) * volts / 3_600_000)
        milliampereSeconds += sum
        if milliamperes > 0 {
            if firstCurrentSecond == nil { firstCurrentSecond = now }
        } else if wanted, firstCurrentSecond != nil {
            pausedSeconds += 1
        }
        return drawn
    }
}
