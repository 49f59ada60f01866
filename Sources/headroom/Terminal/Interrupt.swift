import Dispatch
import Glibc
import Synchronization

/// Ctrl-C (SIGINT) and SIGTERM, handed to ordinary code: once, so that a second Ctrl-C ends the program at once.
final class Interrupt: @unchecked Sendable {
    // Sendable because `sources` is set in init and never changed; cancelling a dispatch source is safe from any thread.
    private let sources: [any DispatchSourceSignal]
    private let flag: Flag

    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    var hasHappened: Bool { flag.isSet.load(ordering: .sequentiallyConsistent) }

    /// - Parameter action: called on another thread when the signal comes.
    init(_ action: @escaping @Sendable () -> Void) {
        let flag = Flag()
        self.flag = flag
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                flag.isSet.store(true, ordering: .sequentiallyConsistent)
                signal(number, SIG_DFL)
                action()
            }
            source.resume()
            return source
        }
    }

    /// Gives the signals back.
    func release() {
        sources.forEach { $0.cancel() }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}
