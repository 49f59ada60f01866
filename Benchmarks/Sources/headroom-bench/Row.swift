/// One line of the table.
struct Row: Codable {
    enum Kind: String, Codable {
        /// What is built here and has budgets.
        case product
        /// The device program on a simulated building, in a process of its own.
        case chain
        /// What it is compared with.
        case reference
        /// What the machine does to everything that runs on it.
        case machine
    }

    var name: String
    var kind: Kind
    /// Nanoseconds.
    var times: Distribution
    /// What a busy loop of the same length took in the same seconds.
    var machineAlone: Distribution?
    /// The budget of the 99.99th percentile, nanoseconds.
    var budgetP9999: Double?
    /// Heap calls in the measured loops; nil: not measured.
    var heapAllocations: UInt64?
    var heapFrees: UInt64?
    /// How often the thread was taken off its processor against its will while it was measured.
    var preemptions: Int64?
    var nanosecondsPerFrame: Double?
    /// The median as a share of the time that the block's frames took to be sampled.
    var shareOfBlock: Double?
    /// Counted by callgrind; nil: not counted.
    var instructionsPerFrame: Double?
    /// The same of one decision of the allocator.
    var instructionsPerDecision: Double?
    /// The median over that of a counterpart, by the counterpart's name.
    var ratios: [String: Double] = [:]
    /// Share of the calls that did what the row is about.
    var changedShare: Double?
    /// Of a run of the device program; nil: none.
    var framesLost: Int?
    /// Overloads that no station was told a lower limit for.
    var unanswered: Int?
    /// What else there is to say.
    var note: String?

    init(_ name: String, _ kind: Kind, _ times: Distribution) {
        self.name = name
        self.kind = kind
        self.times = times
    }

    init(_ name: String, _ kind: Kind, _ times: borrowing Durations) {
        self.init(name, kind, times.distribution())
        heapAllocations = times.allocations
        heapFrees = times.frees
        preemptions = times.preemptions
    }

    /// A row about blocks of the measuring core.
    init(block name: String, _ kind: Kind, _ durations: borrowing Durations) {
        self.init(name, kind, durations)
        let median = times.typical
        guard durations.count > 0 else { return }
        nanosecondsPerFrame = median / Double(BuildingSignal.blockFrames)
        shareOfBlock = median / BuildingSignal.blockNanoseconds
        // One per cent of the block period.
        if kind == .product { budgetP9999 = BuildingSignal.blockNanoseconds / 100 }
    }

    /// Notes the ratio of the medians to those of `counterparts` together.
    mutating func compare(with name: String, _ counterparts: Row...) {
        let other = counterparts.reduce(0) { $0 + $1.times.typical }
        if other > 0 { ratios[name] = times.typical / other }
    }
}
