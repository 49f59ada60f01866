import Acquisition
import Foundation
import MeterDSP

/// U, I and P over any fractional window of a voltage and a current, computed independently of the meter: both
/// signals band-limited at four points per sample (a long windowed sinc), their products summed up once by cubic
/// integration, and a window's mean read off as the difference of two values of these running integrals.
struct DenseReference {
    struct Values {
        var u: Double
        var i: Double
        var p: Double
        var uDC: Double
        var iDC: Double
        var s: Double { u * i }
    }

    private static let steps = 4
    private let voltage: [Double]
    private let current: [Double]
    private let sums: [[Double]]

    init(voltage: [Double], current: [Double]) {
        let u = Self.dense(voltage)
        let i = Self.dense(current)
        self.voltage = u
        self.current = i
        sums = [u, i, Self.product(u, u), Self.product(i, i), Self.product(u, i)].map(Self.runningIntegral)
    }

    /// Without the constant parts. Positions in frames.
    func values(from first: Double, frames: Double) -> Values {
        let means = sums.map { (Self.value($0, first + frames) - Self.value($0, first)) / frames }
        return Values(
            u: max(0, means[2] - means[0] * means[0]).squareRoot(),
            i: max(0, means[3] - means[1] * means[1]).squareRoot(), p: means[4] - means[0] * means[1],
            uDC: means[0], iDC: means[1])
    }

    /// RMS phasors of the orders 1 to `highest` at `cycles` cycles in the window, of voltage and current.
    func harmonics(
        from first: Double, frames: Double, cycles: Int, highest: Int
    ) -> (voltage: [SIMD2<Double>], current: [SIMD2<Double>]) {
        let count = Int(frames.rounded(.up))
        var u = [SIMD2<Double>](repeating: .zero, count: highest)
        var i = u
        // One turn of the circle for all orders.
        let circle = (0..<count).map { point in
            let angle = 2 * Double.pi * Double(point) / Double(count)
            return SIMD2(cos(angle), -sin(angle))
        }
        for point in 0..<count {
            let position = first + frames * Double(point) / Double(count)
            let volts = Self.value(voltage, position)
            let amperes = Self.value(current, position)
            for order in 0..<highest {
                let turn = circle[((order + 1) * cycles * point) % count]
                u[order] += volts * turn
                i[order] += amperes * turn
            }
        }
        let scale = 2.0.squareRoot() / Double(count)
        return (u.map { $0 * scale }, i.map { $0 * scale })
    }

    static func distortion(_ phasors: [SIMD2<Double>]) -> Double {
        let squares = phasors.map { ($0 * $0).sum() }
        return (squares.dropFirst().reduce(0, +) / squares[0]).squareRoot()
    }

    // MARK: Numerics

    /// Half the sinc's length in samples, and its Kaiser window.
    private static let reach = 48
    private static let weights: [[Double]] = (1..<steps).map { step in
        func bessel(_ x: Double) -> Double {
            var sum = 1.0
            var term = 1.0
            for k in 1..<60 {
                term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
                sum += term
            }
            return sum
        }
        return (0..<2 * reach).map { tap in
            let x = Double(step) / Double(steps) - Double(tap - reach + 1)
            let ratio = x / Double(reach)
            return sin(.pi * x) / (.pi * x) * bessel(10 * max(0, 1 - ratio * ratio).squareRoot()) / bessel(10)
        }
    }

    /// Samples at multiples of 1/`steps`; beyond its ends the signal is turned about its first and last point.
    private static func dense(_ samples: [Double]) -> [Double] {
        let count = samples.count
        let padded =
            (1...reach).reversed().map { 2 * samples[0] - samples[min(count - 1, $0)] } + samples
            + (1...reach).map { 2 * samples[count - 1] - samples[max(0, count - 1 - $0)] }
        var dense = [Double](repeating: 0, count: (count - 1) * steps + 1)
        padded.withUnsafeBufferPointer { padded in
            for sample in 0..<count {
                dense[sample * steps] = padded[sample + reach]
                guard sample + 1 < count else { break }
                for step in 1..<steps {
                    dense[sample * steps + step] = weights[step - 1].withUnsafeBufferPointer { weights in
                        var sum = 0.0
                        var tap = 0
                        while tap < 2 * reach {
                            sum += weights[tap] * padded[sample + 1 + tap]
                            tap += 1
                        }
                        return sum
                    }
                }
            }
        }
        return dense
    }

    private static func product(_ left: [Double], _ right: [Double]) -> [Double] {
        (0..<left.count).map { left[$0] * right[$0] }
    }

    /// ∫ from 0 in frames, at every dense point: each interval by the cubic through its four nearest points.
    private static func runningIntegral(_ values: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: values.count)
        for index in 1..<values.count {
            let a = values[index - 1]
            let b = values[index]
            let before = index >= 2 ? values[index - 2] : 2 * a - b
            let after = index + 1 < values.count ? values[index + 1] : 2 * b - a
            sums[index] = sums[index - 1] + (13 * (a + b) - before - after) / 24 / Double(steps)
        }
        return sums
    }

    /// Between dense points: the cubic through the four nearest.
    private static func value(_ dense: [Double], _ frame: Double) -> Double {
        let position = frame * Double(steps)
        let index = max(1, min(dense.count - 3, Int(position.rounded(.down))))
        let x = position - Double(index)
        let (a, b, c, d) = (dense[index - 1], dense[index], dense[index + 1], dense[index + 2])
        return a * (-x * (x - 1) * (x - 2) / 6) + b * ((x + 1) * (x - 1) * (x - 2) / 2)
            + c * (-(x + 1) * x * (x - 2) / 2) + d * ((x + 1) * x * (x - 1) / 6)
    }
}

/// A channel's values in its own unit.
func channelValues(_ recording: Recording, _ name: String) throws -> [Double] {
    let channel = try recording.channel(name)
    let layout = try recording.layout([(.u1, name)])
    return try recording.withFrames(0..<recording.frameCount) { block in
        (0..<recording.frameCount).map {
            Double(layout.code(of: .u1, in: block, frame: $0) ?? 0) * channel.scale + channel.offset
        }
    }
}
