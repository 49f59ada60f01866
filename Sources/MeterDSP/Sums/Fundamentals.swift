/// One end of a window as the fundamentals need it: where it cuts a group of frames, and what it adds to sums.
struct FundamentalEdge: BitwiseCopyable {
    /// First frame of the group that holds the frame after the one before the boundary.
    private(set) var groupStart: Int64
    /// Sum of that group's frames before the boundary, the first of which is `groupStart`, and how many there are.
    fileprivate let before: SIMD8<Double>
    fileprivate let count: Int64
    fileprivate let index: Int64
    fileprivate let weights: SIMD4<Double>
    /// Codes of the four frames around the boundary.
    fileprivate var codes = InlineArray<4, SIMD8<Double>>(repeating: .zero)

    @_noAllocation @_noLocks
    init(_ boundary: Boundary, _ stage: borrowing FrameStage, groups: borrowing GroupSums) {
        index = boundary.index
        weights = EdgeWeights.integral(boundary.rest)
        groupStart = groups.start(ofGroupWith: boundary.index + 1)
        count = boundary.index + 1 - groupStart
        before = count > 0 ? stage.sum(from: groupStart, through: boundary.index) : .zero
        for place in 0..<4 { codes[place] = widened(stage[boundary.index + Int64(place) - 1]) }
    }
}

/// Σx·exp(−jω(k − t₀)) of every lane over a window of whole cycles at its own frequency: the fundamentals.
///
/// Groups of frames enter with their sum at their middle; what a group's length takes from the amplitude is made up at
/// the end. Over whole cycles harmonics leave nothing behind. Lanes iN and aux have no meaning.
struct Fundamentals {
    /// RMS phasors in codes, the angle that of a cosine at the window's start.
    private(set) var real = SIMD8<Double>.zero
    private(set) var imaginary = SIMD8<Double>.zero

    /// - Parameters:
    ///   - origin: where the window starts, in frames.
    ///   - frames: its length.
    ///   - omega: its frequency in radians per frame.
    ///   - mean: of the codes over it.
    /// - Returns: nil where its first groups are no longer held: a window far too long.
    @_noAllocation @_noLocks
    init?(
        from start: FundamentalEdge, to end: FundamentalEdge, _ groups: borrowing GroupSums, origin: Double,
        frames: Double, omega: Double, mean: SIMD8<Double>
    ) {
        guard groups.first <= start.groupStart, end.groupStart <= groups.end else { return nil }
        let length = Double(groups.length)
        var turn = unitCircle(-omega * (Double(start.groupStart) + 0.5 * (length - 1) - origin))
        let step = unitCircle(-omega * length)
        var next = groups.count(before: start.groupStart)
        var left = Int((end.groupStart - start.groupStart) / groups.length)
        while left > 0 {
            let (row, held) = unsafe groups.row(from: next)
            let count = Swift.min(left, held)
            guard count > 0 else { return nil }
            unsafe add(row, count: count, &turn, step)
            next += count
            left -= count
        }
        add(start, sign: -1, origin: origin, omega: omega)
        add(end, sign: 1, origin: origin, omega: omega)
        finish(frames: frames, omega: omega, length: length, mean: mean)
    }

    /// Adds `count` groups, the first turned by `turn` and each next one by `step` more.
    @_noAllocation @_noLocks
    private mutating func add(
        _ groups: UnsafePointer<SIMD8<Float>>, count: Int, _ turn: inout (cosine: Double, sine: Double),
        _ step: (cosine: Double, sine: Double)
    ) {
        var (c, s) = turn
        var realFront = real.lowHalf
        var realBack = SIMD2(real[4], real[5])
        var imaginaryFront = imaginary.lowHalf
        var imaginaryBack = SIMD2(imaginary[4], imaginary[5])
        for number in 0..<count {
            let sum = unsafe groups[number]
            let front = SIMD4(Double(sum[0]), Double(sum[1]), Double(sum[2]), Double(sum[3]))
            let back = SIMD2(Double(sum[4]), Double(sum[5]))
            realFront += c * front
            realBack += c * back
            imaginaryFront += s * front
            imaginaryBack += s * back
            (c, s) = (c * step.cosine - s * step.sine, c * step.sine + s * step.cosine)
        }
        turn = (c, s)
        real = SIMD8(lowHalf: realFront, highHalf: SIMD4(lowHalf: realBack, highHalf: .zero))
        imaginary = SIMD8(lowHalf: imaginaryFront, highHalf: SIMD4(lowHalf: imaginaryBack, highHalf: .zero))
    }

    @_noAllocation @_noLocks
    private mutating func add(_ edge: FundamentalEdge, sign: Double, origin: Double, omega: Double) {
        let (c, s) = unitCircle(-omega * (Double(edge.groupStart) + 0.5 * Double(edge.count - 1) - origin))
        real += (sign * c) * edge.before
        imaginary += (sign * s) * edge.before
        for place in 0..<4 {
            let (c, s) = unitCircle(-omega * (Double(edge.index + Int64(place) - 1) - origin))
            let weighted = (sign * edge.weights[place]) * edge.codes[place]
            real += c * weighted
            imaginary += s * weighted
        }
    }

    /// The sums are M = X + b·X* + d, with b = (1/n)∫exp(−2jωt)dt for the mirrored part and d for the mean, both next to
    /// nothing over whole cycles. Solved for X.
    @_noAllocation @_noLocks
    private mutating func finish(frames: Double, omega: Double, length: Double, mean: SIMD8<Double>) {
        let (bReal, bImaginary) = Self.average(-2 * omega, frames)
        let (dReal, dImaginary) = Self.average(-omega, frames)
        // The mean over a group passes sin(ωg/2) / (g·sin(ω/2)) of a sine; √2/n·Σ is the RMS phasor.
        let droop = sine(0.5 * omega * length) / (length * sine(0.5 * omega))
        let root = 1.414_213_562_373_095_1
        let mReal = real * (root / (frames * droop)) - mean * (dReal * root)
        let mImaginary = imaginary * (root / (frames * droop)) - mean * (dImaginary * root)
        let scale = 1 / (1 - bReal * bReal - bImaginary * bImaginary)
        real = mReal * ((1 - bReal) * scale) - mImaginary * (bImaginary * scale)
        imaginary = mImaginary * ((1 + bReal) * scale) - mReal * (bImaginary * scale)
    }

    /// (1/n)∫exp(jωt)dt over 0 to n: sin(x)/x·exp(jx) with x = ωn/2.
    @_noAllocation @_noLocks
    private static func average(_ omega: Double, _ frames: Double) -> (Double, Double) {
        let x = 0.5 * omega * frames
        guard x.magnitude > 1e-9 else { return (1, 0) }
        let (c, s) = unitCircle(x)
        return (s / x * c, s / x * s)
    }
}
