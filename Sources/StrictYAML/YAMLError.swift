/// What is wrong with a YAML file (settings, a station profile), where, and what to do about it.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
    /// The file's name as it was given.
    public var file: String
    /// Counted from 1; nil where the text as a whole is meant.
    public var line: Int?
    /// The path of keys, for example `registers.status.type`; empty for the text as a whole.
    public var field: String
    public var problem: String
    public var remedy: String

    public init(file: String, line: Int?, field: String, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.field = field
        self.problem = problem
        self.remedy = remedy
    }

    /// `file:line: field: problem; remedy`, one line whatever stands in the text: control characters become blanks.
    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        let words = field.isEmpty ? "\(place): \(problem); \(remedy)" : "\(place): \(field): \(problem); \(remedy)"
        var line = String.UnicodeScalarView()
        for scalar in words.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
            default: line.append(scalar)
            }
        }
        return String(line)
    }
}

/// The nearest of `known` to a mistyped word, where one is near enough to be meant.
public func nearest(to word: String, among known: [String]) -> String? {
    let candidates = known.map { (word: $0, distance: editDistance(word, $0)) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, word.count / 3) && best.distance < word.count ? best.word : nil
}

/// Insertions, deletions and replacements that lead from one word to the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in right.indices {
            let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (character == right[j] ? 0 : 1))
            diagonal = row[j + 1]
            row[j + 1] = cost
        }
    }
    return row[right.count]
}
