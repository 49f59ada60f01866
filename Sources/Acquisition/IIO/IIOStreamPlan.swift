import CIIO
import Glibc
import MeterDSP

/// The clock behind the frames' timestamps.
public enum TimestampClock: Sendable, Equatable {
    /// CLOCK_MONOTONIC of the machine that has the ADC (with `ip:` that may be another one).
    case monotonic
    /// Another clock, by the driver's name for it; it may jump.
    case other(String)
    /// The frames carry no timestamp.
    case absent
}

/// All that a device says of its stream: what must be the same after a reconnect.
struct IIOStreamSignature: Equatable, Sendable {
    /// What an input's driver says of its codes.
    struct Scaling: Equatable, Sendable {
        var unitsPerCode: Double?
        var codeOffset: Double
    }

    let sampleRateHz: Double
    let layout: FrameLayout
    /// By meter channel; nil where it has no input.
    let scalings: [Scaling?]

    /// The first thing in which another stream differs, in words; nil where there is none.
    func firstDifference(from other: IIOStreamSignature) -> (what: String, here: String, there: String)? {
        if sampleRateHz != other.sampleRateHz {
            return ("sampling rate in Hz", "\(sampleRateHz)", "\(other.sampleRateHz)")
        }
        if layout != other.layout { return ("format of the frames", words(layout), words(other.layout)) }
        for channel in MeterChannel.allCases {
            let (here, there) = (scalings[channel.rawValue], other.scalings[channel.rawValue])
            if here != there { return ("scale of \(channel)", words(here), words(there)) }
        }
        return nil
    }

    /// The error where `other`, of a device that was connected anew, differs.
    func change(to other: IIOStreamSignature, uri: String, device: String) -> AcquisitionError? {
        firstDifference(from: other).map {
            .sourceChanged(uri: uri, device: device, what: $0.what, before: $0.here, after: $0.there)
        }
    }

    private func words(_ scaling: Scaling?) -> String {
        guard let scaling else { return "absent" }
        return "\(scaling.unitsPerCode.map { "\($0)" } ?? "none") per code, offset \(scaling.codeOffset)"
    }

    private func words(_ layout: FrameLayout) -> String {
        let slots = MeterChannel.allCases.compactMap { channel in
            layout[channel].map { "\(channel) \(formatText($0.format)) at \($0.byteOffset)" }
        }
        let timestamp = layout.timestampOffset.map { ", timestamp at \($0)" } ?? ""
        return "\(layout.frameBytes) bytes: \(slots.joined(separator: ", "))\(timestamp)"
    }
}

/// A device made ready to stream: its inputs are found and enabled, its buffer is not open yet.
struct IIOStreamPlan {
    /// One enabled element of the frame.
    struct Element {
        let handle: OpaquePointer
        let byteOffset: Int
        let byteCount: Int
    }

    let device: IIODevice
    let deviceName: String
    let signature: IIOStreamSignature
    let timestampClock: TimestampClock
    /// In the order of the frame. Handles of the context that was asked.
    let elements: [Element]
}

extension IIOStreamPlan {
    /// Finds device and inputs, writes the settings' attributes, asks for rate and scales, enables the inputs.
    init(_ settings: IIOSettings, in context: borrowing IIOContext) throws(AcquisitionError) {
        let uri = context.uri
        let device = try context.device(settings.device)
        let deviceName = device.words
        let scan = device.scanElements
        let inputs = scan.filter { !$0.isTimestamp }

        for wish in settings.attributes {
            let place: String
            let result: Int
            if let name = wish.input {
                let input = try Self.find(name, among: inputs, uri: uri, device: deviceName)
                place = "\(input.id) \(wish.attribute)"
                result = input.write(wish.value, to: wish.attribute)
            } else {
                place = wish.attribute
                result = device.write(wish.value, to: wish.attribute)
            }
            guard result >= 0 else {
                throw .attributeRefused(
                    uri: uri, device: deviceName, attribute: place, value: wish.value, errno: errorNumber(result))
            }
        }

        var chosen: [(channel: MeterChannel, input: IIOChannel)] = []
        for wanted in settings.inputs {
            let input = try Self.find(wanted.name, among: inputs, uri: uri, device: deviceName)
            guard !chosen.contains(where: { $0.input.handle == input.handle }) else {
                throw .badSetting(
                    field: "inputs", value: wanted.name, remedy: "it feeds two meter channels: use each input once")
            }
            chosen.append((wanted.channel, input))
        }

        // The clock can only be set while no buffer is open, and some drivers have none to choose.
        if settings.usesTimestamp { _ = device.write("monotonic", to: "current_timestamp_clock") }
        let timestamp = settings.usesTimestamp ? scan.first { $0.isTimestamp && $0.isPlainTimestamp } : nil
        if timestamp == nil {
            timestampClock = .absent
        } else {
            switch device.attribute("current_timestamp_clock") {
            case .success("monotonic"): timestampClock = .monotonic
            case .success(let name): timestampClock = .other(name)
            case .failure: timestampClock = .other("unknown")
            }
        }

        var enabled = settings.enablesAllInputs ? inputs : chosen.map(\.input).sorted { $0.index < $1.index }
        if let timestamp { enabled.append(timestamp) }
        for channel in device.channels { iio_channel_disable(channel.handle) }
        for channel in enabled { iio_channel_enable(channel.handle) }

        let rate = try Self.rate(settings, device: device, enabled: enabled, uri: uri)
        try settings.validate(rate: rate)
        let (elements, layout) = try Self.arrange(
            enabled, timestamp: timestamp, chosen: chosen, uri: uri, device: device)
        var scalings = [IIOStreamSignature.Scaling?](repeating: nil, count: MeterChannel.count)
        for (channel, input) in chosen {
            scalings[channel.rawValue] = try Self.scaling(of: input, uri: uri, device: deviceName)
        }
        self.device = device
        self.deviceName = deviceName
        self.elements = elements
        signature = IIOStreamSignature(sampleRateHz: rate, layout: layout, scalings: scalings)
    }

