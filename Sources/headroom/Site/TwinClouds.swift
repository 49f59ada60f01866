import ArgumentParser
import CloudStations
import SiteTwin

/// A maker whose cloud the twin can play.
enum CloudMaker: String, CaseIterable, ExpressibleByArgument {
    case zaptec, easee

    func start() throws -> RunningCloud {
        switch self {
        case .zaptec:
            var model = ZaptecCloudModel()
            model.chargers[0].carAmperes = [16, 16, 16]
            return RunningCloud(
                maker: self, twin: try CloudTwin(model), installation: model.installation, username: model.username,
                password: model.password)
        case .easee:
            var model = EaseeCloudModel()
            model.carAmperes = 16
            return RunningCloud(
                maker: self, twin: try CloudTwin(model), installation: "\(model.site)/\(model.circuit)",
                username: model.username, password: model.password)
        }
    }
}

/// A simulated cloud with one installation of two chargers, at one of which a car draws 16 A.
struct RunningCloud {
    let maker: CloudMaker
    let twin: CloudTwin
    let installation: String
    let username: String
    let password: String

    private var prefix: String { maker.rawValue.uppercased() }

    /// What a person needs to let the device program steer it.
    var lines: [String] {
        [
            "cloud    \(maker.rawValue) at \(twin.baseAddress); among the stations of the settings:",
            "  - name: Garage",
            "    type: \(maker.rawValue)",
            "    installation: \"\(installation)\"",
            "    address: \(twin.baseAddress)",
            "    credentials: env:\(prefix)",
            "    limit-a: 32",
            "    fail-safe-a: 6",
            "  and for headroom run: export \(prefix)_USERNAME='\(username)' \(prefix)_PASSWORD='\(password)'",
        ]
    }

    /// What has reached it, as a line for a person.
    var summary: String { "cloud \(maker.rawValue): \(twin.requests().count) requests, \(changeCount) of them changes" }

    var jsonObject: String {
        "{\"maker\":\(json(maker.rawValue)),\"requests\":\(twin.requests().count),\"changes\":\(changeCount)}"
    }

    private var changeCount: Int {
        twin.requests().count {
            $0.line.hasPrefix("POST") && !$0.line.contains("/oauth/") && !$0.line.contains("login")
        }
    }
}
