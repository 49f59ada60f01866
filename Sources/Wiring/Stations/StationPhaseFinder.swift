import Allocation
import MeterDSP

/// Finds on which lines each station's car draws, from the changes of limits and what the sensors show after them.
///
/// Tell it every window and every change of a limit that a car is going to follow. Between them it compares the current
/// just before a change with that ten seconds after, weighs all sets of lines by Bayes' rule, and knows a station when three
/// or more steps have left no other set. A step is left out where it cannot be told apart from its cause: where a load
/// moved just before it (limits fall because a load rises), or where the same station moved shortly before.
///
/// - Complexity: O(stations) per reading, O(1) memory per station, no heap after `init`.
public struct StationPhaseFinder: Sendable {
    // The stretch before: into the time in which no car can have followed yet, so that a load that caused the step is
    // seen to move. The stretch after: when the slowest car has followed.
    private static var beforeSeconds: (from: Double, to: Double) { (-1.6, 0.3) }
    private static var afterSeconds: (from: Double, to: Double) { (8, 10) }
    private static var spanSeconds: Double { 9.65 }

    private(set) var history = CurrentHistory()
    private(set) var noise = LineNoise()
    private var beliefs: [StationBelief]
    private var sinceNoise = 0
    private var lastStepSeconds = -Double.infinity
    /// Steps that were measured, and those that could not be used.
    public private(set) var measuredCount = 0
    public private(set) var skippedCount = 0

    /// A finder for so many stations, numbered from 0.
    public init(stationCount: Int) {
        beliefs = Array(repeating: StationBelief(), count: Swift.max(0, stationCount))
    }

    public var stationCount: Int { beliefs.count }

    /// What is known of a station.
    public subscript(station: Int) -> StationPhases { beliefs[station].phases }

    /// Adds a window.
    ///
    /// - Parameters:
    ///   - activeAmperes: active power over voltage of each line, ampere; negative: feed-in.
    ///   - seconds: when the window ended, on a clock that never jumps.
    public mutating func add(activeAmperes: SIMD3<Double>, at seconds: Double) {
        if let latest = history.latestSeconds, seconds < latest || seconds > latest + 1 { markGap() }
        history.add(activeAmperes, at: seconds)
        for station in 0..<beliefs.count where beliefs[station].isPending {
            guard seconds >= beliefs[station].latest.seconds + Self.afterSeconds.to else { continue }
            beliefs[station].isPending = false
            measure(station)
        }
        learnNoise(seconds)
    }

    /// The same of a window; one that says nothing reliable is a gap.
    public mutating func add(_ window: WindowReading, at seconds: Double) {
        let unusable = ReadingFlags.gap.rawValue | ReadingFlags.unsynchronised.rawValue | ReadingFlags.partial.rawValue
        guard window.flags.rawValue & unusable == 0 else { return markGap() }
        var active = SIMD3<Double>.zero
        for line in 0..<3 where window.voltageRMS[line] > 20 {
            active[line] = window.activePower[line] / window.voltageRMS[line]
        }
        add(activeAmperes: active, at: seconds)
    }

    /// Says that readings are missing: steps under way are not measured.
    public mutating func markGap() {
        history.restart()
        for station in 0..<beliefs.count { beliefs[station].isPending = false }
    }

    /// What a car is going to do about another limit.
    ///
    /// - Parameter drawnAmperes: what it draws on each line it uses; nil: not known, then all of the limit.
    /// - Returns: by how much its current will change; 0: not at all, it draws less than it may.
    public static func expectedChange(from before: Double, to after: Double, drawnAmperes: Double?) -> Double {
        guard let drawn = drawnAmperes else { return after - before }
        // A car that leaves more than an ampere of its limit has a limit of its own.
        if after > before { return drawn > before - 1 ? after - before : 0 }
        return Swift.min(0, after - drawn)
    }

    /// Says that a charging station was told another limit.
    ///
    /// - Parameters:
    ///   - amperes: by how much its car's current should change on each line it uses (`expectedChange`); negative: less.
    ///   - seconds: when it was told, on the clock of the windows.
    public mutating func noteStep(station: Int, amperes: Double, at seconds: Double) {
        guard amperes != 0, amperes.magnitude < 1000 else { return }
        beliefs[station].note(amperes, at: seconds)
        lastStepSeconds = seconds
    }

    /// Says that another car is at the station: it may use other phases.
    public mutating func noteNewCar(station: Int) { beliefs[station].newCar() }

    // MARK: Measuring

