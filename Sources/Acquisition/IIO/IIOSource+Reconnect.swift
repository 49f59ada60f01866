extension IIOSource {
    /// Drops what is left of the connection and tries until the device is back, waiting as `policy` says.
    /// The next block is then marked as a discontinuity with the frames that this machine's clock says are lost.
    ///
    /// Blocks; ``IIOCanceller/cancel()`` ends the waiting (but not a connection attempt under way). A thread that must
    /// not be held up leaves connecting to another one (``IIOConnector``).
    ///
    /// - Parameter report: told of each failed attempt and of the seconds until the next.
    /// - Throws: `cancelled`; `sourceChanged` where rate, frame format or scales are not what they were; any other
    ///   error that waiting does not cure; the last error after `policy.maximumAttempts`.
    public mutating func reconnect(
        policy: ReconnectPolicy = ReconnectPolicy(),
        report: (_ error: AcquisitionError, _ nextAttemptSeconds: Double) -> Void = { _, _ in }
    ) throws(AcquisitionError) {
        buffer = nil
        var attempt = 1
        while true {
            guard canceller.sleep(seconds: policy.delaySeconds(beforeAttempt: attempt)) else {
                throw .cancelled(uri: settings.uri)
            }
            do throws(AcquisitionError) {
                try reconnectOnce()
                return
            } catch {
                guard error.isTransient, attempt < policy.maximumAttempts ?? .max else { throw error }
                attempt += 1
                report(error, policy.delaySeconds(beforeAttempt: attempt))
            }
        }
    }

    /// One attempt, without a wait before it. Over the network it may block up to libiio's connect time-out of 5 s.
    ///
    /// - Throws: as ``reconnect(policy:report:)``, and the error of the attempt.
    public mutating func reconnectOnce() throws(AcquisitionError) {
        buffer = nil
        let opened = try IIOBuffer.open(settings, canceller: canceller)
        if let change = signature.change(to: opened.plan.signature, uri: settings.uri, device: deviceName) {
            throw change
        }
        resume(with: opened)
    }
}
