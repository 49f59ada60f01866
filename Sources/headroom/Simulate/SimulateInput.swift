import Allocation
import ArgumentParser
import Simulation
import Site

/// What is simulated: the same words on the command line and in the report.
struct SimulateInput: ParsableArguments {
    @Argument(help: "The site's settings, as for headroom run.")
    var settings: String

    @Option(help: ArgumentHelp("The building's own load, as a table.", valueName: "file"))
    var load: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The columns of L1, L2, L3 in it; '-' for none.", valueName: "a,b,c"))
    var loadColumns: String?

    @Option(help: ArgumentHelp("Charging sessions, as a table.", valueName: "file"))
    var sessions: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Draw so many cars a day; default: as many as there are stations.", valueName: "n"))
    var carsPerDay: Double?

    @Option(help: "When drawn cars come: home (evening, overnight) or work (morning).")
    var arrivals: String = ArrivalPattern.home.rawValue

    @Option(
        help: ArgumentHelp(
            "Every car's charger, phases x ampere, for example 3x16; default: drawn from what is usual in Europe.",
            valueName: "car"))
    var car: String?

    @Option(help: ArgumentHelp("Utility signals and faults, as YAML.", valueName: "file"))
    var events: String?

    @Option(help: ArgumentHelp("First day; default: that of the first session, else 2026-01-05.", valueName: "date"))
    var from: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Days to simulate, 1 to 3660.", valueName: "n"))
    var days = 7

    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of all chance.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Another main fuse than the settings say, on all lines.", valueName: "A"))
    var mainLimit: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "So many stations, made by repeating those of the settings, the further ones with turned lines.",
            valueName: "n"))
    var stations: Int?

    /// Some hundred bytes each.
    private static let mostVisits = 1_000_000.0

    /// - Throws: `UsageError` for options that cannot be, the files' own errors with place and remedy.
    func read() throws -> SimulationPlan {
        guard (1...3660).contains(days) else { throw UsageError("--days \(days): use 1 to 3660") }
        guard let pattern = ArrivalPattern(rawValue: arrivals) else {
            throw UsageError("--arrivals \(arrivals): use home or work")
        }
        if let carsPerDay, !(0...10_000).contains(carsPerDay) {
            throw UsageError("--cars-per-day \(carsPerDay): use 0 to 10000")
        }
        guard sessions == nil || carsPerDay == nil else { throw UsageError("--sessions and --cars-per-day: use one") }
        guard loadColumns == nil || load != nil else { throw UsageError("--load-columns without --load") }
        let kind = try car.map { text in
            guard let kind = CarKind(text) else {
                throw UsageError("--car \(text): use phases x ampere, as 3x16 or 1x32")
            }
            return kind
        }
        let settings = try SettingsFile.read(settings)
        var plan = SimulationPlan(try simulated(settings), name: settings.name, days: days, seed: seed)
        if let mainLimit { try plan.setMainLimit(mainLimit, named: "--main-limit") }
        try readLoad(&plan)
        try readCars(&plan, kind: kind, pattern: pattern)
        if let events {
            let text = try SettingsFile.text(of: events, kind: "events", missing: "see headroom simulate --help")
            plan.events = try SiteEvent.parse(
                yaml: text, file: events, began: plan.began, stations: plan.site.stations.map(\.name))
            if let late = plan.events.firstIndex(where: { $0.startSecond >= plan.seconds }) {
                throw RunError(
                    "\(events): events[\(late)].at: after the run of \(days) \(days == 1 ? "day" : "days"); give --days more, "
                        + "or remove the event")
            }
            plan.eventWords = events
        }
        return plan
    }

    private func simulated(_ settings: SiteSettings) throws -> SimulatedSite {
        if let cloud = settings.cloudStations.first {
            throw RunError(
                "'\(cloud.name)' is an installation behind its maker's cloud, which is not simulated; describe its "
                    + "chargers as stations in a copy of the settings")
        }
        var models = settings.stations.map { StationModel($0) }
        guard !models.isEmpty else { throw RunError("\(self.settings): no stations; list at least one") }
        if let stations {
            guard (1...1000).contains(stations) else { throw UsageError("--stations \(stations): use 1 to 1000") }
            let given = models
            models = (0..<stations).map { index in
                var model = given[index % given.count]
                guard index >= given.count else { return model }
                model.name += " (\(index + 1))"
                // Turned by a line each, as an electrician would wire them.
                let turn = index / given.count
                model.supplyPhases = model.supplyPhases.map { Phase.allCases[(Int($0.rawValue) + turn) % 3] }
                var lines: PhaseSet = []
                for phase in model.supplyPhases { lines.insert(PhaseSet(phase)) }
                model.rating.phases = lines
                model.rating.rotation = PhaseRotation(model.supplyPhases) ?? model.rating.rotation
                return model
            }
        }
        return SimulatedSite(
            limits: settings.supply.limits, nodes: settings.groups.map(\.node), policy: settings.policy,
            volts: settings.supply.nominalVolts,
            feedsIn: settings.supply.feedsIn, stations: models)
    }

    private func readLoad(_ plan: inout SimulationPlan) throws {
        guard let load else { return }
        let text = try SettingsFile.text(
            of: load, kind: "load", missing: "name a table of the load", largestBytes: 1 << 28)
        var columns: RecordedLoad.Columns?
        if let loadColumns {
            let names = loadColumns.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard names.count == 3 else {
                throw UsageError("--load-columns \(loadColumns): name three, with commas between and '-' for none")
            }
            columns = .init(lines: names.map { $0 == "-" ? nil : $0 })
        }
        let recorded = try RecordedLoad.parse(text, file: load, columns: columns, volts: plan.site.volts)
        plan.load = .recorded(recorded)
        let length = recorded.periodSeconds
        plan.loadWords =
            recorded.followsTimeOfDay
            ? "\(load), \(length / 86_400) days by the time of day, over and over"
            : "\(load), \(length / 60) min \(length % 60) s over and over"
        for change in recorded.clockChanges where recorded.followsTimeOfDay {
            plan.loadWords += "; its clock is set at line \(change.line), the run's is not"
        }
    }

    private func readCars(_ plan: inout SimulationPlan, kind: CarKind?, pattern: ArrivalPattern) throws {
        let first = try from.map { text in
            guard let day = WallTime.parse(text)?.time else {
                throw UsageError("--from \(text): use a date, 2019-09-02")
            }
            return day
        }
        let cars = kind.map { "each \($0)" } ?? "chargers drawn"
        guard let sessions else {
            plan.began = first ?? plan.began
            let perDay = carsPerDay ?? Double(plan.site.stations.count)
            // All of them are drawn before the first second.
            guard perDay * Double(days) <= Self.mostVisits else {
                throw UsageError(
                    "--cars-per-day \(perDay), --days \(days): more than \(Int(Self.mostVisits)) visits; use fewer days"
                )
            }
            plan.visits = CarVisit.drawn(
                perDay: perDay, days: days, pattern: pattern, car: kind, seed: seed, began: plan.began)
            plan.carWords =
                "\(fixed(perDay, perDay == perDay.rounded() ? 0 : 1)) cars a day drawn (\(arrivals)), \(cars)"
            return
        }
        let text = try SettingsFile.text(
            of: sessions, kind: "sessions", missing: "name a table of sessions", largestBytes: 1 << 28)
        let recorded = try RecordedSessions.parse(text, file: sessions)
        plan.began = first ?? recorded.firstDay
        plan.visits = recorded.visits(
            from: plan.began, days: days, car: kind, seed: seed, stations: plan.site.stations.map(\.name))
        guard !plan.visits.isEmpty else {
            throw RunError(
                "\(sessions): no session begins within \(days) days from \(plan.began.dayText); the first is on "
                    + "\(recorded.firstDay.dayText): use --from")
        }
        plan.carWords = "\(plan.visits.count) sessions of \(sessions), \(cars)"
    }
}