    private mutating func measure(_ station: Int) {
        let step = beliefs[station].latest
        let time = step.seconds
        guard
            let before = history.stretch(from: time + Self.beforeSeconds.from, to: time + Self.beforeSeconds.to),
            let after = history.stretch(from: time + Self.afterSeconds.from, to: time + Self.afterSeconds.to)
        else { return skip() }
        var others = InlineArray<6, StepLikelihood.Other>(repeating: .init())
        guard let count = collectOthers(besides: station, at: time, into: &others) else { return skip() }
        let size = step.amperes.magnitude
        var change = after.mean - before.mean
        var spread = SIMD3<Double>.zero
        for line in 0..<3 {
            // A load that caused the step is at least as large as the step: it must never pass as scatter.
            let allowed = 0.35 * size + 0.5
            guard before.span[line] < allowed, after.span[line] < allowed else { return skip() }
            let slope = trend(before, line) + trend(after, line)
            let drift = slope / 2 * Self.spanSeconds
            change[line] -= drift
            spread[line] = 0.5 * drift.magnitude
        }
        let likelihood = StepLikelihood(noise: noise, change: change, spread: spread)
        guard let explanations = likelihood.explanations(amperes: step.amperes, others: others, count: count) else {
            return skip()
        }
        measuredCount += 1
        beliefs[station].update(explanations)
    }

    private mutating func skip() { skippedCount += 1 }

    /// Ampere per second within a stretch of two seconds, where it is more than scatter: sunshine, a ramp.
    private func trend(_ stretch: CurrentHistory.Stretch, _ line: Int) -> Double {
        let drift = stretch.drift[line]
        return drift.magnitude > 0.4 * stretch.span[line] && drift.magnitude > 0.06 ? drift : 0
    }

    /// The steps of other stations that may show in the same stretches.
    ///
    /// - Returns: how many; nil: too many, or one moves without rest.
    private func collectOthers(
        besides station: Int, at time: Double, into others: inout InlineArray<6, StepLikelihood.Other>
    ) -> Int? {
        var count = 0
        for index in 0..<beliefs.count where index != station {
            let other = beliefs[index]
            guard (other.latest.seconds - time).magnitude < Self.afterSeconds.to else { continue }
            guard !other.isCrowded, count < 6 else { return nil }
            let phases = other.phases
            others[count] = .init(
                amperes: other.latest.amperes, lines: phases.isKnown ? phases.lines.rawValue : 0)
            count += 1
        }
        return count
    }

    /// Once a second, where no station was told anything for as long as a step is measured.
    private mutating func learnNoise(_ seconds: Double) {
        sinceNoise += 1
        guard sinceNoise >= 5, seconds - lastStepSeconds > 2 * Self.spanSeconds + 2 else { return }
        sinceNoise = 0
        guard let before = history.stretch(from: seconds - Self.spanSeconds - 1.9, to: seconds - Self.spanSeconds),
            let after = history.stretch(from: seconds - 2, to: seconds)
        else { return }
        noise.add(after.mean - before.mean)
    }

    // MARK: Steps of its own

    /// A small step that would tell something about `station`; the allocator may grant it or not.
    ///
    /// At most once an hour and station, one station at a time, only while its car charges and nothing else moved for 20 s.
    /// Downwards only, by 2 A, or 1 A where 6 A would not remain: into what is free the allocator steps by itself.
    ///
    /// - Parameters:
    ///   - limitAmperes: its limit now.
    ///   - isCharging: its car draws as much as it may.
    /// - Returns: nil where none is due, or it is known already. Call `noteTest` where it is granted.
    public func proposedTest(
        station: Int, limitAmperes: Double, isCharging: Bool, at seconds: Double
    ) -> TestStep? {
        let belief = beliefs[station]
        guard isCharging, !belief.phases.isKnown, seconds - belief.lastTestSeconds >= TestStep.intervalSeconds,
            seconds - lastStepSeconds > TestStep.quietSeconds
        else { return nil }
        for other in 0..<beliefs.count where seconds - beliefs[other].lastTestSeconds < 2 * TestStep.holdSeconds {
            return nil
        }
        let down = Swift.min(TestStep.largestAmperes, (limitAmperes - TestStep.lowestLimitAmperes).rounded(.down))
        return down >= TestStep.smallestAmperes ? TestStep(station: station, amperes: -down) : nil
    }

    /// Says that the step was asked for: the next one is due in an hour.
    public mutating func noteTest(_ step: TestStep, at seconds: Double) {
        beliefs[step.station].lastTestSeconds = seconds
    }
}
