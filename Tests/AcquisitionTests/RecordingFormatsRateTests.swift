import Foundation
import Testing

@testable import Acquisition

@Suite struct RecordingFormatsRateTests {
    private static let frames = 400

    /// Without a rate, timestamps at `hertz`, rounded to `unit` seconds.
    private func writer(
        _ hertz: Double, unit: Double = 1e-6, from start: Double = 0, type: String = "BINARY", revision: String = "1999"
    ) -> ComtradeWriter {
        var writer = ComtradeWriter(type: type, revision: revision)
        writer.values = (0..<Self.frames).map { [Double($0), 1] }
        writer.rates = ["0", "0,\(Self.frames)"]
        writer.timestamps = (0..<Self.frames).map {
            UInt32(truncatingIfNeeded: Int64((start + Double($0) / hertz / unit).rounded()))
        }
        return writer
    }

    private func fault(_ writer: ComtradeWriter) throws -> RecordingFault? {
        let folder = try Folder()
        do {
            _ = try writer.open(folder)
            return nil
        } catch AcquisitionError.recording(_, let fault) { return fault }
    }

    @Test(arguments: [50.5, 1000, 4800, 7680, 25_600], ["ASCII", "BINARY", "BINARY32", "FLOAT32"])
    func `even timestamps tell the rate to one unit of the whole`(hertz: Double, type: String) throws {
        let folder = try Folder()
        let recording = try writer(hertz, type: type).open(folder)
        let span = Double(Self.frames - 1) / hertz * 1e6
        #expect(abs(recording.sampleRateHz / hertz - 1) <= 1.1 / span)
    }

    @Test func `timemult, nanoseconds and a full counter are kept in mind`() throws {
        let folder = try Folder()
        var scaled = writer(4800, unit: 5e-7)
        scaled.timeMultiplier = "0.5"
        #expect(abs(try scaled.open(folder).sampleRateHz / 4800 - 1) < 1e-4)
        var fine = writer(48_000, unit: 1e-9, revision: "2013")
        fine.times[1] = "01/02/2024,10:20:31.123456789"
        #expect(abs(try fine.open(folder).sampleRateHz / 48_000 - 1) < 1e-6)
        // The counter starts again from 0 without taking the mark of a missing timestamp.
        #expect(abs(try writer(4800, from: 4_294_960_000).open(folder).sampleRateHz / 4800 - 1) < 1e-4)
        var one = writer(4800)
        one.rates = ["1", "0,\(Self.frames)"]
        #expect(abs(try one.open(folder).sampleRateHz / 4800 - 1) < 1e-4)
    }

    @Test(arguments: [1, 2, 57, 200, 398, 399])
    func `a frame that is missing shows in the timestamps`(place: Int) throws {
        var writer = writer(4800)
        writer.timestamps = (0..<Self.frames).map {
            UInt32((Double($0 + ($0 >= place ? 1 : 0)) * 1e6 / 4800).rounded())
        }
        guard case .timestampsUneven(_, _, let step) = try fault(writer) else {
            Issue.record("no error for \(place)")
            return
        }
        #expect(abs(step * 4800 - 1) < 0.01)
    }

    @Test func `timestamps that tell no rate are refused with what cannot be measured`() throws {
        var writer = writer(4800)
        writer.timestamps?[7] = nil
        #expect(try fault(writer) == .timestampMissing(frame: 7))
        writer.type = "ASCII"
        #expect(try fault(writer) == .timestampMissing(frame: 7))
        writer.timestamps?[7] = 0
        guard case .timestampsUneven(frame: 7, _, _) = try fault(writer) else {
            Issue.record("time runs back")
            return
        }
        // 1 MHz in microseconds: a missing frame could not be told from rounding.
        for coarse in [self.writer(1e6), self.writer(4800, unit: 1e-3)] {
            let fault = try #require(try fault(coarse))
            #expect(fault.description.contains("cannot be measured") || fault.description.contains("0.01 %"))
        }
        var single = ComtradeWriter(values: [[1, 2]], rates: ["0", "0,1"])
        guard case .timestampsCoarse = try fault(single) else {
            Issue.record("one frame has no rate")
            return
        }
        single = ComtradeWriter(values: [], rates: ["0", "0,0"])
        guard case .timestampsCoarse = try fault(single) else {
            Issue.record("no frame has no rate")
            return
        }
        var slow = self.writer(4800)
        slow.timeMultiplier = "1e6"
        guard case .rateOutside = try fault(slow) else {
            Issue.record("a frame each two minutes")
            return
        }
    }

    @Test func `a stated rate needs no timestamps`() throws {
        let folder = try Folder()
        for type in ["ASCII", "BINARY"] {
            let writer = ComtradeWriter(type: type, timestamps: Array(repeating: nil, count: 5))
            #expect(try writer.open(folder).sampleRateHz == 4800)
        }
    }

    @Test func `several rates are one where they are the same`() throws {
        let folder = try Folder()
        #expect(try ComtradeWriter(rates: ["2", "4800,3", "4800.0,5"]).open(folder).frameCount == 5)
        #expect(try ComtradeWriter(rates: ["2", "1200,0", "4800,5"]).open(folder).sampleRateHz == 4800)
        let changing = ComtradeWriter(rates: ["3", "4800,2", "4800,3", "960,5"])
        let error = try #require(throws: AcquisitionError.self) { _ = try changing.open(folder) }
        #expect(
            error
                == .recording(file: folder.path("r.cfg"), .ratesDiffer(firstHz: 4800, nextHz: 960, frame: 3)))
        #expect(error.description.contains("cannot be measured"))
    }

    @Test func `sample numbers count up by one from any start`() throws {
        let folder = try Folder()
        for type in ["ASCII", "BINARY", "FLOAT32"] {
            #expect(try ComtradeWriter(type: type, firstSampleNumber: 0).open(folder).frameCount == 5)
            #expect(try ComtradeWriter(type: type, firstSampleNumber: 901).open(folder).frameCount == 5)
        }
        var ascii = ComtradeWriter(type: "ASCII", lineEnd: "\n")
        try folder.write("r.cfg", ascii.configuration)
        try folder.write("r.dat", String(decoding: ascii.data, as: UTF8.self).replacing("\n4,", with: "\n5,").utf8)
        let jump = RecordingFault.sampleNumberJump(frame: 3, number: 5, expected: 4)
        #expect(throws: AcquisitionError.recording(file: folder.path("r.dat"), jump)) {
            try Recording.open(folder.path("r.dat"))
        }
        ascii.type = "BINARY"
        try folder.write("r.cfg", ascii.configuration)
        var data = ascii.data
        data[3 * 14] = 5
        try folder.write("r.dat", data)
        #expect(throws: AcquisitionError.recording(file: folder.path("r.dat"), jump)) {
            try Recording.open(folder.path("r.dat"))
        }
    }
}
