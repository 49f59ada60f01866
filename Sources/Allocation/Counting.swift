/// What the reports say together of the stations behind a node, by lane.
struct Census: BitwiseCopyable {
    /// Kept for stations that cannot be told at this decision.
    var held = Lanes()
    /// The stations' part of the measured load; a discharging station counts negative.
    var credit = Lanes()
    /// The part of it that recent reports prove.
    var proven = Lanes()
    /// What the stations may draw beyond `credit` without being told more.
    var potential = Lanes()
    /// The moment that the oldest report shows which matters for a rise, and for a fall, of the load.
    var oldestForRise = LaneTimes()
    var oldestForFall = LaneTimes()

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func add(_ other: Census) {
        held.add(other.held)
        credit.add(other.credit)
        proven.add(other.proven)
        potential.add(other.potential)
        for lane in 0..<4 {
            oldestForRise.lower(lane, to: other.oldestForRise[lane])
            oldestForFall.lower(lane, to: other.oldestForFall[lane])
        }
    }
}

/// A moment per lane.
struct LaneTimes: BitwiseCopyable {
    private var times: InlineArray<4, MonotonicTime>

    @_noAllocation @_noLocks
    init() { times = InlineArray(repeating: MonotonicTime(nanoseconds: .max)) }

    subscript(lane: Int) -> MonotonicTime { @_noAllocation @_noLocks get { times[lane] } }

    @_noAllocation @_noLocks
    mutating func lower(_ lane: Int, to time: MonotonicTime) {
        if time.nanoseconds < times[lane].nanoseconds { times[lane] = time }
    }
}

/// Reports whose current was read longer ago than this prove nothing. `CurrentHistory` is long enough for it.
private var reportProvesSeconds: Double { 8 }
/// A current read less than this before the measurement may be newer than the middle of its window.
private var measuringWindowSeconds: Double { 0.25 }
/// Currents below this are the noise of meters.
private var noticeableAmperes: Double { 0.05 }

/// What all stations need to know of the moment.
struct Moment: BitwiseCopyable {
    var now: MonotonicTime
    /// When the reading was measured.
    var measured: MonotonicTime
    var volts: PerPhaseVolts
    /// Of the cars that are there, what the one that has had least has had.
    var leastServed: Double
    /// Every car at its smallest current.
    var isMinimumEach: Bool

    @_noAllocation @_noLocks
    init(
        now: MonotonicTime, measured: MonotonicTime, volts: PerPhaseVolts, leastServed: Double, isMinimumEach: Bool
    ) {
        self.now = now
        self.measured = measured
        self.volts = volts
        self.leastServed = leastServed
        self.isMinimumEach = isMinimumEach
    }
}

/// Takes the reports in: fills in what `StationState` keeps of the present decision, and sums it up at every node that
/// the station's current passes.
///
/// - Returns: the alarms of the stations, and what the car that has had least has had.
@_noAllocation @_noLocks
func takeIn(
    _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>, reports: Span<StationReport>,
    moment: Moment, policy: AllocationPolicy
) -> (alarm: AllocationAlarm, leastServed: Double) {
    var alarm = AllocationAlarm(rawValue: 0)
    var leastServed = Double.infinity
    for node in nodes.indices { nodes[node].census = Census() }
    for index in stations.indices {
        let report = index < reports.count ? reports[index] : StationReport()
        var part = Census()
        stations[index].takeIn(report, moment: moment, policy: policy)
        stations[index].credit(report, moment: moment, policy: policy, into: &part)
        if stations[index].turn.isPresent, stations[index].turn.served < leastServed {
            leastServed = stations[index].turn.served
        }
        let path = stations[index].path
        for step in 0..<path.count where stations[index].loads(nodes[path[step]].kind) {
            nodes[path[step]].add(part, isHeld: !stations[index].shares)
        }
        let isManaged = stations[index].rating.isManaged
        alarm.add(.settingsUnusable, if: !stations[index].isUsable)
        alarm.add(.stationSilent, if: isManaged && stations[index].isSilent)
        alarm.add(.stationDisobeys, if: isManaged && stations[index].disobeys)
    }
    return (alarm, leastServed)
}

