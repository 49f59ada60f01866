import Acquisition
import MeterDSP

/// The units in which one set of channels is measured: those of the recording.
struct MeasureUnits: Sendable, Equatable {
    var voltage: String
    var current: String

    /// Volt and ampere.
    static let base = MeasureUnits(voltage: "V", current: "A")

    private static let prefixes: [(name: String, exponent: Int)] = [
        ("µ", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6),
    ]

    /// The unit of a power; `symbol` is W, var or VA.
    func power(_ symbol: String) -> String {
        guard let u = Self.exponent(voltage, "V"), let i = Self.exponent(current, "A"),
            let prefix = Self.prefixes.first(where: { $0.exponent == u + i })
        else { return "\(voltage)·\(current)" }
        return prefix.name + symbol
    }

    private static func exponent(_ unit: String, _ base: String) -> Int? {
        prefixes.first { $0.name + base == unit }?.exponent
    }

    /// Units of a set of channels, and by what each channel's values are to be multiplied to be in them: 1 where all
    /// voltages and all currents are alike; else all become volt or ampere, so that phases can be added.
    static func of(
        _ channels: [(input: MeterChannel, channel: RecordingChannel)], coils: Set<MeterChannel>
    ) -> (units: MeasureUnits, factors: [MeterChannel: Double]) {
        var factors: [MeterChannel: Double] = [:]
        func settle(_ inputs: [MeterChannel], _ base: String) -> String {
            let used = channels.filter { inputs.contains($0.input) && !coils.contains($0.input) }
            let hasCoil = channels.contains { inputs.contains($0.input) && coils.contains($0.input) }
            let names = used.map(\.channel.unit) + (hasCoil ? [base] : [])
            guard let first = names.first else { return base }
            if names.allSatisfy({ $0 == first }) { return first }
            guard used.allSatisfy({ $0.channel.baseUnitsPerUnit != nil }) else {
                return names.joined(separator: "/")
            }
            for entry in used { factors[entry.input] = entry.channel.baseUnitsPerUnit }
            return base
        }
        let voltage = settle([.u1, .u2, .u3], "V")
        let current = settle([.i1, .i2, .i3, .iN], "A")
        return (MeasureUnits(voltage: voltage, current: current), factors)
    }
}
