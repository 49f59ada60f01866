import Acquisition
import Allocation
import MeterDSP
import Realtime
import Stations

/// What the real-time thread does with a block: measure, decide, publish. Owned by that thread alone.
///
/// After `init`: no allocation of ours, no lock, no file, no log; the only system calls are the writers' wake-ups.
struct ControlLoop: ~Copyable {
    private var meter: Meter
    private var allocator: Allocator
    private let writers: [StationWriter]
    private let outlets: LoopOutlets
    private let wishes: OutsideWishes
    private let lines: StationLines
    private var seenWishes: UInt64?
    /// By station, of the settings; infinite: none.
    private let ownerLimits: [Double]
    private let isFuseKnown: Bool
    private var reports: [StationReport]
    private var snapshot = SiteSnapshot()
    private var overload = LastingOverload()
    private let limits: SupplyLimits
    private let policy: AllocationPolicy
    private let started: MonotonicTime
    private let halfCycleSeconds: Double
    /// Lines whose current comes from a Rogowski coil.
    private let hasCoil: SIMD3<Int>
    // Made once: a set of flags written out is an array first.
    private let unusable = ReadingFlags.unusable
    private let gap = ReadingFlags.gap
    private let unsynchronised = ReadingFlags.unsynchronised
    /// The building may feed in.
    private let feedsIn: Bool
    private let unusableWindow: ReadingFlags = [.unusable, .partial]

    // The windows of the running second: allocation sees the highest of them.
    private var secondAmperes = PerPhaseAmperes.zero
    private var secondWindows = 0
    private var secondIsUsable = true

    // What the block at hand has taken so far, in nanoseconds.
    private var timing = BlockTiming()
    /// When the block at hand was in memory; 0: there is none.
    private var deliveredAt: Int64 = 0
    /// Of the reading before.
    private var lastReading = MonotonicTime.never

    init(
        _ settings: SiteSettings, configuration: MeterConfiguration, writers: [StationWriter], outlets: LoopOutlets,
        wishes: OutsideWishes, lines: StationLines, now: MonotonicTime
    ) throws(SiteError) {
        do throws(MeterConfiguration.Failure) {
            meter = try Meter(configuration)
        } catch {
            throw .meter(error)
        }
        limits = settings.supply.limits
        feedsIn = settings.supply.feedsIn
        var policy = settings.policy
        // Each device releases after a time of its own.
        policy.releaseSeed = .random(in: .min ... .max)
        self.policy = policy
        allocator = Allocator(
            limits: limits, stations: writers.map(\.rating), policy: policy, nodes: settings.groups.map(\.node))
        self.writers = writers
        self.outlets = outlets
        self.wishes = wishes
        self.lines = lines
        ownerLimits = settings.ownerLimits
        isFuseKnown = limits.device != nil
        reports = Array(repeating: StationReport(), count: writers.count)
        started = now
        halfCycleSeconds = 0.5 / settings.supply.nominalHz
        var coils = SIMD3<Int>.zero
        for input in settings.meter.inputs where input.rogowskiVoltsPerAmpereHertz != nil {
            let phase = input.channel.rawValue - MeterChannel.i1.rawValue
            if (0..<3).contains(phase) { coils[phase] = 1 }
        }
        hasCoil = coils
        snapshot.isMeasuring = true
    }

    /// Takes one block of frames.
    mutating func take(_ block: RawSpan, _ info: BlockInfo) {
        let began = MonotonicClock.nanoseconds()
        timing = BlockTiming()
        timing.time = MonotonicTime(nanoseconds: info.deliveredAt)
        timing.arrival = info.lateNanoseconds
        timing.length = nanoseconds(frames: info.frameCount)
        deliveredAt = info.deliveredAt
        if info.isDiscontinuity || info.framesLost > 0 {
            meter.markGap(lostFrames: info.framesLost)
            snapshot.gaps += 1
            snapshot.framesLost += info.framesLost
        }
        let time = MonotonicTime(nanoseconds: info.deliveredAt)
        var cursor = 0
        while let event = meter.advance(through: block, from: &cursor) {
            // Of long blocks each reading has its own time: the fuse warms for as long as each current flowed.
            let reading = readingTime(time, framesSince: info.frameCount - cursor)
            switch event {
            case .halfCycle: halfCycle(reading)
            case .window: window(reading)
            }
        }
        snapshot.blocks += 1
        snapshot.frames += Int64(info.frameCount)
        snapshot.lastBlock = time
        snapshot.isMeasuring = true
        expire(time)
        show()
        timing.measuring = MonotonicClock.nanoseconds() - began - timing.deciding - timing.publishing
        outlets.timing.record(timing)
        deliveredAt = 0
    }