extension StationState {
    /// Sets the role and the current in force.
    @_noAllocation @_noLocks
    fileprivate mutating func takeIn(_ report: StationReport, moment: Moment, policy: AllocationPolicy) {
        let now = moment.now
        let accepted = known(report.acceptedAmperes)
        let maximum = maximumAmperes
        var inFlight = 0.0
        if let sent = report.inFlightAmperes { inFlight = known(sent) ?? maximum }
        let wasContacted = report.lastContact != .never
        volts = moment.volts
        isSilent = !wasContacted || now.seconds(since: report.lastContact) > rating.failSafeAfterSeconds
        disobeys = false
        isCharging = report.status == .charging || report.status == .discharging || report.drawnAmperes.maximum > 1

        guard isUsable, rating.isManaged else {
            takeInCurrent(report, policy: policy)
            role = isUsable ? .notManaged : .settingsUnusable
            lines = rating.phases
            inForce = .same(largest(maximum, accepted ?? 0, inFlight), on: lines)
            return
        }
        let wasAdopted = isAdopted
        if !isAdopted {
            // Holding what the station has already is no rise; where that is unknown, its fall-back is. What it has been
            // told meanwhile only falls.
            let known = accepted ?? min(rating.failSafeAmperes ?? grid.lowestAmperes, maximum)
            let isFirst = limit.reason == .notDecided
            let start = isFirst ? known : min(known, limit.amperes)
            _ = set(.same(grid.roundedDown(start), on: rating.phases), limit.reason, nil, nil)
            isAdopted = wasContacted && accepted != nil
            // Its car may still be drawing what the station was told before its first answer.
            if isFirst { told = ToldLimits(max(accepted ?? maximum, limit.amperes)) }
        }
        let limited = limitAmperes.largest(on: rating.phases)
        told.note(limited, now: now, reactionSeconds: policy.reactionSeconds + policy.reportLagSeconds)
        takeInCurrent(report, policy: policy)

        var force: Double
        if !wasContacted {
            force = max(maximum, inFlight)
        } else if isSilent {
            // What was sent may have arrived though its answer did not; and with it a sign of life.
            let fallBack = report.keepsFailSafe ? fallBackAmperes : maximum
            let fallenBack = rating.failSafeAfterSeconds + policy.reactionSeconds
            let held = now.seconds(since: report.lastContact) > fallenBack ? 0 : accepted ?? maximum
            force = max(largest(fallBack, inFlight, limited), held)
        } else {
            force = largest(accepted ?? maximum, inFlight, limited)
        }
        let refuses = force > told.highestAmperes + policy.disobedienceAmperes / 2
        if isSilent || !report.isAnswering || !isAdopted {
            role = .held
        } else if report.status == .outOfService {
            role = .outOfService
        } else if refuses, !keepsSmallest(force) {
            role = .held
            disobeys = accepted != nil
        } else if overdraws {
            role = .held
            disobeys = true
            force = max(force, drawn.largest(on: rating.phases))
        } else {
            role = report.status == .free ? .parked : .car
        }
        recentForce.note(force, now: now, reactionSeconds: policy.reactionSeconds + policy.reportLagSeconds)
        takeInCar(report, moment: moment, policy: policy)
        // Before it has confirmed a limit it counts at its maximum: a stop for an overload that may be none is no turn.
        turn.note(isOn: limit.amperes > 0, forWantOfRoom: wasAdopted && limit.reason.isWantOfRoom, now: now)
        if role == .parked || role == .outOfService { turn.forgetOff() }
        inForce = .same(force, on: lines)
        if rating.takesLimitPerLine, shares, let byLine = report.acceptedLineAmperes, isCurrent(byLine) {
            for place in 0..<3 where lines.contains(place: place) {
                inForce[place] = largest(byLine[place], inFlight, limitAmperes[place])
            }
        }
    }

