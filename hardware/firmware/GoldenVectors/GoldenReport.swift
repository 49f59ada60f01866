#if !ONE_MODULE
    import MeterDSP
#endif

// Lines of the form int16-50Hz.window.3.voltageRMS=406CC00000000000,… in the order of the readings. Names are those of
// the readings' stored properties; a test holds that none is missing.
extension GoldenVector {
    func report<Bench: GoldenBench>(_ reading: HalfCycleReading, _ index: UInt32, to bench: inout Bench) {
        let kind: StaticString = "halfCycle"
        report(kind, index, "endFrame", reading.endFrame, to: &bench)
        report(kind, index, "frames", reading.frames, to: &bench)
        report(kind, index, "voltageRMS", reading.voltageRMS, to: &bench)
        report(kind, index, "currentRMS", reading.currentRMS, to: &bench)
        report(kind, index, "halfCycleCurrentRMS", reading.halfCycleCurrentRMS, to: &bench)
        report(kind, index, "activePower", reading.activePower, to: &bench)
        report(kind, index, "ownCycleVoltageRMS", reading.ownCycleVoltageRMS, to: &bench)
        report(kind, index, "ownHalfCycleVoltageRMS", reading.ownHalfCycleVoltageRMS, to: &bench)
        report(kind, index, "ownCycleEndFrame", reading.ownCycleEndFrame, to: &bench)
        report(kind, index, "ownCycleFrames", reading.ownCycleFrames, to: &bench)
        report(kind, index, "ownCycles", UInt32(reading.ownCycles.rawValue), to: &bench)
        report(kind, index, "isWholeCycle", UInt32(reading.isWholeCycle ? 1 : 0), to: &bench)
        report(kind, index, "flags", reading.flags.rawValue, to: &bench)
    }

    func report<Bench: GoldenBench>(_ reading: WindowReading, _ index: UInt32, to bench: inout Bench) {
        let kind: StaticString = "window"
        report(kind, index, "firstFrame", reading.firstFrame, to: &bench)
        report(kind, index, "frames", reading.frames, to: &bench)
        report(kind, index, "halfCycles", UInt32(truncatingIfNeeded: reading.halfCycles), to: &bench)
        report(kind, index, "frequencyHz", reading.frequencyHz, to: &bench)
        report(kind, index, "voltageRMS", reading.voltageRMS, to: &bench)
        report(kind, index, "currentRMS", reading.currentRMS, to: &bench)
        report(kind, index, "voltageDC", reading.voltageDC, to: &bench)
        report(kind, index, "currentDC", reading.currentDC, to: &bench)
        report(kind, index, "voltagePeak", reading.voltagePeak, to: &bench)
        report(kind, index, "currentPeak", reading.currentPeak, to: &bench)
        report(kind, index, "activePower", reading.activePower, to: &bench)
        report(kind, index, "voltageProducts", reading.voltageProducts, to: &bench)
        report(kind, index, "currentProducts", reading.currentProducts, to: &bench)
        report(kind, index, "neutralCurrentRMS", reading.neutralCurrentRMS, to: &bench)
        report(kind, index, "importedEnergy", reading.importedEnergy, to: &bench)
        report(kind, index, "exportedEnergy", reading.exportedEnergy, to: &bench)
        report(kind, index, "flags", reading.flags.rawValue, to: &bench)
        report(kind, index, "hasFundamentals", reading.hasFundamentals ? 1 : 0 as UInt32, to: &bench)
        if let voltages = reading.fundamentalVoltages {
            report(kind, index, "voltageFundamentalReal", real(voltages), to: &bench)
            report(kind, index, "voltageFundamentalImaginary", imaginary(voltages), to: &bench)
        }
        if let currents = reading.fundamentalCurrents {
            report(kind, index, "currentFundamentalReal", real(currents), to: &bench)
            report(kind, index, "currentFundamentalImaginary", imaginary(currents), to: &bench)
        }
        reportDerived(reading, index, to: &bench)
    }

