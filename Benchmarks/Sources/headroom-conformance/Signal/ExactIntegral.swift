import Glibc

/// Integrals of signals in closed form: what is true over any stretch of time, to rounding.
extension Waveform {
    /// Mean of the product of both over `span` (seconds), less the product of their means: what a meter that removes DC
    /// should read as mean square (of a signal with itself) or active power.
    func covariance(with other: Waveform, over span: Range<Double>) -> Double {
        let duration = span.upperBound - span.lowerBound
        let product = integral(with: other, over: span) / duration
        return product - integral(over: span) / duration * (other.integral(over: span) / duration)
    }

    /// RMS over `span` without the mean.
    func rms(over span: Range<Double>) -> Double { max(0, covariance(with: self, over: span)).squareRoot() }

    /// The RMS phasor of the sine of `frequencyHz` in `span` (seconds), as a Fourier transform of the span gives it;
    /// the squared magnitude.
    func lineSquared(_ frequencyHz: Double, over span: Range<Double>) -> Double {
        let duration = span.upperBound - span.lowerBound
        let sine = Waveform(parts: [Part(frequencyHz: frequencyHz, rms: 1, radians: 0)])
        let cosine = Waveform(parts: [Part(frequencyHz: frequencyHz, rms: 1, radians: .pi / 2)])
        let a = integral(with: sine, over: span) / duration
        let b = integral(with: cosine, over: span) / duration
        return a * a + b * b
    }

    private func integral(over span: Range<Double>) -> Double {
        var sum = dc * (span.upperBound - span.lowerBound)
        for (piece, factor) in pieces(of: span) {
            for part in parts { sum += factor * 2.0.squareRoot() * Self.sineIntegral(part, piece) }
        }
        return sum
    }

    private func integral(with other: Waveform, over span: Range<Double>) -> Double {
        var sum = dc * other.dc * (span.upperBound - span.lowerBound)
        for (piece, factor) in pieces(of: span) {
            if other.dc != 0 {
                for part in parts { sum += other.dc * factor * 2.0.squareRoot() * Self.sineIntegral(part, piece) }
            }
            for (inner, otherFactor) in other.pieces(of: piece) {
                for a in parts {
                    for b in other.parts { sum += factor * otherFactor * Self.productIntegral(a, b, inner) }
                }
            }
        }
        if dc != 0 {
            for (piece, factor) in other.pieces(of: span) {
                for part in other.parts { sum += dc * factor * 2.0.squareRoot() * Self.sineIntegral(part, piece) }
            }
        }
        return sum
    }

    /// `span` cut at the envelope's steps, with the factor of each piece.
    private func pieces(of span: Range<Double>) -> [(Range<Double>, Double)] {
        var edges = [span.lowerBound]
        edges += envelope.map(\.seconds).filter { $0 > span.lowerBound && $0 < span.upperBound }
        edges.append(span.upperBound)
        return zip(edges, edges.dropFirst()).map { ($0..<$1, factor(at: $0)) }
    }

    private static func sineIntegral(_ part: Part, _ span: Range<Double>) -> Double {
        part.rms * difference(part.frequencyHz, part.radians - .pi / 2, span)
    }

    /// ∫ 2·a·b·sin·sin = a·b·(∫ cos of the difference − ∫ cos of the sum)
    private static func productIntegral(_ a: Part, _ b: Part, _ span: Range<Double>) -> Double {
        a.rms * b.rms
            * (difference(a.frequencyHz - b.frequencyHz, a.radians - b.radians, span)
                - difference(a.frequencyHz + b.frequencyHz, a.radians + b.radians, span))
    }

    /// ∫ cos(2π·f·t + φ) dt over `span`, by its middle, so that nearby frequencies lose nothing.
    private static func difference(_ frequencyHz: Double, _ radians: Double, _ span: Range<Double>) -> Double {
        let duration = span.upperBound - span.lowerBound
        let middle = frequencyHz * (span.lowerBound + span.upperBound) / 2
        let angle = (middle - middle.rounded(.down)) * 2 * .pi + radians
        let half = .pi * frequencyHz * duration
        let share = half.magnitude < 1e-9 ? 1 : sin(half) / half
        return duration * share * cos(angle)
    }
}
