/// Finds dips, swells and interruptions in U(½), per phase and of the whole supply (IEC 61000-4-30).
///
/// ```swift
/// detector.add(meter.halfCycle)
/// while let event = detector.nextEnded() { record(event) }
/// ```
///
/// A value of fixed size that allocates nothing: fit for the real-time thread.
public struct VoltageEventDetector: Sendable, BitwiseCopyable {
    public let thresholds: VoltageEventThresholds
    /// The phases that are watched.
    public let phases: SupplyPhases
    private let sampleRateHz: Double
    private let nominalFrames: Double

    // Slot kind·4 + phase for a phase alone, kind·4 + 3 for the supply; an event holds where its bit is set.
    private var running: InlineArray<12, VoltageEvent>
    private var ended: InlineArray<12, VoltageEvent>
    private var runningSlots: UInt16 = 0
    private var endedSlots: UInt16 = 0
    /// The RMS of the last cycle of each phase that is `known`.
    private var latestRMS = SIMD3<Double>.zero
    private var known = SupplyPhases(rawValue: 0)

    /// - Parameters:
    ///   - thresholds: when a cycle's RMS makes an event.
    ///   - phases: those that have a voltage input: an interruption of the supply is one of all of them.
    ///   - sampleRateHz: of the meter that gives the readings.
    ///   - nominalHz: 50 or 60.
    /// - Throws: what makes no sense.
    public init(
        _ thresholds: VoltageEventThresholds, phases: SupplyPhases, sampleRateHz: Double, nominalHz: Double
    ) throws(VoltageEventThresholds.Failure) {
        try thresholds.check()
        guard sampleRateHz > 0, sampleRateHz.isFinite, nominalHz >= 40, nominalHz <= 70 else { throw .timing }
        guard phases.rawValue != 0 else { throw .phases }
        self.thresholds = thresholds
        self.phases = phases
        self.sampleRateHz = sampleRateHz
        nominalFrames = sampleRateHz / nominalHz
        let none = VoltageEvent(
            .dip, isPolyphase: false, phases: [], frame: 0, rms: 0, declaredVoltage: 0, flags: [])
        running = InlineArray(repeating: none)
        ended = InlineArray(repeating: none)
    }

    /// True while any event lasts: values of windows and intervals that it touches are to be flagged.
    public var isRunning: Bool { @_noAllocation @_noLocks get { runningSlots != 0 } }

    /// The event of `kind` that lasts now, of `phase` 0 to 2, or of the supply (nil), with what is known so far.
    @_noAllocation @_noLocks
    public func running(_ kind: VoltageEvent.Kind, phase: Int?) -> VoltageEvent? {
        var slot = kind.index * 4 + 3
        if let phase {
            guard phase >= 0, phase < 3 else { return nil }
            slot = kind.index * 4 + phase
        }
        return isRunning(slot) ? running[slot] : nil
    }

    /// Takes the next half cycle: of each phase the cycle between its own zero crossings. One that is not whole, or
    /// borders on lost frames, starts and ends nothing.
    ///
    /// Up to 12 events may end with it; take them with ``nextEnded()`` before the next call, which forgets them.
    @_noAllocation @_noLocks
    public mutating func add(_ reading: HalfCycleReading) {
        endedSlots = 0
        for slot in 0..<12 where isRunning(slot) { running[slot].flags.mark(reading.flags) }
        guard !reading.flags.has(.gap) else { return }
        // In the order in which the cycles ended, in which the supply's events begin and end.
        var left = SupplyPhases(rawValue: reading.ownCycles.rawValue & phases.rawValue)
        while let phase = firstEnded(of: left, reading) {
            left = SupplyPhases(rawValue: left.rawValue & ~(1 << UInt8(phase)))
            let cycles = reading.ownCycleFrames[phase] / nominalFrames
            guard cycles > 0.75, cycles < 1.25 else { continue }
            latestRMS[phase] = reading.ownCycleVoltageRMS[phase]
            known.mark(phase)
            let start = reading.ownCycleEndFrame[phase] - reading.ownCycleFrames[phase]
            update(.dip, phase, start, reading.flags)
            update(.swell, phase, start, reading.flags)
            update(.interruption, phase, start, reading.flags)
        }
    }

