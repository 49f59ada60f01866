import Allocation

extension StationProfile {
    /// One value of the station.
    struct Register: Sendable, Equatable {
        var name: String
        /// Address as it travels: counted from 0, 0 to 65535.
        var address: Int
        var format: RegisterFormat
        var read: ReadFunction
        var write: WriteFunction
        /// Older firmware answers exception 1 or 2; the value is then not known, and that is no error.
        var isOptional: Bool
        /// Kept in the station's permanent memory, which wears: never written cyclically.
        var isStored: Bool
        /// The station does not let it be read.
        var isWriteOnly: Bool
    }

    struct RegisterValue: Sendable, Equatable {
        var register: RegisterIndex
        var value: Double
    }

    /// A status that holds where all conditions do. The first rule that fits counts.
    struct StatusRule: Sendable {
        var conditions: [Condition]
        var status: StationStatus
        /// More than the status tells, for people.
        var words: String?
    }

    struct Measurements: Sendable {
        /// In ampere, by the station's own phases L1, L2, L3; one for a single-phase station; empty: none.
        var currents: [RegisterIndex] = []
        /// In volt, one or by the station's own phases; empty: none.
        var voltages: [RegisterIndex] = []
        /// In watt: one of all phases, or by phase; empty: none.
        var powers: [RegisterIndex] = []
        /// In watt hours: one of all phases, or by phase; empty: none.
        var energies: [RegisterIndex] = []
        /// The counter starts anew with each session.
        var energyIsOfSession = false
    }

    /// A write at each connect, before the first limit, where all conditions hold.
    struct StartUpWrite: Sendable {
        var write: RegisterValue
        var conditions: [Condition]
    }

    /// What must be true of the station at the address before anything is written to it.
    struct IdentityCheck: Sendable, Equatable {
        var serialNumber: RegisterIndex?
        var model: RegisterIndex?
        var modelMatches: [TextPattern]
    }

    /// One reason to take the station for this model; all must hold.
    struct ProbeStep: Sendable {
        var conditions: [Condition]
        /// Why this tells the model apart.
        var words: String
    }

    /// What differs in some stations of the model, for example in newer firmware.
    struct Variant: Sendable {
        var name: String
        /// On the registers of the profile that has the variant.
        var conditions: [Condition]
        /// All of the profile with the differences put in; has no variants.
        var profile: StationProfile
    }

    /// Words for what a fault register holds.
    struct Faults: Sendable {
        var register: RegisterIndex
        /// How its value is understood; 0 is never a fault.
        var meaning: Meaning

        enum Meaning: Sendable {
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
    struct PhaseRegisters: Sendable {
        var count: PhaseChoice?
        var change: PhaseChoice?
        /// Seconds that the station needs for a change.
        var changeSeconds: Double
    }

    /// A register whose value stands for one phase or three.
    struct PhaseChoice: Sendable, Equatable {
        var register: RegisterIndex
        var one: Int64
        var three: Int64
    }
}
