import MeterDSP

/// One quantity of the whole supply.
struct SupplyQuantity: Sendable {
    var key: String
    var label: String
    /// Three voltages and three currents; else phases that each have both suffice.
    var needsThreePhases: Bool
    var needsFundamentals: Bool
    var unit: @Sendable (MeasureUnits) -> String
    var value: @Sendable (ThreePhaseQuantities, EffectivePower) -> Double?

    private init(
        _ key: String, _ label: String, three: Bool = true, fundamental: Bool = true, _ power: String? = nil,
        unit: @escaping @Sendable (MeasureUnits) -> String = { _ in "" },
        _ value: @escaping @Sendable (ThreePhaseQuantities, EffectivePower) -> Double?
    ) {
        self.key = key
        self.label = label
        needsThreePhases = three
        needsFundamentals = fundamental
        self.unit = power.map { symbol in { @Sendable in $0.power(symbol) } } ?? unit
        self.value = value
    }

    static let all: [SupplyQuantity] = [
        .init("s_arithmetic", "SA arithmetic", three: false, fundamental: false, "VA") { all, _ in
            all.arithmeticApparentPower
        },
        .init("s_vector", "SV vector", three: false, "VA") { all, _ in all.vectorApparentPower },
        .init("ue", "Ue effective voltage", fundamental: false, unit: \.voltage) { $1.voltageRMS },
        .init("ie", "Ie effective current", fundamental: false, unit: \.current) { $1.currentRMS },
        .init("se", "Se effective", fundamental: false, "VA") { $1.apparentPower },
        .init("ue1", "Ue1 fundamental", unit: \.voltage) { $1.fundamentalVoltageRMS },
        .init("ie1", "Ie1 fundamental", unit: \.current) { $1.fundamentalCurrentRMS },
        .init("se1", "Se1 fundamental", "VA") { $1.fundamentalApparentPower },
        .init("sen", "SeN non-fundamental", "VA") { $1.nonfundamentalApparentPower },
        .init("dei", "DeI current distortion", "var") { $1.currentDistortionPower },
        .init("dev", "DeV voltage distortion", "var") { $1.voltageDistortionPower },
        .init("seh", "SeH harmonic", "VA") { $1.harmonicApparentPower },
        .init("n", "N nonactive", fundamental: false, "var") { $1.nonactivePower },
        .init("s1_positive", "S1+ positive sequence", "VA") { $1.positiveSequenceApparentPower },
        .init("p1_positive", "P1+ positive sequence", "W") { $1.positiveSequencePower.real },
        .init("q1_positive", "Q1+ positive sequence", "var") { $1.positiveSequencePower.imaginary },
        .init("su1", "SU1 unbalance", "VA") { $1.unbalancePower },
        .init("pf", "PF = P/Se", fundamental: false) { $1.powerFactor },
        .init("pf_arithmetic", "PF = P/SA", three: false, fundamental: false) { all, _ in all.arithmeticPowerFactor },
        .init("pf_vector", "PF = P/SV", three: false) { all, _ in all.vectorPowerFactor },
        .init("pf1_positive", "PF1+ = P1+/S1+") { $1.displacementPowerFactor },
        .init("harmonic_pollution", "SeN/Se1") { $1.harmonicPollution },
        .init("load_unbalance", "SU1/S1+") { $1.loadUnbalance },
    ]
}
