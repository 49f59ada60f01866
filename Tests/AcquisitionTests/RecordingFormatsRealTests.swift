import Foundation
import MeterDSP
import Testing

@testable import Acquisition

/// Real mains, copied into the other formats: each value must come back as it was.
@Suite(.enabled(if: RecordedMains.folder != nil, RecordedMains.word))
struct RecordingFormatsRealTests {
    @Test(arguments: ["gen3ph_60hz_5760sps", "substation3ph_50hz_1200sps"], ["ASCII", "BINARY"])
    func `a COMTRADE copy gives the same values`(name: String, type: String) throws {
        let original = try RecordedMains.open(name)
        let columns = try original.channels.map { try codes(original, $0.name) }
        let folder = try Folder()
        var text = ["Station,Device,1999", "\(columns.count),\(columns.count)A,0D"]
        for (index, channel) in original.channels.enumerated() {
            text.append(
                "\(index + 1),\(channel.name),\(channel.phase ?? ""),,\(channel.unit),\(channel.scale),"
                    + "\(channel.offset),\(channel.skewSeconds * 1e6),-32767,32767,1,1,P")
        }
        text += ["\(original.nominalHz ?? 50)", "1", "\(original.sampleRateHz),\(original.frameCount)"]
        text += ["01/01/2020,00:00:00.000000", "01/01/2020,00:00:00.000000", type, "1", ""]
        var data: [UInt8] = []
        for frame in 0..<original.frameCount {
            let values = columns.map { $0[frame] }
            if type == "ASCII" {
                data += Array("\(frame + 1),,\(values.map(String.init).joined(separator: ","))\r\n".utf8)
            } else {
                data += littleEndian(UInt32(frame + 1)) + littleEndian(UInt32.max)
                for value in values { data += littleEndian(Int16(value)) }
            }
        }
        try folder.write("copy.cfg", text.joined(separator: "\r\n").utf8)
        try folder.write("copy.dat", data)
        let copy = try Recording.open(folder.path("copy.cfg"))
        #expect(copy.sampleRateHz == original.sampleRateHz && copy.frameCount == original.frameCount)
        for (index, channel) in copy.channels.enumerated() {
            #expect(channel.scale == original.channels[index].scale && channel.unit == original.channels[index].unit)
            #expect(abs(channel.skewSeconds - original.channels[index].skewSeconds) < 1e-12)
            #expect(channel.phase == original.channels[index].phase)
            #expect(try codes(copy, channel.name) == columns[index])
        }
    }

    @Test func `a WAV copy gives the same values`() throws {
        let original = try RecordedMains.open("plaid_a_60hz_30000sps")
        let folder = try Folder()
        let source = try #require(RecordedMains.folder)
        let samples = try Data(contentsOf: source.appending(path: "plaid_a_60hz_30000sps.bin"))
        let writer = WaveWriter(tag: 3, bits: 32, sampleRateHz: 30_000, samples: Array(samples))
        let path = try folder.write("copy.wav", writer.file)
        // The native sidecar fits the WAV file as it is.
        let sidecar = try Data(contentsOf: source.appending(path: "plaid_a_60hz_30000sps.json"))
        try folder.write("copy.json", sidecar)
        let copy = try Recording.open(path)
        #expect(copy.frameCount == original.frameCount && copy.segmentFrames == original.segmentFrames)
        for name in ["u", "i"] { #expect(try physicalValues(copy, name) == physicalValues(original, name)) }
    }
}
