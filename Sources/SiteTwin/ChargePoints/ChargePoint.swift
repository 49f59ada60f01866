import Glibc

/// The register map that a station speaks.
enum StationKind: Sendable {
    case abbTerraAC, generic
}

/// One charging station with its car: electronics, watchdog, meter. Pure: time comes in as a number.
struct ChargePoint: Sendable {
    let kind: StationKind
    let name: String
    let index: Int
    /// The supply line of each of the station's own phases.
    let supplyPhases: [Int]
    let maximumAmperes: Double
    /// What was last written, in ampere.
    var commandedAmperes: Double
    /// Seconds without any request until the station helps itself; 0: never.
    var watchdogSeconds: Double = 60
    /// What it then offers; nil: it stops the session and reports an error.
    var failSafeAmperes: Double?
    var isSessionStopped = false {
        didSet { if !isSessionStopped { hasContactError = false } }
    }
    var ignoresLimits = false {
        willSet { if newValue && !ignoresLimits { frozenAmperes = activeAmperes } }
    }
    /// Times of the latest limits received, oldest first.
    private(set) var receivedLimits: [ReceivedLimit] = []
    private(set) var isContactLost = false
    /// The watchdog stopped the session; stays until a start, a limit of 6 A and more, or the next car.
    private(set) var hasContactError = false
    private(set) var visit: Visit
    /// What the station's own meter shows: refreshed once a second, by the station's own phases.
    private(set) var reportedAmperes = [0.0, 0.0, 0.0]
    private(set) var energyWattHours = 0.0
    private(set) var sessionWattHours = 0.0
    private var lastRequestAt: Double?
    private var frozenAmperes = 0.0
    private var refreshesAt: Double
    private var random: RandomSource

    /// The car at the station and what it is about to do; times are seconds after the start.
    enum Visit: Sendable {
        case free(arrivesAt: Double)
        /// Plugged in, waiting for its owner's permission.
        case waiting(Car, until: Double)
        case connected(Car)
        /// Full.
        case staying(Car, until: Double)
    }

    init(
        kind: StationKind, name: String, index: Int, supplyPhases: [Int], maximumAmperes: Double, firstArrival: Double,
        seed: UInt64
    ) {
        self.kind = kind
        self.name = name
        self.index = index
        self.supplyPhases = supplyPhases
        self.maximumAmperes = maximumAmperes
        commandedAmperes = maximumAmperes
        failSafeAmperes = kind == .generic ? 6 : nil
        visit = .free(arrivesAt: firstArrival)
        random = RandomSource(seed: seed, stream: 1000 + UInt64(index))
        refreshesAt = random.uniform(0...1)
    }

    var car: Car? {
        switch visit {
        case .free: nil
        case .waiting(let car, _), .connected(let car), .staying(let car, _): car
        }
    }

    /// RMS current on each phase that the car uses.
    var carAmperes: Double { car?.amperes ?? 0 }
    /// How many of the station's own phases the car uses.
    var carPhaseCount: Int { min(car?.phaseCount ?? 0, supplyPhases.count) }

    /// The limit in force.
    var activeAmperes: Double {
        if ignoresLimits { return frozenAmperes }
        if isContactLost { return min(failSafeAmperes ?? 0, maximumAmperes) }
        return min(commandedAmperes, maximumAmperes)
    }

    /// What the pilot signal offers: 0, or 6 A and more.
    var offeredAmperes: Double {
        guard case .connected = visit, !isSessionStopped, activeAmperes >= Car.smallestAmperes else { return 0 }
        return activeAmperes
    }

    /// Any request is a sign of life.
    mutating func noteRequest(at now: Double) {
        lastRequestAt = now
        isContactLost = false
    }

    /// - Parameter nanoseconds: monotonic time at which the request was received.
    mutating func receiveLimit(_ amperes: Double, nanoseconds: Int64) {
        commandedAmperes = amperes
        if amperes >= Car.smallestAmperes { isSessionStopped = false }
        if receivedLimits.count >= 4096 { receivedLimits.removeFirst(2048) }
        receivedLimits.append(ReceivedLimit(nanoseconds: nanoseconds, amperes: amperes))
    }

    /// Goes on to `now`.
    ///
    /// - Parameters:
    ///   - now: seconds after the start.
    ///   - elapsed: seconds since the last call.
    ///   - watts: active power of one ampere of a car on each supply line.
    ///   - speed: how much faster the car's owner and battery live.
    mutating func advance(to now: Double, elapsed: Double, wattsPerAmpere watts: [Double], speed: Double) {
        if watchdogSeconds > 0, let last = lastRequestAt, now - last >= watchdogSeconds, !isContactLost {
            isContactLost = true
            if failSafeAmperes == nil {
                isSessionStopped = true
                hasContactError = true
            }
        }
        advanceVisit(to: now, elapsed: elapsed, watts: watts, speed: speed)
        if now >= refreshesAt {
            refreshesAt = now + 1
            for phase in 0..<3 { reportedAmperes[phase] = phase < carPhaseCount ? carAmperes : 0 }
        }
    }

    private mutating func advanceVisit(to now: Double, elapsed: Double, watts: [Double], speed: Double) {
        let offer = offeredAmperes
        switch visit {
        case .free(let arrival):
            guard now >= arrival else { return }
            sessionWattHours = 0
            isSessionStopped = false
            visit = .waiting(nextCar(), until: now + random.uniform(1...4))
        case .waiting(let car, let until):
            if now >= until { visit = .connected(car) }
        case .connected(var car):
            car.advance(offer: offer, now: now, elapsed: elapsed)
            let used = supplyPhases.prefix(min(car.phaseCount, supplyPhases.count))
            let wattHours = used.reduce(0) { $0 + watts[$1] } * car.amperes * elapsed / 3600
            energyWattHours += wattHours
            sessionWattHours += wattHours
            car.fill(wattHours: wattHours * speed)
            visit =
                car.isFull && car.amperes == 0
                ? .staying(car, until: now + random.uniform(300...2400) / speed) : .connected(car)
        case .staying(_, let until):
            if now >= until { visit = .free(arrivesAt: now + random.uniform(300...3600) / speed) }
        }
    }

    private mutating func nextCar() -> Car {
        let types: [(phases: Int, amperes: Double)] = [(3, 32), (3, 16), (1, 32), (1, 16)]
        // The first cars are the ones that make the limits of a house with few stations bind.
        let isFirst = energyWattHours == 0
        let type = isFirst ? types[index % 2] : types[Int(random.next() % 4)]
        return Car(
            phaseCount: type.phases, maximumAmperes: type.amperes, neededWattHours: random.uniform(5000...30_000),
            random: &random)
    }
}
