import Foundation
import MeterDSP
import Testing

@testable import Acquisition

@Suite struct RecordingFormatsComtradeTests {
    @Test(arguments: ["ASCII", "BINARY", "BINARY32", "FLOAT32"], ["\r\n", "\n"])
    func `every data type gives the values that were written`(type: String, lineEnd: String) throws {
        let folder = try Folder()
        let writer = ComtradeWriter(type: type, revision: "2013", lineEnd: lineEnd)
        let recording = try writer.open(folder)
        #expect(recording.name == "r" && recording.frameCount == 5 && recording.sampleRateHz == 4800)
        #expect(recording.nominalHz == 50 && recording.segmentFrames == nil)
        #expect(recording.startTime == "01/02/2024,10:20:30.123456")
        #expect(recording.channels.map(\.name) == ["u", "i"] && recording.channels.map(\.unit) == ["kV", "A"])
        #expect(recording.channels.map(\.phase) == ["A", "B"])
        #expect(recording.channels.map(\.skewSeconds) == [13 * 1e-6, 0])
        #expect(
            recording.channels.map(\.transformer) == [
                TransformerRatio(primary: 110, secondary: 0.1, valuesSide: .primary),
                TransformerRatio(primary: 100, secondary: 1, valuesSide: .secondary),
            ])
        #expect(try physicalValues(recording, "u") == writer.values.map { $0[0] * 0.5 - 1 })
        #expect(try physicalValues(recording, "i") == writer.values.map { $0[1] * 2 })
        let channel = recording.channels[0]
        let range = try #require(channel.codeRange)
        #expect(range.upperBound * channel.scale == 32767 * 0.5 && range.lowerBound == -range.upperBound)
        let lone = try recording.withFrames(3..<4) { $0.byteCount }
        #expect(lone == recording.frameBytes)
        if type != "FLOAT32" { #expect(try codes(recording, "u") == writer.values.map { Int32($0[0]) }) }
    }

