import MeterDSP
import Spectrum

/// One window with the quantities that need its spectrum: what `measure` prints.
struct WindowRecord {
    struct PhaseRecord {
        var name: String
        var voltageRMS: Double?
        var currentRMS: Double?
        var voltageDC: Double?
        var currentDC: Double?
        var activePower: Double?
        var apparentPower: Double?
        var powerFactor: Double?
        var reactivePower: Double?
        var voltageTHD: Double?
        var currentTHD: Double?
        var currentCrest: Double?
    }

    var firstFrame: Double
    var frames: Double
    var seconds: Double
    var frequencyHz: Double?
    var phases: [PhaseRecord]
    var flags: [String]

    init(_ detail: WindowDetail, configuration: MeterConfiguration) {
        let reading = detail.reading
        firstFrame = reading.firstFrame
        frames = reading.frames
        seconds = reading.firstFrame / configuration.sampleRateHz
        frequencyHz = reading.frequencyHz
        flags = reading.flags.words + detail.extraFlags
        phases = []
        for phase in 0..<3 {
            let voltage = detail.distortion(phase)
            let current = detail.distortion(phase + 3)
            let hasVoltage = configuration.layout[[MeterChannel.u1, .u2, .u3][phase]] != nil
            let hasCurrent = configuration.layout[[MeterChannel.i1, .i2, .i3][phase]] != nil
            guard hasVoltage || hasCurrent else { continue }
            var record = PhaseRecord(name: "L\(phase + 1)")
            if hasVoltage {
                record.voltageRMS = reading.voltageRMS[phase]
                record.voltageDC = reading.voltageDC[phase]
                record.voltageTHD = voltage?.totalHarmonicDistortion
            }
            if hasCurrent {
                record.currentRMS = reading.currentRMS[phase]
                record.currentDC = reading.currentDC[phase]
                record.currentTHD = current?.totalHarmonicDistortion
                record.currentCrest = reading.currentCrestFactor(phase)
            }
            if hasVoltage && hasCurrent {
                record.activePower = reading.activePower[phase]
                record.apparentPower = reading.apparentPower[phase]
                record.powerFactor = reading.powerFactor(phase)
                if let voltage, let current {
                    record.reactivePower = Harmonics.reactivePower(voltage: voltage, current: current)
                }
            }
            phases.append(record)
        }
    }

    /// One line of JSON. `set` counts the `--channels` options from 1 where there are several; `more` are further
    /// members of the object.
    func jsonLine(set: Int?, more: [String] = []) -> String {
        var line = "{\"type\":\"window\","
        if let set { line += "\"set\":\(set)," }
        line +=
            "\"first_frame\":\(json(firstFrame)),\"frames\":\(json(frames)),\"f_hz\":\(json(frequencyHz)),\"phases\":{"
        line += phases.map { phase in
            let values: [(String, Double?)] = [
                ("u_rms", phase.voltageRMS), ("i_rms", phase.currentRMS), ("p", phase.activePower),
                ("s", phase.apparentPower), ("pf", phase.powerFactor), ("q1", phase.reactivePower),
                ("u_dc", phase.voltageDC), ("i_dc", phase.currentDC), ("thd_u", phase.voltageTHD),
                ("thd_i", phase.currentTHD), ("crest_i", phase.currentCrest),
            ]
            return "\(json(phase.name)):{" + values.map { "\"\($0.0)\":\(json($0.1))" }.joined(separator: ",") + "}"
        }.joined(separator: ",")
        return line + "},\"flags\":\(json(flags))" + more.map { "," + $0 }.joined() + "}"
    }

    static let tableHeader =
        "   time s  ph        U        I          P    PF         Q1 THDu% THDi%    f Hz  flags"

    /// One line per phase, 80 columns without the flags.
    var tableLines: [String] {
        phases.enumerated().map { index, phase in
            column(seconds, 2, 9) + "  " + phase.name + " " + significant(phase.voltageRMS, 8, mostDecimals: 4)
                + significant(phase.currentRMS, 9, mostDecimals: 4)
                + significant(phase.activePower, 11, mostDecimals: 4)
                + column(phase.powerFactor, 3, 6) + significant(phase.reactivePower, 11, mostDecimals: 4)
                + column(phase.voltageTHD.map { $0 * 100 }, 2, 6) + column(phase.currentTHD.map { $0 * 100 }, 1, 6)
                + (index == 0 ? column(frequencyHz, 4, 9) : padded("", 9))
                + (index == 0 && !flags.isEmpty ? "  " + flags.joined(separator: " ") : "")
        }
    }
}

extension ReadingFlags {
    /// The flags as the JSON lines and tables name them.
    var words: [String] {
        let all: [(ReadingFlags, String)] = [
            (.gap, "gap"), (.unsynchronised, "unsynchronised"), (.partial, "partial"),
            (.phase1Lost, "phase_lost_L1"), (.phase2Lost, "phase_lost_L2"), (.phase3Lost, "phase_lost_L3"),
            (.voltageClipped, "voltage_clipped"), (.currentClipped, "current_clipped"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
