extension Meter {
    /// Notes where the phases' voltages crossed zero in the group just taken.
    @_noAllocation @_noLocks
    @inline(never)
    mutating func noteCrossings() {
        guard finder.findsVoltages else { return }
        for phase in 0..<3 where finder.hasCrossed(phase) && !voltages.lags[phase].isLeading {
            voltages.lags[phase].note(finder.crossing(of: phase), halfCycle: finder.halfCycle)
        }
    }

    /// Places the cuts of the phases' own half cycles that end in the running half cycle of all, which ends at `end`.
    @_noAllocation @_noLocks
    mutating func placeCuts(_ end: Double) {
        let parity = voltages.begin()
        guard finder.findsVoltages else { return }
        let half = finder.halfCycle
        let boundary = SharedBoundary(
            position: end, halfCycle: half, step: (end - start.position) / half, parity: parity,
            isSettled: finder.hasSettled)
        for phase in 0..<3 where scales.isPresent(phase) {
            voltages.lags[phase].follow(boundary)
            if phase == finder.boundarySource {
                if let lag = voltages.lags[phase].lead(boundary) {
                    // Half a cycle behind: it was another phase's crossings that the boundaries stood at.
                    if lag > 0.5 { placeCut(phase, at: end - lag * half, boundary) }
                    placeCut(phase, at: end, boundary)
                    continue
                }
            }
            voltages.lags[phase].assume(thirds: (phase + 3 - (finder.boundarySource ?? 0)) % 3)
            let lag = voltages.lags[phase].update(boundary, isPresent: finder.isPresent(phase))
            if lag < 0 {
                voltages.lags[phase].wait()
                continue
            }
            placeCut(phase, at: end - lag * half, boundary)
            if lag >= PhaseLag.most {
                let next = voltages.lags[phase].catchUp(parity)
                placeCut(phase, at: end - next * half, boundary)
            }
        }
    }

    /// Places the cut of `phase` at `position`; not where the frames are gone.
    @_noAllocation @_noLocks
    private mutating func placeCut(_ phase: Int, at position: Double, _ boundary: SharedBoundary) {
        guard position > start.position - constants.reachBack,
            voltages.canCut(phase, at: position, halfCycle: boundary.halfCycle)
        else { return }
        var cut = VoltageCut(phase, at: position)
        let first = cut.index - 1
        if conditioner.leavesVoltage(phase) {
            cut.takeEdge(stage.codes(ofLane: phase, from: first) - conditioner.level[phase])
        } else {
            var values = SIMD4<Double>.zero
            for frame in 0..<4 { values[frame] = conditioner[first + Int64(frame)][phase] }
            cut.takeEdge(values)
        }
        voltages.insert(cut)
    }

    /// Completes a cut's sums; `sum` and `squares` are of the frames from the start of the running half cycle to it.
    @_noAllocation @_noLocks
    mutating func complete(_ cut: Int, sum: Double, squares: Double) {
        let phase = voltages.cuts[cut].phase
        let index = voltages.cuts[cut].index
        voltages.cuts[cut].before.frames = voltages.cuts[cut].position - start.position
        voltages.cuts[cut].before.sum += sum - start.edge.sum[phase]
        voltages.cuts[cut].before.squares += squares - start.edge.squares[phase]
        guard index < start.index else { return }
        var missing = Stretch()
        var narrow = NarrowSums()
        addFrames(from: index + 1, through: start.index, to: &missing, &narrow)
        narrow.add(to: &missing)
        voltages.cuts[cut].before.sum -= missing.sum[phase]
        voltages.cuts[cut].before.squares -= missing.squares[phase]
    }

    /// Ends the phases' half cycles at their cuts; `current` is the half cycle of all that ends.
    @_noAllocation @_noLocks
    mutating func endPhaseHalfCycles(_ current: borrowing Stretch) {
        for cut in 0..<voltages.count {
            let phase = voltages.cuts[cut].phase
            let level = levels.isKnown ? levels.value[phase] - conditioner.level[phase] : nil
            voltages.end(voltages.cuts[cut], level: level, scale: scales.scale[phase].magnitude)
            if hasPrevious, finder.isCycle(voltages.cycleFrames[phase]) { voltages.measured.mark(phase) }
        }
        for phase in 0..<3 {
            voltages.append(
                phase, frames: current.frames, sum: current.sum[phase], squares: current.squares[phase])
        }
        halfCycle.ownCycleVoltageRMS = voltages.cycleRMS
        halfCycle.ownHalfCycleVoltageRMS = voltages.halfCycleRMS
        halfCycle.ownCycleEndFrame = voltages.cycleEnd
        halfCycle.ownCycleFrames = voltages.cycleFrames
        halfCycle.ownCycles = voltages.measured
    }
}
