import MeterDSP

/// The load points of IEC 62053-22 and EN 50470-3.
struct EnergySection {
    struct LoadPoint {
        var name: String
        var supply: Supply
        /// Percent; nil: the class has no such point.
        var limit02S: Double
        var limit01S: Double
        /// Not confirmed for class 0.1S: half of class 0.2S.
        var isDerived: Bool
    }

    struct PowerFactor {
        var name: String
        var lagDegrees: Double
    }

    static let unity = PowerFactor(name: "1", lagDegrees: 0)
    static let halfInductive = PowerFactor(name: "0.5 ind", lagDegrees: 60)
    static let capacitive = PowerFactor(name: "0.8 cap", lagDegrees: -36.869897645844)
    static let quarterInductive = PowerFactor(name: "0.25 ind", lagDegrees: 75.522487814070)
    static let halfCapacitive = PowerFactor(name: "0.5 cap", lagDegrees: -60)

    static var points: [LoadPoint] {
        var points: [LoadPoint] = []
        func add(
            _ factors: [PowerFactor], _ shares: [Double], _ limit02S: Double, _ limit01S: Double, isDerived: Bool,
            phase: Int? = nil
        ) {
            for factor in factors {
                for share in shares {
                    var supply = Supply.load(
                        amperes: share * EnergyFrontEnds.ratedAmperes, lagDegrees: factor.lagDegrees)
                    var name = "\(share) In, PF \(factor.name)"
                    if let phase {
                        supply = supply.loading(onlyPhase: phase)
                        name += ", only L\(phase + 1)"
                    }
                    points.append(
                        LoadPoint(
                            name: name, supply: supply, limit02S: limit02S, limit01S: limit01S, isDerived: isDerived))
                }
            }
        }
        add([unity], [0.01, 0.02], 0.4, 0.2, isDerived: false)
        add([unity], [0.05, 0.1, 0.5, 1, 1.2], 0.2, 0.1, isDerived: false)
        add([halfInductive, capacitive], [0.02, 0.05], 0.5, 0.25, isDerived: true)
        add([halfInductive, capacitive], [0.1, 0.5, 1, 1.2], 0.3, 0.15, isDerived: true)
        add([quarterInductive, halfCapacitive], [0.1, 0.5, 1, 1.2], 0.5, 0.25, isDerived: true)
        for phase in 0..<3 {
            add([unity], [0.05, 1, 1.2], 0.3, 0.15, isDerived: true, phase: phase)
            add([halfInductive], [0.1, 1, 1.2], 0.4, 0.2, isDerived: true, phase: phase)
        }
        return points
    }

    static func run(rate: Double, windowCount: Int) throws -> Section {
        var section = Section(
            title: "Active energy, IEC 62053-22 classes 0.1S and 0.2S",
            words: [
                "Rule: the core uses at most one tenth of the limit of class 0.1S. Error: the worst of the total and each loaded",
                "phase, in percent of the true energy, \(figure(Double(windowCount) / 5)) s of registered energy at "
                    + "\(kilohertz(rate)) kHz.",
                "[K]: figures of the standard as generally known. †: class 0.1S not confirmed, half of 0.2S taken.",
            ],
            columns: ["point", "0.2S %", "0.1S %"] + EnergyFrontEnds.all.map { "\($0.name) %" } + ["share of 0.1S"])
        for (index, point) in points.enumerated() {
            var cells = [
                point.name, "\(point.limit02S) [K]", "\(point.limit01S)" + (point.isDerived ? " †" : " [K]"),
            ]
            var deciding = 0.0
            for (number, column) in EnergyFrontEnds.all.enumerated() {
                let error = try EnergyMeasurement(
                    point.supply, column.frontEnd, rate: rate, windowCount: windowCount, seed: UInt64(index + 1)
                ).worstPercent
                cells.append(figure(error))
                if EnergyFrontEnds.deciding.contains(number) { deciding = max(deciding, error) }
            }
            cells.append(share(deciding, of: point.limit01S))
            section.add(cells, passes: deciding <= point.limit01S / 10)
        }
        try addStarting(&section, rate, windowCount)
        return section
    }

