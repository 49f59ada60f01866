/// Adds up the energy of windows, per phase and direction, in joule.
///
/// Kahan's compensated sum: a year of windows loses nothing to rounding.
public struct EnergyRegister: Sendable, BitwiseCopyable {
    /// Energy drawn from the supply so far.
    public private(set) var imported = SIMD3<Double>.zero
    /// Energy fed into the supply so far.
    public private(set) var exported = SIMD3<Double>.zero
    private var importedRest = SIMD3<Double>.zero
    private var exportedRest = SIMD3<Double>.zero

    /// A register at 0.
    public init() {}

    /// Counts `window`, whatever its flags: energy that flowed counts. Call once per window.
    @_noAllocation @_noLocks
    public mutating func add(_ window: WindowReading) {
        Self.add(window.importedEnergy, to: &imported, &importedRest)
        Self.add(window.exportedEnergy, to: &exported, &exportedRest)
    }

    @_noAllocation @_noLocks
    private static func add(_ value: SIMD3<Double>, to sum: inout SIMD3<Double>, _ rest: inout SIMD3<Double>) {
        let wanted = value - rest
        let next = sum + wanted
        rest = (next - sum) - wanted
        sum = next
    }
}
