extension RecordedLoad {
    /// A clock that was set within a table.
    public struct ClockChange: Sendable, Equatable {
        /// The table's line of the first row after it.
        public var line: Int
        /// Seconds from the first row to that row.
        public var second: Int64
        /// What the clock shows from then on beyond what it would show had it never been set; negative: set back.
        public var aheadSeconds: Int64
    }

    /// When the rows of a table were recorded: the seconds that passed, whatever the clock showed.
    struct RowClock {
        private(set) var starts: [Int64] = []
        private(set) var began = WallTime(seconds: 0)
        private(set) var changes: [ClockChange] = []
        private var first = WallTime.Clock.unknown
        private var aheadSeconds: Int64 = 0

        /// - Throws: `CSVError` for a row that cannot be after the one before, and for clocks of two kinds.
        init(_ table: CSVTable, _ place: Int, isClock: Bool) throws(CSVError) {
            for row in table.rows {
                guard isClock else {
                    try add(
                        WallTime(seconds: Int64(try table.number(row, place, 0...1e10))), .utcOffset(0), row, table,
                        place)
                    continue
                }
                let (time, clock) = try table.time(row, place)
                try add(time, clock, row, table, place)
            }
        }

        private mutating func add(
            _ time: WallTime, _ clock: WallTime.Clock, _ row: CSVTable.Row, _ table: CSVTable, _ place: Int
        ) throws(CSVError) {
            if starts.isEmpty { (began, first) = (time, clock) }
            guard clock.isOfSameKind(as: first) else {
                throw table.error(
                    row, place, "another way to write the time than in the rows before",
                    "write all times with their UTC offset (\(Self.example)), or none")
            }
            let shown = time.seconds - began.seconds
            var ahead = aheadSeconds
            if let written = clock.aheadSeconds, let atFirst = first.aheadSeconds { ahead = written - atFirst }
            if clock == .unknown, wasSetBack(to: time, shown) { ahead -= 3600 }
            let start = shown - ahead
            if let last = starts.last, start <= last {
                throw table.error(row, place, "not a second or more after the row before", remedy(shown, clock))
            }
            if ahead != aheadSeconds {
                changes.append(ClockChange(line: row.line, second: start, aheadSeconds: ahead))
                aheadSeconds = ahead
            }
            starts.append(start)
        }

        private static let example = "2026-10-25T02:00:00+02:00"

        /// Whether a clock without an offset was set back by an hour, as at the end of summer time: in the night to a Sunday,
        /// and the rows go on as far apart as before.
        private func wasSetBack(to time: WallTime, _ shown: Int64) -> Bool {
            guard starts.count >= 2, let last = starts.last, time.weekday == 6, time.secondOfDay < 4 * 3600 else {
                return false
            }
            let start = shown - aheadSeconds
            return start <= last && start + 3600 - last == last - starts[starts.count - 2]
        }

        private func remedy(_ shown: Int64, _ clock: WallTime.Clock) -> String {
            let sorted = "sort the rows by time, one a second at most"
            // Within the hour before: it may be the one that comes twice.
            guard clock == .unknown, let last = starts.last, shown - aheadSeconds + 3600 > last else { return sorted }
            return sorted
                + "; where this is the hour that comes twice when summer time ends, write all times with their UTC offset: "
                + "\(Self.example) the first time, 2026-10-25T02:00:00+01:00 the second"
        }
    }
}
