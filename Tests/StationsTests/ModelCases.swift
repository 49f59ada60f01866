import Allocation
import Testing

/// What a station of a model must be told, as the documents have it: function, address and words.
struct ModelCase: Sendable, CustomTestStringConvertible {
    /// A file of `Fixtures/maps`.
    var map: String
    var profile: String
    /// Before anything else.
    var startUp: [String] = []
    /// For 13.37 A, and the current that it comes to.
    var limit: [String]
    var accepted: Double
    /// For a pause, and what it is then counted at.
    var pause: [String]
    var paused = 0.0
    /// For 10 A after the pause, in this order.
    var resume: [String]
    /// For 6 A and 60 s.
    var failSafe: [String] = []
    /// Written again and again.
    var alive: String?
    /// When the writer leaves.
    var leave: [String]
    /// Questions that this map answers with an exception, as the profile expects.
    var refused: Set<String> = []
    var drawn: PerPhaseAmperes? = PerPhaseAmperes(10, 9.9, 9.8)
    var volts = [231.0, 232, 233]
    var watts = 6850.0
    var wattHours = 1_234_500.0
    var identity = ""
    var variant: String?

    var testDescription: String { map }

    /// A model with one register of whole amperes in which 0 pauses.
    static func plain(_ map: String, _ function: Int, _ address: Int, profile: String? = nil) -> ModelCase {
        let write = "W \(function) \(address) "
        return ModelCase(
            map: map, profile: profile ?? map, limit: [write + "13"], accepted: 13, pause: [write + "0"],
            resume: [write + "10"], leave: [write + "6"])
    }

    func with(_ change: (inout ModelCase) -> Void) -> ModelCase {
        var copy = self
        change(&copy)
        return copy
    }
}

extension ModelCase {
    static let all: [ModelCase] = webasto + bender + phoenix + keba + others

    private static let webasto = [
        plain("webasto-live", 6, 5004).with {
            ($0.failSafe, $0.alive, $0.volts) = (["W 6 2000 6", "W 6 2002 60"], "W 6 6000 1", [])
        },
        plain("webasto-next", 6, 5004).with {
            ($0.failSafe, $0.alive, $0.volts) = (["W 6 2000 6", "W 6 2002 60"], "W 6 6000 1", [])
        },
        plain("webasto-unite", 6, 5004).with {
            ($0.failSafe, $0.alive) = (["W 6 2000 6", "W 6 2002 60"], "W 6 6000 1")
            $0.identity = "serial number 7115302621000123, brand Webasto, model EVC04, firmware v3.187.0-1.0.87.0"
        },
    ]

    private static let safeBender = ["W 16 131 6", "W 16 132 60"]
    private static let missingBefore522: Set = ["X 3 142 2", "X 3 222 2", "X 3 224 2", "X 3 226 2"]
    private static let bender = [
        plain("webasto-live-bender", 16, 1000).with {
            ($0.failSafe, $0.volts, $0.identity) = (safeBender, [], "firmware 4.50")
        },
        plain("bender-cc612", 16, 1000).with {
            ($0.failSafe, $0.identity) = (safeBender, "model AMTRON Prof+, firmware 5.33")
        },
        plain("mennekes-without-dlm", 16, 1000, profile: "mennekes-amtron-professional-plus").with {
            ($0.failSafe, $0.refused, $0.volts) = (safeBender, missingBefore522, [])
            $0.identity = "firmware 5.12"
        },
        plain("mennekes-amtron-professional-plus", 16, 613).with {
            $0.limit = ["W 16 613 13", "W 16 614 13", "W 16 615 13", "W 16 1000 32"]
            $0.pause = ["W 16 1000 0"]
            $0.resume = ["W 16 613 10", "W 16 614 10", "W 16 615 10", "W 16 1000 32"]
            $0.leave = ["W 16 613 6", "W 16 614 6", "W 16 615 6"]
            $0.failSafe = safeBender
            $0.identity = "model AMTRON Prof+, firmware 5.22"
            $0.variant = "DLM master, a limit for each phase"
        },
    ]

