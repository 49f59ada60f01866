import MeterDSP

// The README of the repository shows what stands between the two marks; ReadmeTests compares them.
// snippet-begin
/// A single-phase meter: 8 kHz, frames of two little-endian 16-bit codes, 230 V divider and 100 A transformer.
func makePlugMeter() throws -> Meter {
    var layout = FrameLayout(frameBytes: 4)
    layout[.u1] = .init(byteOffset: 0, format: .int16)
    layout[.i1] = .init(byteOffset: 2, format: .int16)
    var configuration = MeterConfiguration(
        sampleRateHz: 8000, nominalHz: 50, layout: layout, synchronisationThreshold: 23)
    configuration[calibrationOf: .u1] = ChannelCalibration(scale: 500.0 / 32768)  // volt per code
    configuration[calibrationOf: .i1] = ChannelCalibration(scale: 141.0 / 32768)  // ampere per code
    return try Meter(configuration)
}

/// Takes a block of frames as it comes from the ADC, of any length.
func measure(_ block: RawSpan, with meter: inout Meter, energy: inout EnergyRegister) {
    var cursor = 0
    while let event = meter.advance(through: block, from: &cursor) {
        switch event {
        case .halfCycle:
            if meter.halfCycle.halfCycleCurrentRMS[0] > 63 { print("over-current") }
        case .window:
            energy.add(meter.window)
            print(meter.window.voltageRMS[0], "V", meter.window.activePower[0], "W")
        }
    }
}
// snippet-end
