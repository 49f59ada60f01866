/// One car's stay at the building.
public struct CarVisit: Sendable, Equatable {
    /// When it is plugged in and unplugged, in seconds from the beginning of the run.
    public var arrivalSecond: Int
    public var departureSecond: Int
    /// What its battery takes before it is full, in watt-hours.
    public var neededWattHours: Double
    public var car: CarKind
    /// The name of the station that it goes to; nil: any that is free.
    public var stationName: String?

    public init(
        arrivalSecond: Int, departureSecond: Int, neededWattHours: Double, car: CarKind, stationName: String? = nil
    ) {
        self.arrivalSecond = arrivalSecond
        self.departureSecond = departureSecond
        self.neededWattHours = neededWattHours
        self.car = car
        self.stationName = stationName
    }
}

/// What a car's charger takes.
public struct CarKind: Sendable, Equatable, CustomStringConvertible {
    /// 1 to 3.
    public var phaseCount: Int
    /// The most it takes on each, in ampere.
    public var maximumAmperes: Double

    public init(phaseCount: Int, maximumAmperes: Double) {
        self.phaseCount = phaseCount
        self.maximumAmperes = maximumAmperes
    }

    /// `3x16`.
    public var description: String {
        let amperes = maximumAmperes
        return "\(phaseCount)x\(amperes == amperes.rounded() ? "\(Int(amperes))" : "\(amperes)")"
    }

    /// Reads `3x16`: phases, an x, and 6 to 80 ampere.
    public init?(_ text: String) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let phases = Int(parts[0]), (1...3).contains(phases), let amperes = Double(parts[1]),
            (6...80).contains(amperes)
        else { return nil }
        self.init(phaseCount: phases, maximumAmperes: amperes)
    }

    /// What comes to a car park in Europe, by how often; assumed: 11 kW cars, older single-phase ones, plug-in hybrids and
    /// a few with 22 kW.
    static let mix: [(kind: CarKind, share: Double)] = [
        (CarKind(phaseCount: 3, maximumAmperes: 16), 0.5), (CarKind(phaseCount: 1, maximumAmperes: 32), 0.25),
        (CarKind(phaseCount: 1, maximumAmperes: 16), 0.15), (CarKind(phaseCount: 3, maximumAmperes: 32), 0.1),
    ]

    /// One of `mix`, by a number from 0 to 1.
    static func drawn(_ number: Double) -> CarKind {
        var rest = number
        for (kind, share) in mix {
            if rest < share { return kind }
            rest -= share
        }
        return mix[0].kind
    }
}
