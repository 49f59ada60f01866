import Foundation
import Testing

@testable import Acquisition

/// What goes wrong in the field, made to go wrong with the real library and the real server.
@Suite(.serialized, .enabled(if: Bed.isAvailable, Bed.word), .timeLimit(.minutes(10)))
struct IIOFaultTests {
    static let uris = ["local:", "ip:127.0.0.1"]
    static let patient = ["--kernel-buffers", "128", "--timeout", "20", "--verbose"]

    @Test func `a killed server is a lost context, no crash, and reading goes on when it is back`() throws {
        let run = try Bed.run(
            ["--iiod", "--iiod-killed-at", "0.5", "--iiod-back-after", "1"],
            probe: ["ip:127.0.0.1", "--blocks", "150", "--reconnect", "voltage0=u1", "voltage4=i2"] + Self.patient)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.events("lost").map { $0["case"] as? String } == ["contextLost"])
        #expect(!run.events("attempt").isEmpty)
        #expect(run.events("attempt").allSatisfy { $0["case"] as? String == "noContext" })
        let before = try #require(run.events("reconnected").first?["blocksRead"] as? Int)
        #expect(run.events("reconnected").count == 1 && before > 0 && before < 150)
        // The made-up ADC counts from 0 again when its buffer opens again.
        let expected = (0..<before * 80).map { $0 } + (0..<(150 - before) * 80).map { $0 }
        let made = expected.flatMap { [Bed.code(frame: $0, input: 0), Bed.code(frame: $0, input: 4)] }
        #expect(firstDifference(run.codes, made) == nil)