    @Test(arguments: [("BINARY", 14, SampleFormat.int16), ("BINARY32", 18, .int32)])
    func `binary codes are lent where they stand`(type: String, frameBytes: Int, format: SampleFormat) throws {
        let folder = try Folder()
        let writer = ComtradeWriter(type: type)
        let recording = try writer.open(folder)
        #expect(recording.frameBytes == frameBytes)
        let layout = try recording.layout([(.u1, "u"), (.i1, "i")])
        #expect(layout[.u1] == .init(byteOffset: 8, format: format) && layout.frameBytes == frameBytes)
        #expect(layout[.i1] == .init(byteOffset: 8 + format.storageBytes, format: format))
        let lent = try recording.withFrames(1..<5) { block in
            (0..<block.byteCount).map { block.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
        #expect(lent == Array(writer.data[frameBytes...]))
    }

    @Test func `ASCII values that are no integers keep 1e-9 of the channel's largest`() throws {
        let folder = try Folder()
        var writer = ComtradeWriter(type: "ASCII", revision: "2013")
        writer.values = (0..<500).map { [325.3 * sin(Double($0) / 7), Double($0 - 250)] }
        let recording = try writer.open(folder)
        for (read, written) in zip(try physicalValues(recording, "u"), writer.values) {
            #expect(abs(read - (written[0] * 0.5 - 1)) <= 1e-9 * 325.3)
        }
        #expect(try codes(recording, "i") == writer.values.map { Int32($0[1]) })
    }

    @Test(arguments: ["ASCII", "BINARY"])
    func `1991 has no year, no transformer and no timemult`(type: String) throws {
        let folder = try Folder()
        let writer = ComtradeWriter(
            type: type, revision: "1991", times: ["02/01/24,10:20:30.1", "02/01/24,10:20:31.1"])
        let recording = try writer.open(folder)
        #expect(recording.channels.map(\.transformer) == [nil, nil] && recording.frameCount == 5)
        #expect(try physicalValues(recording, "i") == writer.values.map { $0[1] * 2 })
        // An empty year and the longer channel lines of later years are taken as well.
        var lines = writer.lines
        lines[0] += ","
        lines[2] += ",110,0.1,P"
        try folder.write("r.cfg", lines.joined(separator: "\n").utf8)
        #expect(try Recording.open(folder.path("r.cfg")).channels[0].transformer?.primary == 110)
    }

    @Test(arguments: [
        ("r.cfg", "r.dat", "r.dat"), ("R.CFG", "R.DAT", "R.CFG"), ("R.CFG", "R.DAT", "R.DAT"),
        ("r.cfg", "r.DAT", "r.cfg"), ("r.Cfg", "r.Dat", "r.Dat"), ("a.b.cfg", "a.b.dat", "a.b.dat"),
    ])
    func `either file opens the recording, in upper and lower case`(cfg: String, dat: String, given: String) throws {
        let folder = try Folder()
        let writer = ComtradeWriter()
        try folder.write(cfg, writer.configuration)
        try folder.write(dat, writer.data)
        #expect(try Recording.open(folder.path(given)).frameCount == 5)
    }

    @Test func `what recorders write around the fields does no harm`() throws {
        let folder = try Folder()
        let writer = ComtradeWriter(type: "ASCII")
        var lines = writer.lines
        lines[0] = "\u{FEFF}Umspannwerk Süd, 7 ,1999,"
        lines[1] = " 5 , 2a,3d,,"
        lines[2] = " 1 , u ,a, ,kV , 5.0e-1 ,-1.0, 1.3E1 ,-32767.5,32767.5, 110.0,+0.1,p,"
        lines[7] = "50.000000"
        lines[8] = " 1"
        lines[9] = "4.8e3,5.0"
        lines[10] = ","
        lines[12] = "Binary "
        lines[13] = "1.0 " + String(repeating: "\u{1A}", count: 40)
        try folder.write("r.cfg", lines.joined(separator: "\n").utf8)
        try folder.write("r.dat", ComtradeWriter().data)
        let recording = try Recording.open(folder.path("r.cfg"))
        #expect(recording.startTime == nil && recording.channels[0].phase == "A" && recording.nominalHz == 50)
        #expect(recording.channels[0].skewSeconds == 13 * 1e-6 && recording.channels[0].scale == 0.5)
        // Names in ISO 8859-1, no nominal frequency; ASCII data with blanks, commas at line ends and a DOS end mark.
        lines = writer.lines
        lines[3] = "2,Strom\u{1}L2,,,A,2,0,,,,100,1,s"
        lines[7] = ""
        lines[12] = "ascii"
        let latin = lines.joined(separator: "\r\n").utf8.map { $0 == 1 ? 0xFC : $0 }
        try folder.write("r.cfg", latin)
        let text = String(decoding: writer.data, as: UTF8.self).replacing(",", with: " ,\t ").replacing(
            "\r\n", with: ",\r\n")
        try folder.write("r.dat", Array(text.utf8).dropLast(2) + [0x1A])
        let spaced = try Recording.open(folder.path("r.cfg"))
        #expect(spaced.channels[1].name == "StromüL2" && spaced.channels[1].codeRange == nil && spaced.nominalHz == nil)
        #expect(try codes(spaced, "StromüL2") == writer.values.map { Int32($0[1]) })
    }

    @Test(arguments: [
        ("ASCII", "1991"), ("ASCII", "1999"), ("ASCII", "2013"), ("BINARY", "1999"), ("BINARY32", "2013"),
        ("FLOAT32", "2013"),
    ])
    func `a missing value bars its own channel only`(type: String, revision: String) throws {
        let folder = try Folder()
        var writer = ComtradeWriter(type: type, revision: revision)
        writer.values[3][1] = .nan
        let recording = try writer.open(folder)
        #expect(try physicalValues(recording, "u") == writer.values.map { $0[0] * 0.5 - 1 })
        let fault = AcquisitionError.recording(file: folder.path("r.dat"), .valueMissing(frame: 3, channel: "i"))
        #expect(throws: fault) { try recording.layout([(.u1, "u"), (.i1, "i")]) }
    }

    @Test func `99999 is a value since 2013, and an empty field is missing always`() throws {
        let folder = try Folder()
        var writer = ComtradeWriter(type: "ASCII", revision: "2013")
        writer.values[1][0] = 99_999
        #expect(try codes(try writer.open(folder), "u")[1] == 99_999)
        writer.revision = "1999"
        try folder.write("r.cfg", writer.configuration)
        let text = String(decoding: writer.data, as: UTF8.self).replacing("99999", with: "")
        try folder.write("r.dat", text.utf8)
        let recording = try Recording.open(folder.path("r.cfg"))
        #expect(throws: AcquisitionError.self) { try recording.layout([(.u1, "u")]) }
    }

    @Test func `values at the ends of their range keep their size`() throws {
        let folder = try Folder()
        var writer = ComtradeWriter(type: "BINARY32", revision: "2013")
        writer.values[0] = [2_147_483_647, -2_147_483_647]
        #expect(try codes(try writer.open(folder), "u")[0] == .max)
        writer.type = "ASCII"
        #expect(try codes(try writer.open(folder), "i")[0] == -.max)
        writer.values[0] = [3e38, -1e-40]
        let recording = try writer.open(folder)
        #expect(abs(try physicalValues(recording, "u")[0] / 1.5e38 - 1) < 1e-9)
    }
}
