/// An extra resistive load at a known time, for example a kettle or a sauna: it makes a fuse's limit bind.
public struct ScheduledStep: Sendable, Equatable {
    /// Seconds of real time after the start, 0 or more.
    public var atSeconds: Double
    /// Supply line, 0 to 2.
    public var phase: Int
    /// RMS current, 0 to 1000.
    public var amperes: Double
    /// How long it lasts in seconds of real time.
    public var seconds: Double

    public init(atSeconds: Double, phase: Int, amperes: Double, seconds: Double) {
        self.atSeconds = atSeconds
        self.phase = phase
        self.amperes = amperes
        self.seconds = seconds
    }
}

/// What the twin's building is and how fast it lives. Every value has a default: the demo.
public struct TwinOptions: Sendable {
    /// Two twins with the same options and the same limits received at the same frames are equal to the last bit.
    public var seed: UInt64 = 1
    /// Frames in a second, 1000 to 128000.
    public var sampleRateHz = 32_000
    /// The mains frequency about which it wanders by some 20 mHz, 45 to 65.
    public var nominalHz: Double = 50
    /// RMS of the phases against neutral, 100 to 300.
    public var nominalVolts: Double = 230
    /// The current channels carry the voltage of Rogowski coils instead of the current.
    public var usesRogowskiCoils = false
    /// RMS volts of the coil for each ampere and hertz, above 0. The coil's mutual inductance is this over 2π.
    public var rogowskiVoltsPerAmpereHertz: Double = 0.45e-6
    /// What the main fuse bears on each phase, 1 to 2000.
    public var mainLimitAmperes: Double = 63
    /// The part of it that a controller should keep free, 0 up to the main limit.
    public var marginAmperes: Double = 3
    /// Charging stations, 1 to 100; ABB Terra AC and generic ones take turns, every fourth is single-phase.
    public var stationCount = 4
    /// The stations one by one; none: `stationCount` of the two kinds in turns.
    public var stations: [TwinStation] = []
    /// False: stations and building alone, without an ADC.
    public var servesMeter = true
    /// SCHED_FIFO priority of its ADC's threads, where allowed, and 30 more than that of its stations: what is hardware
    /// elsewhere does not wait for programs, and does not take the processor from one that writes to it. nil: the normal
    /// scheduler.
    public var fifoPriority: Int32?
    /// How much faster than real time the household and the cars' coming, filling and going live, above 0, up to
    /// 3600. Mains, meter, and the time a car takes to follow a limit stay real.
    public var speed: Double = 1
    /// The household's appliances; none: nothing but cars and steps.
    public var appliances: [Appliance] = Appliance.household
    /// What the photovoltaic plant feeds in on each phase at noon under a clear sky, 0 to 100; 0: there is none.
    public var photovoltaicPeakAmperes: Double = 0
    /// The hour of the household's day at the start, 0 up to 24.
    public var startHour: Double = 11
    /// Seconds of real time in which the first car of every station arrives, spread evenly.
    public var firstArrivalSeconds: ClosedRange<Double> = 2...12
    /// How the meter's voltage taps U1 to U3 and current sensors I1 to I3 are connected. The neutral's is always right.
    public var voltageWiring = TwinInput.correct
    public var sensorWiring = TwinInput.correct
    /// Extra loads at known times.
    public var steps = [ScheduledStep(atSeconds: 45, phase: 0, amperes: 30, seconds: 20)]

    public init() {}

    func validate() throws(TwinError) {
        func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws(TwinError) {
            guard value.isFinite, range.contains(value) else {
                throw .invalidOption(
                    name: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
            }
        }
        try check("sampleRateHz", Double(sampleRateHz), 1000...128_000)
        try check("nominalHz", nominalHz, 45...65)
        try check("nominalVolts", nominalVolts, 100...300)
        try check("rogowskiVoltsPerAmpereHertz", rogowskiVoltsPerAmpereHertz, 1e-9...1)
        try check("mainLimitAmperes", mainLimitAmperes, 1...2000)
        try check("marginAmperes", marginAmperes, 0...mainLimitAmperes)
        try check("stationCount", Double(stations.isEmpty ? stationCount : stations.count), 1...100)
        for (index, station) in stations.enumerated() {
            try check("stations[\(index)].supplyPhases", Double(station.supplyPhases.count), 1...3)
            for line in station.supplyPhases { try check("stations[\(index)].supplyPhases", Double(line), 0...2) }
            try check("stations[\(index)].maximumAmperes", station.maximumAmperes, 6...80)
            try check("stations[\(index)].port", Double(station.port ?? 1), 1...65_535)
            try check("stations[\(index)].hurry", station.hurry, 1...1000)
            if let arrival = station.arrivalSeconds, arrival != .infinity {
                try check("stations[\(index)].arrivalSeconds", arrival, 0...86_400)
            }
            guard let car = station.car else { continue }
            try check("stations[\(index)].car.phaseCount", Double(car.phaseCount), 1...3)
            try check("stations[\(index)].car.maximumAmperes", car.maximumAmperes, 6...80)
            try check("stations[\(index)].car.neededWattHours", car.neededWattHours, 1...1e6)
            try check("stations[\(index)].car.delaySeconds", car.delaySeconds ?? 0, 0...4)
        }
        for (name, wiring) in [("voltageWiring", voltageWiring), ("sensorWiring", sensorWiring)] {
            try check("\(name).count", Double(wiring.count), 3...3)
            for input in wiring {
                try check("\(name).line", Double(input.line), 0...2)
                try check("\(name).gain", input.gain, -1...1)
            }
        }
        try check("speed", speed, 0.001...3600)
        try check("photovoltaicPeakAmperes", photovoltaicPeakAmperes, 0...100)
        try check("startHour", startHour, 0...23.999)
        try check("firstArrivalSeconds", firstArrivalSeconds.lowerBound, 0...86_400)
        try check("firstArrivalSeconds", firstArrivalSeconds.upperBound, 0...86_400)
        for (index, step) in steps.enumerated() {
            try check("steps[\(index)].atSeconds", step.atSeconds, 0...31_536_000)
            try check("steps[\(index)].phase", Double(step.phase), 0...2)
            try check("steps[\(index)].amperes", step.amperes, 0...1000)
            try check("steps[\(index)].seconds", step.seconds, 0...31_536_000)
        }
        for (index, appliance) in appliances.enumerated() {
            for phase in appliance.phases { try check("appliances[\(index)].phases", Double(phase), 0...2) }
            try check("appliances[\(index)].amperes", appliance.amperes, 0...200)
            try check("appliances[\(index)].meanOnSeconds", appliance.meanOnSeconds, 1...31_536_000)
            try check("appliances[\(index)].meanOffSeconds", appliance.meanOffSeconds, 0...31_536_000)
        }
    }
}
