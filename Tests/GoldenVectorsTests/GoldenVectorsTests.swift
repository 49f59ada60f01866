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
        // Peak of the fundamental and of the harmonic, in codes of 24 bits; full scale is 500 V and 200 A.
        let volts = [5_457_000.0, 5_420_000, 5_490_000].map { rms($0, 109_000) * 500 / 8_388_608 }
        let amperes = [949_000.0, 356_000, 593_000].map { rms($0, 71_000) * 200 / 8_388_608 }
        for phase in 0..<3 {
            #expect(abs(results.value("window", last, "voltageRMS", phase) / volts[phase] - 1) < 0.0005)
            #expect(abs(results.value("window", last, "currentRMS", phase) / amperes[phase] - 1) < 0.0015)
        }
        #expect(results.value("window", last, "activePower", 0) > 3000)
        #expect(results.value("window", last, "activePower", 2) < -2000, "L3 feeds in")
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

    @Test("the same vector gives the same results again, and no two vectors the same", arguments: all)
    func isRepeatable(_ vector: GoldenVector) throws {
        let first = try Results(vector).values
        #expect(try Results(vector).values == first)
        for other in Self.all where other != vector {
            #expect(try Results(other).values != first)
        }
    }

    private func rms(_ fundamental: Double, _ harmonic: Double) -> Double {
        ((fundamental * fundamental + harmonic * harmonic) / 2).squareRoot()
    }
}
