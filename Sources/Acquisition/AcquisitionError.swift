import Glibc

/// Why frames cannot be had. Every description is one line: the place, the cause, the remedy.
public enum AcquisitionError: Error, Equatable, Sendable {
    /// A setting is outside its range. Nothing was opened.
    case badSetting(field: String, value: String, remedy: String)
    /// The URI is not one of libiio's, or its backend is not built in.
    case badURI(uri: String, problem: String)
    /// Nobody answers at the URI, or the machine has no IIO devices.
    case noContext(uri: String, errno: CInt)
    /// No device of that name, label or id; `wanted` is nil where any that streams would do.
    case noDevice(uri: String, wanted: String?, available: [String])
    /// Several devices fit; the settings must name one.
    case deviceAmbiguous(uri: String, wanted: String?, candidates: [String])
    /// The device has no such input that can stream.
    case channelMissing(uri: String, device: String, wanted: String, available: [String])
    /// Several inputs carry that name or label.
    case channelAmbiguous(uri: String, device: String, wanted: String, candidates: [String])
    /// The driver publishes no sampling rate and the settings give none.
    case rateMissing(uri: String, device: String)
    /// An attribute cannot be read, or does not hold what it should.
    case attributeUnreadable(uri: String, device: String, attribute: String, problem: String)
    /// The driver refused a value written to an attribute.
    case attributeRefused(uri: String, device: String, attribute: String, value: String, errno: CInt)
    /// A sample format that the meter does not read.
    case formatRefused(uri: String, device: String, channel: String, format: String)
    /// libiio and the kernel would not agree where a sample stands in the frame.
    case layoutRefused(uri: String, device: String, problem: String)
    /// The device's buffer cannot be opened.
    case bufferRefused(uri: String, device: String, errno: CInt)
    /// The connection or the device went away while frames were read. Remedy in code: ``IIOSource/reconnect(policy:report:)``.
    case contextLost(uri: String, device: String, errno: CInt)
    /// No whole block came within the time-out; what had come of it is lost. Remedy in code: reconnect.
    case timedOut(uri: String, device: String, seconds: Double)
    /// After a reconnect the device is not the one it was: calibration would no longer fit.
    case sourceChanged(uri: String, device: String, what: String, before: String, after: String)
    /// ``IIOCanceller/cancel()`` was called.
    case cancelled(uri: String)
    /// A recording cannot be used.
    case recording(file: String, RecordingFault)

    /// True where trying again later may help: the peer is away, the device unplugged, the driver busy.
    public var isTransient: Bool {
        switch self {
        case .noContext, .noDevice, .channelMissing, .rateMissing, .attributeUnreadable, .attributeRefused,
            .bufferRefused, .contextLost, .timedOut:
            true
        case .badSetting, .badURI, .deviceAmbiguous, .channelAmbiguous, .formatRefused, .layoutRefused,
            .sourceChanged, .cancelled, .recording:
            false
        }
    }
}

extension AcquisitionError: CustomStringConvertible {
    public var description: String { oneLine(message) }

