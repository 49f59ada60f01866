/// What the reports say together, per supply line.
struct Census: BitwiseCopyable {
    /// Kept for stations that cannot be told at this decision.
    var heldAmperes = PerPhaseAmperes.zero
    /// The stations' part of the measured current; a discharging station counts negative.
    var creditAmperes = PerPhaseAmperes.zero
    /// The part of it that recent reports prove.
    var provenAmperes = PerPhaseAmperes.zero
    /// What the stations may draw beyond `creditAmperes` without being told more.
    var potentialAmperes = PerPhaseAmperes.zero
    /// The moment that the oldest report shows which matters for a rise, and for a fall, of the current.
    var oldestForRise = PerPhaseTime()
    var oldestForFall = PerPhaseTime()
    var alarm = AllocationAlarm(rawValue: 0)

    @_noAllocation @_noLocks
    init() {}
}

/// A moment per supply line.
struct PerPhaseTime: BitwiseCopyable {
    private var l1 = MonotonicTime(nanoseconds: .max)
    private var l2 = MonotonicTime(nanoseconds: .max)
    private var l3 = MonotonicTime(nanoseconds: .max)

    @_noAllocation @_noLocks
    init() {}

    subscript(place: Int) -> MonotonicTime {
        @_noAllocation @_noLocks get { place == 0 ? l1 : place == 1 ? l2 : l3 }
    }

    @_noAllocation @_noLocks
    mutating func lower(_ place: Int, to time: MonotonicTime) {
        if place == 0 {
            l1 = earlier(l1, time)
        } else if place == 1 {
            l2 = earlier(l2, time)
        } else {
            l3 = earlier(l3, time)
        }
    }
}

/// Reports whose current was read longer ago than this prove nothing. `CurrentHistory` is long enough for it.
private var reportProvesSeconds: Double { 8 }
/// A current read less than this before the measurement may be newer than the middle of its window.
private var measuringWindowSeconds: Double { 0.25 }
/// Currents below this are the noise of meters.
private var noticeableAmperes: Double { 0.05 }

/// Takes the reports in: fills in what `StationState` keeps of the present decision, and sums it up.
@_noAllocation @_noLocks
func count(
    _ stations: inout MutableSpan<StationState>, reports: Span<StationReport>, measured: MonotonicTime,
    now: MonotonicTime, policy: AllocationPolicy
) -> Census {
    var census = Census()
    for index in stations.indices {
        let report = index < reports.count ? reports[index] : StationReport()
        var station = stations[index]
        station.takeIn(report, now: now, policy: policy)
        station.credit(report, measured: measured, now: now, policy: policy, into: &census)
        if !station.shares {
            for place in 0..<3 where station.rating.phases.contains(place: place) {
                census.heldAmperes[place] += station.inForceAmperes
            }
        }
        let isManaged = station.rating.isManaged
        census.alarm.add(.settingsUnusable, if: !station.isUsable)
        census.alarm.add(.stationSilent, if: isManaged && station.isSilent)
        census.alarm.add(.stationDisobeys, if: isManaged && station.disobeys)
        stations[index] = station
    }
    return census
}

