/// What a node limits.
enum NodeKind: UInt8, BitwiseCopyable {
    case main, charging, surplus, imbalance, branch

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// Whom a node bounds in the present decision.
enum NodeBounds: UInt8, BitwiseCopyable {
    /// Nobody: there is no limit on any lane.
    case none
    /// Who loads its lines differently.
    case difference
    /// Everybody behind it.
    case load
}

/// A node of the tree of limits, as one decision sees it. Preallocated.
struct NodeState: BitwiseCopyable {
    /// Where the nodes that every site has stand in the list; those of the settings follow.
    static var main: Int { @_noAllocation @_noLocks get { 0 } }
    static var charging: Int { @_noAllocation @_noLocks get { 1 } }
    static var surplus: Int { @_noAllocation @_noLocks get { 2 } }
    static var imbalance: Int { @_noAllocation @_noLocks get { 3 } }
    static var firstBranch: Int { @_noAllocation @_noLocks get { 4 } }

    let kind: NodeKind
    /// False: nothing is measured there, and only what is kept for stations that cannot be told matters.
    let countsAll: Bool
    /// Its index, for `LimitPlace`.
    let index: Int
    /// Of its estimates of base load; nil: nothing but stations is behind it.
    let meter: Int?
    /// What the settings say, of a node of kind `branch`.
    let branch: LimitNode?
    /// False: its settings cannot be used, and nothing may flow.
    let isUsable: Bool

    // Of the present decision.
    /// What base load and stations may draw together, and the reason of each lane's value.
    private(set) var usable = Lanes(.infinity)
    private var suspended = Lanes(.infinity)
    private var reason0 = LimitReason.mainFuse
    private var reason1 = LimitReason.mainFuse
    private var reason2 = LimitReason.mainFuse
    private var reason3 = LimitReason.powerLimit
    /// Base load for lowering, and the most that it can be, for raising.
    var base = Lanes()
    var highestBase = Lanes()
    var census = Census()

    // Of the filling: what is left at `level`, and how fast the stations behind the node rise.
    private(set) var left = Lanes()
    private(set) var room = Lanes()
    private var rising = Lanes()
    private var level = 0.0
    private var full: UInt8 = 0
    /// The level at which the first lane is used up, and that lane, as of the last `foresee`.
    private(set) var fullAt = Double.infinity
    private var fullLane = 0
    /// False where stations began or ceased to rise since.
    private var isForeseen = true
    /// Of the raising: base load and all that is kept for stations.
    var total = Lanes()

    init(kind: NodeKind, index: Int, meter: Int?, branch: LimitNode? = nil, isUsable: Bool = true) {
        self.kind = kind
        countsAll = meter != nil || kind == .imbalance
        self.index = index
        self.meter = meter
        self.branch = branch
        self.isUsable = isUsable
    }

    /// What the node at `index` is called outside.
    @_noAllocation @_noLocks
    static func place(_ index: Int) -> LimitPlace {
        switch index {
        case main: .main
        case charging: .charging
        case surplus: .surplus
        case imbalance: .imbalance
        default: .node(index - firstBranch)
        }
    }

    @_noAllocation @_noLocks
    func reason(_ lane: Int) -> LimitReason {
        lane == 0 ? reason0 : lane == 1 ? reason1 : lane == 2 ? reason2 : reason3
    }

    /// Whom it bounds. Most nodes bound nobody most of the time: no station need be counted there.
    private(set) var bounds = NodeBounds.none

    @_noAllocation @_noLocks
    mutating func beginDecision() {
        usable = Lanes(.infinity)
        bounds = .none
        base = Lanes()
        highestBase = Lanes()
    }

    /// Counts a station behind it.
    @_noAllocation @_noLocks
    mutating func add(_ said: Testimony) {
        if countsAll { census.add(said) } else { census.held.add(said.held) }
    }

    /// Lowers what is usable: every limit is one more of these. Without a number it locks.
    @_noAllocation @_noLocks
    mutating func bound(_ lane: Int, _ value: Double, _ reason: LimitReason) {
        let value = value == value ? value : 0
        guard value < usable[lane] else { return }
        usable[lane] = value
        bounds = kind == .imbalance ? .difference : .load
        if lane == 0 {
            reason0 = reason
        } else if lane == 1 {
            reason1 = reason
        } else if lane == 2 {
            reason2 = reason
        } else {
            reason3 = reason
        }
    }

    /// Between these two, nothing is bounded here.
    @_noAllocation @_noLocks
    mutating func suspendBounds() {
        suspended = usable
        usable = Lanes(.infinity)
    }

    @_noAllocation @_noLocks
    mutating func resumeBounds() { usable = suspended }

    /// True where base load and what cannot be lowered are above the fuse or the cable.
    @_noAllocation @_noLocks
    mutating func beginFilling() -> Bool {
        level = 0
        full = 0
        rising = Lanes()
        fullAt = .infinity
        isForeseen = true
        left = usable
        left.add(base, times: -1)
        left.add(census.held, times: -1)
        room = left
        return left.isNegative && (kind == .main || kind == .branch)
    }

    @_noAllocation @_noLocks
    func isFull(_ lane: Int) -> Bool { full & (1 << UInt8(truncatingIfNeeded: lane)) != 0 }

    /// Whether some lane is used up.
    var isFullSomewhere: Bool { @_noAllocation @_noLocks get { full != 0 } }

    @_noAllocation @_noLocks
    private mutating func markFull(_ lane: Int) { full |= 1 << UInt8(truncatingIfNeeded: lane) }

    @_noAllocation @_noLocks @inline(__always)
    mutating func take(_ load: Lanes, times factor: Double = 1) { left.add(load, times: -factor) }

    /// Marks the lanes that the smallest limits have used up.
    @_noAllocation @_noLocks
    mutating func beginRising() {
        for lane in 0..<4 where left[lane] <= StationGrid.toleranceAmperes { markFull(lane) }
    }

    /// Stations behind the node begin to rise, or cease to where `factor` is negative, by `load` for each level.
    @_noAllocation @_noLocks @inline(__always)
    mutating func rise(_ load: Lanes, times factor: Double, at level: Double) {
        settle(level)
        rising.add(load, times: factor)
        rising.dropNegative()
        if isFullSomewhere { for lane in 0..<4 where isFull(lane) { rising[lane] = 0 } }
        isForeseen = false
    }

    /// Uses up the lane that is to be full at `fullAt`.
    @_noAllocation @_noLocks
    mutating func fill() -> Int {
        settle(fullAt)
        let lane = fullLane
        left[lane] = 0
        rising[lane] = 0
        markFull(lane)
        isForeseen = false
        return lane
    }

    @_noAllocation @_noLocks @inline(__always)
    private mutating func settle(_ level: Double) {
        let step = level - self.level
        self.level = level
        guard step > 0 else { return }
        for lane in 0..<4 where rising[lane] > 0 { left[lane] -= rising[lane] * step }
    }

    /// Settles what is left at the end of the filling.
    @_noAllocation @_noLocks
    mutating func endRising(at level: Double) { settle(level) }

    /// Brings `fullAt` up to date.
    @_noAllocation @_noLocks
    mutating func foresee() {
        guard !isForeseen else { return }
        isForeseen = true
        fullAt = .infinity
        for lane in 0..<4 where rising[lane] > 1e-9 {
            let end = level + max(0, left[lane]) / rising[lane]
            if end < fullAt {
                fullAt = end
                fullLane = lane
            }
        }
    }
}
