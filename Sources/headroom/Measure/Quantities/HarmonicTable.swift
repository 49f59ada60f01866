import MeterDSP
import Spectrum

/// The harmonics of one window by order and phase, as a table and as JSON.
///
/// Order 0 is the DC part. Angles are those of cosines against h times the angle of the phase's own fundamental voltage
/// (its current's where no voltage is recorded): at 0° the harmonic peaks with the fundamental. The interharmonic
/// subgroup of a row lies between its order and the next (IEC 61000-4-7).
struct HarmonicTable {
    struct Line {
        var order: Int
        var voltage: Phasor?
        var current: Phasor?
        var power: Phasor?
        var voltageInterharmonics: Double?
        var currentInterharmonics: Double?
    }

    struct Phase {
        var name: String
        var hasVoltage: Bool
        var hasCurrent: Bool
        var reference: Phasor
        var voltageFundamental: Double
        var currentFundamental: Double
        var voltageTHD: Double?
        var currentTHD: Double?
        /// S of the phase: P_h below a billionth of it has no direction.
        var apparentPower: Double
        var lines: [Line]
    }

    let units: MeasureUnits
    let highestOrder: Int
    let phases: [Phase]

    init(_ detail: WindowDetail, inputs: RecordedInputs, units: MeasureUnits, highestOrder: Int) {
        self.units = units
        self.highestOrder = highestOrder
        let isSynchronised = !detail.reading.flags.contains(.unsynchronised)
        phases = inputs.phases.map { phase in
            let u = isSynchronised ? detail.harmonics[phase] : nil
            let i = isSynchronised ? detail.harmonics[phase + 3] : nil
            let powers = u.flatMap { u in i.map { Harmonics.powers(voltage: u, current: $0) } }
            func spectrum(_ lane: Int) -> GroupedSpectrum? {
                isSynchronised && lane < detail.spectra.count ? detail.spectra[lane] : nil
            }
            return Phase(
                name: "L\(phase + 1)", hasVoltage: inputs.hasVoltage(phase), hasCurrent: inputs.hasCurrent(phase),
                reference: u?.fundamental ?? i?.fundamental ?? .zero,
                voltageFundamental: u?.fundamental.magnitude ?? 0, currentFundamental: i?.fundamental.magnitude ?? 0,
                voltageTHD: isSynchronised ? detail.distortion(phase)?.totalHarmonicDistortion : nil,
                currentTHD: isSynchronised ? detail.distortion(phase + 3)?.totalHarmonicDistortion : nil,
                apparentPower: detail.reading.apparentPower[phase],
                lines: (0...highestOrder).map { order in
                    Line(
                        order: order, voltage: u?[order: order], current: i?[order: order],
                        power: powers.flatMap { order < $0.count ? $0[order] : nil },
                        voltageInterharmonics: spectrum(phase)?.interharmonicSubgroup(order),
                        currentInterharmonics: spectrum(phase + 3)?.interharmonicSubgroup(order))
                })
        }
    }
}

extension Harmonics {
    fileprivate subscript(order order: Int) -> Phasor? { order < phasors.count ? phasors[order] : nil }
}

extension HarmonicTable.Phase {
    /// Share of the fundamental, percent; nil without one.
    func percent(_ value: Double?, of fundamental: Double) -> Double? {
        guard let value, fundamental > 0 else { return nil }
        let percent = value / fundamental * 100
        return percent.isFinite ? percent : nil
    }

    /// Degrees in −180 to 180; nil for order 0, for a zero and for what is a millionth of the fundamental or less.
    func degrees(_ phasor: Phasor?, order: Int, fundamental: Double) -> Double? {
        guard let phasor, order > 0, phasor.magnitude > 1e-6 * fundamental else { return nil }
        let radians = phasor.radians - Double(order) * reference.radians
        let turns = radians / (2 * .pi)
        return (turns - turns.rounded()) * 360
    }

    /// `load`, `supply`, or nil where no power flows or none is known.
    func direction(_ line: HarmonicTable.Line) -> String? {
        guard let power = line.power?.real, power.magnitude > 1e-9 * apparentPower else { return nil }
        return power > 0 ? "load" : "supply"
    }
}

extension HarmonicTable {
    /// A table per phase, at most 80 columns.
    var textLines: [String] { phases.flatMap { lines($0) } }

    private func lines(_ phase: Phase) -> [String] {
        let distortions =
            "THD U " + (phase.hasVoltage ? percent(phase.voltageTHD) : "not recorded") + "  THD I "
            + (phase.hasCurrent ? percent(phase.currentTHD) : "not recorded")
        var lines = [
            "\(phase.name)  \(distortions)  to order \(WindowDetail.distortionOrder); % of the fundamental",
            "  h     U%" + padded("U \(units.voltage)", 10) + "   U deg      I%" + padded("I \(units.current)", 10)
                + "   I deg" + padded("P \(units.power("W"))", 11) + "   ihU%   ihI%",
        ]
        lines += phase.lines.map { line in
            let direction =
                switch phase.direction(line) {
                case "load": ">"
                case "supply": "<"
                default: " "
                }
            return padded("\(line.order)", 3)
                + column(phase.percent(line.voltage?.magnitude, of: phase.voltageFundamental), 3, 8)
                + significant(signed(line.voltage, line.order), 9, mostDecimals: 5)
                + column(phase.degrees(line.voltage, order: line.order, fundamental: phase.voltageFundamental), 1, 8)
                + column(phase.percent(line.current?.magnitude, of: phase.currentFundamental), 3, 8)
                + significant(signed(line.current, line.order), 9, mostDecimals: 5)
                + column(phase.degrees(line.current, order: line.order, fundamental: phase.currentFundamental), 1, 8)
                + significant(line.power?.real, 11, mostDecimals: 5) + direction
                + column(phase.percent(line.voltageInterharmonics, of: phase.voltageFundamental), 2, 7)
                + column(phase.percent(line.currentInterharmonics, of: phase.currentFundamental), 2, 7)
        }
        return lines
    }

    /// The DC part keeps its sign.
    private func signed(_ phasor: Phasor?, _ order: Int) -> Double? {
        order == 0 ? phasor?.real : phasor?.magnitude
    }

    private func percent(_ share: Double?) -> String { share.map { fixed($0 * 100, 3) + " %" } ?? "–" }

    /// The object that stands behind `harmonics` in a window's JSON line: arrays by order from 0.
    var jsonObject: String {
        let members = phases.map { phase in
            func array(_ value: (Line) -> Double?) -> String {
                "[" + phase.lines.map { json(value($0)) }.joined(separator: ",") + "]"
            }
            let values = [
                ("u", array { signed($0.voltage, $0.order) }),
                (
                    "u_deg",
                    array { phase.degrees($0.voltage, order: $0.order, fundamental: phase.voltageFundamental) }
                ),
                ("i", array { signed($0.current, $0.order) }),
                (
                    "i_deg",
                    array { phase.degrees($0.current, order: $0.order, fundamental: phase.currentFundamental) }
                ),
                ("p", array { $0.power?.real }), ("q", array { $0.power?.imaginary }),
                ("u_interharmonic", array { $0.voltageInterharmonics }),
                ("i_interharmonic", array { $0.currentInterharmonics }),
            ]
            return json(phase.name) + ":{" + values.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}
