import Allocation
import Realtime
import Synchronization

/// The digital inputs to which the utility's receiver is wired. One thread uses it.
public protocol DigitalInputs: Sendable {
    /// The state of each input, the first one in bit 0. Throws where they cannot be read.
    func read() throws(DigitalInputError) -> UInt8
}

/// Why the inputs cannot be read: one line, with the place and the remedy.
public struct DigitalInputError: Error, Equatable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// Reads the inputs and sets the limit that they mean. It has a thread of its own, so that a slow input holds up nobody.
final class UtilityInputs: Sendable {
    private let settings: UtilitySignalSettings
    private let inputs: any DigitalInputs
    private let wishes: OutsideWishes
    private let state = Mutex(State())

    private struct State {
        var problem: String?
        var isFaulty = false
    }

    /// Often enough to act within a second, with half of one for the debouncing; and no fraction of a mains cycle, so
    /// that a hum on the input cannot look steady.
    private static let intervalNanoseconds: Int64 = 47_000_000

    init(_ settings: UtilitySignalSettings, _ inputs: any DigitalInputs, wishes: OutsideWishes) {
        self.settings = settings
        self.inputs = inputs
        self.wishes = wishes
        // Before the first decision: what held before the start is not known.
        wishes.set(settings.makeInputs().limit, source: .digitalInput)
    }

    /// Why the inputs cannot be read; nil: they can.
    var problem: String? { state.withLock { $0.problem } }
    var isFaulty: Bool { state.withLock { $0.isFaulty } }

    func run(until isStopping: () -> Bool) {
        var judge = settings.makeInputs()
        while !isStopping() {
            var pattern: UInt8?
            var problem: String?
            do throws(DigitalInputError) {
                pattern = try inputs.read() ^ inversion
            } catch {
                problem = "\(error)"
            }
            let now = MonotonicClock.nanoseconds()
            judge.take(pattern, now: MonotonicTime(nanoseconds: now))
            state.withLock { $0 = State(problem: problem, isFaulty: judge.isFault) }
            // Whoever else set it: what the receiver says holds.
            if wishes.signal(.digitalInput) != judge.limit { wishes.set(judge.limit, source: .digitalInput) }
            MonotonicClock.sleep(until: now + Self.intervalNanoseconds)
        }
    }

    private var inversion: UInt8 {
        var mask: UInt8 = 0
        for (place, isInverted) in settings.isInverted.enumerated() where isInverted { mask |= 1 << UInt8(place) }
        return mask
    }
}
