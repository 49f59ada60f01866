/// What the allocator keeps of the supply, and the order of the steps of a decision. Memory of fixed size.
struct DecisionCore {
    var limits: SupplyLimits
    var policy: AllocationPolicy
    var isPolicyUsable: Bool
    var alarm: AllocationAlarm = []
    var headroomAmperes = PerPhaseAmperes.zero
    var baseLoads = InlineArray<3, BaseLoad>(repeating: BaseLoad())
    /// Time of the last usable reading; before the first, that of the first call.
    var lastReading = MonotonicTime.never

    init(limits: SupplyLimits, policy: AllocationPolicy) {
        self.limits = limits
        self.policy = policy
        isPolicyUsable = policy.isUsable
    }

    /// What base load and stations may draw together on the line at `place`. Every outside limit that only ever
    /// lowers (the utility's signal, a cap of the owner) belongs here, as a minimum.
    @_noAllocation @_noLocks
    private func usableAmperes(place: Int) -> Double { limits.usable(Phase(place: place)) }

    @_noAllocation @_noLocks
    mutating func allocate(
        _ stations: inout MutableSpan<StationState>, events: Span<FillingEvent>, reading: SupplyReading,
        reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        guard isUsable(reading, now: now) else {
            if hasExpired(now: now) { return planWithoutMeasurement(&stations, reports: reports, now: now) }
            for index in stations.indices { stations[index].roomSince = .never }
            return protect(&stations, events: events, reading: reading, reports: reports, now: now)
        }
        // Room that nobody measured has not lasted.
        if reading.time.seconds(since: lastReading) > policy.readingExpiresAfterSeconds + 0.5 {
            for index in stations.indices { stations[index].roomSince = .never }
        }
        let time = earlier(reading.time, now)
        lastReading = later(lastReading, time)

        let census = count(&stations, reports: reports, measured: time, now: now, policy: policy)
        var supply = Supply()
        for place in 0..<3 {
            let usable = usableAmperes(place: place)
            let measured = reading.drawnAmperes(place: place)
            headroomAmperes[place] = usable - measured
            baseLoads[place].update(
                measured: measured, at: time, usable: usable, place: place, census: census, policy: policy)
            supply.usable[place] = usable
            supply.base[place] = baseLoads[place].amperes
            supply.highestBase[place] = baseLoads[place].highestAmperes
        }
        let plan = planAndLower(&stations, events: events, supply: supply, census: census)
        let rose = raise(&stations, supply: supply, now: now, policy: policy)
        alarm = census.alarm
        alarm.add(.overloadNotSolvable, if: plan.isUnsolvable)
        return plan.changed || rose
    }

    @_noAllocation @_noLocks
    mutating func protect(
        _ stations: inout MutableSpan<StationState>, events: Span<FillingEvent>, reading: SupplyReading,
        reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        guard areSettingsUsable else { return planWithoutMeasurement(&stations, reports: reports, now: now) }
        if isUsable(reading, now: now) { lastReading = later(lastReading, earlier(reading.time, now)) }
        var overloaded = PhaseSet.none
        for place in 0..<3 {
            let measured = reading.drawnAmperes(place: place)
            if measured > usableAmperes(place: place), measured < .infinity {
                overloaded.add(place: place)
            }
        }
        guard overloaded.rawValue != 0 else { return false }

        let census = count(&stations, reports: reports, measured: earlier(reading.time, now), now: now, policy: policy)
        var supply = Supply()
        for place in 0..<3 {
            let measured = reading.drawnAmperes(place: place)
            supply.usable[place] = usableAmperes(place: place)
            if overloaded.contains(place: place) {
                headroomAmperes[place] = supply.usable[place] - measured
                baseLoads[place].answerOverload(measured: measured, place: place, census: census)
            }
            // Before the first window nothing is known of a line that is not overloaded, and nothing is needed.
            supply.base[place] = baseLoads[place].amperes == .infinity ? 0 : baseLoads[place].amperes
            supply.highestBase[place] = .infinity
        }
        let plan = planAndLower(&stations, events: events, supply: supply, census: census)
        for index in stations.indices where stations[index].rating.phases.common(overloaded).rawValue != 0 {
            stations[index].roomSince = .never
        }
        let stillBlind = alarm.rawValue & AllocationAlarm.noMeasurement.rawValue
        alarm = AllocationAlarm(rawValue: census.alarm.rawValue | stillBlind)
        alarm.add(.overloadNotSolvable, if: plan.isUnsolvable)
        return plan.changed
    }

    @_noAllocation @_noLocks
    mutating func expire(
        _ stations: inout MutableSpan<StationState>, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        hasExpired(now: now) ? planWithoutMeasurement(&stations, reports: reports, now: now) : false
    }

    @_noAllocation @_noLocks
    private mutating func planWithoutMeasurement(
        _ stations: inout MutableSpan<StationState>, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        let census = count(&stations, reports: reports, measured: now, now: now, policy: policy)
        alarm = census.alarm
        alarm.add(.noMeasurement, if: true)
        alarm.add(.settingsUnusable, if: !areSettingsUsable)
        return failSafe(&stations)
    }

    @_noAllocation @_noLocks
    private mutating func hasExpired(now: MonotonicTime) -> Bool {
        if lastReading == .never { lastReading = now }
        return !areSettingsUsable || now.seconds(since: lastReading) > policy.readingExpiresAfterSeconds
    }

    @_noAllocation @_noLocks
    private func isUsable(_ reading: SupplyReading, now: MonotonicTime) -> Bool {
        areSettingsUsable && reading.isUsable && isCurrent(reading.amperes) && reading.time != .never
            && now.seconds(since: reading.time) <= policy.readingExpiresAfterSeconds
    }

    private var areSettingsUsable: Bool { isPolicyUsable && limits.isUsable }
}

extension SupplyReading {
    /// The current that counts on the line at `place`: feed-in never adds room.
    @_noAllocation @_noLocks
    fileprivate func drawnAmperes(place: Int) -> Double { feedsIn.contains(place: place) ? 0 : amperes[place] }
}

extension SupplyLimits {
    /// What `validate` says, without an error to build.
    fileprivate var isUsable: Bool {
        var isUsable = true
        for place in 0..<3 {
            let main = mainAmperes[place], margin = marginAmperes[place]
            if !(main > 0 && main < .infinity && margin >= 0 && margin < main) { isUsable = false }
        }
        return isUsable
    }
}

extension AllocationPolicy {
    /// What `validate` says.
    fileprivate var isUsable: Bool {
        do throws(SettingsProblem) {
            try validate()
            return true
        } catch {
            return false
        }
    }
}
