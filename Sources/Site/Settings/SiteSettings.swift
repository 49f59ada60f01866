import Allocation
import CloudStations
import MeterDSP
import Stations

/// Everything that an installer settles about a building, validated.
public struct SiteSettings: Sendable {
    /// The name shown to people.
    public var name: String
    public var supply: Supply
    public var meter: MeterSettings
    public var realtime: RealtimeSettings
    public var policy: AllocationPolicy
    public var stations: [StationConfiguration]
    /// Installations behind their maker's cloud; in the plan they follow `stations`.
    public var cloudStations: [CloudStationConfiguration]
    /// What bears only so much behind the main fuse; stations name theirs by its place in this list.
    public var groups: [SiteGroup]
    /// The utility's receiver; nil: none.
    public var utilitySignal: UtilitySignalSettings?
    /// The folder with the installer's own station profiles, as the settings name it; nil: none.
    public var stationProfilesFolder: String?

    /// The building's connection.
    public struct Supply: Sendable, Equatable {
        /// 50 or 60.
        public var nominalHz: Double
        /// Phase against neutral, volt.
        public var nominalVolts: Double
        /// Main fuse and security margin per line, ampere.
        public var limits: SupplyLimits
        /// The building has a source of its own (photovoltaics) and may feed in. Where it may not, power that flows
        /// towards the grid is a fault of the wiring, and the current counts in full.
        public var feedsIn: Bool

        public init(
            nominalHz: Double = 50, nominalVolts: Double = 230, limits: SupplyLimits, feedsIn: Bool = false
        ) {
            self.feedsIn = feedsIn
            self.nominalHz = nominalHz
            self.nominalVolts = nominalVolts
            self.limits = limits
        }
    }

    /// The ADC and its sensors.
    public struct MeterSettings: Sendable, Equatable {
        /// `local:`, `ip:host` or `ip:host:port`.
        public var uri: String
        /// Name, label or id; nil: the only device that can stream.
        public var device: String?
        /// Only where the driver publishes none.
        public var sampleRateHz: Double?
        public var blockSeconds: Double
        public var kernelBuffers: Int
        public var inputs: [Input]

        public init(
            uri: String, device: String? = nil, sampleRateHz: Double? = nil, blockSeconds: Double = 0.01,
            kernelBuffers: Int = 32, inputs: [Input]
        ) {
            self.uri = uri
            self.device = device
            self.sampleRateHz = sampleRateHz
            self.blockSeconds = blockSeconds
            self.kernelBuffers = kernelBuffers
            self.inputs = inputs
        }
    }

    /// One input of the ADC with its sensor.
    public struct Input: Sendable, Equatable {
        public var channel: MeterChannel
        /// Id, name or label of the ADC's channel.
        public var name: String
        /// Volt (or ampere, where the driver scales to ampere) at the ADC per code; nil: as the driver publishes it.
        public var unitsPerCode: Double?
        /// Mains volt per volt at the ADC, or ampere per volt at the ADC (per ampere, where the driver scales to
        /// ampere). 1 for a Rogowski coil.
        public var ratio: Double
        /// Volt per ampere and hertz; nil: not a Rogowski coil.
        public var rogowskiVoltsPerAmpereHertz: Double?
        /// Correction found by calibration, near 1; negative: the sensor is reversed.
        public var gain: Double
        /// Added after scaling, in volt or ampere.
        public var offset: Double
        /// By how much sensor, filter and converter are late, second; see ``ChannelCalibration/delaySeconds``.
        public var delaySeconds = 0.0
        /// Order of the converter's sinc filter; see ``ChannelCalibration/sincOrder``.
        public var sincOrder = 0
        /// A current transformer's errors; see ``ChannelCalibration/transformer``.
        public var transformer = TransformerErrors()

        public init(
            channel: MeterChannel, name: String, unitsPerCode: Double? = nil, ratio: Double = 1,
            rogowskiVoltsPerAmpereHertz: Double? = nil, gain: Double = 1, offset: Double = 0
        ) {
            self.channel = channel
            self.name = name
            self.unitsPerCode = unitsPerCode
            self.ratio = ratio
            self.rogowskiVoltsPerAmpereHertz = rogowskiVoltsPerAmpereHertz
            self.gain = gain
            self.offset = offset
        }

        /// What turns codes into volt or ampere, with the driver's scale and code offset.
        ///
        /// - Returns: nil where neither the settings nor the driver give a scale.
        public func calibration(driverScale: Double?, driverCodeOffset: Double?) -> ChannelCalibration? {
            guard let perCode = unitsPerCode ?? driverScale else { return nil }
            let scale = perCode * ratio * gain
            var calibration = ChannelCalibration(
                scale: scale, offset: offset + (driverCodeOffset ?? 0) * scale,
                sensor: rogowskiVoltsPerAmpereHertz.map { .rogowski(voltsPerAmpereHertz: $0) } ?? .direct)
            calibration.delaySeconds = delaySeconds
            calibration.sincOrder = sincOrder
            calibration.transformer = transformer
            return calibration
        }
    }

    /// How the measuring thread is scheduled.
    public struct RealtimeSettings: Sendable, Equatable {
        /// SCHED_FIFO, 1 to 99; nil: the normal scheduler.
        public var priority: Int32?
        /// The processor it stays on; nil: any.
        public var cpu: Int32?
        public var locksMemory: Bool

        public init(priority: Int32? = 60, cpu: Int32? = nil, locksMemory: Bool = true) {
            self.priority = priority
            self.cpu = cpu
            self.locksMemory = locksMemory
        }
    }

    public init(
        name: String, supply: Supply, meter: MeterSettings, realtime: RealtimeSettings, policy: AllocationPolicy,
        stations: [StationConfiguration], cloudStations: [CloudStationConfiguration] = [], groups: [SiteGroup] = [],
        utilitySignal: UtilitySignalSettings? = nil
    ) {
        self.name = name
        self.supply = supply
        self.meter = meter
        self.realtime = realtime
        self.policy = policy
        self.stations = stations
        self.cloudStations = cloudStations
        self.groups = groups
        self.utilitySignal = utilitySignal
    }
}
