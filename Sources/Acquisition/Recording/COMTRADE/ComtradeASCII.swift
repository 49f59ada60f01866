/// The values of an ASCII COMTRADE data file: lines of sample number, timestamp, analogue values, digital states.
struct ComtradeASCII {
    /// Frame by frame; NaN: missing.
    private(set) var values: [Double] = []
    /// In their unit; nil where they are not wanted.
    private(set) var timestamps: [Int64]?

    /// Checks the number of lines and fields and that sample numbers count up by one. Timestamps are read only where
    /// they are wanted, digital states never.
    init(
        _ data: UnsafeRawBufferPointer, _ configuration: ComtradeConfiguration, wantsTimestamps: Bool
    ) throws(RecordingFault) {
        let width = configuration.channels.count
        let frameCount = configuration.frameCount
        let fieldCount = 2 + width + configuration.digitalCount
        // A field takes its comma or line break at least: a count that lies asks for no memory.
        let least = frameCount * fieldCount
        guard data.count >= least - 1 else {
            throw .truncated(bytes: data.count, expectedBytes: least, field: "endsamp")
        }
        values.reserveCapacity(frameCount * width)
        if wantsTimestamps { timestamps = [] }
        var lines = ComtradeLines(data)
        var wanted: Int?
        for frame in 0..<frameCount {
            guard let bytes = lines.nextBytes() else {
                throw .lineMissing(line: lines.number + 1, expected: "frame \(frame) of the \(frameCount) in endsamp")
            }
            var fields = ComtradeFields(bytes, line: lines.number)
            let number = try fields.sampleNumber()
            if let wanted, number != wanted {
                throw .sampleNumberJump(frame: frame, number: number, expected: wanted)
            }
            wanted = number + 1
            if wantsTimestamps {
                guard let stamp = try fields.timestamp() else { throw .timestampMissing(frame: frame) }
                timestamps?.append(stamp)
            } else {
                try fields.skip()
            }
            for channel in configuration.channels {
                values.append(try fields.value(channel.name, configuration.revision))
            }
            try fields.finish(digitalCount: configuration.digitalCount, fieldCount: fieldCount)
        }
        if lines.nextBytes() != nil { throw .framesLeft(line: lines.number, stated: frameCount) }
        guard lines.isTerminated else { throw .lineCut(line: lines.number) }
    }
}

/// The fields of one line of an ASCII data file, from left to right.
private struct ComtradeFields {
    private var rest: Slice<UnsafeRawBufferPointer>
    private var isAtEnd = false
    private var taken = 0
    private let line: Int

    init(_ bytes: Slice<UnsafeRawBufferPointer>, line: Int) {
        rest = bytes
        self.line = line
    }

    mutating func sampleNumber() throws(RecordingFault) -> Int {
        let field = try next()
        guard let number = Self.whole(field) else {
            throw invalid(field, "n", "the sample number")
        }
        return number
    }

    mutating func timestamp() throws(RecordingFault) -> Int64? {
        let field = try next()
        if field.isEmpty { return nil }
        guard let stamp = Self.whole(field) else {
            throw invalid(field, "timestamp", "a whole number, or nothing where samp states the rate")
        }
        return Int64(stamp)
    }

    mutating func skip() throws(RecordingFault) { _ = try next() }

    /// NaN: missing. Until 2013 a number marks that, since then the empty field; the latter is taken always.
    mutating func value(
        _ channel: String, _ revision: ComtradeConfiguration.Revision
    ) throws(RecordingFault) -> Double {
        let field = try next()
        if field.isEmpty { return .nan }
        guard let value = DecimalNumber.parse(field), abs(value) <= Double(Float.greatestFiniteMagnitude) else {
            throw invalid(field, channel, "a number within ±3.4028235e38, or nothing for a missing value")
        }
        switch revision {
        case .year1991: return value == 99_999 || value == 999_999 ? .nan : value
        case .year1999: return value == 99_999 ? .nan : value
        case .year2013: return value
        }
    }

    mutating func finish(digitalCount: Int, fieldCount: Int) throws(RecordingFault) {
        for _ in 0..<digitalCount { _ = try next() }
        // One comma at the end of the line is no field.
        if !isAtEnd, !ComtradeLine.trimmed(rest).isEmpty {
            let more = rest.count { $0 == UInt8(ascii: ",") } + 1
            throw .fieldCountWrong(
                line: line, fields: taken + more, expected: "\(fieldCount), or correct ##A and ##D")
        }
    }

    private mutating func next() throws(RecordingFault) -> Slice<UnsafeRawBufferPointer> {
        guard !isAtEnd else {
            throw .fieldCountWrong(
                line: line, fields: taken, expected: "as many as ##A and ##D state and two before them")
        }
        taken += 1
        guard let comma = rest.firstIndex(of: UInt8(ascii: ",")) else {
            isAtEnd = true
            return ComtradeLine.trimmed(rest)
        }
        let field = rest[..<comma]
        rest = rest[(comma + 1)...]
        return ComtradeLine.trimmed(field)
    }

    /// 0 to 10¹⁵.
    private static func whole(_ field: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard let value = DecimalNumber.parse(field), 0...1e15 ~= value else { return nil }
        return Int(exactly: value)
    }

    private func invalid(_ field: Slice<UnsafeRawBufferPointer>, _ name: String, _ expected: String) -> RecordingFault {
        .lineInvalid(
            line: line, field: name, value: String(decoding: field.prefix(80), as: UTF8.self), expected: expected)
    }
}
