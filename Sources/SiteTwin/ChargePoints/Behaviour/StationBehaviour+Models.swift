import Stations

/// The habits of the models. Where a comment says "assumed", no document and no report tells.
extension StationBehaviour {
    /// What a station with this profile does.
    package static func of(_ profile: StationProfile) -> StationBehaviour {
        var behaviour = StationBehaviour(following: profile)
        switch profile.identifier {
        case "abb-terra-ac": behaviour.makeABB()
        case "webasto-live", "webasto-next": behaviour.makeNEXT()
        case "webasto-unite": behaviour.makeUnite()
        case "webasto-live-bender": behaviour.makeBender(editions: [older])
        case "bender-cc612": behaviour.makeBender(editions: [newer, older])
        case "mennekes-amtron-professional-plus":
            behaviour.makeBender(editions: [newer.with("dlm-mode", 0), older.with("dlm-mode", 0), master])
            behaviour.furtherLimits = ["hems-limit"]
        case "phoenix-ev-cc-ac1", "phoenix-em-cp-pp-eth": break
        case "wallbe": behaviour.values["firmware"] = "3.4-wallbe"
        case "weidmueller-ac-wallbox-business": behaviour.editions = Self.switchTen
        case "weidmueller-ac-smart": behaviour.makeACSmart()
        case "heidelberg-energy-control", "amperfied-connect": behaviour.makeHeidelberg()
        case "keba-p30", "keba-p40": behaviour.makeKEBA(profile.identifier)
        case "mennekes-amtron-compact-2-0s": behaviour.makeCompact()
        case "alfen-eve": behaviour.makeAlfen()
        case "go-e": behaviour.ratings = ["largest-current"]
        case "phoenix-charx": behaviour.ratings = ["maximum-set"]
        case "mennekes-amtron-xtra": behaviour.ratings = ["rated-current", "installation-current"]
        default: break
        }
        return behaviour
    }

    /// Reports and the document: time-out 60 s, no fall-back; a limit acts in about 2 s, from a pause 10 to 30 s pass.
    private mutating func makeABB() {
        onContactLost = .stops
        watchdogSeconds = 60
        failSafeAmperes = nil
        limitActsAfterSeconds = 2
        resumesAfterSeconds = 10
        values["firmware"] = "1.9.0.0"
        ratings = ["user-maximum"]
        stateValues = [
            .waiting: ["state": 1, "socket": 0x0111], .ready: ["state": 2, "socket": 0x0111],
            .paused: ["state": 3, "socket": 0x0111], .charging: ["state": 4, "socket": 0x0111],
            .finished: ["state": 2, "socket": 0x0111], .stopped: ["state": 5, "socket": 0x0111],
            .fault: ["state": 5, "socket": 0x0111, "faults": 0x4000], .free: ["state": 0, "socket": 0],
        ]
    }

    /// The station clears the life bit; function 4 answers as 3 does; writes are taken with function 16 too. A restart
    /// takes minutes of exceptions. How long a limit takes is assumed: controllers allow it up to 30 s.
    private mutating func makeNEXT() {
        lifeClearsAfterSeconds = 1
        limitActsAfterSeconds = 3
        readsTablesAlike = true
        furtherFunctions = [16]
        rebootSeconds = 180
        stateValues = [.free: ["cable": 0]]
        for state in ChargePointState.allCases where state != .free { stateValues[state] = ["cable": 3] }
    }

    /// One client; 20 s; a limit of 0 reads 6 later. That the station then stays off, and after how long, is assumed.
    private mutating func makeUnite() {
        watchdogSeconds = 20
        lifeClearsAfterSeconds = 1
        isSingleClient = true
        zeroReadsBackAs = (6, 8)
        refusesLimitsBelowMinimum = true
        rebootSeconds = 120
        editions = [
            Edition(name: "3.187", values: ["firmware": "v3.187.0-1.0.87.0", "model": "EVC04", "brand": "Webasto"]),
            Edition(
                name: "3.156", values: ["firmware": "v3.156.0", "model": "EVC04", "brand": "Vestel"],
                absent: ["phase-switch"]),
        ]
    }

    // MARK: Bender

    /// Writes are taken with functions 6 and 16. Time-out and safe current as they leave the factory are assumed.
    private mutating func makeBender(editions: [Edition]) {
        self.editions = editions
        furtherFunctions = [6, 16]
        limitActsAfterSeconds = 1
        watchdogSeconds = 60
    }

    /// Registers that software 5.22 has added, the meaning of 124 that it turned round, 32 A after power-on.
    private static let newer = Edition(
        name: "5.22", values: ["firmware": "5.22", "availability": 1, "model": "AMTRON Prof+"], powerOnAmperes: 32)
    private static let older = Edition(
        name: "5.12", values: ["firmware": "5.12", "availability": 0],
        absent: ["voltage-l1", "voltage-l2", "voltage-l3", "model"], powerOnAmperes: 6)
    /// Load management on: the limit of each phase and that of all apply together.
    private static let master = newer.with("dlm-mode", 1, name: "5.22 DLM master")

    // MARK: Others

    /// DIP switch 10 is bit 9 of the switches. OFF: the station releases by itself and cannot be stopped (assumed).
    private static let switchTen = [
        Edition(name: "DIP switch 10 OFF", values: ["dip-switches": 0], lowestAmperes: 6),
        Edition(name: "DIP switch 10 ON", values: ["dip-switches": 0x0200]),
    ]

    /// What it does when the load management's time-out has run off is not known: assumed is its user limit, the worst.
    private mutating func makeACSmart() {
        onContactLost = .fullPower
        ratings = ["user-limit"]
    }

    /// The factory's watchdog is 15 s; its fail-safe current 0 A: it locks.
    private mutating func makeHeidelberg() {
        watchdogSeconds = 15
        failSafeAmperes = 0
        values["layout-version"] = 0x107
        ratings = ["largest-current"]
        values["smallest-current"] = 6
    }

    /// Values are read one at a time. The product's first digit tells P30 from P40.
    private mutating func makeKEBA(_ identifier: String) {
        largestBlockWords = 2
        ratings = ["largest-current"]
        values["product"] = identifier == "keba-p40" ? 4_150_210 : 314_121
        if identifier == "keba-p40" { editions = Self.p40 }
    }

    /// Before 1.2.1 the meter counts watt hours.
    private static let p40 = [
        Edition(name: "1.3.0", values: ["firmware": 10300]), Edition(name: "1.2.0", values: ["firmware": 10200]),
    ]

    /// A limit holds for 60 s; then the safe current that the installer has set.
    private mutating func makeAlfen() {
        onContactLost = .fallsBack
        failSafeRegister = "safe-current"
        values["setpoint-counts"] = 1
        values["phases"] = 3
    }

    /// After 10 s without heartbeat its fall-back current holds.
    private mutating func makeCompact() {
        onContactLost = .fallsBack
        failSafeRegister = "fall-back"
        values["layout-version"] = 0x104
        values["firmware"] = "1.1.2"
    }
}

extension StationBehaviour.Edition {
    /// The same with one register more.
    fileprivate func with(_ register: String, _ content: RegisterContent, name: String? = nil) -> Self {
        var edition = self
        edition.values[register] = content
        if let name { edition.name = name }
        return edition
    }
}
