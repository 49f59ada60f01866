import Allocation
import Glibc
import Realtime
import SiteTwin
import Stations
import Testing

@testable import CloudStations

/// Waits until `condition` holds; generous, so that only what never happens fails.
func eventually(
    _ what: Comment, within seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    while !condition() {
        guard clock.now < deadline else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// A file with user name and password that goes away with the value.
final class CredentialFile {
    let path: String

    init(_ text: String, mode: mode_t = 0o600) throws {
        var name = Array("/tmp/headroom-credentials-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        try #require(descriptor >= 0)
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        #expect(fchmod(descriptor, mode) == 0)
        close(descriptor)
    }

    convenience init(_ username: String, _ password: String) throws {
        try self.init("username: \(username)\npassword: \(password)\n")
    }

    deinit { unlink(path) }
}

/// As `StationWriter.publish` does.
private func publish(_ amperes: Double, to shared: StationShared) {
    let last = shared.wish.load()
    guard last.sequence == 0 || last.amperes != amperes else { return }
    shared.wish.store(StationShared.Wish(amperes: amperes, sequence: last.sequence + 1))
}

/// An installation's loop with a simulated cloud, in virtual time.
final class Bench<Model: CloudTwinModel, Installation: CloudInstallation> {
    let clock = VirtualClock()
    let shared: StationShared
    let transport: DirectTransport<Model>
    private let credentials: CredentialFile
    private var loop: CloudLoop<Installation>

    init(
        _ model: Model, username: String, password: String,
        _ configuration: (CredentialSource) -> CloudStationConfiguration,
        _ installation: (CloudStationConfiguration) -> Installation
    ) throws {
        credentials = try CredentialFile(username, password)
        let shared = try #require(StationShared())
        self.shared = shared
        transport = DirectTransport(model, clock)
        let configuration = configuration(.file(credentials.path))
        try configuration.check()
        let session = CloudSession(
            transport: transport, clock: clock, wake: shared.wake, pacer: RequestPacer(),
            login: configuration.profile.driver.login, credentials: configuration.credentials)
        loop = CloudLoop(
            configuration, installation: installation(configuration), session: session, shared: shared)
    }

    /// What the real-time thread does.
    func wish(_ amperes: Double) { publish(amperes, to: shared) }

    /// The same, once that many seconds have passed.
    func wish(_ amperes: Double, after seconds: Double) {
        clock.after(seconds) { [shared] in publish(amperes, to: shared) }
    }

    /// Lets the loop run for a time.
    func run(_ seconds: Double) {
        let end = clock.nanoseconds() + Int64(seconds * 1e9)
        while clock.nanoseconds() < end, !shared.isStopping {
            let due = loop.step()
            let now = clock.nanoseconds()
            // A signal would end the wait at the next event.
            if due > now { clock.advance(to: clock.next(before: min(due, end))) }
        }
    }

    /// What `StationWriter.requestStop` does; then the loop leaves.
    func stop() {
        // The deadline is real time; the loop only needs the seconds left of it.
        shared.stopDeadline.store(MonotonicClock.nanoseconds() + 60_000_000_000, ordering: .releasing)
        loop.run()
    }

    var report: StationReport { shared.report() }
    var diagnostics: StationDiagnostics { shared.diagnostics.withLock { $0 } }
    func fault(_ fault: CloudTwinFault?, at path: String = "") { transport.set(fault, at: path) }

    func model<Result>(_ body: (inout sending Model) -> sending Result) -> Result {
        transport.state.withLock { body(&$0.model) }
    }

    /// The requests so far whose line holds `part`.
    func requests(_ part: String = "") -> [(time: Int64, line: String, body: String)] {
        transport.state.withLock { $0.requests }.filter { part.isEmpty || $0.line.contains(part) }
    }

    var seconds: Double { Double(clock.nanoseconds() - 1_000_000_000_000) / 1e9 }
}

typealias ZaptecBench = Bench<ZaptecCloudModel, ZaptecInstallation>

func zaptecConfiguration(_ credentials: CredentialSource) -> CloudStationConfiguration {
    guard let profile = CloudProfile.builtIn(named: "zaptec") else { preconditionFailure("no profile 'zaptec'") }
    return CloudStationConfiguration(
        name: "Tiefgarage", profile: profile,
        installation: ZaptecCloudModel().installation, credentials: credentials, maximumAmperes: 63,
        failSafeAmperes: 20)
}

/// Two chargers, one with a car of 16 A on three phases, offline currents of 10 A.
func zaptecBench(
    chargers: Int = 2, _ change: (inout ZaptecCloudModel) -> Void = { _ in },
    configuration edit: (inout CloudStationConfiguration) -> Void = { _ in }
) throws -> ZaptecBench {
    var model = ZaptecCloudModel(chargers: chargers)
    model.chargers[0].carAmperes = [16, 16, 16]
    change(&model)
    return try Bench(
        model, username: model.username, password: model.password,
        { credentials in
            var configuration = zaptecConfiguration(credentials)
            edit(&configuration)
            return configuration
        }, { ZaptecInstallation($0) })
}
