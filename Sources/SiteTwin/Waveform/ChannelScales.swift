/// What one code of a channel stands for. Powers of two over decimal full scales: their decimal text is exact.
struct ChannelScales: Sendable {
    /// Volts of one code of U1 to U3 and of the spare input: full scale ±500 V.
    let voltsPerCode: Double = 500.0 / 32_768
    /// Amperes of one code; with Rogowski coils: volts at the coil.
    let currentUnitsPerCode: Double
    /// Volts of the coil for each ampere in a second; nil: the channels carry the current itself.
    let mutualInductanceHenries: Double?

    init(options: TwinOptions) {
        if options.usesRogowskiCoils {
            // Full scale: 400 A peak of the fundamental, twice that of the direct channels, because the coil shows
            // the h-th harmonic h times larger.
            let sensitivity = options.rogowskiVoltsPerAmpereHertz
            currentUnitsPerCode = sensitivity * options.nominalHz * 400 / 32_768
            mutualInductanceHenries = sensitivity / (2 * .pi)
        } else {
            currentUnitsPerCode = 200.0 / 32_768
            mutualInductanceHenries = nil
        }
    }
}
