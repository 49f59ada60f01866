import Allocation

/// One Zaptec installation: its available current is the limit, and Zaptec's cloud divides it among the chargers.
package struct ZaptecInstallation: CloudInstallation {
    private let configuration: CloudStationConfiguration
    private var path: String { "/api/installation/\(configuration.installation)" }
    /// What was sent last, to understand a reading that names only the lowest line.
    private var sent: PerPhaseAmperes?

    private var chargers: [ZaptecCharger] = []
    private var nextCharger = 0
    /// Rounds until the list of chargers is read again.
    private var roundsLeft = 0
    /// The list of chargers is of this round.
    private var isListNew = false
    /// Chargers whose offline current was written since the last round.
    private var corrected: Set<String> = []

    package let limitLapsesAfterSeconds: Double? = nil
    package let secondsPerCharger = 0.5

    package init(_ configuration: CloudStationConfiguration) { self.configuration = configuration }

    /// 8-4-4-4-12 hexadecimal digits.
    package static func isIdentifier(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    // MARK: Limit

    package mutating func writeLimit(_ amperes: PerPhaseAmperes, _ send: Sender) throws(CloudError) {
        func whole(_ value: Double) -> Int { Int(value.rounded(.down)) }
        // Single-phase installations know only the common value; all others get all three, never mixed.
        let body =
            configuration.ownLines.count == 1
            ? try encodedJSON(ZaptecAnswers.Limit(availableCurrent: whole(amperes.l1)))
            : try encodedJSON(
                ZaptecAnswers.LineLimits(
                    availableCurrentPhase1: whole(amperes.l1), availableCurrentPhase2: whole(amperes.l2),
                    availableCurrentPhase3: whole(amperes.l3)))
        let request = CloudRequest(.post, path + "/update", contentType: "application/json", body: body)
        sent = amperes
        do throws(CloudError) {
            _ = try send(request, .writing)
        } catch {
            throw Self.explained(error)
        }
    }

    /// Zaptec's own numbers in words.
    private static func explained(_ error: CloudError) -> CloudError {
        guard error.code == 527 || error.kind == .forbidden else { return error }
        let apm = "Zaptec's own power management steers the installation (code 527)"
        return error.code == 527
            ? CloudError(.refused, apm, "switch off APM and Zaptec Sense in the portal: only one may set the current")
            : CloudError(
                .forbidden, "the account may not change the installation, or it runs in stand-alone mode",
                "give it owner or service rights and switch stand-alone mode off in the portal")
    }

    package mutating func readLimit(_ send: Sender) throws(CloudError) -> LimitReading {
        let answer = try send(CloudRequest(.get, path), .reading)
        let found = try decodedJSON(ZaptecAnswers.Installation.self, answer.body)
        guard found.Id.lowercased() == configuration.installation.lowercased() else {
            throw .notUnderstood("another installation")
        }
        func current(_ value: Double?) -> Double? { value.flatMap { (0...10_000).contains($0) ? $0 : nil } }
        let maximum = current(found.MaxCurrent)
        var remarks: [String] = []
        switch found.AvailableCurrentMode {
        case nil, 0: break
        case 1: remarks.append("charging follows a schedule of the portal; set the mode to default charging there")
        default: remarks.append("Zaptec's own power management is on; switch off APM and Zaptec Sense in the portal")
        }
        let isSinglePhase = found.NetworkType == 1 || found.NetworkType == 3
        if isSinglePhase, configuration.ownLines.count == 3 {
            remarks.append("the portal says single-phase, the settings three lines; correct 'phases'")
        }
        if found.Active == false { remarks.append("the installation is not active; activate it in the portal") }
        return LimitReading(held: held(found, maximum, current), maximumAmperes: maximum, remarks: remarks)
    }

    private func held(
        _ found: ZaptecAnswers.Installation, _ maximum: Double?, _ current: (Double?) -> Double?
    ) -> PerPhaseAmperes? {
        if let l1 = current(found.AvailableCurrentPhase1), let l2 = current(found.AvailableCurrentPhase2),
            let l3 = current(found.AvailableCurrentPhase3)
        {
            return PerPhaseAmperes(l1, l2, l3)
        }
        guard let common = current(found.AvailableCurrent) else {
            // Never set: then the installation's maximum holds.
            return found.AvailableCurrent == nil ? maximum.map { PerPhaseAmperes($0) } : nil
        }
        // After unequal lines this is the lowest: where it is that, the lines are as they were sent.
        if let sent, min(sent.l1, sent.l2, sent.l3) < max(sent.l1, sent.l2, sent.l3),
            abs(common - min(sent.l1, sent.l2, sent.l3)) <= LimitPacing.tolerance
        {
            return sent
        }
        return PerPhaseAmperes(common)
    }

    // MARK: Chargers

    package mutating func readNextCharger(_ send: Sender) throws(CloudError) -> ChargerRound? {
        if chargers.isEmpty || (nextCharger == 0 && roundsLeft == 0) {
            try readChargers(send)
            roundsLeft = 40
            isListNew = true
            return chargers.isEmpty ? endRound() : nil
        }
        let path = "/api/chargers/\(chargers[nextCharger].id)/state"
        do throws(CloudError) {
            let answer = try send(CloudRequest(.get, path), .reading)
            let observations = try decodedJSON([ZaptecAnswers.Observation].self, answer.body)
            chargers[nextCharger].state = ZaptecCharger.State(observations)
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

    private mutating func endRound() -> ChargerRound {
        nextCharger = 0
        roundsLeft -= 1
        isListNew = false
        return chargers.round()
    }

    private mutating func readChargers(_ send: Sender) throws(CloudError) {
        let answer = try send(CloudRequest(.get, path + "/hierarchy"), .reading)
        let hierarchy = try decodedJSON(ZaptecAnswers.Hierarchy.self, answer.body)
        var found: [ZaptecCharger] = []
        for charger in hierarchy.Circuits.flatMap(\.Chargers) {
            guard Self.isIdentifier(charger.Id), found.count < 500 else { throw .notUnderstood("charger") }
            let serial = Self.oneLine(charger.DeviceId ?? charger.Name ?? String(charger.Id.prefix(8)))
            let lines = configuration.chargerLines[serial] ?? configuration.ownLines
            let known = chargers.first { $0.id == charger.Id }
            found.append(ZaptecCharger(id: charger.Id, serialNumber: serial, lines: lines, state: known?.state))
        }
        chargers = found
    }

    /// At most 40 printable characters.
    private static func oneLine(_ text: String) -> String {
        String(
            text.unicodeScalars.filter { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F }.prefix(40).map(
                Character.init))
    }

    // MARK: Offline current

    package mutating func correctOfflineCurrent(_ send: Sender) throws(CloudError) -> Bool {
        let share = (configuration.failSafeAmperes / Double(max(chargers.count, 1)) + 1e-6).rounded(.down)
        // Less than a car accepts is nothing.
        let amperes = share >= CloudStationConfiguration.minimumAmperes ? share : 0
        let wrong = chargers.first { charger in
            guard let offline = charger.state?.offlineAmperes else { return false }
            return offline > amperes + LimitPacing.tolerance && !corrected.contains(charger.id)
        }
        guard let wrong else {
            corrected = []
            return false
        }
        let body = try encodedJSON(ZaptecAnswers.OfflineCurrent(offlineChargeCurrent: Int(amperes)))
        corrected.insert(wrong.id)
        _ = try send(
            CloudRequest(.post, "/api/chargers/\(wrong.id)/update", contentType: "application/json", body: body),
            .writing)
        return true
    }
}
