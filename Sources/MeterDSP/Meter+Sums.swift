extension Meter {
    /// Takes groups of new frames until one shows a boundary: one pass gives their sums and, from these, the cycles.
    @_noAllocation @_noLocks
    mutating func takeGroups() {
        let length = Int64(finder.decimation)
        while pendingBoundary == nil, finder.position + length <= stage.end {
            let first = finder.position
            guard isNarrow else {
                var sums = FrameSums()
                stage.addWide(to: &sums, from: first, through: first + length - 1)
                pendingBoundary = finder.take(sums.sum)
                continue
            }
            // No boundary lies further back than `lag`, three groups and a little: older ones cannot be cut.
            if groups.count == 6 { absorbOldestGroup() }
            let sums = stage.narrowSums(from: first, through: first + length - 1)
            // The first frame after a start is summed already, by its own boundary.
            if first >= summed {
                groups.append(last: first + length - 1, sums)
            } else {
                groups.append(
                    last: first + length - 1, stage.narrowSums(from: summed, through: first + length - 1))
            }
            pendingBoundary = finder.take(sums.sum)
        }
    }

    @_noAllocation @_noLocks
    private mutating func absorbOldestGroup() {
        let last = groups.oldestLast
        let sum = groups.moveOldest(to: &narrow)
        fundamentals.add(sum, first: summed, last: last)
        if scales.hasRogowski { integrate(through: last) }
        summed = last + 1
    }

    /// Adds all frames up to and with `last` to the running half cycle.
    @_noAllocation @_noLocks
    mutating func sum(through last: Int64) {
        while groups.count > 0, groups.oldestLast <= last { absorbOldestGroup() }
        guard last >= summed else { return }
        if isNarrow {
            let sums = stage.narrowSums(from: summed, through: last)
            narrow.merge(sums)
            fundamentals.add(sums.sum, first: summed, last: last)
            if groups.count > 0 {
                groups.shortenOldest(to: stage.narrowSums(from: last + 1, through: groups.oldestLast))
            }
        } else {
            sumWide(through: last)
        }
        if scales.hasRogowski { integrate(through: last) }
        summed = last + 1
    }

    /// The same for wide codes, in steps of no more than a group.
    @_noAllocation @_noLocks
    private mutating func sumWide(through last: Int64) {
        var first = summed
        while first <= last {
            let end = Swift.min(last, first + Int64(finder.decimation) - 1)
            var sums = FrameSums()
            stage.addWide(to: &sums, from: first, through: end)
            current.frames.merge(sums)
            fundamentals.add(sums.sum, first: first, last: end)
            first = end + 1
        }
    }

    /// Integrates the coils' signals over the frames from `summed` to `last` and adds up what Moments needs.
    @_noAllocation @_noLocks
    private mutating func integrate(through last: Int64) {
        var index = summed
        while index <= last {
            defer { index += 1 }
            let codes = stage[index]
            let y = integrator.advance(before: stage[index - 1], codes: codes, after: stage[index + 1])
            let k = Double(index - start.index)
            for phase in 0..<3 where scales.rogowski[phase] != 0 {
                let u = Double(codes[phase])
                current.rogowski[phase].y += y[phase]
                current.rogowski[phase].yy += y[phase] * y[phase]
                current.rogowski[phase].uy += u * y[phase]
                current.rogowski[phase].ky += k * y[phase]
                current.rogowski[phase].ku += k * u
                current.rogowski[phase].minimum = Swift.min(current.rogowski[phase].minimum, y[phase])
                current.rogowski[phase].maximum = Swift.max(current.rogowski[phase].maximum, y[phase])
            }
        }
    }

    /// A boundary at `position`, whose frame is the last one summed.
    @_noAllocation @_noLocks
    func boundary(at position: Double) -> Boundary {
        let index = wholeFrames(position)
        var boundary = Boundary(position: position, codes: stage[index], nextCodes: stage[index + 1])
        if scales.hasRogowski {
            boundary.integral = integrator.integral
            boundary.nextIntegral = integrator.peek(
                before: stage[index], codes: stage[index + 1], after: stage[index + 2])
        }
        return boundary
    }

    /// The first frame ever, or the first one after a gap: a half cycle and a window start there.
    @_noAllocation @_noLocks
    mutating func startFirst() {
        isStarted = true
        let first = finder.position
        summed = first
        integrator.restart()
        groups.removeAll()
        narrow = NarrowSums()
        if scales.hasRogowski { integrate(through: first) }
        summed = first + 1
        start = boundary(at: Double(first))
        current = IntervalSums()
        previousStart = nil
        startWindow(at: start)
        windowStartsAtCrossing = false
    }

    @_noAllocation @_noLocks
    mutating func startWindow(at boundary: Boundary) {
        windowStart = boundary
        windowStartsAtCrossing = true
        windowSums = IntervalSums()
        windowHalfCycles = 0
        windowFlags = ReadingFlags(rawValue: gapBefore ? ReadingFlags.gap.rawValue : 0)
        gapBefore = false
        windowSource = finder.source
        windowWasLocked = finder.isLocked
        track.start(at: boundary.position)
        fundamentals.start(
            at: boundary.position, omega: 2 * Double.pi / Swift.max(cycleFrames, 4), groupFrames: finder.decimation)
        fundamentals.addEdge(boundary, sign: -1)
    }
}
