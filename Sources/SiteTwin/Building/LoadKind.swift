import Glibc

/// The wave shape of a load: fundamental, displacement and harmonics.
public enum LoadKind: Int, CaseIterable, Sendable {
    /// Kettle, oven, boiler: the current follows the voltage.
    case resistive
    /// Fridge, pump: lagging, hardly a harmonic.
    case motor
    /// Heat pump behind an active rectifier.
    case inverter
    /// LED lamps: leading, many odd harmonics.
    case lighting
    /// Power supplies that draw short pulses at the crest.
    case electronics
    /// A car's on-board charger.
    case carCharger
    /// Feeds in: the current is opposite to the voltage.
    case photovoltaic

    /// One sinusoid of a wave: `amplitude` · sin(2π · `order` · φ + `radians`), φ in cycles of the phase's voltage.
    struct Harmonic {
        var order: Int
        var amplitude: Double
        var radians: Double
    }

    /// Amplitudes against the fundamental, in no unit; the tables scale them to an RMS of 1.
    var harmonics: [Harmonic] {
        switch self {
        case .resistive: [Harmonic(order: 1, amplitude: 1, radians: 0)]
        case .motor: Self.wave(displacement: -0.75, [(3, 0.06, 0.4), (5, 0.03, 1.1)])
        case .inverter: Self.wave(displacement: -0.15, [(3, 0.05, 0.2), (5, 0.12, 2.6), (7, 0.07, 0.3), (11, 0.03, 1)])
        case .lighting:
            Self.wave(
                displacement: 0.45, [(3, 0.55, 2.4), (5, 0.3, 0.6), (7, 0.2, 2.1), (9, 0.12, 1.2), (11, 0.08, 0.2)])
        case .electronics:
            Self.wave(
                displacement: 0.1,
                [(3, 0.8, .pi), (5, 0.55, 0), (7, 0.32, .pi), (9, 0.15, 0), (11, 0.08, .pi), (13, 0.05, 0)])
        case .carCharger: Self.wave(displacement: -0.04, [(3, 0.03, 0.5), (5, 0.025, 2.2), (7, 0.015, 1.4)])
        case .photovoltaic: Self.wave(displacement: .pi, [(3, 0.01, 0.7), (5, 0.015, 0.1), (7, 0.01, 2.9)])
        }
    }

    /// The supply's voltage: 2 % of harmonic distortion.
    static let supplyHarmonics = [
        Harmonic(order: 1, amplitude: 1, radians: 0), Harmonic(order: 3, amplitude: 0.005, radians: 0.3),
        Harmonic(order: 5, amplitude: 0.015, radians: 2.8), Harmonic(order: 7, amplitude: 0.011, radians: 0.9),
        Harmonic(order: 11, amplitude: 0.005, radians: 1.7),
    ]

    private static func wave(displacement: Double, _ rest: [(Int, Double, Double)]) -> [Harmonic] {
        [Harmonic(order: 1, amplitude: 1, radians: displacement)]
            + rest.map { Harmonic(order: $0.0, amplitude: $0.1, radians: $0.2) }
    }
}
