extension Meter {
    /// Ends the running half cycle at `position`, makes its reading, and the window's where the window is full.
    ///
    /// - Parameter afterGap: the frame at which the signal goes on after a gap; nil: there is none.
    @_noAllocation @_noLocks
    mutating func closeHalfCycle(at position: Double, afterGap: Int64?) {
        // A virtual boundary may lie a little before what is summed already: it then moves there.
        let wanted = Swift.max(position, Double(summed - 1))
        sum(through: wholeFrames(wanted))
        current.frames.merge(narrow)
        narrow = NarrowSums()
        let end = boundary(at: wanted)
        let locked = finder.isLocked

        var flags = scales.clipping(current.frames)
        if !windowWasLocked || !locked { flags.mark(.unsynchronised) }
        if afterGap != nil || gapBefore { flags.mark(.gap) }
        readHalfCycle(end, flags: flags)

        if windowHalfCycles == 0 {
            windowSums = current
        } else {
            windowSums.merge(current, from: windowStart, joint: start)
        }
        windowHalfCycles += 1
        windowFlags.mark(halfCycle.flags)
        track.append(end.position)
        // Crossings are right long before the filter has settled altogether: good enough to start from.
        if let previousStart, finder.source != nil { cycleFrames = end.position - previousStart.position }

        previous = current
        previousStart = start
        start = end
        current = IntervalSums()

        let cycles = configuration.nominalHz < 55 ? 10 : 12
        let isFull = windowHalfCycles == 2 * cycles
        let startsAnew = locked && !windowStartsAtCrossing
        if isFull || afterGap != nil || locked != windowWasLocked || finder.source != windowSource || startsAnew {
            readWindow(end, isFull: isFull)
            windowIsNew = true
            startWindow(at: end)
        }
    }

    /// Closes what runs at the last frame before a gap and starts anew behind it.
    ///
    /// - Returns: false where nothing ran.
    @_noAllocation @_noLocks
    mutating func endBeforeGap(_ lost: Int64) -> Bool {
        let next = stage.end + lost
        let hadFrames = isStarted && stage.end - 1 > start.index
        if hadFrames { closeHalfCycle(at: Double(stage.end - 1), afterGap: next) }
        stage.restart(at: next)
        finder.restart(at: next)
        isStarted = false
        gapBefore = true
        lastWindowLine.isKnown = false
        return hadFrames
    }

    @_noAllocation @_noLocks
    private mutating func readHalfCycle(_ end: Boundary, flags: ReadingFlags) {
        var cycle = current
        var cycleStart = start
        if let previousStart {
            cycle = previous
            cycle.merge(current, from: previousStart, joint: start)
            cycleStart = previousStart
        }
        let moments = Moments(cycle, from: cycleStart, to: end, rogowski: scales.rogowski)
        let half = Moments(current, from: start, to: end, rogowski: .zero)
        let rms = squareRoot(moments.variance) * magnitude(scales.scale)

        let isHalfCycle =
            hasWindowMean && half.frames > 0.75 * configuration.sampleRateHz / configuration.nominalHz / 2

        var reading = HalfCycleReading()
        reading.endFrame = end.position
        reading.frames = moments.frames
        reading.voltageRMS = SIMD3(rms[0], rms[1], rms[2])
        reading.currentRMS = SIMD3(rms[3], rms[4], rms[5])
        for phase in 0..<3 {
            let lane = phase + 3
            let meanSquare: Double
            if scales.rogowski[phase] != 0 {
                meanSquare = rogowskiHalfCycle(phase, end) ?? moments.variance[lane]
            } else {
                // Mean square about the last window's mean: variance + (mean − that mean)². Before the first window, and
                // of a stretch cut short, the last cycle's: an offset, or part of a half wave, is no current.
                let shift = half.mean[lane] - lastWindowMean[lane]
                meanSquare = isHalfCycle ? half.variance[lane] + shift * shift : moments.variance[lane]
            }
            reading.halfCycleCurrentRMS[phase] = squareRoot(meanSquare) * scales.scale[lane].magnitude
            reading.activePower[phase] = moments.covariance[phase] * scales.scale[phase] * scales.scale[lane]
        }
        reading.flags = flags
        reading.flags.mark(lostPhases(reading.voltageRMS))
        halfCycle = reading
    }

