/// One car on its cable: how it follows what the station offers.
///
/// It draws 0 or 6 A and more, never between. A new offer acts after its own delay, then by a ramp; together at
/// most 5 s. Coming back from a pause it takes a few seconds more to wake.
package struct Car: Sendable {
    /// Below this a car cannot charge (IEC 61851-1).
    package static let smallestAmperes: Double = 6
    /// The share of its energy at which the battery begins to take less.
    private static let taperShare = 0.1

    package let phaseCount: Int
    package let maximumAmperes: Double
    let delaySeconds: Double
    let wakeSeconds: Double
    let rampAmperesPerSecond: Double
    package let neededWattHours: Double
    package private(set) var remainingWattHours: Double
    /// RMS current on each of its phases.
    package private(set) var amperes: Double = 0
    private var followedAmperes: Double = 0
    private var offeredAmperes: Double = 0
    private var wakesAt: Double?
    private var pending: [(due: Double, amperes: Double)] = []

    /// - Parameter delaySeconds: until it follows, and until it wakes; nil: by chance.
    package init(
        phaseCount: Int, maximumAmperes: Double, neededWattHours: Double, delaySeconds: Double? = nil,
        random: inout RandomSource
    ) {
        self.phaseCount = phaseCount
        self.maximumAmperes = maximumAmperes
        self.neededWattHours = neededWattHours
        remainingWattHours = neededWattHours
        // Drawn in any case: the chances of all that follows stay the same.
        let drawnDelay = random.uniform(1...3.5)
        self.delaySeconds = delaySeconds ?? drawnDelay
        let drawnWake = random.uniform(2...8)
        wakeSeconds = delaySeconds ?? drawnWake
        rampAmperesPerSecond = random.uniform(20...40)
    }

    /// The battery has what it wanted.
    package var isFull: Bool { remainingWattHours <= 0 }

    /// - Parameters:
    ///   - offer: what the pilot signal offers, 0 or 6 and more.
    ///   - now: seconds after the start.
    ///   - elapsed: seconds since the last call.
    package mutating func advance(offer: Double, now: Double, elapsed: Double) {
        if offer != offeredAmperes {
            offeredAmperes = offer
            // Offers closer than 50 ms share a place, so that a controller gone wild cannot make the list grow.
            if let last = pending.last, now + delaySeconds - last.due < 0.05 {
                pending[pending.count - 1].amperes = offer
            } else {
                pending.append((now + delaySeconds, offer))
            }
        }
        while let first = pending.first, first.due <= now {
            followedAmperes = first.amperes
            pending.removeFirst()
        }
        ramp(to: wantedAmperes, now: now, elapsed: elapsed)
    }

    /// Takes `wattHours` out of what is missing.
    package mutating func fill(wattHours: Double) { remainingWattHours -= wattHours }

    private var wantedAmperes: Double {
        guard !isFull else { return 0 }
        let share = remainingWattHours / neededWattHours
        let taper =
            share >= Self.taperShare
            ? maximumAmperes
            : Self.smallestAmperes + (maximumAmperes - Self.smallestAmperes) * share / Self.taperShare
        let wanted = min(followedAmperes, min(maximumAmperes, taper))
        return wanted < Self.smallestAmperes ? 0 : wanted
    }

    private mutating func ramp(to wanted: Double, now: Double, elapsed: Double) {
        if wanted == 0 {
            wakesAt = nil
            amperes -= rampAmperesPerSecond * elapsed
            if amperes < Self.smallestAmperes { amperes = 0 }
        } else if amperes == 0 {
            guard let wake = wakesAt else {
                wakesAt = now + wakeSeconds
                return
            }
            if now >= wake { amperes = Self.smallestAmperes }
        } else if wanted > amperes {
            amperes = min(wanted, amperes + rampAmperesPerSecond * elapsed)
        } else {
            amperes = max(wanted, amperes - rampAmperesPerSecond * elapsed)
        }
    }
}
