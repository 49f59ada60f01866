/// The supply as one decision sees it.
struct Supply: BitwiseCopyable {
    /// What base load and stations may draw together.
    var usable = PerPhaseAmperes.zero
    /// Base load for lowering, and the most that it can be, for raising.
    var base = PerPhaseAmperes.zero
    var highestBase = PerPhaseAmperes.zero

    @_noAllocation @_noLocks
    init() {}
}

/// Shares what the supply leaves and lowers at once what is above its share.
///
/// - Returns: whether a limit changed, and whether base load and held stations alone are above the usable current.
@_noAllocation @_noLocks
func planAndLower(
    _ stations: inout MutableSpan<StationState>, events: Span<FillingEvent>, supply: Supply, census: Census
) -> (changed: Bool, isUnsolvable: Bool) {
    var room = PerPhaseAmperes.zero
    var isUnsolvable = false
    for place in 0..<3 {
        room[place] = supply.usable[place] - supply.base[place] - census.heldAmperes[place]
        if room[place] < -StationGrid.toleranceAmperes { isUnsolvable = true }
    }
    fill(&stations, events: events, room: room)
    var changed = false
    for index in stations.indices where stations[index].lower() { changed = true }
    return (changed, isUnsolvable)
}

/// Raises the limits whose room has lasted.
///
/// Every station counts at the largest of what it was told, confirmed, draws and is going to get; each rise fits
/// beside that, so any number of them together fit.
@_noAllocation @_noLocks
func raise(
    _ stations: inout MutableSpan<StationState>, supply: Supply, now: MonotonicTime, policy: AllocationPolicy
) -> Bool {
    var total = supply.highestBase
    for index in stations.indices {
        for place in 0..<3 { total[place] += stations[index].occupied(place: place) }
    }
    var changed = false
    for index in stations.indices {
        if stations[index].raise(supply: supply, total: total, now: now, policy: policy) { changed = true }
    }
    return changed
}

/// Without a measurement: every managed station at its fall-back or its smallest limit, never above what it has.
@_noAllocation @_noLocks
func failSafe(_ stations: inout MutableSpan<StationState>) -> Bool {
    var changed = false
    for index in stations.indices {
        var station = stations[index]
        station.roomSince = .never
        switch station.role {
        case .car, .parked, .held:
            let fallBack = station.rating.failSafeAmperes ?? station.grid.lowestAmperes
            if station.set(min(station.limit.amperes, station.grid.roundedDown(fallBack)), .noMeasurement) {
                changed = true
            }
        case .outOfService, .notManaged, .settingsUnusable:
            if station.lower() { changed = true }
        }
        stations[index] = station
    }
    return changed
}

extension StationState {
    /// Sets the limit; true where its current changed.
    @_noAllocation @_noLocks
    mutating func set(_ amperes: Double, _ reason: LimitReason, _ phase: Phase? = nil) -> Bool {
        let changed = amperes != limit.amperes
        limit = StationLimit(amperes: amperes, reason: reason, limitingPhase: phase)
        return changed
    }

    /// Brings the limit down to the share, by the full amount. True where its current changed.
    @_noAllocation @_noLocks
    fileprivate mutating func lower() -> Bool {
        switch role {
        case .notManaged: return set(grid.highestAmperes, .notManaged)
        case .outOfService: return set(0, .outOfService)
        case .settingsUnusable: return set(0, .settingsUnusable)
        case .parked: return targetAmperes < limit.amperes ? set(targetAmperes, .noVehicle) : false
        case .held:
            // A silent station may be back at its fall-back: to write more to it later would be a rise.
            var share = min(targetAmperes, limit.amperes)
            if isSilent { share = min(share, grid.roundedDown(fallBackAmperes)) }
            roomSince = .never
            return set(share, heldReason(share), targetPhase)
        case .car:
            if targetAmperes == limit.amperes { return set(targetAmperes, shareReason, targetPhase) }
            guard targetAmperes < limit.amperes else { return false }
            roomSince = .never
            return set(targetAmperes, shareReason, targetPhase)
        }
    }

    /// Why the limit is the share.
    private var shareReason: LimitReason {
        if targetAmperes >= grid.highestAmperes { return .stationMaximum }
        return targetAmperes > 0 ? .mainFuse : .belowMinimum
    }

    private func heldReason(_ share: Double) -> LimitReason {
        if disobeys { return .stationDisobeys }
        if isSilent || share == limit.amperes { return .stationSilent }
        return share > 0 ? .mainFuse : .belowMinimum
    }

    /// What is kept for it on the line at `place` while others rise.
    fileprivate func occupied(place: Int) -> Double {
        let inUse = counted(place: place)
        guard shares, rating.phases.contains(place: place) else { return inUse }
        return max(inUse, targetAmperes)
    }

    fileprivate mutating func raise(
        supply: Supply, total: PerPhaseAmperes, now: MonotonicTime, policy: AllocationPolicy
    ) -> Bool {
        guard shares, targetAmperes > limit.amperes else {
            roomSince = .never
            if role == .parked { limit.reason = .noVehicle }
            return false
        }
        var room = targetAmperes, roomByBase = targetAmperes
        var tightest = targetPhase
        for place in 0..<3 where rating.phases.contains(place: place) {
            let free = supply.usable[place] - total[place] + occupied(place: place)
            if free < room {
                room = free
                tightest = Phase(place: place)
            }
            roomByBase = min(roomByBase, free + supply.highestBase[place] - supply.base[place])
        }
        let fitting = grid.roundedDown(room)
        guard fitting > limit.amperes else {
            roomSince = .never
            let waitsForOthers = grid.roundedDown(roomByBase) <= limit.amperes
            limit.reason = waitsForOthers ? .waitingForOthers : .waitingForRoomToLast
            limit.limitingPhase = tightest
            return false
        }
        if roomSince == .never {
            roomSince = now
            smallestRoomAmperes = fitting
        }
        smallestRoomAmperes = min(smallestRoomAmperes, fitting)
        guard now.seconds(since: roomSince) >= policy.raiseAfterSeconds else {
            limit.reason = .waitingForRoomToLast
            limit.limitingPhase = tightest
            return false
        }
        roomSince = .never
        let reason: LimitReason =
            role == .parked
            ? .noVehicle
            : smallestRoomAmperes < targetAmperes ? .waitingForRoomToLast : shareReason
        return set(smallestRoomAmperes, reason, tightest)
    }
}
