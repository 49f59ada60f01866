import ArgumentParser
import Site
import SiteTwin

/// What the twin's building is like: the same words for `demo` and `twin`.
struct TwinOptionGroup: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Charging stations, 1 to 100; or a file that lists them by model (headroom twin --help).",
            valueName: "n|file"))
    var stations = StationChoice.count(4)

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Seed of all chance: the same seed, the same day.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much faster than real time household and cars live; mains, meter and reaction times stay real.",
            valueName: "factor"))
    var speed = 1.0

    @Flag(help: "Rogowski coils instead of current transformers.")
    var rogowski = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Rating of the main fuse, 1 to 2000. The margin below it is 3 A, a tenth of the rating at most.",
            valueName: "A"))
    var mainLimit = 63.0

    @Option(parsing: .unconditional, help: ArgumentHelp("Peak of a photovoltaic plant on each phase.", valueName: "A"))
    var photovoltaics = 0.0

    @Option(parsing: .unconditional, help: ArgumentHelp("Frames per second of the ADC.", valueName: "Hz"))
    var rate = 32_000

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How the current sensors are connected: \(TwinInputs.help).", valueName: "a,b,c"))
    var sensors = TwinInputs(inputs: TwinInput.correct)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How the voltage taps are connected, in the same words.", valueName: "a,b,c"))
    var taps = TwinInputs(inputs: TwinInput.correct)

    @Flag(help: "The device is not told on which lines the stations are: its settings say L1 L2 L3 for each.")
    var hideRotation = false

    /// - Throws: `YAMLError` or `RunError` for a file of stations that cannot be read.
    func twin() throws -> TwinOptions {
        var options = TwinOptions()
        switch stations {
        case .count(let count): options.stationCount = count
        case .file(let path): options.stations = try StationsFile.read(path)
        }
        options.seed = seed
        options.speed = speed
        options.usesRogowskiCoils = rogowski
        options.mainLimitAmperes = mainLimit
        options.marginAmperes = max(0, min(options.marginAmperes, mainLimit / 10))
        options.photovoltaicPeakAmperes = photovoltaics
        options.sampleRateHz = rate
        options.sensorWiring = sensors.inputs
        options.voltageWiring = taps.inputs
        return options
    }

    /// What an installer would write down of it; with `--hide-rotation` not on which lines the stations are.
    func settings(_ twin: TwinDescription) throws -> SiteSettings {
        var twin = twin
        if hideRotation {
            for index in twin.stations.indices { twin.stations[index].supplyPhases = [0, 1, 2] }
        }
        return try TwinSite.settings(twin, feedsIn: photovoltaics > 0)
    }

    /// The twin, started.
    ///
    /// - Parameter servesMeter: false: stations alone.
    /// - Throws: `UsageError` that names the option outside its range, `RunError` for what the system refuses.
    func start(servesMeter: Bool = true) throws -> SiteTwin {
        var options = try twin()
        options.servesMeter = servesMeter
        // Nobody measures: a household and its steps would only show in the observer's figures.
        if !servesMeter { (options.appliances, options.steps) = ([], []) }
        do throws(TwinError) {
            let twin = try SiteTwin(options)
            try twin.start()
            return twin
        } catch {
            guard case .invalidOption(let name, let value, let allowed) = error else { throw RunError("\(error)") }
            let option = Self.options[name] ?? "twin option \(name)"
            throw UsageError("\(option): \(value) is out of range; give \(allowed)")
        }
    }

    /// How the command line calls the twin's options.
    private static let options = [
        "stationCount": "--stations", "speed": "--speed", "mainLimitAmperes": "--main-limit",
        "photovoltaicPeakAmperes": "--photovoltaics", "sampleRateHz": "--rate",
    ]
}

/// `--stations`: a number of the demo's two kinds, or a file that lists them.
enum StationChoice: ExpressibleByArgument {
    case count(Int)
    case file(String)

    /// nil where it is a number that counts nothing.
    init?(argument: String) {
        if let count = Int(argument) {
            self = .count(count)
        } else if Double(argument) == nil {
            self = .file(argument)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String {
        switch self {
        case .count(let count): "\(count)"
        case .file(let path): path
        }
    }
}
