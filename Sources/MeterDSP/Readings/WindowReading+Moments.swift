extension WindowReading {
    /// All that follows from the moments of a stretch: where it lies and what is wrong with it is set after.
    @_noAllocation @_noLocks
    init(_ moments: Moments, scales: ChannelScales, sampleRateHz: Double) {
        self.init()
        let rms = squareRoot(moments.variance) * magnitude(scales.scale)
        let mean = moments.mean * scales.scale + scales.offset
        let peak = moments.peak * magnitude(scales.scale)
        frames = moments.frames
        voltageRMS = SIMD3(rms[0], rms[1], rms[2])
        currentRMS = SIMD3(rms[3], rms[4], rms[5])
        voltageDC = SIMD3(mean[0], mean[1], mean[2])
        currentDC = SIMD3(mean[3], mean[4], mean[5])
        voltagePeak = SIMD3(peak[0], peak[1], peak[2])
        currentPeak = SIMD3(peak[3], peak[4], peak[5])
        neutralCurrentRMS = scales.isPresent[6] ? rms[6] : nil
        let seconds = moments.frames / sampleRateHz
        for phase in 0..<3 {
            if scales.rogowski[phase] != 0 { currentDC[phase] = 0 }
            let power = moments.covariance[phase] * scales.scale[phase] * scales.scale[phase + 3]
            activePower[phase] = power
            let next = phase == 2 ? 0 : phase + 1
            voltageProducts[phase] = moments.voltageProducts[phase] * scales.scale[phase] * scales.scale[next]
            currentProducts[phase] = moments.currentProducts[phase] * scales.scale[phase + 3] * scales.scale[next + 3]
            if power > 0 { importedEnergy[phase] = power * seconds }
            if power < 0 { exportedEnergy[phase] = -power * seconds }
        }
    }
}
