/// What conditioning does to each channel, as numbers: by how many whole frames it is late, the taps of its
/// ``CompensationFilter``, and whether it is a coil's and so to be integrated.
struct ConditioningTaps: BitwiseCopyable {
    /// Taps by frame, −3 to 3; lanes u1, u2, u3.
    private(set) var voltages = InlineArray<7, SIMD4<Float>>(repeating: .zero)
    /// The same; lanes i1, i2, i3, iN.
    private(set) var currents = InlineArray<7, SIMD4<Float>>(repeating: .zero)
    /// Frames to either side that the taps reach: 0, 1 or 3.
    private(set) var reach = 0
    /// Whether voltages are filtered at all.
    private(set) var filtersVoltages = false
    /// By how many frames each channel is late, rounded.
    private(set) var shifts = SIMD8<Int64>.zero
    /// Lanes i1, i2, i3, iN: 1 where they carry a coil's signal, else 0.
    private(set) var coils = SIMD4<Double>.zero
    /// Whether any channel needs conditioning.
    private(set) var isNeeded = false

    init(_ configuration: MeterConfiguration) {
        var filters = InlineArray<8, CompensationFilter>(repeating: CompensationFilter())
        var longest = 0
        for channel in MeterChannel.allCases where configuration.layout[channel] != nil && channel != .aux {
            let lane = channel.rawValue
            let calibration = configuration[calibrationOf: channel]
            let delay = calibration.delaySeconds * configuration.sampleRateHz
            shifts[lane] = wholeFrames(delay + 0.5)
            var task = CompensationFilter.Task()
            task.delayFrames = delay - Double(shifts[lane])
            task.sincOrder = calibration.sincOrder
            if lane >= 3, calibration.sensitivity != nil {
                task.isIntegral = true
                coils[lane - 3] = 1
            }
            let filter = CompensationFilter(
                task, nominal: 2 * Double.pi * configuration.nominalHz / configuration.sampleRateHz)
            filters[lane] = filter
            longest = Swift.max(longest, filter.reach)
            if !task.isNone || shifts[lane] != 0 { isNeeded = true }
        }
        for tap in 0..<7 {
            for lane in 0..<3 { voltages[tap][lane] = Float(filters[lane].taps[tap]) }
            for lane in 3..<7 { currents[tap][lane - 3] = Float(filters[lane].taps[tap]) }
        }
        filtersVoltages = filters[0].reach + filters[1].reach + filters[2].reach > 0
        reach = longest == 0 || (longest == 1 && !filtersVoltages) ? longest : 3
    }

    /// What the taps make of a constant; lanes in meter order.
    var gain: SIMD8<Double> { sum { _ in 1 } }

    /// What the taps make of a line that rises by 1 per frame, where it is 0; lanes in meter order.
    var lineOffset: SIMD8<Double> { sum { Double($0 - 3) } }

    private func sum(_ weight: (Int) -> Double) -> SIMD8<Double> {
        var sum = SIMD8<Double>.zero
        for tap in 0..<7 {
            for lane in 0..<3 { sum[lane] += weight(tap) * Double(voltages[tap][lane]) }
            for lane in 0..<4 { sum[lane + 3] += weight(tap) * Double(currents[tap][lane]) }
        }
        return sum
    }
}
