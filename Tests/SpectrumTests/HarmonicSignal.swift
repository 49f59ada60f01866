import Foundation
import Testing

/// A signal of many harmonics with its exact truth: phasors as cosines at its time 0.
struct HarmonicSignal: Sendable {
    struct Line: Sendable {
        var order: Int
        var rms: Double
        var radians: Double
    }

    var frequency: Double
    var mean = 0.0
    var lines: [Line]

    /// A fundamental and all orders to `highest` with `share` of it, angles all over the circle.
    static func all(_ frequency: Double, rms: Double, share: Double, highest: Int, mean: Double = 0) -> HarmonicSignal {
        HarmonicSignal(
            frequency: frequency, mean: mean,
            lines: (1...highest).map {
                Line(order: $0, rms: $0 == 1 ? rms : rms * share, radians: 2.4 * Double($0 * $0))
            })
    }

    /// `count` samples from `seconds` on.
    func samples(rate: Double, from seconds: Double = 0, count: Int) -> [Double] {
        let highest = lines.reduce(1) { max($0, $1.order) }
        var real = [Double](repeating: 0, count: highest + 1)
        var imaginary = real
        for line in lines {
            real[line.order] += line.rms * 2.0.squareRoot() * cos(line.radians)
            imaginary[line.order] += line.rms * 2.0.squareRoot() * sin(line.radians)
        }
        return (0..<count).map { index in
            let angle = 2 * .pi * frequency * (seconds + Double(index) / rate)
            let (c, s) = (cos(angle), sin(angle))
            // Horner's rule in e^jωt.
            var (x, y) = (0.0, 0.0)
            for order in stride(from: highest, through: 1, by: -1) {
                let sum = (x + real[order], y + imaginary[order])
                x = sum.0 * c - sum.1 * s
                y = sum.0 * s + sum.1 * c
            }
            return mean + x
        }
    }

    /// The angle of `line` at `seconds`.
    func radians(_ line: Line, at seconds: Double) -> Double {
        line.radians + 2 * .pi * frequency * Double(line.order) * seconds
    }

    /// RMS of the orders from 2 to `order` over the fundamental's.
    func distortion(through order: Int) -> Double {
        let first = lines.first { $0.order == 1 }?.rms ?? 0
        let squares = lines.filter { $0.order > 1 && $0.order <= order }.reduce(0) { $0 + $1.rms * $1.rms }
        return squares.squareRoot() / first
    }
}

/// The value, as `#require` gives it: the macro itself takes nothing from a value that cannot be copied.
func needed<Value>(_ value: Value?, sourceLocation: SourceLocation = #_sourceLocation) throws -> Value {
    try #require(value, sourceLocation: sourceLocation)
}
