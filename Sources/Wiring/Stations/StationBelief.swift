import Allocation

/// The probabilities of the seven sets of lines that a car may draw on, and what the station did last.
struct StationBelief: Sendable, BitwiseCopyable {
    /// By set − 1; they add up to 1.
    private(set) var weights = InlineArray<7, Double>(repeating: 0)
    private(set) var stepCount = 0
    private(set) var firstLine: Int?

    /// A change of limit that the car is expected to follow.
    struct Step: Sendable, BitwiseCopyable {
        var seconds = -Double.infinity
        /// Of each line it uses; negative: less.
        var amperes = 0.0
    }
    /// The latest; whether another came so shortly before that neither can be measured; whether it waits for its time.
    private(set) var latest = Step()
    private(set) var isCrowded = false
    var isPending = false
    /// When it was last asked to make a step of its own.
    var lastTestSeconds = -Double.infinity

    init() { newCar() }

    /// A step counts on its own only this long after the one before.
    static var restSeconds: Double { 11 }

    mutating func note(_ amperes: Double, at seconds: Double) {
        let pause = seconds - latest.seconds
        if pause < 0.5 {
            // One change in two messages.
            latest.amperes += amperes
            return
        }
        isCrowded = pause < Self.restSeconds
        isPending = !isCrowded
        latest = Step(seconds: seconds, amperes: amperes)
    }

    /// Another car comes: it may use other phases. What is known of the station's wiring stays.
    mutating func newCar() {
        for index in 0..<7 { weights[index] = prior(UInt8(index + 1)) }
        normalise()
        stepCount = 0
        isPending = false
    }

    /// Cars: two fifths three-phase, as many single-phase, the rest two. A single-phase car is on the station's own L1.
    private func prior(_ set: UInt8) -> Double {
        let size = set.nonzeroBitCount
        guard let first = firstLine, size < 3 else { return size == 3 ? 0.4 : size == 2 ? 0.2 / 3 : 0.4 / 3 }
        let holdsFirst = set >> UInt8(first) & 1 == 1
        return holdsFirst ? (size == 1 ? 0.38 : 0.09) : 0.01
    }

    /// Takes in how each set explains one step.
    ///
    /// Only a step that the car has visibly followed tells its lines. It changes the odds of two sets by a factor of 30 at
    /// the most: what is in no model must not decide alone. A step that it has visibly not followed makes doubtful what was
    /// concluded so far, until that is known: chance alone is not right three times running.
    mutating func update(_ step: StepLikelihood.Explanations) {
        let highest = step.highest
        guard highest < .infinity, step.notFollowed < .infinity else { return }
        if highest > Self.visibly * step.notFollowed {
            for index in 0..<7 { weights[index] *= step.followed[index] + highest / 29 }
            normalise()
            stepCount += 1
            if phases.isKnown, likeliest.nonzeroBitCount == 1 { firstLine = likeliest.trailingZeroBitCount }
        } else if step.notFollowed > Self.visibly * highest, !phases.isKnown {
            for index in 0..<7 { weights[index] = 0.75 * weights[index] + 0.25 * prior(UInt8(index + 1)) }
            normalise()
        }
    }

    /// How many times better the one must explain a step than the other.
    private static var visibly: Double { 20 }

    private mutating func normalise() {
        var sum = 0.0
        for index in 0..<7 { sum += weights[index] }
        // Never 0: a station may be connected anew.
        for index in 0..<7 { weights[index] = Swift.max(1e-9, weights[index] / sum) }
    }

    var likeliest: UInt8 {
        var best = 0
        for index in 1..<7 where weights[index] > weights[best] { best = index }
        return UInt8(best + 1)
    }

    var phases: StationPhases {
        let best = likeliest
        // The square root is for what is in no model: 0.9999 by the model is told as 0.99.
        let doubt = Swift.max(0, 1 - weights[Int(best) - 1]).squareRoot()
        return StationPhases(
            lines: PhaseSet(rawValue: best), confidence: 1 - doubt, stepCount: stepCount,
            firstLine: firstLine.flatMap { Phase(rawValue: UInt8($0)) })
    }
}
