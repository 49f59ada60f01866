import Allocation
import ArgumentParser
import Realtime
import Site
import Stations

struct StationsSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Hold a station at a limit by hand, and show what it makes of it. Writes to the station.",
        discussion: """
            Says what is written where and asks before it writes; --yes answers in advance. The limit is held until \
            --for is over or Ctrl-C; then the station is left at its fail-safe limit. Nothing is written to a station \
            that does not prove to be of the profile. Stop headroom run before: two programs must not steer one station. \
            Exit code 0 where the station took the limit.

            Examples:
            headroom stations set 192.168.1.20 --profile abb-terra-ac --amperes 8 --for 60s
            headroom stations set --config site.yaml --station "Parkplatz 1" --amperes 10 --phase L1=6 --yes
            """)

    @OptionGroup var target: TargetOptionGroup

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The limit of each phase: 0 stops, else what the model takes.", valueName: "A"))
    var amperes: Double

    @Option(
        help: ArgumentHelp(
            "Another limit of one supply line, where the station takes one for each.", valueName: "line=A"))
    var phase: [String] = []

    @Option(name: .customLong("for"), help: ArgumentHelp("How long: 90, 60s, 5min, 1h.", valueName: "time"))
    var duration: String?

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Write although the profile has nothing to tell the station by: you vouch for it.")
    var unidentified = false

    @Flag(help: "One JSON object per second, and a summary line at the end.")
    var json = false

    func run() throws {
        try reportingErrors {
            var station = try target.configuration()
            // Else the writer leaves it at its maximum: here it was asked to hold it.
            station.isManaged = true
            let limit = try limit(for: station)
            let seconds = try duration.map(Self.seconds)
            if !yes, !canAsk { throw UsageError("nobody can be asked here; --yes answers in advance") }
            let plan = try SetPlan(station, limit, isUnidentifiedAllowed: unidentified)
            plan.lines(seconds: seconds).forEach { complain($0) }
            if !yes, !isConfirmed("Write this? [y/N] ") { throw RunError("not confirmed; nothing was written") }
            let writer = try StationWriter(station)
            writer.publish(limit)
            let isTaken = SetSession(writer: writer, station: station, limit: limit, seconds: seconds, json: json).run()
            if !isTaken { throw ExitCode(1) }
        }
    }

    private func limit(for station: StationConfiguration) throws -> StationLimit {
        let (uniform, lines) = (amperes, try phase.map(Self.lineLimit))
        for value in [uniform] + lines.map(\.amperes) { try check(value, station) }
        guard !lines.isEmpty else { return StationLimit(amperes: uniform) }
        guard station.profile.canHaveLimitPerPhase else {
            throw UsageError("--phase: \(station.profile.name) has one limit for all phases")
        }
        var own = PerPhaseAmperes(uniform)
        for line in lines {
            guard station.supplyPhases.contains(line.phase) else {
                throw UsageError("--phase \(line.phase.name): the station is not on this line")
            }
            own[line.phase] = line.amperes
        }
        return StationLimit(amperes: station.supplyPhases.map { own[$0] }.min() ?? uniform, lineAmperes: own)
    }

    private func check(_ value: Double, _ station: StationConfiguration) throws {
        let profile = station.profile
        let isPause = value == 0 && profile.canPause
        guard isPause || (value >= profile.minimumAmperes && value <= station.maximumAmperes) else {
            let pause = profile.canPause ? "0, or " : "(\(profile.name) cannot be stopped) "
            throw UsageError(
                "\(headroom.json(value)) A: use \(pause)\(Site.amperes(profile.minimumAmperes)) to "
                    + Site.amperes(station.maximumAmperes))
        }
    }

    private static func lineLimit(_ text: String) throws -> (phase: Phase, amperes: Double) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let phase = Phase.allCases.first(where: { $0.name == parts[0].uppercased() }),
            let value = Double(parts[1])
        else { throw UsageError("--phase \(text): write it as L1=6") }
        return (phase, value)
    }

    /// `90`, `60s`, `5min`, `1h`.
    static func seconds(_ text: String) throws -> Double {
        let units = [("min", 60.0), ("h", 3600.0), ("s", 1.0), ("", 1.0)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)) else { continue }
            let seconds = number * factor
            guard seconds > 0, seconds <= 1e6 else { break }
            return seconds
        }
        throw UsageError("--for \(text): use for example 90, 60s, 5min or 1h")
    }
}
