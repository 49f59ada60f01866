import Foundation
import MeterDSP
import TestSupport
import Testing

/// U(½) of each phase between its own zero crossings, against the integral of the signal between the true ones.
@Suite struct OwnCycleTests {
    static let rate = 8000.0
    static let declared = 230.0

    /// Three sines of 50 Hz, the angle that of L1's crossing at 0 s, each with factors from one frame to another, and an
    /// interharmonic. Steps lie midway between two frames, where the sum of frames is their integral.
    struct Supply: Sendable {
        var degrees = [0.0, -120, -240]
        var steps: [[(frame: Int, factor: Double)]] = [[], [], []]
        var interharmonic = 0.0
        var channels: [MeterChannel] = [.u1, .u2, .u3]

        func factor(_ phase: Int, _ seconds: Double) -> Double {
            steps[phase].last { seconds * rate >= Double($0.frame) - 0.5 }?.factor ?? 1
        }

        func value(_ phase: Int, _ seconds: Double) -> Double {
            let angle = 2 * .pi * 50 * seconds + degrees[phase] * .pi / 180
            let wave = sin(angle) + interharmonic * sin(3.5 * angle + 0.5)
            return factor(phase, seconds) * declared * 2.0.squareRoot() * wave
        }

        /// RMS over `span` without its mean, by the midpoint rule, which is exact but for the steps' places.
        func rms(_ phase: Int, _ span: Range<Double>) -> Double {
            let count = 20_000
            let step = (span.upperBound - span.lowerBound) / Double(count)
            var sum = 0.0
            var squares = 0.0
            for index in 0..<count {
                let u = value(phase, span.lowerBound + (Double(index) + 0.5) * step)
                sum += u
                squares += u * u
            }
            let mean = sum / Double(count)
            return (squares / Double(count) - mean * mean).squareRoot()
        }

        /// A crossing of `phase` nearest to `seconds`.
        func crossing(_ phase: Int, near seconds: Double) -> Double {
            let first = -degrees[phase] / 360 / 50
            return first + ((seconds - first) * 100).rounded() / 100
        }

        func readings(seconds: Double, seed: UInt64) throws -> [HalfCycleReading] {
            try OwnCycleTests.readings(channels, seconds: seconds, seed: seed, value)
        }
    }

