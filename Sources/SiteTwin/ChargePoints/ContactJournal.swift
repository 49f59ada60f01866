/// A write as it reached a station.
public struct ReceivedWrite: Sendable, Equatable {
    /// CLOCK_MONOTONIC at which the request had been received.
    public var nanoseconds: Int64
    /// Function code: 5, 6, 15 or 16.
    public var function: Int
    /// Counted from 0.
    public var address: Int
    /// The words; of coils 0 or 1.
    public var values: [UInt16]
    /// The station took it.
    public var isAccepted: Bool
}

/// What reached a station.
struct ContactJournal: Sendable {
    private(set) var requestCount = 0
    private(set) var writeCount = 0
    /// Monotonic nanoseconds; nil: never.
    private(set) var lastContact: Int64?
    /// The latest, oldest first, at most 1024.
    private(set) var writes: [ReceivedWrite] = []
    /// Requests that came sooner after an answer than the station hears.
    var hastyCount = 0

    mutating func note(_ request: ModbusRequest, isAccepted: Bool, nanoseconds: Int64) {
        requestCount += 1
        lastContact = nanoseconds
        guard case .write(let values, _, _) = request.body else { return }
        writeCount += 1
        if writes.count >= 1024 { writes.removeFirst(512) }
        writes.append(
            ReceivedWrite(
                nanoseconds: nanoseconds, function: Int(request.function), address: request.address, values: values,
                isAccepted: isAccepted))
    }
}
