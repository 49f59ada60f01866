import Foundation
import TestSupport
import Testing

@testable import MeterDSP

/// Every sum that half cycles are made of, against plain arithmetic.
@Suite struct SumsTests {
    /// The sums of `frames` in 128-bit integers.
    struct Truth {
        var sum = [Int128](repeating: 0, count: 8)
        var squares = [Int128](repeating: 0, count: 8)
        var powers = [Int128](repeating: 0, count: 3)
        var voltagePairs = [Int128](repeating: 0, count: 3)
        var currentPairs = [Int128](repeating: 0, count: 3)

        init(_ frames: [FrameCodes]) {
            for frame in frames {
                let x = (0..<8).map { Int128(frame[$0]) }
                for lane in 0..<8 {
                    sum[lane] += x[lane]
                    squares[lane] += x[lane] * x[lane]
                }
                for phase in 0..<3 {
                    let next = (phase + 1) % 3
                    powers[phase] += x[phase] * x[phase + 3]
                    voltagePairs[phase] += x[phase] * x[next]
                    currentPairs[phase] += x[phase + 3] * x[next + 3]
                }
            }
        }

        /// Equal but for one rounding to `Double`; below 2⁵³ that is: equal.
        func expectEqual(_ stretch: Stretch, _ note: Comment) {
            for lane in 0..<8 {
                #expect(stretch.sum[lane] == Double(sum[lane]), note)
                #expect(stretch.squares[lane] == Double(squares[lane]), note)
            }
            for phase in 0..<3 {
                #expect(stretch.powers[phase] == Double(powers[phase]), note)
                #expect(stretch.voltagePairs[phase] == Double(voltagePairs[phase]), note)
                #expect(stretch.currentPairs[phase] == Double(currentPairs[phase]), note)
            }
        }
    }