        let blocks = run.blocks
        let discontinuities = blocks.indices.filter { blocks[$0]["discontinuity"] as? Bool == true }
        #expect(discontinuities == [before])
        let lost = try #require(blocks[before]["framesLost"] as? Int)
        let delivered = blocks.map { $0["deliveredAt"] as? Int ?? 0 }
        // The server was away for a second at least; by the clock, at 8 frames per millisecond.
        let away = delivered[before] - delivered[before - 1]
        #expect(lost >= 7000 && abs(lost - (away / 125_000 - 80)) <= 1)
        #expect(blocks[before]["firstFrame"] as? Int == before * 80 + lost)
        #expect(blocks.last?["firstFrame"] as? Int == 149 * 80 + lost)
    }

    @Test(arguments: [
        ("sampling_frequency=4000", "sampling rate"), ("in_voltage0_scale=0.5", "scale of u1"),
        ("scan_elements/in_voltage0_type=be:s16/16>>0", "format of the frames"),
    ])
    func `a device that comes back changed is refused`(change: String, what: String) throws {
        let run = try Bed.run(
            ["--iiod", "--iiod-killed-at", "0.2", "--iiod-back-after", "0.2", "--back-with", change],
            probe: ["ip:127.0.0.1", "--blocks", "1000", "--reconnect", "voltage0=u1"] + Self.patient)
        #expect(run.status == 3)
        #expect(run.error["case"] as? String == "sourceChanged")
        #expect((run.error["text"] as? String)?.contains(what) == true)
    }

    @Test(arguments: uris)
    func `an ADC that stops is a time-out`(uri: String) throws {
        let run = try Bed.run(
            ["--iiod", "--silent-after", "810"], probe: [uri, "--timeout", "2", "--blocks", "1000", "voltage0=u1"])
        #expect(run.status == 3)
        #expect(run.error["case"] as? String == "timedOut")
        #expect(firstDifference(run.codes, (0..<800).map { Bed.code(frame: $0, input: 0) }) == nil)
    }

    @Test(arguments: uris)
    func `another thread ends a wait`(uri: String) throws {
        let run = try Bed.run(
            ["--iiod", "--silent-after", "80"],
            probe: [uri, "--timeout", "100", "--blocks", "1000", "--cancel-after", "0.5", "voltage0=u1"])
        #expect(run.status == 3)
        #expect(run.error["case"] as? String == "cancelled")
    }

    @Test(arguments: uris)
    func `a watchdog interrupts a wait that lasts too long`(uri: String) throws {
        let run = try Bed.run(
            ["--iiod", "--silent-after", "80"],
            probe: [uri, "--timeout", "100", "--blocks", "1000", "--watchdog", "0.5", "voltage0=u1"])
        #expect(run.status == 3)
        #expect(run.error["case"] as? String == "contextLost")
    }

    @Test func `a cancel ends the attempts to reconnect`() throws {
        let run = try Bed.run(
            ["--iiod", "--iiod-killed-at", "0.2", "--iiod-back-after", "30"],
            probe: ["ip:127.0.0.1", "--blocks", "1000", "--reconnect", "--cancel-after", "1.5", "voltage0=u1"])
        #expect(run.error["case"] as? String == "cancelled")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let bed: [String]
        let probe: [String]
        let name: String
        let words: [String]
        var testDescription: String { "\(name) \(probe.joined(separator: " "))" }
    }

    @Test(arguments: [
        Refusal(
            bed: [], probe: ["local:", "--device", "ads131", "voltage0=u1"], name: "noDevice",
            words: ["ads131", "bed-adc"]),
        Refusal(
            bed: [], probe: ["local:", "voltage9=u1"], name: "channelMissing",
            words: ["voltage9", "voltage0 (mains L1)", "voltage7"]),
        Refusal(bed: [], probe: ["local:", "timestamp=u1"], name: "channelMissing", words: ["timestamp"]),
        Refusal(
            bed: ["--set", "in_voltage1_label=mains L1"], probe: ["local:", "mains L1=u1"], name: "channelAmbiguous",
            words: ["voltage0", "voltage1"]),
        Refusal(
            bed: [], probe: ["local:", "voltage0=u1", "mains L1=u2"], name: "badSetting", words: ["two meter channels"]),
        Refusal(
            bed: ["--rate-file", "none"], probe: ["local:", "voltage0=u1"], name: "rateMissing",
            words: ["sampling rate"]),
        Refusal(
            bed: ["--set", "sampling_frequency=fast"], probe: ["local:", "voltage0=u1"], name: "attributeUnreadable",
            words: ["sampling_frequency", "fast"]),
        Refusal(
            bed: ["--set", "sampling_frequency=0"], probe: ["local:", "voltage0=u1"], name: "attributeUnreadable",
            words: ["sampling_frequency"]),
        Refusal(
            bed: ["--set", "in_voltage0_scale=nan"], probe: ["local:", "voltage0=u1"], name: "attributeUnreadable",
            words: ["voltage0 scale", "nan"]),
        Refusal(
            bed: ["--set", "in_voltage0_scale=0"], probe: ["local:", "voltage0=u1"], name: "attributeUnreadable",
            words: ["voltage0 scale"]),
        // A folder in place of the file: the one refusal to write that root gets too.
        Refusal(
            bed: ["--set", "gain/x=0"], probe: ["local:", "--write", "gain=2", "voltage0=u1"],
            name: "attributeRefused", words: ["gain", "(21)"]),
        Refusal(
            bed: ["--set", "scan_elements/in_voltage0_type=le:u32/32>>0"], probe: ["local:", "voltage0=u1"],
            name: "formatRefused", words: ["voltage0", "le:u32/32>>0"]),
        Refusal(
            bed: ["--set", "scan_elements/in_voltage0_type=le:s16/16X2>>0"], probe: ["local:", "voltage0=u1"],
            name: "formatRefused", words: ["X2"]),
        Refusal(
            bed: ["--no-timestamp", "--set", "scan_elements/in_voltage0_type=le:s32/32>>0"],
            probe: ["local:", "voltage0=u1", "voltage1=u2"], name: "layoutRefused", words: ["8 bytes", "6"]),
        Refusal(
            bed: [], probe: ["local:", "--block-frames", "8000", "voltage0=u1"], name: "badSetting",
            words: ["timeoutSeconds", "20"]),
        Refusal(bed: [], probe: ["ip:127.0.0.1:30999", "voltage0=u1"], name: "noContext", words: ["iiod", "111"]),
        Refusal(
            bed: ["--remove", "buffer/enable", "--set", "buffer/enable/x=0"], probe: ["local:", "voltage0=u1"],
            name: "bufferRefused", words: ["bed-adc", "(21)"]),
    ])
    func `what does not fit is refused in one line that names the place`(refusal: Refusal) throws {
        let run = try Bed.run(refusal.bed, probe: refusal.probe)
        #expect(run.status == 3, "\(run.errors)")
        #expect(run.error["case"] as? String == refusal.name)
        let text = run.error["text"] as? String ?? ""
        for word in refusal.words { #expect(text.contains(word), "\(text)") }
        #expect(!text.contains("\n"))
    }

    @Test func `nothing of the bed is left behind`() throws {
        _ = try Bed.run(["--iiod"], probe: ["local:", "--blocks", "2", "voltage0=u1"])
        let mounts = try String(contentsOfFile: "/proc/mounts", encoding: .utf8)
        #expect(!mounts.contains("headroom-bed"))
        #expect(!FileManager.default.fileExists(atPath: "/sys/bus/iio/devices/iio:device0/buffer/watermark"))
    }
}
