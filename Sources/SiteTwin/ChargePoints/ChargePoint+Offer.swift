/// What a station offers its car, and what it says of itself.
extension ChargePoint {
    /// The limit in force.
    var activeAmperes: Double {
        if ignoresLimits { return frozenAmperes }
        guard isContactLost else { return min(max(actingAmperes, lowestAmperes), maximumAmperes) }
        switch behaviour.onContactLost {
        case .keepsLimit: return min(max(actingAmperes, lowestAmperes), maximumAmperes)
        case .fullPower: return maximumAmperes
        case .fallsBack, .stops: return min(max(failSafeAmperes ?? 0, lowestAmperes), maximumAmperes)
        }
    }

    /// What the station means to offer: 0, or 6 A and more.
    var permittedAmperes: Double {
        guard case .connected = visit, !isSessionStopped, isReleased || lowestAmperes > 0,
            activeAmperes >= Car.smallestAmperes
        else { return 0 }
        return activeAmperes
    }

    /// What the pilot signal offers: 0, or 6 A and more.
    var offeredAmperes: Double {
        guard case .connected = visit, !isRebooting else { return 0 }
        if faults.contains(.drawsWhileOff) { return max(permittedAmperes, min(16, maximumAmperes)) }
        return now >= resumesAt ? permittedAmperes : 0
    }

    /// What it is at, as it tells.
    var state: ChargePointState {
        if hasContactError { return .fault }
        switch visit {
        case .free: return .free
        case .waiting: return isSessionStopped ? .stopped : .waiting
        case .connected(let car):
            if isSessionStopped { return .stopped }
            if car.amperes > 0, permittedAmperes > 0 || !faults.contains(.drawsWhileOff) { return .charging }
            return permittedAmperes > 0 ? .ready : .paused
        case .staying: return isSessionStopped ? .stopped : .finished
        }
    }

    /// Only one client is served, and is given up after this many seconds without contact; nil: several.
    var singleClientSeconds: Double? { behaviour.isSingleClient ? watchdogSeconds : nil }

    var isRebooting: Bool { now < rebootsUntil }
}
