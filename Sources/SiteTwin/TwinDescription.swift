import MeterDSP
import Stations

/// What an electrician would write down of one input of the twin's meter.
public struct TwinChannelDescription: Sendable {
    /// The channel's name in IIO, for example `voltage0`.
    public var identifier: String
    /// What it measures.
    public var channel: MeterChannel
    /// Volts of one code for voltages; amperes of one code for currents, or volts at the coil where the twin has
    /// Rogowski coils. A thousandth of IIO's `scale`.
    public var unitsPerCode: Double
}

/// What an electrician would write down of one station.
public struct TwinStationDescription: Sendable {
    /// Unique in the site.
    public var name: String
    /// Of the profile with which it is spoken to.
    public var profileIdentifier: String
    /// `tcp`, or `rtu-over-tcp`.
    public var transport: LinkTransport
    /// What it says of itself, where its model does.
    public var serialNumber: String?
    /// The profile's variant that it is; nil: the plain profile.
    public var variant: String?
    /// Always 127.0.0.1.
    public var host: String
    /// TCP port.
    public var port: Int
    /// Modbus unit identifier.
    public var unitIdentifier: Int
    /// The supply line, 0 to 2, of each of the station's own phases.
    public var supplyPhases: [Int]
    /// The largest limit it takes.
    public var maximumAmperes: Double
}

/// Everything that a device's settings need to know of the twin.
public struct TwinDescription: Sendable {
    /// Where the meter is, as libiio takes it.
    public var iioURI: String
    /// The IIO device's name.
    public var deviceName: String
    /// Frames in a second.
    public var sampleRateHz: Int
    /// 50 or 60, as the options say.
    public var nominalHz: Double
    /// The eight inputs in the order of a frame.
    public var channels: [TwinChannelDescription]
    /// A frame with all channels and the timestamp.
    public var layout: FrameLayout
    /// The coils' RMS volts for each ampere and hertz; nil: the current channels carry the current.
    public var rogowskiVoltsPerAmpereHertz: Double?
    /// What the main fuse bears on each phase.
    public var mainLimitAmperes: Double
    /// The part of it to keep free.
    public var marginAmperes: Double
    /// The stations in order.
    public var stations: [TwinStationDescription]
}
