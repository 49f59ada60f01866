import ArgumentParser
import SiteTwin

/// What the twin's building is like: the same words for `demo` and `twin`.
struct TwinOptionGroup: ParsableArguments {
    @Option(help: ArgumentHelp("Charging stations, 1 to 100.", valueName: "n"))
    var stations = 4

    @Option(help: ArgumentHelp("Seed of all chance: the same seed, the same day.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "How much faster than real time household and cars live; mains, meter and reaction times stay real.",
            valueName: "factor"))
    var speed = 1.0

    @Flag(help: "Rogowski coils instead of current transformers.")
    var rogowski = false

    @Option(help: ArgumentHelp("Rating of the main fuse.", valueName: "A"))
    var mainLimit = 63.0

    @Option(help: ArgumentHelp("Peak of a photovoltaic plant on each phase.", valueName: "A"))
    var photovoltaics = 0.0

    @Option(help: ArgumentHelp("Frames per second of the ADC.", valueName: "Hz"))
    var rate = 32_000

    var twin: TwinOptions {
        var options = TwinOptions()
        options.stationCount = stations
        options.seed = seed
        options.speed = speed
        options.usesRogowskiCoils = rogowski
        options.mainLimitAmperes = mainLimit
        options.photovoltaicPeakAmperes = photovoltaics
        options.sampleRateHz = rate
        return options
    }
}