    private static let phoenix = [
        plain("phoenix-ev-cc-ac1", 6, 528).with {
            $0.limit = ["W 6 528 13", "W 5 400 1"]
            $0.pause = ["W 6 528 6", "W 5 400 0"]
            $0.resume = ["W 6 528 10", "W 5 400 1"]
            $0.drawn = PerPhaseAmperes(10, 9, 9)
            $0.identity = "device name EV-CC-AC1-M3-ETH, firmware 1.23"
        },
        // DIP switch 10 OFF: it cannot be stopped, and no coil is touched.
        plain("weidmueller-ac-wallbox-business", 6, 528).with {
            ($0.pause, $0.paused) = (["W 6 528 6"], 6)
            $0.drawn = PerPhaseAmperes(10, 9, 9)
            $0.identity = "device name EV-CC-AC1-M3-ETH, firmware 1.23"
        },
        plain("phoenix-ev-cc-ac1", 6, 528, profile: "weidmueller-ac-wallbox-business").with {
            $0.limit = ["W 6 528 13", "W 5 400 1"]
            $0.pause = ["W 6 528 6", "W 5 400 0"]
            $0.resume = ["W 6 528 10", "W 5 400 1"]
            $0.drawn = PerPhaseAmperes(10, 9, 9)
            $0.identity = "device name EV-CC-AC1-M3-ETH, firmware 1.23"
            $0.variant = "DIP switch 10 ON, can be paused"
        },
        plain("wallbe", 6, 528).with {
            ($0.limit, $0.accepted) = (["W 6 528 133", "W 5 400 1"], 13.3)
            $0.pause = ["W 6 528 60", "W 5 400 0"]
            $0.resume = ["W 6 528 100", "W 5 400 1"]
            $0.leave = ["W 6 528 60"]
            $0.drawn = PerPhaseAmperes(10, 9, 9)
            $0.identity = "firmware 3.4.1-wallbe"
        },
        plain("phoenix-em-cp-pp-eth", 6, 300).with {
            $0.limit = ["W 6 300 13", "W 5 400 1"]
            $0.pause = ["W 6 300 6", "W 5 400 0"]
            $0.resume = ["W 6 300 10", "W 5 400 1"]
            $0.refused = ["X 3 528 2"]
        },
        plain("phoenix-charx", 16, 1301).with {
            $0.startUp = ["W 16 1300 1"]
            ($0.failSafe, $0.alive) = (["W 16 1306 6", "W 16 1307 60"], "W 16 1301 10")
            $0.identity = "controller A1B2C3, maximum set in the web management (A) 32"
        },
    ]

    private static let keba = [
        plain("keba-p30", 6, 5004).with {
            // The enabling comes after the limit, and the limit once more: it cannot be read.
            ($0.limit, $0.accepted) = (["W 6 5004 13300", "W 6 5014 1", "W 6 5004 13300"], 13.3)
            ($0.pause, $0.leave) = (["W 6 5014 0"], ["W 6 5004 6000"])
            $0.resume = ["W 6 5004 10000", "W 6 5014 1", "W 6 5004 10000"]
            ($0.failSafe, $0.alive) = (["W 6 5016 6000", "W 6 5018 60"], "W 6 5004 10000")
            $0.identity = "serial number 21012345, product 314121, largest current (A) 32"
        },
        plain("keba-p40", 6, 5004).with {
            ($0.limit, $0.accepted) = (["W 6 5004 13300"], 13.3)
            ($0.pause, $0.resume, $0.leave) = (["W 6 5004 0"], ["W 6 5004 10000"], ["W 6 5004 6000"])
            ($0.failSafe, $0.alive) = (["W 6 5016 6000", "W 6 5018 60"], "W 6 5004 10000")
            $0.identity = "serial number 21012345, product 4150210, firmware 10300"
        },
    ]
}
