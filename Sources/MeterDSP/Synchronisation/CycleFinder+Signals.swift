// Also what changes nothing is `mutating` here: a finder is large, and the compiler copies it for a method that is not.
extension CycleFinder {
    /// Whether any signal may have crossed zero between the second and the third of the last four filtered values.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func mayHaveCrossed() -> Bool {
        let before = history[(historyCount &- 2) & 3], after = history[(historyCount &- 1) & 3]
        let changes =
            (before[0].bitPattern ^ after[0].bitPattern) | (before[1].bitPattern ^ after[1].bitPattern)
            | (before[2].bitPattern ^ after[2].bitPattern)
        return Int64(bitPattern: changes) < 0
    }

    /// Whether `signal` did.
    @_noAllocation @_noLocks
    mutating func hasCrossed(_ signal: Int) -> Bool {
        historyCount >= 4
            && (history[(historyCount &- 2) & 3][signal] < 0) != (history[(historyCount &- 1) & 3][signal] < 0)
    }

    /// Where a signal that has crossed zero did so, in frames.
    @_noAllocation @_noLocks
    mutating func crossing(of signal: Int) -> Double {
        let share = Self.root(
            history[(historyCount &- 3) & 3][signal], history[(historyCount &- 2) & 3][signal],
            history[(historyCount &- 1) & 3][signal], history[historyCount & 3][signal])
        let groupMiddle = Double(position) - Double(decimation) + Double(decimation - 1) / 2
        return groupMiddle + (share - 2) * Double(decimation)
    }

    /// Whether a signal was strong enough in the half cycle before the last boundary to give crossings of its own.
    @_noAllocation @_noLocks
    mutating func isPresent(_ signal: Int) -> Bool { peaks[signal] >= thresholdPeaks[signal] }

    /// Whether the filter has settled: crossings before that are those of anything.
    var hasSettled: Bool { @_noAllocation @_noLocks get { position >= settledAt } }

    /// Whether signals are voltages.
    var findsVoltages: Bool { @_noAllocation @_noLocks get { firstLane == 0 } }

    /// Half a cycle as last known, in frames; above 0.
    var halfCycle: Double { @_noAllocation @_noLocks get { prediction.halfCycle } }
}
