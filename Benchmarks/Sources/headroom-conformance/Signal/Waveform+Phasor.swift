import Glibc
import MeterDSP

extension Waveform {
    /// The RMS phasor of all parts of `frequencyHz` at the envelope's factor 1, against a cosine at 0 s.
    func phasor(_ frequencyHz: Double) -> Phasor {
        parts.filter { $0.frequencyHz == frequencyHz }.reduce(Phasor.zero) {
            // sin(ωt + φ) = cos(ωt + φ − 90°)
            $0 + Phasor(cos($1.radians - .pi / 2) * $1.rms, sin($1.radians - .pi / 2) * $1.rms)
        }
    }
}
