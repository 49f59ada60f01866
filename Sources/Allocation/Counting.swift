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

    @_noAllocation @_noLocks @inline(__always)
    mutating func add(_ said: Testimony) {
        held.add(said.held)
        credit.add(said.credit)
        proven.add(said.proven)
        potential.add(said.potential)
        if said.isKnown { oldestForRise.lower(said.potential, to: said.shown) }
        oldestForFall.lower(said.proven, to: said.shown)
    }
}

/// What the report of one station says, by lane, as in `Census`.
struct Testimony: BitwiseCopyable {
    var held = Lanes()
    var credit = Lanes()
    var proven = Lanes()
    var potential = Lanes()
    /// Whether it reports a current, and the moment that it shows.
    let isKnown: Bool
    let shown: MonotonicTime

    @_noAllocation @_noLocks @inline(__always)
    init(isKnown: Bool, shown: MonotonicTime) {
        self.isKnown = isKnown
        self.shown = shown
    }

    @_noAllocation @_noLocks @inline(__always)
    mutating func reckonPower(_ volts: PerPhaseVolts) {
        credit.reckonPower(volts)
        proven.reckonPower(volts)
        potential.reckonPower(volts)
    }
}

/// A moment per lane.
struct LaneTimes: BitwiseCopyable {
    private var times: InlineArray<4, MonotonicTime>
    private var latest = MonotonicTime(nanoseconds: .max)

    @_noAllocation @_noLocks
    init() { times = InlineArray(repeating: latest) }

    subscript(lane: Int) -> MonotonicTime { @_noAllocation @_noLocks get { times[lane] } }

    /// Lowers those of the lines on which `load` is noticeable, and that of the power where there are any.
    @_noAllocation @_noLocks @inline(__always)
    mutating func lower(_ load: Lanes, to time: MonotonicTime) {
        guard time < latest else { return }
        let lines = load.larger(Lanes() - load).lines(above: noticeableAmperes)
        guard !lines.isNone else { return }
        latest = time
        for lane in 0..<4 {
            if lines.loads(lane: lane) { times[lane] = earlier(times[lane], time) }
            latest = later(latest, times[lane])
        }
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
    /// By so much before it was read a report shows what was drawn.
    var reportLagNanoseconds: Int64

    @_noAllocation @_noLocks
    init(
        now: MonotonicTime, measured: MonotonicTime, volts: PerPhaseVolts, leastServed: Double, isMinimumEach: Bool,
        policy: AllocationPolicy
    ) {
        self.now = now
        self.measured = measured
        self.volts = volts
        self.leastServed = leastServed
        self.isMinimumEach = isMinimumEach
        reportLagNanoseconds = MonotonicTime.nanoseconds(policy.reportLagSeconds)
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
        if index < reports.count {
            stations[index].hear(reports[index], &nodes, moment: moment, policy: policy)
        } else {
            stations[index].hear(StationReport(), &nodes, moment: moment, policy: policy)
        }
        if stations[index].turn.isPresent, stations[index].turn.served < leastServed {
            leastServed = stations[index].turn.served
        }
        let isManaged = stations[index].rating.isManaged
        alarm.add(.settingsUnusable, if: !stations[index].isUsable)
        alarm.add(.stationSilent, if: isManaged && stations[index].isSilent)
        alarm.add(.stationDisobeys, if: isManaged && stations[index].disobeys)
    }
    return (alarm, leastServed)
}

extension StationState {
    /// Takes its report in.
    @_noAllocation @_noLocks @inline(never)
    fileprivate mutating func hear(
        _ report: StationReport, _ nodes: inout MutableSpan<NodeState>, moment: Moment, policy: AllocationPolicy
    ) {
        reportsCurrent = report.drawnTime != .never && isCurrent(report.drawnAmperes)
        takeIn(report, moment: moment, policy: policy)
        testify(report, moment: moment, &nodes)
    }

