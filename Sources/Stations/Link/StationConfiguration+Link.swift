extension StationConfiguration {
    /// Where it is reached, for people: "192.168.1.20:502" or "/dev/ttyUSB0".
    var place: LinkPlace {
        if transport == .serial, let serial { return .serial(device: serial.device) }
        return .network(host: host, port: port)
    }

    /// Checks what the connection needs.
    func checkLink(
        _ require: (_ holds: Bool, _ field: String, _ problem: String, _ remedy: String) throws(StationError) -> Void
    ) throws(StationError) {
        guard transport == .serial else {
            try require(!host.isEmpty, "host", "empty", "enter the station's IP address")
            try require((1...65_535).contains(port), "port", "\(port) is no TCP port", "use 1 to 65535, mostly 502")
            return
        }
        guard let serial else {
            return try require(false, "serial", "no serial line", "name its device, for example /dev/ttyUSB0")
        }
        try require(!serial.device.isEmpty, "serial", "no device", "name it, for example /dev/ttyUSB0")
        try require(
            (300...4_000_000).contains(serial.baud), "serial", "\(serial.baud) baud", "use 300 to 4000000, mostly 9600")
        try require((1...2).contains(serial.stopBits), "serial", "\(serial.stopBits) stop bits", "use 1 or 2")
        // Unit 0 is a broadcast there, which nobody answers.
        try require(
            (1...247).contains(unitIdentifier), "unitIdentifier", "\(unitIdentifier) is no unit on a serial line",
            "use 1 to 247")
    }
}
