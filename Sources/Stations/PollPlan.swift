/// The requests by which a set of registers is read.
struct PollPlan: Sendable, Equatable {
    struct Block: Sendable, Equatable {
        var function: ReadFunction
        var address: Int
        var wordCount: Int
        /// Places in the profile's registers.
        var registers: [StationProfile.RegisterIndex]
        /// Exception 2 means that this firmware does not have it. Such a register is never read with others.
        var isOptional: Bool
    }

    private(set) var blocks: [Block] = []

    /// Joins neighbours into blocks of at most `profile.largestBlockWords`, over at most `largestGapWords` unused
    /// words. A register longer than the largest block is read alone.
    init(_ wanted: Set<StationProfile.RegisterIndex>, in profile: StationProfile) {
        let sorted = wanted.sorted { left, right in
            let a = profile.registers[left], b = profile.registers[right]
            return (a.read.rawValue, a.address, left) < (b.read.rawValue, b.address, right)
        }
        for index in sorted {
            let register = profile.registers[index]
            let end = register.address + register.format.wordCount
            if let last = blocks.last, last.function == register.read, !last.isOptional, !register.isOptional,
                register.address - (last.address + last.wordCount) <= profile.largestGapWords,
                end - last.address <= profile.largestBlockWords
            {
                blocks[blocks.count - 1].wordCount = max(last.wordCount, end - last.address)
                blocks[blocks.count - 1].registers.append(index)
            } else {
                blocks.append(
                    Block(
                        function: register.read, address: register.address, wordCount: register.format.wordCount,
                        registers: [index], isOptional: register.isOptional))
            }
        }
    }

    /// All that is read of a station in one round: status, currents, energy, faults and the limit in force.
    static func round(of profile: StationProfile) -> PollPlan {
        var wanted = Set(profile.measurements.currents)
        for rule in profile.statusRules { for condition in rule.conditions { wanted.insert(condition.register) } }
        if let energy = profile.measurements.energy { wanted.insert(energy) }
        if let faults = profile.faults { wanted.insert(faults.register) }
        wanted.formUnion(profile.limit.readBack)
        return PollPlan(wanted, in: profile)
    }
}
