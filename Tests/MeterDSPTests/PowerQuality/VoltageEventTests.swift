import TestSupport
import Testing

@testable import MeterDSP

@Suite struct VoltageEventTests {
    /// 10 000 frames per second: half a cycle of 50 Hz is 100 frames.
    static let rate = 10_000.0

    /// Gives `volts` (L1, L2, L3 for each half cycle) to a detector and returns what ended.
    static func events(
        _ volts: [SIMD3<Double>], phases: SupplyPhases = .all, flags: [Int: ReadingFlags] = [:],
        thresholds: VoltageEventThresholds = .init(declaredVoltage: 230)
    ) throws -> (ended: [VoltageEvent], detector: VoltageEventDetector) {
        var detector = try VoltageEventDetector(thresholds, phases: phases, sampleRateHz: rate, nominalHz: 50)
        var ended: [VoltageEvent] = []
        for (index, value) in volts.enumerated() {
            var reading = HalfCycleReading()
            reading.ownCycleEndFrame = SIMD3(repeating: Double(index + 2) * 100)
            reading.ownCycleFrames = SIMD3(repeating: 200)
            reading.ownCycleVoltageRMS = value
            reading.ownCycles = .all
            reading.flags = flags[index] ?? []
            detector.add(reading)
            while let event = detector.nextEnded() { ended.append(event) }
        }
        return (ended, detector)
    }

    static func all(_ percents: [Double]) -> [SIMD3<Double>] { percents.map { SIMD3(repeating: $0 * 2.3) } }

    @Test func aDipHasStartDurationAndDepthPerPhaseAndForTheSupply() throws {
        var volts = Self.all(Array(repeating: 100, count: 12))
        for index in 3..<7 { volts[index][1] = 140 - Double(index) }
        let ended = try Self.events(volts).ended
        #expect(ended.count == 2)
        for event in ended {
            #expect(event.kind == .dip)
            #expect(event.phases == .l2)
            #expect(event.startFrame == 300)
            #expect(event.endFrame == 700)
            #expect(event.durationSeconds == 0.04)
            #expect(event.extremeRMS == 134)
            #expect(event.deviation == -96)
        }
        #expect(ended.map(\.isPolyphase) == [false, true])
    }

