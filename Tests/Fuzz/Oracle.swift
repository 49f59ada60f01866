import MeterDSP

/// What holds for every reading and every message, whatever the input.
enum Oracle {
    /// A message of one line that says something.
    static func requireMessage(_ error: any Error) throws {
        let text = "\(error)"
        guard text.count >= 12 else { throw FuzzError("an error without words: '\(text)'") }
        guard !text.contains("\n"), !text.contains("\r") else { throw FuzzError("a message of several lines: \(text)") }
    }

    static func requireFinite(_ value: Double, _ what: String) throws {
        guard value.isFinite else { throw FuzzError("\(what) is \(value)") }
    }

    private static func requireFinite(_ values: SIMD3<Double>, _ what: String) throws {
        for lane in 0..<3 { try requireFinite(values[lane], what) }
    }

    static func check(_ reading: HalfCycleReading) throws {
        try requireFinite(reading.endFrame, "endFrame")
        try requireFinite(reading.frames, "frames of a half cycle")
        try requireFinite(reading.voltageRMS, "voltageRMS of a half cycle")
        try requireFinite(reading.currentRMS, "currentRMS of a half cycle")
        try requireFinite(reading.halfCycleCurrentRMS, "halfCycleCurrentRMS")
        try requireFinite(reading.activePower, "activePower of a half cycle")
        try requireFinite(reading.ownCycleVoltageRMS, "ownCycleVoltageRMS")
        try requireFinite(reading.ownHalfCycleVoltageRMS, "ownHalfCycleVoltageRMS")
        try requireFinite(reading.ownCycleEndFrame, "ownCycleEndFrame")
        try requireFinite(reading.ownCycleFrames, "ownCycleFrames")
        guard reading.frames >= 0 else { throw FuzzError("a half cycle of \(reading.frames) frames") }
    }

    static func check(_ window: WindowReading) throws {
        try requireFinite(window.firstFrame, "firstFrame")
        try requireFinite(window.frames, "frames")
        try requireFinite(window.voltageRMS, "voltageRMS")
        try requireFinite(window.currentRMS, "currentRMS")
        try requireFinite(window.voltageDC, "voltageDC")
        try requireFinite(window.currentDC, "currentDC")
        try requireFinite(window.voltagePeak, "voltagePeak")
        try requireFinite(window.currentPeak, "currentPeak")
        try requireFinite(window.activePower, "activePower")
        try requireFinite(window.voltageProducts, "voltageProducts")
        try requireFinite(window.currentProducts, "currentProducts")
        try requireFinite(window.lineVoltageRMS, "lineVoltageRMS")
        try requireFinite(window.neutralVectorSumRMS, "neutralVectorSumRMS")
        try requireFinite(window.importedEnergy, "importedEnergy")
        try requireFinite(window.exportedEnergy, "exportedEnergy")
        if let frequency = window.frequencyHz {
            try requireFinite(frequency, "frequencyHz")
            guard frequency > 0 else { throw FuzzError("a frequency of \(frequency) Hz") }
        }
        if let neutral = window.neutralCurrentRMS { try requireFinite(neutral, "neutralCurrentRMS") }
        guard window.frames >= 0 else { throw FuzzError("a window of \(window.frames) frames") }
        for phase in 0..<3 {
            guard window.voltageRMS[phase] >= 0, window.currentRMS[phase] >= 0 else {
                throw FuzzError("an RMS below 0")
            }
            if let factor = window.powerFactor(phase) { try requireFinite(factor, "powerFactor") }
            if let factor = window.currentCrestFactor(phase) { try requireFinite(factor, "currentCrestFactor") }
        }
        for phasors in [window.fundamentalVoltages, window.fundamentalCurrents] {
            guard let phasors else { continue }
            for phase in 0..<3 {
                try requireFinite(phasors[phase].real, "a fundamental")
                try requireFinite(phasors[phase].imaginary, "a fundamental")
            }
        }
        if let quantities = window.threePhase(.fourWire) {
            try requireFinite(quantities.effective.apparentPower, "effective apparent power")
            try requireFinite(quantities.vectorApparentPower, "vector apparent power")
        }
    }
}
