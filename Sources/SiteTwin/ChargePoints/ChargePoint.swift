import Glibc

/// The register map that a station speaks.
enum StationKind: Sendable {
    /// Written by hand, with no look at a profile: they check the simulation by profile.
    case abbTerraAC, generic
    /// Made from a profile.
    case simulated(RegisterImage)
}

/// One charging station with its car: electronics, watchdog, meter. Pure: time comes in as a number.
struct ChargePoint: Sendable {
    var kind: StationKind
    let name: String
    let index: Int
    /// The supply line of each of the station's own phases.
    let supplyPhases: [Int]
    let maximumAmperes: Double
    /// The model's habits.
    let behaviour: StationBehaviour
    /// What it is in its own words.
    let serialNumber: String
    /// What was last written, in ampere.
    var commandedAmperes: Double
    /// Seconds without a sign of life until the station helps itself; 0: never.
    var watchdogSeconds: Double
    /// What it then offers; nil: it stops the session and reports an error.
    var failSafeAmperes: Double?
    /// False: stopped by something else than the limit.
    var isReleased = true
    var faults: StationFaults = []
    var journal = ContactJournal()
    /// It answers with exceptions until then; seconds after the start.
    private(set) var rebootsUntil = -Double.infinity
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
    private(set) var now = 0.0
    private var lastSignAt: Double?
    /// What was written, once it acts.
    private(set) var actingAmperes: Double
    private var pendingLimit: (due: Double, amperes: Double)?
    /// After a pause nothing is offered until then.
    private(set) var resumesAt = -Double.infinity
    private var wasPaused = false
    /// The phases that its contactors connect: 1 or 3.
    private(set) var offeredPhaseCount = 3
    private var pendingPhases: (due: Double, count: Int)?
    /// How often its contactors switched while the car drew current.
    private(set) var loadedSwitchCount = 0
    private let firstCar: TwinCar?
    private let factory: StationKind
    let lowestAmperes: Double
    private(set) var frozenAmperes = 0.0
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
        seed: UInt64, behaviour: StationBehaviour? = nil, serialNumber: String? = nil, car: TwinCar? = nil,
        lowestAmperes: Double = 0
    ) {
        self.kind = kind
        factory = kind
        self.name = name
        self.index = index
        self.supplyPhases = supplyPhases
        self.maximumAmperes = maximumAmperes
        self.behaviour = behaviour ?? .byHand(kind)
        self.serialNumber = serialNumber ?? "TWIN\(String(10_000 + index).dropFirst())"
        self.lowestAmperes = lowestAmperes
        firstCar = car
        watchdogSeconds = self.behaviour.watchdogSeconds
        failSafeAmperes = self.behaviour.failSafeAmperes
        commandedAmperes = maximumAmperes
        if case .simulated(let image) = kind { commandedAmperes = image.limitAmperes }
        actingAmperes = commandedAmperes
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
    var carPhaseCount: Int { min(car?.phaseCount ?? 0, supplyPhases.count, offeredPhaseCount) }

    /// A request has come.
    mutating func noteRequest(at now: Double) {
        if behaviour.signOfLife == .anyRequest { noteLife(at: now) }
    }

    mutating func noteLife(at now: Double) {
        lastSignAt = now
        isContactLost = false
    }

    /// As if the last sign of life had come so much sooner.
    mutating func passWithoutContact(seconds: Double) {
        if let last = lastSignAt { lastSignAt = last - seconds }
    }

    mutating func changePhases(to count: Int, at now: Double) {
        pendingPhases = count == offeredPhaseCount ? nil : (now + behaviour.phasesChangeAfterSeconds, count)
    }

    /// The next car comes now where none is there.
    mutating func bringCar() {
        if case .free = visit { visit = .free(arrivesAt: now) }
    }

    /// Starts anew: what it was told is forgotten.
    mutating func reboot(at now: Double) {
        rebootsUntil = now + behaviour.rebootSeconds
        kind = factory
        watchdogSeconds = behaviour.watchdogSeconds
        failSafeAmperes = behaviour.failSafeAmperes
        commandedAmperes = maximumAmperes
        if case .simulated(let image) = kind { commandedAmperes = image.limitAmperes }
        actingAmperes = commandedAmperes
        pendingLimit = nil
        pendingPhases = nil
        offeredPhaseCount = 3
        isReleased = true
        isSessionStopped = false
        lastSignAt = nil
        isContactLost = false
    }

    /// - Parameters:
    ///   - nanoseconds: monotonic time at which the request was received.
    ///   - now: the same in seconds after the start; nil: the limit acts at once.
    mutating func receiveLimit(_ amperes: Double, nanoseconds: Int64, at now: Double? = nil) {
        if receivedLimits.count >= 4096 { receivedLimits.removeFirst(2048) }
        receivedLimits.append(ReceivedLimit(nanoseconds: nanoseconds, amperes: amperes))
        if behaviour.signOfLife == .limitWrite, let now { noteLife(at: now) }
        guard !faults.contains(.forgetsLimits) else { return }
        commandedAmperes = amperes
        if amperes >= Car.smallestAmperes { isSessionStopped = false }
        guard let now, behaviour.limitActsAfterSeconds > 0 else {
            actingAmperes = amperes
            return
        }
        // One that waits already is overtaken by the newer, not put off by it.
        pendingLimit = (pendingLimit?.due ?? now + behaviour.limitActsAfterSeconds, amperes)
    }

    /// Goes on to `now`.
    ///
    /// - Parameters:
    ///   - now: seconds after the start.
    ///   - elapsed: seconds since the last call.
    ///   - watts: active power of one ampere of a car on each supply line.
    ///   - speed: how much faster the car's owner and battery live.
    mutating func advance(to now: Double, elapsed: Double, wattsPerAmpere watts: [Double], speed: Double) {
        self.now = now
        if let pending = pendingLimit, now >= pending.due {
            actingAmperes = pending.amperes
            pendingLimit = nil
        }
        if let pending = pendingPhases, now >= pending.due {
            if carAmperes > 0 { loadedSwitchCount += 1 }
            offeredPhaseCount = pending.count
            pendingPhases = nil
        }
        if watchdogSeconds > 0, let last = lastSignAt, now - last >= watchdogSeconds, !isContactLost {
            isContactLost = true
            let needsCurrent = behaviour.onContactLost == .fallsBack || behaviour.onContactLost == .stops
            if failSafeAmperes == nil, needsCurrent {
                isSessionStopped = true
                hasContactError = true
            }
        }
        noteResumption(at: now)
        advanceVisit(to: now, elapsed: elapsed, watts: watts, speed: speed)
        if now >= refreshesAt {
            refreshesAt = now + 1
            for phase in 0..<3 { reportedAmperes[phase] = phase < carPhaseCount ? carAmperes : 0 }
        }
    }

    private mutating func noteResumption(at now: Double) {
        guard case .connected = visit else { return wasPaused = false }
        let isPaused = permittedAmperes == 0
        if wasPaused, !isPaused { resumesAt = now + behaviour.resumesAfterSeconds }
        wasPaused = isPaused
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
            let used = supplyPhases.prefix(min(car.phaseCount, offeredPhaseCount))
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
        if energyWattHours == 0, let first = firstCar {
            return Car(
                phaseCount: first.phaseCount, maximumAmperes: first.maximumAmperes,
                neededWattHours: first.neededWattHours, delaySeconds: first.delaySeconds, random: &random)
        }
        let types: [(phases: Int, amperes: Double)] = [(3, 32), (3, 16), (1, 32), (1, 16)]
        // The first cars are the ones that make the limits of a house with few stations bind.
        let isFirst = energyWattHours == 0
        let type = isFirst ? types[index % 2] : types[Int(random.next() % 4)]
        return Car(
            phaseCount: type.phases, maximumAmperes: type.amperes, neededWattHours: random.uniform(5000...30_000),
            random: &random)
    }
}