    /// When a reading was complete that ended `frames` frames before the end of a block; never before the last one.
    private mutating func readingTime(_ blockTime: MonotonicTime, framesSince frames: Int) -> MonotonicTime {
        var time = MonotonicTime(nanoseconds: blockTime.nanoseconds - nanoseconds(frames: frames))
        if lastReading != .never, time.nanoseconds < lastReading.nanoseconds { time = lastReading }
        lastReading = time
        return time
    }

    private func nanoseconds(frames: Int) -> Int64 { Int64(Double(frames) / meter.sampleRateHz * 1e9) }

    /// Lets time pass without a block: the last reading grows too old.
    mutating func wait(_ now: MonotonicTime) {
        expire(now)
        show()
    }

    /// Says that the ADC's connection is lost.
    mutating func lost() {
        snapshot.isMeasuring = false
        show()
    }

    mutating func regained() { snapshot.reconnects += 1 }

    /// Goes over to the fail-safe plan where the last usable reading is too old. Gives readings the time they need
    /// after the start: the first plan stands on a measurement.
    private mutating func expire(_ now: MonotonicTime) {
        if now.seconds(since: started) > policy.readingExpiresAfterSeconds {
            let began = MonotonicClock.nanoseconds()
            readReports()
            // Without windows nobody else looks at what was set from outside.
            if holdsFailSafePlan { _ = takeWishes(now) }
            // Even unchanged limits: without a reading since the start, no station has been told any.
            let wasFailSafe = holdsFailSafePlan
            let isChanged = Self.expire(&allocator, reports, now)
            noteSignal()
            if isChanged || wasFailSafe != holdsFailSafePlan { outlets.decisions.note(allocator) }
            timing.deciding += MonotonicClock.nanoseconds() - began
            if isChanged || holdsFailSafePlan { publish() }
        }
        snapshot.alarm = overload.shown(allocator.alarm, now: now)
    }

    /// True when the fail-safe plan has been published, for want of a usable reading.
    var holdsFailSafePlan: Bool { allocator.alarm.contains(.noMeasurement) }

    private mutating func halfCycle(_ time: MonotonicTime) {
        let reading = meter.halfCycle
        snapshot.halfCycle = reading
        for phase in 0..<3 {
            snapshot.highestAmperes[phase] = max(snapshot.highestAmperes[phase], reading.currentRMS[phase])
            if reading.currentRMS[phase] > limits.mainAmperes[phase: phase] {
                snapshot.secondsAboveMainLimit[phase] += halfCycleSeconds
            }
        }
        // A stretch cut at a gap is no half cycle. Gaps without end leave no usable reading: the fail-safe plan.
        guard reading.flags.isDisjoint(with: gap) else { return }
        // Nor is what comes while the meter settles: its RMS may be a tenth too high, which is an overload that is none.
        guard reading.isWholeCycle || reading.flags.isDisjoint(with: unsynchronised) else { return }
        let began = MonotonicClock.nanoseconds()
        readReports()
        let flowing = protectionAmperes(reading)
        let amperes = counted(
            flowing, power: reading.activePower, voltage: reading.voltageRMS, flags: reading.flags)
        let supply = SupplyReading(
            amperes: amperes, time: time, isUsable: reading.flags.isDisjoint(with: unusable),
            flowingAmperes: PerPhaseAmperes(flowing))
        let isChanged = Self.protect(&allocator, reports, supply, time)
        noteSignal()
        if isChanged { outlets.decisions.note(allocator) }
        timing.deciding += MonotonicClock.nanoseconds() - began
        if isChanged { publish() }
    }

