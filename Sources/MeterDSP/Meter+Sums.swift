// Also what changes nothing is `mutating` here: a meter is large, and the compiler copies it for a method that is not.
extension Meter {
    /// Takes new frames group by group, until their sums show a boundary or no whole group is left.
    @_noAllocation @_noLocks
    mutating func takeGroups() {
        let length = finder.decimation
        guard stage.holdsNarrowFrames else { return takeWideGroups() }
        var (row, left) = unsafe stage.rows(from: finder.position)
        while left >= length, pendingBoundary == nil {
            let total = unsafe stage.sum(ofRows: row, count: length)
            // Half by half: of eight lanes the compiler makes many moves.
            let (front, back) = (total.lowHalf, total.highHalf)
            groups.append(
                SIMD8(
                    lowHalf: SIMD4(Float(front[0]), Float(front[1]), Float(front[2]), Float(front[3])),
                    highHalf: SIMD4(Float(back[0]), Float(back[1]), Float(back[2]), Float(back[3]))))
            let signals = groups.newest(from: finder.firstLane)
            pendingBoundary = finder.take(
                SIMD4(Double(signals[0]), Double(signals[1]), Double(signals[2]), Double(signals[3])))
            unsafe row += 16 * length
            left -= length
        }
    }

    /// The same of codes of more than 16 bits, whose sums `Float` rounds.
    @_noAllocation @_noLocks
    private mutating func takeWideGroups() {
        let length = Int64(finder.decimation)
        while finder.position + length <= stage.end, pendingBoundary == nil {
            let sum = stage.sum(from: finder.position, through: finder.position + length - 1)
            var stored = SIMD8<Float>.zero
            for lane in 0..<8 { stored[lane] = Float(sum[lane]) }
            groups.append(stored)
            pendingBoundary = finder.take(finder.signals(sum))
        }
    }

    /// The channels at frame `index`, as the sums take them.
    @_noAllocation @_noLocks
    private mutating func values(_ index: Int64) -> SIMD8<Double> {
        conditioner.isNeeded ? conditioner[index] : widened(stage[index])
    }

    /// A boundary at `position`, with what it adds to sums.
    @_noAllocation @_noLocks
    mutating func boundary(at position: Double) -> Boundary {
        var boundary = Boundary(position: position)
        let weights = EdgeWeights(boundary.rest)
        for place in 0..<4 {
            let x = values(boundary.index + Int64(place) - 1)
            boundary.edge.add(x, weight: weights.integral[place], distance: Double(place - 1))
            boundary.integral += weights.value[place] * Stretch.currents(x)
        }
        return boundary
    }

    /// Sums from the start of the running half cycle to `end`.
    @_noAllocation @_noLocks
    mutating func stretch(to end: Boundary) -> Stretch {
        var stretch = Stretch()
        stretch.frames = end.position - start.position
        if conditioner.isNeeded {
            conditioner.add(from: start.index + 1, through: end.index, origin: start.index, to: &stretch)
            let risen = end.integral - start.integral
            for lane in 0..<4 where scales.isCoil(lane + 3) { stretch.rise[lane] = risen[lane] }
        } else {
            stage.add(from: start.index + 1, through: end.index, to: &stretch)
        }
        stretch.add(end.edge, sign: 1, distance: Double(end.index - start.index))
        stretch.add(start.edge, sign: -1, distance: 0)
        if conditioner.isNeeded { stretch.moveRampOrigin(by: start.rest) }
        return stretch
    }

    /// Inputs that reached the end of their range in the running half cycle.
    @_noAllocation @_noLocks
    mutating func clipping(_ stretch: Stretch, to end: Boundary) -> ReadingFlags {
        guard conditioner.isNeeded else { return scales.clipping(stretch.minimum, stretch.maximum) }
        let (minimum, maximum) = stage.extremes(from: start.index + 1, through: end.index)
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
        start = boundary(at: Double(finder.position))
        hasPrevious = false
        levels.forgetCoils()
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
        }
        start = boundary(at: start.position)
    }
}
