import MeterDSP

/// The spectrum of one signal over one 10/12-cycle window in bins of a tenth or twelfth of the fundamental (5 Hz), and
/// the groups of bins of IEC 61000-4-7. A bin's index is order·``cycles`` + k.
///
/// Where a harmonic fluctuates, its energy spreads to the bins beside it: a subgroup (k = −1 to 1) or a group (half way
/// to the next orders) still holds it. What lies between two harmonics' subgroups is the centred interharmonic
/// subgroup. All values RMS, in the signal's unit.
public struct GroupedSpectrum: Sendable, Equatable {
    /// RMS phasors by bin; bin 0 is the mean. They end with the bin of order ``highestOrder`` + 1.
    public let bins: [Phasor]
    /// Cycles in the window, 10 or 12: bins from one order to the next.
    public let cycles: Int

    init(bins: [Phasor], cycles: Int) {
        self.bins = bins
        self.cycles = cycles
    }

    /// The highest order with a group, 1 or more.
    public var highestOrder: Int { bins.count / cycles - 1 }

    /// The harmonics alone, without the bins beside them: orders 0 to ``highestOrder``.
    public var harmonics: Harmonics { Harmonics(phasors: (0...highestOrder).map { bins[$0 * cycles] }) }

    /// Y_g,h: the harmonic of `order` and all bins nearer to it than to its neighbours, those half way by half
    /// (power). Nil beyond 1 to ``highestOrder``.
    public func group(_ order: Int) -> Double? {
        guard let middle = middle(of: order, from: 1) else { return nil }
        let half = cycles / 2
        let edges = (bins[middle - half].squaredMagnitude + bins[middle + half].squaredMagnitude) / 2
        return (edges + squares(middle - half + 1...middle + half - 1)).squareRoot()
    }

    /// Y_sg,h: the harmonic of `order` and the bin on each side. Nil beyond 1 to ``highestOrder``.
    public func subgroup(_ order: Int) -> Double? {
        middle(of: order, from: 1).map { squares($0 - 1...$0 + 1).squareRoot() }
    }

    /// Y_ig,h: all bins between the harmonics of `order` and `order` + 1. Nil beyond 0 (below the fundamental) to
    /// ``highestOrder``.
    public func interharmonicGroup(_ order: Int) -> Double? {
        middle(of: order, from: 0).map { squares($0 + 1...$0 + cycles - 1).squareRoot() }
    }

    /// Y_isg,h: the bins between the subgroups of `order` and `order` + 1, centred between them. Nil beyond 0 (below
    /// the fundamental) to ``highestOrder``.
    public func interharmonicSubgroup(_ order: Int) -> Double? {
        middle(of: order, from: 0).map { squares($0 + 2...$0 + cycles - 2).squareRoot() }
    }

    /// THDG: RMS of the groups of orders 2 to `order` over that of the fundamental; nil without a fundamental, or where
    /// the spectrum ends below `order`.
    public func groupDistortion(through order: Int = 40) -> Double? {
        distortion(through: order) { group($0) }
    }

    /// THDS: RMS of the subgroups of orders 2 to `order` over that of the fundamental; nil without a fundamental, or
    /// where the spectrum ends below `order`.
    public func subgroupDistortion(through order: Int = 40) -> Double? {
        distortion(through: order) { subgroup($0) }
    }

    /// The spectrum of the current whose rate of change a Rogowski coil of this sensitivity gave.
    ///
    /// - Parameter frequencyHz: of the fundamental, more than 0.
    public func integrated(frequencyHz: Double, voltsPerAmpereHertz: Double) -> GroupedSpectrum {
        GroupedSpectrum(
            bins: bins.integrated(stepHz: frequencyHz / Double(cycles), voltsPerAmpereHertz: voltsPerAmpereHertz),
            cycles: cycles)
    }

    private func middle(of order: Int, from lowest: Int) -> Int? {
        order >= lowest && order <= highestOrder ? order * cycles : nil
    }

    private func squares(_ range: ClosedRange<Int>) -> Double {
        bins[range].reduce(0) { $0 + $1.squaredMagnitude }
    }

    private func distortion(through order: Int, _ value: (Int) -> Double?) -> Double? {
        guard order >= 2, order <= highestOrder, let first = value(1), first > 0 else { return nil }
        var sum = 0.0
        for harmonic in 2...order {
            guard let amount = value(harmonic) else { return nil }
            sum += amount * amount
        }
        let distortion = sum.squareRoot() / first
        return distortion.isFinite ? distortion : nil
    }
}
