import Allocation

/// A generator of repeatable random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A station with its car, as it truly is. Time runs in ticks of 0.1 s.
struct SimulatedStation {
    var rating: StationRating
    /// Ticks that an order takes to the station, that the car takes to follow, and that its meter lags.
    var writeTicks = 2
    var reactionTicks = 20
    var lagTicks = 5
    /// Ticks from one report to the next.
    var reportTicks = 10
    /// Draws this whatever it is told; nil: a true station.
    var liesWith: Double?
    var isReachable = true

    var wantsAmperes = 0.0
    var hasCar = true
    var carPhases: PhaseSet = .all
    private(set) var accepted = 0.0
    private(set) var drawn = 0.0
    private var pending: [(tick: Int, amperes: Double)] = []
    private var drawnHistory: [Double] = []
    private var aboveSince: Int?
    private var lastContactTick = 0
    private(set) var report = StationReport()

    init(_ rating: StationRating, accepted: Double) {
        self.rating = rating
        self.accepted = accepted
    }

    /// The largest limit on its way to it.
    var inFlight: Double? { pending.map(\.amperes).max() }

    mutating func send(_ amperes: Double, tick: Int) {
        guard isReachable, (pending.last?.amperes ?? accepted) != amperes else { return }
        pending.append((tick + writeTicks, amperes))
        // On its way from now on, whatever becomes of the link.
        report.inFlightAmperes = max(amperes, report.inFlightAmperes ?? 0)
    }

    mutating func step(tick: Int, time: MonotonicTime, ramp: Double) {
        while let first = pending.first, first.tick <= tick {
            accepted = first.amperes
            pending.removeFirst()
        }
        if isReachable { lastContactTick = tick }
        if let fallBack = rating.failSafeAmperes,
            Double(tick - lastContactTick) / 10 >= rating.failSafeAfterSeconds
        {
            accepted = min(accepted, fallBack)
        }
        let allowed = liesWith ?? (accepted >= rating.minimumAmperes ? accepted : 0)
        let goal = hasCar ? min(allowed, max(wantsAmperes, liesWith ?? 0)) : 0
        if goal < drawn {
            // A lower order is followed after the reaction time at the latest; a car that stops by itself, at once.
            if drawn <= allowed || !hasCar {
                drawn = goal
            } else {
                let since = aboveSince ?? tick
                aboveSince = since
                if tick - since >= reactionTicks { drawn = goal }
            }
        } else {
            drawn = min(goal, drawn + ramp)
        }
        if drawn <= allowed { aboveSince = nil }
        drawnHistory.append(drawn)
        guard isReachable, tick % reportTicks == 0 || report.lastContact == .never else {
            if !isReachable { report.isAnswering = false }
            // What was sent stays unconfirmed while nobody answers.
            report.inFlightAmperes = isReachable ? inFlight : max(inFlight ?? 0, report.inFlightAmperes ?? 0)
            if isReachable { report.acceptedAmperes = accepted }
            return
        }
        let shown = drawnHistory[max(0, drawnHistory.count - 1 - lagTicks)]
        report = StationReport(
            status: !hasCar ? .free : shown > 0 ? .charging : .occupied, isAnswering: true, lastContact: time,
            acceptedAmperes: accepted, inFlightAmperes: inFlight,
            drawnAmperes: PerPhaseAmperes(shown, on: carPhases), drawnTime: time)
    }
}
