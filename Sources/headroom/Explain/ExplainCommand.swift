import ArgumentParser
import Foundation

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell why each station had its limit at a moment of a recorded run.",
        discussion: """
            Takes a file that headroom run --record or headroom demo --record wrote: a JSON line for each decision.

            Example: headroom explain monday.jsonl --at 2026-11-23T18:04:10Z

            Example: headroom explain monday.jsonl --changes --station "Parking 2"
            """)

    @Argument(help: ArgumentHelp("The recorded decisions.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The moment: seconds since the start, or a time as 2026-11-23T18:04:10Z. Default: the last decision.",
            valueName: "moment"))
    var at: String?

    @Option(help: ArgumentHelp("Only this station.", valueName: "name"))
    var station: String?

    @Flag(help: "One line for each change of a limit, over the whole recording.")
    var changes = false

    @Flag(help: "The decision as it was recorded, a JSON line.")
    var json = false

    func validate() throws {
        if changes, at != nil { throw ValidationError("--changes is about the whole recording: leave --at out") }
        if changes, json { throw ValidationError("--changes is for people; the file itself is JSON lines") }
    }

    func run() throws {
        try reportingErrors {
            let moment = try at.map { try Moment($0) }
            if changes { return try showChanges() }
            var found: DecisionLine?
            var first: DecisionLine?
            try DecisionFile.read(file) { line in
                if first == nil { first = line }
                if let moment, !moment.isReached(by: line) { return false }
                found = line
                return true
            }
            guard var decision = found else {
                throw RunError(
                    "\(file): the first decision is that of \(first?.time ?? "?"), \(fixed(first?.seconds ?? 0, 3)) s; "
                        + "name a later moment")
            }
            try restrict(&decision)
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(decision), as: UTF8.self))
            } else {
                DecisionReport.lines(decision).forEach { print($0) }
            }
        }
    }

    private func restrict(_ decision: inout DecisionLine) throws {
        guard let station else { return }
        let names = decision.stations.map(\.name)
        decision.stations.removeAll { $0.name != station }
        guard decision.stations.isEmpty else { return }
        throw RunError("no station '\(station)'; there are: \(names.joined(separator: ", "))")
    }

    private func showChanges() throws {
        var last: [String: DecisionLine.Station] = [:]
        var names: Set<String> = []
        try DecisionFile.read(file) { line in
            for part in line.stations {
                names.insert(part.name)
                guard station == nil || part.name == station else { continue }
                if let before = last[part.name], before.limit == part.limit { continue }
                print(DecisionReport.change(part, from: last[part.name], line))
                last[part.name] = part
            }
            return true
        }
        if let station, !names.contains(station) {
            throw RunError("no station '\(station)'; there are: \(names.sorted().joined(separator: ", "))")
        }
    }
}

/// A moment of a recording.
private enum Moment {
    case seconds(Double)
    case time(Date)

    init(_ text: String) throws {
        if let seconds = Double(text), seconds.isFinite {
            self = .seconds(seconds)
        } else if let time = try? Date(text, strategy: .iso8601) {
            self = .time(time)
        } else {
            throw UsageError("--at \(text): use seconds since the start, or a time as 2026-11-23T18:04:10Z")
        }
    }

    /// Whether a decision was made by then.
    func isReached(by line: DecisionLine) -> Bool {
        switch self {
        case .seconds(let seconds): line.seconds <= seconds
        case .time(let time): (try? Date(line.time, strategy: .iso8601)).map { $0 <= time } ?? false
        }
    }
}