    @Test func aDipEndsOnlyAboveTheHysteresis() throws {
        let ended = try Self.events(Self.all([100, 89.9, 90.1, 91.9, 92, 100])).ended
        #expect(ended.count == 4)
        for event in ended { #expect(event.startFrame == 100 && event.endFrame == 400) }
        #expect(try Self.events(Self.all([100, 90.001, 90.1, 100])).ended.isEmpty)
    }

    @Test func aSwellRemembersItsHeightAndEndsBelowTheHysteresis() throws {
        let ended = try Self.events(Self.all([100, 110, 112, 120, 109, 108.1, 108, 100])).ended
        #expect(ended.count == 4)
        for event in ended {
            #expect(event.kind == .swell)
            #expect(event.startFrame == 200 && event.endFrame == 600)
            #expect(event.extremeRMS == 120 * 2.3)
            #expect(abs(event.deviation - 46) < 1e-9)
        }
    }

    @Test func anInterruptionOfTheSupplyIsOneOfAllPhases() throws {
        var volts = Self.all([100, 100, 0, 0, 0, 0, 0, 100, 100])
        volts[2] = SIMD3(0, 0, 200)  // L3 goes one half cycle later,
        volts[6] = SIMD3(230, 0, 0)  // and L1 comes back first.
        let ended = try Self.events(volts).ended
        let interruptions = ended.filter { $0.kind == .interruption }
        #expect(interruptions.filter { !$0.isPolyphase }.map(\.startFrame).sorted() == [200, 200, 300])
        let supply = interruptions.filter(\.isPolyphase)
        #expect(supply.count == 1)
        #expect(supply.first?.startFrame == 300)
        #expect(supply.first?.endFrame == 600)
        #expect(supply.first?.extremeRMS == 0)
        // The interruption is also the bottom of a dip, which spans it.
        let dip = ended.filter { $0.kind == .dip && $0.isPolyphase }
        #expect(dip.map(\.startFrame) == [200])
        #expect(dip.map(\.endFrame) == [700])
        #expect(dip.map(\.phases) == [.all])
    }

    @Test func aWanderingDipIsOneOfTheSupply() throws {
        var volts = Self.all(Array(repeating: 100, count: 12))
        for index in 2..<5 { volts[index][0] = 180 }
        for index in 4..<8 { volts[index][2] = 170 }
        let ended = try Self.events(volts).ended
        let supply = ended.filter(\.isPolyphase)
        #expect(supply.count == 1)
        #expect(supply.first?.phases == [.l1, .l3])
        #expect(supply.first?.startFrame == 200)
        #expect(supply.first?.endFrame == 800)
        #expect(supply.first?.extremeRMS == 170)
        #expect(ended.filter { !$0.isPolyphase }.count == 2)
    }

    /// IEC 61000-4-30: the supply's dip ends when all measured channels are back above threshold and hysteresis.
    @Test func theSuppliesDipWaitsForAPhaseWithinTheHysteresis() throws {
        var volts = Self.all(Array(repeating: 100, count: 8))
        volts[1][0] = 180
        for index in 1..<5 { volts[index][1] = 0.91 * 230 }
        let ended = try Self.events(volts).ended
        #expect(ended.filter { !$0.isPolyphase }.map(\.phases) == [.l1])
        let supply = ended.filter(\.isPolyphase)
        #expect(supply.map(\.endFrame) == [500])
        #expect(supply.map(\.phases) == [.l1])
    }

    /// Each phase's cycles end at its own crossings: L3's lie a third of a cycle before L1's here.
    @Test(arguments: [(l3: [4], l1: [5, 6], dips: 2), (l3: [4, 5], l1: [5, 6], dips: 1)])
    func theSuppliesEventsGoByTheOrderInWhichCyclesEnd(_ dip: (l3: [Int], l1: [Int], dips: Int)) throws {
        var detector = try VoltageEventDetector(
            .init(declaredVoltage: 230), phases: .all, sampleRateHz: Self.rate, nominalHz: 50)
        var ended: [VoltageEvent] = []
        for index in 0..<12 {
            var reading = HalfCycleReading()
            let end = Double(index + 2) * 100
            reading.ownCycleEndFrame = SIMD3(end, end - 33, end - 67)
            reading.ownCycleFrames = SIMD3(repeating: 200)
            reading.ownCycleVoltageRMS = SIMD3(
                dip.l1.contains(index) ? 180 : 230, 230, dip.l3.contains(index) ? 170 : 230)
            reading.ownCycles = .all
            detector.add(reading)
            while let event = detector.nextEnded() { ended.append(event) }
        }
        #expect(ended.filter { $0.phases == .l1 && !$0.isPolyphase }.map(\.startFrame) == [500])
        #expect(ended.filter { $0.phases == .l3 && !$0.isPolyphase }.map(\.startFrame) == [333])
        let supply = ended.filter(\.isPolyphase)
        #expect(supply.map(\.startFrame) == (dip.dips == 2 ? [333, 500] : [333]))
        #expect(supply.map(\.endFrame) == (dip.dips == 2 ? [433, 700] : [700]))
        #expect(supply.last?.extremeRMS == (dip.dips == 2 ? 180 : 170))
    }

    @Test func absentPhasesAreNotInterrupted() throws {
        let volts = [230.0, 230, 100, 230].map { SIMD3($0, 0, 0) }
        let ended = try Self.events(volts, phases: .l1).ended
        #expect(ended.map(\.kind) == [.dip, .dip])
        let dead = [230.0, 230, 1, 230].map { SIMD3($0, 0, 0) }
        #expect(
            try Self.events(dead, phases: .l1).ended.filter { $0.kind == .interruption && $0.isPolyphase }.count == 1)
    }

