/// What one code of a channel stands for. Powers of two over decimal full scales: their decimal text is exact.
struct ChannelScales: Sendable {
    /// Volts of one code of U1 to U3 and of the spare input: full scale ±500 V.
    let voltsPerCode: Double = 500.0 / 32_768
    /// Amperes of one code; with Rogowski coils: volts at the coil.
    let currentUnitsPerCode: Double
    /// Volts of the coil for each ampere in a second; nil: the channels carry the current itself.
    let mutualInductanceHenries: Double?

    init(options: TwinOptions) {
        // 200 A peak, doubled until twice the main limit fits.
        var fullScaleAmperes = 200.0
        while fullScaleAmperes < options.mainLimitAmperes * 2.0.squareRoot() * 2 { fullScaleAmperes *= 2 }
        if options.usesRogowskiCoils {
            // Twice the full scale of the direct channels, because the coil shows the h-th harmonic h times larger.
            let sensitivity = options.rogowskiVoltsPerAmpereHertz
            currentUnitsPerCode = sensitivity * options.nominalHz * 2 * fullScaleAmperes / 32_768
            mutualInductanceHenries = sensitivity / (2 * .pi)
        } else {
            currentUnitsPerCode = fullScaleAmperes / 32_768
            mutualInductanceHenries = nil
        }
    }
}
