import SiteTwin

/// A building's own load made of the site twin's appliances, which switch by chance. Its time runs slower at night.
struct DrawnLoad: Sendable {
    private var appliances: [RunningAppliance] = []
    private var random: RandomSource
    private var householdSeconds = 0.0

    /// How busy people are from hour to hour of the day; 1: as the appliances' own times say.
    private static let activity: [Double] = [
        0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 1.0, 1.4, 1.1, 0.8, 0.8, 1.0, 1.3, 1.0, 0.8, 0.8, 1.0, 1.4, 1.8, 1.8, 1.5, 1.2,
        0.8,
        0.5,
    ]

    init(seed: UInt64) {
        random = RandomSource(seed: seed, stream: 0)
        for appliance in Appliance.household { appliances.append(RunningAppliance(appliance, random: &random)) }
    }

    /// Goes on by a second; in milliampere.
    mutating func next(at time: WallTime) -> SIMD3<Int32> {
        householdSeconds += Self.activity[Int(time.secondOfDay / 3600)]
        var load = SIMD3<Int32>.zero
        for index in appliances.indices {
            appliances[index].advance(to: householdSeconds, random: &random)
            guard appliances[index].isOn else { continue }
            let milliamperes = Int32((appliances[index].appliance.amperes * 1000).rounded())
            for line in appliances[index].appliance.phases { load[line] &+= milliamperes }
        }
        return load
    }
}

/// What the building itself draws.
public enum BaseLoad: Sendable {
    /// As recorded.
    case recorded(RecordedLoad)
    /// A small house with three flats, drawn by the run's seed.
    case drawn
    /// The same all the time, in ampere per line; for tests and for asking what the stations alone do.
    case constant(SIMD3<Double>)
}

/// The load from second to second.
struct LoadPlayer {
    private var recorded: RecordedLoad?
    private var cursor = RecordedLoad.Cursor()
    private var drawn: DrawnLoad?
    private var constant = SIMD3<Int32>.zero
    private let began: WallTime

    init(_ load: BaseLoad, seed: UInt64, began: WallTime) {
        self.began = began
        switch load {
        case .recorded(let load): recorded = load
        case .drawn: drawn = DrawnLoad(seed: seed)
        case .constant(let amperes): constant = SIMD3<Int32>((amperes * 1000).rounded(.toNearestOrEven))
        }
    }

    /// The load in the second that begins at `time`, in milliampere. Call once for each second.
    mutating func next(at time: WallTime) -> SIMD3<Int32> {
        if let recorded { return recorded.milliamperes(at: time, runBegan: began, cursor: &cursor) }
        return drawn?.next(at: time) ?? constant
    }
}