    @Test func whatCoversNoWholeCycleMakesNoEvent() throws {
        var detector = try VoltageEventDetector(
            .init(declaredVoltage: 230), phases: .all, sampleRateHz: Self.rate, nominalHz: 50)
        var first = HalfCycleReading()
        first.ownCycleEndFrame = SIMD3(repeating: 37)
        first.ownCycleFrames = SIMD3(repeating: 37)
        first.ownCycleVoltageRMS = SIMD3(repeating: 20)
        first.ownCycles = .all
        detector.add(first)
        #expect(!detector.isRunning)
        first.ownCycleFrames = SIMD3(repeating: 200)
        first.ownCycles = []
        detector.add(first)
        #expect(!detector.isRunning)
        first.ownCycles = .l2
        detector.add(first)
        #expect(detector.running(.dip, phase: 1) != nil && detector.running(.dip, phase: 0) == nil)
    }

    @Test func aGapStartsNothingAndMarksWhatRuns() throws {
        let volts = Self.all([100, 50, 0, 50, 100])
        let ended = try Self.events(volts, flags: [2: .gap]).ended
        #expect(ended.allSatisfy { $0.kind == .dip && $0.flags.contains(.gap) && abs($0.extremeRMS - 115) < 1e-9 })
        #expect(ended.count == 4)
        #expect(try Self.events(Self.all([100, 0, 100]), flags: [1: .gap]).ended.isEmpty)
    }

    @Test func anEventThatLastsCanBeAskedFor() throws {
        var detector = try Self.events(Self.all([100, 100, 60, 60, 60])).detector
        #expect(detector.isRunning)
        let event = try #require(detector.running(.dip, phase: nil))
        #expect(event.durationSeconds == 0.02)
        #expect(event.extremeRMS == 60 * 2.3)
        #expect(detector.running(.dip, phase: 2)?.phases == .l3)
        #expect(detector.running(.swell, phase: nil) == nil)
        #expect(detector.running(.dip, phase: 3) == nil && detector.running(.dip, phase: -1) == nil)
        let ended = detector.nextEnded()
        #expect(ended == nil)
    }

    @Test(arguments: [
        (VoltageEventThresholds(declaredVoltage: 0), VoltageEventThresholds.Failure.declaredVoltage),
        (.init(declaredVoltage: .nan), .declaredVoltage),
        (.init(declaredVoltage: 230, dipPercent: 100), .order),
        (.init(declaredVoltage: 230, swellPercent: 99), .order),
        (.init(declaredVoltage: 230, swellPercent: .nan), .order),
        (.init(declaredVoltage: 230, interruptionPercent: 90), .order),
        (.init(declaredVoltage: 230, interruptionPercent: 0), .order),
        (.init(declaredVoltage: 230, hysteresisPercent: -1), .hysteresis),
        (.init(declaredVoltage: 230, hysteresisPercent: 11), .hysteresis),
        (.init(declaredVoltage: 230, hysteresisPercent: .nan), .hysteresis),
    ])
    func thresholdsThatMakeNoSenseAreRefused(
        thresholds: VoltageEventThresholds, failure: VoltageEventThresholds.Failure
    ) {
        #expect(throws: failure) {
            try VoltageEventDetector(thresholds, phases: .all, sampleRateHz: Self.rate, nominalHz: 50)
        }
    }

    @Test func aDetectorWithoutPhasesOrTimeIsRefused() {
        let thresholds = VoltageEventThresholds(declaredVoltage: 230)
        #expect(throws: VoltageEventThresholds.Failure.phases) {
            try VoltageEventDetector(thresholds, phases: [], sampleRateHz: Self.rate, nominalHz: 50)
        }
        for (rate, nominal) in [(0.0, 50.0), (.nan, 50), (8000, 16.7), (8000, .nan)] {
            #expect(throws: VoltageEventThresholds.Failure.timing) {
                try VoltageEventDetector(thresholds, phases: .all, sampleRateHz: rate, nominalHz: nominal)
            }
        }
    }
}