    /// Sets the role and the current in force.
    @_noAllocation @_noLocks @inline(__always)
    private mutating func takeIn(_ report: StationReport, moment: Moment, policy: AllocationPolicy) {
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
            count(on: rating.phases)
            inForce = onLines.scaled(largest(maximum, accepted ?? 0, inFlight))
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
            // Its car may still be drawing what the station was told before its first answer: what it draws at least.
            if isFirst {
                let before = reportsCurrent ? min(report.drawnAmperes.maximum, maximum) : 0
                told = ToldLimits(largest(accepted ?? maximum, limit.amperes, before))
            }
        }
        let limited = limitAmperes.maximum
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
            force = max(force, drawn.maximum)
        } else {
            role = report.status == .free ? .parked : .car
        }
        recentForce.note(force, now: now, reactionSeconds: policy.reactionSeconds + policy.reportLagSeconds)
        takeInCar(report, moment: moment, policy: policy)
        // Before it has confirmed a limit it counts at its maximum: a stop for an overload that may be none is no turn.
        turn.note(isOn: limit.amperes > 0, forWantOfRoom: wasAdopted && limit.reason.isWantOfRoom, now: now)
        if role == .parked || role == .outOfService { turn.forgetOff() }
        inForce = onLines.scaled(force)
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
            && !overdraws && drawn.maximum < 1
    }

    /// Sets the lines that the car uses and the most it may have, and its place in the queue.
    @_noAllocation @_noLocks @inline(__always)
    private mutating func takeInCar(_ report: StationReport, moment: Moment, policy: AllocationPolicy) {
        let now = moment.now
        if report.status == .free || report.status == .outOfService {
            car.forget()
            turn.leave()
        } else if isSilent {
            // Who is there when it is heard again may be another.
            car.forget()
        }
        if rating.switchesPhases { switching.note(report.phaseMode) }
        var loaded = rating.phases
        if rating.switchesPhases, switching.isSingle {
            loaded = PhaseSet(rating.rotation.first).common(rating.phases)
        } else if role == .car, let shown = report.carPhases ?? car.phases,
            !rating.switchesPhases || switching.isThree
        {
            loaded = shown.common(rating.phases)
        }
        count(on: loaded.isNone ? rating.phases : loaded)

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
            let taken = report.drawnTime == .never ? Lanes(limitAmperes) : drawn
            let amperes = report.status == .discharging ? 0 : taken.scaled(onLines).amperes.sum
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
        guard reportsCurrent else {
            overdraws = false
            return
        }
        guard report.drawnTime != drawnTime else { return }
        let onItsLines = Lanes(report.drawnAmperes).scaled(wired)
        drawnBefore = drawnTime == .never ? onItsLines : drawn
        drawn = onItsLines
        drawnTime = report.drawnTime
        toldWhenDrawnAmperes = told.highestAmperes
        overdraws =
            !(report.status == .discharging) && drawn.maximum > toldWhenDrawnAmperes + policy.disobedienceAmperes
        guard isUsable, rating.isManaged, !(report.status == .discharging), !(report.status == .free) else { return }
        car.learn(
            drawn: drawn, allowed: min(known(report.acceptedAmperes) ?? 0, limit.amperes),
            lowest: grid.lowestAmperes, showsPhases: !rating.switchesPhases || switching.isThree, now: report.drawnTime,
            policy: policy)
    }

    /// Decides which part of the measured current is this station's, and adds what it says at every node of its path.
    @_noAllocation @_noLocks @inline(never)
    private mutating func testify(
        _ report: StationReport, moment: Moment, _ nodes: inout MutableSpan<NodeState>
    ) {
        var said = Testimony(
            isKnown: reportsCurrent, shown: report.drawnTime.advanced(byNanoseconds: -moment.reportLagNanoseconds))
        // Also on lines that its car has been shown not to use: what is reported there is the station's.
        if !reportsCurrent {
            said.credit = inForce
        } else if report.status == .discharging {
            said.credit = Lanes(drawn.amperes.negative(on: rating.phases))
            said.proven = said.credit
        } else {
            let proves = moment.now.seconds(since: report.drawnTime) <= reportProvesSeconds
            // A report newer than the measurement cannot explain it.
            let isAhead = moment.measured.seconds(since: report.drawnTime) < measuringWindowSeconds
            // What it draws beyond all that it was allowed counts as base load: nothing of it can be planned with.
            var allowed = Lanes(proves ? max(toldWhenDrawnAmperes, told.highestAmperes) : told.highestAmperes)
            if !shares { allowed = allowed.larger(inForce) }
            let other = isAhead ? drawnBefore : drawn
            said.credit = drawn.larger(other).smaller(allowed)
            if proves { said.proven = drawn.smaller(other).smaller(allowed) }
        }
        said.potential = (inForce - said.credit).larger(Lanes())
        credit = said.credit
        said.reckonPower(volts)
        if !shares {
            said.held = inForce
            said.held.reckonPower(volts)
        }
        for step in 0..<path.count {
            let node = path[step]
            guard nodes[node].countsAll || !shares, loads(nodes[node].kind) else { continue }
            nodes[node].add(said)
        }
    }
}

/// nil for what is no current: negative, infinite or no number.
@_noAllocation @_noLocks
private func known(_ amperes: Double?) -> Double? {
    guard let amperes, amperes >= 0, amperes <= .greatestFiniteMagnitude else { return nil }
    return amperes
}

/// Whether all three are finite and not negative.
@_noAllocation @_noLocks
func isCurrent(_ amperes: PerPhaseAmperes) -> Bool {
    let most = Double.greatestFiniteMagnitude
    return amperes.l1 >= 0 && amperes.l1 <= most && amperes.l2 >= 0 && amperes.l2 <= most && amperes.l3 >= 0
        && amperes.l3 <= most
}
