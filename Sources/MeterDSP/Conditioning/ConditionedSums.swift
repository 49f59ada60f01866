/// Sums over consecutive conditioned frames, each filtered on the way.
///
/// A conditioned frame is eight `Float`: u1, u2, u3 and a spare lane, i1, i2, i3, iN. Products and sums of sixteen
/// frames are taken in `Float`, whose rounding changes from frame to frame and so averages out below 1e-8 of a mean;
/// from there on in `Double`.
struct ConditionedSums: BitwiseCopyable {
    /// Taps by frame, −3 to 3.
    struct Taps: BitwiseCopyable {
        var voltages = InlineArray<7, SIMD4<Float>>(repeating: .zero)
        var currents = InlineArray<7, SIMD4<Float>>(repeating: .zero)
        /// 0, 1 or 3 frames to either side.
        var reach = 0
    }

    private var voltage = SIMD4<Double>.zero
    private var current = SIMD4<Double>.zero
    private var voltageSquares = SIMD4<Double>.zero
    private var currentSquares = SIMD4<Double>.zero
    private var powers = SIMD4<Double>.zero
    private var voltagePairs = SIMD4<Double>.zero
    private var currentPairs = SIMD4<Double>.zero
    private var voltageRamp = SIMD4<Double>.zero
    private var currentRamp = SIMD4<Double>.zero
    private var lowVoltage = SIMD4<Float>(repeating: .infinity)
    private var highVoltage = SIMD4<Float>(repeating: -.infinity)
    private var lowCurrent = SIMD4<Float>(repeating: .infinity)
    private var highCurrent = SIMD4<Float>(repeating: -.infinity)

    /// - Parameters:
    ///   - frames: of `count` frames of 32 bytes, with `taps.reach` more on either side.
    ///   - firstDistance: distance of the first frame from where the ramps are counted, in frames.
    @_noAllocation @_noLocks
    init(_ frames: UnsafeRawPointer, count: Int, firstDistance: Double, taps: borrowing Taps) {
        switch taps.reach {
        case 0: unsafe add(frames, count, firstDistance, taps, reach: 0)
        case 1: unsafe add(frames, count, firstDistance, taps, reach: 1)
        default: unsafe add(frames, count, firstDistance, taps, reach: 3)
        }
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func add(
        _ frames: UnsafeRawPointer, _ count: Int, _ firstDistance: Double, _ taps: borrowing Taps, reach: Int
    ) {
        var at = unsafe frames
        var left = count
        var distance = firstDistance
        while left > 0 {
            let length = Swift.min(16, left)
            var sumU = SIMD4<Float>.zero
            var sumI = SIMD4<Float>.zero
            var squaresU = SIMD4<Float>.zero
            var squaresI = SIMD4<Float>.zero
            var products = SIMD4<Float>.zero
            var pairsU = SIMD4<Float>.zero
            var pairsI = SIMD4<Float>.zero
            // Sums of the sums so far: Σ over j of Σ(m ≤ j) x = Σ(length − m)·x, one addition for a weight.
            var rampU = SIMD4<Float>.zero
            var rampI = SIMD4<Float>.zero
            for _ in 0..<length {
                let u = unsafe Self.filtered(at, taps.voltages, reach: reach)
                let i = unsafe Self.filtered(at + 16, taps.currents, reach: reach)
                sumU += u
                sumI += i
                rampU += sumU
                rampI += sumI
                squaresU += u * u
                squaresI += i * i
                products += u * i
                pairsU += u * SIMD4(u[1], u[2], u[0], u[3])
                pairsI += i * SIMD4(i[1], i[2], i[0], i[3])
                lowVoltage.replace(with: u, where: u .< lowVoltage)
                highVoltage.replace(with: u, where: u .> highVoltage)
                lowCurrent.replace(with: i, where: i .< lowCurrent)
                highCurrent.replace(with: i, where: i .> highCurrent)
                unsafe at += 32
            }
            let u = Self.double(sumU)
            let i = Self.double(sumI)
            voltage += u
            current += i
            let end = distance + Double(length)
            voltageRamp += end * u - Self.double(rampU)
            currentRamp += end * i - Self.double(rampI)
            voltageSquares += Self.double(squaresU)
            currentSquares += Self.double(squaresI)
            powers += Self.double(products)
            voltagePairs += Self.double(pairsU)
            currentPairs += Self.double(pairsI)
            distance += Double(length)
            left -= length
        }
    }

    /// The frame at `at`, filtered with its neighbours.
    @_noAllocation @_noLocks
    @inline(__always)
    static func filtered(
        _ at: UnsafeRawPointer, _ taps: borrowing InlineArray<7, SIMD4<Float>>, reach: Int
    ) -> SIMD4<Float> {
        let here = unsafe at.load(as: SIMD4<Float>.self)
        if reach == 0 { return here }
        var sum = here * taps[3]
        sum += unsafe at.load(fromByteOffset: -32, as: SIMD4<Float>.self) * taps[2]
        sum += unsafe at.load(fromByteOffset: 32, as: SIMD4<Float>.self) * taps[4]
        if reach == 1 { return sum }
        sum += unsafe at.load(fromByteOffset: -64, as: SIMD4<Float>.self) * taps[1]
        sum += unsafe at.load(fromByteOffset: 64, as: SIMD4<Float>.self) * taps[5]
        sum += unsafe at.load(fromByteOffset: -96, as: SIMD4<Float>.self) * taps[0]
        sum += unsafe at.load(fromByteOffset: 96, as: SIMD4<Float>.self) * taps[6]
        return sum
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private static func double(_ x: SIMD4<Float>) -> SIMD4<Double> {
        SIMD4(Double(x[0]), Double(x[1]), Double(x[2]), Double(x[3]))
    }

    /// Adds the sums to `stretch`.
    @_noAllocation @_noLocks
    func add(to stretch: inout Stretch) {
        stretch.sum += Self.lanes(voltage, current)
        stretch.squares += Self.lanes(voltageSquares, currentSquares)
        stretch.powers += powers
        stretch.voltagePairs += voltagePairs
        stretch.currentPairs += currentPairs
        stretch.voltageRamp += voltageRamp
        stretch.currentRamp += currentRamp
        let low = Self.lanes(Self.double(lowVoltage), Self.double(lowCurrent))
        let high = Self.lanes(Self.double(highVoltage), Self.double(highCurrent))
        stretch.minimum.replace(with: low, where: low .< stretch.minimum)
        stretch.maximum.replace(with: high, where: high .> stretch.maximum)
    }

    /// Lanes in meter order.
    @_noAllocation @_noLocks
    @inline(__always)
    static func lanes(_ u: SIMD4<Double>, _ i: SIMD4<Double>) -> SIMD8<Double> {
        SIMD8(u[0], u[1], u[2], i[0], i[1], i[2], i[3], 0)
    }
}
