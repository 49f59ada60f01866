/// The requests by which a set of registers is read.
struct PollPlan: Sendable, Equatable {
    struct Block: Sendable, Equatable {
        var function: ReadFunction
        var address: Int
        var wordCount: Int
        /// Places in the profile's registers.
        var registers: [StationProfile.RegisterIndex]
        /// Exception 1 or 2 means that this firmware does not have it. Such a register is never read with others.
        var isOptional: Bool

        /// The words of each register in the answer to this block.
        func split(
            _ words: [UInt16], by registers: [StationProfile.Register]
        ) -> [StationProfile.RegisterIndex: ArraySlice<UInt16>] {
            var parts: [StationProfile.RegisterIndex: ArraySlice<UInt16>] = [:]
            for index in self.registers {
                let start = registers[index].address - address
                parts[index] = words[start..<start + registers[index].format.wordCount]
            }
            return parts
        }
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

    /// All that is read of a station in one round: status, measurements, faults, the limit in force, and the sign of
    /// life that the station clears.
    ///
    /// - Parameter switchesPhases: what tells whether it charges on one phase or three is read too.
    static func round(of profile: StationProfile, switchesPhases: Bool = false) -> PollPlan {
        let measured = profile.measurements
        var wanted = Set(measured.currents + measured.voltages + measured.powers + measured.energies)
        wanted.formUnion(profile.statusRules.flatMap(\.conditions).map(\.register))
        wanted.formUnion(profile.faults.map(\.register))
        wanted.formUnion(profile.limit.readBack.joined())
        if let count = profile.phases?.count { wanted.insert(count.register) }
        if switchesPhases, let choice = profile.phases?.readable(in: profile.registers) {
            wanted.insert(choice.register)
        }
        if case .writeWhenCleared(let write)? = profile.keepAlive?.sign { wanted.insert(write.register) }
        return PollPlan(wanted, in: profile)
    }

    /// What is read before anything is written: whether it is the right station, and which variant of the model.
    static func recognition(of profile: StationProfile) -> PollPlan {
        var wanted: Set<StationProfile.RegisterIndex> = []
        if let check = profile.identityCheck {
            wanted.formUnion([check.serialNumber, check.model].compactMap { $0 })
        }
        if profile.needsProbe { wanted.formUnion(profile.probe.flatMap(\.conditions).map(\.register)) }
        wanted.formUnion(profile.variants.flatMap(\.conditions).map(\.register))
        return PollPlan(wanted, in: profile)
    }
}
