import MeterDSP
import TestSupport
import Testing

/// Dips as they come out of the meter, from codes with noise.
@Suite struct MeteredEventTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var residualPercent: Double
        var cycles: Double
        var startDegrees: Double
        var testDescription: String { "\(cycles) cycles at \(residualPercent) % from \(startDegrees)°" }
    }

    static let cases = [0.0, 40, 80].flatMap { residual in
        [1.0, 5].flatMap { cycles in
            [0.0, 45, 90].map { Case(residualPercent: residual, cycles: cycles, startDegrees: $0) }
        }
    }

    static let rate = 3200.0
    static let declared = 230.0

    /// The frame at which the dip starts, and all events of a supply whose `phase` dips.
    static func events(_ point: Case, phase: Int) throws -> (start: Int, events: [VoltageEvent]) {
        var signal = ThreePhaseSignal(frequencyHz: 50)
        for phase in 0..<3 {
            signal.voltages[phase].harmonics = []
            signal.voltages[phase].fundamentalRMS = declared
            signal.voltages[phase].dc = 0
            signal.currents[phase].harmonics = []
        }
        var low = signal
        low.voltages[phase].fundamentalRMS = declared * point.residualPercent / 100
        let adc = SimulatedADC(sampleRateHz: rate)
        var generator = SeededGenerator(seed: 31)
        let start = Int(0.3 * rate + point.startDegrees / 360 * rate / 50)
        let count = Int(point.cycles * rate / 50)
        let bytes =
            adc.frames(signal, first: 0, count: start, generator: &generator)
            + adc.frames(low, first: start, count: count, generator: &generator)
            + adc.frames(signal, first: start + count, count: Int(0.1 * rate), generator: &generator)
        var meter = try Meter(adc.configuration(nominalHz: 50))
        var detector = try VoltageEventDetector(
            .init(declaredVoltage: declared), phases: .all, sampleRateHz: rate, nominalHz: 50)
        var events: [VoltageEvent] = []
        for reading in readings(&meter, bytes).halfCycles {
            detector.add(reading)
            while let event = detector.nextEnded() { events.append(event) }
        }
        #expect(!detector.isRunning)
        return (start, events)
    }

    /// IEC 61000-4-30 class A: residual voltage within 0.2 % of the declared, duration within a cycle (and the resolution
    /// of half cycles). A dip of one cycle need not show its residual in any cycle's RMS; longer ones do.
    @Test(arguments: cases)
    func dipsAreFoundWithStartDurationAndDepth(_ point: Case) throws {
        for phase in 0..<3 {
            let (start, events) = try Self.events(point, phase: phase)
            let dips = events.filter { $0.kind == .dip }
            #expect(dips.map(\.isPolyphase) == [false, true])
            #expect(events.allSatisfy { $0.phases.rawValue == 1 << UInt8(phase) && $0.kind != .swell })
            for dip in dips {
                #expect(abs(dip.durationSeconds * 50 - point.cycles) <= 1.2)
                #expect(abs(dip.startFrame - Double(start)) <= Self.rate / 50)
            }
            let interruptions = events.filter { $0.kind == .interruption }
            #expect(interruptions.allSatisfy { !$0.isPolyphase })
            if point.residualPercent > 0 { #expect(interruptions.isEmpty) }
            guard point.cycles >= 2 else { continue }
            if point.residualPercent == 0 { #expect(interruptions.count == 1) }
            let residual = try #require(dips.first).extremeRMS
            let error = abs(residual / Self.declared - point.residualPercent / 100)
            #expect(error < 0.002, "L\(phase + 1)")
        }
    }

    /// While the meter finds its cycles, its readings are of anything but cycles.
    @Test(arguments: [42.5, 49.9, 50, 57.5])
    func startingUpIsNoEvent(frequency: Double) throws {
        for degrees in stride(from: 0.0, to: 360, by: 30) {
            var signal = ThreePhaseSignal(frequencyHz: frequency)
            for phase in 0..<3 { signal.voltages[phase].phaseDegrees += degrees }
            let adc = SimulatedADC(sampleRateHz: Self.rate)
            var generator = SeededGenerator(seed: 33)
            let bytes = adc.frames(signal, first: 0, count: 960, generator: &generator)
            var meter = try Meter(adc.configuration(nominalHz: 50))
            var detector = try VoltageEventDetector(
                .init(declaredVoltage: Self.declared), phases: .all, sampleRateHz: Self.rate, nominalHz: 50)
            for reading in readings(&meter, bytes).halfCycles {
                detector.add(reading)
                #expect(!detector.isRunning, "\(degrees)°, frame \(reading.endFrame), \(reading.voltageRMS)")
            }
        }
    }
}
