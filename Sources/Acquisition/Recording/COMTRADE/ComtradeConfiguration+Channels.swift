extension ComtradeConfiguration {
    static func counts(_ lines: inout ComtradeLines) throws(RecordingFault) -> (analogue: Int, digital: Int) {
        var line = try lines.next("the numbers of channels, for example 8,6A,2D")
        try line.requireFields(3)
        let total = try line.count(0, "TT", "the number of all channels", 0...2_000_000)
        let analogue = try count(line, 1, "A", "the number of analogue channels and A, 1A to 4096A", 1...4096)
        let digital = try count(line, 2, "D", "the number of digital channels and D", 0...1_000_000)
        guard total == analogue + digital else {
            throw line.invalid(0, "TT", "\(analogue + digital), or correct ##A and ##D")
        }
        return (analogue, digital)
    }

    /// A number with a letter behind it.
    private static func count(
        _ line: ComtradeLine, _ index: Int, _ letter: String, _ expected: String, _ range: ClosedRange<Int>
    ) throws(RecordingFault) -> Int {
        let text = line.fields[index]
        guard text.uppercased().hasSuffix(letter), let value = DecimalNumber.parse(text.dropLast().utf8),
            let count = Int(exactly: value), range.contains(count)
        else { throw line.invalid(index, "##\(letter)", expected) }
        return count
    }

    /// Memory grows with the lines that are there, not with the count that is stated.
    static func analogueChannels(
        _ lines: inout ComtradeLines, count: Int, _ revision: Revision
    ) throws(RecordingFault) -> [RecordingChannel] {
        var channels: [RecordingChannel] = []
        var names: Set<String> = []
        var last = 0
        for _ in 0..<count {
            var line = try lines.next(
                "An,ch_id,ph,ccbm,uu,a,b,skew,min,max,primary,secondary,PS of an analogue channel")
            if revision == .year1991 { try line.requireFields(10, 13) } else { try line.requireFields(13) }
            last = try line.count(0, "An", "the channel's number, above the line before", (last + 1)...Int.max)
            let channel = try analogueChannel(line)
            guard names.insert(channel.name).inserted else {
                throw line.invalid(1, "ch_id", "a name that no other channel has")
            }
            channels.append(channel)
        }
        return channels
    }

    private static func analogueChannel(_ line: ComtradeLine) throws(RecordingFault) -> RecordingChannel {
        guard !line.fields[1].isEmpty else { throw line.invalid(1, "ch_id", "a name") }
        guard !line.fields[4].isEmpty else { throw line.invalid(4, "uu", "the unit, for example V, kV or A") }
        // Within these bounds scales stay numbers whatever the data.
        let scale = try line.requiredNumber(5, "a", "units per code, not 0, up to 1e100") {
            1e-100...1e100 ~= abs($0)
        }
        let offset = try line.requiredNumber(6, "b", "the offset in units, up to 1e100") { abs($0) <= 1e100 }
        let skew = try line.number(7, "skew", "microseconds, or nothing") ?? 0
        return RecordingChannel(
            name: line.fields[1], unit: line.fields[4], scale: scale, offset: offset,
            phase: phase(line.fields[2]), skewSeconds: skew * 1e-6, codeRange: try codeRange(line),
            transformer: line.fields.count == 13 ? try transformer(line) : nil)
    }

    private static func phase(_ text: String) -> String? {
        switch text.uppercased() {
        case "": nil
        case "A", "L1": "A"
        case "B", "L2": "B"
        case "C", "L3": "C"
        case "N": "N"
        default: text
        }
    }

    private static func codeRange(_ line: ComtradeLine) throws(RecordingFault) -> ClosedRange<Double>? {
        let low = try line.number(8, "min", "the lowest code, or nothing")
        let high = try line.number(9, "max", "the highest code, or nothing")
        guard let low, let high else { return nil }
        for (index, name, value) in [(8, "min", low), (9, "max", high)]
        where abs(value) > Double(Float.greatestFiniteMagnitude) {
            throw line.invalid(index, name, "a code within ±3.4028235e38, or nothing")
        }
        guard low <= high else { throw line.invalid(9, "max", "a code not below min") }
        return low...high
    }

    private static func transformer(_ line: ComtradeLine) throws(RecordingFault) -> TransformerRatio {
        let side: TransformerRatio.Side
        switch line.fields[12].uppercased() {
        case "P": side = .primary
        case "S": side = .secondary
        default: throw line.invalid(12, "PS", "P or S: the side of the transformer that the values are on")
        }
        let expected = "the transformer's rated value, above 0; 1 where there is none"
        return TransformerRatio(
            primary: try line.requiredNumber(10, "primary", expected) { $0 > 0 },
            secondary: try line.requiredNumber(11, "secondary", expected) { $0 > 0 }, valuesSide: side)
    }

    static func skipDigitalChannels(_ lines: inout ComtradeLines, count: Int) throws(RecordingFault) {
        var last = 0
        for _ in 0..<count {
            var line = try lines.next("Dn,ch_id,ph,ccbm,y of a digital channel")
            try line.requireFields(3, 5)
            last = try line.count(0, "Dn", "the channel's number, above the line before", (last + 1)...Int.max)
        }
    }
}
