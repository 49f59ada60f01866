import Allocation
import Realtime
import Stations

extension CloudLoop {
    /// The cloud keeps an answer this long: what it says is up to this old.
    private var cacheSeconds: Double { 15 }

    mutating func readNextCharger() throws(CloudError) {
        let began = session.clock.nanoseconds()
        // After a failure the round goes on where it was; a lower limit goes first.
        let found = try ask { installation, send throws(CloudError) in try installation.readNextCharger(send) }
        guard let found else { return }
        // Within the cache's time nothing new would be read; without a car there is no hurry.
        let isIdle = found.status == .free
        let seconds = max(isIdle ? 60 : cacheSeconds, installation.secondsPerCharger * Double(found.chargerCount))
        roundDue = began + CloudWait.nanoseconds(seconds)
        take(found, began)
    }

    private mutating func take(_ found: ChargerRound, _ began: Int64) {
        round = found
        knowledge.report.status = found.status
        if let drawn = found.drawn {
            knowledge.report.drawnAmperes = configuration.onSupplyLines(drawn)
            knowledge.report.drawnTime = MonotonicTime(nanoseconds: began).advanced(bySeconds: -cacheSeconds)
        }
        if let held = reading?.held {
            knowledge.report.acceptedAmperes = inForce(largest(held, pacing.mayHold ?? held))
        }
        judgeFailSafe(found.fallBackAmperes)
        knowledge.hasBeenRead = true
        confirm()
        let isKept = knowledge.report.keepsFailSafe
        shared.diagnostics.withLock {
            $0.identity = found.identity
            $0.energyWattHours = found.energyWattHours ?? $0.energyWattHours
            $0.energyIsOfSession = true
            $0.failSafeKept = found.fallBackAmperes == nil ? nil : isKept
        }
    }

    /// Compares what the chargers would draw without their cloud with what the settings promise the allocator.
    private mutating func judgeFailSafe(_ fallBack: Double?) {
        let isKept = fallBack.map { $0 <= configuration.failSafeAmperes + LimitPacing.tolerance } ?? false
        knowledge.report.keepsFailSafe = isKept
        guard !isKept else {
            offlineDue = .max
            return corrections.reset()
        }
        let found = fallBack.map { "\($0) A" } ?? "an unknown current"
        note(
            "without their cloud the chargers may draw \(found), the settings promise \(configuration.failSafeAmperes) A: "
                + (configuration.setsOfflineCurrent
                    ? "they are told the lower offline current"
                    : "set each charger's offline current in the portal, or allow it here with set-offline-current: true")
        )
        if configuration.setsOfflineCurrent, fallBack != nil, offlineDue == .max {
            offlineDue = session.clock.nanoseconds()
        }
    }

    mutating func correctOfflineCurrent() throws(CloudError) {
        let now = session.clock.nanoseconds()
        offlineDue = now + corrections.shortest
        let wasWrong = try ask { installation, send throws(CloudError) in
            try installation.correctOfflineCurrent(send)
        }
        // One charger after the other; then the next round shows what they keep.
        offlineDue = wasWrong ? now : now + corrections.next()
    }
}
