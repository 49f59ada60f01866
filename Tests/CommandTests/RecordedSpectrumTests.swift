import Acquisition
import Foundation
import Testing

/// Frequency, harmonics, reactive power, crest factor: real recordings again.
@Suite(.enabled(if: RecordedMains.folder != nil, RecordedMains.word))
struct RecordedSpectrumTests {
    @Test(
        "THD, Q1, crest and frequency of the generators agree with an independent spectrum",
        arguments: RecordedSet.all.prefix(2))
    func spectrumAgrees(set: RecordedSet) throws {
        let recording = try Recording.open(try RecordedMains.path(set.record))
        let windows = try set.measure()
        var worst = [String: Double]()
        for phase in 0..<3 {
            let voltage = try channelValues(recording, set.voltages[phase])
            let current = try channelValues(recording, set.currents[phase])
            let dense = DenseReference(voltage: voltage, current: current)
            for window in windows.dropLast() {
                let printed = try #require(window.phases["L\(phase + 1)"])
                let (u, i) = dense.harmonics(from: window.first_frame, frames: window.frames, cycles: 12, highest: 40)
                let s = try #require(printed.s)
                // Im(U1 · conj I1)
                let q = u[0].y * i[0].x - u[0].x * i[0].y
                let inside = Int(window.first_frame.rounded(.up))..<Int(window.first_frame + window.frames)
                let mean = try #require(printed.i_dc)
                let peak = inside.map { abs(current[$0] - mean) }.max() ?? 0
                let deviations = [
                    "THD U": (try #require(printed.thd_u) / DenseReference.distortion(u) - 1) / 0.01,
                    "THD I": (try #require(printed.thd_i) / DenseReference.distortion(i) - 1) / 0.01,
                    "Q1": (try #require(printed.q1) - q) / s / 5e-4,
                    "crest": (try #require(printed.crest_i) / (peak / (try #require(printed.i_rms))) - 1) / 1e-3,
                ]
                for (name, deviation) in deviations {
                    #expect(abs(deviation) < 1, "\(name) of L\(phase + 1) from frame \(window.first_frame)")
                    worst[name] = max(worst[name] ?? 0, abs(deviation))
                }
            }
        }
        print("\(set.testDescription), shares of what is allowed: \(worst.sorted { $0.key < $1.key })")
    }

    @Test(
        "frequency agrees with the reference's fit of a sine where the grid is steady",
        arguments: RecordedSet.all.prefix(2))
    func frequencyAgrees(set: RecordedSet) throws {
        let windows = try set.measure()
        let phases = try (0..<3).map { try set.reference($0) }
        var compared = 0
        for (index, window) in windows.enumerated() where index < phases[0].count {
            let fits = phases.map { $0[index].f_hz }
            let spread = (fits.max() ?? 0) - (fits.min() ?? 0)
            // The surge: the three lines' sines have different frequencies there.
            guard spread < 0.01 else { continue }
            // Windows lie up to 21 frames of 1152 apart, and frequency moves by up to 0.02 Hz from one to the next.
            let late = abs(window.first_frame - Double(phases[0][index].start)) / window.frames
            let neighbours = [index - 1, index + 1].filter(phases[0].indices.contains).map {
                abs(phases[0][$0].f_hz - fits[0])
            }
            // The first window's start is found on a repetition of the opening: its seam leaves some of a frame.
            let tolerance = (index == 0 ? 0.01 : 0.001) + spread + late * (neighbours.max() ?? 0)
            let mean = fits.reduce(0, +) / 3
            #expect(
                abs(try #require(window.f_hz) - mean) < tolerance, "window \(index): \(fits), tolerance \(tolerance)")
            compared += 1
        }
        #expect(compared >= 10)
    }

    private struct Segments: Decodable { var segments: [RecordedMains.Segment] }

    @Test("all 120 single cycles of appliances agree with the reference file")
    func singleCycles() throws {
        let name = "plaid_a_60hz_30000sps"
        let recording = try Recording.open(try RecordedMains.path(name))
        let current = try channelValues(recording, "i")
        let outcome = try HeadroomProcess.run([
            "measure", try RecordedMains.path(name), "--channels", "U1=u,I1=i", "--json",
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
        let cycles = try MeasuredWindow.lines(outcome.output)
        let references = try RecordedMains.reference(name, Segments.self).segments
        try #require(cycles.count == 120 && references.count == 120)
        for (index, (cycle, reference)) in zip(cycles, references).enumerated() {
            let phase = try #require(cycle.phases["L1"])
            let u = try #require(phase.u_rms)
            let i = try #require(phase.i_rms)
            let uDC = try #require(phase.u_dc)
            let iDC = try #require(phase.i_dc)
            let iAll = (i * i + iDC * iDC).squareRoot()
            #expect(cycle.first_frame == Double(500 * index) && cycle.frames == 500 && cycle.f_hz == nil)
            #expect(cycle.flags == ["segment"])
            #expect(abs((u * u + uDC * uDC).squareRoot() / reference.U_rms - 1) < 1e-5, "segment \(index)")
            #expect(abs(iAll / reference.I_rms - 1) < 1e-5, "segment \(index)")
            #expect(
                abs(try #require(phase.p) + uDC * iDC - reference.P) < 1e-5 * reference.U_rms * reference.I_rms,
                "segment \(index)")
            #expect(abs(try #require(phase.thd_u) * 100 / reference.THD_U_pct - 1) < 1e-4, "segment \(index)")
            #expect(abs(try #require(phase.thd_i) * 100 / reference.THD_I_pct - 1) < 1e-4, "segment \(index)")
            // The reference counts the peak from 0 over the RMS with the constant part, the command both without it.
            let values = current[500 * index..<500 * (index + 1)]
            let peaks = (fromZero: values.map { abs($0) }.max() ?? 0, fromMean: values.map { abs($0 - iDC) }.max() ?? 0)
            #expect(abs(peaks.fromZero / iAll / reference.crest_I - 1) < 1e-5, "segment \(index)")
            #expect(abs(try #require(phase.crest_i) / (peaks.fromMean / i) - 1) < 1e-6, "segment \(index)")
        }
    }

    @Test(
        "a motor's currents agree with the reference file, and its cycles are found without a voltage",
        arguments: ["healthy", "phaseB_turnfault40"])
    func motors(kind: String) throws {
        let name = "motor3ph_\(kind)_60hz_1000sps"
        let recording = try Recording.open(try RecordedMains.path(name))
        let references = try RecordedMains.reference(name, [String: RecordedMains.Current].self)
        let outcome = try HeadroomProcess.run([
            "measure", try RecordedMains.path(name), "--channels", "I1=ia,I2=ib,I3=ic", "--json",
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
        let windows = try MeasuredWindow.lines(outcome.output)
        #expect(windows.count >= 4)
        for (index, phase) in ["a", "b", "c"].enumerated() {
            let reference = try #require(references[phase])
            let values = try channelValues(recording, "i\(phase)")
            let dense = DenseReference(voltage: values, current: values)
            var squares = 0.0
            var frames = 0.0
            for window in windows {
                let printed = try #require(window.phases["L\(index + 1)"])
                #expect(printed.u_rms == nil && printed.p == nil && printed.s == nil && printed.pf == nil)
                let truth = dense.values(from: window.first_frame, frames: window.frames)
                #expect(abs(try #require(printed.i_rms) / truth.i - 1) < 5e-4, "from frame \(window.first_frame)")
                squares += (try #require(printed.i_rms) * (try #require(printed.i_rms))) * window.frames
                frames += window.frames
            }
            // The reference's 48 cycles are about the same stretch: its 800 frames against those of four windows.
            let first = try #require(windows.first).first_frame
            let whole = dense.values(from: first, frames: frames)
            #expect(abs((squares / frames).squareRoot() / whole.i - 1) < 5e-4)
            let theirs = (values.prefix(reference.N).reduce(0) { $0 + $1 * $1 } / Double(reference.N)).squareRoot()
            #expect(abs(theirs / reference.I_rms - 1) < 1e-5)
            // What the stretches differ by is what the independent values on them differ by.
            let change = whole.i / theirs - 1
            #expect(abs((squares / frames).squareRoot() / reference.I_rms - 1 - change) < 5e-4)
        }
        let fits = references.values.map(\.f_hz)
        let mean = windows.compactMap(\.f_hz).reduce(0, +) / Double(windows.count)
        let spread = (fits.max() ?? 0) - (fits.min() ?? 0)
        print("\(name): f \(mean) Hz, reference's fits \(fits)")
        #expect(abs(mean - fits.reduce(0, +) / 3) < 0.01 + spread)
    }
}
