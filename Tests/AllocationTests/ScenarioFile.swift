import Allocation
import Foundation
import Testing

/// A scenario as `Scenarios/README.md` describes it, read from its file.
struct Scenario: CustomTestStringConvertible, Sendable {
    enum Statement: Sendable {
        case main(PerPhaseAmperes, feedsIn: PhaseSet, isUsable: Bool)
        case power(Double?)
        case node(Int, PerPhaseAmperes?)
        case signal(SignalSource, LimitValue?, seconds: Double?)
        case ownerLimit(station: Int, LimitValue?, seconds: Double?)
        case expectMode(SignalMode)
        case expectProposal(station: Int, PhaseMode?)
        case expectLines(station: Int, PerPhaseAmperes)
        case expectTrip(longer: Bool, seconds: Double)
        case mainLost
        case halfCycle(PerPhaseAmperes)
        case station(Int, [[String]])
        case expect(station: Int, amperes: Double, reason: LimitReason?, phase: Phase?)
        case expectAlarm(AllocationAlarm)
    }
    struct Line: Sendable {
        let number: Int
        let seconds: Double
        let statement: Statement
    }

    let name: String
    var limits = SupplyLimits(mainAmperes: .zero, marginAmperes: .zero)
    var policy = AllocationPolicy()
    var nodes: [LimitNode] = []
    var nodeNames: [String] = []
    var stationNames: [String] = []
    var stations: [StationRating] = []
    var lines: [Line] = []

    var testDescription: String { name }

