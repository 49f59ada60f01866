import Dispatch
import Glibc
import Synchronization

/// Ctrl-C (SIGINT) and SIGTERM, handed to ordinary code: once, so that a second Ctrl-C ends the program at once.
final class Interrupt: Sendable {
    private let happened = Atomic<Bool>(false)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    var hasHappened: Bool { happened.load(ordering: .sequentiallyConsistent) }

    /// - Parameter action: called on another thread when the signal comes.
    init(_ action: @escaping @Sendable () -> Void) {
        let made = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                self?.happened.store(true, ordering: .sequentiallyConsistent)
                signal(number, SIG_DFL)
                action()
            }
            source.resume()
            return source
        }
        sources.withLock { $0 = made }
    }

    /// Gives the signals back.
    func release() {
        sources.withLock { list in
            list.forEach { $0.cancel() }
            list = []
        }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}
