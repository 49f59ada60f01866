import Glibc
import Realtime
import Synchronization

/// Brings a source's connection back on a thread of its own: connecting may block for seconds, and a reading thread that
/// must not be held up has other things to do meanwhile.
///
/// ```swift
/// let connector = source.makeConnector()           // its `run` goes to another thread
/// connector.request()                              // after an error of `nextBlock`
/// while try !source.resume(from: connector) { … }  // never blocks
/// ```
public final class IIOConnector: Sendable {
    private let settings: IIOSettings
    private let signature: IIOStreamSignature
    private let deviceName: String
    private let canceller: IIOCanceller
    private let wanted: WakeUp
    /// Locked for as long as a connection is being made: whoever asks meanwhile finds it taken, and goes on.
    private let opened = Mutex<IIOBuffer?>(nil)

    init(settings: IIOSettings, signature: IIOStreamSignature, deviceName: String, canceller: IIOCanceller)
        throws(AcquisitionError)
    {
        guard let wanted = WakeUp() else {
            throw .contextLost(uri: settings.uri, device: deviceName, errno: EMFILE)
        }
        self.settings = settings
        self.signature = signature
        self.deviceName = deviceName
        self.canceller = canceller
        self.wanted = wanted
    }

    /// Asks for a connection. Any thread, never blocks.
    public func request() { wanted.signal() }

    /// Connects whenever that is requested, again and again as `policy` says until it works. Returns within a quarter of
    /// a second after the source's ``IIOSource/canceller`` was used, unless an attempt is under way (libiio gives up after
    /// some 5 s).
    ///
    /// - Parameter report: told of each failed attempt; of `sourceChanged` where the device is no longer what it was.
    public func run(
        policy: ReconnectPolicy = ReconnectPolicy(), report: (_ error: AcquisitionError) -> Void = { _ in }
    ) {
        while !canceller.isCancelled {
            guard wanted.wait(until: MonotonicClock.nanoseconds() + 250_000_000) else { continue }
            var attempt = 0
            while !canceller.isCancelled {
                do throws(AcquisitionError) {
                    try attemptOnce()
                    break
                } catch {
                    report(error)
                    attempt += 1
                    _ = canceller.sleep(seconds: policy.delaySeconds(beforeAttempt: attempt))
                }
            }
        }
    }

    private func attemptOnce() throws(AcquisitionError) {
        try opened.withLock { buffer throws(AcquisitionError) in
            let made = try IIOBuffer.open(settings, canceller: canceller)
            if let change = signature.change(to: made.plan.signature, uri: settings.uri, device: deviceName) {
                throw change
            }
            buffer = consume made
        }
    }

    /// The connection, where there is one; never waits for it.
    func take() -> IIOBuffer? {
        guard let made = opened.withLockIfAvailable({ $0.take() }) else { return nil }
        return made
    }
}

extension IIOSource {
    /// What connects anew for this source from another thread.
    ///
    /// - Throws: `contextLost` where the process has no file left.
    public func makeConnector() throws(AcquisitionError) -> IIOConnector {
        try IIOConnector(settings: settings, signature: signature, deviceName: deviceName, canceller: canceller)
    }

    /// Goes on with the connection that `connector` has made. The next block is then marked as a discontinuity with the
    /// frames that this machine's clock says are lost. Never blocks.
    ///
    /// - Returns: false where there is none yet.
    public mutating func resume(from connector: IIOConnector) -> Bool {
        guard let made = connector.take() else { return false }
        resume(with: made)
        return true
    }
}
