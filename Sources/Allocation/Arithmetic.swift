// The standard `max` of three or more values makes an array, and the generic one of two needs type metadata for our
// own types: neither may happen in a decision.

/// The largest of three.
@_noAllocation @_noLocks
func largest(_ a: Double, _ b: Double, _ c: Double) -> Double {
    let ab = a > b ? a : b
    return ab > c ? ab : c
}

/// The earlier of two moments.
@_noAllocation @_noLocks
func earlier(_ a: MonotonicTime, _ b: MonotonicTime) -> MonotonicTime { a.nanoseconds < b.nanoseconds ? a : b }

/// The later of two moments.
@_noAllocation @_noLocks
func later(_ a: MonotonicTime, _ b: MonotonicTime) -> MonotonicTime { a.nanoseconds < b.nanoseconds ? b : a }
