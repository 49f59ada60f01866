import MeterDSP
import Spectrum

/// All power quantities of one window (IEEE 1459), as rows of a table and as JSON.
struct QuantityTable {
    /// One value: `undefined` where it has no meaning or needs what was not recorded.
    enum Cell {
        case value(Double)
        case undefined
        case notRecorded
        /// The quantity is none of this column.
        case none

        init(_ value: Double?) { self = value.map { $0.isFinite ? .value($0) : .undefined } ?? .undefined }

        var number: Double? { if case .value(let value) = self { value } else { nil } }
    }

    struct Row {
        var key: String
        var label: String
        var unit: String
        /// By phase 0 to 2; empty: of the supply alone.
        var phases: [Cell] = []
        var sum: Cell = .none
        /// Whether what it is computed from was recorded, of any phase.
        var isRecorded = true
        /// U and I, of which it is said where they were not recorded.
        var isMeasured = false
    }

    let inputs: RecordedInputs
    let units: MeasureUnits
    let phaseRows: [Row]
    let lines: [Row]
    let neutral: [Row]
    let supply: [Row]
    let voltageComponents: ComponentValues
    let currentComponents: ComponentValues
    let rotation: PhaseRotation?

    /// Zero, positive and negative sequence, and the ratios to the positive; nil: not recorded or undefined.
    struct ComponentValues {
        var zero: Double?
        var positive: Double?
        var negative: Double?
        var negativeUnbalance: Double?
        var zeroUnbalance: Double?

        init(_ components: SymmetricalComponents?) {
            zero = components?.zero.magnitude
            positive = components?.positive.magnitude
            negative = components?.negative.magnitude
            negativeUnbalance = components?.negativeUnbalance
            zeroUnbalance = components?.zeroUnbalance
        }
    }

    /// - Returns: nil where the window's values are no measured ones.
    init?(
        _ detail: WindowDetail, configuration: MeterConfiguration, units: MeasureUnits,
        wiring: ThreePhaseQuantities.Wiring
    ) {
        let inputs = RecordedInputs(configuration.layout)
        guard let found = Self.quantities(detail, wiring: wiring) else { return nil }
        let quantities = found.quantities
        let values = (0..<3).map {
            PhaseValues(detail: detail, phase: $0, quantities: quantities[$0], hasFundamentals: found.hasFundamentals)
        }
        self.inputs = inputs
        self.units = units
        phaseRows = PhaseQuantity.all.map { $0.row(values, quantities, inputs, units) }
        lines = Self.lineRows(quantities, inputs, units)
        neutral = Self.neutralRows(detail.reading, inputs, units)
        supply = Self.supplyRows(quantities, inputs, units, hasFundamentals: found.hasFundamentals)
        let hasVoltages = inputs.hasThreeVoltages && found.hasFundamentals
        let hasCurrents = inputs.hasThreeCurrents && found.hasFundamentals
        voltageComponents = ComponentValues(hasVoltages ? quantities.voltageComponents : nil)
        currentComponents = ComponentValues(hasCurrents ? quantities.currentComponents : nil)
        rotation =
            hasVoltages
            ? PhaseRotation(quantities.voltageComponents, minimumRMS: configuration.synchronisationThreshold) : nil
    }

    /// The window's quantities, with the fundamentals of its spectra: they are of this window's frequency alone, and
    /// never larger than the RMS that they are a part of.
    private static func quantities(
        _ detail: WindowDetail, wiring: ThreePhaseQuantities.Wiring
    ) -> (quantities: ThreePhaseQuantities, hasFundamentals: Bool)? {
        let reading = detail.reading
        let isSynchronised = !reading.flags.contains(.unsynchronised)
        func phasors(_ lane: Int) -> ThreePhasePhasors {
            guard isSynchronised else { return .zero }
            let found = (lane..<lane + 3).map { detail.harmonics[$0]?.fundamental ?? .zero }
            return ThreePhasePhasors(found[0], found[1], found[2])
        }
        return ThreePhaseQuantities(
            wiring: wiring, voltageRMS: reading.voltageRMS, currentRMS: reading.currentRMS,
            activePower: reading.activePower, voltageProducts: reading.voltageProducts,
            currentProducts: reading.currentProducts, measuredNeutralCurrentRMS: reading.neutralCurrentRMS,
            fundamentalVoltages: phasors(0), fundamentalCurrents: phasors(3)
        ).map { ($0, isSynchronised) }
    }

    private static func lineRows(
        _ quantities: ThreePhaseQuantities, _ inputs: RecordedInputs, _ units: MeasureUnits
    ) -> [Row] {
        let pairs = [(0, 1, "u12"), (1, 2, "u23"), (2, 0, "u31")]
        guard pairs.contains(where: { inputs.hasVoltage($0.0) && inputs.hasVoltage($0.1) }) else { return [] }
        return pairs.enumerated().map { index, pair in
            Row(
                key: pair.2, label: "", unit: units.voltage,
                sum: inputs.hasVoltage(pair.0) && inputs.hasVoltage(pair.1)
                    ? Cell(quantities.lineVoltageRMS[index]) : .undefined)
        }
    }

    private static func neutralRows(
        _ reading: WindowReading, _ inputs: RecordedInputs, _ units: MeasureUnits
    ) -> [Row] {
        [
            Row(
                key: "i_rms", label: "IN measured", unit: units.current,
                sum: reading.neutralCurrentRMS.map { Cell($0) } ?? .notRecorded),
            Row(
                key: "i_vector_sum", label: "IN vector sum", unit: units.current,
                sum: inputs.hasThreeCurrents ? Cell(reading.neutralVectorSumRMS) : .undefined),
        ]
    }

    private static func supplyRows(
        _ quantities: ThreePhaseQuantities, _ inputs: RecordedInputs, _ units: MeasureUnits, hasFundamentals: Bool
    ) -> [Row] {
        guard inputs.phases.count > 1 else { return [] }
        let isThreePhase = inputs.hasThreeVoltages && inputs.hasThreeCurrents
        return SupplyQuantity.all.map { quantity in
            let isRecorded = quantity.needsThreePhases ? isThreePhase : inputs.isComplete
            let isKnown = isRecorded && (hasFundamentals || !quantity.needsFundamentals)
            return Row(
                key: quantity.key, label: quantity.label, unit: quantity.unit(units),
                sum: isKnown ? Cell(quantity.value(quantities, quantities.effective)) : .undefined,
                isRecorded: isRecorded)
        }
    }
}
