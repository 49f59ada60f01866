import Foundation
import MallocCounter
import MeterDSP
import Spectrum
import Testing

/// What is refused, and what is not touched.
@Suite struct ChannelSpectraLimitTests {
    @Test func impossibleSettingsAreRefusedWithTheirRemedy() throws {
        for rate in [0, 999, -1, 2e6, Double.nan, .infinity] {
            #expect(throws: ChannelSpectra.Failure.self) {
                _ = try ChannelSpectra(sampleRateHz: rate, nominalHz: 50)
            }
        }
        for nominal in [0, 16.7, 400, Double.nan] {
            #expect(throws: ChannelSpectra.Failure.self) {
                _ = try ChannelSpectra(sampleRateHz: 12_800, nominalHz: nominal)
            }
        }
        #expect(throws: ChannelSpectra.Failure.maximumOrder(128, highest: 99)) {
            _ = try ChannelSpectra(sampleRateHz: 12_800, nominalHz: 50, maximumOrder: 128)
        }
        #expect(throws: ChannelSpectra.Failure.maximumOrder(0, highest: 99)) {
            _ = try ChannelSpectra(sampleRateHz: 12_800, nominalHz: 50, maximumOrder: 0)
        }
        #expect(ChannelSpectra.Failure.maximumOrder(128, highest: 99).description.contains("1 to 99"))
    }

    @Test func aWindowBeyondTheSamplesLeavesTheLastSpectra() throws {
        var spectra = try ChannelSpectra(sampleRateHz: 12_800, nominalHz: 50)
        var rows: [SIMD8<Float>] = []
        for index in 0..<2570 {
            rows.append(SIMD8(repeating: Float(cos(2 * .pi * 50 * Double(index) / 12_800))))
        }
        try spectra.transform(rows.span, start: 4, length: 2560)
        let before = try needed(spectra.phasor(channel: 7, order: 1))
        #expect(abs(before.magnitude - 0.5.squareRoot()) < 1e-5)
        for (start, length) in [
            (2.9, 2560), (-1, 2560), (8, 2560), (4, 2200), (4, 3100), (4, 0), (4, -2560), (Double.nan, 2560),
            (4, .nan), (.infinity, 2560),
        ] {
            var isRefused = false
            do throws(ChannelSpectra.Failure) {
                try spectra.transform(rows.span, start: start, length: length)
            } catch {
                isRefused = true
            }
            #expect(isRefused, "start \(start), length \(length)")
        }
        let after = try needed(spectra.phasor(channel: 7, order: 1))
        #expect(after == before)
    }

    @Test func whatIsNotThereIsNil() throws {
        let spectra = try ChannelSpectra(sampleRateHz: 12_800, nominalHz: 60, maximumOrder: 40)
        let cycles = spectra.cycles
        #expect(cycles == 12)
        for (channel, order) in [(-1, 1), (8, 1), (0, -1), (0, 41)] {
            let phasor = spectra.phasor(channel: channel, order: order)
            let subgroup = spectra.subgroup(channel: channel, order: order)
            let between = spectra.interharmonicSubgroup(channel: channel, order: order)
            let power = spectra.power(order: order, voltage: channel, current: 0)
            #expect(phasor == nil && subgroup == nil && between == nil && power == nil)
        }
        let mean = spectra.subgroup(channel: 0, order: 0)
        let beyond = spectra.bin(channel: 0, 41 * 12 + 1)
        let last = spectra.bin(channel: 0, 41 * 12)
        let distortion = spectra.distortion(channel: 0)
        let ninth = spectra.spectrum(channel: 8)
        #expect(mean == nil && beyond == nil && last == .zero && distortion == nil && ninth == nil)
    }

    @Test(.enabled(if: malloc_counter_is_counting(), "a sanitizer has a heap of its own"))
    func aWindowTouchesTheHeapNowhere() throws {
        var spectra = try ChannelSpectra(sampleRateHz: 12_800, nominalHz: 50)
        let rows = [SIMD8<Float>](repeating: SIMD8(repeating: 1), count: 3100)
        try spectra.transform(rows.span, start: 4.2, length: 2560.7)
        let before = malloc_counter_allocations() + malloc_counter_frees()
        for step in 0..<20 { try spectra.transform(rows.span, start: 4.2, length: 2500.7 + Double(step)) }
        let calls = malloc_counter_allocations() + malloc_counter_frees() - before
        #expect(calls == 0)
    }
}
