/// The transformers of a meter's current channels. In memory of their own, so that what stands beside them in the meter
/// is not copied with them. Safe: places are taken from lanes 0 to 7.
@safe struct TransformerTable: ~Copyable {
    /// Whether there is any error to correct.
    let isNeeded: Bool
    private let owned: OwnedMemory
    private let errors: UnsafeMutablePointer<TransformerErrors>

    init(_ configuration: MeterConfiguration) {
        owned = OwnedMemory(byteCount: 8 * MemoryLayout<TransformerErrors>.stride)
        unsafe errors = owned.start.bindMemory(to: TransformerErrors.self, capacity: 8)
        unsafe errors.initialize(repeating: TransformerErrors(), count: 8)
        var isNeeded = false
        for channel in MeterChannel.allCases where (3..<7).contains(channel.rawValue) {
            guard configuration.layout[channel] != nil else { continue }
            let transformer = configuration[calibrationOf: channel].transformer
            unsafe errors[channel.rawValue] = transformer
            if !transformer.isEmpty { isNeeded = true }
        }
        self.isNeeded = isNeeded
    }

    /// The errors of the channel in `lane`.
    subscript(lane: Int) -> TransformerErrors {
        @_noAllocation @_noLocks get { unsafe errors[lane & 7] }
    }
}

extension HalfCycleReading {
    /// Takes the transformers' errors out; `reactivePower` is the phases' Q₁ as last known.
    @_noAllocation @_noLocks
    mutating func correct(_ transformers: borrowing TransformerTable, reactivePower: SIMD3<Double>) {
        for phase in 0..<3 {
            let errors = transformers[phase + 3].at(currentRMS[phase])
            let share = 1 / (1 + errors.ratio)
            let (c, s) = unitCircle(errors.radians)
            currentRMS[phase] *= share
            halfCycleCurrentRMS[phase] *= share
            activePower[phase] = (activePower[phase] * c - reactivePower[phase] * s) * share
        }
    }
}

extension WindowReading {
    /// Takes the transformers' errors out: the ratio's of every current, the phase's of the fundamentals, which turn back
    /// by it: S₁ = U₁·I₁* gains the same angle.
    @_noAllocation @_noLocks
    mutating func correct(_ transformers: borrowing TransformerTable) {
        var shares = SIMD3<Double>(repeating: 1)
        for phase in 0..<3 {
            let errors = transformers[phase + 3].at(currentRMS[phase])
            let share = 1 / (1 + errors.ratio)
            let (c, s) = unitCircle(errors.radians)
            shares[phase] = share
            let u = Phasor(voltageFundamentalReal[phase], voltageFundamentalImaginary[phase])
            let measured = Phasor(currentFundamentalReal[phase], currentFundamentalImaginary[phase])
            let i = measured * Phasor(c, -s)
            activePower[phase] += (u * i.conjugate).real - (u * measured.conjugate).real
            activePower[phase] *= share
            currentRMS[phase] *= share
            currentPeak[phase] *= share
            currentDC[phase] *= share
            currentFundamentalReal[phase] = i.real * share
            currentFundamentalImaginary[phase] = i.imaginary * share
        }
        currentProducts *= shares * SIMD3(shares[1], shares[2], shares[0])
        if let neutral = neutralCurrentRMS {
            neutralCurrentRMS = neutral / (1 + transformers[6].at(neutral).ratio)
        }
    }
}
