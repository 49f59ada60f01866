import CModbus
import Glibc

/// Opening a serial line, which libmodbus does: speed, parity, raw bytes, RS-485 where the device has it. The bytes then
/// go through our own codec.
enum SerialDevice {
    /// An open, non-blocking descriptor and the context that owns it.
    static func open(_ settings: SerialSettings) throws(LinkFailure) -> (context: OpaquePointer, descriptor: CInt) {
        func failure(_ code: CInt) -> LinkFailure {
            LinkFailure(cause: .noDevice("cannot open it (\(String(cString: modbus_strerror(code))))"))
        }
        let parity: Character =
            switch settings.parity {
            case .none: "N"
            case .even: "E"
            case .odd: "O"
            }
        guard
            let context = modbus_new_rtu(
                settings.device, CInt(settings.baud), CChar(bitPattern: parity.asciiValue ?? 0), 8,
                CInt(settings.stopBits))
        else { throw failure(errno) }
        guard modbus_connect(context) == 0 else {
            let code = errno
            modbus_free(context)
            throw failure(code)
        }
        let descriptor = modbus_get_socket(context)
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) >= 0 else {
            let code = errno
            modbus_close(context)
            modbus_free(context)
            throw failure(code)
        }
        // Refused by a device that turns its transmitter on by itself, or is no RS-485 at all: nothing to do then.
        _ = modbus_rtu_set_serial_mode(context, MODBUS_RTU_RS485)
        return (context, descriptor)
    }
}
