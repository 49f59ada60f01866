import Allocation

/// What flowed, in milliampere-seconds per line: whole numbers, so that the sums agree exactly.
public struct Ledger: Sendable, Equatable {
    public private(set) var base = SIMD3<Int64>.zero
    public private(set) var stations = SIMD3<Int64>.zero
    public private(set) var supply = SIMD3<Int64>.zero
    /// The largest load of a second, in milliampere; the same of the base load alone.
    public private(set) var highestLoad = SIMD3<Int32>.zero
    public private(set) var highestBase = SIMD3<Int32>.zero

    mutating func note(base: SIMD3<Int32>, stations: SIMD3<Int32>, load: SIMD3<Int32>) {
        self.base &+= SIMD3<Int64>(truncatingIfNeeded: base)
        self.stations &+= SIMD3<Int64>(truncatingIfNeeded: stations)
        supply &+= SIMD3<Int64>(truncatingIfNeeded: load)
        highestLoad.replace(with: load, where: load .> highestLoad)
        highestBase.replace(with: base, where: base .> highestBase)
    }
}

/// How long the lines are above what they may carry, and whether the cars could have followed.
public struct OverloadJudge: Sendable {
    /// In milliampere: fuse less margin, and fuse.
    private let usable: SIMD3<Int32>
    private let rated: SIMD3<Int32>
    /// Of the last seconds: what no plan controls, base load and stations with a fault.
    private var uncontrolled: [SIMD3<Int32>]
    private var place = 0
    /// A reading of the last second is above what is usable.
    private(set) var isAboveUsable = false

    /// Seconds above the fuse's rating.
    public private(set) var secondsAboveMainLimit = SIMD3<Int>.zero
    /// Of these, by what is not controllable alone: no plan could have helped.
    public private(set) var secondsBaseAboveMainLimit = SIMD3<Int>.zero
    /// Seconds in which a line would have been above the fuse's rating even with the lowest base load of the reaction
    /// time (`SimulatedSite.reactionSeconds`) before: the cars had time to follow and have not.
    public private(set) var secondsBeyondReaction = SIMD3<Int>.zero
    /// Longest stretch above the fuse's rating, in seconds.
    public private(set) var longestAboveMainLimit = SIMD3<Int>.zero
    /// Seconds in which the margin below the fuse's rating was used.
    public private(set) var secondsInMargin = SIMD3<Int>.zero
    /// Of these, beyond the reaction time.
    public private(set) var secondsInMarginBeyondReaction = SIMD3<Int>.zero
    private var stretch = SIMD3<Int>.zero

    /// Rounding of cars' currents to milliampere is no overload.
    private static let tolerance: Int32 = 50

    init(_ site: SimulatedSite) {
        func lanes(_ amperes: PerPhaseAmperes) -> SIMD3<Int32> {
            SIMD3<Int32>(SIMD3(amperes.l1, amperes.l2, amperes.l3) * 1000)
        }
        let limits = site.limits
        rated = lanes(limits.mainAmperes)
        usable = lanes(limits.mainAmperes) &- lanes(limits.marginAmperes)
        uncontrolled = Array(repeating: SIMD3(repeating: .max), count: site.reactionSeconds + 1)
    }

    mutating func note(uncontrolled now: SIMD3<Int32>, controlled: SIMD3<Int32>) {
        uncontrolled[place] = now
        let load = now &+ controlled
        isAboveUsable = any(load .> usable)
        if isAboveUsable { judge(now, controlled) } else { stretch = .zero }
        place = place + 1 == uncontrolled.count ? 0 : place + 1
    }

    private mutating func judge(_ now: SIMD3<Int32>, _ controlled: SIMD3<Int32>) {
        var lowest = now
        for earlier in uncontrolled { lowest.replace(with: earlier, where: earlier .< lowest) }
        for line in 0..<3 {
            let load = now[line] + controlled[line] - Self.tolerance
            let isControlled = controlled[line] > 0
            if load > usable[line] {
                secondsInMargin[line] += 1
                if isControlled, lowest[line] + controlled[line] - Self.tolerance > usable[line] {
                    secondsInMarginBeyondReaction[line] += 1
                }
            }
            guard load > rated[line] else {
                stretch[line] = 0
                continue
            }
            secondsAboveMainLimit[line] += 1
            stretch[line] += 1
            longestAboveMainLimit[line] = max(longestAboveMainLimit[line], stretch[line])
            if now[line] > rated[line] { secondsBaseAboveMainLimit[line] += 1 }
            if isControlled, lowest[line] + controlled[line] - Self.tolerance > rated[line] {
                secondsBeyondReaction[line] += 1
            }
        }
    }
}

/// The main fuse as it warms, beside the allocator's own: an allocator without stations is its thermal model.
struct FuseObserver: ~Copyable {
    private var model: Allocator
    let device: ProtectiveDevice?
    private(set) var secondsToTrip = Double.infinity
    private(set) var leastSecondsToTrip = Double.infinity
    private(set) var mostUsedShare = 0.0
    private let none: [StationReport] = []

    /// Where the settings do not name the device, a gG fuse of the connection's rating is taken.
    init(_ limits: SupplyLimits) {
        let rated = min(limits.mainAmperes.l1, limits.mainAmperes.l2, limits.mainAmperes.l3)
        device = limits.device ?? (rated >= 2 && rated <= 1250 ? ProtectiveDevice(.fuseGG, ratedAmperes: rated) : nil)
        var watched = limits
        watched.device = device
        model = Allocator(limits: watched, stations: [])
    }

    mutating func flow(_ reading: SupplyReading, now: MonotonicTime) {
        Self.allocate(&model, none, reading, now)
        secondsToTrip = model.secondsToTrip.minimum
        leastSecondsToTrip = min(leastSecondsToTrip, secondsToTrip)
        let share = model.fuseUsedShare
        mostUsedShare = max(mostUsedShare, share.l1, share.l2, share.l3)
    }

    private static func allocate(
        _ model: inout Allocator, _ none: [StationReport], _ reading: SupplyReading, _ now: MonotonicTime
    ) { _ = model.allocate(reading, reports: none.span, now: now) }
}