    static let all: Result<[Scenario], ScenarioError> = Result { () throws(ScenarioError) in
        guard let folder = Bundle.module.url(forResource: "Scenarios", withExtension: nil),
            let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        else { throw ScenarioError(file: "Scenarios", line: 0, problem: "the folder is missing") }
        var scenarios: [Scenario] = []
        for file in files.sorted(by: { $0.lastPathComponent < $1.lastPathComponent })
        where file.pathExtension == "scenario" {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                throw ScenarioError(file: file.lastPathComponent, line: 0, problem: "not readable as UTF-8")
            }
            scenarios.append(try Scenario(name: file.lastPathComponent, text: text))
        }
        return scenarios
    }

    init(name: String, text: String) throws(ScenarioError) {
        self.name = name
        var seconds = 0.0
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = raw.prefix { $0 != "#" }
            var words = content.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard !words.isEmpty else { continue }
            func fail(_ problem: String) -> ScenarioError {
                ScenarioError(file: name, line: index + 1, problem: problem)
            }
            func number(_ word: String) throws(ScenarioError) -> Double {
                guard let value = Double(word) else { throw fail("'\(word)' is no number") }
                return value
            }
            func currents(_ words: some Sequence<String>) throws(ScenarioError) -> PerPhaseAmperes {
                var values: [Double] = []
                for word in words { values.append(try number(word)) }
                guard values.count == 1 || values.count == 3 else { throw fail("one current or three, L1 L2 L3") }
                return PerPhaseAmperes(values[0], values[values.count / 2], values[values.count - 1])
            }
            func phases(_ words: some Sequence<String>) throws(ScenarioError) -> PhaseSet {
                var set: PhaseSet = []
                for word in words {
                    guard let phase = Phase(word: word) else { throw fail("'\(word)' is no line: L1, L2 or L3") }
                    set.insert(PhaseSet(phase))
                }
                return set
            }
            func limitAndSeconds(_ words: [String]) throws(ScenarioError) -> (LimitValue?, Double?) {
                var words = words
                var seconds: Double?
                if let place = words.firstIndex(of: "for") {
                    guard place + 1 < words.count else { throw fail("for how many seconds?") }
                    seconds = try number(words[place + 1])
                    words.removeSubrange(place...)
                }
                let value: LimitValue?
                switch (words.first ?? "", words.count) {
                case ("ends", 1): value = nil
                case ("locked", 1): value = .locked
                case ("minimum-each", 1): value = .minimumEach
                case ("kilowatt", 2): value = .watts(try number(words[1]) * 1000)
                case ("kilowatt-per-line", 2): value = .wattsPerLine(try number(words[1]) * 1000)
                case ("percent", 2): value = .shareOfMain(try number(words[1]) / 100)
                case ("ampere", 2...): value = .amperes(try currents(words[1...]))
                default: throw fail("a limit is: ends, locked, minimum-each, kilowatt N, percent N or ampere N")
                }
                return (value, seconds)
            }
            func add(_ statement: Statement) {
                lines.append(Line(number: index + 1, seconds: seconds, statement: statement))
            }
            let key = words.removeFirst()
            switch key {
            case "protected-by":
                guard words.count >= 2 else { throw fail("protected-by gG|B|C ampere [step ampere]") }
                let kinds: [String: ProtectiveDevice.Kind] = ["gG": .fuseGG, "B": .breakerB, "C": .breakerC]
                guard let kind = kinds[words[0]] else { throw fail("'\(words[0])' is no gG, B or C") }
                limits.device = ProtectiveDevice(kind, ratedAmperes: try number(words[1]))
                if words.count == 4, words[2] == "step" { limits.largestStepAmperes = .init(try number(words[3])) }
            case "connection-kilowatt": limits.limitWatts = try number(words.first ?? "") * 1000
            case "imbalance":
                limits.imbalance = ImbalanceLimit(
                    amperes: try number(words.first ?? ""), countsBuilding: words.last == "with-building")
            case "node" where words.count >= 2 && !nodeNames.contains(words[0]):
                var node = LimitNode(limitAmperes: .init(.infinity))
                var rest = words.dropFirst()
                while let word = rest.popFirst() {
                    if word == "metered" {
                        node.isMetered = true
                        continue
                    }
                    guard let value = rest.popFirst() else { throw fail("'\(word)' lacks its value") }
                    switch word {
                    case "limit": node.limitAmperes = .init(try number(value))
                    case "margin": node.marginAmperes = .init(try number(value))
                    case "kilowatt": node.limitWatts = try number(value) * 1000
                    case "behind":
                        guard let parent = nodeNames.firstIndex(of: value) else { throw fail("no node '\(value)'") }
                        node.parent = parent
                    default: throw fail("a node has no '\(word)'")
                    }
                }
                nodeNames.append(words[0])
                nodes.append(node)
            case "power":
                add(.power(words == ["unknown"] ? nil : try number(words.first ?? "") * 1000))
            case "signal":
                let sources: [String: SignalSource] = [
                    "wired": .digitalInput, "network": .utilityNetwork, "local": .localControl, "cascade": .cascade,
                    "owner": .owner,
                ]
                guard let source = sources[words.first ?? ""] else { throw fail("signal wired|network|local|owner …") }
                let (value, length) = try limitAndSeconds(Array(words.dropFirst()))
                add(.signal(source, value, seconds: length))
            case "expect" where words.first == "mode":
                guard let mode = SignalMode.allCases.first(where: { "\($0)" == words.last }) else {
                    throw fail("mode normal, reduced or locked")
                }
                add(.expectMode(mode))
            case "expect" where words.first == "trip":
                guard words.count == 3, ["after", "before"].contains(words[1]) else {
                    throw fail("expect trip after|before seconds")
                }
                add(.expectTrip(longer: words[1] == "after", seconds: try number(words[2])))
            case "expect" where words.count == 3 && words[1] == "proposes":
                guard let station = stationNames.firstIndex(of: words[0]) else { throw fail("no station") }
                let mode = PhaseMode.allCases.first { "\($0)" == words[2] }
                guard mode != nil || words[2] == "nothing" else { throw fail("proposes single, three or nothing") }
                add(.expectProposal(station: station, mode))
            case "expect" where words.count == 5 && words[1] == "lines":
                guard let station = stationNames.firstIndex(of: words[0]) else { throw fail("no station") }
                add(.expectLines(station: station, try currents(words[2...])))
            case "fuse": limits.mainAmperes = try currents(words)
            case "margin": limits.marginAmperes = try currents(words)
            case "policy":
                guard words.count == 2 else { throw fail("policy name seconds") }
                let value = try number(words[1])
                switch words[0] {
                case "raise-after": policy.raiseAfterSeconds = value
                case "attribution": policy.attributionSeconds = value
                case "reading-expires": policy.readingExpiresAfterSeconds = value
                case "unused-after": policy.unusedAfterSeconds = value
                case "phases-shown-after": policy.phasesShownAfterSeconds = value
                case "minimum-on": policy.minimumOnSeconds = value
                case "minimum-off": policy.minimumOffSeconds = value
                case "rotation": policy.rotationSeconds = value
                case "start-gap": policy.startGapSeconds = value
                case "switch-after": policy.phaseSwitchAfterSeconds = value
                case "switch-gap": policy.phaseSwitchGapSeconds = value
                case "release-delay": policy.releaseDelaySeconds = value
                case "release-ramp-percent": policy.releaseRampPerMinute = value / 100
                case "inrush": policy.inrushSeconds = value
                case "parks-at": policy.parksAtMinimum = value > 0
                default: throw fail("no policy '\(words[0])'")
                }
            case "station":
                guard let name = words.first else { throw fail("a station needs a name") }
                var rating = StationRating(maximumAmperes: 16)
                var rest = words.dropFirst()
                while let word = rest.popFirst() {
                    var isFlag = true
                    switch word {
                    case "unmanaged": rating.isManaged = false
                    case "guaranteed": rating.guaranteesMinimum = true
                    case "unstoppable": rating.canBeStopped = false
                    case "per-line": rating.takesLimitPerLine = true
                    case "switches-phases": rating.switchesPhases = true
                    default: isFlag = false
                    }
                    if isFlag { continue }
                    guard let value = rest.popFirst() else { throw fail("'\(word)' lacks its value") }
                    switch word {
                    case "weight": rating.weight = try number(value)
                    case "wired":
                        let order = value.replacingOccurrences(of: ",", with: "").lowercased()
                        guard let found = PhaseRotation.allCases.first(where: { "\($0)" == order }) else {
                            throw fail("wired L2,L3,L1")
                        }
                        rating.rotation = found
                    case "source":
                        let sources: [String: EnergySource] = [
                            "grid": .grid, "surplus": .surplus, "minimum-and-surplus": .gridMinimumAndSurplus,
                        ]
                        guard let source = sources[value] else { throw fail("source grid or surplus") }
                        rating.energySource = source
                    case "node":
                        guard let node = nodeNames.firstIndex(of: value) else { throw fail("no node '\(value)'") }
                        rating.node = node
                    case "on": rating.phases = try phases(value.split(separator: ",").map(String.init))
                    case "minimum": rating.minimumAmperes = try number(value)
                    case "maximum": rating.maximumAmperes = try number(value)
                    case "step": rating.stepAmperes = try number(value)
                    case "fail-safe": rating.failSafeAmperes = try number(value)
                    case "time-out": rating.failSafeAfterSeconds = try number(value)
                    default: throw fail("a station has no '\(word)'")
                    }
                }
                stationNames.append(name)
                stations.append(rating)
            case "at":
                guard let word = words.first else { throw fail("at which second?") }
                let next = try number(word)
                guard next >= seconds else { throw fail("time runs forwards") }
                seconds = next
            case "main":
                if words == ["lost"] {
                    lines.append(Line(number: index + 1, seconds: seconds, statement: .mainLost))
                    continue
                }
                let isUsable = words.last != "unusable"
                if !isUsable { words.removeLast() }
                let split = words.firstIndex(of: "feeding-in") ?? words.endIndex
                let statement = Statement.main(
                    try currents(words[..<split]), feedsIn: try phases(words[split...].dropFirst()), isUsable: isUsable)
                lines.append(Line(number: index + 1, seconds: seconds, statement: statement))
            case "half-cycle":
                lines.append(Line(number: index + 1, seconds: seconds, statement: .halfCycle(try currents(words))))
            case "expect" where words.first == "alarm":
                var alarm: AllocationAlarm = []
                for word in words.dropFirst() where word != "none" {
                    guard let part = AllocationAlarm(word: word) else { throw fail("no alarm '\(word)'") }
                    alarm.insert(part)
                }
                lines.append(Line(number: index + 1, seconds: seconds, statement: .expectAlarm(alarm)))
            case "expect":
                guard words.count >= 2, let station = stationNames.firstIndex(of: words[0]) else {
                    throw fail("expect station ampere [reason [line]]")
                }
                var reason: LimitReason?, phase: Phase?
                if words.count > 2 {
                    reason = LimitReason.allCases.first { "\($0)" == words[2] }
                    if reason == nil { throw fail("no reason '\(words[2])'") }
                }
                if words.count > 3 {
                    phase = Phase(word: words[3])
                    if phase == nil { throw fail("'\(words[3])' is no line: L1, L2 or L3") }
                }
                let statement = Statement.expect(
                    station: station, amperes: try number(words[1]), reason: reason, phase: phase)
                lines.append(Line(number: index + 1, seconds: seconds, statement: statement))
            case _ where nodeNames.contains(key):
                add(.node(nodeNames.firstIndex(of: key) ?? 0, words == ["lost"] ? nil : try currents(words)))
            case _ where stationNames.contains(key) && words.first == "owner-limit":
                let (value, length) = try limitAndSeconds(Array(words.dropFirst()))
                add(.ownerLimit(station: stationNames.firstIndex(of: key) ?? 0, value, seconds: length))
            default:
                guard let station = stationNames.firstIndex(of: key) else { throw fail("'\(key)' is unknown") }
                let phrases = words.joined(separator: " ").split(separator: ",").map {
                    $0.split(separator: " ").map(String.init)
                }
                lines.append(Line(number: index + 1, seconds: seconds, statement: .station(station, phrases)))
            }
        }
        guard !stations.isEmpty, lines.contains(where: { if case .expect = $0.statement { true } else { false } })
        else { throw ScenarioError(file: name, line: 0, problem: "no station, or nothing expected") }
    }
}

struct ScenarioError: Error, CustomStringConvertible {
    let file: String
    let line: Int
    let problem: String
    var description: String { "\(file):\(line): \(problem)" }
}

extension Phase {
    init?(word: String) {
        switch word {
        case "L1": self = .l1
        case "L2": self = .l2
        case "L3": self = .l3
        default: return nil
        }
    }
}

extension AllocationAlarm {
    init?(word: String) {
        switch word {
        case "overloadNotSolvable": self = .overloadNotSolvable
        case "noMeasurement": self = .noMeasurement
        case "stationSilent": self = .stationSilent
        case "stationDisobeys": self = .stationDisobeys
        case "settingsUnusable": self = .settingsUnusable
        default: return nil
        }
    }
}