    /// What protection acts on: the half cycle's own current. From a coil the last whole cycle's, because a load that
    /// switches leaves an offset in the coil's integral, which half a cycle cannot tell from current: several ampere too
    /// much, at every car that starts. That costs half a cycle.
    private func protectionAmperes(_ reading: HalfCycleReading) -> SIMD3<Double> {
        var amperes = reading.halfCycleCurrentRMS
        for phase in 0..<3 where hasCoil[phase] != 0 { amperes[phase] = reading.currentRMS[phase] }
        return amperes
    }

    private mutating func window(_ time: MonotonicTime) {
        let reading = meter.window
        snapshot.window = reading
        snapshot.energy.add(reading)
        let seconds = reading.frames / meter.sampleRateHz
        for station in 0..<allocator.stationCount {
            snapshot.reasonSeconds[Int(allocator[station].reason.rawValue)] += seconds
        }
        let isUsable = reading.flags.isDisjoint(with: unusableWindow)
        if isUsable { snapshot.lastUsableWindow = time }
        secondIsUsable = secondIsUsable && isUsable
        let amperes = counted(
            reading.currentRMS, power: reading.activePower, voltage: reading.voltageRMS, flags: reading.flags)
        for phase in EachPhase() { secondAmperes[phase] = max(secondAmperes[phase], amperes[phase]) }
        secondWindows += 1
        // Five windows of 10 or 12 cycles are a second; the first decision, and the first after an outage, need one.
        // What changes from outside acts at once.
        let isChanged = takeWishes(time)
        let isFirst = allocator.isUndecided || holdsFailSafePlan
        guard secondWindows >= 5 || isChanged || isFirst else { return }
        readReports()
        guard mayDecide(time) else { return }
        if isFirst {
            // It stands on one good measurement; what was not yet synchronised before does not count.
            // Where none comes, `expire` sees to the stations.
            guard isUsable else { return beginSecond() }
            secondAmperes = amperes
            secondIsUsable = true
        }
        let began = MonotonicClock.nanoseconds()
        let supply = SupplyReading(
            amperes: secondAmperes, time: time, isUsable: secondIsUsable, volts: measuredVolts(reading),
            activePowerWatts: feedsIn && isUsable ? reading.activePower.sum() : nil,
            flowingAmperes: PerPhaseAmperes(reading.currentRMS))
        // Even unchanged limits: the first plan may be what the allocator started from, and no station knows it yet.
        _ = Self.allocate(&allocator, reports, supply, time)
        noteSignal()
        outlets.decisions.note(allocator)
        timing.deciding += MonotonicClock.nanoseconds() - began
        publish()
        snapshot.headroom = allocator.headroomAmperes
        beginSecond()
    }

    /// Takes what was set from outside over; true where there is something new.
    private mutating func takeWishes(_ now: MonotonicTime) -> Bool {
        let generation = wishes.generation
        if seenWishes != generation {
            for source in 0..<5 {
                guard let source = SignalSource(rawValue: UInt8(source)) else { continue }
                allocator[signal: source] = wishes.signal(source)
            }
        }
        // Every time: one that expires leaves that of the settings.
        for station in 0..<allocator.stationCount {
            let amperes = min(ownerLimits[station], wishes.ownerLimit(station: station).amperes(now: now))
            allocator[ownerLimit: station] = amperes < .infinity ? OutsideLimit(eachLine: amperes) : nil
            let test = wishes.phaseTest(station: station)
            allocator[phaseTest: station] =
                test.amperes(now: now) < .infinity ? OutsideLimit(eachLine: test.amperes, expires: test.expires) : nil
        }
        defer { seenWishes = generation }
        return seenWishes != generation
    }

    /// nil where a line is without voltage or not measured: limits in watt then reckon with the highest voltage there
    /// may be.
    private func measuredVolts(_ reading: WindowReading) -> PerPhaseVolts? {
        let volts = reading.voltageRMS
        guard volts.min() >= 50 else { return nil }
        return PerPhaseVolts(volts[0], volts[1], volts[2])
    }

    private mutating func beginSecond() {
        secondAmperes = .zero
        secondWindows = 0
        secondIsUsable = true
    }

