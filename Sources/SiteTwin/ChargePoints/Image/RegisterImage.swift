import Stations

/// The registers of one simulated station, made from its profile: which addresses exist for which function, with
/// which type, order and scale, and what they hold. Pure: the station's electronics are `ChargePoint`.
struct RegisterImage: Sendable {
    typealias RegisterIndex = StationProfile.RegisterIndex

    /// With the changes of the variant that this station is.
    let profile: StationProfile
    /// As the profile calls it; nil: the plain profile.
    let variant: String?
    let behaviour: StationBehaviour
    /// The station's phases.
    let phaseCount: Int
    /// The largest current that it takes, in ampere.
    let maximumAmperes: Double
    /// By register; nil: this station does not have it.
    var contents: [[UInt16]?]
    /// What the status registers hold in each state.
    let states: [ChargePointState: ConditionSolver.Contents]
    /// When the life bit is cleared; seconds after the start.
    var lifeClearsAt: Double?
    /// When a limit of 0 was written.
    var zeroWrittenAt: Double?

    private let readable: [Place: Cell]
    private let tables: Set<ModbusTable>
    let writable: [Place: Cell]
    let writeFunctions: Set<UInt8>

    struct Place: Hashable, Sendable {
        var table: ModbusTable
        var address: Int
    }

    /// A word of a register; no register: a word between registers, which reads 0.
    struct Cell: Sendable {
        var register: RegisterIndex?
        var word: Int
    }

    init(_ start: RegisterStart) {
        profile = start.profile
        variant = start.variant
        behaviour = start.behaviour
        phaseCount = start.phaseCount
        maximumAmperes = start.maximumAmperes
        contents = start.contents
        states = start.states
        var readable = Self.cells(start) { $0.isWriteOnly ? nil : ModbusTable(rawValue: $0.read.rawValue) }
        if behaviour.readsTablesAlike {
            for (place, cell) in readable where !place.table.isOfBits {
                let other: ModbusTable = place.table == .holdingRegisters ? .inputRegisters : .holdingRegisters
                readable[Place(table: other, address: place.address)] = cell
            }
        }
        tables = Set(readable.keys.map(\.table))
        self.readable = Self.withGapsFilled(readable, profile)
        let roles = Self.writableRegisters(profile, behaviour)
        writable = Self.cells(start) {
            roles.contains($0.name) ? ($0.write.writesBits ? .coils : .holdingRegisters) : nil
        }
        writeFunctions = behaviour.furtherFunctions.union(
            profile.registers.filter { roles.contains($0.name) }.map { UInt8($0.write.rawValue) })
    }

    /// Reads `count` words or bits.
    func read(_ table: ModbusTable, _ address: Int, _ count: Int) -> Result<[UInt16], ModbusException> {
        guard tables.contains(table) else { return .failure(.illegalFunction) }
        let largest = table.isOfBits ? table.largestCount : behaviour.largestBlockWords ?? table.largestCount
        guard (1...largest).contains(count) else { return .failure(.illegalValue) }
        var words: [UInt16] = []
        for place in address..<address + count {
            guard let cell = readable[Place(table: table, address: place)] else { return .failure(.illegalAddress) }
            guard let index = cell.register else {
                words.append(0)
                continue
            }
            guard let content = contents[index] else { return .failure(.illegalAddress) }
            words.append(content[cell.word])
        }
        return .success(words)
    }

    /// The number that a register holds, scaled.
    func number(_ index: RegisterIndex) -> Double? {
        contents[index].flatMap { profile.registers[index].format.number($0[...]) }
    }

    /// Puts a value into a register that is there.
    mutating func put(_ value: Double, _ index: RegisterIndex) {
        if contents[index] != nil { contents[index] = profile.registers[index].format.words(nearest: value) }
    }

    // MARK: Layout

    private static func cells(
        _ start: RegisterStart, _ table: (StationProfile.Register) -> ModbusTable?
    ) -> [Place: Cell] {
        var cells: [Place: Cell] = [:]
        for (index, register) in start.profile.registers.enumerated() where start.contents[index] != nil {
            guard let table = table(register) else { continue }
            for word in 0..<register.format.wordCount {
                cells[Place(table: table, address: register.address + word)] = Cell(register: index, word: word)
            }
        }
        return cells
    }

    /// A profile that reads over gaps says that they can be read.
    private static func withGapsFilled(_ cells: [Place: Cell], _ profile: StationProfile) -> [Place: Cell] {
        var filled = cells
        for table in ModbusTable.allCases {
            let addresses = cells.keys.filter { $0.table == table }.map(\.address).sorted()
            for (low, high) in zip(addresses, addresses.dropFirst()) where high - low - 1 <= profile.largestGapWords {
                for address in low + 1..<high {
                    filled[Place(table: table, address: address)] = Cell(register: nil, word: 0)
                }
            }
        }
        return filled
    }

    /// The names of the registers that the device may want to write.
    private static func writableRegisters(_ profile: StationProfile, _ behaviour: StationBehaviour) -> Set<String> {
        var indices = profile.limit.registers
        indices += (profile.limit.pause + profile.limit.resume).map(\.register)
        indices += profile.failSafe?.current ?? []
        indices += profile.failSafe?.timeout.map { [$0] } ?? []
        indices += profile.keepAlive?.sign.value.map { [$0.register] } ?? []
        indices += profile.startUp.map(\.write.register)
        indices += profile.phases?.change.map { [$0.register] } ?? []
        return Set(indices.map { profile.registers[$0].name }).union(behaviour.furtherLimits)
    }
}
