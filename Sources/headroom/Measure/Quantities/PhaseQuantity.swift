import MeterDSP
import Spectrum

/// What the quantities of one phase are computed from.
struct PhaseValues {
    var detail: WindowDetail
    var phase: Int
    var quantities: PhaseQuantities
    var hasFundamentals: Bool

    /// Against the fundamental of the first voltage, else of the first current, degrees in −180 to 180.
    func degrees(_ phasor: Phasor, reference: Phasor) -> Double? {
        guard phasor.squaredMagnitude > 0, reference.squaredMagnitude > 0 else { return nil }
        return (phasor * reference.conjugate).radians * 180 / .pi
    }
}

/// One quantity that each phase has: how it is called, what it needs and how it is found.
struct PhaseQuantity: Sendable {
    enum Needs: Sendable { case voltage, current, both }

    var key: String
    var label: String
    var needs: Needs
    var needsFundamentals: Bool
    var unit: @Sendable (MeasureUnits) -> String
    var value: @Sendable (PhaseValues) -> Double?
    /// Of the supply, where the phases add up.
    var sum: (@Sendable (ThreePhaseQuantities) -> Double)?

    init(
        _ key: String, _ label: String, _ needs: Needs, fundamental: Bool = false,
        unit: @escaping @Sendable (MeasureUnits) -> String, sum: (@Sendable (ThreePhaseQuantities) -> Double)? = nil,
        _ value: @escaping @Sendable (PhaseValues) -> Double?
    ) {
        self.key = key
        self.label = label
        self.needs = needs
        needsFundamentals = fundamental
        self.unit = unit
        self.sum = sum
        self.value = value
    }

    func row(
        _ values: [PhaseValues], _ quantities: ThreePhaseQuantities, _ inputs: RecordedInputs, _ units: MeasureUnits
    ) -> QuantityTable.Row {
        let hasFundamentals = values.allSatisfy(\.hasFundamentals)
        let isMeasured = key == "u_rms" || key == "i_rms"
        func isRecorded(_ phase: Int) -> Bool {
            switch needs {
            case .voltage: inputs.hasVoltage(phase)
            case .current: inputs.hasCurrent(phase)
            case .both: inputs.hasBoth(phase)
            }
        }
        let cells: [QuantityTable.Cell] = (0..<3).map { phase in
            guard isRecorded(phase) else { return isMeasured ? .notRecorded : .undefined }
            guard hasFundamentals || !needsFundamentals else { return .undefined }
            return .init(value(values[phase]))
        }
        var total = QuantityTable.Cell.none
        if let sum {
            total = inputs.isComplete && (hasFundamentals || !needsFundamentals) ? .init(sum(quantities)) : .undefined
        }
        return .init(
            key: key, label: label, unit: unit(units), phases: cells, sum: total,
            isRecorded: (0..<3).contains { isRecorded($0) }, isMeasured: isMeasured)
    }

    private static func reference(_ values: PhaseValues) -> Phasor {
        values.detail.angleReference
    }

    static let all: [PhaseQuantity] = [
        .init("u_rms", "U", .voltage, unit: \.voltage) { $0.quantities.voltageRMS },
        .init("u1", "U1 fundamental", .voltage, fundamental: true, unit: \.voltage) {
            $0.quantities.fundamentalVoltageRMS
        },
        .init("u1_deg", "U1 angle", .voltage, fundamental: true, unit: { _ in "°" }) {
            $0.degrees($0.quantities.fundamentalVoltage, reference: reference($0))
        },
        .init("i_rms", "I", .current, unit: \.current) { $0.quantities.currentRMS },
        .init("i1", "I1 fundamental", .current, fundamental: true, unit: \.current) {
            $0.quantities.fundamentalCurrentRMS
        },
        .init("i1_deg", "I1 angle", .current, fundamental: true, unit: { _ in "°" }) {
            $0.degrees($0.quantities.fundamentalCurrent, reference: reference($0))
        },
        .init("p", "P active", .both, unit: { $0.power("W") }, sum: \.activePower) { $0.quantities.activePower },
        .init(
            "p1", "P1 fundamental", .both, fundamental: true, unit: { $0.power("W") }, sum: \.fundamentalActivePower
        ) { $0.quantities.fundamentalActivePower },
        .init(
            "ph", "PH harmonic", .both, fundamental: true, unit: { $0.power("W") },
            sum: { $0.activePower - $0.fundamentalActivePower }
        ) { $0.quantities.harmonicActivePower },
        .init(
            "q1", "Q1 reactive", .both, fundamental: true, unit: { $0.power("var") }, sum: \.fundamentalReactivePower
        ) { $0.quantities.fundamentalReactivePower },
        .init("s", "S apparent", .both, unit: { $0.power("VA") }) { $0.quantities.apparentPower },
        .init("s1", "S1 fundamental", .both, fundamental: true, unit: { $0.power("VA") }) {
            $0.quantities.fundamentalApparentPower
        },
        .init("sn", "SN non-fundamental", .both, fundamental: true, unit: { $0.power("VA") }) {
            $0.quantities.nonfundamentalApparentPower
        },
        .init("di", "DI current distortion", .both, fundamental: true, unit: { $0.power("var") }) {
            $0.quantities.currentDistortionPower
        },
        .init("dv", "DV voltage distortion", .both, fundamental: true, unit: { $0.power("var") }) {
            $0.quantities.voltageDistortionPower
        },
        .init("sh", "SH harmonic", .both, fundamental: true, unit: { $0.power("VA") }) {
            $0.quantities.harmonicApparentPower
        },
        .init("n", "N nonactive", .both, unit: { $0.power("var") }) { $0.quantities.nonactivePower },
        .init("pf", "PF = P/S", .both, unit: { _ in "" }) { $0.quantities.powerFactor },
        .init("cos_phi1", "cos phi1 = P1/S1", .both, fundamental: true, unit: { _ in "" }) {
            $0.quantities.displacementPowerFactor
        },
        .init("harmonic_pollution", "SN/S1", .both, fundamental: true, unit: { _ in "" }) {
            $0.quantities.harmonicPollution
        },
        .init("thd_u", "THD of U, to order 40", .voltage, fundamental: true, unit: { _ in "" }) {
            $0.detail.distortion($0.phase)?.totalHarmonicDistortion
        },
        .init("thd_i", "THD of I, to order 40", .current, fundamental: true, unit: { _ in "" }) {
            $0.detail.distortion($0.phase + 3)?.totalHarmonicDistortion
        },
        .init("k_factor", "K-factor of I", .current, fundamental: true, unit: { _ in "" }) {
            $0.detail.distortion($0.phase + 3)?.kFactor
        },
        .init("crest_u", "crest factor of U", .voltage, unit: { _ in "" }) {
            let rms = $0.quantities.voltageRMS
            return rms > 0 ? $0.detail.reading.voltagePeak[$0.phase] / rms : nil
        },
        .init("crest_i", "crest factor of I", .current, unit: { _ in "" }) {
            $0.detail.reading.currentCrestFactor($0.phase)
        },
        .init("u_dc", "U DC part", .voltage, unit: \.voltage) { $0.detail.reading.voltageDC[$0.phase] },
        .init("i_dc", "I DC part", .current, unit: \.current) { $0.detail.reading.currentDC[$0.phase] },
    ]
}

extension WindowDetail {
    /// The fundamental that angles are told from: that of the first voltage that has one, else of the first current.
    var angleReference: Phasor {
        harmonics.lazy.compactMap { $0?.fundamental }.first { $0.squaredMagnitude > 0 } ?? .zero
    }
}
