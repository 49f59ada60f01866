/// Zaptec's cloud with one installation: tokens, limits on requests, the installation's available current, and cars that
/// follow what the cloud gives them. Pure: time comes in.
package struct ZaptecCloudModel: CloudTwinModel {
    package var username = "owner@example.org"
    package var password = "correct horse & battery=100%"
    package var installation = "0a1b2c3d-0000-4000-8000-00000000000a"
    package var tokenSeconds = 86_400.0
    package var requestsPerSecond = 10
    package var maxCurrent = 63.0
    package var availableCurrentMode = 0
    package var networkType = 4
    /// False: only the lowest of the three is told, as older installations do.
    package var tellsLines = true
    /// The account may change things.
    package var hasRights = true
    /// The cloud takes changes and forgets them.
    package var ignoresUpdates = false
    package var chargers: [Charger] = []
    /// A charger has a new limit this much after the cloud took it.
    package var followSeconds = 2.0

    package private(set) var available: [Double] = [63, 63, 63]
    /// Every change that the cloud took.
    package private(set) var updates: [(time: Int64, available: [Double])] = []
    package private(set) var logins = 0
    package private(set) var tooMany = 0

    private var tokens: [String: Int64] = [:]
    private var recent: [Int64] = []
    private var cache: [String: (time: Int64, text: String)] = [:]

    package struct Charger: Sendable {
        package var id: String
        package var serialNumber: String
        package var isOnline = true
        package var isEnabled = true
        /// What the car would draw on each phase; empty: no car.
        package var carAmperes: [Double] = []
        package var offlineAmperes = 10.0
        /// It answers and keeps what it had.
        package var keepsOfflineCurrent = true

        package init(_ number: Int) {
            let digits = String(number, radix: 16)
            id = "0a1b2c3d-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
            serialNumber = "ZPR00000\(number)"
        }
    }

    package init(chargers count: Int = 2) { chargers = (1...max(count, 1)).map { Charger($0) } }

    /// All tokens are void from now on.
    package mutating func forgetTokens() { tokens = [:] }

    /// Somebody else changes it, in the portal.
    package mutating func changeInPortal(_ amperes: [Double]) { available = amperes }

    package mutating func answer(_ request: CloudTwinRequest, at now: Int64) -> CloudTwinAnswer {
        recent.removeAll { $0 <= now - 1_000_000_000 }
        recent.append(now)
        guard recent.count <= requestsPerSecond else {
            tooMany += 1
            return CloudTwinAnswer(429, #"{"Code":429}"#)
        }
        let path = request.path.split(separator: "/").map(String.init)
        if request.method == "POST", path == ["oauth", "token"] { return token(request, now) }
        guard let end = request.token.flatMap({ tokens[$0] }), now < end else { return CloudTwinAnswer(401) }
        guard path.count >= 3, path[0] == "api" else { return CloudTwinAnswer(404) }
        switch (request.method, path[1], path.count > 3 ? path[3] : "") {
        case ("GET", "installation", "") where path[2] == installation: return CloudTwinAnswer(200, installationText)
        case ("GET", "installation", "hierarchy") where path[2] == installation:
            return CloudTwinAnswer(200, hierarchyText)
        case ("POST", "installation", "update") where path[2] == installation: return update(request, now)
        case ("GET", "chargers", "state"): return state(path[2], now)
        case ("POST", "chargers", "update"): return updateCharger(path[2], request)
        default: return CloudTwinAnswer(404, #"{"errorCode":512,"message":"not found"}"#)
        }
    }

    private mutating func token(_ request: CloudTwinRequest, _ now: Int64) -> CloudTwinAnswer {
        let form = cloudFormFields(request.body)
        guard form["grant_type"] == "password", form["username"] == username, form["password"] == password else {
            return CloudTwinAnswer(400, #"{"error":"invalid_grant"}"#)
        }
        logins += 1
        let text = "token-\(logins)-of-the-simulated-cloud"
        tokens[text] = now + Int64(tokenSeconds * 1e9)
        return CloudTwinAnswer(200, #"{"access_token":"\#(text)","token_type":"bearer","expires_in":\#(tokenSeconds)}"#)
    }

    private var installationText: String {
        let lines =
            tellsLines
            ? available.enumerated().map { #","AvailableCurrentPhase\#($0 + 1)":\#($1)"# }.joined() : ""
        return #"{"Id":"\#(installation)","Name":"Garage","Active":true,"MaxCurrent":\#(maxCurrent),"#
            + #""AvailableCurrent":\#(available.min() ?? 0),"AvailableCurrentMode":\#(availableCurrentMode),"#
            + #""NetworkType":\#(networkType)\#(lines)}"#
    }

    private var hierarchyText: String {
        let list = chargers.map { #"{"Id":"\#($0.id)","DeviceId":"\#($0.serialNumber)","Name":"x"}"# }
        return
            #"{"Id":"\#(installation)","Name":"Garage","NetworkType":\#(networkType),"Circuits":[{"Id":"c","Name":"c","#
            + #""Chargers":[\#(list.joined(separator: ","))]}]}"#
    }

    private mutating func update(_ request: CloudTwinRequest, _ now: Int64) -> CloudTwinAnswer {
        guard hasRights else { return CloudTwinAnswer(403) }
        guard availableCurrentMode != 2 else {
            return CloudTwinAnswer(500, #"{"Code":527,"Details":"Cannot update installation when using APM"}"#)
        }
        guard let fields = cloudNumbers(request.body) else { return CloudTwinAnswer(400) }
        let lines = (1...3).map { "availableCurrentPhase\($0)" }
        let isCommon = Set(fields.keys) == ["availableCurrent"], isByLine = Set(fields.keys) == Set(lines)
        guard isCommon || isByLine, fields.values.allSatisfy({ (0...maxCurrent).contains($0) }) else {
            return CloudTwinAnswer(400)
        }
        if !ignoresUpdates {
            available =
                isCommon ? Array(repeating: fields["availableCurrent"] ?? 0, count: 3) : lines.map { fields[$0] ?? 0 }
        }
        updates.append((now, available))
        return CloudTwinAnswer(200, "{}")
    }

    private mutating func updateCharger(_ id: String, _ request: CloudTwinRequest) -> CloudTwinAnswer {
        guard hasRights else { return CloudTwinAnswer(403) }
        guard let index = chargers.firstIndex(where: { $0.id == id }), let fields = cloudNumbers(request.body),
            let offline = fields["offlineChargeCurrent"], offline == -1 || (0...32).contains(offline)
        else { return CloudTwinAnswer(400) }
        if chargers[index].keepsOfflineCurrent { chargers[index].offlineAmperes = offline < 0 ? 0 : offline }
        return CloudTwinAnswer(200, "{}")
    }

    // MARK: Chargers

    /// Cached for 15 s, as Zaptec's server does.
    private mutating func state(_ id: String, _ now: Int64) -> CloudTwinAnswer {
        if let kept = cache[id], now - kept.time < 15_000_000_000 { return CloudTwinAnswer(200, kept.text) }
        guard let index = chargers.firstIndex(where: { $0.id == id }) else { return CloudTwinAnswer(404) }
        let charger = chargers[index]
        let amperes = currents(at: now)[index]
        let isCharging = (amperes.max() ?? 0) > 0
        let mode = charger.carAmperes.isEmpty ? 1 : isCharging ? 3 : 2
        var values: [(Int, String)] = [
            (-2, charger.isOnline ? "1" : "0"), (510, "32.000"), (511, "6.000"),
            (523, "\(charger.offlineAmperes)"), (553, "1.500"), (710, "\(mode)"), (711, charger.isEnabled ? "1" : "0"),
        ]
        for phase in 0..<3 { values.append((507 + phase, "\(amperes[phase])")) }
        let list = values.map {
            #"{"ChargerId":"\#(id)","StateId":\#($0.0),"Timestamp":"2026-01-01T00:00:00","ValueAsString":"\#($0.1)"}"#
        }
        let text = #"[{"ChargerId":"\#(id)","StateId":-1},"# + list.joined(separator: ",") + "]"
        cache[id] = (now, text)
        return CloudTwinAnswer(200, text)
    }

    /// What each charger's car draws: those that hear the cloud share what it gives them, each at least 6 A or nothing.
    package func currents(at now: Int64) -> [[Double]] {
        let acted = updates.last { $0.time <= now - Int64(followSeconds * 1e9) }?.available
        let given = acted ?? (updates.isEmpty ? available : [maxCurrent, maxCurrent, maxCurrent])
        var shared = chargers.indices.filter { chargers[$0].isOnline && !chargers[$0].carAmperes.isEmpty }
        let least = given.min() ?? 0
        while !shared.isEmpty, least / Double(shared.count) < 6 { shared.removeLast() }
        return chargers.indices.map { index in
            let charger = chargers[index]
            let most =
                charger.isOnline ? (shared.contains(index) ? least / Double(shared.count) : 0) : charger.offlineAmperes
            let drawn = charger.carAmperes.map { most < 6 || !charger.isEnabled ? 0 : min($0, most) }
            return drawn + Array(repeating: 0, count: max(0, 3 - drawn.count))
        }
    }
}
