import StrictYAML

extension LinkSettings {
    init(_ fields: YAMLFields) throws(YAMLError) {
        self.init()
        if let node = fields["transports"] {
            if let other = fields["transport"] {
                throw other.error("transport beside transports", "keep the list; its first is the default")
            }
            transports = []
            for element in try node.list() {
                let transport = try Self.transport(element)
                if transports.contains(transport) {
                    throw element.error("'\(transport.rawValue)' twice", "name each transport once")
                }
                transports.append(transport)
            }
            if transports.isEmpty { throw node.error("no transport", "name at least one, for example [tcp]") }
        } else if let node = fields["transport"] {
            transports = [try Self.transport(node)]
        }
        if let node = fields["serial"] {
            guard transports.contains(.serial) else {
                throw node.error("a serial line, and no such transport", "add serial to transports, or remove it")
            }
            serial = try SerialDefaults(node)
        }
        connectTimeoutSeconds = try fields["connect-timeout-s"]?.number(0.05...10) ?? connectTimeoutSeconds
        retries = Int(try fields["retries"]?.integer(0...5) ?? 0)
        concurrentRequests = Int(try fields["concurrent-requests"]?.integer(1...4) ?? 1)
        if let node = fields["concurrent-requests"], concurrentRequests > 1, !transports.contains(.tcp) {
            throw node.error(
                "only Modbus TCP tells the answers of several requests apart", "remove it, or add tcp to transports")
        }
        isSingleClient = try fields["single-client"]?.boolean() ?? false
        reconnectWaitSeconds = try fields["reconnect-wait-s"]?.number(0.1...600) ?? reconnectWaitSeconds
        anyUnit = try fields["any-unit"]?.boolean() ?? false
    }

    private static func transport(_ node: YAMLNode) throws(YAMLError) -> LinkTransport {
        try node.choice(LinkTransport.allCases.map { ($0.rawValue, $0) }, what: "transport")
    }
}

extension LinkSettings.SerialDefaults {
    init(_ node: YAMLNode) throws(YAMLError) {
        self.init()
        let fields = try node.fields(ProfileKeys.serial)
        baud = try fields["baud"].map(SerialSettings.baud) ?? baud
        parity = try fields["parity"].map(SerialSettings.parity) ?? parity
        stopBits = try fields["stop-bits"].map(SerialSettings.stopBits) ?? stopBits
    }
}

/// How settings and profiles write the parts of a serial line.
extension SerialSettings {
    /// In bit/s, 300 to 4 000 000.
    public static func baud(_ node: YAMLNode) throws(YAMLError) -> Int { Int(try node.integer(300...4_000_000)) }

    /// none, even or odd.
    public static func parity(_ node: YAMLNode) throws(YAMLError) -> Parity {
        try node.choice(Parity.allCases.map { ($0.rawValue, $0) }, what: "parity")
    }

    /// 1 or 2.
    public static func stopBits(_ node: YAMLNode) throws(YAMLError) -> Int { Int(try node.integer(1...2)) }
}
