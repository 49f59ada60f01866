/// What is wrong with a table of comma-separated values, where, and what to do about it.
public struct CSVError: Error, Equatable, CustomStringConvertible {
    /// As it was given.
    public var file: String
    /// Counted from 1; nil where the table as a whole is meant.
    public var line: Int?
    /// The column's name; empty where the row as a whole is meant.
    public var column: String
    public var problem: String
    public var remedy: String

    /// `file:line: column: problem; remedy`, one line whatever stands in the text: control characters become blanks.
    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        let words = column.isEmpty ? "\(place): \(problem); \(remedy)" : "\(place): \(column): \(problem); \(remedy)"
        return String(
            String.UnicodeScalarView(words.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

/// A table of comma- or semicolon-separated values whose first line names the columns. Fields may stand in double
/// quotes; a quote within is doubled. Empty lines are skipped.
public struct CSVTable {
    public let file: String
    public let columns: [String]
    /// Each with its line, counted from 1, and as many fields as there are columns.
    public let rows: [Row]

    /// One line of it.
    public struct Row {
        public let line: Int
        public let fields: [Substring]
    }

    /// - Parameter file: its name, for error messages.
    /// - Throws: `CSVError` for a table without rows, or a row of another length than the first.
    public init(_ text: String, file: String) throws(CSVError) {
        self.file = file
        func failure(_ line: Int?, _ problem: String, _ remedy: String) -> CSVError {
            CSVError(file: file, line: line, column: "", problem: problem, remedy: remedy)
        }
        var columns: [String] = []
        var separator: Character = ","
        var rows: [Row] = []
        for (index, content) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = index + 1
            guard content.contains(where: { !$0.isWhitespace }) else { continue }
            if columns.isEmpty {
                let header = content.hasPrefix("\u{FEFF}") ? content.dropFirst() : content
                separator = header.contains(";") && !header.contains(",") ? ";" : ","
                guard let fields = Self.fields(header, separator) else {
                    throw failure(line, "a quote that does not end", "close it on the same line")
                }
                columns = fields.map { String($0) }
                if let twice = columns.first(where: { name in columns.count { $0 == name } > 1 }) {
                    throw failure(line, "two columns are called '\(twice)'", "give each its own name")
                }
                continue
            }
            guard let fields = Self.fields(content, separator) else {
                throw failure(line, "a quote that does not end", "close it on the same line")
            }
            guard fields.count == columns.count else {
                throw failure(
                    line, "\(fields.count) fields instead of \(columns.count)",
                    "write one for each column of line 1, with '\(separator)' between them")
            }
            rows.append(Row(line: line, fields: fields))
        }
        guard !rows.isEmpty else {
            throw failure(nil, "no rows", "name the columns in line 1, and give at least one row of values below")
        }
        self.columns = columns
        self.rows = rows
    }

    /// The place of a column.
    ///
    /// - Throws: `CSVError` that names the columns there are.
    public func place(of column: String) throws(CSVError) -> Int {
        guard let place = columns.firstIndex(of: column) else {
            throw CSVError(
                file: file, line: 1, column: column, problem: "there is no such column",
                remedy: "the columns are \(columns.joined(separator: ", "))")
        }
        return place
    }

    /// The error that something is wrong at a field.
    public func error(_ row: Row, _ place: Int, _ problem: String, _ remedy: String) -> CSVError {
        CSVError(file: file, line: row.line, column: columns[place], problem: problem, remedy: remedy)
    }

    /// A finite number within `range`.
    public func number(_ row: Row, _ place: Int, _ range: ClosedRange<Double>) throws(CSVError) -> Double {
        let text = row.fields[place]
        guard let value = Double(text), range.contains(value) else {
            throw error(
                row, place, "'\(text)' is no number from \(range.lowerBound) to \(range.upperBound)",
                "write such a number, with a decimal point")
        }
        return value
    }

    /// A moment, with what is written of its clock.
    public func time(_ row: Row, _ place: Int) throws(CSVError) -> (time: WallTime, clock: WallTime.Clock) {
        guard let time = WallTime.parse(row.fields[place]) else {
            throw error(
                row, place, "'\(row.fields[place])' is no time",
                "write it as 2019-09-01T08:00:00, or with an offset behind")
        }
        return time
    }

    private static func fields(_ line: Substring, _ separator: Character) -> [Substring]? {
        guard line.contains("\"") else {
            return line.split(separator: separator, omittingEmptySubsequences: false).map(Self.trimmed)
        }
        var fields: [Substring] = []
        var field = ""
        var isQuoted = false
        var rest = line[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"": field.append(contentsOf: String(rest.removeFirst()))
            case "\"": isQuoted.toggle()
            case separator where !isQuoted:
                fields.append(trimmed(field[...]))
                field = ""
            default: field.append(character)
            }
        }
        fields.append(trimmed(field[...]))
        return isQuoted ? nil : fields
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
