import Foundation
import MeterDSP
import Spectrum
import TestSupport
import Testing

@Suite struct GroupingTests {
    /// A line of any frequency.
    struct Line: Sendable {
        var hertz: Double
        var rms: Double
        var degrees = 0.0
        func value(_ seconds: Double) -> Double {
            rms * 2.0.squareRoot() * cos(2 * .pi * hertz * seconds + degrees * .pi / 180)
        }
    }

    /// The spectrum of `lines` over 10 or 12 cycles of `frequency`, with edges between samples.
    static func spectrum(
        _ lines: [Line], frequency: Double = 50, cycles: Int = 10, rate: Double = 12_800, maximumOrder: Int = 50
    ) throws -> GroupedSpectrum {
        let length = Double(cycles) * rate / frequency
        let samples = (0..<Int(length) + 80).map { index in lines.reduce(0.0) { $0 + $1.value(Double(index) / rate) } }
        var analyser = HarmonicAnalyser(maximumOrder: maximumOrder)
        let found = analyser.groupedSpectrum(samples.span, start: 30.37, length: length, cycles: cycles)
        return try #require(found)
    }

    static let mains = Line(hertz: 50, rms: 230)

    /// 61000-4-7: a line on a bin is in the subgroup of its harmonic, or in the interharmonic one, never in both; a line
    /// half way between two orders belongs to either group by half.
    @Test(arguments: [
        (0, 1.0, 1.0, 0.0, 0.0), (1, 1, 1, 0, 1), (-1, 1, 1, 0, 0), (2, 0, 1, 1, 1), (4, 0, 1, 1, 1),
        (5, 0, 0.5.squareRoot(), 1, 1), (8, 0, 0, 1, 1), (9, 0, 0, 0, 1),
    ])
    func aBinCountsWhereTheStandardPutsIt(
        k: Int, subgroup: Double, group: Double, interSubgroup: Double, interGroup: Double
    ) throws {
        let s = try Self.spectrum([Self.mains, Line(hertz: 350 + 5 * Double(k), rms: 1)])
        func near(_ value: Double?, _ expected: Double) -> Bool { value.map { abs($0 - expected) < 1e-4 } ?? false }
        #expect(near(s.subgroup(7), subgroup))
        #expect(near(s.group(7), group))
        #expect(near(s.interharmonicSubgroup(7), interSubgroup))
        #expect(near(s.interharmonicGroup(7), interGroup))
    }

    @Test func twelveCyclesAtSixtyHertzHaveTwoMoreBinsBetweenOrders() throws {
        for (k, group, subgroup, inter) in [
            (0, 1.0, 1.0, 0.0), (1, 1, 1, 0), (2, 1, 0, 1), (5, 1, 0, 1), (6, 0.5.squareRoot(), 0, 1), (10, 0, 0, 1),
            (11, 0, 0, 0),
        ] {
            let s = try Self.spectrum(
                [Line(hertz: 60, rms: 120), Line(hertz: 300 + 5 * Double(k), rms: 1)], frequency: 60, cycles: 12)
            #expect(abs(try #require(s.group(5)) - group) < 1e-4, "k \(k)")
            #expect(abs(try #require(s.subgroup(5)) - subgroup) < 1e-4, "k \(k)")
            #expect(abs(try #require(s.interharmonicSubgroup(5)) - inter) < 1e-4, "k \(k)")
        }
    }

    /// IEC 62586-2's interharmonic states: 1 % at 3.5 and at 7.5 times the fundamental.
    @Test(arguments: [3, 7])
    func interharmonicsHalfWayAreInTheCentredSubgroup(order: Int) throws {
        let s = try Self.spectrum([Self.mains, Line(hertz: 50 * (Double(order) + 0.5), rms: 2.3)])
        #expect(abs(try #require(s.interharmonicSubgroup(order)) - 2.3) < 1e-4)
        for other in 0...50 where other != order {
            #expect(try #require(s.interharmonicSubgroup(other)) < 1e-3, "order \(other)")
        }
        #expect(abs(try #require(s.group(order)) - 2.3 / 2.0.squareRoot()) < 1e-4)
        #expect(abs(try #require(s.group(order + 1)) - 2.3 / 2.0.squareRoot()) < 1e-4)
    }

    @Test func whatLiesBelowTheFundamentalIsTheSubharmonicGroup() throws {
        let s = try Self.spectrum([Self.mains, Line(hertz: 25, rms: 1.5)])
        #expect(abs(try #require(s.interharmonicSubgroup(0)) - 1.5) < 1e-4)
        #expect(abs(try #require(s.interharmonicGroup(0)) - 1.5) < 1e-4)
    }

    /// A harmonic that fluctuates at 5 Hz with modulation m has sidebands of m/2: only the subgroup holds all of it.
    @Test func aSubgroupHoldsAFluctuatingHarmonic() throws {
        let m = 0.6
        let s = try Self.spectrum(
            [
                Self.mains, Line(hertz: 250, rms: 10), Line(hertz: 245, rms: 10 * m / 2),
                Line(hertz: 255, rms: 10 * m / 2),
            ])
        #expect(abs(s.harmonics.phasors[5].magnitude - 10) < 1e-3)
        #expect(abs(try #require(s.subgroup(5)) - 10 * (1 + m * m / 2).squareRoot()) < 1e-3)
        #expect(abs(try #require(s.subgroupDistortion()) - 10 * (1 + m * m / 2).squareRoot() / 230) < 1e-5)
    }

