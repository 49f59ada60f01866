import Foundation
import MeterDSP

/// A voltage whose amplitude fluctuates, as IEC 61000-4-15's test points have it.
struct FlickerSignal: Sendable, CustomStringConvertible {
    enum Shape: Sendable { case sine, rectangle }

    var shape: Shape
    /// Of the fluctuation; a rectangle changes twice a period.
    var hertz: Double
    /// ΔU/U from the lower to the upper level, per cent.
    var percent: Double
    var volts = 230.0
    var mainsHz = 50.0
    /// The fifth harmonic over the fundamental.
    var fifth = 0.0

    static func rectangle(changesPerMinute: Double, percent: Double) -> FlickerSignal {
        FlickerSignal(shape: .rectangle, hertz: changesPerMinute / 120, percent: percent)
    }

    var description: String { "\(shape) \(hertz) Hz, \(percent) %, \(volts) V, \(mainsHz) Hz" }

    func value(_ seconds: Double) -> Double {
        let turn = hertz * seconds
        let wave = shape == .sine ? sin(2 * .pi * turn) : turn - turn.rounded(.down) < 0.5 ? 1 : -1
        let angle = 2 * .pi * mainsHz * seconds
        return volts * 2.0.squareRoot() * (1 + percent / 200 * wave) * (sin(angle) + fifth * sin(5 * angle))
    }

    /// One whole period or more of the fluctuation, at least `seconds`.
    func wholePeriods(atLeast seconds: Double) -> Double {
        let period = 1 / hertz
        return period * (seconds / period).rounded(.up)
    }

    /// What a flickermeter says to `seconds` of it, after its settling: for a periodic signal whole periods are as good
    /// as ten minutes.
    func reading(
        _ lamp: FlickerLamp = .volts230, rate: Double = 2000, seconds: Double? = nil
    ) throws -> FlickerReading {
        var meter = try FlickerMeter(sampleRateHz: rate, declaredVolts: volts, lamp: lamp)
        let settling = Int((FlickerMeter.settlingSeconds + 2) * rate)
        for sample in 0..<settling { meter.add(volts: value(Double(sample) / rate)) }
        _ = meter.closeInterval()
        let observed = seconds ?? wholePeriods(atLeast: 12)
        for sample in settling..<settling + Int(observed * rate) { meter.add(volts: value(Double(sample) / rate)) }
        return meter.closeInterval()
    }
}
