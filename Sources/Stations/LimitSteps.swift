/// The limits that a station may be given: 0, or whole steps from its minimum to its maximum. In ampere.
package struct LimitSteps: Sendable, Equatable {
    package var stepAmperes: Double
    package var minimumAmperes: Double
    package var maximumAmperes: Double

    package init(stepAmperes: Double, minimumAmperes: Double, maximumAmperes: Double) {
        self.stepAmperes = stepAmperes
        self.minimumAmperes = minimumAmperes
        self.maximumAmperes = maximumAmperes
    }

    /// `amperes` rounded **down** to a limit that may be given; never more than `amperes`. What is no number is 0.
    /// A difference below a millionth of a step counts as binary dust, so that 6.3 A stays 63 steps of 0.1 A.
    package func rounded(_ amperes: Double) -> Double {
        guard amperes > 0 else { return 0 }
        let bounded = min(amperes, maximumAmperes)
        let whole = min((bounded / stepAmperes + 1e-6).rounded(.down) * stepAmperes, bounded)
        return whole + stepAmperes * 1e-6 < minimumAmperes ? 0 : whole
    }
}
