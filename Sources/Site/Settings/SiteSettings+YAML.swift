import Allocation
import Stations

extension SiteSettings {
    /// The settings as a commented YAML text, which `parse` reads back to the same values.
    public var yaml: String {
        var lines = [
            "# Settings of a Headroom device. Check them with: headroom check --config THIS_FILE",
            "site: \(quoted(name))",
            "",
        ]
        lines += supplyLines
        lines += [
            "# The ADC, read through libiio. The arrow on a current sensor points to the consumers; each sensor sits on",
            "# the line of the voltage input with the same number.",
            "meter:",
            "  uri: \(quoted(meter.uri))    # local: on the device itself, ip:HOST or ip:HOST:PORT over the network",
        ]
        if let device = meter.device {
            lines.append("  device: \(quoted(device))    # name, label or id of the IIO device")
        }
        if let rate = meter.sampleRateHz { lines.append("  sample-rate-hz: \(number(rate))") }
        lines += [
            "  block-ms: \(number(meter.blockSeconds, times: 1000))",
            "  kernel-buffers: \(meter.kernelBuffers)   # blocks that the kernel holds: 32 and more lose no frame on a busy machine",
            "  # Each input: its ADC channel and its sensor. Value = code x units-per-code x ratio x gain + offset.",
            "  #   units-per-code   volt at the ADC per code; leave out where the driver publishes a scale",
            "  #   ratio            of the divider (mains volt per volt) or transformer (ampere per volt at the ADC)",
            "  #   rogowski-uv-per-a-hz   a Rogowski coil of this sensitivity, in microvolt per ampere and hertz",
            "  #   gain, offset     from calibration; a negative gain turns a reversed sensor round",
            "  #   delay-us         by how many microseconds sensor, filter and converter are late against the others",
            "  #   sinc-order       of a delta-sigma converter's filter: mostly 3; leave out for converters without droop",
            "  #   transformer-errors   [[ampere, ratio error in %, phase in degrees], …] from its certificate",
            "  channels:",
        ]
        for input in meter.inputs {
            var parts = ["adc: \(quoted(input.name))"]
            if let units = input.unitsPerCode { parts.append("units-per-code: \(number(units))") }
            if let coil = input.rogowskiVoltsPerAmpereHertz {
                parts.append("rogowski-uv-per-a-hz: \(number(coil, times: 1e6))")
            } else {
                parts.append("ratio: \(number(input.ratio))")
            }
            if input.gain != 1 { parts.append("gain: \(number(input.gain))") }
            if input.offset != 0 { parts.append("offset: \(number(input.offset))") }
            if input.delaySeconds != 0 { parts.append("delay-us: \(number(input.delaySeconds, times: 1e6))") }
            if input.sincOrder != 0 { parts.append("sinc-order: \(input.sincOrder)") }
            if input.transformer.count > 0 {
                let points = input.transformer.points.map {
                    "[\(number($0.amperes)), \(number($0.ratioErrorPercent)), \(number($0.phaseDegrees))]"
                }
                parts.append("transformer-errors: [\(points.joined(separator: ", "))]")
            }
            lines.append("    \(input.channel.name): {\(parts.joined(separator: ", "))}")
        }
        lines += [
            "",
            "# The measuring thread. Without the right to real-time scheduling the device warns and goes on.",
            "realtime:",
            "  priority: \(realtime.priority ?? 0)        # SCHED_FIFO 1 to 99; 0: normal scheduling",
        ]
        if let cpu = realtime.cpu { lines.append("  cpu: \(cpu)              # the processor it stays on") }
        lines += [
            "  lock-memory: \(realtime.locksMemory)",
            "",
        ]
        lines += allocationLines + utilitySignalLines + groupLines
        if let folder = stationProfilesFolder {
            lines += [
                "# Profiles of other stations, *.yaml; beside this file where the path does not begin with /.",
                "station-profiles: \(quoted(folder))",
                "",
            ]
        }
        lines += [
            "# Charging stations. type: a built-in profile, or one of the folder station-profiles. phases: the supply line",
            "# on which each of the station's own phases is connected, in its order; one entry for a single-phase station.",
            "# Where wanted: group, weight (2: twice the share), guaranteed-minimum: true, owner-limit-a, source (grid, surplus,",
            "# minimum-and-surplus), phase-switching: true (between one phase and three, where the station can).",
            "stations:\(stations.isEmpty && cloudStations.isEmpty ? " []" : "")",
        ]
        for station in stations {
            lines += ["  - name: \(quoted(station.name))", "    type: \(station.profile.identifier)"]
            lines += link(of: station)
            lines += [
                "    unit: \(station.unitIdentifier)",
                "    phases: [\(station.supplyPhases.map(\.name).joined(separator: ", "))]",
                "    limit-a: \(number(station.maximumAmperes))          # of the station, its cable or its branch fuse",
                "    fail-safe-a: \(number(station.failSafeAmperes))       # to which it falls back when this device is gone",
                "    fail-safe-after-s: \(number(station.failSafeAfterSeconds))",
                "    load-management: \(station.isManaged)",
            ]
            if station.switchesPhases { lines.append("    phase-switching: true") }
            lines += self.lines(of: station.sharing)
        }
        return (lines + cloudStationLines).joined(separator: "\n") + "\n"
    }

    /// Where a station is; what is as usual goes without saying.
    private func link(of station: StationConfiguration) -> [String] {
        var lines: [String] = []
        if station.transport != station.profile.transports[0] {
            lines.append("    transport: \(station.transport.rawValue)")
        }
        if station.transport == .serial, let serial = station.serial {
            lines += [
                "    device: \(quoted(serial.device))", "    baud: \(serial.baud)",
                "    parity: \(serial.parity.rawValue)", "    stop-bits: \(serial.stopBits)",
            ]
        } else {
            lines += ["    host: \(quoted(station.host))", "    port: \(station.port)"]
        }
        if station.addressOffset != 0 { lines.append("    address-offset: \(station.addressOffset)") }
        if let number = station.serialNumber {
            lines.append("    serial-number: \(quoted(number))     # nothing is written to another device")
        }
        return lines
    }

    func list(_ values: PerPhaseAmperes) -> String {
        "[\(number(values.l1)), \(number(values.l2)), \(number(values.l3))]"
    }

    /// The shortest decimal that reads back to the same bits.
    func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// `value` in a unit of which `factor` make one: the decimal that, divided by it, gives the same bits where one does.
    func number(_ value: Double, times factor: Double) -> String {
        let near = value * factor
        return number([near, near.nextUp, near.nextDown].first { $0 / factor == value } ?? near)
    }

    /// `value` in thousands: the decimal that, multiplied, gives the same bits where one does.
    func kilo(_ value: Double) -> String {
        let near = value / 1000
        return number([near, near.nextUp, near.nextDown].first { $0 * 1000 == value } ?? near)
    }

    /// A double-quoted YAML text; what would break its line or show nowhere is escaped.
    func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\\(scalar)"
            case _ where scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F:
                out.unicodeScalars.append(scalar)
            case _ where scalar.properties.isAlphabetic || scalar.properties.isEmojiPresentation:
                out.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                out += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return out + "\""
    }
}
