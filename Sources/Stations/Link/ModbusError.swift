import CModbus
import Glibc

/// Where a station is reached.
enum LinkPlace: Equatable, Sendable, CustomStringConvertible {
    case network(host: String, port: Int)
    /// The path of the serial device.
    case serial(device: String)

    var description: String {
        switch self {
        case .network(let host, let port): "\(host):\(port)"
        case .serial(let device): device
        }
    }
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
        /// The answer does not belong to the request or is malformed; why.
        case malformed(String)
        /// A request that Modbus does not have; why.
        case cannotAsk
        /// The serial device cannot be opened, or has gone; the operating system's words.
        case noDevice(String)
        /// The operating system's words.
        case system(String)
        /// Given up for a lower limit that has to go out at once.
        case overtaken
    }

    var place: LinkPlace
    var unit: Int
    /// What was being done, for example "read holding register 16396 (0x400C)".
    var action: String
    var cause: Cause

    var description: String {
        let (what, remedy) = words
        return "\(place) unit \(unit), \(action): \(what); \(remedy)"
    }

    private var isSerial: Bool { if case .serial = place { true } else { false } }

    private var words: (what: String, remedy: String) {
        switch cause {
        case .unknownHost(let text): ("no address for this name (\(text))", "check the name, or enter the IP address")
        case .refused: ("connection refused", "switch on Modbus TCP in the station, check its port")
        case .timedOut:
            (
                "no answer in time",
                isSerial
                    ? "check power and wiring (A and B not exchanged), unit number, baud rate and parity"
                    : "check power and network cable, IP address, unit number, and that no other client is connected"
            )
        case .closedByStation:
            ("the station closed the connection", "make sure that no other client is connected to it")
        case .exception(let exception):
            ("\(exception)", exception.words.remedy)
        case .malformed(let text):
            (
                "malformed answer (\(text))",
                isSerial
                    ? "check baud rate and parity, termination and shield of the line, and that no unit number is there twice"
                    : "check that a Modbus TCP station has this address and port"
            )
        case .cannotAsk:
            ("Modbus has no such request", "correct the register's address, length and functions in the profile")
        case .noDevice(let text):
            (text, "check the device's name, that it is plugged in, and that the service may use it (group dialout)")
        case .system(let text): (text, "check network and IP settings")
        case .overtaken: ("given up for a lower limit", "nothing to do")
        }
    }

    /// The cause behind an `errno` that a socket left.
    static func cause(errno code: Int32) -> Cause {
        switch code {
        case ETIMEDOUT, EAGAIN: .timedOut
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE, ENOTCONN, EBADF: .closedByStation
        default: .system(String(cString: modbus_strerror(code)))
        }
    }
}

/// The same before it is known what was being done, and with whom.
struct LinkFailure: Error, Equatable {
    var cause: ModbusError.Cause
}
