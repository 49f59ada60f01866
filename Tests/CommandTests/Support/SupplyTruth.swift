import Foundation
import MeterDSP
import TestSupport

/// The exact quantities of a synthetic three-phase supply, straight from its sines: written down apart from the core,
/// from the definitions of IEEE 1459.
struct SupplyTruth {
    /// RMS phasors by order, angle of a cosine, of L1, L2, L3.
    let u: [[Int: Phasor]]
    let i: [[Int: Phasor]]

    init(_ signal: ThreePhaseSignal) {
        u = signal.voltages.map(Self.phasors)
        i = signal.currents.map(Self.phasors)
    }

    /// RMS phasors by order; a sine is a cosine a quarter of a cycle later.
    static func phasors(_ signal: TestSignal) -> [Int: Phasor] {
        var found: [Int: Phasor] = [:]
        for part in [TestSignal.Harmonic(1, 1)] + signal.harmonics {
            let radians = (part.degrees + Double(part.order) * signal.phaseDegrees - 90) * .pi / 180
            found[part.order] =
                Phasor(cos(radians), sin(radians)) * (part.share * signal.fundamentalRMS)
        }
        return found
    }

    /// RMS of a sum of sines.
    static func rms(_ phasors: [Int: Phasor]) -> Double {
        phasors.values.reduce(0) { $0 + $1.squaredMagnitude }.squareRoot()
    }

    static func combined(_ a: [Int: Phasor], _ b: [Int: Phasor], _ sign: Double) -> [Int: Phasor] {
        a.merging(b.mapValues { $0 * sign }) { $0 + $1 }
    }

    static func harmonicRMS(_ phasors: [Int: Phasor]) -> Double { rms(phasors.filter { $0.key != 1 }) }

    /// P_h + jQ_h.
    func power(_ phase: Int, _ order: Int) -> Phasor {
        (u[phase][order] ?? .zero) * (i[phase][order] ?? .zero).conjugate
    }

    func phase(_ phase: Int) -> [String: Double] {
        let u = self.u[phase]
        let i = self.i[phase]
        let (u1, i1) = ((u[1] ?? .zero).magnitude, (i[1] ?? .zero).magnitude)
        let (uh, ih) = (Self.harmonicRMS(u), Self.harmonicRMS(i))
        let p = u.keys.reduce(0) { $0 + power(phase, $1).real }
        let s = Self.rms(u) * Self.rms(i)
        let squares = i.values.reduce(0) { $0 + $1.squaredMagnitude }
        return [
            "u_rms": Self.rms(u), "i_rms": Self.rms(i), "u1": u1, "i1": i1, "p": p, "p1": power(phase, 1).real,
            "ph": p - power(phase, 1).real, "q1": power(phase, 1).imaginary, "s": s, "s1": u1 * i1, "di": u1 * ih,
            "dv": uh * i1, "sh": uh * ih,
            "sn": ((u1 * ih) * (u1 * ih) + (uh * i1) * (uh * i1) + (uh * ih) * (uh * ih)).squareRoot(),
            "n": (s * s - p * p).squareRoot(), "pf": p / s, "cos_phi1": power(phase, 1).real / (u1 * i1),
            "thd_u": uh / u1, "thd_i": ih / i1,
            "k_factor": i.reduce(0) { $0 + Double($1.key * $1.key) * $1.value.squaredMagnitude } / squares,
        ]
    }

    /// Keys of `supply`, `lines` and `neutral`, with a prefix for the last two.
    var supply: [String: Double] {
        let lines = [(0, 1), (1, 2), (2, 0)].map { Self.combined(u[$0.0], u[$0.1], -1) }
        let neutral = Self.combined(Self.combined(i[0], i[1], 1), i[2], 1)
        func effective(_ of: ([Int: Phasor]) -> Double) -> (u: Double, i: Double) {
            let phases = u.reduce(0) { $0 + of($1) * of($1) }
            let between = lines.reduce(0) { $0 + of($1) * of($1) }
            let currents = i.reduce(0) { $0 + of($1) * of($1) } + of(neutral) * of(neutral)
            return (((3 * phases + between) / 18).squareRoot(), (currents / 3).squareRoot())
        }
        let all = effective(Self.rms)
        let first = effective { ($0[1] ?? .zero).magnitude }
        let (ueh, ieh) = (
            (all.u * all.u - first.u * first.u).squareRoot(), (all.i * all.i - first.i * first.i).squareRoot()
        )
        let p = (0..<3).reduce(0) { $0 + (phase($1)["p"] ?? 0) }
        let positive = component(u, 1) * component(i, 1).conjugate * 3
        let se1 = 3 * first.u * first.i
        return [
            "u12": Self.rms(lines[0]), "u23": Self.rms(lines[1]), "u31": Self.rms(lines[2]),
            "i_vector_sum": Self.rms(neutral), "ue": all.u, "ie": all.i, "se": 3 * all.u * all.i, "ue1": first.u,
            "ie1": first.i, "se1": se1, "dei": 3 * first.u * ieh, "dev": 3 * ueh * first.i, "seh": 3 * ueh * ieh,
            "s_arithmetic": (0..<3).reduce(0) { $0 + (phase($1)["s"] ?? 0) }, "pf": p / (3 * all.u * all.i),
            "s1_positive": positive.magnitude, "p1_positive": positive.real, "q1_positive": positive.imaginary,
            "su1": (se1 * se1 - positive.squaredMagnitude).squareRoot(),
        ]
    }

    /// Zero (0), positive (1) or negative (2) sequence of the fundamentals.
    func component(_ phasors: [[Int: Phasor]], _ sequence: Int) -> Phasor {
        (0..<3).reduce(Phasor.zero) { sum, phase in
            let radians = Double(sequence * phase) * 2 * .pi / 3
            return sum + Phasor(cos(radians), sin(radians)) * (phasors[phase][1] ?? .zero) * (1.0 / 3)
        }
    }
}
