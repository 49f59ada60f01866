/// The exceptions that a Modbus station can answer (MODBUS Application Protocol, section 7).
package enum ModbusException: Int32, CaseIterable, Sendable, CustomStringConvertible {
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

    package var description: String { "exception \(rawValue), \(words.name)" }

    /// False where the exception came from a gateway and the station itself stayed silent.
    var isFromStation: Bool { self != .gatewayPathUnavailable && self != .gatewayTargetSilent }
}
