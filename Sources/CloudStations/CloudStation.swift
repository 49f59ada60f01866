import Realtime
import Stations

extension StationShared.Knowledge {
    /// Before anything is known of an installation: it takes a limit for each line.
    static var ofCloud: Self {
        var knowledge = Self()
        knowledge.isPerPhase = true
        return knowledge
    }
}

extension StationWriter {
    /// Starts the thread of an installation behind its maker's cloud. It reads the credentials at each login.
    ///
    /// - Throws: `StationError` for a setting that cannot be, or where the system has no thread or file left.
    ///
    /// - Parameter heartbeat: of the thread that publishes limits. While it is silent, the installation is told no more
    ///   than its fail-safe current. nil: a limit holds until the next one.
    public convenience init(
        _ configuration: CloudStationConfiguration, heartbeat: Heartbeat? = nil
    ) throws(StationError) {
        try configuration.check()
        try self.init(
            name: configuration.name, modelName: configuration.profile.name, rating: configuration.rating,
            steps: configuration.limitSteps, supplyPhases: configuration.supplyPhases, knowledge: .ofCloud,
            heartbeat: heartbeat, abandonedAmperes: configuration.leaveAmperes
        ) { shared in
            let base = configuration.baseAddress ?? configuration.profile.driver.address
            let session = CloudSession(
                transport: HTTPTransport(base: base, wake: shared.wake), clock: SystemClock(), wake: shared.wake,
                pacer: .shared("\(base) \(configuration.credentials)"), login: configuration.profile.driver.login,
                credentials: configuration.credentials)
            switch configuration.profile.driver {
            case .zaptec:
                var loop = CloudLoop(
                    configuration, installation: ZaptecInstallation(configuration), session: session, shared: shared)
                loop.run()
            case .easee:
                var loop = CloudLoop(
                    configuration, installation: EaseeCircuit(configuration), session: session, shared: shared)
                loop.run()
            }
        }
    }
}
