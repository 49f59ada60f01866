extension CycleFinder {
    /// Whether any signal may have crossed zero between the second and the third of the last four filtered values.
    @_noAllocation @_noLocks
    @inline(__always)
    func mayHaveCrossed() -> Bool { signals.hasCrossed }

    /// Whether `signal` did.
    @_noAllocation @_noLocks
    @inline(__always)
    func hasCrossed(_ signal: Int) -> Bool {
        signals.count >= 4 && (signals[back: 2][signal] < 0) != (signals[back: 1][signal] < 0)
    }

    /// Where a signal that has crossed zero did so, in frames.
    @_noAllocation @_noLocks
    @inline(__always)
    func crossing(of signal: Int) -> Double {
        let share = Self.root(
            signals[back: 3][signal], signals[back: 2][signal], signals[back: 1][signal], signals[back: 0][signal])
        let groupMiddle = Double(position) - Double(decimation) + Double(decimation - 1) / 2
        return groupMiddle + (share - 2) * Double(decimation)
    }

    /// Whether a signal was strong enough in the half cycle before the last boundary to give crossings of its own.
    @_noAllocation @_noLocks
    func isPresent(_ signal: Int) -> Bool { peaks[signal] >= thresholdPeaks[signal] }

    /// Whether the filter has settled: crossings before that are those of anything.
    var hasSettled: Bool { @_noAllocation @_noLocks get { position >= settledAt } }

    /// Whether signals are voltages.
    var findsVoltages: Bool { @_noAllocation @_noLocks get { firstLane == 0 } }

    /// Half a cycle as last known, in frames; above 0.
    var halfCycle: Double { @_noAllocation @_noLocks get { 0.5 * prediction.cycle } }
}
