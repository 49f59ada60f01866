import Acquisition
import Glibc
import MeterDSP
import Synchronization

/// An IIO network server whose description, attributes, codes and frames are wrong. The input is the description in
/// XML behind its document type; its bytes also say which other answers are spoilt, and how.
struct IIOTarget: FuzzTarget {
    let name = "iio"
    let isTalkative = true

    var corpus: [[UInt8]] {
        let formats = ["le:S16/16&gt;&gt;0", "be:S24/32&gt;&gt;8", "le:U12/16&gt;&gt;2", "le:S32/32&gt;&gt;0"]
        return formats.flatMap { format in
            [true, false].map { Array(Self.description(format, hasTimestamp: $0).utf8) }
        }
    }

    /// An element without a format, which nobody asked for: libiio divides by its size.
    var regressions: [[UInt8]] {
        let right = Self.description("be:S24/32&gt;&gt;8", hasTimestamp: true)
        return [Array(right.utf8.prefix(0)), Self.withoutFormat(right, channel: "voltage2")]
    }

    private static func withoutFormat(_ description: String, channel: String) -> [UInt8] {
        let parts = description.split(separator: "<channel ")
        return Array(
            parts.map { part in
                part.hasPrefix("id=\"\(channel)\"")
                    ? part.split(separator: "format=", maxSplits: 1).joined(separator: "forlmat=") : String(part)
            }.joined(separator: "<channel ").utf8)
    }

    private static func description(_ format: String, hasTimestamp: Bool) -> String {
        var xml = "<context name=\"network\" description=\"fuzz\" ><device id=\"iio:device0\" name=\"adc\" >"
        for index in 0..<6 {
            let name = index < 3 ? "voltage\(index)" : "current\(index - 3)"
            xml += "<channel id=\"\(name)\" type=\"input\" ><scan-element index=\"\(index)\" format=\"\(format)\" "
            xml += "scale=\"0.5\" /><attribute name=\"scale\" filename=\"in_\(name)_scale\" /></channel>"
        }
        if hasTimestamp {
            xml += "<channel id=\"timestamp\" type=\"input\" >"
            xml += "<scan-element index=\"6\" format=\"le:S64/64&gt;&gt;0\" /></channel>"
        }
        xml += "<attribute name=\"sampling_frequency\" /><attribute name=\"current_timestamp_clock\" />"
        return xml + "<buffer-attribute name=\"data_available\" /></device></context>"
    }

    private static let documentType =
        "<!ELEMENT context (device | context-attribute)*><!ELEMENT context-attribute EMPTY>"
        + "<!ELEMENT device (channel | attribute | debug-attribute | buffer-attribute)*>"
        + "<!ELEMENT channel (scan-element?, attribute*)><!ELEMENT attribute EMPTY><!ELEMENT scan-element EMPTY>"
        + "<!ELEMENT buffer-attribute EMPTY><!ATTLIST context name CDATA #REQUIRED description CDATA #IMPLIED>"
        + "<!ATTLIST device id CDATA #REQUIRED name CDATA #IMPLIED>"
        + "<!ATTLIST channel id CDATA #REQUIRED type (input|output) #REQUIRED name CDATA #IMPLIED>"
        + "<!ATTLIST scan-element index CDATA #REQUIRED format CDATA #REQUIRED scale CDATA #IMPLIED>"
        + "<!ATTLIST attribute name CDATA #REQUIRED filename CDATA #IMPLIED>"
        + "<!ATTLIST buffer-attribute name CDATA #REQUIRED>"

