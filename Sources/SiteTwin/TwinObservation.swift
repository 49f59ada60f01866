/// A limit as it reached a station.
public struct ReceivedLimit: Sendable, Equatable {
    /// CLOCK_MONOTONIC at which the request had been received.
    public var nanoseconds: Int64
    /// The limit written, for each phase.
    public var amperes: Double
}

/// What an observer beside the device knows of one station.
public struct TwinStationObservation: Sendable {
    /// As in the description.
    public var name: String
    /// Energy drawn since the start, in watt-hours of real time.
    public var energyWattHours: Double
    /// RMS current on each phase the car uses: 0, or 6 A and more.
    public var carAmperes: Double
    /// How many of the station's phases the car uses; 0: no car.
    public var carPhaseCount: Int
    /// How often its contactors switched between one phase and three while the car drew current: they bear it not long.
    public var loadedSwitchCount: Int
    /// The limit last written.
    public var commandedAmperes: Double
    /// The limit in force.
    public var activeAmperes: Double
    /// The latest limits received, oldest first, at most 4096.
    public var receivedLimits: [ReceivedLimit]
    /// What it is at, in words: free, waiting, ready, paused, charging, finished, stopped, fault.
    public var status: String
    /// The current that it falls back to; nil: none is set.
    public var failSafeAmperes: Double?
    /// Seconds without contact after which it does; 0: never.
    public var failSafeAfterSeconds: Double
    /// It has not been spoken to for that time.
    public var isContactLost: Bool
    /// CLOCK_MONOTONIC of the last request; nil: none came yet.
    public var lastContactNanoseconds: Int64?
    /// Requests that it has answered, exceptions included.
    public var requestCount: Int
    /// Those of them that write.
    public var writeCount: Int
    /// The latest writes, oldest first, at most 1024.
    public var receivedWrites: [ReceivedWrite]
    /// Requests that it did not hear because they came too soon after an answer.
    public var hastyRequestCount: Int
}

/// What came of one scheduled step. Times are CLOCK_MONOTONIC in nanoseconds.
public struct TwinStepObservation: Sendable {
    public var step: ScheduledStep
    /// The first frame of the step; nil: it lies ahead.
    public var beganNanoseconds: Int64?
    /// The first limit that was lower than the one before it reached a station on the step's phase after the beginning.
    public var firstLoweredLimitNanoseconds: Int64?
    /// The phase was above its main limit while the step lasted.
    public var exceededMainLimit = false
    /// The end of the first cycle at or below the main limit after one above it.
    public var backUnderMainLimitNanoseconds: Int64?
    /// The end of the first cycle at or below main limit − margin, after one above it.
    public var backUnderMarginNanoseconds: Int64?
    /// The phase was above main limit − margin while the step lasted.
    public var exceededMargin = false

    init(step: ScheduledStep) { self.step = step }
}

/// What really happened in the building: from the model, not from the device.
public struct TwinObservation: Sendable {
    /// Seconds since the start.
    public var seconds: Double
    /// RMS current of the latest whole cycle on each phase.
    public var amperes: [Double]
    /// The highest RMS current of any cycle on each phase.
    public var highestAmperes: [Double]
    /// Seconds of whole cycles above the main limit, by phase.
    public var secondsAboveMainLimit: [Double]
    /// Seconds of whole cycles above main limit − margin, by phase.
    public var secondsAboveMargin: [Double]
    /// By station, in the order of the description.
    public var stations: [TwinStationObservation]
    /// By scheduled step, in the order of the options.
    public var steps: [TwinStepObservation]
    /// Frames since the start.
    public var frameCount: Int64
    /// Frames that readers of the meter lost by reading too slowly, over all readers.
    public var overrunFrames: Int64
    /// Frames taken away by `loseFrames`.
    public var removedFrames: Int64
    /// CLOCK_MONOTONIC at which the meter told its first reader what it has; nil: nobody asked yet.
    public var firstAnswerNanoseconds: Int64?
    /// CLOCK_MONOTONIC at which a reader of the meter was given its first block; nil: none was yet.
    public var firstReadNanoseconds: Int64?
}
