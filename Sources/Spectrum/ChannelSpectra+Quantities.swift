import MeterDSP

/// What the spectra say. All allocate nothing but ``ChannelSpectra/spectrum(channel:)``; all are nil for a channel or
/// an order that is not there.
extension ChannelSpectra {
    /// The RMS phasor of a harmonic, order 0 (the mean) to ``maximumOrder``; its angle is that of a cosine at the window's
    /// start.
    public func phasor(channel: Int, order: Int) -> Phasor? {
        order >= 0 && order <= maximumOrder ? bin(channel: channel, order * cycles) : nil
    }

    /// The RMS phasor of bin `index`: order·``cycles`` + k.
    public func bin(channel: Int, _ index: Int) -> Phasor? {
        guard channel >= 0, channel < Self.channels, index >= 0, index < binCount else { return nil }
        return bins[channel * binCount + index]
    }

    /// The subgroup of `order`, 1 to ``maximumOrder``: the harmonic and the bin on each side (IEC 61000-4-7).
    public func subgroup(channel: Int, order: Int) -> Double? {
        root(channel, order, from: 1, -1, 1)
    }

    /// The centred interharmonic subgroup between `order`, 0 to ``maximumOrder``, and the next (IEC 61000-4-7).
    public func interharmonicSubgroup(channel: Int, order: Int) -> Double? {
        root(channel, order, from: 0, 2, cycles - 2)
    }

    /// Total harmonic distortion: RMS of the orders 2 to `order` over the fundamental; nil without a fundamental.
    public func distortion(channel: Int, through order: Int = 40) -> Double? {
        guard order >= 2, order <= maximumOrder, let first = phasor(channel: channel, order: 1)?.magnitude, first > 0
        else { return nil }
        var sum = 0.0
        for harmonic in 2...order { sum += bins[channel * binCount + harmonic * cycles].squaredMagnitude }
        let ratio = sum.squareRoot() / first
        return ratio.isFinite ? ratio : nil
    }

    /// P_h + jQ_h = U_h·I_h* of `order`, 0 to ``maximumOrder``. P_h > 0 flows towards the consumers; P_h < 0: the
    /// consumers make that harmonic.
    public func power(order: Int, voltage: Int, current: Int) -> Phasor? {
        guard let u = phasor(channel: voltage, order: order), let i = phasor(channel: current, order: order) else {
            return nil
        }
        return u * i.conjugate
    }

    /// One channel's spectrum as a value of its own, which allocates.
    public func spectrum(channel: Int) -> GroupedSpectrum? {
        guard channel >= 0, channel < Self.channels else { return nil }
        let first = channel * binCount
        return GroupedSpectrum(bins: (0..<binCount).map { bins[first + $0] }, cycles: cycles)
    }

    private func root(_ channel: Int, _ order: Int, from lowest: Int, _ first: Int, _ last: Int) -> Double? {
        guard channel >= 0, channel < Self.channels, order >= lowest, order <= maximumOrder else { return nil }
        let middle = channel * binCount + order * cycles
        var sum = 0.0
        for bin in first...last { sum += bins[middle + bin].squaredMagnitude }
        return sum.squareRoot()
    }
}
