import Glibc

/// One cycle of every wave shape, scaled to an RMS of 1, and how the shapes add up.
struct WaveTables: Sendable {
    /// Points of a cycle; a multiple of 3, so that the phases are whole points apart.
    static let points = 3072
    /// Points of one table: two cycles and one point, so that neither a phase's offset nor interpolation wraps.
    static let stride = 2 * points + 1

    /// Tables of all `LoadKind` by raw value, then the supply's voltage.
    let samples: [Float]
    /// Mean of the product of kinds j and k over a cycle at [j · kinds + k]: 1 on the diagonal.
    let products: [Double]
    /// Active power over apparent power of each kind at the supply's voltage; negative where it feeds in.
    let powerFactors: [Double]

    static let supplyIndex = LoadKind.allCases.count

    init() {
        let shapes = LoadKind.allCases.map { Self.unitRMS($0.harmonics) }
        let supply = Self.unitRMS(LoadKind.supplyHarmonics)
        var samples: [Float] = []
        samples.reserveCapacity((shapes.count + 1) * Self.stride)
        for shape in shapes + [supply] {
            for point in 0..<Self.stride {
                let angle = 2 * Double.pi * Double(point % Self.points) / Double(Self.points)
                samples.append(
                    Float(shape.reduce(0) { $0 + $1.amplitude * sin(Double($1.order) * angle + $1.radians) }))
            }
        }
        self.samples = samples
        products = shapes.flatMap { left in shapes.map { Self.meanProduct(left, $0) } }
        powerFactors = shapes.map { Self.meanProduct($0, supply) }
    }

    /// The mean square of the sum of the kinds with the RMS values `amplitudes`: exact, no sampling.
    func meanSquare(of amplitudes: some RandomAccessCollection<Double>) -> Double {
        let kinds = LoadKind.allCases.count
        var sum = 0.0
        for (row, left) in amplitudes.enumerated() where left != 0 {
            for (column, right) in amplitudes.enumerated() { sum += left * right * products[row * kinds + column] }
        }
        return max(0, sum)
    }

    private static func unitRMS(_ wave: [LoadKind.Harmonic]) -> [LoadKind.Harmonic] {
        let rms = (wave.reduce(0) { $0 + $1.amplitude * $1.amplitude } / 2).squareRoot()
        return wave.map { LoadKind.Harmonic(order: $0.order, amplitude: $0.amplitude / rms, radians: $0.radians) }
    }

    private static func meanProduct(_ left: [LoadKind.Harmonic], _ right: [LoadKind.Harmonic]) -> Double {
        var sum = 0.0
        for a in left {
            for b in right where a.order == b.order {
                sum += a.amplitude * b.amplitude * cos(a.radians - b.radians) / 2
            }
        }
        return sum
    }
}