    /// Mean square of the integrated signal over the running half cycle about the last window's line.
    @_noAllocation @_noLocks
    private func rogowskiHalfCycle(_ phase: Int, _ end: Boundary) -> Double? {
        guard lastWindowLine.isKnown else { return nil }
        let n = Double(end.index - start.index)
        guard n > 0 else { return nil }
        let sums = current.rogowski[phase]
        // The integrator takes the line's slope out: what is left after one window is below the noise.
        let line = lastWindowLine.value[phase]
        return Swift.max(0, sums.yy / n - 2 * line * sums.y / n + line * line)
    }

    @_noAllocation @_noLocks
    private func lostPhases(_ voltage: SIMD3<Double>) -> ReadingFlags {
        var flags = ReadingFlags(rawValue: 0)
        for phase in 0..<3 where scales.isPresent[phase] && voltage[phase] < configuration.synchronisationThreshold {
            flags.mark(.phaseLost(phase))
        }
        return flags
    }

    @_noAllocation @_noLocks
    private mutating func readWindow(_ end: Boundary, isFull: Bool) {
        let moments = Moments(windowSums, from: windowStart, to: end, rogowski: scales.rogowski)
        var reading = WindowReading(moments, scales: scales, sampleRateHz: configuration.sampleRateHz)
        reading.firstFrame = windowStart.position
        reading.halfCycles = windowHalfCycles
        reading.flags = windowFlags
        if !isFull { reading.flags.mark(.partial) }
        if !reading.flags.has(.unsynchronised), !reading.flags.has(.partial),
            let half = track.halfCycleFrames
        {
            reading.frequencyHz = configuration.sampleRateHz / (2 * half)
            cycleFrames = 2 * half
            readFundamentals(&reading, end, omega: Double.pi / half, mean: moments.mean)
        }
        window = reading
        if isFull { keepLines(moments, end) }
    }

    /// Fundamentals in volt and ampere, and the reactive power between them.
    @_noAllocation @_noLocks
    private mutating func readFundamentals(
        _ reading: inout WindowReading, _ end: Boundary, omega: Double, mean: SIMD8<Double>
    ) {
        // A slip of more than a third of a cycle: the frequency jumped, and one phasor cannot describe the window.
        guard ((omega - fundamentals.omega) * reading.frames).magnitude < 2 else { return }
        fundamentals.addEdge(end, sign: 1)
        let (real, imaginary) = fundamentals.phasors(frames: reading.frames, omega: omega, mean: mean)
        for phase in 0..<3 {
            let lane = phase + 3
            let u = scales.scale[phase]
            let i = scales.scale[lane]
            reading.voltageFundamentalReal[phase] = real[phase] * u
            reading.voltageFundamentalImaginary[phase] = imaginary[phase] * u
            if scales.rogowski[phase] != 0 {
                // The integral of the coil's signal: 1/(jω).
                reading.currentFundamentalReal[phase] = imaginary[lane] * i / omega
                reading.currentFundamentalImaginary[phase] = -real[lane] * i / omega
            } else {
                reading.currentFundamentalReal[phase] = real[lane] * i
                reading.currentFundamentalImaginary[phase] = imaginary[lane] * i
            }
        }
        reading.hasFundamentals = true
    }

    /// Keeps what the half cycles of the next window subtract.
    @_noAllocation @_noLocks
    private mutating func keepLines(_ moments: Moments, _ end: Boundary) {
        lastWindowMean = moments.mean
        hasWindowMean = true
        guard scales.hasRogowski else { return }
        let a = windowStart.position - Double(windowStart.index)
        let b = end.position - Double(windowStart.index)
        for phase in 0..<3 where scales.rogowski[phase] != 0 {
            let slope = (end.integralHere[phase] - windowStart.integralHere[phase]) / moments.frames
            let meanOfIntegral = windowSums.rogowski[phase].y / Double(end.index - windowStart.index)
            lastWindowLine.value[phase] = meanOfIntegral + slope * (b - a) / 2
            // What the integrator subtracts from here on makes the line level.
            integrator.mean[phase] += slope
        }
        lastWindowLine.isKnown = true
    }
}

/// Lane by lane.
@_noAllocation @_noLocks
func squareRoot(_ value: SIMD8<Double>) -> SIMD8<Double> {
    var roots = SIMD8<Double>.zero
    for lane in 0..<8 { roots[lane] = squareRoot(value[lane]) }
    return roots
}

/// |value| lane by lane.
@_noAllocation @_noLocks
func magnitude(_ value: SIMD8<Double>) -> SIMD8<Double> {
    var magnitudes = value
    for lane in 0..<8 { magnitudes[lane] = value[lane].magnitude }
    return magnitudes
}
