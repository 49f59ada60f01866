import Realtime
import SiteTwin
import Synchronization

@testable import CloudStations

/// A clock that passes at once, and does what is to happen meanwhile.
final class VirtualClock: CloudClock {
    private struct State {
        var now: Int64 = 1_000_000_000_000
        var events: [(time: Int64, action: @Sendable () -> Void)] = []
    }

    private let state = Mutex(State())

    func nanoseconds() -> Int64 { state.withLock { $0.now } }

    func wait(until deadline: Int64, for wake: WakeUp) { advance(to: deadline) }

    /// Has `action` happen once that many seconds have passed.
    func after(_ seconds: Double, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.events.append((state.now + Int64(seconds * 1e9), action))
            state.events.sort { $0.time < $1.time }
        }
    }

    /// When the next event comes, `time` at most.
    func next(before time: Int64) -> Int64 { state.withLock { min(time, $0.events.first?.time ?? .max) } }

    func advance(to time: Int64) {
        while true {
            let action = state.withLock { state -> (@Sendable () -> Void)? in
                guard let event = state.events.first, event.time <= time else {
                    state.now = max(state.now, time)
                    return nil
                }
                state.now = max(state.now, event.time)
                return state.events.removeFirst().action
            }
            guard let action else { return }
            action()
        }
    }
}

/// A simulated cloud without a network.
final class DirectTransport<Model: CloudTwinModel>: CloudTransport {
    struct State {
        var model: Model
        var fault: (fault: CloudTwinFault, path: String)?
        var requests: [(time: Int64, line: String, body: String)] = []
    }

    let state: Mutex<State>
    let clock: VirtualClock
    let latencySeconds = 0.1

    init(_ model: Model, _ clock: VirtualClock) {
        state = Mutex(State(model: model))
        self.clock = clock
    }

    func set(_ fault: CloudTwinFault?, at path: String = "") {
        state.withLock { $0.fault = fault.map { ($0, path) } }
    }

    func perform(
        _ request: CloudRequest, until deadline: Int64, isWanted: () -> Bool
    ) throws(CloudError) -> CloudAnswer {
        let asked = CloudTwinRequest(
            method: request.method.rawValue, path: request.path, token: request.token?.revealed, body: request.body)
        let began = clock.nanoseconds()
        let fault = state.withLock { state -> CloudTwinFault? in
            state.requests.append((began, "\(asked.method) \(asked.path)", String(decoding: asked.body, as: UTF8.self)))
            guard let fault = state.fault, fault.path.isEmpty || asked.path.contains(fault.path) else { return nil }
            return fault.fault
        }
        var end = began + Int64(latencySeconds * 1e9)
        switch fault {
        case .hang?: end = .max
        case .slow(let seconds)?: end = began + Int64(seconds * 1e9)
        case .cut?, .cutInBody?, .notHTTP?:
            throw CloudError(.connection, "the connection broke off", "check it")
        default: break
        }
        while clock.nanoseconds() < end {
            guard isWanted() else { throw CloudError(.interrupted, "given up", "nothing") }
            guard clock.nanoseconds() < deadline else { throw CloudError(.timeout, "no answer", "check it") }
            clock.advance(to: clock.next(before: min(end, deadline, clock.nanoseconds() + 500_000_000)))
        }
        let answer =
            fault?.answer ?? state.withLock { $0.model.answer(asked, at: clock.nanoseconds()) }
        return CloudAnswer(
            status: answer.status, body: Array(answer.body.utf8),
            retryAfterSeconds: answer.retryAfterSeconds.map(Double.init))
    }
}
