/// Easee's cloud with one site of one circuit, as its public pages describe it. Pure: time comes in.
package struct EaseeCloudModel: CloudTwinModel {
    package var username = "owner@example.org"
    package var password = "correct \"horse\" battery"
    package var site = 12_345
    package var circuit = 67_890
    package var tokenSeconds = 3600.0
    package var chargers = ["EH000001", "EH000002"]
    package var isOnline = true
    /// What the cars on the circuit would draw together on each line; 0: no car.
    package var carAmperes = 0.0
    package private(set) var offlineAmperes = 32.0
    package private(set) var updates: [(time: Int64, available: [Double], minutes: Double)] = []

    private var tokens: [String: Int64] = [:]
    private var logins = 0

    package init() {}

    /// The circuit's limit: lapsed after its time to live, the charger's own 40 A where none was ever set.
    package func limits(at now: Int64) -> [Double] {
        guard let last = updates.last else { return [40, 40, 40] }
        let hasLapsed = last.minutes > 0 && Double(now - last.time) > last.minutes * 60e9
        return hasLapsed || !isOnline ? Array(repeating: offlineAmperes, count: 3) : last.available
    }

    package mutating func answer(_ request: CloudTwinRequest, at now: Int64) -> CloudTwinAnswer {
        if request.path == "/api/accounts/login" {
            guard let fields = cloudTexts(request.body), fields == ["userName": username, "password": password] else {
                return CloudTwinAnswer(400)
            }
            logins += 1
            tokens["easee-token-\(logins)"] = now + Int64(tokenSeconds * 1e9)
            return CloudTwinAnswer(
                200, #"{"accessToken":"easee-token-\#(logins)","expiresIn":\#(Int(tokenSeconds)),"tokenType":"Bearer"}"#
            )
        }
        guard let end = request.token.flatMap({ tokens[$0] }), now < end else { return CloudTwinAnswer(401) }
        let base = "/api/sites/\(site)"
        let own = "\(base)/circuits/\(circuit)"
        switch (request.method, request.path) {
        case ("GET", base):
            let list = chargers.map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
            return CloudTwinAnswer(200, #"{"id":\#(site),"circuits":[{"id":\#(circuit),"chargers":[\#(list)]}]}"#)
        case ("GET", own + "/dynamicCurrent"):
            let amperes = limits(at: now)
            return CloudTwinAnswer(
                200, #"{"phase1":\#(amperes[0]),"phase2":\#(amperes[1]),"phase3":\#(amperes[2])}"#)
        case ("POST", own + "/dynamicCurrent"):
            guard let fields = cloudNumbers(request.body), let l1 = fields["phase1"], let l2 = fields["phase2"],
                let l3 = fields["phase3"]
            else { return CloudTwinAnswer(400) }
            let whole = [l1, l2, l3].map { $0.rounded(.down) }
            updates.append((now, whole, fields["timeToLive"] ?? 0))
            return CloudTwinAnswer(202)
        case ("GET", own + "/settings"):
            let lines = (1...3).map {
                #""maxCircuitCurrentP\#($0)":32,"offlineMaxCircuitCurrentP\#($0)":\#(offlineAmperes)"#
            }
            return CloudTwinAnswer(200, "{" + lines.joined(separator: ",") + "}")
        case ("POST", own + "/settings"):
            guard let offline = cloudNumbers(request.body)?["offlineMaxCircuitCurrentP1"] else {
                return CloudTwinAnswer(400)
            }
            offlineAmperes = offline
            return CloudTwinAnswer(202)
        default:
            guard let charger = chargers.first(where: { request.path == "/api/chargers/\($0)/state" }) else {
                return CloudTwinAnswer(404)
            }
            let isFirst = charger == chargers[0]
            let drawn = isFirst ? min(carAmperes, limits(at: now)[0]) : 0
            let mode = !isFirst || carAmperes == 0 ? 1 : drawn >= 6 ? 3 : 2
            return CloudTwinAnswer(
                200,
                #"{"chargerOpMode":\#(mode),"isOnline":\#(isOnline),"inCurrentT2":0.01,"inCurrentT3":\#(drawn),"#
                    + #""inCurrentT4":\#(drawn),"inCurrentT5":\#(drawn),"sessionEnergy":1.5}"#)
        }
    }
}
