/// How warm the fuse of one line is, in squares of its rated current.
struct ThermalModel: BitwiseCopyable {
    private var slow = 0.0
    private var fast = 0.0
    private var time = MonotonicTime.never

    @_noAllocation @_noLocks
    init() {}

    /// Lets `amperes` flow until `time`, since the last call. The first call finds it as warm as that current makes it
    /// in the end.
    @_noAllocation @_noLocks
    mutating func flow(_ amperes: Double, until now: MonotonicTime, curve: TripCurve) {
        let multiple = amperes / curve.ratedAmperes
        guard multiple >= 0, multiple < .infinity else { return }
        let square = multiple * multiple
        guard time != .never else {
            time = now
            slow = square
            fast = square
            return
        }
        let seconds = now.seconds(since: time)
        guard seconds > 0 else { return }
        time = now
        slow += (square - slow) * saturation(seconds / curve.slow.timeConstantSeconds)
        fast += (square - fast) * saturation(seconds / curve.fast.timeConstantSeconds)
    }

    /// 0: cold; 1: it may trip. How much of what it bears is used.
    @_noAllocation @_noLocks
    func usedShare(_ curve: TripCurve) -> Double {
        let first = slow / curve.slow.bearable, second = fast / curve.fast.bearable
        return first > second ? first : second
    }

    /// Seconds until it may trip where `amperes` go on flowing; infinite where it bears them for ever.
    @_noAllocation @_noLocks
    func secondsToTrip(_ amperes: Double, _ curve: TripCurve) -> Double {
        let multiple = amperes / curve.ratedAmperes
        let square = multiple * multiple
        guard square < curve.instant else { return 0 }
        let first = Self.seconds(from: slow, at: square, curve.slow)
        let second = Self.seconds(from: fast, at: square, curve.fast)
        return first < second ? first : second
    }

    @_noAllocation @_noLocks
    private static func seconds(from warmth: Double, at square: Double, _ body: TripCurve.Body) -> Double {
        guard square > body.bearable else { return warmth > body.bearable ? 0 : .infinity }
        guard warmth < body.bearable else { return 0 }
        return body.timeConstantSeconds * logarithm((square - warmth) / (square - body.bearable))
    }

    /// The largest current that may flow for ever so that, when `step` comes on top of it, the device bears both for
    /// `seconds`; also from the present warmth. 0 where there is none.
    @_noAllocation @_noLocks
    func amperesBearing(step: Double, forSeconds seconds: Double, _ curve: TripCurve) -> Double {
        let first = Self.multiple(slow, step / curve.ratedAmperes, seconds, curve.slow)
        let second = Self.multiple(fast, step / curve.ratedAmperes, seconds, curve.fast)
        let magnet = squareRoot(curve.instant) * 0.999 - step / curve.ratedAmperes
        let least = first < second ? first : second
        return max(0, least < magnet ? least : magnet) * curve.ratedAmperes
    }

    /// With g = 1 − e^−t/τ: from warmth w, (I + s)² g + w (1 − g) ≤ k². For w = I², a quadratic in I; for the present
    /// warmth, where that is more, its root.
    @_noAllocation @_noLocks
    private static func multiple(_ warmth: Double, _ step: Double, _ seconds: Double, _ body: TripCurve.Body) -> Double
    {
        guard body.bearable < .infinity else { return .infinity }
        let gain = saturation(seconds / body.timeConstantSeconds)
        let root = step * step * gain * gain - step * step * gain + body.bearable
        let settled = root > 0 ? squareRoot(root) - step * gain : 0
        guard gain > 0, warmth > settled * settled else { return settled }
        let rest = (body.bearable - warmth * (1 - gain)) / gain
        let now = rest > 0 ? squareRoot(rest) - step : 0
        return now < settled ? now : settled
    }
}
