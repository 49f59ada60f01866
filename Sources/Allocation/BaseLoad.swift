/// The supply current of one line over the last seconds: its smallest and largest value, in buckets.
struct CurrentHistory: BitwiseCopyable {
    private struct Bucket: BitwiseCopyable {
        var start = MonotonicTime.never
        var end = MonotonicTime.never
        var smallest = 0.0
        var largest = 0.0
    }
    private static var bucketSeconds: Double { 0.25 }
    /// At least 16 s: more than the 11 s that the oldest report of use looks back. A power of two, to wrap by mask.
    private static var bucketCount: Int { 64 }
    private var buckets = InlineArray<64, Bucket>(repeating: Bucket())
    private var newest = 0

    /// Takes a value in; one older than the last is taken as simultaneous with it.
    @_noAllocation @_noLocks
    mutating func note(_ amperes: Double, at time: MonotonicTime) {
        if buckets[newest].start == .never || time.seconds(since: buckets[newest].start) >= Self.bucketSeconds {
            newest = (newest + 1) & (Self.bucketCount - 1)
            buckets[newest] = Bucket(start: time, end: time, smallest: amperes, largest: amperes)
            return
        }
        buckets[newest].end = later(buckets[newest].end, time)
        buckets[newest].smallest = min(buckets[newest].smallest, amperes)
        buckets[newest].largest = max(buckets[newest].largest, amperes)
    }

    /// The range of all values since `time`; of the newest alone where none is as young.
    ///
    /// `mutating`, though it changes nothing: otherwise this compiler copies all buckets for each that is read.
    @_noAllocation @_noLocks
    mutating func range(since time: MonotonicTime) -> (smallest: Double, largest: Double) {
        var smallest = buckets[newest].smallest, largest = buckets[newest].largest
        for step in 1..<Self.bucketCount {
            let bucket = buckets[(newest &- step) & (Self.bucketCount - 1)]
            guard bucket.start != .never, !(bucket.end < time) else { break }
            smallest = min(smallest, bucket.smallest)
            largest = max(largest, bucket.largest)
        }
        return (smallest, largest)
    }
}

/// What the building draws on one line apart from its stations: an estimate that changes only as far as the
/// stations cannot explain what is measured.
///
/// Stations report late. Against a report that shows the moment w, any measurement since w may be the one that
/// belongs to it. Base load is therefore at least (smallest current since w) − Σ drawn and at most (largest since
/// w) − Σ proven, and the estimate is the value in that range nearest to the one before. Nothing is held to be a car
/// for longer than the attribution time, or twice that where reports show that a car did rise.
struct BaseLoad: BitwiseCopyable {
    /// For lowering: planned limits must fit beside it. Infinite before the first reading.
    private(set) var amperes = Double.infinity
    /// For raising: the most that it can be.
    private(set) var highestAmperes = Double.infinity
    private var history = CurrentHistory()
    /// What the reports of the time left unexplained.
    private var unexplained = CurrentHistory()
    private var lastTime = MonotonicTime.never

    /// Forgets the estimate, not the measured currents: the stations behind it are others now.
    mutating func forget() {
        amperes = .infinity
        highestAmperes = .infinity
        unexplained = CurrentHistory()
    }

    /// Takes a usable reading of `lane` in.
    @_noAllocation @_noLocks
    mutating func update(
        measured: Double, at time: MonotonicTime, usable: Double, lane: Int, census: Census, policy: AllocationPolicy
    ) {
        // The value that stood when a report was made is the one read before it.
        let step = lastTime == .never ? 0 : min(max(time.seconds(since: lastTime), 0), 2)
        lastTime = time
        history.note(measured, at: time)

        let attribution = time.advanced(bySeconds: -policy.attributionSeconds)
        let shown = earlier(time, census.oldestForRise[lane]).advanced(bySeconds: -step)
        let rise = history.range(since: later(shown, attribution))
        let fall = history.range(since: earlier(time, census.oldestForFall[lane]).advanced(bySeconds: -step))
        let credit = census.credit[lane]

        unexplained.note(measured - credit, at: time)
        // A car's rise, reported meanwhile, can hide an earlier one of the building in `rise`; not for ever.
        let lasting = unexplained.range(since: attribution.advanced(bySeconds: -policy.attributionSeconds)).smallest
        let explained = max(rise.smallest, measured - census.potential[lane]) - credit
        let lowest = largest(0, explained, lasting)
        highestAmperes = max(lowest, fall.largest - census.proven[lane])
        amperes = min(max(amperes, lowest), highestAmperes)
        if measured > usable { answerOverload(measured: measured, usable: usable, lane: lane, census: census) }
    }

    /// A current above the usable one is answered at once: all of it that no report explains is base load.
    ///
    /// Above it by no more than a meter may be wrong by, that would punish cars which just filled the line: limits would
    /// fall by all that no report has shown yet, and rise again, for ever. There cars are believed to use what they were
    /// told, for the attribution time as above, and only the excess is taken.
    @_noAllocation @_noLocks
    mutating func answerOverload(measured: Double, usable: Double, lane: Int, census: Census) {
        if amperes == .infinity {
            amperes = max(0, measured - census.proven[lane])
            highestAmperes = amperes
        } else {
            let noise = lane == Lanes.power ? 0 : max(Self.noiseAmperes, Self.noiseShare * usable)
            let isNoise = measured <= usable + noise
            let cars = census.credit[lane] + (isNoise ? census.potential[lane] : 0)
            amperes = max(amperes, measured - cars)
            highestAmperes = max(highestAmperes, amperes)
        }
    }

    // What a half cycle may be wrong by; power comes with windows only, which are quiet.
    private static var noiseAmperes: Double { @_noAllocation @_noLocks get { 0.5 } }
    private static var noiseShare: Double { @_noAllocation @_noLocks get { 0.01 } }
}