    private static func find(
        _ wanted: String, among inputs: [IIOChannel], uri: String, device: String
    ) throws(AcquisitionError) -> IIOChannel {
        for key in [\IIOChannel.optionalID, \.name, \.label] {
            let found = inputs.filter { $0[keyPath: key] == wanted }
            guard let first = found.first else { continue }
            guard found.count == 1 else {
                throw .channelAmbiguous(uri: uri, device: device, wanted: wanted, candidates: found.map(\.id))
            }
            return first
        }
        throw .channelMissing(
            uri: uri, device: device, wanted: wanted,
            available: inputs.map { input in
                let other = [input.name, input.label].compactMap { $0 }.joined(separator: ", ")
                return other.isEmpty ? input.id : "\(input.id) (\(other))"
            })
    }

    /// In the order in which drivers publish it: the device, an enabled input, the pseudo channel that libiio makes
    /// of `in_sampling_frequency`.
    private static func rate(
        _ settings: IIOSettings, device: IIODevice, enabled: [IIOChannel], uri: String
    ) throws(AcquisitionError) -> Double {
        if let rate = settings.sampleRateHz { return rate }
        var found: (name: String, text: Result<String, AttributeFault>)?
        if device.hasAttribute("sampling_frequency") {
            found = ("sampling_frequency", device.attribute("sampling_frequency"))
        } else if let input = enabled.first(where: { $0.hasAttribute("sampling_frequency") }) {
            found = ("\(input.id) sampling_frequency", input.attribute("sampling_frequency"))
        } else if let pseudo = device.channels.first(where: { $0.id == "sampling" && $0.hasAttribute("frequency") }) {
            found = ("sampling frequency", pseudo.attribute("frequency"))
        }
        guard let found else { throw .rateMissing(uri: uri, device: device.words) }
        let rate = try number(found.text, attribute: found.name, uri: uri, device: device.words)
        guard rate > 0 else {
            throw .attributeUnreadable(
                uri: uri, device: device.words, attribute: found.name, problem: "the rate \(rate) is not above 0")
        }
        return rate
    }

    /// `scale` is in milli-units per code by the kernel's convention, `offset` in codes.
    private static func scaling(
        of input: IIOChannel, uri: String, device: String
    ) throws(AcquisitionError) -> IIOStreamSignature.Scaling {
        var scaling = IIOStreamSignature.Scaling(unitsPerCode: nil, codeOffset: 0)
        if input.hasAttribute("scale") {
            let milli = try number(
                input.attribute("scale"), attribute: "\(input.id) scale", uri: uri, device: device)
            guard milli != 0 else {
                throw .attributeUnreadable(uri: uri, device: device, attribute: "\(input.id) scale", problem: "it is 0")
            }
            guard (1e-15...1e15).contains(milli.magnitude) else {
                throw .attributeUnreadable(
                    uri: uri, device: device, attribute: "\(input.id) scale", problem: "no ADC has a scale of \(milli)")
            }
            scaling.unitsPerCode = milli / 1000
        }
        if input.hasAttribute("offset") {
            scaling.codeOffset = try number(
                input.attribute("offset"), attribute: "\(input.id) offset", uri: uri, device: device)
            guard scaling.codeOffset.magnitude <= 0x1p32 else {
                throw .attributeUnreadable(
                    uri: uri, device: device, attribute: "\(input.id) offset",
                    problem: "\(scaling.codeOffset) is beyond all codes")
            }
        }
        return scaling
    }

    private static func number(
        _ text: Result<String, AttributeFault>, attribute: String, uri: String, device: String
    ) throws(AcquisitionError) -> Double {
        switch text {
        case .failure(let fault):
            throw .attributeUnreadable(
                uri: uri, device: device, attribute: attribute, problem: errnoText(fault.errno))
        case .success(let text):
            guard let value = Double(text), value.isFinite else {
                throw .attributeUnreadable(
                    uri: uri, device: device, attribute: attribute, problem: "\(quoted(text)) is not a number")
            }
            return value
        }
    }
}