    private var message: String {
        switch self {
        case .badSetting(let field, let value, let remedy):
            "acquisition setting \(field) = \(quoted(value)): \(remedy)"
        case .badURI(let uri, let problem):
            "IIO source \(quoted(uri)): \(problem); use local:, ip:host, ip:host:port or usb:"
        case .noContext(let uri, let code):
            "IIO source \(quoted(uri)): \(errnoText(code)); \(Self.contextRemedy(code))"
        case .noDevice(let uri, nil, let available):
            "IIO source \(quoted(uri)): no device can stream; load the ADC's driver (there is: \(list(available)))"
        case .noDevice(let uri, let wanted?, let available):
            "IIO source \(quoted(uri)): no device \(quoted(wanted)); name one of: \(list(available))"
        case .deviceAmbiguous(let uri, let wanted, let candidates):
            "IIO source \(quoted(uri)): several devices \(wanted.map { "are called \(quoted($0))" } ?? "can stream"); "
                + "name one of: \(list(candidates))"
        case .channelMissing(let uri, let device, let wanted, let available):
            "IIO source \(quoted(uri)), device \(device): no input \(quoted(wanted)) that streams; "
                + "name one of: \(list(available))"
        case .channelAmbiguous(let uri, let device, let wanted, let candidates):
            "IIO source \(quoted(uri)), device \(device): several inputs are called \(quoted(wanted)); "
                + "use one of the ids: \(list(candidates))"
        case .rateMissing(let uri, let device):
            "IIO source \(quoted(uri)), device \(device): no sampling_frequency is published; "
                + "give the sampling rate in the settings"
        case .attributeUnreadable(let uri, let device, let attribute, let problem):
            "IIO source \(quoted(uri)), device \(device), attribute \(attribute): \(oneLine(problem)); "
                + "check the driver, or leave the attribute out"
        case .attributeRefused(let uri, let device, let attribute, let value, let code):
            "IIO source \(quoted(uri)), device \(device), attribute \(attribute) = \(quoted(value)): "
                + "\(errnoText(code)); write a value that the driver lists, and with the right to write"
        case .formatRefused(let uri, let device, let channel, let format):
            "IIO source \(quoted(uri)), device \(device), input \(channel): format \(format) is not supported; "
                + "use an input of 16 or 32 bits storage without repeat"
        case .layoutRefused(let uri, let device, let problem):
            "IIO source \(quoted(uri)), device \(device): \(problem); "
                + "use inputs of one width, or let the frames carry the timestamp"
        case .bufferRefused(let uri, let device, let code):
            "IIO source \(quoted(uri)), device \(device): the buffer does not open: \(errnoText(code)); "
                + Self.bufferRemedy(code)
        case .contextLost(let uri, let device, let code):
            "IIO source \(quoted(uri)), device \(device): lost: \(errnoText(code)); "
                + "check cable, power and iiod, then reconnect"
        case .timedOut(let uri, let device, let seconds):
            "IIO source \(quoted(uri)), device \(device): no block within \(seconds) s; "
                + "check the ADC's clock and trigger, or raise the time-out, then reconnect"
        case .sourceChanged(let uri, let device, let what, let before, let after):
            "IIO source \(quoted(uri)), device \(device): \(what) was \(before), is now \(after); "
                + "restore the device or set the meter up anew"
        case .cancelled(let uri):
            "IIO source \(quoted(uri)): stopped on request; open it again to go on"
        case .recording(let file, let fault):
            "recording \(file): \(fault.description)"
        }
    }

    private static func contextRemedy(_ code: CInt) -> String {
        switch code {
        case ENOENT: "no IIO devices on this machine: load the ADC's driver"
        case ECONNREFUSED: "start iiod there, or correct the port"
        case EACCES, EPERM: "run with the right to read the IIO devices (group iio)"
        case EHOSTUNREACH, ENETUNREACH, ETIMEDOUT: "check the host's address, power and cable"
        default: "check the host's name, its power and iiod"
        }
    }

    private static func bufferRemedy(_ code: CInt) -> String {
        switch code {
        case EBUSY: "another program holds it: stop that first"
        case EACCES, EPERM: "run with the right to read and write /dev/iio:device* and its buffer folder (group iio)"
        case ENOMEM: "ask for shorter blocks or fewer kernel buffers"
        default: "check that the device has a trigger and these inputs can stream together"
        }
    }
}

/// The error number in a result below 0. A network server may answer with any number, also one that has no opposite.
func errorNumber(_ result: some SignedInteger & FixedWidthInteger) -> CInt { CInt(clamping: result.magnitude) }

/// The system's own words for an error number, with the number.
func errnoText(_ code: CInt) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 160) { text in
        guard let start = text.baseAddress else { return "error \(code)" }
        text.initialize(repeating: 0)
        _ = strerror_r(code, start, text.count)
        return "\(String(cString: start)) (\(code))"
    }
}

/// Names for a message; "none" for an empty list.
private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.map(oneLine).joined(separator: ", ") }

/// A text in quotation marks, without line breaks.
func quoted(_ text: String) -> String { "\"\(oneLine(text))\"" }

/// A text without line breaks and other control characters, so that a message stays one line.
func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
}
