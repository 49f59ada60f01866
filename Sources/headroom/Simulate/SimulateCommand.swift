import ArgumentParser
import Glibc
import Realtime
import Simulation

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "What a site's connection carries: its settings in virtual time, with cars, household and faults.",
        discussion: """
            Takes the file that headroom run takes; touches neither ADC nor stations. The same seed gives the same output.

            --load: a table with a first line of column names: 'time' (2019-09-01T08:00:00) or 't_s' (seconds), and a \
            column for each line, l1_a,l2_a,l3_a (also i1,i2,i3 or l1_kw,l2_kw,l3_kw); rows any time apart, with a UTC offset (+02:00) or Z where \
            clocks are set meanwhile. Other names: \
            --load-columns i_a,-,- (ampere, or power where a name ends in _kw or _w; '-': nothing on this line). A load \
            of a day and more is played by the time of day, a shorter one over and over. Without --load a house with \
            three flats is drawn.

            --sessions: a table as ACN-Data publishes it: arrival, departure, delivered_energy (kWh), station_id. \
            Without it --cars-per-day are drawn.

            --events: YAML; what: signal or owner-limit (with ampere, kilowatt, percent or locked, as in the settings), station-silent, \
            station-disobedient, station-reboot, meter-lost, load. Example: \
            events: [{at: "2 17:30", minutes: 60, what: signal, percent: 30}]

            --json: one object a line. type 'interval': seconds, t_s, time, base_a and load_a (means of L1, L2, L3), highest_a, \
            waiting (cars without current that want some), signal, alarms, time_to_trip_s (null: never), stations (limit_a, \
            drawn_a (means of L1, L2, L3), reason, limiting_phase, car, phase_mode (single, three, null: does not switch), phase_switches). type 'session', when a car leaves: station, lines, car_a, arrival_s, \
            departure_s, needed_wh, delivered_wh, unlimited_wh (at a connection without a limit), wait_s (null: no \
            current at all), paused_s, full. type 'summary', at the end.

            Example: headroom simulate site.yaml --days 7 --cars-per-day 12 --report week.html
            """)

    @OptionGroup var input: SimulateInput

    @Flag(help: "JSON lines on standard output instead of the summary.")
    var json = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seconds from one JSON line of an interval to the next.", valueName: "s"))
    var every = 60

    @Option(help: ArgumentHelp("Write a page with charts to this new file.", valueName: "file"))
    var report: String?

    @Option(
        help: ArgumentHelp(
            "With the same cars and load, also try other main fuses, for example 40,50,63,80.", valueName: "A,A"))
    var compare: String?

    func run() throws {
        try reportingErrors {
            guard (1...86_400).contains(every) else { throw UsageError("--every \(every): use 1 to 86400 seconds") }
            let others = try comparedAmperes()
            if let report { try SettingsFile.requireNew(report) }
            let plan = try input.read()
            let plans = try others.filter { $0 != plan.mainAmperes }.map { amperes in
                var other = plan
                try other.setMainLimit(amperes, named: "--compare")
                return other
            }
            let interrupt = Interrupt {}
            defer { interrupt.release() }
            let begun = MonotonicClock.nanoseconds()
            var recorder = ReportRecorder(seconds: plan.seconds, stationCount: plan.site.stations.count)
            var lines = SimulateLines(plan, every: every)
            var simulation = plan.makeSimulation()
            var bar = ProgressBar("simulate")
            while simulation.second < plan.seconds, !interrupt.hasHappened {
                simulation.step()
                if report != nil { recorder.note(simulation) }
                if json { lines.note(simulation) { print($0) } }
                if simulation.second % 900 == 0 { bar.update(Double(simulation.second) / Double(plan.seconds)) }
            }
            simulation.finish()
            bar.update(1)
            let seconds = Double(MonotonicClock.nanoseconds() - begun) / 1e9
            let summary = SimulationSummary(simulation)
            if json {
                lines.finish(simulation) { print($0) }
                print(SimulateLines.summary(summary, plan))
            } else {
                SimulateWords(summary, plan).lines.forEach { print($0) }
            }
            complain(
                "simulated \(fixed(Double(summary.seconds) / 86_400, 1)) days with \(plan.site.stations.count) stations in "
                    + "\(fixed(seconds, 1)) s: \(fixed(Double(summary.seconds) / max(seconds, 1e-9), 0)) x real time"
                    + (interrupt.hasHappened ? "; interrupted" : ""))
            flushOutput()
            let compared =
                others.isEmpty || interrupt.hasHappened
                ? [] : compare(plans, beside: (plan.mainAmperes, summary), until: interrupt)
            if !compared.isEmpty, !json { SimulateWords.comparison(compared).forEach { print($0) } }
            if let report {
                let page = ReportPage(
                    plan: plan, summary: summary, results: simulation.results, recorder: recorder, compared: compared)
                try SettingsFile.write(page.html, to: report)
                complain("wrote \(report)")
            }
        }
    }

    private func comparedAmperes() throws -> [Double] {
        guard let compare else { return [] }
        return try compare.split(separator: ",", omittingEmptySubsequences: false).map { text in
            guard let amperes = Double(text), (6...6300).contains(amperes) else {
                throw UsageError("--compare: '\(text)' is no rating of a fuse; use ampere with commas between, 40,63")
            }
            return amperes
        }
    }

    /// The same cars and the same load at other connections, with the site's own among them; empty where interrupted.
    private func compare(
        _ plans: [SimulationPlan], beside own: (amperes: Double, summary: SimulationSummary),
        until interrupt: Interrupt
    ) -> [(amperes: Double, summary: SimulationSummary)] {
        var found = [own]
        for plan in plans {
            var simulation = plan.makeSimulation()
            var bar = ProgressBar("simulate \(fixed(plan.mainAmperes, 0)) A")
            while simulation.second < plan.seconds {
                // Runs of unequal length compare nothing.
                if interrupt.hasHappened { return [] }
                simulation.step()
                if simulation.second % 900 == 0 { bar.update(Double(simulation.second) / Double(plan.seconds)) }
            }
            simulation.finish()
            bar.update(1)
            found.append((plan.mainAmperes, SimulationSummary(simulation)))
        }
        return found.sorted { $0.amperes < $1.amperes }
    }
}
