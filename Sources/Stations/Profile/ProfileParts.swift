import Allocation

extension StationProfile {
    /// One value of the station.
    package struct Register: Sendable, Equatable {
        package var name: String
        /// Address as it travels: counted from 0, 0 to 65535.
        package var address: Int
        package var format: RegisterFormat
        package var read: ReadFunction
        package var write: WriteFunction
        /// Older firmware answers exception 1 or 2; the value is then not known, and that is no error.
        package var isOptional: Bool
        /// Kept in the station's permanent memory, which wears: never written cyclically.
        package var isStored: Bool
        /// The station does not let it be read.
        package var isWriteOnly: Bool
    }

    package struct RegisterValue: Sendable, Equatable {
        package var register: RegisterIndex
        package var value: Double
    }

    /// A status that holds where all conditions do. The first rule that fits counts.
    package struct StatusRule: Sendable {
        package var conditions: [Condition]
        package var status: StationStatus
        /// More than the status tells, for people.
        package var words: String?
    }

    package struct Measurements: Sendable {
        /// In ampere, by the station's own phases L1, L2, L3; one for a single-phase station; empty: none.
        package var currents: [RegisterIndex] = []
        /// In volt, one or by the station's own phases; empty: none.
        package var voltages: [RegisterIndex] = []
        /// In watt: one of all phases, or by phase; empty: none.
        package var powers: [RegisterIndex] = []
        /// In watt hours: one of all phases, or by phase; empty: none.
        package var energies: [RegisterIndex] = []
        /// The counter starts anew with each session.
        package var energyIsOfSession = false
    }

    /// A write at each connect, before the first limit, where all conditions hold.
    package struct StartUpWrite: Sendable {
        package var write: RegisterValue
        package var conditions: [Condition]
    }

    /// What must be true of the station at the address before anything is written to it.
    package struct IdentityCheck: Sendable, Equatable {
        package var serialNumber: RegisterIndex?
        package var model: RegisterIndex?
        package var modelMatches: [TextPattern]
    }

    /// One reason to take the station for this model; all must hold.
    package struct ProbeStep: Sendable {
        package var conditions: [Condition]
        /// Why this tells the model apart.
        package var words: String
    }

    /// What differs in some stations of the model, for example in newer firmware.
    package struct Variant: Sendable {
        package var name: String
        /// On the registers of the profile that has the variant.
        package var conditions: [Condition]
        /// All of the profile with the differences put in; has no variants.
        package var profile: StationProfile
    }

    /// Words for what a fault register holds.
    package struct Faults: Sendable {
        package var register: RegisterIndex
        /// How its value is understood; 0 is never a fault.
        package var meaning: Meaning

        package enum Meaning: Sendable {
            /// A fault holds where all bits of its mask are set.
            case bits([(mask: Int64, fault: StationFault)])
            /// The whole value names one fault.
            case codes([Int64: StationFault])
        }

        /// The faults that `value` stands for.
        func faults(of value: Int64) -> [StationFault] {
            guard value != 0 else { return [] }
            switch meaning {
            case .bits(let bits):
                let known = bits.filter { value & $0.mask == $0.mask }.map(\.fault)
                if !known.isEmpty { return known }
                let digits = String(UInt64(bitPattern: value), radix: 16, uppercase: true)
                return [StationFault(words: "fault 0x\(digits)", remedy: "see the station's manual")]
            case .codes(let codes):
                return [codes[value] ?? StationFault(words: "fault \(value)", remedy: "see the station's manual")]
            }
        }
    }

    /// On how many phases the station charges.
    package struct PhaseRegisters: Sendable {
        package var count: PhaseChoice?
        package var change: PhaseChoice?
        /// Seconds that the station needs for a change.
        package var changeSeconds: Double

        /// Where the phases stand on which the station means to charge; nil: it can be told, but does not tell.
        func readable(in registers: [Register]) -> PhaseChoice? {
            if let change, !registers[change.register].isWriteOnly { return change }
            return count
        }
    }

    /// A register whose value stands for one phase or three.
    package struct PhaseChoice: Sendable, Equatable {
        package var register: RegisterIndex
        package var one: Int64
        package var three: Int64
    }
}
