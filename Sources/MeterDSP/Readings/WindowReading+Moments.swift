extension WindowReading {
    /// All that follows from the sums of a stretch: where it lies and what is wrong with it is set after.
    ///
    /// - Parameter subtracted: what was taken off all codes before they were added up.
    @_noAllocation @_noLocks
    init(_ stretch: Stretch, _ moments: Moments, scales: ChannelScales, subtracted: SIMD8<Double>) {
        self.init()
        let unit = magnitude(scales.scale)
        let rms = squareRoot(moments.variance) * unit
        let mean = (moments.mean + subtracted) * scales.scale + scales.offset
        var peak = stretch.maximum - moments.mean
        let trough = moments.mean - stretch.minimum
        peak.replace(with: trough, where: trough .> peak)
        peak = peak.replacing(with: 0, where: peak .< 0) * unit
        frames = moments.frames
        voltageRMS = SIMD3(rms[0], rms[1], rms[2])
        currentRMS = SIMD3(rms[3], rms[4], rms[5])
        voltageDC = SIMD3(mean[0], mean[1], mean[2])
        currentDC = SIMD3(mean[3], mean[4], mean[5])
        voltagePeak = SIMD3(peak[0], peak[1], peak[2])
        currentPeak = SIMD3(peak[3], peak[4], peak[5])
        neutralCurrentRMS = scales.isPresent(6) ? rms[6] : nil
        for phase in 0..<3 {
            if scales.isCoil(phase + 3) { currentDC[phase] = 0 }
            activePower[phase] = moments.powers[phase] * scales.scale[phase] * scales.scale[phase + 3]
            let next = phase == 2 ? 0 : phase + 1
            voltageProducts[phase] = moments.voltagePairs[phase] * scales.scale[phase] * scales.scale[next]
            currentProducts[phase] = moments.currentPairs[phase] * scales.scale[phase + 3] * scales.scale[next + 3]
        }
    }

    /// The energy of `activePower` over `seconds`, by direction.
    @_noAllocation @_noLocks
    mutating func countEnergy(seconds: Double) {
        for phase in 0..<3 {
            let energy = activePower[phase] * seconds
            if energy > 0 { importedEnergy[phase] = energy }
            if energy < 0 { exportedEnergy[phase] = -energy }
        }
    }
}
