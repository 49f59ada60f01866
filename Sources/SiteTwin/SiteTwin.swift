import Glibc
import MeterDSP
import Realtime
import Stations
import Synchronization

/// A described building with cars and charging stations on the loopback interface, as a closed loop: its meter is
/// an IIO network device, its stations are Modbus TCP servers, and a lower limit lowers the current in the wave.
///
/// All functions may be called from any thread.
public final class SiteTwin: Sendable {
    private let plant: Plant
    private let meter: IIOServer
    private let servesMeter: Bool
    /// Of stations and keeper.
    private let scheduling: RealtimeThread.Scheduling
    private let stations: [StationServer]
    private let isStarted = Atomic<Bool>(false)
    private let isStopped = Atomic<Bool>(false)
    private let keeper = Mutex<RealtimeThread?>(nil)
    private let keeperWake: WakeUp
    private let keeperStop: StopFlag

    private final class StopFlag: Sendable { let isSet = Atomic<Bool>(false) }

    /// What the device's settings need; ports are known from the beginning.
    public let description: TwinDescription

    /// Makes the building and takes its ports; nothing answers before `start`.
    public init(_ options: TwinOptions = TwinOptions()) throws(TwinError) {
        try options.validate()
        let scales = ChannelScales(options: options)
        let device = IIODevice(sampleRateHz: options.sampleRateHz, scales: scales)
        let plant = try Plant(options: options)
        servesMeter = options.servesMeter
        self.plant = plant
        meter = try IIOServer(
            device: device, plant: plant, scheduling: RealtimeThread.Scheduling(fifoPriority: options.fifoPriority))
        scheduling = RealtimeThread.Scheduling(fifoPriority: options.fifoPriority.map { max(1, $0 - 30) })
        var stations: [StationServer] = []
        for index in plant.withState({ $0.model.chargePoints.indices }) {
            stations.append(
                try StationServer(index: index, plant: plant, options: options.stations, scheduling: scheduling))
        }
        self.stations = stations
        guard let wake = WakeUp() else { throw .descriptor(purpose: "time keeper") }
        keeperWake = wake
        keeperStop = StopFlag()
        description = Self.describe(options, device: device, plant: plant, meter: meter, stations: stations)
    }

    deinit { stop() }

    /// Where the meter is: `ip:127.0.0.1:<port>`.
    public var iioURI: String { description.iioURI }

    /// Lets time pass and opens all ports. Once in a twin's life.
    public func start() throws(TwinError) {
        guard !isStarted.exchange(true, ordering: .acquiringAndReleasing), !isStopped.load(ordering: .acquiring) else {
            throw .alreadyStarted
        }
        plant.start(at: MonotonicClock.nanoseconds())
        do {
            if servesMeter { try meter.start() }
            for station in stations { try station.start() }
            try startKeeper()
        } catch {
            stop()
            throw error
        }
    }

    /// Closes all ports and ends all threads; returns when they have ended. What was observed stays readable.
    public func stop() {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        keeperStop.isSet.store(true, ordering: .releasing)
        keeperWake.signal()
        let thread = keeper.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
        if servesMeter { meter.stop() }
        for station in stations { station.stop() }
        plant.halt()
    }

    /// What really happened so far.
    public func observation() -> TwinObservation { plant.withState { $0.observation } }

    // MARK: Faults

    /// Station `index` (from 0) misbehaves from now on; `[]` heals it. An index that does not exist is ignored.
    ///
    /// - Parameters:
    ///   - exception: the exception code that `.exceptions` answers with, 1 to 255.
    ///   - delaySeconds: how late a `.slow` station answers.
    public func setStationFaults(
        _ faults: StationFaults, station index: Int, exception: UInt8 = 4, delaySeconds: Double = 2
    ) {
        guard stations.indices.contains(index) else { return }
        stations[index].set(faults, exception: exception, delaySeconds: delaySeconds)
    }

    /// Station `index` starts anew: its connections break, it has forgotten what it was told, and it answers with
    /// exceptions for as long as its model does. An index that does not exist is ignored.
    public func rebootStation(_ index: Int) {
        guard stations.indices.contains(index) else { return }
        stations[index].reboot()
    }

    /// The next car comes to station `index` now, unless one is there. An index that does not exist is ignored.
    public func bringCar(toStation index: Int) {
        guard stations.indices.contains(index) else { return }
        plant.withState { $0.model.chargePoints[index].bringCar() }
    }

    /// As if the last sign of life had reached station `index` so many seconds sooner: nobody has to wait for its
    /// time-out. An index that does not exist is ignored.
    public func passWithoutContact(seconds: Double, station index: Int) {
        guard stations.indices.contains(index) else { return }
        plant.withState { $0.model.chargePoints[index].passWithoutContact(seconds: seconds) }
    }

