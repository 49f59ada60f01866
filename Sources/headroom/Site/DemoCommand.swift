import ArgumentParser
import Realtime
import Site
import SiteTwin

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The device program on a simulated building: no hardware, no root, no settings.",
        discussion: """
            A site twin on this machine's loopback interface gives an ADC (an IIO network server, opened by libiio), \
            charging stations (Modbus TCP) and cars; the normal device program measures and limits them. After 45 s a \
            load of 30 A switches on for 20 s on L1.

            Example: headroom demo --seconds 120 --stations 6 --speed 20
            """)

    @OptionGroup var building: TwinOptionGroup

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop after this long; default: on Ctrl-C.", valueName: "s"))
    var seconds: Double?

    @Flag(help: "One JSON line per second, and a summary line at the end.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Write every decision with its reasons to this new file, for headroom explain.", valueName: "file"))
    var record: String?

    func run() throws {
        try reportingErrors {
            try checkSeconds(seconds)
            let recorder = try record.map { try DecisionRecorder($0) }
            let twin = try building.start()
            defer { twin.stop() }
            let device = SiteDevice(try building.settings(twin.description))
            try device.start()
            Session.watch(device, json: json, seconds: seconds, linesEverySeconds: 10, recorder: recorder) { _ in
                TwinReport.jsonMembers(twin.observation())
            }
            if !json { TwinReport.lines(twin.observation()).forEach { print($0) } }
        }
    }
}

/// What really happened in the building, told by the twin's own observer and not by the device.
enum TwinReport {
    static func lines(_ seen: TwinObservation) -> [String] {
        var lines = ["  the twin's own observer"]
        for phase in 0..<3 {
            lines.append(
                "    L\(phase + 1)           highest \(fixed(seen.highestAmperes[phase], 1)) A, above the main limit for "
                    + "\(fixed(seen.secondsAboveMainLimit[phase], 2)) s")
        }
        for station in seen.stations {
            lines.append(
                "    " + leading(station.name, 12) + " \(fixed(station.energyWattHours, 1)) Wh charged, "
                    + "\(station.receivedLimits.count) limits received")
        }
        for step in seen.steps {
            guard let began = step.beganNanoseconds else { continue }
            let name = "    step of \(fixed(step.step.amperes, 0)) A on L\(step.step.phase + 1)"
            let told =
                step.firstLoweredLimitNanoseconds.map {
                    "lower limit at a station after \(fixed(Double($0 - began) / 1e6, 1)) ms"
                } ?? "no limit had to be lowered"
            let back =
                step.backUnderMainLimitNanoseconds.map {
                    ", back under the main limit after \(fixed(Double($0 - began) / 1e9, 2)) s"
                } ?? (step.exceededMainLimit ? ", still above the main limit" : ", never above the main limit")
            lines.append(name + ": " + told + back)
        }
        return lines
    }

    static func jsonMembers(_ seen: TwinObservation) -> String {
        func list(_ values: [Double]) -> String { "[" + values.map { json($0) }.joined(separator: ",") + "]" }
        let steps = seen.steps.map { step in
            func since(_ time: Int64?) -> String {
                guard let time, let began = step.beganNanoseconds else { return "null" }
                return json(Double(time - began) / 1e6)
            }
            return "{\"at_s\":\(json(step.step.atSeconds)),\"phase\":\"L\(step.step.phase + 1)\","
                + "\"amperes\":\(json(step.step.amperes)),\"lowered_limit_after_ms\":\(since(step.firstLoweredLimitNanoseconds)),"
                + "\"exceeded_main_limit\":\(step.exceededMainLimit),"
                + "\"back_under_main_limit_after_ms\":\(since(step.backUnderMainLimitNanoseconds))}"
        }
        return ",\"twin\":{\"highest_a\":\(list(seen.highestAmperes)),"
            + "\"seconds_above_main_limit\":\(list(seen.secondsAboveMainLimit)),"
            + "\"energy_wh\":\(list(seen.stations.map(\.energyWattHours))),"
            + "\"overrun_frames\":\(seen.overrunFrames),\"steps\":[\(steps.joined(separator: ","))]}"
    }
}
