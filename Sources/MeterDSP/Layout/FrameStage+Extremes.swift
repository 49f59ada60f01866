extension FrameStage {
    /// The smallest and the largest code of the frames from `first` to `last`, of those held. `mutating`, for else the
    /// stage is copied.
    ///
    /// - Complexity: O(frames).
    @_noAllocation @_noLocks
    mutating func extremes(
        from first: Int64, through last: Int64
    ) -> (minimum: SIMD8<Double>, maximum: SIMD8<Double>) {
        let (row, held) = unsafe rows(from: first)
        let wanted = Int(last - Swift.max(first, start)) + 1
        let count = Swift.min(Swift.max(0, wanted), held)
        if holdsNarrowFrames {
            let found = unsafe NarrowExtremes(row, count: count)
            return (widened(FramePairs.widened(found.low)), widened(FramePairs.widened(found.high)))
        }
        var low = FrameCodes(repeating: .max)
        var high = FrameCodes(repeating: .min)
        for place in 0..<count {
            let codes = unsafe row.load(fromByteOffset: 32 * place, as: FrameCodes.self)
            low.replace(with: codes, where: codes .< low)
            high.replace(with: codes, where: codes .> high)
        }
        return (widened(low), widened(high))
    }
}

/// The lowest and the highest 16-bit codes of frames.
private struct NarrowExtremes: BitwiseCopyable {
    private(set) var low = SIMD8<Int16>(repeating: .max)
    private(set) var high = SIMD8<Int16>(repeating: .min)

    @_noAllocation @_noLocks
    private init() {}

    /// - Parameter frames: of `count` frames of 16 bytes, at an address divisible by as much.
    @_noAllocation @_noLocks
    init(_ frames: UnsafeRawPointer, count: Int) {
        // Of every fourth frame each: the compiler else compares frames with one another first, which takes copies.
        var (first, second, third) = (NarrowExtremes(), NarrowExtremes(), NarrowExtremes())
        var at = unsafe frames
        var left = count
        while left >= 4 {
            add(unsafe at.load(as: SIMD8<Int16>.self))
            first.add(unsafe at.load(fromByteOffset: 16, as: SIMD8<Int16>.self))
            second.add(unsafe at.load(fromByteOffset: 32, as: SIMD8<Int16>.self))
            third.add(unsafe at.load(fromByteOffset: 48, as: SIMD8<Int16>.self))
            unsafe at += 64
            left &-= 4
        }
        while left > 0 {
            add(unsafe at.load(as: SIMD8<Int16>.self))
            unsafe at += 16
            left &-= 1
        }
        add(first)
        add(second)
        add(third)
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func add(_ codes: SIMD8<Int16>) {
        low.replace(with: codes, where: codes .< low)
        high.replace(with: codes, where: codes .> high)
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func add(_ other: NarrowExtremes) {
        low.replace(with: other.low, where: other.low .< low)
        high.replace(with: other.high, where: other.high .> high)
    }
}
