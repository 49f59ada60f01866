import Allocation
import Testing

/// Plays the files of `Scenarios`: a decision every second, and half cycles where the file has them.
struct ScenarioTests {
    @Test func thereAreScenariosAndAllAreReadable() throws {
        #expect(try Scenario.all.get().count >= 15)
    }

    @Test(arguments: (try? Scenario.all.get()) ?? [])
    func thePlanIsAsTheElectricianExpects(_ scenario: Scenario) throws {
        var player = ScenarioPlayer(scenario)
        let last = scenario.lines.last?.seconds ?? 0
        let odd = scenario.lines.map(\.seconds).filter { $0 != $0.rounded() }
        let moments = Set((0...Int(last)).map(Double.init) + odd).sorted()
        for moment in moments { try player.play(moment) }
    }
}

private struct ScenarioPlayer: ~Copyable {
    private let scenario: Scenario
    private var allocator: Allocator
    private var reports: [StationReport]
    private var isSilent: [Bool]
    private var reportsNoCurrent: [Bool]
    /// Nil: the station confirms the plan a second after it was made.
    private var kept: [Double?]
    private var reading: SupplyReading?
    private var powerWatts: Double?
    private var nodeReadings: [PerPhaseAmperes?]

    init(_ scenario: Scenario) {
        self.scenario = scenario
        allocator = Allocator(
            limits: scenario.limits, stations: scenario.stations, policy: scenario.policy, nodes: scenario.nodes)
        nodeReadings = scenario.nodes.map { _ in nil }
        reports = scenario.stations.map { _ in StationReport(isAnswering: true) }
        isSilent = scenario.stations.map { _ in false }
        reportsNoCurrent = isSilent
        kept = scenario.stations.map { _ in nil }
    }

    mutating func play(_ seconds: Double) throws {
        // Away from 0, so that no station happens to be heard at the zero of the clock.
        let now = MonotonicTime(nanoseconds: 1_000_000_000_000).advanced(bySeconds: seconds)
        let isFullSecond = seconds == seconds.rounded()
        if isFullSecond, seconds > 0 {
            for index in reports.indices where !isSilent[index] {
                reports[index].acceptedAmperes =
                    kept[index] ?? (allocator[index].lineAmperes.map(\.maximum) ?? allocator[index].amperes)
                reports[index].acceptedLineAmperes = allocator[index].lineAmperes
            }
        }
        let lines = scenario.lines.filter { $0.seconds == seconds }
        for line in lines { try apply(line, now: now) }
        for index in reports.indices where !isSilent[index] {
            reports[index].lastContact = now
            reports[index].drawnTime = reportsNoCurrent[index] ? .never : now
        }
        let reports = reports
        for line in lines {
            guard case .halfCycle(let amperes) = line.statement else { continue }
            _ = allocator.protect(SupplyReading(amperes: amperes, time: now), reports: reports.span, now: now)
        }
        if isFullSecond {
            if var reading {
                reading.time = now
                reading.activePowerWatts = powerWatts
                reading.volts = PerPhaseVolts(230, 230, 230)
                let nodes = nodeReadings.map { amperes in
                    SupplyReading(amperes: amperes ?? .zero, time: now, isUsable: amperes != nil)
                }
                _ = allocator.allocate(reading, nodeReadings: nodes.span, reports: reports.span, now: now)
            } else {
                _ = allocator.expire(now: now, reports: reports.span)
            }
        }
        for line in lines { check(line) }
    }

