/// A moment on a building's own clock, in whole seconds since 1970-01-01 00:00:00 of that clock. A label: durations come
/// from differences of moments with the same offset.
public struct WallTime: Sendable, Hashable, Comparable {
    public var seconds: Int64

    public init(seconds: Int64) { self.seconds = seconds }

    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

    /// Midnight at the beginning of its day.
    public var startOfDay: WallTime { WallTime(seconds: seconds - secondOfDay) }
    /// 0 to 86399.
    public var secondOfDay: Int64 { (seconds % 86_400 + 86_400) % 86_400 }

    /// The moment `other` seconds later.
    public func advanced(bySeconds other: Int64) -> WallTime { WallTime(seconds: seconds + other) }

    /// `2019-09-01T08:00:00`.
    public var text: String { "\(dayText)T\(clockText)" }
    /// `2019-09-01`.
    public var dayText: String {
        let (year, month, day) = civil
        return "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))"
    }
    /// `08:00:00`.
    public var clockText: String {
        let second = secondOfDay
        return "\(Self.twoDigits(second / 3600)):\(Self.twoDigits(second / 60 % 60)):\(Self.twoDigits(second % 60))"
    }
    /// 0 Monday to 6 Sunday.
    public var weekday: Int { Int(((seconds - secondOfDay) / 86_400 % 7 + 10) % 7) }

    /// Reads `2019-09-01`, `2019-09-01 08:00`, `2019-09-01T08:00:00.5-07:00`, and a letter behind it (`Z`, or the `S` and
    /// `W` for summer and winter time of utility meters). Fractions of a second are dropped.
    ///
    /// - Returns: nil where it is no such text.
    public static func parse(_ text: some StringProtocol) -> (time: WallTime, clock: Clock)? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), (1...12).contains(month), day >= 1,
            day <= daysInMonth(month, ofYear: year)
        else { return nil }
        let start = daysFromCivil(year, month, day) * 86_400
        if reader.isAtEnd { return (WallTime(seconds: start), .unknown) }
        guard reader.take("T") || reader.take(" "), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), hour < 24, minute < 60
        else { return nil }
        var second: Int64 = 0
        if reader.take(":") {
            guard let read = reader.number(2), read < 60 else { return nil }
            second = read
            if reader.take(".") { guard reader.skipDigits() else { return nil } }
        }
        let time = WallTime(seconds: start + hour * 3600 + minute * 60 + second)
        if reader.isAtEnd { return (time, .unknown) }
        if reader.take("Z") { return reader.isAtEnd ? (time, .utcOffset(0)) : nil }
        if reader.take("S") { return reader.isAtEnd ? (time, .season(isSummer: true)) : nil }
        if reader.take("W") { return reader.isAtEnd ? (time, .season(isSummer: false)) : nil }
        let isEast = reader.take("+")
        guard isEast || reader.take("-"), let hours = reader.number(2) else { return nil }
        _ = reader.take(":")
        guard let minutes = reader.number(2), hours <= 14, minutes < 60, reader.isAtEnd else { return nil }
        let offset = hours * 3600 + minutes * 60
        return (time, .utcOffset(isEast ? offset : -offset))
    }

    /// What is written of the clock that showed a moment.
    public enum Clock: Sendable, Equatable {
        case unknown
        /// So many seconds before UTC, east of Greenwich.
        case utcOffset(Int64)
        /// Summer time, or winter time.
        case season(isSummer: Bool)

        /// The offset from UTC in seconds, where it is written.
        public var offsetSeconds: Int64? {
            if case .utcOffset(let seconds) = self { seconds } else { nil }
        }

        /// What clocks of its kind are ahead of a common one, in seconds; nil: not known.
        var aheadSeconds: Int64? {
            switch self {
            case .unknown: nil
            case .utcOffset(let seconds): seconds
            case .season(let isSummer): isSummer ? 3600 : 0
            }
        }

        func isOfSameKind(as other: Clock) -> Bool {
            switch (self, other) {
            case (.unknown, .unknown), (.utcOffset, .utcOffset), (.season, .season): true
            default: false
            }
        }
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func daysInMonth(_ month: Int64, ofYear year: Int64) -> Int64 {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 1970-01-01, by eras of 400 years that begin in March.
    private static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private var civil: (year: Int64, month: Int64, day: Int64) {
        let days = (seconds - secondOfDay) / 86_400 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}

/// Takes a text apart from its front.
private struct DigitReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly `count` digits.
    mutating func number(_ count: Int) -> Int64? {
        guard rest.count >= count else { return nil }
        var value: Int64 = 0
        for byte in rest.prefix(count) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(count)
        return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func skipDigits() -> Bool {
        let before = rest.count
        rest = rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return rest.count < before
    }
}
