import Glibc

/// A signal that is known exactly: sines of any frequency, all under one envelope of steps, and a constant part.
struct Waveform {
    /// √2·rms·sin(2π·frequencyHz·t + radians)
    struct Part {
        var frequencyHz: Double
        var rms: Double
        var radians: Double
    }

    /// From `seconds` on the parts count `factor`-fold, up to the next step.
    struct Step {
        var seconds: Double
        var factor: Double
    }

    var parts: [Part] = []
    /// Outside the envelope.
    var dc = 0.0
    /// In order of time; before the first step the factor is 1.
    var envelope: [Step] = []

    /// The factor at `seconds`.
    func factor(at seconds: Double) -> Double { envelope.last { $0.seconds <= seconds }?.factor ?? 1 }

    /// Root of the mean square of the parts at the envelope's factor 1, over whole periods of all of them.
    var rms: Double { parts.reduce(0) { $0 + $1.rms * $1.rms }.squareRoot() }

    /// Mean of the product with `other` at factor 1, over whole periods of both.
    func meanProduct(with other: Waveform) -> Double {
        var sum = 0.0
        for a in parts {
            for b in other.parts where a.frequencyHz == b.frequencyHz {
                sum += a.rms * b.rms * cos(a.radians - b.radians)
            }
        }
        return sum
    }

    /// What a coil of `voltsPerAmpereHertz` gives for this current: its rate of change. Steps of the envelope must lie
    /// at the current's zeros, for a jump has no rate of change.
    func coilSignal(voltsPerAmpereHertz: Double) -> Waveform {
        Waveform(
            parts: parts.map {
                Part(
                    frequencyHz: $0.frequencyHz, rms: $0.rms * $0.frequencyHz * voltsPerAmpereHertz,
                    radians: $0.radians + .pi / 2)
            }, envelope: envelope)
    }

    /// All parts `factor` times as large.
    func scaled(by factor: Double) -> Waveform {
        var copy = self
        copy.dc *= factor
        for index in copy.parts.indices { copy.parts[index].rms *= factor }
        return copy
    }

    /// A sine with harmonics, each given by its order, its share of the fundamental and its own angle in degrees.
    static func sine(
        _ frequencyHz: Double, rms: Double, degrees: Double = 0,
        harmonics: [(order: Double, share: Double, degrees: Double)] = [], dc: Double = 0
    ) -> Waveform {
        var wave = Waveform(dc: dc)
        for (order, share, own) in [(1, 1, 0)] + harmonics {
            wave.parts.append(
                Part(
                    frequencyHz: order * frequencyHz, rms: rms * share, radians: (order * degrees + own) * .pi / 180))
        }
        return wave
    }
}

extension Waveform {
    /// Writes the values at `first`, `first + 1`, ... frames of `sampleRateHz` into `values`.
    ///
    /// Each part turns by complex multiplication, started anew from the sine in each call: for some hundred frames the
    /// error is below 10⁻¹³ of the amplitude.
    func write(to values: inout [Double], first: Int, sampleRateHz: Double, shared: inout [Double]) {
        let count = values.count
        for index in 0..<count { shared[index] = 0 }
        for part in parts where part.rms != 0 { Self.add(part, to: &shared, first: first, sampleRateHz: sampleRateHz) }
        let start = Double(first) / sampleRateHz
        let end = Double(first + count) / sampleRateHz
        if envelope.contains(where: { $0.seconds > start && $0.seconds < end }) {
            for index in 0..<count {
                values[index] = shared[index] * factor(at: Double(first + index) / sampleRateHz) + dc
            }
        } else {
            let factor = factor(at: start)
            for index in 0..<count { values[index] = shared[index] * factor + dc }
        }
    }

    private static func add(_ part: Part, to values: inout [Double], first: Int, sampleRateHz: Double) {
        let amplitude = part.rms * 2.0.squareRoot()
        let turn = part.frequencyHz / sampleRateHz
        var sine = SIMD8<Double>.zero
        var cosine = SIMD8<Double>.zero
        for lane in 0..<8 {
            // Whole turns are taken out before they are rounded into the angle.
            let turns = turn * Double(first + lane)
            let angle = (turns - turns.rounded(.down)) * 2 * .pi + part.radians
            sine[lane] = sin(angle) * amplitude
            cosine[lane] = cos(angle) * amplitude
        }
        let stepSine = SIMD8<Double>(repeating: sin(8 * turn * 2 * .pi))
        let stepCosine = SIMD8<Double>(repeating: cos(8 * turn * 2 * .pi))
        var index = 0
        while index + 8 <= values.count {
            for lane in 0..<8 { values[index + lane] += sine[lane] }
            let next = sine * stepCosine + cosine * stepSine
            cosine = cosine * stepCosine - sine * stepSine
            sine = next
            index += 8
        }
        for lane in 0..<(values.count - index) { values[index + lane] += sine[lane] }
    }
}
