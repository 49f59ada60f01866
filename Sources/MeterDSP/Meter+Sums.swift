// Also what changes nothing is `mutating` here: a meter is large, and the compiler copies it for a method that is not.
extension Meter {
    /// Takes new frames group by group, until their sums show a boundary or no whole group is left.
    @_noAllocation @_noLocks
    mutating func takeGroups() {
        while pendingBoundary == nil, finder.signals.left > 0 || addGroups() {
            pendingBoundary = finder.advance()
            if finder.mayHaveCrossed() { noteCrossings() }
        }
    }

    /// Adds up the whole groups that are there, as many as the finder takes at once.
    ///
    /// - Returns: false where there is none.
    @_noAllocation @_noLocks
    private mutating func addGroups() -> Bool {
        let length = finder.decimation
        let (row, frames) = unsafe stage.rows(from: groups.end)
        let (place, room) = unsafe groups.room
        let count = Swift.min(Swift.min(frames / length, FilteredGroups.most), room)
        guard count > 0 else { return false }
        if stage.holdsNarrowFrames {
            unsafe stage.sumGroups(of: length, at: row, count: count, to: place)
            unsafe finder.append(place, count: count)
        } else {
            // `Float` rounds their sums: the finder is given them as they are.
            for number in 0..<count {
                let first = groups.end + Int64(number * length)
                let sum = stage.sum(from: first, through: first + Int64(length) - 1)
                for lane in 0..<8 { unsafe place[number][lane] = Float(sum[lane]) }
                finder.append(sum)
            }
        }
        groups.take(count)
        return true
    }

    /// The channels at frame `index`, as the sums take them.
    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func values(_ index: Int64) -> SIMD8<Double> {
        conditioner.isNeeded ? conditioner[index] : widened(stage[index])
    }

    /// Adds to a boundary what it adds to sums: in place, for it is large.
    @_noAllocation @_noLocks
    mutating func addEdge(to boundary: inout Boundary) {
        let weights = EdgeWeights.integral(boundary.rest)
        let weightsAtBoundary = conditioner.hasCoils ? EdgeWeights.value(boundary.rest) : .zero
        for place in 0..<4 {
            let x = values(boundary.index + Int64(place) - 1)
            boundary.edge.add(x, weight: weights[place], distance: Double(place - 1))
            boundary.integral += weightsAtBoundary[place] * Stretch.currents(x)
        }
    }

    /// A boundary at `position` starts the running half cycle.
    @_noAllocation @_noLocks
    private mutating func startHalfCycle(at position: Double) {
        var boundary = Boundary(position: position)
        addEdge(to: &boundary)
        start = boundary
    }

    /// Adds to `stretch`, which is empty, the sums from the start of the running half cycle to `end`.
    @_noAllocation @_noLocks
    mutating func addHalfCycle(_ end: Boundary, to stretch: inout Stretch) {
        var narrow = NarrowSums()
        stretch.frames = end.position - start.position
        // In pieces that end with the phases' own cuts, whose sums they give without further work.
        var next = start.index + 1
        for cut in 0..<voltages.count {
            let last = Swift.min(voltages.cuts[cut].index, end.index)
            if last >= next {
                addFrames(from: next, through: last, to: &stretch, &narrow)
                next = last + 1
            }
            let phase = voltages.cuts[cut].phase
            let voltage = narrow.voltage(phase)
            complete(
                cut, sum: stretch.sum[phase] + voltage.sum, squares: stretch.squares[phase] + voltage.squares)
        }
        addFrames(from: next, through: end.index, to: &stretch, &narrow)
        narrow.add(to: &stretch)
        if conditioner.isNeeded {
            let risen = end.integral - start.integral
            for lane in 0..<4 where scales.isCoil(lane + 3) { stretch.rise[lane] = risen[lane] }
        }
        stretch.add(end.edge, sign: 1, distance: Double(end.index - start.index))
        stretch.add(start.edge, sign: -1, distance: 0)
        if conditioner.isNeeded { stretch.moveRampOrigin(by: start.rest) }
    }

    /// Adds the sums over the frames from `first` to `last`, ramps counted from the start of the running half cycle, to
    /// one of the two.
    @_noAllocation @_noLocks
    mutating func addFrames(
        from first: Int64, through last: Int64, to stretch: inout Stretch, _ narrow: inout NarrowSums
    ) {
        guard first <= last else { return }
        if conditioner.isNeeded {
            conditioner.add(from: first, through: last, origin: start.index, to: &stretch)
        } else {
            stage.add(from: first, through: last, to: &stretch, &narrow)
        }
    }

    /// Inputs that reached the end of their range in the running half cycle, the last frame of which is `last`. Where frames
    /// are conditioned, `stretch` gets the extremes of voltages that are left as they are.
    @_noAllocation @_noLocks
    mutating func clipping(_ stretch: inout Stretch, through last: Int64) -> ReadingFlags {
        guard conditioner.isNeeded else { return scales.clipping(stretch.minimum, stretch.maximum) }
        let (minimum, maximum) = stage.extremes(from: start.index + 1, through: last)
        for phase in 0..<3 where conditioner.leavesVoltage(phase) {
            stretch.minimum[phase] = minimum[phase] - conditioner.level[phase]
            stretch.maximum[phase] = maximum[phase] - conditioner.level[phase]
        }
        return scales.clipping(minimum, maximum)
    }

    /// The first frame ever, or the first one after a gap, is there: everything starts with it.
    @_noAllocation @_noLocks
    mutating func prepareStart() {
        isPrepared = true
        conditioner.restart(at: finder.position)
        groups.restart(at: finder.position)
    }

    /// A half cycle and a window start with the first frame.
    @_noAllocation @_noLocks
    mutating func startFirst() {
        isStarted = true
        startHalfCycle(at: Double(finder.position))
        hasPrevious = false
        levels.forgetCoils()
        voltages = PhaseVoltages(start: start.position)
        startWindow()
        windowStartsAtCrossing = false
    }

    /// A window starts where the running half cycle does.
    @_noAllocation @_noLocks
    mutating func startWindow() {
        windowStart = start.position
        windowStartsAtCrossing = true
        windowSums = Stretch()
        windowHalfCycles = 0
        windowFlags = ReadingFlags(rawValue: gapBefore ? ReadingFlags.gap.rawValue : 0)
        gapBefore = false
        windowSource = finder.source
        windowWasLocked = finder.isLocked
        track.start(at: start.position)
        windowEdge = FundamentalEdge(start, stage, groups: groups)
    }

    /// Moves conditioned frames so that their constant part is small again, where it has grown beside `moments`: `Float`
    /// would else round away what lies on it. The running half cycle's start is taken anew.
    @_noAllocation @_noLocks
    mutating func recentre(_ moments: Moments) {
        let rest = levels.value - conditioner.level
        let allowed = 8 + 0.5 * squareRoot(moments.variance)
        var change = SIMD8<Double>.zero
        var isNeeded = false
        for lane in 0..<7 where rest[lane].magnitude > allowed[lane] && rest[lane].magnitude < 1e15 {
            change[lane] = Double(wholeFrames(rest[lane] + 0.5))
            isNeeded = true
        }
        if isNeeded {
            conditioner.subtract(change)
            previous.subtract(change)
            voltages.subtract(change)
        }
        startHalfCycle(at: start.position)
    }
}
