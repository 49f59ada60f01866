extension FrameStage {
    /// The codes of one channel in the four frames from `first` on; beyond either end the nearest held.
    @_noAllocation @_noLocks
    @inline(__always)
    func codes(ofLane lane: Int, from first: Int64) -> SIMD4<Double> {
        let (row, available) = unsafe rows(from: first)
        guard holdsNarrowFrames, available >= 4, lane >= 0, lane < 8 else {
            var codes = SIMD4<Double>.zero
            for place in 0..<4 { codes[place] = Double(self[first + Int64(place)][lane & 7]) }
            return codes
        }
        let at = unsafe row + 2 * lane
        return unsafe SIMD4(
            Double(at.load(as: Int16.self)), Double(at.load(fromByteOffset: 16, as: Int16.self)),
            Double(at.load(fromByteOffset: 32, as: Int16.self)), Double(at.load(fromByteOffset: 48, as: Int16.self)))
    }
}
