/// What became of a car's visit.
public struct VisitResult: Sendable {
    public let visit: CarVisit
    /// Index of its station.
    public let station: Int
    /// How many lines its charger used there.
    public let phaseCount: Int
    /// When it was unplugged, or the run ended.
    public let endSecond: Int
    public let deliveredWattHours: Double
    /// What it would have had at a connection without a limit, by the same station.
    public let unlimitedWattHours: Double
    /// From plugging in to the first current; nil: it had none.
    public let waitSeconds: Int?
    /// Without current between the first and being full.
    public let pausedSeconds: Int
    /// The battery had all it wanted.
    public let isFull: Bool

    init(_ stay: SimulatedStation.Stay, station: Int, at now: Int, volts: Double) {
        visit = stay.visit
        self.station = station
        phaseCount = stay.car.phaseCount
        endSecond = now
        deliveredWattHours = Double(stay.milliampereSeconds) * volts / 3_600_000
        unlimitedWattHours = Double(stay.unlimitedMilliampereSeconds) * volts / 3_600_000
        waitSeconds = stay.firstCurrentSecond.map { $0 - stay.visit.arrivalSecond }
        pausedSeconds = stay.pausedSeconds
        isFull = stay.car.isFull
    }

    /// What it had of what an unlimited connection would have given it, 0 to 1. A car that would have had nothing (it
    /// left at once) counts as served.
    public var servedShare: Double {
        unlimitedWattHours > 0 ? min(1, deliveredWattHours / unlimitedWattHours) : 1
    }
}
