/// The limits that a station may be given: 0, or whole steps from its minimum to its maximum. In ampere.
struct LimitSteps: Sendable, Equatable {
    var stepAmperes: Double
    var minimumAmperes: Double
    var maximumAmperes: Double

    /// `amperes` rounded **down** to a limit that may be given; never more than `amperes`. What is no number is 0.
    /// A difference below a millionth of a step counts as binary dust, so that 6.3 A stays 63 steps of 0.1 A.
    func rounded(_ amperes: Double) -> Double {
        guard amperes > 0 else { return 0 }
        let bounded = min(amperes, maximumAmperes)
        let whole = min((bounded / stepAmperes + 1e-6).rounded(.down) * stepAmperes, bounded)
        return whole + stepAmperes * 1e-6 < minimumAmperes ? 0 : whole
    }
}
