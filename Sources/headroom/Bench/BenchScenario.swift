/// One situation in which the device is timed.
struct BenchScenario {
    enum Disturbance: CaseIterable {
        case none, busyProcessors, deadStations, readers, settings
    }

    /// In one word, for tables and JSON.
    var name: String
    /// What it is, in a sentence.
    var words: String
    var disturbance = Disturbance.none
    /// Stations at which cars charge.
    var stations = 16
    /// Length of the meter's blocks.
    var blockMilliseconds = 10.0
    var sampleRateHz = 32_000

    /// Stations without a car, which one of the disturbances kills: there in all situations, so that they compare.
    var idleStations: Int { min(20, 100 - stations) }

    /// All that are run, the undisturbed one first; the dead stations last of those on its bed, for they stay dead a while.
    static let all = [
        BenchScenario(name: "quiet", words: "nothing else to do; 10 ms blocks, 16 stations"),
        BenchScenario(
            name: "busy", words: "a normal process on every processor", disturbance: .busyProcessors),
        BenchScenario(
            name: "readers", words: "eight readers of everything, 200 times a second each", disturbance: .readers),
        BenchScenario(
            name: "settings", words: "an owner's limit changes each second", disturbance: .settings),
        BenchScenario(
            name: "dead", words: "20 stations accept connections and never answer", disturbance: .deadStations),
        BenchScenario(name: "5ms", words: "5 ms blocks", blockMilliseconds: 5),
        BenchScenario(name: "20ms", words: "20 ms blocks", blockMilliseconds: 20),
        BenchScenario(name: "2", words: "2 stations", stations: 2),
        BenchScenario(name: "100", words: "100 stations", stations: 100),
    ]
}