    /// Whether it reads back its smallest current after a pause while its car draws nothing: some models do (evcc issue
    /// 10527). It counts with that current; to hold it at 0 A for it would be for ever.
    @_noAllocation @_noLocks
    private func keepsSmallest(_ force: Double) -> Bool {
        drawnTime != .never && told.highestAmperes == 0 && force <= grid.lowestAmperes + StationGrid.toleranceAmperes
            && !overdraws && drawn.largest(on: rating.phases) < 1
    }

    /// Sets the lines that the car uses and the most it may have, and its place in the queue.
    @_noAllocation @_noLocks
    private mutating func takeInCar(_ report: StationReport, moment: Moment, policy: AllocationPolicy) {
        let now = moment.now
        if report.status == .free || report.status == .outOfService {
            car.forget()
            turn.leave()
        } else if isSilent {
            // Who is there when it is heard again may be another.
            car.forget()
        }
        lines = rating.phases
        if rating.switchesPhases { switching.note(report.phaseMode) }
        if rating.switchesPhases, switching.isSingle {
            lines = PhaseSet(rating.rotation.first).common(rating.phases)
        } else if role == .car, let shown = report.carPhases ?? car.phases,
            !shown.common(lines).isNone, !rating.switchesPhases || switching.isThree
        {
            lines = shown.common(lines)
        }
        if lines.isNone { lines = rating.phases }

        highestAmperes = grid.highestAmperes
        highestReason = .stationMaximum
        if let limit = ownerLimit {
            if !limit.holds(now: now) { ownerLimit = nil } else { lower(to: amperes(limit.value), .ownerLimit) }
        }
        if let test = phaseTest {
            if case .some = test.expires, test.holds(now: now) {
                if policy.testsPhases { lower(to: max(amperes(test.value), grid.lowestAmperes), .phaseTest) }
            } else {
                phaseTest = nil
            }
        }
        if moment.isMinimumEach { lower(to: grid.lowestAmperes, .utilitySignal) }
        if role == .car {
            if let maximum = report.carMaximumAmperes, maximum >= 0 { lower(to: maximum, .carMaximum) }
            if car.demandAmperes < .infinity { lower(to: car.demandAmperes, .carUsesLess) }
            // Over all lines; where no current is reported, what it may draw.
            var amperes = 0.0
            for place in 0..<3 where lines.contains(place: place) && !(report.status == .discharging) {
                amperes += report.drawnTime == .never ? limitAmperes[place] : max(0, drawn[place])
            }
            turn.note(amperes: amperes, weight: rating.weight, leastServed: moment.leastServed, now: now)
            if limit.amperes == 0 { car.retry(offSeconds: turn.seconds(now: now), policy: policy) }
        }
        if highestAmperes < floorAmperes { highestAmperes = floorAmperes }
    }

    @_noAllocation @_noLocks
    private mutating func lower(to amperes: Double, _ reason: LimitReason) {
        let rounded = grid.roundedDown(amperes)
        guard rounded < highestAmperes else { return }
        highestAmperes = rounded
        highestReason = reason
    }

    /// What a limit of this station alone means in ampere per line; one without a usable number locks.
    @_noAllocation @_noLocks
    private func amperes(_ value: LimitValue) -> Double {
        guard value.isUsable else { return 0 }
        switch value {
        case .amperes(let amperes): return amperes.smallest(on: lines)
        case .watts(let watts): return watts / volts.sum(on: lines)
        case .wattsPerLine(let watts):
            var least = Double.infinity
            for place in 0..<3 where lines.contains(place: place) { least = min(least, watts / volts[place]) }
            return least
        case .shareOfMain(let share): return share * grid.highestAmperes
        case .locked: return 0
        case .minimumEach: return grid.lowestAmperes
        }
    }

