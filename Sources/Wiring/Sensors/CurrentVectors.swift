import MeterDSP

/// The three fundamental currents of a reading, turned so that U1 stands at 0°: readings can then be compared.
struct CurrentVectors: Sendable, BitwiseCopyable {
    var real = SIMD3<Double>.zero
    var imaginary = SIMD3<Double>.zero

    subscript(sensor: Int) -> Phasor { Phasor(real[sensor], imaginary[sensor]) }

    var squaredMagnitude: SIMD3<Double> { real * real + imaginary * imaginary }

    static func - (a: Self, b: Self) -> Self { Self(real: a.real - b.real, imaginary: a.imaginary - b.imaginary) }
    static func + (a: Self, b: Self) -> Self { Self(real: a.real + b.real, imaginary: a.imaginary + b.imaginary) }
    static func += (a: inout Self, b: Self) {
        a.real += b.real
        a.imaginary += b.imaginary
    }
    static func * (a: Self, b: Double) -> Self { Self(real: a.real * b, imaginary: a.imaginary * b) }
}

/// A reading in the frame of U1.
struct TurnedReading: Sendable, BitwiseCopyable {
    var voltages: ThreePhasePhasors
    var currents: CurrentVectors

    /// - Returns: nil where a voltage is below half of `nominalVolts`, or no number: angles against it say nothing.
    init?(_ reading: WiringReading, nominalVolts: Double) {
        for line in 0..<3 {
            guard reading.voltages[line].magnitude > 0.5 * nominalVolts, reading.currents[line].magnitude < 1e6 else {
                return nil
            }
        }
        let first = reading.voltages.l1
        let turn = first.conjugate * (1 / first.magnitude)
        voltages = ThreePhasePhasors(
            reading.voltages.l1 * turn, reading.voltages.l2 * turn, reading.voltages.l3 * turn)
        currents = CurrentVectors()
        for sensor in 0..<3 {
            let current = reading.currents[sensor] * turn
            currents.real[sensor] = current.real
            currents.imaginary[sensor] = current.imaginary
        }
    }
}
