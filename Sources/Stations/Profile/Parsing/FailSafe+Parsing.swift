import StrictYAML

extension StationProfile.FailSafe {
    init(_ node: YAMLNode, _ table: RegisterTable) throws(YAMLError) {
        let fields = try node.fields(ProfileKeys.failSafe)
        current =
            try fields["current"].map { entry throws(YAMLError) in
                try table.several(entry, "fail-safe currents") { one throws(YAMLError) in try table.writable(one) }
            } ?? []
        let count = current.count
        currentReadBack =
            try fields["current-read-back"].map { entry throws(YAMLError) in
                guard count > 0 else { throw entry.error("there is no fail-safe current", "add current, or remove it") }
                return try table.several(entry, "read-backs for \(count)", counts: [count]) { one throws(YAMLError) in
                    try table.numeric(one)
                }
            } ?? []
        timeout = try fields["timeout"].map { entry throws(YAMLError) in try table.writable(entry) }
        timeoutReadBack = try fields["timeout-read-back"].map { entry throws(YAMLError) in try table.numeric(entry) }
        let smallest = try fields["smallest-timeout-s"]?.number(1...86_400) ?? 1
        timeoutRange = smallest...(try fields["largest-timeout-s"]?.number(smallest...86_400) ?? max(3600, smallest))
        fixedAmperes = try fields["fixed-current-a"]?.number(0...1000)
        fixedTimeoutSeconds = try fields["fixed-timeout-s"]?.number(1...86_400)
        without =
            try fields["without"]?.choice(Without.allCases.map { ($0.rawValue, $0) }, what: "behaviour") ?? .unknown
        try checkFixed(fields)
        try checkWear(fields, table)
    }

    private func checkFixed(_ fields: YAMLFields) throws(YAMLError) {
        if let entry = fields["fixed-current-a"], !current.isEmpty {
            throw entry.error("a fixed current beside a register for it", "remove one of the two")
        }
        if let entry = fields["fixed-timeout-s"],
            timeout != nil || fields["smallest-timeout-s"] != nil || fields["largest-timeout-s"] != nil
        {
            throw entry.error("a fixed time-out beside a settable one", "remove one of the two")
        }
        if let entry = fields["timeout-read-back"], timeout == nil {
            throw entry.error("there is no time-out to be written", "add timeout, or remove it")
        }
    }

    /// What is stored is written only where it differs, so it must be readable somewhere.
    private func checkWear(_ fields: YAMLFields, _ table: RegisterTable) throws(YAMLError) {
        for (key, registers, canBeRead) in [
            ("current", current, !currentReadBack.isEmpty),
            ("timeout", timeout.map { [$0] } ?? [], timeoutReadBack != nil),
        ] where !canBeRead {
            for index in registers where table.registers[index].isStored && table.registers[index].isWriteOnly {
                throw try fields.required(key).error(
                    "'\(table.registers[index].name)' is stored and cannot be read: it would be written at each connect",
                    "add \(key)-read-back")
            }
        }
    }
}

extension StationProfile.KeepAlive {
    init(_ node: YAMLNode, _ table: RegisterTable) throws(YAMLError) {
        let fields = try node.fields(ProfileKeys.keepAlive)
        if let share = fields["timeout-share"] {
            if let every = fields["every-s"] {
                throw every.error("every-s beside timeout-share", "keep one of the two")
            }
            interval = .shareOfTimeout(try share.number(0.01...0.5))
        } else {
            interval = .seconds(try fields.required("every-s").number(0.1...3600))
        }
        let kind = try fields.required("by").choice(
            [("any-traffic", 0), ("write", 1), ("write-when-cleared", 2)], what: "sign of life")
        guard kind > 0 else {
            if let extra = fields["register"] ?? fields["value"] {
                throw extra.error("not used when any traffic is a sign of life", "remove it, or set 'by: write'")
            }
            sign = .anyTraffic
            return
        }
        let write = try StationProfile.RegisterValue(fields, table)
        let registerNode = try fields.required("register")
        guard !table.registers[write.register].isStored else {
            throw registerNode.error("a stored register must not be written cyclically", "use a volatile register")
        }
        guard kind == 2 else {
            sign = .write(write)
            return
        }
        // The station's clearing is seen only by reading.
        _ = try table.numeric(registerNode)
        sign = .writeWhenCleared(write)
    }
}