    /// The meter stops answering; its connections stay open.
    public func setMeterStalled(_ isStalled: Bool) { meter.isStalled.store(isStalled, ordering: .releasing) }

    /// The meter refuses new connections; those that are open stay.
    public func setMeterRefusing(_ refuses: Bool) { meter.refuse(refuses) }

    /// Buffers opened from now on carry all channels whatever the client asked for, and say so in their mask: as
    /// iiod's do while another client reads more.
    public func setMeterSendsAllChannels(_ sendsAll: Bool) {
        meter.sendsAllChannels.store(sendsAll, ordering: .releasing)
    }

    /// Ends every connection to the meter by a reset.
    public func dropMeterConnections() { meter.dropConnections() }

    /// Takes the next `count` frames away from all readers: timestamps then jump.
    public func loseFrames(_ count: Int) {
        plant.withState { $0.framesToRemove += Int64(max(0, count)) }
    }

    /// From now on the frames' timestamps are so many seconds ahead of the monotonic clock (negative: behind), as when
    /// somebody sets the clock of the ADC's machine.
    public func shiftTimestamps(bySeconds seconds: Double) {
        plant.withState { $0.timestampShift = Int64(seconds * 1e9) }
    }

    /// Switches an extra resistive load on now, for so long.
    ///
    /// - Parameters:
    ///   - amperes: RMS, 0 to 1000; what is beyond counts as the nearer end.
    ///   - phase: 0 to 2.
    ///   - seconds: 0 or more.
    /// - Returns: its place among the observation's steps.
    public func switchOn(amperes: Double, phase: Int, seconds: Double) -> Int {
        plant.withState {
            $0.switchOn(
                amperes: min(max(amperes, 0), 1000), phase: min(max(phase, 0), 2), seconds: max(0, seconds))
        }
    }

    /// One scheduled or switched step, by its place among the observation's; cheaper than all of the observation.
    public func step(_ place: Int) -> TwinStepObservation? {
        plant.withState { $0.observer.steps.indices.contains(place) ? $0.observer.steps[place] : nil }
    }

    /// The limit last written to each station and what its car draws on each phase, in their order; cheaper than all of
    /// the observation.
    public func stationAmperes() -> [(commanded: Double, drawn: Double)] {
        plant.withState { $0.model.chargePoints.map { ($0.commandedAmperes, $0.carAmperes) } }
    }

    /// Stations and cars live on while nobody reads the meter.
    private func startKeeper() throws(TwinError) {
        let thread = RealtimeThread(name: "twin-keeper", scheduling: scheduling) { [plant, keeperWake, keeperStop] _ in
            while !keeperStop.isSet.load(ordering: .acquiring) {
                plant.withState { _ in }
                keeperWake.wait(until: MonotonicClock.nanoseconds() + 20_000_000)
            }
        }
        guard let thread else { throw .thread(name: "twin-keeper") }
        keeper.withLock { $0 = thread }
    }

    private static func describe(
        _ options: TwinOptions, device: IIODevice, plant: Plant, meter: IIOServer, stations: [StationServer]
    ) -> TwinDescription {
        let points = plant.withState { $0.model.chargePoints }
        return TwinDescription(
            iioURI: "ip:127.0.0.1:\(meter.port.port)", deviceName: IIODevice.name,
            sampleRateHz: options.sampleRateHz, nominalHz: options.nominalHz,
            channels: device.channels.compactMap { channel in
                channel.meterChannel.map {
                    TwinChannelDescription(
                        identifier: channel.identifier, channel: $0, unitsPerCode: channel.milliunitsPerCode / 1000)
                }
            },
            layout: .interleavedInt16(
                MeterChannel.allCases, frameBytes: WaveformSynthesiser.frameBytes,
                timestampOffset: WaveformSynthesiser.timestampOffset),
            rogowskiVoltsPerAmpereHertz: options.usesRogowskiCoils ? options.rogowskiVoltsPerAmpereHertz : nil,
            mainLimitAmperes: options.mainLimitAmperes, marginAmperes: options.marginAmperes,
            stations: zip(points, stations).map { point, server in
                TwinStationDescription(
                    name: point.name, profileIdentifier: point.profileIdentifier,
                    transport: server.framing == .tcp ? .tcp : .rtuOverTCP, serialNumber: point.statedSerialNumber,
                    variant: point.variant, host: "127.0.0.1", port: server.port.port,
                    unitIdentifier: point.unitIdentifier, supplyPhases: point.supplyPhases,
                    maximumAmperes: point.maximumAmperes)
            })
    }
}
