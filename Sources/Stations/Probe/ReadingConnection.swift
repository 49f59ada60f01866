/// A connection that can only ask: there is no way through it to a write request.
final class ReadingConnection {
    private let connection: ModbusConnection

    init(_ place: StationPlace, _ line: SerialLine?, _ settings: LinkSettings) throws(ModbusError) {
        if let line {
            connection = try ModbusConnection(
                line: line, unit: place.unitIdentifier, settings: settings, attention: Attention())
        } else {
            connection = try ModbusConnection(
                host: place.host, port: place.port, unit: place.unitIdentifier,
                framing: place.transport == .tcp ? .mbap : .rtu, settings: settings, attention: Attention())
        }
    }

    /// Reads `count` values from protocol address `address`, waiting for the answer.
    func read(_ function: ReadFunction, _ address: Int, _ count: Int) throws(ModbusError) -> [UInt16] {
        try connection.read(function, address: address, count: count)
    }

    /// From here on another unit is asked.
    func address(unit: Int) { connection.address(unit: unit) }

    func setTimeout(seconds: Double) { connection.setTimeout(seconds: seconds) }

    /// True where numbers tell answers apart.
    var isNumbered: Bool { connection.isNumbered }
}
