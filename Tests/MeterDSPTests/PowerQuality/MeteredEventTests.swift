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
        [1.0, 5, 30].flatMap { cycles in
            [0.0, 45, 90].map { Case(residualPercent: residual, cycles: cycles, startDegrees: $0) }
        }
    }

    /// IEC 61000-4-30 class A: residual voltage within 0.2 % of the declared, duration within one cycle. A window of one
    /// cycle that holds only part of a dip of one cycle still shows its residual when it lies on it exactly: from two
    /// cycles on always.
    @Test(arguments: cases)
    func dipsAreFoundWithinClassA(_ point: Case) throws {
        let rate = 6400.0
        var signal = ThreePhaseSignal(frequencyHz: 50)
        for phase in 0..<3 {
            signal.voltages[phase].harmonics = []
            signal.voltages[phase].fundamentalRMS = 230
            signal.voltages[phase].dc = 0
            signal.currents[phase].harmonics = []
        }
        var low = signal
        low.voltages[1].fundamentalRMS = 230 * point.residualPercent / 100
        let adc = SimulatedADC(sampleRateHz: rate)
        var generator = SeededGenerator(seed: 31)
        let start = Int(0.5 * rate + point.startDegrees / 360 * rate / 50)
        let count = Int(point.cycles * rate / 50)
        let bytes =
            adc.frames(signal, first: 0, count: start, generator: &generator)
            + adc.frames(low, first: start, count: count, generator: &generator)
            + adc.frames(signal, first: start + count, count: Int(0.4 * rate), generator: &generator)
        var meter = try Meter(adc.configuration(nominalHz: 50))
        var detector = try VoltageEventDetector(
            .init(declaredVoltage: 230), phases: .all, sampleRateHz: rate, nominalHz: 50)
        var events: [VoltageEvent] = []
        for reading in readings(&meter, bytes).halfCycles {
            detector.add(reading)
            while let event = detector.nextEnded() { events.append(event) }
        }
        #expect(!detector.isRunning)
        let dips = events.filter { $0.kind == .dip }
        #expect(dips.count == 2)
        #expect(events.allSatisfy { $0.phases == .l2 && $0.kind != .swell })
        for dip in dips {
            #expect(abs(dip.durationSeconds * 50 - point.cycles) <= 1.2)
            #expect(abs(dip.startFrame - Double(start)) <= rate / 50)
            if point.cycles >= 2 { #expect(abs(dip.extremeRMS - low.voltages[1].fundamentalRMS) < 0.002 * 230) }
        }
        let interruptions = events.filter { $0.kind == .interruption }
        #expect(interruptions.allSatisfy { !$0.isPolyphase })
        #expect(interruptions.count == (point.residualPercent == 0 && point.cycles >= 2 ? 1 : interruptions.count))
    }
}