    /// Takes a new reported current in, and judges it by what the station had been told when it was read: later the
    /// same report would look like disobedience.
    @_noAllocation @_noLocks
    private mutating func takeInCurrent(_ report: StationReport, policy: AllocationPolicy) {
        guard report.drawnTime != .never, isCurrent(report.drawnAmperes) else {
            overdraws = false
            return
        }
        guard report.drawnTime != drawnTime else { return }
        drawnBefore = drawnTime == .never ? report.drawnAmperes : drawn
        drawn = report.drawnAmperes
        drawnTime = report.drawnTime
        toldWhenDrawnAmperes = told.highestAmperes
        let onItsLines = drawn.largest(on: rating.phases)
        overdraws =
            !(report.status == .discharging) && onItsLines > told.highestAmperes + policy.disobedienceAmperes
        guard isUsable, rating.isManaged, !(report.status == .discharging), !(report.status == .free) else { return }
        car.learn(
            drawn: drawn, allowed: min(known(report.acceptedAmperes) ?? 0, limit.amperes), lowest: grid.lowestAmperes,
            wired: rating.phases, showsPhases: !rating.switchesPhases || switching.isThree, now: report.drawnTime,
            policy: policy)
    }

    /// Decides which part of the measured current is this station's.
    @_noAllocation @_noLocks
    fileprivate mutating func credit(
        _ report: StationReport, moment: Moment, policy: AllocationPolicy, into part: inout Census
    ) {
        let isKnown = report.drawnTime != .never && isCurrent(report.drawnAmperes)
        let proves = isKnown && moment.now.seconds(since: report.drawnTime) <= reportProvesSeconds
        // A report newer than the measurement cannot explain it.
        let isAhead = moment.measured.seconds(since: report.drawnTime) < measuringWindowSeconds
        let shown = report.drawnTime.advanced(bySeconds: -policy.reportLagSeconds)
        // What it draws beyond all that it was allowed counts as base load: nothing of it can be planned with.
        let toldHighest = proves ? max(toldWhenDrawnAmperes, told.highestAmperes) : told.highestAmperes
        var proven = PerPhaseAmperes.zero, potential = PerPhaseAmperes.zero, held = PerPhaseAmperes.zero

        // Also on lines that its car has been shown not to use: what is reported there is the station's.
        for place in 0..<3 where rating.phases.contains(place: place) {
            let allowed = shares ? toldHighest : max(inForce[place], toldHighest)
            if !isKnown {
                credit[place] = inForce[place]
            } else if report.status == .discharging {
                credit[place] = -drawn[place]
                proven[place] = -drawn[place]
            } else {
                let other = isAhead ? drawnBefore[place] : drawn[place]
                credit[place] = min(max(drawn[place], other), allowed)
                if proves { proven[place] = min(min(drawn[place], other), allowed) }
            }
            potential[place] = max(0, inForce[place] - credit[place])
            if isKnown, potential[place] > noticeableAmperes {
                part.oldestForRise.lower(place, to: shown)
                part.oldestForRise.lower(Lanes.power, to: shown)
            }
            if proven[place] > noticeableAmperes || proven[place] < -noticeableAmperes {
                part.oldestForFall.lower(place, to: shown)
                part.oldestForFall.lower(Lanes.power, to: shown)
            }
            if !shares { held[place] = inForce[place] }
        }
        part.credit = Lanes(credit, volts: volts)
        part.proven = Lanes(proven, volts: volts)
        part.potential = Lanes(potential, volts: volts)
        part.held = Lanes(held, volts: volts)
    }
}

/// nil for what is no current: negative, infinite or no number.
@_noAllocation @_noLocks
private func known(_ amperes: Double?) -> Double? {
    guard let amperes, amperes >= 0, amperes < .infinity else { return nil }
    return amperes
}

/// Whether all three are finite and not negative.
@_noAllocation @_noLocks
func isCurrent(_ amperes: PerPhaseAmperes) -> Bool {
    var isValid = true
    for place in 0..<3 where !(amperes[place] >= 0 && amperes[place] < .infinity) { isValid = false }
    return isValid
}