    private mutating func apply(_ line: Scenario.Line, now: MonotonicTime) throws {
        func limit(_ value: LimitValue?, _ seconds: Double?) -> OutsideLimit? {
            value.map { OutsideLimit($0, expires: seconds.map { now.advanced(bySeconds: $0) }) }
        }
        switch line.statement {
        case .power(let watts): powerWatts = watts
        case .node(let index, let amperes): nodeReadings[index] = amperes
        case .signal(let source, let value, let seconds): allocator[signal: source] = limit(value, seconds)
        case .ownerLimit(let station, let value, let seconds):
            allocator[ownerLimit: station] = limit(value, seconds)
        case .main(let amperes, let feedsIn, let isUsable):
            reading = SupplyReading(amperes: amperes, feedsIn: feedsIn, time: .never, isUsable: isUsable)
        case .mainLost: reading = nil
        case .station(let index, let phrases):
            for phrase in phrases { try apply(phrase, to: index, line) }
        case .halfCycle, .expect, .expectAlarm, .expectMode, .expectProposal, .expectLines, .expectTrip: break
        }
    }

    private mutating func apply(_ phrase: [String], to index: Int, _ line: Scenario.Line) throws {
        func fail(_ problem: String) -> ScenarioError {
            ScenarioError(file: scenario.name, line: line.number, problem: problem)
        }
        let values = phrase.dropFirst().compactMap(Double.init)
        guard let verb = phrase.first, values.count == phrase.count - 1 else { throw fail("'\(phrase)' is unreadable") }
        switch (verb, values.count) {
        case ("silent", 0):
            isSilent[index] = true
            reports[index].isAnswering = false
        case ("answers", 0):
            isSilent[index] = false
            reports[index].isAnswering = true
        case ("forgets-fail-safe", 0): reports[index].keepsFailSafe = false
        case ("keeps-fail-safe", 0): reports[index].keepsFailSafe = true
        case ("no-current", 0): reportsNoCurrent[index] = true
        case ("confirms", 1): reports[index].acceptedAmperes = values[0]
        case ("confirms-nothing", 0): reports[index].acceptedAmperes = nil
        case ("keeps", 1):
            kept[index] = values[0]
            reports[index].acceptedAmperes = values[0]
        case ("follows", 0): kept[index] = nil
        case ("sent", 1): reports[index].inFlightAmperes = values[0]
        case ("charges-on-one-line", 0): reports[index].phaseMode = .single
        case ("charges-on-three-lines", 0): reports[index].phaseMode = .three
        case ("takes-at-most", 1): reports[index].carMaximumAmperes = values[0]
        case ("sent-nothing", 0): reports[index].inFlightAmperes = nil
        case ("draws", 1):
            reports[index].drawnAmperes = PerPhaseAmperes(values[0], on: scenario.stations[index].phases)
        case ("draws", 3): reports[index].drawnAmperes = PerPhaseAmperes(values[0], values[1], values[2])
        default:
            guard let status = StationStatus.allCases.first(where: { "\($0)" == verb }), values.isEmpty else {
                throw fail("a station does not '\(phrase.joined(separator: " "))'")
            }
            reports[index].status = status
        }
    }

    private func check(_ line: Scenario.Line) {
        let place = "\(scenario.name):\(line.number), second \(line.seconds)"
        switch line.statement {
        case .expect(let index, let amperes, let reason, let phase):
            let limit = allocator[index]
            let name = scenario.stationNames[index]
            #expect(abs(limit.amperes - amperes) < 1e-9, "\(place): \(name) has \(limit), expected \(amperes) A")
            if let reason { #expect(limit.reason == reason, "\(place): \(name) has \(limit)") }
            if let phase { #expect(limit.limitingPhase == phase, "\(place): \(name) has \(limit)") }
        case .expectMode(let mode): #expect(allocator.signalMode == mode, "\(place): mode \(allocator.signalMode)")
        case .expectProposal(let index, let mode):
            #expect(allocator[index].proposedMode == mode, "\(place): \(allocator[index])")
        case .expectLines(let index, let lines):
            #expect(allocator[index].lineAmperes == lines, "\(place): \(allocator[index])")
        case .expectTrip(let isLonger, let seconds):
            let left = allocator.secondsToTrip.minimum
            #expect(isLonger ? left > seconds : left < seconds, "\(place): may trip in \(left) s")
        case .expectAlarm(let alarm):
            let stands = allocator.alarm
            #expect(stands == alarm, "\(place): alarms stand: \(stands)")
        default: break
        }
    }
}
