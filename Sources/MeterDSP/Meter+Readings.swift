extension Meter {
    /// Ends the running half cycle at `position`, makes its reading, and the window's where the window is full.
    ///
    /// - Parameter afterGap: frames are missing after it.
    @_noAllocation @_noLocks
    mutating func closeHalfCycle(at position: Double, afterGap: Bool) {
        // A virtual boundary may lie a little before the last one: it then moves there.
        var boundary = Boundary(position: Swift.max(position, start.position))
        addEdge(to: &boundary)
        // Constants are not copied for each that reads them.
        let end = boundary
        placeCuts(end.position)
        var sums = Stretch()
        addHalfCycle(end, to: &sums)
        let locked = finder.isLocked

        var flags = clipping(&sums, through: end.index)
        let current = sums
        if !windowWasLocked || !locked { flags.mark(.unsynchronised) }
        if afterGap || gapBefore { flags.mark(.gap) }
        readHalfCycle(current, end)
        flags.mark(lostPhases(halfCycle.voltageRMS))
        let ownFlags = flags
        // The reading is of a cycle, and so of the half cycle before too.
        if hasPrevious { flags.mark(previousFlags) }
        halfCycle.flags = flags
        endPhaseHalfCycles(current)

        windowSums.append(current)
        windowHalfCycles += 1
        windowFlags.mark(ownFlags)
        previousFlags = ownFlags
        track.append(end.position)
        previous = current
        hasPrevious = true

        let isFull = windowHalfCycles == constants.halfCyclesInWindow
        let startsAnew = locked && !windowStartsAtCrossing
        let isAsked = windowShallEnd && windowHalfCycles % 2 == 0
        let isEnd =
            isFull || isAsked || afterGap || locked != windowWasLocked || finder.source != windowSource || startsAnew
        start = end
        if isEnd {
            windowShallEnd = false
            readWindow(end, isFull: isFull)
            windowIsNew = true
            startWindow()
        }
    }

    /// Closes what runs at the last frame before a gap and starts anew behind it.
    ///
    /// - Returns: false where nothing ran.
    @_noAllocation @_noLocks
    mutating func endBeforeGap(_ lost: Int64) -> Bool {
        let next = stage.end + lost
        pendingBoundary = nil
        let hadFrames = isStarted && stage.end - 1 > start.index
        if hadFrames {
            conditioner.take(stage, keepingFrom: start.index - reach, endsHere: true)
            closeHalfCycle(at: Double(stage.end - 1), afterGap: true)
        }
        stage.restart(at: next)
        finder.restart(at: next)
        start = Boundary(position: Double(next))
        isStarted = false
        isPrepared = false
        gapBefore = true
        return hadFrames
    }

    @_noAllocation @_noLocks
    private mutating func readHalfCycle(_ current: Stretch, _ end: Boundary) {
        // What comes before makes a cycle with it: in place, for the half cycle before is needed no more.
        if hasPrevious { previous.append(current) } else { previous = current }
        let moments = Moments(previous, hasCoils: conditioner.hasCoils)
        let unit = magnitude(scales.scale)
        let rms = squareRoot(moments.variance) * unit
        let halfRMS = squareRoot(halfCycleSquares(current, moments)) * Stretch.currents(unit)

        var reading = HalfCycleReading()
        reading.endFrame = end.position
        reading.frames = moments.frames
        reading.isWholeCycle = hasPrevious && finder.isCycle(moments.frames)
        reading.voltageRMS = SIMD3(rms[0], rms[1], rms[2])
        reading.currentRMS = SIMD3(rms[3], rms[4], rms[5])
        reading.halfCycleCurrentRMS = SIMD3(halfRMS[0], halfRMS[1], halfRMS[2])
        for phase in 0..<3 {
            reading.activePower[phase] = moments.powers[phase] * scales.scale[phase] * scales.scale[phase + 3]
        }
        if transformers.isNeeded { reading.correct(transformers, reactivePower: lastReactivePower) }
        halfCycle = reading
    }

    /// Mean squares of the currents of the half cycle alone about the last window's levels: ⟨x²⟩ − 2L⟨x⟩ + L²; lanes i1, i2,
    /// i3, iN. Before the first window, and of a stretch cut short, the cycle's: an offset, or part of a half wave, is no
    /// current.
    @_noAllocation @_noLocks
    private mutating func halfCycleSquares(_ current: Stretch, _ cycle: Moments) -> SIMD4<Double> {
        let ofCycle = Stretch.currents(cycle.variance)
        guard levels.isKnown, current.frames > constants.shortestHalfCycle else { return ofCycle }
        let share = 1 / current.frames
        let middle = start.position + 0.5 * current.frames
        let level = levels.ofCurrents(at: middle) - Stretch.currents(conditioner.level)
        let sum = Stretch.currents(current.sum)
        var squares = share * (Stretch.currents(current.squares) - 2 * level * sum) + level * level
        squares = larger(.zero, squares)
        for lane in 0..<3 where scales.isCoil(lane + 3) && !levels.isKnownOfCoils { squares[lane] = ofCycle[lane] }
        return squares
    }

    @_noAllocation @_noLocks
    private mutating func lostPhases(_ voltage: SIMD3<Double>) -> ReadingFlags {
        var flags = ReadingFlags(rawValue: 0)
        for phase in 0..<3 where scales.isPresent(phase) && voltage[phase] < constants.synchronisationThreshold {
            flags.mark(.phaseLost(phase))
        }
        return flags
    }

    @_noAllocation @_noLocks
    private mutating func readWindow(_ end: Boundary, isFull: Bool) {
        let moments = Moments(windowSums, hasCoils: conditioner.hasCoils)
        var reading = WindowReading(windowSums, moments, scales: scales, subtracted: conditioner.level)
        reading.firstFrame = windowStart
        reading.halfCycles = windowHalfCycles
        reading.flags = windowFlags
        if !isFull { reading.flags.mark(.partial) }
        if !reading.flags.has(.unsynchronised), !reading.flags.has(.partial), let half = track.halfCycleFrames {
            reading.frequencyHz = constants.sampleRateHz / (2 * half)
            readFundamentals(&reading, moments, end, omega: Double.pi / half)
        }
        if transformers.isNeeded { reading.correct(transformers) }
        reading.countEnergy(seconds: moments.frames / constants.sampleRateHz)
        for phase in 0..<3 { lastReactivePower[phase] = reading.fundamentalReactivePower(phase) ?? 0 }
        window = reading
        // Whole cycles, if not all of them, still tell what coils rise by.
        guard isFull || (conditioner.hasCoils && finder.isLocked && windowWasLocked && windowHalfCycles % 2 == 0)
        else { return }
        let slope = levels.take(
            moments, rise: windowSums.rise, subtracted: conditioner.level, end: end.position)
        guard conditioner.isNeeded else { return }
        let drift = conditioner.subtractRamp(slope, from: end.position)
        levels.setDrift(drift)
        previous.subtractRamp(slope - drift)
        recentre(moments)
    }

    /// Fundamentals in volt and ampere.
    @_noAllocation @_noLocks
    private mutating func readFundamentals(
        _ reading: inout WindowReading, _ moments: Moments, _ end: Boundary, omega: Double
    ) {
        // The fundamentals are of codes as they came: a coil's mean is the slope of its integral.
        var mean = moments.mean + conditioner.level
        for lane in 3..<7 where scales.isCoil(lane) {
            mean[lane] = moments.slope[lane - 3] + conditioner.mean[lane - 3]
        }
        guard let windowEdge,
            let found = Fundamentals(
                from: windowEdge, to: FundamentalEdge(end, stage, groups: groups), groups, origin: windowStart,
                frames: reading.frames, omega: omega, mean: mean)
        else { return }
        for phase in 0..<3 {
            let voltage =
                Phasor(found.real[phase], found.imaginary[phase]) * scales.fundamentalGain(phase, omega: omega)
            let current =
                Phasor(found.real[phase + 3], found.imaginary[phase + 3])
                * scales.fundamentalGain(phase + 3, omega: omega)
            reading.voltageFundamentalReal[phase] = voltage.real
            reading.voltageFundamentalImaginary[phase] = voltage.imaginary
            reading.currentFundamentalReal[phase] = current.real
            reading.currentFundamentalImaginary[phase] = current.imaginary
        }
        reading.hasFundamentals = true
    }
}