    static func readings(
        _ channels: [MeterChannel], seconds: Double, seed: UInt64, _ value: (Int, Double) -> Double
    ) throws -> [HalfCycleReading] {
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        for frame in 0..<Int(seconds * rate) {
            for lane in 0..<8 {
                let volts = lane < 3 ? value(lane, Double(frame) / rate) : 0
                let code = Int16((volts / 800 * 32768 + generator.normal()).rounded())
                withUnsafeBytes(of: code.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        var layout = FrameLayout.interleavedInt16([.u1, .u2, .u3, .i1, .i2, .i3], frameBytes: 16)
        for channel in [MeterChannel.u1, .u2, .u3] where !channels.contains(channel) { layout[channel] = nil }
        var configuration = MeterConfiguration(
            sampleRateHz: rate, nominalHz: 50, layout: layout, synchronisationThreshold: 11.5)
        for channel in channels { configuration[calibrationOf: channel] = .init(scale: 800.0 / 32768) }
        var meter = try Meter(configuration)
        return TestSupport.readings(&meter, bytes).halfCycles
    }

    /// Holds every cycle measured after 0.3 s against the truth: its RMS to the converter's noise and what a step's place
    /// between two frames leaves, its ends to 0.15 % of a cycle. While a dip shifts the crossings of all phases, the
    /// cuts go on by the last known frequency, and its error adds up: 0.5 % then, and the RMS of a cycle that holds a step
    /// is that of a cycle cut so much beside. The least and largest RMS of a phase are as if cut at the true crossings.
    ///
    /// - Returns: how many there were of each phase.
    @discardableResult
    static func check(_ supply: Supply, _ readings: [HalfCycleReading], _ seed: UInt64) -> [Int] {
        var counts = [0, 0, 0]
        var measured = [(Double, Double)](repeating: (.infinity, 0), count: 3)
        var trues = measured
        for reading in readings where reading.endFrame > 0.3 * rate {
            for phase in 0..<3 where reading.ownCycles.contains(SupplyPhases(rawValue: 1 << UInt8(phase))) {
                counts[phase] += 1
                let end = reading.ownCycleEndFrame[phase] / rate
                let start = end - reading.ownCycleFrames[phase] / rate
                let crossing = supply.crossing(phase, near: end)
                let rms = reading.ownCycleVoltageRMS[phase]
                let place = "seed \(seed), L\(phase + 1) at \(end) s"
                let isCalm = supply.steps.joined().allSatisfy { !(0..<0.4).contains(end - Double($0.frame) / rate) }
                #expect(abs(end - crossing) < (isCalm ? 0.0015 : 0.005) / 50, "\(place)")
                #expect(abs(rms - supply.rms(phase, start..<end)) < 0.001 * declared, "\(place)")
                let truth = supply.rms(phase, crossing - 0.02..<crossing)
                measured[phase] = (min(measured[phase].0, rms), max(measured[phase].1, rms))
                trues[phase] = (min(trues[phase].0, truth), max(trues[phase].1, truth))
                let back = (reading.endFrame - reading.ownCycleEndFrame[phase]) / rate * 100
                #expect(back > -0.001 && back < 1.11, "\(place)")
            }
        }
        for phase in 0..<3 where counts[phase] > 0 {
            #expect(abs(measured[phase].0 - trues[phase].0) < 0.002 * declared, "seed \(seed), L\(phase + 1)")
            #expect(abs(measured[phase].1 - trues[phase].1) < 0.002 * declared, "seed \(seed), L\(phase + 1)")
        }
        return counts
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func unequalDipsAtRandomPointsOnWaveAreMeasuredFromCrossingToCrossing(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var supply = Supply()
        for phase in 0..<3 {
            let start = Int.random(in: 4000..<4160, using: &generator)
            let length = Int.random(in: 160..<1600, using: &generator)
            let factor = Double.random(in: 0.2..<0.9, using: &generator)
            supply.steps[phase] = [(start, factor), (start + length, 1)]
        }
        let readings = try supply.readings(seconds: 1.2, seed: seed)
        let counts = Self.check(supply, readings, seed)
        // 0.9 s are 90 half cycles; none goes unmeasured.
        #expect(counts.allSatisfy { $0 >= 88 }, "seed \(seed): \(counts)")
    }

    @Test func aSwellWithInterharmonicsIsMeasuredInEachPhase() throws {
        var supply = Supply()
        supply.interharmonic = 0.01
        for phase in 0..<3 { supply.steps[phase] = [(4037, 1.5), (4837, 1)] }
        let readings = try supply.readings(seconds: 1.2, seed: 11)
        let counts = Self.check(supply, readings, 11)
        #expect(counts.allSatisfy { $0 >= 88 })
        // What this is for: cut at another phase's crossings some cycle is further off than class A allows.
        let worst = readings.filter { $0.endFrame > 0.3 * Self.rate }.flatMap { reading in
            (0..<3).map { abs(reading.voltageRMS[$0] - reading.ownCycleVoltageRMS[$0]) }
        }.max()
        #expect(try #require(worst) > 0.002 * Self.declared)
    }

    @Test func wrongRotationIsFollowed() throws {
        var supply = Supply()
        supply.degrees = [0, 120, 240]
        supply.steps[1] = [(4037, 0.5), (4837, 1)]
        #expect(Self.check(supply, try supply.readings(seconds: 1.2, seed: 12), 12).allSatisfy { $0 >= 88 })
    }

    /// Any phase may be the one whose crossings are shared.
    @Test(arguments: 0..<3)
    func aMissingPhaseKeepsItsAngle(_ missing: Int) throws {
        var supply = Supply()
        supply.degrees = [0, -117, -246]
        supply.steps[missing] = [(5000, 0), (13_000, 1)]
        let readings = try supply.readings(seconds: 2.4, seed: 13)
        let counts = Self.check(supply, readings, 13)
        // The shared boundaries move to another phase once: that may cost two cycles.
        #expect(counts.allSatisfy { $0 >= 206 }, "\(counts)")
    }

    @Test func aPhaseThatIsMissingFromTheStartMisleadsNoOther() throws {
        var supply = Supply()
        supply.steps[1] = [(0, 0)]
        let readings = try supply.readings(seconds: 1, seed: 14)
        #expect(Self.check(supply, readings, 14).allSatisfy { $0 >= 68 })
        #expect(readings.allSatisfy { $0.ownCycleVoltageRMS[1] < 0.1 })
    }

    @Test(arguments: [30.0, -45, 100])
    func anotherAngleOfAPhaseIsFollowedWithinTwentyHalfCycles(_ degrees: Double) throws {
        let readings = try Self.readings([.u1, .u2, .u3], seconds: 1.2, seed: 15) { phase, seconds in
            let jump = phase == 1 && seconds > 0.5 ? degrees : 0
            return 325 * sin(2 * .pi * 50 * seconds + (jump - 120 * Double(phase)) * .pi / 180)
        }
        var supply = Supply()
        supply.degrees[1] += degrees
        for reading in readings where reading.endFrame > 0.7 * Self.rate {
            #expect(reading.ownCycles == .all)
            let end = reading.ownCycleEndFrame[1] / Self.rate
            #expect(abs(end - supply.crossing(1, near: end)) < 0.002 / 50, "\(end)")
            #expect(abs(reading.ownCycleVoltageRMS[1] - 325 / 2.0.squareRoot()) < 0.1)
        }
    }

    @Test(arguments: [1.0, -1])
    func aFrequencyThatDriftsIsFollowed(_ hertzPerSecond: Double) throws {
        let readings = try Self.readings([.u1, .u2, .u3], seconds: 3, seed: 16) { phase, seconds in
            let turns = (50 - hertzPerSecond) * seconds + 0.5 * hertzPerSecond * seconds * seconds
            return Self.declared * 2.0.squareRoot() * sin(2 * .pi * (turns - Double(phase) / 3))
        }
        for reading in readings where reading.endFrame > 0.3 * Self.rate {
            #expect(reading.ownCycles == .all)
            for phase in 0..<3 {
                #expect(abs(reading.ownCycleVoltageRMS[phase] / Self.declared - 1) < 0.001)
                #expect(abs(reading.ownHalfCycleVoltageRMS[phase] / Self.declared - 1) < 0.002)
            }
        }
    }

    @Test(arguments: [[MeterChannel.u1], [.u2], [.u1, .u2], [.u1, .u2, .u3]])
    func singlePhaseAndSplitPhaseAreMeasured(_ channels: [MeterChannel]) throws {
        var supply = Supply()
        supply.channels = channels
        supply.degrees = [0, -180, 0]
        let last = channels.count - 1
        supply.steps[channels[last].rawValue] = [(4037, 0.5), (4837, 1)]
        let readings = try supply.readings(seconds: 1.2, seed: 17)
        let counts = Self.check(supply, readings, 17)
        for phase in 0..<3 {
            let has = channels.contains { $0.rawValue == phase }
            #expect(has ? counts[phase] >= 87 : counts[phase] == 0, "\(counts)")
        }
    }

    @Test func withoutVoltagesThereIsNoCycleOfTheirOwn() throws {
        var generator = SeededGenerator(seed: 18)
        let adc = SimulatedADC(sampleRateHz: Self.rate)
        let bytes = adc.frames(ThreePhaseSignal(frequencyHz: 50), first: 0, count: 8000, generator: &generator)
        var configuration = adc.configuration(nominalHz: 50)
        configuration.synchronisationThreshold = 0.1
        for channel in [MeterChannel.u1, .u2, .u3] { configuration.layout[channel] = nil }
        var meter = try Meter(configuration)
        let readings = TestSupport.readings(&meter, bytes).halfCycles
        #expect(readings.contains { $0.isWholeCycle })
        #expect(readings.allSatisfy { $0.ownCycles == [] && $0.ownCycleVoltageRMS == .zero })
    }

    @Test func aGapStartsTheCyclesAnew() throws {
        var generator = SeededGenerator(seed: 19)
        let adc = SimulatedADC(sampleRateHz: Self.rate)
        let signal = ThreePhaseSignal(frequencyHz: 50)
        var meter = try Meter(adc.configuration(nominalHz: 50))
        var all = TestSupport.readings(&meter, adc.frames(signal, first: 0, count: 4000, generator: &generator))
            .halfCycles
        meter.markGap(lostFrames: 777)
        all +=
            TestSupport.readings(&meter, adc.frames(signal, first: 4777, count: 4000, generator: &generator)).halfCycles
        for reading in all {
            for phase in 0..<3 where reading.ownCycles.contains(SupplyPhases(rawValue: 1 << UInt8(phase))) {
                let from = reading.ownCycleEndFrame[phase] - reading.ownCycleFrames[phase]
                #expect(from > 4776 || reading.ownCycleEndFrame[phase] < 4000)
                #expect(abs(reading.ownCycleVoltageRMS[phase] / signal.voltages[phase].rms - 1) < 0.001)
            }
        }
        #expect(all.suffix(30).allSatisfy { $0.ownCycles == .all })
    }
}