    /// Off the bins a line leaks into its neighbours; groups and all between them keep its energy (Parseval).
    @Test func groupsLoseNoEnergyOfALineBetweenTheBins() throws {
        let s = try Self.spectrum([Self.mains, Line(hertz: 178, rms: 23)])
        let squares = try (1...50).reduce(0.0) { $0 + pow(try #require(s.group($1)), 2) }
        #expect(abs(squares.squareRoot() / (230 * 230 + 23 * 23.0).squareRoot() - 1) < 0.002)
        #expect(try #require(s.group(4)) > 0.8 * 23)
        #expect(try #require(s.subgroup(4)) < 0.3 * 23)
        #expect(try #require(s.interharmonicSubgroup(3)) > 0.9 * 23)
    }

    /// All lines of EN 50160's limits at once.
    @Test(arguments: [(49.7, 10, 12_800.0), (50.3, 10, 8000), (57.5, 10, 32_000), (59.9, 12, 12_800)])
    func distortionOfAPureHarmonicSpectrumIsTheSameByLineSubgroupAndGroup(
        frequency: Double, cycles: Int, rate: Double
    ) throws {
        let shares = [2: 2.0, 3: 5, 4: 1, 5: 6, 7: 5, 9: 1.5, 11: 3.5, 13: 3, 17: 2, 25: 1.5, 37: 0.5, 40: 0.5]
        let s = try Self.spectrum(
            [Line(hertz: frequency, rms: 230)]
                + shares.map { Line(hertz: Double($0) * frequency, rms: 2.3 * $1, degrees: Double(41 * $0)) },
            frequency: frequency, cycles: cycles, rate: rate)
        let expected = shares.values.reduce(0) { $0 + $1 * $1 }.squareRoot() / 100
        #expect(abs(try #require(s.subgroupDistortion()) - expected) < 1e-4)
        #expect(abs(try #require(s.groupDistortion()) - expected) < 1e-4)
        #expect(abs(try #require(s.harmonics.totalHarmonicDistortion) - expected) < 1e-4)
        for (order, share) in shares {
            #expect(abs(try #require(s.subgroup(order)) / (2.3 * share) - 1) < 0.001, "order \(order)")
        }
    }

    @Test func the127thOrderIsFoundWhereTheRateAllows() throws {
        let lines = [Line(hertz: 57.5, rms: 230), Line(hertz: 127 * 57.5, rms: 1)]
        let high = try Self.spectrum(lines, frequency: 57.5, rate: 16_500, maximumOrder: 127)
        #expect(high.highestOrder == 127)
        #expect(abs(try #require(high.subgroup(127)) - 1) < 0.01)
        let low = try Self.spectrum([lines[0]], frequency: 57.5, rate: 8000, maximumOrder: 127)
        #expect(low.highestOrder == 61)
        #expect(low.subgroup(62) == nil && low.subgroupDistortion(through: 62) == nil)
        #expect(low.subgroupDistortion(through: 61) != nil)
    }

    @Test func groupedAndPlainHarmonicsAreTheSame() throws {
        let lines = [Line(hertz: 50.2, rms: 10, degrees: 20), Line(hertz: 50.2 * 7, rms: 1, degrees: -50)]
        let length = 10 * 12_800 / 50.2
        let samples = (0..<Int(length) + 80).map { index in
            lines.reduce(0.0) { $0 + $1.value(Double(index) / 12_800) }
        }
        var analyser = HarmonicAnalyser(maximumOrder: 40)
        let grouped = analyser.groupedSpectrum(samples.span, start: 30.37, length: length, cycles: 10)
        let plain = analyser.harmonics(samples.span, start: 30.37, length: length, cycles: 10)
        #expect(try #require(grouped).harmonics == (try #require(plain)))
    }

    @Test func aCoilsGroupsGiveTheCurrents() throws {
        let sensitivity = 0.45e-6
        func coil(_ hertz: Double, _ rms: Double) -> Line {
            Line(hertz: hertz, rms: rms * hertz * sensitivity, degrees: 90)
        }
        let s = try Self.spectrum([coil(50, 16), coil(375, 0.4), coil(350, 1)])
            .integrated(frequencyHz: 50, voltsPerAmpereHertz: sensitivity)
        #expect(abs(try #require(s.subgroup(1)) - 16) < 1e-3)
        #expect(abs(try #require(s.subgroup(7)) - 1) < 1e-3)
        #expect(abs(try #require(s.interharmonicSubgroup(7)) - 0.4) < 1e-3)
        #expect(s.bins[0] == .zero)
    }

    @Test func impossibleWindowsGiveNothing() throws {
        let samples = [Double](repeating: 0, count: 4000)
        var analyser = HarmonicAnalyser()
        for (start, length, cycles) in [
            (0.0, 2000.0, 9), (0, 2000, 0), (0, 4001, 10), (-1, 2000, 10), (0, 39, 10), (0, 40, 10), (.nan, 2000, 10),
            (0, .nan, 10),
        ] {
            let nothing = analyser.groupedSpectrum(samples.span, start: start, length: length, cycles: cycles)
            #expect(nothing == nil)
        }
        let found = analyser.groupedSpectrum(samples.span, start: 0, length: 2000, cycles: 10)
        let silence = try #require(found)
        #expect(silence.subgroupDistortion() == nil && silence.groupDistortion() == nil)
        #expect(silence.harmonics.kFactor == nil)
        #expect(silence.group(0) == nil && silence.group(-1) == nil && silence.group(41) == nil)
        #expect(silence.interharmonicGroup(-1) == nil && silence.interharmonicSubgroup(40) == 0)
    }
}