extension StationState {
    /// Sets the role and the current in force.
    @_noAllocation @_noLocks
    fileprivate mutating func takeIn(_ report: StationReport, now: MonotonicTime, policy: AllocationPolicy) {
        let accepted = known(report.acceptedAmperes)
        let maximum = maximumAmperes
        var inFlight = 0.0
        if let sent = report.inFlightAmperes { inFlight = known(sent) ?? maximum }
        let wasContacted = report.lastContact != .never
        isSilent = !wasContacted || now.seconds(since: report.lastContact) > rating.failSafeAfterSeconds
        disobeys = false
        isCharging = report.status == .charging || report.status == .discharging || report.drawnAmperes.maximum > 1

        guard isUsable, rating.isManaged else {
            takeInCurrent(report, policy: policy)
            role = isUsable ? .notManaged : .settingsUnusable
            inForceAmperes = largest(maximum, accepted ?? 0, inFlight)
            return
        }
        if !isAdopted {
            // Holding what the station has already is no rise; where that is unknown, its fall-back is.
            let start = accepted ?? min(rating.failSafeAmperes ?? grid.lowestAmperes, maximum)
            limit.amperes = grid.roundedDown(start)
            isAdopted = wasContacted && accepted != nil
            told = ToldLimits(max(accepted ?? maximum, limit.amperes))
        }
        told.note(
            limit.amperes, now: now, reactionSeconds: policy.reactionSeconds + policy.reportLagSeconds)
        takeInCurrent(report, policy: policy)

        if !wasContacted {
            inForceAmperes = max(maximum, inFlight)
        } else if isSilent {
            // What was sent may have arrived though its answer did not.
            let fallBack = report.keepsFailSafe ? fallBackAmperes : maximum
            inForceAmperes = largest(fallBack, inFlight, limit.amperes)
        } else {
            inForceAmperes = largest(accepted ?? maximum, inFlight, limit.amperes)
        }
        let refuses = inForceAmperes > told.highestAmperes + policy.disobedienceAmperes / 2
        if isSilent || !report.isAnswering || !isAdopted {
            role = .held
        } else if report.status == .outOfService {
            role = .outOfService
        } else if refuses {
            role = .held
            disobeys = accepted != nil
        } else if overdraws {
            role = .held
            disobeys = true
            inForceAmperes = max(inForceAmperes, drawnOnItsLines)
        } else {
            role = report.status == .free ? .parked : .car
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
        overdraws =
            !(report.status == .discharging)
            && drawnOnItsLines > told.highestAmperes + policy.disobedienceAmperes
    }

    /// The largest reported current on the lines of the station.
    private var drawnOnItsLines: Double {
        @_noAllocation @_noLocks get {
            var largest = 0.0
            for place in 0..<3 where rating.phases.contains(place: place) { largest = max(largest, drawn[place]) }
            return largest
        }
    }

    /// Decides which part of the measured current is this station's.
    @_noAllocation @_noLocks
    fileprivate mutating func credit(
        _ report: StationReport, measured: MonotonicTime, now: MonotonicTime, policy: AllocationPolicy,
        into census: inout Census
    ) {
        let isKnown = report.drawnTime != .never && isCurrent(report.drawnAmperes)
        let proves = isKnown && now.seconds(since: report.drawnTime) <= reportProvesSeconds
        // A report newer than the measurement cannot explain it.
        let isAhead = measured.seconds(since: report.drawnTime) < measuringWindowSeconds
        let shown = report.drawnTime.advanced(bySeconds: -policy.reportLagSeconds)
        // What it draws beyond all that it was allowed counts as base load: nothing of it can be planned with.
        let toldHighest = proves ? max(toldWhenDrawnAmperes, told.highestAmperes) : told.highestAmperes
        let allowed = shares ? toldHighest : max(inForceAmperes, toldHighest)

        for place in 0..<3 where rating.phases.contains(place: place) {
            var proven = 0.0
            if !isKnown {
                credit[place] = inForceAmperes
            } else if report.status == .discharging {
                credit[place] = -drawn[place]
                proven = -drawn[place]
            } else {
                let other = isAhead ? drawnBefore[place] : drawn[place]
                credit[place] = min(max(drawn[place], other), allowed)
                if proves { proven = min(min(drawn[place], other), allowed) }
            }
            let potential = max(0, inForceAmperes - credit[place])
            census.creditAmperes[place] += credit[place]
            census.provenAmperes[place] += proven
            census.potentialAmperes[place] += potential
            if isKnown, potential > noticeableAmperes { census.oldestForRise.lower(place, to: shown) }
            if proven > noticeableAmperes || proven < -noticeableAmperes {
                census.oldestForFall.lower(place, to: shown)
            }
        }
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
