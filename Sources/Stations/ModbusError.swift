import CModbus
import Glibc

/// The exceptions that a Modbus station can answer (MODBUS Application Protocol, section 7).
enum ModbusException: Int32, CaseIterable, Sendable {
    case illegalFunction = 1
    case illegalDataAddress, illegalDataValue, deviceFailure, acknowledge, deviceBusy, negativeAcknowledge
    case memoryParity, undefined, gatewayPathUnavailable, gatewayTargetSilent

    /// The name and what to do.
    var words: (name: String, remedy: String) {
        switch self {
        case .illegalFunction: ("illegal function", "the profile must name a function code that this station has")
        case .illegalDataAddress:
            ("illegal data address", "compare the profile's register with the station's manual and firmware version")
        case .illegalDataValue:
            ("illegal data value", "check the limit and time-out in the settings against the station's range")
        case .deviceFailure: ("device failure", "read the station's own fault display and restart it")
        case .acknowledge: ("acknowledged, still at work", "nothing to do unless it lasts")
        case .deviceBusy: ("device busy", "nothing to do unless it lasts; then lower the poll rate in the profile")
        case .negativeAcknowledge: ("negative acknowledge", "check that the station allows control by Modbus")
        case .memoryParity: ("memory parity error", "restart the station; if it returns, have it repaired")
        case .undefined: ("undefined exception 9", "update the station's firmware")
        case .gatewayPathUnavailable: ("gateway path unavailable", "check the gateway's settings for this unit")
        case .gatewayTargetSilent:
            ("gateway target did not answer", "check unit number, wiring and power of the station behind the gateway")
        }
    }

    /// False where the exception came from a gateway and the station itself stayed silent.
    var isFromStation: Bool { self != .gatewayPathUnavailable && self != .gatewayTargetSilent }
}

/// Why an exchange with a station failed.
struct ModbusError: Error, Equatable, CustomStringConvertible {
    enum Cause: Equatable, Sendable {
        /// The host name has no address.
        case unknownHost(String)
        case refused
        case timedOut
        case closedByStation
        case exception(ModbusException)
        /// The answer does not belong to the request or is malformed; libmodbus' words.
        case malformed(String)
        /// The operating system's words.
        case system(String)
    }

    var host: String
    var port: Int
    var unit: Int
    /// What was being done, for example "read holding register 0x400C".
    var action: String
    var cause: Cause

    /// False where the connection can no longer be trusted: a late answer would be taken for the next one.
    var leavesConnectionUsable: Bool {
        if case .exception = cause { true } else { false }
    }

    var description: String {
        let (what, remedy) = words
        return "\(host):\(port) unit \(unit), \(action): \(what); \(remedy)"
    }

    private var words: (what: String, remedy: String) {
        switch cause {
        case .unknownHost(let text): ("no address for this name (\(text))", "check the name, or enter the IP address")
        case .refused: ("connection refused", "switch on Modbus TCP in the station, check its port")
        case .timedOut:
            (
                "no answer in time",
                "check power and network cable, IP address, unit number, and that no other client is connected"
            )
        case .closedByStation:
            ("the station closed the connection", "make sure that no other client is connected to it")
        case .exception(let exception):
            ("exception \(exception.rawValue), \(exception.words.name)", exception.words.remedy)
        case .malformed(let text):
            ("malformed answer (\(text))", "check that a Modbus TCP station has this address and port")
        case .system(let text): (text, "check network and IP settings")
        }
    }

    /// The cause behind an `errno` that libmodbus or the socket left.
    static func cause(errno code: Int32) -> Cause {
        if let exception = ModbusException(rawValue: code - Int32(MODBUS_ENOBASE)) { return .exception(exception) }
        switch code {
        case ETIMEDOUT, EAGAIN: return .timedOut
        case ECONNREFUSED: return .refused
        case ECONNRESET, EPIPE, ENOTCONN, EBADF: return .closedByStation
        default: break
        }
        let text = String(cString: modbus_strerror(code))
        return code >= Int32(MODBUS_ENOBASE) ? .malformed(text) : .system(text)
    }
}
