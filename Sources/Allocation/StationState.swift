/// What a station may take part in at one decision.
enum StationRole: UInt8, BitwiseCopyable {
    /// Shares what is free.
    case car
    /// No car: parked at its smallest limit where that is left over.
    case parked
    /// Cannot be relied on to follow: its room is kept for it, its own limit only falls.
    case held
    /// Gets 0.
    case outOfService
    /// Gets its maximum.
    case notManaged
    /// Gets 0.
    case settingsUnusable

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// Everything the allocator keeps of one station. Preallocated, one per station.
struct StationState: BitwiseCopyable {
    let rating: StationRating
    let grid: StationGrid
    let isUsable: Bool

    // From decision to decision.
    var limit = StationLimit()
    /// False until its first confirmed limit was taken over as the start.
    var isAdopted = false
    var told: ToldLimits
    /// Since when there has been room above `limit`, and the smallest limit that would have fitted all that time.
    var roomSince = MonotonicTime.never
    var smallestRoomAmperes = 0.0
    /// The last two reported currents.
    var drawn = PerPhaseAmperes.zero
    var drawnBefore = PerPhaseAmperes.zero
    var drawnTime = MonotonicTime.never
    /// What the station might have been drawing in good faith when its current was read; whether it drew more.
    var toldWhenDrawnAmperes = 0.0
    var overdraws = false

    // Of the present decision only; `count` sets them all.
    var role = StationRole.car
    var isSilent = false
    var disobeys = false
    var isCharging = false
    /// The largest current that it has been allowed and may still be using: on each of its lines.
    var inForceAmperes = 0.0
    /// What of the measured current is taken to be this station's.
    var credit = PerPhaseAmperes.zero
    /// The share, on the grid, and the line that ended it.
    var targetAmperes = 0.0
    var targetPhase: Phase?
    var isAdmitted = false
    var isFrozen = false
    var isRising = false

    init(_ rating: StationRating) {
        self.rating = rating
        grid = StationGrid(rating)
        do throws(SettingsProblem) {
            try rating.validate()
            isUsable = true
        } catch {
            isUsable = false
        }
        told = ToldLimits(knownMaximum(rating))
    }

    /// The most that it can draw as far as its settings can be read.
    var maximumAmperes: Double {
        @_noAllocation @_noLocks get { knownMaximum(rating) }
    }

    /// The current to which it falls back; its maximum where it has no fall-back.
    var fallBackAmperes: Double {
        @_noAllocation @_noLocks get { rating.failSafeAmperes ?? maximumAmperes }
    }

    /// Whether it takes part in the sharing; for the others their room is kept.
    var shares: Bool {
        @_noAllocation @_noLocks get { role == .car || role == .parked }
    }

    /// The current counted on the line at `place`: the largest of what it was told, confirmed and draws.
    @_noAllocation @_noLocks
    func counted(place: Int) -> Double {
        guard rating.phases.contains(place: place) else { return 0 }
        return max(inForceAmperes, credit[place])
    }
}

@_noAllocation @_noLocks
private func knownMaximum(_ rating: StationRating) -> Double {
    let maximum = rating.maximumAmperes
    return maximum > 0 && maximum < .infinity ? maximum : 0
}
