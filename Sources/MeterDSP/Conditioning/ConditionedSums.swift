/// Sums over consecutive conditioned frames.
///
/// A conditioned frame is eight `Float`: u1, u2, u3 and a spare lane, i1, i2, i3, iN. Products and sums of 32
/// frames are taken in `Float`, whose rounding changes from frame to frame and so averages out below 1e-8 of a mean;
/// from there on in `Double`.
struct ConditionedSums: BitwiseCopyable {
    private var voltage = SIMD4<Double>.zero
    private var current = SIMD4<Double>.zero
    private var voltageSquares = SIMD4<Double>.zero
    private var currentSquares = SIMD4<Double>.zero
    private var powers = SIMD4<Double>.zero
    private var voltagePairs = SIMD4<Double>.zero
    private var currentPairs = SIMD4<Double>.zero
    private var voltageRamp = SIMD4<Double>.zero
    private var currentRamp = SIMD4<Double>.zero
    private var extremes = Extremes()

    /// Frames summed in `Float` alone.
    private static var blockLength: Int { @_noAllocation @_noLocks get { 32 } }

    @_noAllocation @_noLocks
    init() {}

    /// Adds frames.
    ///
    /// - Parameters:
    ///   - frames: of `count` frames of 32 bytes.
    ///   - firstDistance: distance of the first frame from where the ramps are counted, in frames.
    ///   - withVoltageExtremes: else only currents have their lowest and highest values taken.
    @_noAllocation @_noLocks
    @inline(never)
    mutating func add(_ frames: UnsafeRawPointer, count: Int, firstDistance: Double, withVoltageExtremes: Bool) {
        var at = unsafe frames
        var left = count
        var distance = firstDistance
        // A copy of its own stays in registers.
        var extremes = self.extremes
        while left > 0 {
            let length = Swift.min(Self.blockLength, left)
            var block = Block()
            // In a loop of their own: with 13 running values in one loop, not 11, a register is missing, and each frame
            // then waits for memory.
            if withVoltageExtremes { unsafe extremes.addVoltages(at, count: length) }
            for _ in 0..<length / 2 {
                unsafe block.add(at, &extremes)
                unsafe block.add(at + 32, &extremes)
                unsafe at += 64
            }
            if length % 2 == 1 {
                unsafe block.add(at, &extremes)
                unsafe at += 32
            }
            add(block, end: distance + Double(length))
            distance += Double(length)
            left -= length
        }
        self.extremes = extremes
    }

    /// Adds a block, which ends `end` frames after where the ramps are counted from. Not inlined: sums that stay in memory
    /// are added to there, those of a caller short of registers are moved to and fro.
    @_noAllocation @_noLocks
    @inline(never)
    private mutating func add(_ block: Block, end: Double) {
        let u = Self.double(block.voltage)
        let i = Self.double(block.current)
        voltage += u
        current += i
        voltageRamp += end * u - Self.double(block.voltageRamp)
        currentRamp += end * i - Self.double(block.currentRamp)
        voltageSquares += Self.double(block.voltageSquares)
        currentSquares += Self.double(block.currentSquares)
        powers += Self.double(block.powers)
        voltagePairs += Self.double(block.voltagePairs)
        currentPairs += Self.double(block.currentPairs)
    }

    /// Sums over a few frames.
    private struct Block {
        var voltage = SIMD4<Float>.zero
        var current = SIMD4<Float>.zero
        var voltageSquares = SIMD4<Float>.zero
        var currentSquares = SIMD4<Float>.zero
        var powers = SIMD4<Float>.zero
        var voltagePairs = SIMD4<Float>.zero
        var currentPairs = SIMD4<Float>.zero
        // Sums of the sums so far: Σ over j of Σ(m ≤ j) x = Σ(length − m)·x, one addition for a weight.
        var voltageRamp = SIMD4<Float>.zero
        var currentRamp = SIMD4<Float>.zero

        @_noAllocation @_noLocks
        @inline(__always)
        mutating func add(_ frame: UnsafeRawPointer, _ extremes: inout Extremes) {
            let u = unsafe frame.load(as: SIMD4<Float>.self)
            let i = unsafe frame.load(fromByteOffset: 16, as: SIMD4<Float>.self)
            extremes.addCurrent(i)
            voltage += u
            current += i
            voltageRamp += voltage
            currentRamp += current
            voltageSquares += u * u
            currentSquares += i * i
            powers += u * i
            voltagePairs += u * SIMD4(u[1], u[2], u[0], u[0])
            currentPairs += i * SIMD4(i[1], i[2], i[0], i[0])
        }
    }

    private struct Extremes: BitwiseCopyable {
        var lowVoltage = SIMD4<Float>(repeating: .infinity)
        var highVoltage = SIMD4<Float>(repeating: -.infinity)
        var lowCurrent = SIMD4<Float>(repeating: .infinity)
        var highCurrent = SIMD4<Float>(repeating: -.infinity)

        @_noAllocation @_noLocks
        init() {}

        @_noAllocation @_noLocks
        @inline(__always)
        mutating func addVoltages(_ frames: UnsafeRawPointer, count: Int) {
            for place in 0..<count {
                addVoltage(unsafe frames.load(fromByteOffset: 32 * place, as: SIMD4<Float>.self))
            }
        }

        @_noAllocation @_noLocks
        @inline(__always)
        private mutating func addVoltage(_ u: SIMD4<Float>) {
            lowVoltage = smaller(lowVoltage, u)
            highVoltage = larger(highVoltage, u)
        }

        @_noAllocation @_noLocks
        @inline(__always)
        mutating func addCurrent(_ i: SIMD4<Float>) {
            lowCurrent = smaller(lowCurrent, i)
            highCurrent = larger(highCurrent, i)
        }
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private static func double(_ x: SIMD4<Float>) -> SIMD4<Double> {
        SIMD4(Double(x[0]), Double(x[1]), Double(x[2]), Double(x[3]))
    }

    /// Adds the sums to `stretch`. `mutating`, for else all of them are copied.
    @_noAllocation @_noLocks
    mutating func add(to stretch: inout Stretch) {
        stretch.sum += Self.lanes(voltage, current)
        stretch.squares += Self.lanes(voltageSquares, currentSquares)
        stretch.powers += powers
        stretch.voltagePairs += voltagePairs
        stretch.currentPairs += currentPairs
        stretch.voltageRamp += voltageRamp
        stretch.currentRamp += currentRamp
        let low = Self.lanes(Self.double(extremes.lowVoltage), Self.double(extremes.lowCurrent))
        let high = Self.lanes(Self.double(extremes.highVoltage), Self.double(extremes.highCurrent))
        stretch.minimum = smaller(stretch.minimum, low)
        stretch.maximum = larger(stretch.maximum, high)
    }

    /// Lanes in meter order.
    @_noAllocation @_noLocks
    @inline(__always)
    static func lanes(_ u: SIMD4<Double>, _ i: SIMD4<Double>) -> SIMD8<Double> {
        SIMD8(u[0], u[1], u[2], i[0], i[1], i[2], i[3], 0)
    }
}