    /// What is computed from a window when it is asked for: roots and angles of the module's own making.
    private func reportDerived<Bench: GoldenBench>(
        _ reading: WindowReading, _ index: UInt32, to bench: inout Bench
    ) {
        let kind: StaticString = "window"
        report(kind, index, "lineVoltageRMS", reading.lineVoltageRMS, to: &bench)
        report(kind, index, "neutralVectorSumRMS", reading.neutralVectorSumRMS, to: &bench)
        guard let quantities = reading.threePhase(.fourWire) else { return }
        let voltages = quantities.fundamentalVoltages
        report(
            kind, index, "fundamentalRadians", SIMD3(voltages.l1.radians, voltages.l2.radians, voltages.l3.radians),
            to: &bench)
        report(kind, index, "vectorApparentPower", quantities.vectorApparentPower, to: &bench)
        report(kind, index, "fundamentalReactivePower", quantities.fundamentalReactivePower, to: &bench)
        report(kind, index, "vectorPowerFactor", quantities.vectorPowerFactor, to: &bench)
    }

    private func real(_ phasors: ThreePhasePhasors) -> SIMD3<Double> {
        SIMD3(phasors.l1.real, phasors.l2.real, phasors.l3.real)
    }

    private func imaginary(_ phasors: ThreePhasePhasors) -> SIMD3<Double> {
        SIMD3(phasors.l1.imaginary, phasors.l2.imaginary, phasors.l3.imaginary)
    }

    // MARK: Lines

    func report<Bench: GoldenBench>(
        _ kind: StaticString, _ index: UInt32, _ field: StaticString, _ value: SIMD3<Double>, to bench: inout Bench
    ) {
        beginLine(kind, index, field, to: &bench)
        for lane in 0..<3 {
            if lane > 0 { bench.write(UInt8(ascii: ",")) }
            bench.writeHexadecimal(value[lane].bitPattern, digits: 16)
        }
        bench.write(UInt8(ascii: "\n"))
    }

    private func report<Bench: GoldenBench>(
        _ kind: StaticString, _ index: UInt32, _ field: StaticString, _ value: Double?, to bench: inout Bench
    ) {
        beginLine(kind, index, field, to: &bench)
        if let value {
            bench.writeHexadecimal(value.bitPattern, digits: 16)
        } else {
            bench.write("nil")
        }
        bench.write(UInt8(ascii: "\n"))
    }

    private func report<Bench: GoldenBench>(
        _ kind: StaticString, _ index: UInt32, _ field: StaticString, _ value: UInt32, to bench: inout Bench
    ) {
        beginLine(kind, index, field, to: &bench)
        bench.writeHexadecimal(UInt64(value), digits: 8)
        bench.write(UInt8(ascii: "\n"))
    }

    private func beginLine<Bench: GoldenBench>(
        _ kind: StaticString, _ index: UInt32, _ field: StaticString, to bench: inout Bench
    ) {
        bench.write(name)
        bench.write(UInt8(ascii: "."))
        bench.write(kind)
        bench.write(UInt8(ascii: "."))
        bench.write(decimal: UInt64(index))
        bench.write(UInt8(ascii: "."))
        bench.write(field)
        bench.write(UInt8(ascii: "="))
    }
}

extension GoldenBench {
    /// Writes text of ASCII characters.
    public mutating func write(_ text: StaticString) {
        // A loop over the pointer: a closure could not write to self.
        for index in 0..<text.utf8CodeUnitCount { write(text.utf8Start[index]) }
    }

    /// Writes `number` in decimal digits.
    public mutating func write(decimal number: UInt64) {
        if number >= 10 { write(decimal: number / 10) }
        write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    mutating func writeHexadecimal(_ bits: UInt64, digits: UInt64) {
        for position in 1...digits {
            let digit = UInt8(truncatingIfNeeded: bits >> (4 * (digits - position)) & 15)
            write(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
        }
    }
}