    static func narrow(_ frames: [SIMD8<Int16>]) -> Stretch {
        var stretch = Stretch()
        frames.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var sums = NarrowSums(start, count: frames.count)
            sums.add(to: &stretch)
        }
        return stretch
    }

    static func wide(_ frames: [FrameCodes]) -> Stretch {
        var sums = WideSums()
        for frame in frames { sums.add(frame) }
        var stretch = Stretch()
        sums.add(to: &stretch)
        return stretch
    }

    @Test(arguments: [0, 1, 2, 3, 15, 16, 333, 1001], [UInt64(1), 2, 3])
    func sumsOf16BitCodesAreExact(_ count: Int, _ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let frames = (0..<count).map { _ in
            SIMD8<Int16>((0..<8).map { _ in Int16.random(in: .min ... .max, using: &generator) })
        }
        let codes = frames.map { FrameCodes(truncatingIfNeeded: $0) }
        let narrow = Self.narrow(frames)
        Truth(codes).expectEqual(narrow, "\(count) frames, seed \(seed)")
        for lane in 0..<8 where count > 0 {
            #expect(narrow.minimum[lane] == codes.map { Double($0[lane]) }.min())
            #expect(narrow.maximum[lane] == codes.map { Double($0[lane]) }.max())
        }
        Truth(codes).expectEqual(Self.wide(codes), "\(count) frames, seed \(seed)")
    }

    static let extremes: [[Int16]] = [
        Array(repeating: -32768, count: 8), Array(repeating: 32767, count: 8),
        [-32768, -32768, 32767, 32767, -32768, -32768, 0, 0], [32767, -32768, -32768, -32768, 32767, 32767, -1, 1],
    ]

    @Test(arguments: extremes, [1, 2, 65_535, 65_536])
    func extremeCodesDoNotOverflow(_ lanes: [Int16], _ count: Int) {
        let frames = [SIMD8<Int16>](repeating: SIMD8(lanes), count: count)
        let narrow = Self.narrow(frames)
        for lane in 0..<8 {
            #expect(narrow.sum[lane] == Double(lanes[lane]) * Double(count))
            #expect(narrow.squares[lane] == Double(lanes[lane]) * Double(lanes[lane]) * Double(count))
        }
        for phase in 0..<3 {
            let next = (phase + 1) % 3
            #expect(narrow.powers[phase] == Double(lanes[phase]) * Double(lanes[phase + 3]) * Double(count))
            #expect(narrow.voltagePairs[phase] == Double(lanes[phase]) * Double(lanes[next]) * Double(count))
            #expect(narrow.currentPairs[phase] == Double(lanes[phase + 3]) * Double(lanes[next + 3]) * Double(count))
        }
    }

    @Test(arguments: [24, 26, 32], [UInt64(4), 5])
    func wideCodesAreSummedWithoutARounding(_ bits: Int, _ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let most = Int32(truncatingIfNeeded: (Int64(1) << (bits - 1)) - 1)
        let frames = (0..<500).map { frame in
            FrameCodes(
                (0..<8).map { _ in frame % 7 == 0 ? -most - 1 : Int32.random(in: -most...most, using: &generator) })
        }
        Truth(frames).expectEqual(Self.wide(frames), "\(bits) bits, seed \(seed)")
    }

    /// Where a cubic is integrated, nothing is left over: the edges are right for every part of a cell.
    @Test(arguments: [0.0, 0.1, 0.5, 0.77, 0.9999], [0.0, 0.3, 0.9])
    func edgesIntegrateACubicExactly(_ from: Double, _ to: Double) {
        func f(_ x: Double) -> Double { 3 + x * (2 + x * (-0.5 + x * 0.07)) }
        func integral(_ x: Double) -> Double { x * (3 + x * (1 + x * (-0.5 / 3 + x * 0.07 / 4))) }
        func edge(_ index: Int, _ rest: Double) -> (integral: Double, value: Double) {
            let integral = EdgeWeights.integral(rest)
            let value = EdgeWeights.value(rest)
            return (0..<4).reduce((0, 0)) { sum, place in
                let v = f(Double(index + place - 1))
                return (sum.0 + integral[place] * v, sum.1 + value[place] * v)
            }
        }
        let sum = (3...20).reduce(0.0) { $0 + f(Double($1)) } + edge(20, to).integral - edge(2, from).integral
        let truth = integral(20 + to) - integral(2 + from)
        #expect(abs(sum / truth - 1) < 1e-12)
        #expect(abs(edge(7, to).value / f(7 + to) - 1) < 1e-12)
    }

    /// Sums of two stretches one behind the other, and those after a level is taken off, are those of the whole.
    @Test(arguments: [UInt64(7), 8])
    func stretchesAppendAndMove(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let frames = (0..<200).map { _ in
            FrameCodes((0..<8).map { _ in Int32.random(in: -900...900, using: &generator) })
        }
        func stretch(_ frames: ArraySlice<FrameCodes>, less level: FrameCodes = .zero) -> Stretch {
            var stretch = Self.wide(frames.map { $0 &- level })
            stretch.frames = Double(frames.count)
            for (k, frame) in frames.enumerated() {
                let x = widened(frame &- level)
                // A frame stands for the cell around it, whose middle is half a frame from the start.
                stretch.voltageRamp += (Double(k) + 0.5) * Stretch.voltages(x)
                stretch.currentRamp += (Double(k) + 0.5) * Stretch.currents(x)
            }
            return stretch
        }
        let level = FrameCodes(3, -20, 100, 7, -80, 0, 41, 5)
        var joined = stretch(frames[..<77])
        joined.append(stretch(frames[77...]))
        joined.subtract(widened(level))
        let whole = stretch(frames[...], less: level)
        #expect(joined.frames == whole.frames && joined.sum == whole.sum && joined.squares == whole.squares)
        for phase in 0..<3 {
            #expect(joined.powers[phase] == whole.powers[phase])
            #expect(joined.voltagePairs[phase] == whole.voltagePairs[phase])
            #expect(joined.currentPairs[phase] == whole.currentPairs[phase])
            #expect(joined.voltageRamp[phase] == whole.voltageRamp[phase])
        }
        for lane in 0..<4 { #expect(joined.currentRamp[lane] == whole.currentRamp[lane]) }
        #expect(joined.minimum == whole.minimum && joined.maximum == whole.maximum)
    }

    /// A ramp taken off the sums is one taken off the samples: of a fine grid both come out alike.
    @Test func aRampComesOffTheSums() {
        let n = 100_000.0
        let slope = SIMD4(0.02, -0.01, 0.005, 0)
        func stretch(_ slope: SIMD4<Double>) -> Stretch {
            var stretch = Stretch()
            stretch.frames = 100
            for step in 0..<Int(n) {
                let k = (Double(step) + 0.5) * 100 / n
                let ramp = slope * (k - 100)
                let u = SIMD4(3 * sin(k / 7), cos(k / 5), 2, 0)
                let i = SIMD4(sin(k / 6) + 1, 2 * cos(k / 9), 0.1 * k, 1) - ramp
                let weight = 100 / n
                let x = SIMD8(u[0], u[1], u[2], i[0], i[1], i[2], i[3], 0)
                stretch.sum += weight * x
                stretch.squares += weight * x * x
                stretch.powers += weight * u * i
                stretch.currentPairs += weight * i * Stretch.neighbours(i)
                stretch.voltageRamp += (weight * k) * u
                stretch.currentRamp += (weight * k) * i
            }
            return stretch
        }
        var moved = stretch(.zero)
        moved.subtractRamp(slope)
        let truth = stretch(slope)
        for lane in 0..<7 {
            #expect(abs(moved.sum[lane] - truth.sum[lane]) < 1e-5)
            #expect(abs(moved.squares[lane] - truth.squares[lane]) < 1e-4)
        }
        for phase in 0..<3 {
            #expect(abs(moved.powers[phase] - truth.powers[phase]) < 1e-4)
            #expect(abs(moved.currentPairs[phase] - truth.currentPairs[phase]) < 1e-4)
            #expect(abs(moved.currentRamp[phase] - truth.currentRamp[phase]) < 1e-3)
        }
        #expect(moved.rise == -100 * slope)
    }

    @Test(arguments: 0...13) func sumsAloneAreExact(_ count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let frames = (0..<count).map { _ in
            SIMD8<Int16>((0..<8).map { [.min, .max, Int16.random(in: .min ... .max, using: &generator)][$0 % 3] })
        }
        let sum = frames.withUnsafeBytes { bytes in
            bytes.baseAddress.map { NarrowSums.sum($0, count: count, ones: SIMD8(repeating: 1)) } ?? .zero
        }
        let truth = Truth(frames.map { FrameCodes(truncatingIfNeeded: $0) })
        for lane in 0..<8 { #expect(Int128(sum[lane]) == truth.sum[lane]) }
    }

    /// Of all lowest codes, all highest, and mixed ones.
    @Test(arguments: [[Int16.min], [.max], [.min, .max], [-1], [15, -16], [0, -1, 16, -32_753, 32_752]])
    func sumsOfEightFramesAreExact(_ codes: [Int16]) {
        var generator = SeededGenerator(seed: 8)
        let weights = SIMD8<Int16>(1, 16, 1, 16, 1, 16, 1, 16)
        for _ in 0..<100 {
            let frames = (0..<8).map { _ in
                SIMD8<Int16>((0..<8).map { _ in codes[Int.random(in: 0..<codes.count, using: &generator)] })
            }
            let sum = frames.withUnsafeBytes { bytes in
                bytes.baseAddress.map { NarrowSums.sumOfEight($0, weights: weights) } ?? .zero
            }
            for lane in 0..<8 { #expect(Int(sum[lane]) == frames.reduce(0) { $0 + Int($1[lane]) }) }
        }
    }

    /// The extremes of any run of frames, held or not, in both widths of codes.
    @Test(arguments: [true, false], [UInt64(1), 2])
    func extremesAreThoseOfTheFramesHeld(_ isNarrow: Bool, _ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let samples = (0..<100 * 8).map { _ in Int16.random(in: .min ... .max, using: &generator) }
        var stage = FrameStage(
            .interleavedInt16(MeterChannel.allCases, frameBytes: 16), isNarrow: isNarrow, keep: 200)
        var cursor = 0
        #expect(stage.decode(samples.span.bytes, from: &cursor, keepingFrom: 0))
        for _ in 0..<200 {
            let first = Int.random(in: -3..<100, using: &generator)
            let last = Int.random(in: max(0, first)..<105, using: &generator)
            let (minimum, maximum) = stage.extremes(from: Int64(first), through: Int64(last))
            for lane in 0..<8 {
                let codes = (max(0, first)...min(last, 99)).map { Double(samples[$0 * 8 + lane]) }
                #expect(minimum[lane] == codes.min() && maximum[lane] == codes.max(), "\(first) to \(last)")
            }
        }
    }

    @Test func groupsAreFoundByTheFramesTheyStartWith() {
        var groups = GroupSums(length: 4, keeping: 20)
        groups.restart(at: 100)
        for number in 0..<30 {
            groups.room.0.pointee = SIMD8(repeating: Float(number))
            groups.take(1)
        }
        #expect(groups.end == 220)
        let oldest = 30 - Int((groups.end - groups.first) / 4)
        for number in 0..<30 - oldest {
            let (row, held) = groups.row(from: number)
            #expect(held >= 1 && row[0][0] == Float(oldest + number))
            #expect(row[held - 1][0] == 29 || held + number < 30 - oldest)
        }
        #expect(groups.row(from: 30 - oldest).count == 0)
        #expect(groups.count(before: groups.first) == 0)
        #expect(groups.count(before: groups.first + 1) == 1)
        #expect(groups.count(before: 212) == 28 - oldest && groups.row(from: 28 - oldest).0[0][0] == 28)
        #expect(groups.count(before: 10_000) == 30 - oldest)
    }
}
