import Foundation
import TestSupport
import Testing

@testable import MeterDSP

/// Conditioned frames, made in one pass or one by one, against plain arithmetic in `Double`.
@Suite struct ConditionerTests {
    /// What a test feeds: a coil, a coil that is late by `delayFrames`, a direct sensor, and no neutral.
    struct Bed {
        let configuration: MeterConfiguration
        let taps: ConditioningTaps
        var frames: [SIMD8<Int16>]

        init(delayFrames: Double, count: Int, seed: UInt64) {
            var configuration = MeterConfiguration(
                sampleRateHz: 32_000, nominalHz: 50,
                layout: .interleavedInt16([.u1, .u2, .u3, .i1, .i2, .i3], frameBytes: 16), synchronisationThreshold: 23)
            for channel in [MeterChannel.u1, .u2, .u3] { configuration[calibrationOf: channel] = .init(scale: 0.02) }
            let coil = ChannelCalibration(scale: 1e-6, sensor: .rogowski(voltsPerAmpereHertz: 0.45e-6))
            configuration[calibrationOf: .i1] = coil
            configuration[calibrationOf: .i2] = coil
            configuration[calibrationOf: .i2].delaySeconds = delayFrames / 32_000
            configuration[calibrationOf: .i3] = .init(scale: 0.002)
            self.configuration = configuration
            taps = ConditioningTaps(configuration)
            var generator = SeededGenerator(seed: seed)
            frames = (0..<count).map { frame in
                var codes = SIMD8<Int16>.zero
                for lane in 0..<6 {
                    let angle = 2 * Double.pi * (Double(frame) / 640 - Double(lane) / 3)
                    codes[lane] = Int16(20_000 * sin(angle) + Double.random(in: -200...200, using: &generator)) + 77
                }
                return codes
            }
        }

        /// Frame `index`, or the nearest there is.
        func codes(_ index: Int) -> SIMD8<Double> {
            let frame = frames[min(max(0, index), frames.count - 1)]
            return SIMD8((0..<8).map { Double(frame[$0]) })
        }

        /// Integrals, 0 just before frame 0, of coils less `mean`; from −5 to 5 frames beyond the last one.
        func integrals(mean: SIMD4<Double>) -> [SIMD8<Double>] {
            var z = -5 * (Stretch.currents(codes(0)) - mean)
            var last = Stretch.currents(codes(0)) - mean
            return (-5..<frames.count + 5).map { index in
                let x = codes(index)
                let coil = Stretch.currents(x) - mean
                z += 0.5 * (last + coil)
                last = coil
                var values = x
                for lane in 0..<4 where taps.coils[lane] != 0 { values[lane + 3] = z[lane] }
                return values
            }
        }

        /// Frame `index` as it should be.
        func truth(_ index: Int, _ integrals: [SIMD8<Double>]) -> SIMD8<Double> {
            var sum = SIMD8<Double>.zero
            for tap in 0..<7 {
                guard integrals.indices.contains(index + 5 + tap - 3) else { continue }
                let x = integrals[index + 5 + tap - 3]
                for lane in 0..<3 { sum[lane] += Double(taps.voltages[tap][lane]) * x[lane] }
                for lane in 0..<4 { sum[lane + 3] += Double(taps.currents[tap][lane]) * x[lane + 3] }
            }
            return sum
        }
    }

    /// Feeds `bed` in blocks of odd lengths, one of them empty; `correct` comes after 202 frames.
    private func conditioned(
        _ bed: Bed, inOnePass: Bool, correct: (inout Conditioner) -> Void = { _ in }
    ) -> Conditioner {
        var stage = FrameStage(bed.configuration.layout, isNarrow: true, keep: 1_600)
        var conditioner = Conditioner(bed.configuration, isNarrow: inOnePass, keep: 1_600)
        stage.restart(at: 0)
        conditioner.restart(at: 0)
        let bytes = bed.frames.withUnsafeBytes { [UInt8]($0) }
        var taken = 0
        for length in [1, 1, 0, 7, 64, 129, 513, 3, bed.frames.count] {
            let end = min(taken + length, bed.frames.count)
            var cursor = 0
            let block = bytes.span.bytes.extracting(16 * taken..<16 * end)
            while stage.decode(block, from: &cursor, keepingFrom: 0) {
                conditioner.take(stage, keepingFrom: -8, endsHere: false)
            }
            taken = end
            if taken == 202 { correct(&conditioner) }
        }
        conditioner.take(stage, keepingFrom: -8, endsHere: true)
        return conditioner
    }

    /// Compares all frames with `truth`. Integrals reach 2e6, of which `Float` keeps 24 bits.
    private func expectClose(_ conditioner: borrowing Conditioner, _ truth: (Int) -> SIMD8<Double>) {
        var worst = SIMD8<Double>.zero
        for index in -1...1_500 {
            let error = magnitude(conditioner[Int64(index)] - truth(index))
            for lane in 0..<7 { worst[lane] = max(worst[lane], error[lane]) }
        }
        for lane in 0..<7 { #expect(worst[lane] < (lane == 3 || lane == 4 ? 1 : 0.02), "lane \(lane)") }
    }

    @Test(arguments: [true, false], [0, 0.3, -0.5])
    func framesAreIntegratedAndFilteredAsPlainArithmeticDoes(inOnePass: Bool, delayFrames: Double) {
        let bed = Bed(delayFrames: delayFrames, count: 1_500, seed: 5)
        #expect(NarrowCoils.can(bed.taps) == (delayFrames != -0.5), "taps reach \(bed.taps.reach)")
        let conditioner = conditioned(bed, inOnePass: inOnePass)
        let first = bed.codes(0)
        #expect(conditioner.level == SIMD8(first[0], first[1], first[2], 0, 0, first[5], 0, 0))
        let integrals = bed.integrals(mean: .zero)
        let level = conditioner.level
        expectClose(conditioner) { bed.truth($0, integrals) - level * bed.taps.gain }
    }

    @Test(arguments: [true, false], [0, 0.3])
    func levelsAndRampsComeOffFramesHeldAndFramesToCome(inOnePass: Bool, delayFrames: Double) {
        let bed = Bed(delayFrames: delayFrames, count: 1_500, seed: 6)
        let position = 100.25
        var left = SIMD4<Double>.zero
        let conditioner = conditioned(bed, inOnePass: inOnePass) { conditioner in
            left = conditioner.subtractRamp(SIMD4(77.25, -30.25, 0, 0), from: position)
            conditioner.subtract(SIMD8(5, -3, 0, 1_000, 0, 4, 0, 0))
        }
        #expect(conditioner.mean == SIMD4(77, -30, 0, 0) && left == SIMD4(0.25, -0.25, 0, 0))
        // These are 0 just before frame 0, the ramp taken off is at `position`.
        let integrals = bed.integrals(mean: conditioner.mean)
        let moved = SIMD8(0, 0, 0, 77, -30, 0, 0, 0) * (position + 1)
        let level = conditioner.level
        expectClose(conditioner) { bed.truth($0, integrals) + (moved - level) * bed.taps.gain }
    }
}
