import Allocation

/// How the utility's receiver is wired to the device, and what its signal means.
public struct UtilitySignalSettings: Sendable, Equatable {
    /// One digital input.
    public enum Input: Sendable, Equatable {
        /// A line of a GPIO chip: path of its character device, number of the line.
        case gpio(chip: String, line: UInt32)
        /// A file that holds 0 or 1, as a driver or another program keeps it.
        case file(String)
    }

    /// Which pattern of the inputs means what; see `InputTable`.
    public enum Wiring: Sendable, Equatable {
        case makeContact(InputMeaning)
        case breakContact(InputMeaning)
        case reduceAndLock
        case complementary(InputMeaning)
        case sgReady
        /// By pattern, whose bit 0 is the first input; what is missing is a fault.
        case patterns([InputMeaning])

        /// For so many inputs.
        public func table(inputCount: Int) -> InputTable {
            switch self {
            case .makeContact(let active): return .makeContact(active)
            case .breakContact(let active): return .breakContact(active)
            case .reduceAndLock: return .reduceAndLock
            case .complementary(let active): return .complementary(active)
            case .sgReady: return .sgReady
            case .patterns(let meanings):
                var table = InputTable(inputCount: inputCount)
                for (pattern, meaning) in meanings.prefix(16).enumerated() { table[UInt8(pattern)] = meaning }
                return table
            }
        }

        /// How many inputs it needs; nil: any number up to four.
        public var inputCount: Int? {
            switch self {
            case .makeContact, .breakContact: 1
            case .reduceAndLock, .complementary, .sgReady: 2
            case .patterns: nil
            }
        }
    }

    /// 1 to 4, the first one first.
    public var inputs: [Input]
    /// 1 where 0 is read, by input; as many as `inputs`.
    public var isInverted: [Bool]
    public var wiring: Wiring
    /// How long a pattern must stand, in seconds.
    public var debounceSeconds: Double
    /// What all stations together may draw in Reduced.
    public var reducedLimit: LimitValue
    /// `.locked`, or `.minimumEach` for cars that bear no pause.
    public var lockedLimit: LimitValue
    /// What holds where the inputs cannot be read or cannot be as they are: `.reduced` or `.locked`.
    public var safeMeaning: InputMeaning

    public init(
        inputs: [Input], isInverted: [Bool]? = nil, wiring: Wiring, debounceSeconds: Double = 0.5,
        reducedLimit: LimitValue, lockedLimit: LimitValue = .locked, safeMeaning: InputMeaning = .reduced
    ) {
        self.inputs = inputs
        self.isInverted = isInverted ?? inputs.map { _ in false }
        self.wiring = wiring
        self.debounceSeconds = debounceSeconds
        self.reducedLimit = reducedLimit
        self.lockedLimit = lockedLimit
        self.safeMeaning = safeMeaning
    }

    /// The judge of the inputs. Before the first pattern has stood for long enough, what held before the start is not
    /// known, and the safe meaning holds.
    func makeInputs() -> SignalInputs {
        SignalInputs(
            table: wiring.table(inputCount: inputs.count), debounceSeconds: debounceSeconds,
            reducedLimit: reducedLimit, lockedLimit: lockedLimit, safeMeaning: safeMeaning, lastKnown: safeMeaning)
    }
}
