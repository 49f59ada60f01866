import Allocation

/// One Easee circuit: its dynamic circuit current is the limit, and the circuit's primary charger divides it.
///
/// Unlike Zaptec's, the limit lapses: it is sent with a time to live, after which the circuit goes to its
/// `offlineMaxCircuitCurrent`.
package struct EaseeCircuit: CloudInstallation {
    private let configuration: CloudStationConfiguration
    private let site: String
    private let circuit: String
    private var chargers: [Charger] = []
    private var nextCharger = 0
    private var roundsLeft = 0
    /// The list of chargers is of this round.
    private var isListNew = false
    private var offlineAmperes: PerPhaseAmperes?
    private var wasCorrected = false

    private struct Charger {
        let id: String
        var state: EaseeAnswers.ChargerState?
    }

    private static let timeToLiveMinutes = 10
    package let limitLapsesAfterSeconds: Double? = Double(Self.timeToLiveMinutes) * 60
    /// Easee bears some 20 requests in a minute.
    package let secondsPerCharger = 4.0

    private var path: String { "/api/sites/\(site)/circuits/\(circuit)" }

    package init(_ configuration: CloudStationConfiguration) {
        self.configuration = configuration
        let parts = configuration.installation.split(separator: "/").map(String.init)
        site = parts.first ?? ""
        circuit = parts.last ?? ""
    }

    /// `SITE/CIRCUIT`, two numbers.
    package static func isIdentifier(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                (1...12).contains(part.count)
                    && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }

    // MARK: Limit

    package mutating func writeLimit(_ amperes: PerPhaseAmperes, _ send: Sender) throws(CloudError) {
        let body = try encodedJSON(
            EaseeAnswers.DynamicCurrent(
                phase1: amperes.l1, phase2: amperes.l2, phase3: amperes.l3, timeToLive: Self.timeToLiveMinutes))
        _ = try send(
            CloudRequest(.post, path + "/dynamicCurrent", contentType: "application/json", body: body), .writing)
    }

    package mutating func readLimit(_ send: Sender) throws(CloudError) -> LimitReading {
        let settings = try decodedJSON(
            EaseeAnswers.CircuitSettings.self, try send(CloudRequest(.get, path + "/settings"), .reading).body)
        let found = try decodedJSON(
            EaseeAnswers.DynamicCurrent.self, try send(CloudRequest(.get, path + "/dynamicCurrent"), .reading).body)
        let own = configuration.ownLines
        func lines(_ l1: Double?, _ l2: Double?, _ l3: Double?) -> PerPhaseAmperes? {
            let values = [l1, l2, l3].prefix(own.count)
            guard values.allSatisfy({ $0.map { (0...10_000).contains($0) } ?? false }) else { return nil }
            return PerPhaseAmperes(l1 ?? 0, l2 ?? 0, l3 ?? 0)
        }
        let maximum = lines(
            settings.maxCircuitCurrentP1, settings.maxCircuitCurrentP2, settings.maxCircuitCurrentP3)
        offlineAmperes = lines(
            settings.offlineMaxCircuitCurrentP1, settings.offlineMaxCircuitCurrentP2,
            settings.offlineMaxCircuitCurrentP3)
        return LimitReading(
            held: lines(found.phase1, found.phase2, found.phase3),
            maximumAmperes: maximum.flatMap { maximum in own.map { maximum[$0] }.min() })
    }

    // MARK: Chargers

    package mutating func readNextCharger(_ send: Sender) throws(CloudError) -> ChargerRound? {
        if chargers.isEmpty || (nextCharger == 0 && roundsLeft == 0) {
            try readChargers(send)
            roundsLeft = 40
            isListNew = true
            return chargers.isEmpty ? endRound() : nil
        }
        do throws(CloudError) {
            let answer = try send(CloudRequest(.get, "/api/chargers/\(chargers[nextCharger].id)/state"), .reading)
            chargers[nextCharger].state = try decodedJSON(EaseeAnswers.ChargerState.self, answer.body)
        } catch {
            // One that was taken away must not hide the others: the list is read anew, once.
            guard error.kind == .notFound else { throw error }
            guard isListNew else {
                nextCharger = 0
                roundsLeft = 0
                return nil
            }
            chargers[nextCharger].state = nil
        }
        nextCharger += 1
        return nextCharger == chargers.count ? endRound() : nil
    }

    private mutating func readChargers(_ send: Sender) throws(CloudError) {
        let answer = try send(CloudRequest(.get, "/api/sites/\(site)"), .reading)
        let found = try decodedJSON(EaseeAnswers.Site.self, answer.body)
        guard let circuit = found.circuits.first(where: { "\($0.id)" == circuit }) else {
            throw CloudError(
                .notFound, "the site has no circuit \(circuit)",
                "correct 'installation' to one of "
                    + found.circuits.prefix(20).map { "\(site)/\($0.id)" }.joined(separator: ", "))
        }
        var ids: [String] = []
        for charger in circuit.chargers ?? [] {
            // It goes into paths.
            let isName = charger.id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            guard isName, (1...40).contains(charger.id.count), ids.count < 500 else { throw .notUnderstood("charger") }
            ids.append(charger.id)
        }
        chargers = ids.map { id in Charger(id: id, state: chargers.first { $0.id == id }?.state) }
    }

    private mutating func endRound() -> ChargerRound {
        nextCharger = 0
        roundsLeft -= 1
        isListNew = false
        var round = ChargerRound()
        round.chargerCount = chargers.count
        round.onlineCount = chargers.count { $0.state?.isOnline == true }
        let own = configuration.ownLines
        round.fallBackAmperes = offlineAmperes.flatMap { offline in own.map { offline[$0] }.max() }
        round.identity =
            "\(chargers.count) chargers, \(round.onlineCount) online: "
            + chargers.map(\.id).joined(separator: ", ")
        // Chargers of a circuit share by radio: one without cloud still keeps to the circuit's limit. Where none hears
        // the cloud, the circuit is at its offline current, and a limit that is sent does not arrive.
        if round.onlineCount == 0, let offlineAmperes { round.offlineAmperes = offlineAmperes }
        var drawn: PerPhaseAmperes? = chargers.isEmpty ? nil : .zero
        for charger in chargers {
            let lines = configuration.chargerLines[charger.id] ?? own
            let state = charger.state
            let currents = [state?.inCurrentT3, state?.inCurrentT4, state?.inCurrentT5]
            for (line, current) in zip(lines, currents) {
                if state?.isOnline == true, let current, (0...80).contains(current) {
                    drawn?[line] += current
                } else {
                    drawn = nil
                }
            }
            if let energy = state?.sessionEnergy, (0...100_000).contains(energy) {
                round.energyWattHours = (round.energyWattHours ?? 0) + energy * 1000
            }
        }
        round.drawn = drawn
        round.status = status
        return round
    }

    private var status: StationStatus {
        let all = chargers.map { charger -> StationStatus in
            guard let state = charger.state, state.isOnline == true else { return .unknown }
            return switch state.chargerOpMode {
            case 1: .free
            case 2, 4, 6: .occupied
            case 3: .charging
            case 5: .outOfService
            default: .unknown
            }
        }
        for status in [StationStatus.charging, .occupied, .unknown, .free] where all.contains(status) { return status }
        return all.isEmpty ? .unknown : .outOfService
    }

    // MARK: Offline current

    /// Kept in the chargers' permanent memory: written only where it is too high, and seldom.
    package mutating func correctOfflineCurrent(_ send: Sender) throws(CloudError) -> Bool {
        guard !wasCorrected else {
            wasCorrected = false
            return false
        }
        wasCorrected = true
        let amperes = Int(configuration.failSafeAmperes.rounded(.down))
        let body = try encodedJSON(
            EaseeAnswers.OfflineCurrent(
                offlineMaxCircuitCurrentP1: amperes, offlineMaxCircuitCurrentP2: amperes,
                offlineMaxCircuitCurrentP3: amperes))
        _ = try send(CloudRequest(.post, path + "/settings", contentType: "application/json", body: body), .writing)
        return true
    }
}
