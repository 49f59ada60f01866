/// A COMTRADE configuration (.cfg) of 1991, 1999 or 2013, read strictly: what the measurement needs must be there
/// and right; what it does not need (trigger time, time codes, lines behind `timemult`) is passed over.
struct ComtradeConfiguration: Equatable {
    enum Revision { case year1991, year1999, year2013 }

    enum DataType: String, CaseIterable {
        case ascii = "ASCII"
        case binary = "BINARY"
        case binary32 = "BINARY32"
        case float32 = "FLOAT32"
    }

    /// A stretch of one sampling rate.
    struct Rate: Equatable {
        /// Frames per second; 0: only the timestamps tell.
        var hertz: Double
        /// Frames from the start of the recording to the end of this stretch.
        var endFrame: Int
    }

    let revision: Revision
    /// Analogue channels.
    let channels: [RecordingChannel]
    let digitalCount: Int
    let nominalHz: Double?
    /// At least one. Ends never go back.
    let rates: [Rate]
    /// Date and time of the first frame with a comma between them, as written; nil where both are empty.
    let startTime: String?
    let dataType: DataType
    /// What one step of a timestamp is worth.
    let timestampSeconds: Double

    var frameCount: Int { rates.last?.endFrame ?? 0 }

    /// The rate of all frames; nil where only timestamps can tell.
    func statedRateHz() throws(RecordingFault) -> Double? {
        var first: Double?
        var start = 0
        for rate in rates where rate.endFrame > start {
            if rate.hertz == 0 { return nil }
            if let first, first != rate.hertz {
                throw .ratesDiffer(firstHz: first, nextHz: rate.hertz, frame: start)
            }
            first = rate.hertz
            start = rate.endFrame
        }
        if let first { return first }
        return rates.first.flatMap { $0.hertz == 0 ? nil : $0.hertz }
    }

    init(_ text: UnsafeRawBufferPointer) throws(RecordingFault) {
        var lines = ComtradeLines(text)
        revision = try Self.revision(&lines)
        let counts = try Self.counts(&lines)
        channels = try Self.analogueChannels(&lines, count: counts.analogue, revision)
        try Self.skipDigitalChannels(&lines, count: counts.digital)
        digitalCount = counts.digital

        var line = try lines.next("the nominal frequency, or nothing")
        try line.requireFields(1)
        nominalHz = try line.number(0, "lf", "50 or 60, or nothing")
        if let nominalHz, !(1...1000 ~= nominalHz) { throw line.invalid(0, "lf", "50 or 60, or nothing") }

        rates = try Self.rates(&lines)

        let start = try Self.time(&lines, "date and time of the first frame")
        let trigger = try Self.time(&lines, "date and time of the trigger")
        startTime = start == "," ? nil : start

        line = try lines.next("the data type")
        try line.requireFields(1)
        let types: [DataType] = revision == .year1991 ? [.ascii, .binary] : DataType.allCases
        guard let type = types.first(where: { $0.rawValue == line.fields[0].uppercased() }) else {
            throw line.invalid(0, "ft", types.map(\.rawValue).joined(separator: " or "))
        }
        dataType = type

        // 2013: timestamps count nanoseconds where the times are written to the nanosecond.
        let isFine = revision == .year2013 && [start, trigger].contains { Self.fractionDigits($0) > 6 }
        timestampSeconds = (isFine ? 1e-9 : 1e-6) * (try Self.timeMultiplier(&lines, revision))
        // A cut last digit would only change what timestamps are worth: without a rate that matters.
        if !lines.isTerminated, lines.isAtEnd, try statedRateHz() == nil { throw .lineCut(line: lines.number) }
    }

    private static func revision(_ lines: inout ComtradeLines) throws(RecordingFault) -> Revision {
        var line = try lines.next("station_name,rec_dev_id,rev_year")
        try line.requireFields(2, 3)
        // The first edition has no such field.
        guard line.fields.count == 3, !line.fields[2].isEmpty else { return .year1991 }
        switch line.fields[2] {
        case "1991": return .year1991
        case "1999", "2000", "2001": return .year1999  // IEC 60255-24:2001 is the text of 1999.
        case "2013": return .year2013
        default: throw line.invalid(2, "rev_year", "1991, 1999 or 2013")
        }
    }

    private static func rates(_ lines: inout ComtradeLines) throws(RecordingFault) -> [Rate] {
        var line = try lines.next("the number of sampling rates")
        try line.requireFields(1)
        let count = try line.count(0, "nrates", "the number of sampling rates, 0 for timestamps alone", 0...Int.max)
        var rates: [Rate] = []
        // Without a rate there still is one line, with rate 0.
        for _ in 0..<max(1, count) {
            line = try lines.next("samp,endsamp")
            try line.requireFields(2)
            let hertz = try line.requiredNumber(0, "samp", "frames per second, 1 to 1e9, or 0 for timestamps alone") {
                $0 == 0 || 1...1e9 ~= $0
            }
            if count == 0, hertz != 0 { throw line.invalid(0, "samp", "0, or nrates as 1") }
            let end = try line.count(
                1, "endsamp", "the number of the last sample, not below the line before",
                (rates.last?.endFrame ?? 0)...Int(UInt32.max))
            rates.append(Rate(hertz: hertz, endFrame: end))
        }
        return rates
    }

    private static func time(_ lines: inout ComtradeLines, _ expected: String) throws(RecordingFault) -> String {
        var line = try lines.next(expected)
        try line.requireFields(2)
        return line.fields.joined(separator: ",")
    }

    private static func fractionDigits(_ time: String) -> Int {
        time.lastIndex(of: ".").map { time[$0...].dropFirst().prefix { $0.isASCII && $0.isNumber }.count } ?? 0
    }

    private static func timeMultiplier(
        _ lines: inout ComtradeLines, _ revision: Revision
    ) throws(RecordingFault) -> Double {
        // The first edition has no such line.
        if revision == .year1991, lines.isAtEnd { return 1 }
        var line = try lines.next("timemult")
        try line.requireFields(1)
        return try line.requiredNumber(0, "timemult", "a factor between 1e-9 and 1e9, 1 as a rule") {
            1e-9...1e9 ~= $0
        }
    }
}
