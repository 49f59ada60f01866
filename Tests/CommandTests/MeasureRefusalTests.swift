import Foundation
import Testing

/// Recordings and sources that cannot be measured.
struct MeasureRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var says: [String]
        var change: @Sendable (inout SyntheticRecording) -> Void

        init(_ description: String, _ says: [String], _ change: @escaping @Sendable (inout SyntheticRecording) -> Void)
        {
            testDescription = description
            self.says = says
            self.change = change
        }
    }

    static let cases = [
        Case("truncated", ["house.bin", "15990 bytes", "16000", "copy the file again"]) { $0.missingBytes = 10 },
        Case("oversized", ["house.bin", "16004 bytes", "16000", "correct n_frames"]) { $0.missingBytes = -4 },
        Case("without scale", ["house.json", "channels[0].scale", "add it"]) {
            $0.channelOverrides["scale"] = SyntheticRecording.Removed()
        },
        Case("scale 0", ["house.json", "channels[0].scale", "not 0"]) { $0.channelOverrides["scale"] = 0 },
        Case("scale in words", ["house.json", "channels[0].scale", "a number"]) {
            $0.channelOverrides["scale"] = "one"
        },
        Case("unknown dtype", ["house.json", "dtype", "int17", "\"int16\" or \"float32\""]) {
            $0.overrides["dtype"] = "int17"
        },
        Case("wrong n_channels", ["house.json", "n_channels", "make them agree"]) { $0.overrides["n_channels"] = 3 },
        Case("rate missing", ["house.json", "sample_rate_hz", "add it"]) {
            $0.overrides["sample_rate_hz"] = SyntheticRecording.Removed()
        },
        Case("rate too low", ["house.json", "sample rate", "correct the rate"]) {
            $0.overrides["sample_rate_hz"] = 100
        },
        Case("nominal frequency of an aircraft", ["house.json", "nominal frequency", "use 50 or 60"]) {
            $0.overrides["nominal_hz"] = 400
        },
        Case("float NaN", ["house.bin", "frame 100", "\"u\"", "cut or repair"]) {
            $0.isFloat = true
            $0.poison = .nan
        },
        Case("float infinity", ["house.bin", "frame 100", "\"u\"", "cut or repair"]) {
            $0.isFloat = true
            $0.poison = -.infinity
        },
        Case("too short", ["house.json", "0.050 s is too short", "10 cycles"]) { $0.frameCount = 200 },
        Case("no frame", ["house.json", "no frame", "n_frames"]) { $0.frameCount = 0 },
        Case("one frame", ["house.json", "do not change", "--channels"]) { $0.frameCount = 1 },
        Case("no voltage", ["house.json", "the voltages do not change", "--channels"]) {
            $0.channels[0].value = { 0 * $0 }
        },
        Case("no cycle near the nominal frequency", ["house.json", "no cycle found near 50 Hz", "--nominal"]) {
            $0.channels[0].value = { 300 * sin(2 * Double.pi * 3 * $0) }
            $0.channels[1].value = { 0 * $0 }
        },
        Case("segments longer than the recording", ["house.json", "segment_frames", "no whole number of segments"]) {
            $0.overrides["segment_frames"] = 8000
        },
        Case("segments of too many cycles to count", ["house.json", "segment_frames", "9000000000000000000"]) {
            $0.overrides["segment_frames"] = 9_000_000_000_000_000_000
            $0.overrides["sample_rate_hz"] = 1
            $0.overrides["nominal_hz"] = 1000
        },
        Case("segments of no whole cycles", ["house.json", "segment_frames", "2.50 cycles"]) {
            $0.overrides["segment_frames"] = 200
        },
        Case("segments with a rest", ["house.json", "segment_frames", "cut the last 1600 frames"]) {
            $0.overrides["segment_frames"] = 2400
        },
    ]

    @Test("a recording that cannot be measured is refused with its place and a remedy", arguments: cases)
    func recordingIsRefused(item: Case) throws {
        let folder = try TemporaryFolder()
        var recording = SyntheticRecording.house
        item.change(&recording)
        let path = try recording.write(to: folder)
        try HeadroomProcess.run(["measure", path, "--channels", "U1=u,I1=i", "--json"])
            .expectRefusal(code: 1, saying: item.says)
    }

    @Test(
        "a sidecar that is no sidecar is refused with line and column or field",
        arguments: [
            ("hello", ["line 1, column 1"]), ("{\n \"scale\": NaN }", ["line 2, column 11", "no NaN"]),
            ("", ["ends too early"]),
            ("[1]", ["field dtype is missing"]), ("{\"dtype\": \"int16\"", ["line 1", "not JSON"]),
            ("\u{0}", ["not JSON"]),
            (String(repeating: "[", count: 100_000), ["nested too deeply"]),
        ])
    func sidecarIsRefused(text: String, says: [String]) throws {
        let folder = try TemporaryFolder()
        try SyntheticRecording.house.write(to: folder)
        let path = try folder.write(text, to: "house.json")
        try HeadroomProcess.run(["measure", path, "--channels", "U1=u"])
            .expectRefusal(code: 1, saying: ["house.json"] + says)
    }

    @Test(
        "wrong sources and options are refused",
        arguments: [
            (1, "nofile.json --channels U1=u", ["nofile.json", "No such file", "side by side"]),
            (1, "lonely.json --channels U1=u", ["lonely.bin", "No such file", "side by side"]),
            (1, "house.txt --channels U1=u", ["house.txt", ".json", ".bin"]),
            (1, "house.json --channels U1=v", ["house.bin", "\"v\"", "u, i"]),
            (1, "house.json --channels IN=i", ["no voltage is mapped", "--channels"]),
            (2, "house.json --channels U1=u,U1=i", ["--channels", "U1 is given twice", "second set"]),
            (2, "house.json --channels U1", ["--channels", "'U1'", "U1=voltage0"]),
            (2, "house.json --channels U1=", ["--channels", "'U1='", "U1=voltage0"]),
            (2, "house.json --channels U9=u", ["'U9'", "use U1, U2, U3"]),
            (2, "house.json --channels U1=u,,I1=i", ["--channels", "''"]),
            (2, "house.json --rogowski I1", ["--rogowski", "--sensitivity", "0.45"]),
            (2, "house.json --sensitivity 0.45", ["--sensitivity", "--rogowski I1"]),
            (2, "house.json --rogowski U1 --sensitivity 0.45", ["--rogowski", "'U1'", "I1, I2, I3"]),
            (2, "house.json --rogowski I2 --sensitivity 0.45 --channels U1=u", ["--rogowski I2", "add it"]),
            (2, "house.json --rogowski I1 --sensitivity -1", ["--sensitivity -1", "more than 0"]),
            (2, "house.json --rogowski I1 --sensitivity nan", ["--sensitivity nan", "more than 0"]),
            (2, "house.json --nominal 55", ["--nominal 55", "50 or 60"]),
            (2, "house.json --nominal fifty", ["fifty", "headroom measure --help"]),
            (2, "house.json --rate 5", ["--rate", "leave it out"]),
            (2, "house.json --seconds 1", ["--seconds", "leave it out"]),
            (2, "house.json --device adc", ["--device", "leave it out"]),
            (2, "http://host/house --channels U1=u", ["'http://host/house'", "ip:HOST"]),
            (2, "ip:127.0.0.1:1 --seconds 0 --channels U1=u", ["--seconds 0", "more than 0"]),
            (2, "ip:127.0.0.1:1 --seconds 1e300 --channels U1=u", ["--seconds 1e+300", "at most"]),
            (2, "ip:127.0.0.1:1 --nominal-voltage inf --channels U1=u", ["--nominal-voltage inf", "230"]),
            (2, "ip:127.0.0.1:1", ["--channels", "iio_info"]),
            (2, "ip:127.0.0.1:1 --channels U1=a --channels U1=b", ["one set", "once"]),
            (1, "ip:127.0.0.1:1 --channels U1=u", ["ip:127.0.0.1:1", "refused", "correct the port"]),
            (2, "", ["<source>", "headroom measure --help"]),
            (2, "house.json more", ["more", "headroom measure --help"]),
            (2, "house.json --frob", ["--frob", "headroom measure --help"]),
        ] as [(Int32, String, [String])])
    func sourceOrOptionIsRefused(code: Int32, arguments: String, says: [String]) throws {
        let folder = try TemporaryFolder()
        try SyntheticRecording.house.write(to: folder)
        var lonely = SyntheticRecording.house
        lonely.name = "lonely"
        try lonely.write(to: folder)
        try FileManager.default.removeItem(atPath: folder.path("lonely.bin"))
        try HeadroomProcess.run(["measure"] + arguments.split(separator: " ").map(String.init), in: folder.url)
            .expectRefusal(code: code, saying: says)
    }

    @Test(
        "a machine without IIO devices is told so",
        .enabled(if: !FileManager.default.fileExists(atPath: "/sys/bus/iio"), "this machine has IIO devices"))
    func noDevices() throws {
        try HeadroomProcess.run(["measure", "local:", "--channels", "U1=voltage0"])
            .expectRefusal(code: 1, saying: ["local:", "no IIO devices on this machine", "driver"])
    }
}
