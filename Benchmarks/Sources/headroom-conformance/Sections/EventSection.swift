import MeterDSP

/// Dips, swells and interruptions in the three verification states.
struct EventSection {
    private static let declared = VerificationState.declaredVolts
    private static let startDegrees = [0.0, 45, 90, 135]
    private static let cycles = [2.0, 5, 10, 50]

    private struct Kind {
        var kind: VoltageEvent.Kind
        var percent: Double
        var name: String
    }

    static func run(rate: Double) throws -> Section {
        var section = Section(
            title: "IEC 61000-4-30 class A: dips, swells, interruptions",
            words: [
                "All three voltages step to the residual value and back after 2, 5, 10, 50 cycles, beginning 0, 45, 90, 135 degrees",
                "behind L1's zero crossing; thresholds 90, 110, 5 %, hysteresis 2 %; frequency, harmonics and interharmonics as in",
                "the state. Worst of L1, L2, L3 and of all these. Limits [K]: 0.2 % of Udin, and one cycle for the duration, half of",
                "it at either end. Truth: the exact RMS of each cycle between a channel's own zero crossings, as the standard defines",
                "U(1/2). An interruption is a cycle shorter than the voltage's absence: a whole cycle must first be without voltage.",
            ], columns: ["event", "state", "residual: limit", "worst", "share", "duration: limit", "worst", "share"],
            namingCells: 2)
        let kinds = [
            Kind(kind: .dip, percent: 85, name: "dip"), Kind(kind: .dip, percent: 70, name: "dip"),
            Kind(kind: .dip, percent: 40, name: "dip"), Kind(kind: .dip, percent: 10, name: "dip"),
            Kind(kind: .swell, percent: 120, name: "swell"), Kind(kind: .swell, percent: 150, name: "swell"),
            Kind(kind: .interruption, percent: 3, name: "interruption"),
            Kind(kind: .interruption, percent: 0, name: "interruption"),
        ]
        for state in VerificationState.allCases {
            for kind in kinds {
                var residual = 0.0
                var duration = 0.0
                for length in cycles {
                    for degrees in startDegrees {
                        let errors = try measure(kind, state, cycles: length, startDegrees: degrees, rate)
                        residual = max(residual, errors.residualPercent)
                        duration = max(duration, errors.durationCycles)
                    }
                }
                section.add(
                    [
                        "\(kind.name) to \(figure(kind.percent)) %", "\(state.rawValue)", "0.2 % Udin",
                        "\(figure(residual)) %", share(residual, of: 0.2), "1 cycle", "\(figure(duration))",
                        share(duration, of: 1),
                    ], passes: residual <= 0.2 && duration <= 1)
            }
        }
        return section
    }

    private static func measure(
        _ kind: Kind, _ state: VerificationState, cycles: Double, startDegrees: Double, _ rate: Double
    ) throws -> (residualPercent: Double, durationCycles: Double) {
        var supply = state.supply([.frequency, .harmonics, .interharmonics])
        let frequency = supply.frequencyHz
        // L1 stands at 11 degrees at 0 s.
        let start = ((1.2 * frequency).rounded() + (startDegrees - 11) / 360) / frequency
        let end = start + cycles / frequency
        for phase in 0..<3 {
            supply.voltages[phase].envelope = [
                .init(seconds: start, factor: kind.percent / 100), .init(seconds: end, factor: 1),
            ]
        }
        var detector = try detector(rate)
        var ended: [VoltageEvent] = []
        try PowerQualityFrontEnd.simulation(supply, rate: rate).run(
            seconds: end + 0.6 - Simulation.settlingSeconds
        ) { reading in
            detector.add(reading)
            while let event = detector.nextEnded() { ended.append(event) }
        } onWindow: { _ in
        }
        var residual = 0.0
        var duration = 0.0
        for phase in 0..<3 {
            let own = ended.filter { event in
                event.kind == kind.kind && !event.isPolyphase && event.phases.rawValue == 1 << UInt8(phase)
                    && event.startFrame > 0.9 * rate
            }
            guard own.count == 1, let event = own.first else { return (.infinity, .infinity) }
            let truth = truth(kind, supply.voltages[phase], phase, frequency, from: start, to: end)
            residual = max(residual, (event.extremeRMS - truth.extreme).magnitude / declared * 100)
            duration = max(duration, (event.durationSeconds - truth.seconds).magnitude * frequency)
        }
        return (residual, duration)
    }

    /// The event as the standard defines it: the extreme of the RMS of cycles between the channel's own rising and falling
    /// crossings, and the time from the first one beyond the threshold to the first one back.
    private static func truth(
        _ kind: Kind, _ voltage: Waveform, _ phase: Int, _ frequency: Double, from start: Double, to end: Double
    ) -> (extreme: Double, seconds: Double) {
        let (begins, ends): (Double, Double) =
            switch kind.kind {
            case .dip: (0.90, 0.92)
            case .swell: (1.10, 1.08)
            case .interruption: (0.05, 0.07)
            }
        // L1 stands at 11 degrees at 0 s, L2 120 degrees behind it.
        let first = (120 * Double(phase) - 11) / 360 / frequency
        var number = ((start - first) * 2 * frequency).rounded(.down) - 2
        var extreme = kind.kind == .swell ? 0 : Double.infinity
        var begun: Double?
        while true {
            let at = first + number / (2 * frequency)
            let rms = voltage.rms(over: at - 1 / frequency..<at)
            extreme = kind.kind == .swell ? max(extreme, rms) : min(extreme, rms)
            let share = rms / declared
            if let begun {
                if kind.kind == .swell ? share <= ends : share >= ends { return (extreme, at - begun) }
            } else if kind.kind == .swell ? share > begins : share < begins {
                begun = at
            }
            if at > end + 1 { return (.nan, .nan) }
            number += 1
        }
    }

    static func detector(_ rate: Double) throws -> VoltageEventDetector {
        do throws(VoltageEventThresholds.Failure) {
            return try VoltageEventDetector(
                VoltageEventThresholds(declaredVoltage: declared), phases: .all, sampleRateHz: rate, nominalHz: 50)
        } catch {
            throw ConformanceError("the event detector refuses its settings: \(error)")
        }
    }
}
