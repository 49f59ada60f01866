import MeterDSP

/// Aggregation to 150/180 cycles and 10 minutes, and the flags that a dip leaves.
struct AggregationSection {
    static func run(rate: Double) throws -> Section {
        var section = Section(
            title: "IEC 61000-4-30 class A: aggregation and flagging",
            words: [
                "22 minutes in which the voltages change every 7.3 s between 92 and 108 % of Udin (harmonics and frequency of state",
                "2), with a dip to 60 % of 5 cycles at 700 s. Truth: the closed form over the interval that the reading names. Limit",
                "of the magnitude [K]. Intervals of 2 hours: `headroom-conformance --day`.",
            ], columns: ["quantity", "limit", "worst", "share"])
        let state = VerificationState.two
        var supply = state.supply([.frequency, .harmonics])
        let dip = 700.0..<(700 + 5 / supply.frequencyHz)
        for phase in 0..<3 {
            var steps = (0..<185).map {
                Waveform.Step(seconds: 7.3 * Double($0), factor: [0.92, 1.08, 1, 0.97, 1.03][$0 % 5])
            }
            let before = steps.last { $0.seconds <= dip.lowerBound }?.factor ?? 1
            steps.removeAll { dip.contains($0.seconds) }
            steps.append(.init(seconds: dip.lowerBound, factor: 0.6))
            steps.append(.init(seconds: dip.upperBound, factor: before))
            supply.voltages[phase].envelope = steps.sorted { $0.seconds < $1.seconds }
        }
        var aggregator = Aggregator()
        var detector = try EventSection.detector(rate)
        var touched = false
        var short: [AggregatedReading] = []
        var long: [AggregatedReading] = []
        var wronglyFlagged = 0
        var flaggedWindows = 0
        try PowerQualityFrontEnd.simulation(supply, rate: rate).run(seconds: 1320) { reading in
            detector.add(reading)
            var hasEnded = false
            while detector.nextEnded() != nil { hasEnded = true }
            if detector.isRunning || hasEnded { touched = true }
        } onWindow: { window in
            let span = window.span(rate)
            if touched { flaggedWindows += 1 }
            // The event's edges are those of cycles: up to one cycle beside the dip's own.
            let mayBe = span.lowerBound < dip.upperBound + 0.03 && span.upperBound > dip.lowerBound - 0.03
            let mustBe = span.lowerBound < dip.upperBound - 0.04 && span.upperBound > dip.lowerBound + 0.04
            if span.lowerBound > 0.3, touched ? !mayBe : mustBe { wronglyFlagged += 1 }
            let input = AggregationInput(window, isFlagged: touched)
            touched = detector.isRunning
            if let ended = aggregator.add(
                input, startClockSeconds: span.lowerBound, endClockSeconds: span.upperBound)
            {
                if let reading = ended.cycles150Or180, !reading.isIncomplete { short.append(reading) }
                if let reading = ended.tenMinutes { long.append(reading) }
            }
        }
        add("150/180 cycles", short.filter { $0.startClockSeconds > 1 }, supply, &section, wanted: 400)
        add("10 minutes", long.filter { $0.startClockSeconds > 1 || $0.windows > 2000 }, supply, &section, wanted: 2)
        section.add(
            [
                "windows flagged wrongly, \(flaggedWindows) flagged", "0", "\(wronglyFlagged)",
                "\(wronglyFlagged == 0 ? 0 : 100) %",
            ],
            passes: wronglyFlagged == 0 && flaggedWindows > 0)
        for (name, intervals) in [("150/180 cycles", short), ("10 minutes", long)] {
            let wrong = intervals.count { $0.isFlagged != touches($0, dip) }
            section.add(["\(name) flagged wrongly", "0", "\(wrong)", "\(wrong == 0 ? 0 : 100) %"], passes: wrong == 0)
        }
        return section
    }

    private static func add(
        _ name: String, _ intervals: [AggregatedReading], _ supply: Supply, _ section: inout Section, wanted: Int
    ) {
        var worst = intervals.count >= wanted ? 0 : Double.infinity
        for interval in intervals {
            for phase in 0..<3 {
                let truth = supply.voltages[phase].rms(over: interval.startClockSeconds..<interval.endClockSeconds)
                let error = (interval.voltageRMS[phase] - truth).magnitude
                worst = max(worst, error / VerificationState.declaredVolts * 100)
            }
        }
        section.add(
            [
                "U over \(name), \(intervals.count) intervals", "0.1 % Udin", "\(figure(worst)) %",
                share(worst, of: 0.1),
            ],
            passes: worst <= 0.1)
    }

    private static func touches(_ interval: AggregatedReading, _ dip: Range<Double>) -> Bool {
        interval.startClockSeconds < dip.upperBound && interval.endClockSeconds > dip.lowerBound
    }
}
