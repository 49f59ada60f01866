import MeterDSP

// Elementary functions, computed here because the room imports no C library.

/// eˣ to within 1e-9 of itself; x is cut to −700 … 700, no number gives 0.
func exponential(_ x: Double) -> Double {
    guard x == x else { return 0 }
    let octaves = Swift.min(Swift.max(x, -700), 700) * 1.4426950408889634
    let whole = octaves.rounded(.down)
    let rest = (octaves - whole) * 0.6931471805599453
    // Taylor's series; what is left out is below 0.7¹³/13! = 2e-12.
    var sum = 1.0
    var order = 12.0
    while order >= 1 {
        sum = 1 + sum * rest / order
        order -= 1
    }
    return Double(sign: .plus, exponent: Int(whole), significand: sum)
}

/// By how many degrees `current` lags `voltage`, −180 to 180; negative: it leads.
func lagDegrees(_ current: Phasor, behind voltage: Phasor) -> Double {
    (voltage * current.conjugate).radians * 57.29577951308232
}

/// An angle of −180° to 180° folded to −90° to 90°: switching on and switching off are one.
func folded(_ degrees: Double) -> Double {
    degrees > 90 ? degrees - 180 : degrees < -90 ? degrees + 180 : degrees
}

/// The same angle after a half turn, −180° to 180°.
func turned(_ degrees: Double) -> Double { degrees > 0 ? degrees - 180 : degrees + 180 }
