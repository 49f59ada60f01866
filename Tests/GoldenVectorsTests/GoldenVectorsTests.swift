import Glibc
import GoldenVectors
import MeterDSP
import Testing

/// The golden vectors compare processors with one another; here stands that what they compare is right, and whole.
@Suite struct GoldenVectorsTests {
    /// Every golden vector there is.
    static let all = sequence(state: 0) { index -> GoldenVector? in
        defer { index += 1 }
        return GoldenVector(rawValue: index)
    }.map { $0 }

    @Test(
        "a plain supply is measured as it was made",
        arguments: [
            GoldenVector.int16At50Hz, .int16At60Hz, .int24BigEndianAt50Hz, .rogowskiAt50Hz, .rogowskiInt24At60Hz,
        ])
    func measuresTheSupply(_ vector: GoldenVector) throws {
        let results = try Results(vector)
        let windows = results.windows
        #expect(windows >= 3)
        let last = windows - 1
        let frequency = Double(vector.millihertz) / 1000
        #expect(abs(results.value("window", last, "frequencyHz", 0) - frequency) < 0.001)
        // Codes of 24 bits, full scale 500 V and 200 A; a coil's signal has the current's size at 50 Hz.
        let isCoil = vector == .rogowskiAt50Hz || vector == .rogowskiInt24At60Hz
        let volt = 500.0 / 8_388_608
        let ampere = 200.0 / 8_388_608 * (isCoil ? 50 / frequency : 1)
        let voltages = [5_457_000 * volt, 5_420_000 * volt, 5_490_000 * volt]
        let currents = [949_000 * ampere, 356_000 * ampere, 593_000 * ampere]
        // Current behind voltage, as a share of a turn; L3 feeds in.
        let lags = [1.0 / 12, 1.0 / 6, 0x0123_4567 / 0x1p32 + 0.5]
        for phase in 0..<3 {
            let power = voltages[phase] * currents[phase] / 2 * cos(2 * Double.pi * lags[phase])
            let voltage = rms(voltages[phase], 109_000 * volt)
            let current = rms(currents[phase], 71_000 * ampere)
            #expect(abs(results.value("window", last, "voltageRMS", phase) / voltage - 1) < 0.0001)
            #expect(abs(results.value("window", last, "currentRMS", phase) / current - 1) < 0.0003)
            #expect(abs(results.value("window", last, "activePower", phase) / power - 1) < 0.0005)
        }
        #expect(results.flags("window", last).isEmpty)
    }

    @Test(
        "an incident shows in the flags of some readings and not of all",
        arguments: [
            (GoldenVector.gap, ReadingFlags.gap), (.clipping, .currentClipped), (.lostPhase, .phase2Lost),
        ])
    func showsTheIncident(_ vector: GoldenVector, _ flag: ReadingFlags) throws {
        let results = try Results(vector)
        let flagged = (0..<results.halfCycles).filter { results.flags("halfCycle", $0).contains(flag) }
        #expect(!flagged.isEmpty)
        #expect(flagged.count < results.halfCycles)
        #expect((0..<results.windows).contains { results.flags("window", $0).contains(flag) })
    }

    @Test("noise gives readings that say that nothing is synchronised")
    func noiseIsUnsynchronised() throws {
        let results = try Results(.noise)
        #expect(results.halfCycles > 50)
        #expect((0..<results.halfCycles).contains { results.flags("halfCycle", $0).contains(.unsynchronised) })
    }

    @Test("every stored property of the readings is among the results")
    func reportsEveryField() throws {
        let results = try Results(.int16At50Hz)
        let windows = results.fields(of: "window")
        for property in Mirror(reflecting: WindowReading()).children.compactMap(\.label) {
            #expect(windows.contains(property))
        }
        let halfCycles = results.fields(of: "halfCycle")
        for property in Mirror(reflecting: HalfCycleReading()).children.compactMap(\.label) {
            #expect(halfCycles.contains(property))
        }
    }

    @Test("the same vector gives the same results again, and no two vectors the same")
    func isRepeatable() throws {
        let first = try Self.all.map { try Results($0).values }
        let second = try Self.all.map { try Results($0).values }
        #expect(first.count == 9)
        for (index, results) in first.enumerated() {
            #expect(results == second[index])
            #expect(!first[..<index].contains(results))
        }
    }

    private func rms(_ fundamental: Double, _ harmonic: Double) -> Double {
        ((fundamental * fundamental + harmonic * harmonic) / 2).squareRoot()
    }
}
