/// A building's own load as it was recorded, played again and again.
public struct RecordedLoad: Sendable {
    /// Seconds from the first row; rising.
    private let starts: [Int64]
    /// Milliampere of L1, L2, L3; negative: fed in.
    private let milliamperes: [SIMD3<Int32>]
    /// After so many seconds it begins anew: whole days where it covers one, else its whole length.
    public let periodSeconds: Int64
    /// When its first row was recorded.
    public let began: WallTime
    /// Where its clock was set, as for summer time.
    public let clockChanges: [ClockChange]

    private init(starts: [Int64], milliamperes: [SIMD3<Int32>], began: WallTime, clockChanges: [ClockChange]) {
        self.starts = starts
        self.milliamperes = milliamperes
        self.began = began
        self.clockChanges = clockChanges
        let count = starts.count
        let lastStep = count > 1 ? starts[count - 1] - starts[count - 2] : 1
        let length = starts[count - 1] + lastStep
        periodSeconds = length >= 86_400 ? length / 86_400 * 86_400 : length
    }

    /// True: it is played by the time of day. False: it is shorter than a day and begins with the run.
    public var followsTimeOfDay: Bool { periodSeconds >= 86_400 }

    /// Which columns hold the three lines, and how their figures are to be read.
    public struct Columns: Sendable, Equatable {
        /// The names of the columns of L1, L2, L3; nil: nothing is on this line. A name that ends in `_kw` or `_w`, in small or
        /// large letters, is a power, all others are ampere.
        public var lines: [String?]

        public init(lines: [String?]) { self.lines = lines }

        /// `l1_a,l2_a,l3_a`, or as utility meters call them `i1,i2,i3`.
        static let known = [["l1_a", "l2_a", "l3_a"], ["i1", "i2", "i3"], ["l1_kw", "l2_kw", "l3_kw"]]
    }

    /// Reads a table with a column `time` (or `t_s`: seconds) and one for each line. Rows may be any time apart; each
    /// holds until the next.
    ///
    /// - Parameters:
    ///   - columns: nil: `l1_a,l2_a,l3_a`, `i1,i2,i3` or `l1_kw,l2_kw,l3_kw`, whichever there is.
    ///   - volts: by which powers become currents.
    /// - Throws: `CSVError` with file, line, column and remedy.
    public static func parse(
        _ text: String, file: String, columns: Columns? = nil, volts: Double
    ) throws(CSVError) -> RecordedLoad {
        let table = try CSVTable(text, file: file)
        let isClock = table.columns.contains("time")
        let timePlace = try table.place(of: isClock ? "time" : "t_s")
        let lines: [String?]
        if let columns { lines = columns.lines } else { lines = try known(in: table) }
        var places: [Int?] = []
        for name in lines {
            guard let name else {
                places.append(nil)
                continue
            }
            places.append(try table.place(of: name))
        }
        let clock = try RowClock(table, timePlace, isClock: isClock)
        var values: [SIMD3<Int32>] = []
        for row in table.rows {
            var sample = SIMD3<Int32>.zero
            for (line, place) in places.enumerated() {
                guard let place else { continue }
                let name = table.columns[place].lowercased()
                let perUnit = name.hasSuffix("_kw") ? 1000 / volts : name.hasSuffix("_w") ? 1 / volts : 1
                let amperes = try table.number(row, place, -100_000...100_000) * perUnit
                guard amperes.magnitude <= 100_000 else {
                    throw table.error(
                        row, place, "'\(row.fields[place])' is \(amperes) A", "no line of a building has 100 000 A")
                }
                sample[line] = Int32((amperes * 1000).rounded())
            }
            values.append(sample)
        }
        return RecordedLoad(
            starts: clock.starts, milliamperes: values, began: clock.began, clockChanges: clock.changes)
    }

    private static func known(in table: CSVTable) throws(CSVError) -> [String?] {
        for names in Columns.known where names.allSatisfy(table.columns.contains) { return names }
        throw CSVError(
            file: table.file, line: 1, column: "", problem: "no columns l1_a, l2_a, l3_a nor i1, i2, i3",
            remedy: "name those of the three lines with --load-columns, a '-' for a line without load; the columns are "
                + table.columns.joined(separator: ", "))
    }

    /// Where the player is.
    struct Cursor {
        fileprivate var row = 0
        /// Of the second in which the run began; nil: not sought yet.
        fileprivate var offset: Int64?
    }

    /// Seconds from the first row to the moment at which its clock shows what the run's shows at its beginning. From
    /// there on both go on by the second: the run's clock is never set.
    private func offset(runBegan: WallTime) -> Int64 {
        guard followsTimeOfDay else { return 0 }
        let shown = within(runBegan.seconds - began.seconds)
        var offset = shown
        for change in clockChanges where shown - change.aheadSeconds >= change.second {
            offset = shown - change.aheadSeconds
        }
        return offset
    }

    private func within(_ seconds: Int64) -> Int64 { (seconds % periodSeconds + periodSeconds) % periodSeconds }

    /// The load at `time`, in milliampere. Cheap where `time` goes on from call to call.
    ///
    /// - Parameter began: when the run began.
    func milliamperes(at time: WallTime, runBegan: WallTime, cursor: inout Cursor) -> SIMD3<Int32> {
        let offset = cursor.offset ?? offset(runBegan: runBegan)
        cursor.offset = offset
        let second = within(offset + time.seconds - runBegan.seconds)
        if starts[cursor.row] > second { cursor.row = 0 }
        while cursor.row + 1 < starts.count, starts[cursor.row + 1] <= second { cursor.row += 1 }
        return milliamperes[cursor.row]
    }
}
