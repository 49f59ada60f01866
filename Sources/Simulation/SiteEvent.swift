import Allocation

/// Something that happens at the site while it is simulated.
public struct SiteEvent: Sendable, Equatable {
    /// What happens.
    public enum Kind: Sendable, Equatable {
        /// Does not answer; the station lives on and falls back by itself where it can.
        case stationSilent(Int)
        /// Confirms limits and lets its car draw what it drew or this much, whichever is more.
        case stationDisobedient(Int, amperes: Double)
        /// Starts anew at the beginning; the end does not matter.
        case stationReboot(Int)
        /// No reading comes.
        case meterLost
        /// The utility's signal.
        case signal(LimitValue)
        /// The owner's cap on all stations together.
        case ownerLimit(LimitValue)
        /// A load beside the base load, in ampere per line.
        case load(SIMD3<Double>)
    }
    public var kind: Kind
    /// It lasts from the one to before the other, in seconds from the beginning of the run.
    public var startSecond: Int
    public var endSecond: Int

    public init(_ kind: Kind, startSecond: Int, endSecond: Int) {
        self.kind = kind
        self.startSecond = startSecond
        self.endSecond = endSecond
    }

    func lasts(at second: Int) -> Bool { second >= startSecond && second < endSecond }
}