    func run(_ input: [UInt8]) throws -> Bool {
        let seed = input.reduce(UInt64(1)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let server = try LoopbackServer { connection in
            let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE context [\(Self.documentType)]>"
            var service = IIOService(description: Array(head.utf8) + input, seed: seed)
            service.serve(connection)
        }
        defer { server.stop() }
        let settings = IIOSettings(
            uri: "ip:127.0.0.1:\(server.port)",
            inputs: [.init(.u1, "voltage0"), .init(.u2, "voltage1"), .init(.i1, "current0"), .init(.i2, "current1")],
            block: .frames(80), kernelBuffers: 4, timeoutSeconds: 0.25)
        let fault: FuzzError?
        do throws(AcquisitionError) {
            fault = try read(settings)
        } catch {
            try Oracle.requireMessage(error)
            return false
        }
        if let fault { throw fault }
        return true
    }

    private func read(_ settings: IIOSettings) throws(AcquisitionError) -> FuzzError? {
        var source = try IIOSource(settings)
        var configuration = MeterConfiguration(
            sampleRateHz: source.sampleRateHz, nominalHz: 50, layout: source.layout, synchronisationThreshold: 5)
        for channel in [MeterChannel.u1, .u2, .i1, .i2] {
            let scale = source.scale(of: channel) ?? 1
            guard scale.isFinite, source.codeOffset(of: channel).map(\.isFinite) ?? true else {
                return FuzzError("\(channel): a scale or offset that is no number")
            }
            // The device asks for the same: a scale that a sensor can have.
            guard (1e-12...1e12).contains(scale.magnitude) else { return nil }
            configuration[calibrationOf: channel] = ChannelCalibration(scale: scale)
        }
        var meter: Meter
        do throws(MeterConfiguration.Failure) { meter = try Meter(configuration) } catch { return nil }
        var checker = ReadingChecker(configuration)
        for _ in 0..<6 {
            let fault: FuzzError? = try source.nextBlock { block, info -> FuzzError? in
                guard info.frameCount * configuration.layout.frameBytes <= block.byteCount else {
                    return FuzzError("a block of \(info.frameCount) frames has \(block.byteCount) bytes")
                }
                do {
                    try checker.take(&meter, block)
                    return nil
                } catch {
                    return FuzzError("\(error)")
                }
            }
            if let fault { return fault }
        }
        return nil
    }
}

/// The commands of iiod 0.24, line by line.
private struct IIOService {
    let description: [UInt8]
    var random: FuzzRandom
    /// One answer in this many is spoilt; 0: none.
    let spoilsOneIn: Int
    /// An error number, two that have no opposite, and a text where there is to be none.
    private static let wrong = ["-5\n", "-2147483648\n", "-9223372036854775808\n", "4\nabcd\n"].map { Array($0.utf8) }

    init(description: [UInt8], seed: UInt64) {
        self.description = description
        random = FuzzRandom(seed: seed)
        spoilsOneIn = [0, 0, 3, 8, 20].randomElement(using: &random) ?? 0
    }

    mutating func serve(_ connection: CInt) {
        var line: [UInt8] = []
        while let byte = LoopbackServer.receive(connection, 1) {
            guard byte[0] == UInt8(ascii: "\n") else {
                if line.count < 1000 { line.append(byte[0]) }
                continue
            }
            let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\r" }.map(String.init)
            line = []
            guard let command = words.first else { continue }
            if command == "EXIT" { return }
            if command == "WRITE", let count = words.last.flatMap({ Int($0) }), (0...4096).contains(count) {
                guard LoopbackServer.receive(connection, count) != nil else { return }
            }
            var answer = answer(command, words)
            let isSpoilt = spoilsOneIn > 0 && command != "PRINT" && random.below(spoilsOneIn) == 0
            if isSpoilt {
                answer = random.below(3) == 0 ? random.pick(Self.wrong) : Mutator.mutate([answer] + Self.wrong, &random)
                // libiio 0.24 believes any size that it is told and writes beyond its own buffer. Nothing above it can
                // keep it from that: whatever the size says, no more than was asked for comes.
                if command == "READBUF", let asked = words.last.flatMap({ Int($0) }),
                    !answer.starts(with: Array("\(asked)\n".utf8))
                {
                    answer = Array(answer.prefix(max(0, asked)))
                }
            }
            guard LoopbackServer.send(connection, answer) else { return }
            // A client that waits for more than a spoilt answer has would wait out its time: it is told that no more comes.
            if isSpoilt { return }
        }
    }

    private mutating func answer(_ command: String, _ words: [String]) -> [UInt8] {
        func text(_ value: [UInt8]) -> [UInt8] { Array("\(value.count)\n".utf8) + value + [UInt8(ascii: "\n")] }
        switch command {
        case "VERSION": return Array("0.24.fuzz   \n".utf8)
        case "PRINT": return text(description)
        case "READ":
            let values = [
                "8000", "8000", "8000", "monotonic", "0.5", "0", "-1", "1e400", "nan", "x", "", "8000.5 9000",
            ]
            let name = words.last ?? ""
            let value =
                spoilsOneIn == 0 || random.below(3) > 0
                ? (name == "sampling_frequency" ? "8000" : name == "scale" ? "0.5" : "monotonic") : random.pick(values)
            return text(Array(value.utf8) + [0])
        case "READBUF":
            let count = words.last.flatMap { Int($0) } ?? 0
            guard (1...1_000_000).contains(count) else { return Array("-22\n".utf8) }
            let data = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            return Array("\(count)\n0000007f\n".utf8) + data
        case "ZPRINT": return Array("-22\n".utf8)
        default: return Array("0\n".utf8)
        }
    }
}
