/// The times of the allocator, in seconds, and what it forgives.
public struct AllocationPolicy: Sendable, Equatable, BitwiseCopyable {
    /// Room must have lasted this long before a limit rises. 0 or more.
    public var raiseAfterSeconds: Double
    /// Without a usable reading for longer than this the fail-safe plan holds. More than 0.
    public var readingExpiresAfterSeconds: Double
    /// A rise of the current below the usable one is held to be a car using its limit for at most this long, until
    /// the stations have reported; for at most twice as long where reports show that a car did rise. 0 to 5.
    public var attributionSeconds: Double
    /// A station's report shows what it drew up to this long before it was read. 0 or more.
    public var reportLagSeconds: Double
    /// A car and its station have followed a lower limit after this long. IEC 61851-1 gives the car 5 s. 0 or more.
    public var reactionSeconds: Double
    /// Drawing more than it was told by up to this, or confirming more by up to half of it, is no disobedience
    /// (what is drawn is counted all the same). 0 or more.
    public var disobedienceAmperes: Double

    public init(
        raiseAfterSeconds: Double = 10, readingExpiresAfterSeconds: Double = 1, attributionSeconds: Double = 3,
        reportLagSeconds: Double = 1, reactionSeconds: Double = 5, disobedienceAmperes: Double = 1
    ) {
        self.raiseAfterSeconds = raiseAfterSeconds
        self.readingExpiresAfterSeconds = readingExpiresAfterSeconds
        self.attributionSeconds = attributionSeconds
        self.reportLagSeconds = reportLagSeconds
        self.reactionSeconds = reactionSeconds
        self.disobedienceAmperes = disobedienceAmperes
    }
}