    /// The current that counts on each line: all of it, unless the building may feed in and does. Then only what is not
    /// active current, √(S² − P²)/U: feed-in never adds room, and what is reactive flows all the same. Where feed-in is
    /// not allowed, or the line's voltage is missing, a negative power is a fault of the wiring and no feed-in.
    private func counted(
        _ amperes: SIMD3<Double>, power: SIMD3<Double>, voltage: SIMD3<Double>, flags: ReadingFlags
    ) -> PerPhaseAmperes {
        var counted = amperes
        for phase in 0..<3 where feedsIn && power[phase] < 0 {
            guard !flags.contains(.phaseLost(phase)), voltage[phase] > 0 else { continue }
            let apparent = voltage[phase] * amperes[phase]
            let rest = max(0, apparent * apparent - power[phase] * power[phase])
            counted[phase] = rest.squareRoot() / voltage[phase]
        }
        return PerPhaseAmperes(counted)
    }

    /// The first plan waits until the stations have said what they do, 3 s at most: until then each counts at its maximum
    /// and what it draws as base load. The plan would end an overload that is none, by stopping cars that charge.
    private func mayDecide(_ now: MonotonicTime) -> Bool {
        guard allocator.isUndecided, now.seconds(since: started) < 3 else { return true }
        for writer in writers where !writer.hasBeenRead { return false }
        return true
    }

    private mutating func readReports() {
        for station in 0..<writers.count {
            reports[station] = writers[station].report()
            reports[station].carPhases = lines.counted(reports[station], station: station)
        }
    }

    /// Costs next to nothing where a station has been told already.
    private mutating func publish() {
        let began = MonotonicClock.nanoseconds()
        for station in 0..<writers.count {
            writers[station].publish(allocator[station], decidedOn: deliveredAt)
            outlets.published[station].store(allocator[station])
        }
        for group in 0..<outlets.groups.count {
            outlets.groups[group].store(GroupSnapshot(allocator.record(node: group)))
        }
        timing.publishing += MonotonicClock.nanoseconds() - began
    }

    /// Call after each decision: it may have ended an intervention, and at most one.
    private mutating func noteSignal() {
        snapshot.signalMode = allocator.signalMode
        snapshot.intervention = allocator.intervention
        guard snapshot.endedInterventions != allocator.endedInterventionCount else { return }
        outlets.interventions[snapshot.endedInterventions % LoopOutlets.keptInterventions].store(
            allocator.lastIntervention)
        snapshot.endedInterventions = allocator.endedInterventionCount
    }

    private mutating func show() {
        if isFuseKnown {
            snapshot.secondsToTrip = allocator.secondsToTrip
            snapshot.fuseUsedShare = allocator.fuseUsedShare
        }
        let began = MonotonicClock.nanoseconds()
        outlets.snapshots.store(snapshot)
        timing.publishing += MonotonicClock.nanoseconds() - began
    }

    // The stored properties go in one by one: a span over one of them otherwise holds all of `self`.

    private static func allocate(
        _ allocator: inout Allocator, _ reports: [StationReport], _ reading: SupplyReading, _ now: MonotonicTime
    ) -> Bool { allocator.allocate(reading, reports: reports.span, now: now) }

    private static func protect(
        _ allocator: inout Allocator, _ reports: [StationReport], _ reading: SupplyReading, _ now: MonotonicTime
    ) -> Bool { allocator.protect(reading, reports: reports.span, now: now) }

    private static func expire(
        _ allocator: inout Allocator, _ reports: [StationReport], _ now: MonotonicTime
    ) -> Bool { allocator.expire(now: now, reports: reports.span) }
}

extension OutsideLimit {
    fileprivate init(eachLine amperes: Double, expires: MonotonicTime? = nil) {
        self.init(.amperes(PerPhaseAmperes(amperes, amperes, amperes)), expires: expires)
    }
}

extension Allocator {
    /// True before the first decision.
    fileprivate var isUndecided: Bool { stationCount > 0 && self[0].reason == .notDecided }
}

/// L1, L2, L3 without the array that `allCases` makes.
private struct EachPhase: Sequence, IteratorProtocol {
    private var line: UInt8 = 0
    mutating func next() -> Phase? {
        defer { line += 1 }
        return Phase(rawValue: line)
    }
}

extension PerPhaseAmperes {
    init(_ lanes: SIMD3<Double>) { self.init(lanes[0], lanes[1], lanes[2]) }

    /// By index, 0 to 2.
    subscript(phase index: Int) -> Double { index == 0 ? l1 : index == 1 ? l2 : l3 }
}