    /// Starting current and no load have no error limit in the standard, but an effect that must be seen or must not.
    private static func addStarting(_ section: inout Section, _ rate: Double, _ windowCount: Int) throws {
        let starting = Supply.load(amperes: 0.001 * EnergyFrontEnds.ratedAmperes)
        let startingWatts = EnergyFrontEnds.ratedVolts * 0.001 * EnergyFrontEnds.ratedAmperes
        var cells = ["0.001 In starts and registers (ours: within 50 %)", "50", "50"]
        var worst = 0.0
        for (number, column) in EnergyFrontEnds.all.enumerated() {
            let error = try EnergyMeasurement(starting, column.frontEnd, rate: rate, windowCount: windowCount)
                .worstPercent
            cells.append(figure(error))
            if EnergyFrontEnds.deciding.contains(number) { worst = max(worst, error) }
        }
        section.add(cells + [share(worst, of: 50)], passes: worst <= 50)

        var unloaded = Supply.load(amperes: 0, volts: 1.15 * EnergyFrontEnds.ratedVolts)
        for phase in 0..<3 { unloaded.currents[phase] = Waveform() }
        cells = ["1.15 Un, no current: energy of any phase and direction (ours: 1 % of that at 0.001 In)", "1", "1"]
        worst = 0
        for (number, column) in EnergyFrontEnds.all.enumerated() {
            let watts = try EnergyMeasurement(unloaded, column.frontEnd, rate: rate, windowCount: windowCount)
                .largestDirectionWatts
            cells.append(figure(100 * watts / startingWatts))
            if EnergyFrontEnds.deciding.contains(number) { worst = max(worst, 100 * watts / startingWatts) }
        }
        section.add(cells + [share(worst, of: 1)], passes: worst <= 1)
    }

    /// EN 50470-3 class C with transformer: Itr = 0.05 In, Imin = 0.01 In.
    static func runClassC(rate: Double, windowCount: Int) throws -> Section {
        var section = Section(
            title: "Active energy, EN 50470-3 class C (MID)",
            words: [
                "Connected by transformers: In = 20 Itr, Imin = 0.2 Itr, Imax = 1.2 In [K]. Base errors [K]; at the corners of",
                "0.9 and 1.1 Un, 49 and 51 Hz the maximum permissible errors at +5 to +30 °C. Rule: at most one tenth.",
            ], columns: ["point", "limit %"] + EnergyFrontEnds.all.map { "\($0.name) %" } + ["share"])
        func add(_ name: String, _ limit: Double, _ mark: String, _ supplies: [Supply]) throws {
            var cells = [name, "\(limit)\(mark)"]
            var deciding = 0.0
            for (number, column) in EnergyFrontEnds.all.enumerated() {
                var worst = 0.0
                for (index, supply) in supplies.enumerated() {
                    worst = max(
                        worst,
                        try EnergyMeasurement(
                            supply, column.frontEnd, rate: rate, windowCount: windowCount, seed: UInt64(100 + index)
                        ).worstPercent)
                }
                cells.append(figure(worst))
                if EnergyFrontEnds.deciding.contains(number) { deciding = max(deciding, worst) }
            }
            section.add(cells + [share(deciding, of: limit)], passes: deciding <= limit / 10)
        }
        let rated = EnergyFrontEnds.ratedAmperes
        for (name, share) in [("Imin", 0.01), ("Itr", 0.05), ("10 Itr", 0.5), ("In", 1), ("Imax", 1.2)] {
            for factor in [unity, halfInductive, capacitive] {
                let isLow = share < 0.05
                let base = Supply.load(amperes: share * rated, lagDegrees: factor.lagDegrees)
                try add(
                    "\(name), PF \(factor.name), base error", isLow ? 1 : factor.lagDegrees == 0 ? 0.5 : 0.6, " [K]",
                    [base])
                let corners = [0.9, 1.1].flatMap { volts in
                    [49.0, 51].map { hertz in
                        Supply.load(
                            amperes: share * rated, lagDegrees: factor.lagDegrees,
                            volts: volts * EnergyFrontEnds.ratedVolts, frequencyHz: hertz)
                    }
                }
                try add("\(name), PF \(factor.name), corners", isLow ? 1 : 0.7, "", corners)
            }
        }
        for factor in [unity, halfInductive] {
            let supplies = (0..<3).map {
                Supply.load(amperes: rated, lagDegrees: factor.lagDegrees).loading(onlyPhase: $0)
            }
            try add("In, PF \(factor.name), one phase loaded (each)", 1, " [K]", supplies)
        }
        return section
    }
}
