/// What a profile says, for people: nothing here decides anything.
extension StationProfile {
    /// One row of the register table.
    package struct RegisterDescription: Sendable, Equatable {
        package var name: String
        /// As it travels, counted from 0.
        package var address: Int
        package var wordCount: Int
        /// The key `type` of the profile.
        package var type: String
        /// Modbus function by which it is read; nil: it cannot be read.
        package var readFunction: Int?
        /// Modbus function by which this device writes it; nil: it never does.
        package var writeFunction: Int?
        package var scale: Double
        package var isOptional: Bool
        package var isStored: Bool
        /// What it is used for, the most important first; empty: only described.
        package var uses: [String]
    }

    /// In the order of their addresses.
    package var registerDescriptions: [RegisterDescription] {
        let uses = registerUses
        let written = writtenRegisters
        return registers.indices.map { index in
            let register = registers[index]
            return RegisterDescription(
                name: register.name, address: register.address, wordCount: register.format.wordCount,
                type: register.format.type.rawValue, readFunction: register.isWriteOnly ? nil : register.read.rawValue,
                writeFunction: written.contains(index) ? register.write.rawValue : nil, scale: register.format.scale,
                isOptional: register.isOptional, isStored: register.isStored, uses: uses[index] ?? [])
        }.sorted { ($0.address, $0.name) < ($1.address, $1.name) }
    }

    /// Every register that a writer may write in the profile itself or one of its variants.
    var writtenRegisters: Set<RegisterIndex> {
        var written = Set(limit.registers + (limit.pause + limit.resume).map(\.register))
        written.formUnion(failSafe?.current ?? [])
        if let timeout = failSafe?.timeout { written.insert(timeout) }
        if let sign = keepAlive?.sign.value { written.insert(sign.register) }
        written.formUnion(startUp.map(\.write.register))
        for variant in variants {
            // A variant has registers of its own; those of the same name are the same row.
            let names = Set(variant.profile.writtenRegisters.map { variant.profile.registers[$0].name })
            written.formUnion(registers.indices.filter { names.contains(registers[$0].name) })
        }
        return written
    }

    private var registerUses: [RegisterIndex: [String]] {
        var uses: [RegisterIndex: [String]] = [:]
        func add(_ indices: [RegisterIndex], _ use: String) {
            for index in indices where uses[index]?.contains(use) != true { uses[index, default: []].append(use) }
        }
        add(limit.registers, "limit")
        add((limit.pause + limit.resume).map(\.register), "pause")
        add(limit.readBack.flatMap { $0 }, "limit in force")
        add(failSafe?.current ?? [], "fail-safe current")
        add([failSafe?.timeout].compactMap { $0 }, "fail-safe time-out")
        add(failSafe?.currentReadBack ?? [], "fail-safe current kept")
        add([failSafe?.timeoutReadBack].compactMap { $0 }, "fail-safe time-out kept")
        add([keepAlive?.sign.value?.register].compactMap { $0 }, "sign of life")
        add(startUp.map(\.write.register), "start-up")
        add(statusRules.flatMap(\.conditions).map(\.register), "status")
        add(measurements.currents, "current")
        add(measurements.voltages, "voltage")
        add(measurements.powers, "power")
        add(measurements.energies, "energy")
        add(faults.map(\.register), "faults")
        add([phases?.count?.register].compactMap { $0 }, "phases")
        add([phases?.change?.register].compactMap { $0 }, "phase switching")
        add([identityCheck?.serialNumber].compactMap { $0 }, "serial number")
        add([identityCheck?.model].compactMap { $0 }, "model")
        add(identity.map(\.register), "identity")
        add(probe.flatMap(\.conditions).map(\.register), "probe")
        add(variants.flatMap(\.conditions).map(\.register), "variant")
        return uses
    }

    /// One fault in words and the value that stands for it.
    package struct FaultDescription: Sendable, Equatable {
        package var register: String
        /// A mask as `0x40`, or a code.
        package var value: String
        package var fault: StationFault
    }

    package var faultDescriptions: [FaultDescription] {
        faults.flatMap { faults in
            let name = registers[faults.register].name
            switch faults.meaning {
            case .bits(let bits):
                return bits.map { bit in
                    let digits = String(UInt64(bitPattern: bit.mask), radix: 16, uppercase: true)
                    return FaultDescription(register: name, value: "0x\(digits)", fault: bit.fault)
                }
            case .codes(let codes):
                return codes.sorted { $0.key < $1.key }.map {
                    FaultDescription(register: name, value: "\($0.key)", fault: $0.value)
                }
            }
        }
    }

    /// True where the station shows the limit that it holds.
    package var hasReadBack: Bool { !limit.readBack.isEmpty }

    /// True where its fail-safe current and time-out can both be set.
    package var hasSettableFailSafe: Bool {
        hasFailSafe && failSafe?.fixedAmperes == nil && failSafe?.fixedTimeoutSeconds == nil
    }

    /// What the station does when the link is lost and no fail-safe current is set, in words; nil: no fail-safe is
    /// described.
    package var wordsWithoutFailSafe: String? { failSafe?.without.words }

    /// The time-outs that the station takes, in seconds; nil: it cannot be set.
    package var failSafeTimeoutRange: ClosedRange<Double>? {
        failSafe?.timeout == nil ? nil : failSafe?.timeoutRange
    }

    /// True where something read of the station can tell that it is not this model.
    package var canBeRecognised: Bool { !probe.isEmpty || identityCheck?.model != nil }

    /// What the station must be written regularly, or spoken to, in words; nil: it needs no sign of life.
    package var signOfLifeWords: String? {
        guard let keepAlive else { return nil }
        let every =
            switch keepAlive.interval {
            case .seconds(let seconds): "every \(Self.short(seconds)) s"
            case .shareOfTimeout(let share): "every \(Self.short(share * 100)) % of the fail-safe time-out"
            }
        return switch keepAlive.sign {
        case .anyTraffic: "any request, \(every)"
        case .write(let write): "\(registers[write.register].name) = \(Self.short(write.value)), \(every)"
        case .writeWhenCleared(let write):
            "\(registers[write.register].name) = \(Self.short(write.value)) as soon as the station clears it, \(every)"
        }
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// True where the station, or a variant of it, has a limit for each phase.
    package var canHaveLimitPerPhase: Bool { all.contains { $0.hasLimitPerPhase } }

    /// The same with every address `addressOffset` higher, as a station that shifts its map has it.
    package func at(addressOffset: Int) -> StationProfile { shifted(by: addressOffset) }

    /// The text of the profile's file, where it is built in; a start for an own one.
    package static func builtInText(named identifier: String) -> String? {
        // The files are named after their identifiers: a test compares them.
        builtInFiles.first { $0.name == identifier + ".yaml" }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}
