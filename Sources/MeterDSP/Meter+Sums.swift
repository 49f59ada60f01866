extension Meter {
    /// Adds all frames up to and with `last` to the running half cycle.
    @_noAllocation @_noLocks
    mutating func sum(through last: Int64) {
        guard last >= summed else { return }
        stage.add(to: &current.frames, from: summed, through: last, isNarrow: isNarrow)
        if scales.hasRogowski { integrate(through: last) }
        summed = last + 1
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
        sum(through: first)
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
    }
}