    /// An event that ended with the last half cycle added; nil: no other one did.
    @_noAllocation @_noLocks
    public mutating func nextEnded() -> VoltageEvent? {
        for slot in 0..<12 where endedSlots & (1 << UInt16(slot)) != 0 {
            endedSlots &= ~(1 << UInt16(slot))
            return ended[slot]
        }
        return nil
    }

    @_noAllocation @_noLocks
    private func firstEnded(of left: SupplyPhases, _ reading: HalfCycleReading) -> Int? {
        var first: Int?
        for phase in 0..<3 where left.has(phase) {
            if let earlier = first, reading.ownCycleEndFrame[earlier] <= reading.ownCycleEndFrame[phase] { continue }
            first = phase
        }
        return first
    }

    @_noAllocation @_noLocks
    private func isRunning(_ slot: Int) -> Bool { runningSlots & (1 << UInt16(slot)) != 0 }

    /// Takes the RMS that is new of `phase`, of a cycle that began at `start`.
    @_noAllocation @_noLocks
    private mutating func update(_ kind: VoltageEvent.Kind, _ phase: Int, _ start: Double, _ flags: ReadingFlags) {
        let first = kind.index * 4
        let rms = latestRMS[phase]
        var own = SupplyPhases(rawValue: 0)
        own.mark(phase)
        let isOn = isRunning(first + phase) ? !thresholds.isBack(kind, rms) : thresholds.isBeyond(kind, rms)
        step(first + phase, kind, isOn: isOn, own, rms, start, flags)

        var beyond = SupplyPhases(rawValue: 0)
        var notBack = SupplyPhases(rawValue: 0)
        var extreme = rms
        for other in 0..<3 where known.has(other) {
            let rms = latestRMS[other]
            if thresholds.isBeyond(kind, rms) { beyond.mark(other) }
            if !thresholds.isBack(kind, rms) { notBack.mark(other) }
            if kind.isRise ? rms > extreme : rms < extreme { extreme = rms }
        }
        // One phase makes a dip or swell of the supply, which lasts until all are back; only all make an interruption.
        let counted = isRunning(first + 3) ? notBack : beyond
        let supplyIsOn = kind.needsAllPhases ? counted.rawValue == phases.rawValue : counted.rawValue != 0
        step(first + 3, kind, isOn: supplyIsOn, beyond, extreme, start, flags)
    }

    @_noAllocation @_noLocks
    private mutating func step(
        _ slot: Int, _ kind: VoltageEvent.Kind, isOn: Bool, _ touched: SupplyPhases, _ rms: Double, _ start: Double,
        _ flags: ReadingFlags
    ) {
        guard isRunning(slot) else {
            guard isOn else { return }
            runningSlots |= 1 << UInt16(slot)
            running[slot] = VoltageEvent(
                kind, isPolyphase: slot % 4 == 3, phases: touched, frame: start, rms: rms,
                declaredVoltage: thresholds.declaredVoltage, flags: flags)
            return
        }
        // Phases' cycles may end a little out of order where a phase's cuts have moved to another boundary.
        let end = Swift.max(start, running[slot].endFrame)
        running[slot].endFrame = end
        running[slot].durationSeconds = (end - running[slot].startFrame) / sampleRateHz
        if isOn {
            running[slot].phases = SupplyPhases(rawValue: running[slot].phases.rawValue | touched.rawValue)
            if kind.isRise ? rms > running[slot].extremeRMS : rms < running[slot].extremeRMS {
                running[slot].extremeRMS = rms
                running[slot].deviation = rms - thresholds.declaredVoltage
            }
        } else {
            ended[slot] = running[slot]
            endedSlots |= 1 << UInt16(slot)
            runningSlots &= ~(1 << UInt16(slot))
        }
    }
}
