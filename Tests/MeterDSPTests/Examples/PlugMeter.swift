import MeterDSP

// The article GettingStarted shows what stands between the two marks; DocumentationTests compares them.
// snippet-begin
/// Measures what one appliance draws: 8000 frames per second of two 16-bit codes, voltage and current.
struct PlugMeter: ~Copyable {
    private var meter: Meter
    /// Energy so far; lane 0 is the only phase.
    private(set) var energy = EnergyRegister()
    /// The latest window's quantities (IEEE 1459); nil before the first, and while no cycles are found.
    private(set) var quantities: PhaseQuantities?
    /// The latest window's frequency.
    private(set) var frequencyHz: Double?

    init() throws(MeterConfiguration.Failure) {
        // Where each sample stands in a frame, and how it is stored.
        var layout = FrameLayout(frameBytes: 4)
        layout[.u1] = .init(byteOffset: 0, format: .int16)
        layout[.i1] = .init(byteOffset: 2, format: .int16)
        var configuration = MeterConfiguration(
            sampleRateHz: 8000, nominalHz: 50, layout: layout, synchronisationThreshold: 23)
        // Volt and ampere per code: the full scale of divider and shunt over that of the converter.
        configuration[calibrationOf: .u1] = ChannelCalibration(scale: 400.0 / 32768)
        configuration[calibrationOf: .i1] = ChannelCalibration(scale: 25.0 / 32768)
        meter = try Meter(configuration)
    }

    /// Takes a block of frames as the driver hands it over; any number of frames, nothing is copied.
    mutating func take(_ block: RawSpan) {
        var cursor = 0
        while let event = meter.advance(through: block, from: &cursor) {
            guard case .window = event else { continue }
            energy.add(meter.window)
            quantities = meter.window.threePhase(.fourWire)?.l1
            frequencyHz = meter.window.frequencyHz
        }
    }
}
// snippet-end
