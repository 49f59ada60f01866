/// The words in which people read a finding.
extension SensorFinding {
    /// As in JSON, `sensors_misplaced` for example.
    public var identifier: String {
        switch kind {
        case .misplaced: "sensors_misplaced"
        case .open: "sensor_open"
        case .readsTooLittle: "sensor_reads_too_little"
        case .withoutMains: "sensor_without_mains"
        case .sumDiffersFromNeutral: "sum_differs_from_neutral"
        case .rotationReversed: "rotation_reversed"
        case .voltageMissing: "voltage_missing"
        case .neutralMissing: "neutral_missing"
        case .neutralOnLine: "neutral_on_line"
        case .sameVoltage: "same_voltage"
        case .nominalVoltageWrong: "nominal_voltage_wrong"
        }
    }

    /// The inputs it is about: `U1` to `U3`, `I1` to `I3`, `IN`.
    public var channels: [String] {
        switch kind {
        case .misplaced(let mapping):
            (0..<3).filter { mapping.line(ofSensor: $0) != $0 || mapping.isReversed($0) }.map { "I\($0 + 1)" }
        case .open(let sensor), .readsTooLittle(let sensor, _), .withoutMains(let sensor): ["I\(sensor + 1)"]
        case .sumDiffersFromNeutral: ["I1", "I2", "I3", "IN"]
        case .rotationReversed, .neutralMissing, .nominalVoltageWrong: ["U1", "U2", "U3"]
        case .voltageMissing(let line), .neutralOnLine(let line): ["U\(line + 1)"]
        case .sameVoltage(let one, let other): ["U\(one + 1)", "U\(other + 1)"]
        }
    }

    /// What is wrong.
    public var words: String {
        switch kind {
        case .misplaced(let mapping): mapping.words
        case .open(let sensor): "the sensor on \(line(sensor)) shows nothing though current flows"
        case .readsTooLittle(let sensor, let share):
            "the sensor on \(line(sensor)) shows \(whole(share * 100)) % of what the stations draw"
        case .withoutMains(let sensor): "the sensor on \(line(sensor)) gives a signal without the mains' frequency"
        case .sumDiffersFromNeutral: "the currents of the lines do not add up to the neutral's"
        case .rotationReversed: "the voltages follow each other as L1, L3, L2"
        case .voltageMissing(let line): "no voltage on \(self.line(line))"
        case .neutralMissing: "the neutral is missing or loose: the lines are good, their voltages against N are not"
        case .neutralOnLine(let line): "the taps of N and \(self.line(line)) are exchanged"
        case .sameVoltage(let one, let other): "the taps of \(line(one)) and \(line(other)) are on the same line"
        case .nominalVoltageWrong(let measured, let nominal):
            "\(whole(measured)) V on all lines do not fit the \(whole(nominal)) V of the settings"
        }
    }

    /// What to do.
    public var remedy: String {
        switch kind {
        case .misplaced(let mapping): mapping.remedy
        case .open(let sensor):
            "put the sensor of \(line(sensor)) round its cable, click it shut, and check its plug"
        case .readsTooLittle(let sensor, _):
            "click the sensor of \(line(sensor)) shut until its halves meet; check its ratio in the settings"
        case .withoutMains(let sensor):
            "check the plug, lead and shut halves of the sensor of \(line(sensor))"
        case .sumDiffersFromNeutral: "check that all four sensors are shut, on the main cables, and of the ratio set"
        case .rotationReversed: "exchange the taps of L2 and L3, and the sensors with them"
        case .voltageMissing(let line): "check the fuse and tap of \(self.line(line))"
        case .neutralMissing:
            "have an electrician check the neutral at once: appliances can be destroyed; then the device's own tap of N"
        case .neutralOnLine(let line): "switch off, and exchange the taps of N and \(self.line(line))"
        case .sameVoltage(let one, let other): "move one of the taps of \(line(one)) and \(line(other)) to its own line"
        case .nominalVoltageWrong: "correct supply.nominal-v, or the ratio of the voltage inputs"
        }
    }

    private func line(_ index: Int) -> String { "L\(index + 1)" }

    /// Without decimals, where it has a size that a sensor can show; else as it is.
    private func whole(_ value: Double) -> String {
        value.magnitude < 1e15 ? "\(Int64(value.rounded()))" : "\(value)"
    }
}

extension SensorFinding {
    /// `certain` from 0.999 on, `very likely` from 0.95, else `likely`.
    public var confidenceWords: String {
        confidence >= 0.999 ? "certain" : confidence >= 0.95 ? "very likely" : "likely"
    }
}

extension SensorMapping {
    /// Which sensors are where they should not be.
    public var words: String {
        var parts: [String] = []
        let moved = (0..<3).filter { line(ofSensor: $0) != $0 }
        if moved.count == 2 {
            parts.append("the sensors of L\(moved[0] + 1) and L\(moved[1] + 1) are exchanged")
        } else if moved.count == 3 {
            let places = (0..<3).map { "that of L\($0 + 1) is on L\(line(ofSensor: $0) + 1)" }
            parts.append("the sensors are shifted: " + places.joined(separator: ", "))
        }
        let turned = (0..<3).filter { isReversed($0) }.map { "L\($0 + 1)" }
        if !turned.isEmpty {
            parts.append(
                turned.count == 1
                    ? "the sensor of \(turned[0]) points to the supply"
                    : "the sensors of \(turned.joined(separator: " and ")) point to the supply")
        }
        return parts.isEmpty ? "every sensor is on its line, arrow to the consumers" : parts.joined(separator: "; ")
    }

    /// What puts it right.
    public var remedy: String {
        var parts: [String] = []
        let moved = (0..<3).filter { line(ofSensor: $0) != $0 }
        if moved.count == 2 {
            parts.append("swap the sensors of L\(moved[0] + 1) and L\(moved[1] + 1)")
        } else if moved.count == 3 {
            let moves = (0..<3).map { "the one now on L\(line(ofSensor: $0) + 1) to L\($0 + 1)" }
            parts.append("move the sensors: " + moves.joined(separator: ", "))
        }
        let turned = (0..<3).filter { isReversed($0) }.map { "L\($0 + 1)" }
        if !turned.isEmpty {
            parts.append(
                (turned.count == 1 ? "turn the sensor on " : "turn the sensors on ")
                    + turned.joined(separator: " and ") + " round, arrow to the consumers")
        }
        return parts.joined(separator: "; then ")
    }
}

extension MappingVerdict {
    /// In a sentence: what is known, or why nothing is yet.
    public var words: String {
        if isKnown { return mapping.words }
        return switch doubt {
        case .voltageMissing: "cannot tell where the sensors are: not every line has its voltage"
        case .loadTooSmall:
            "cannot tell yet where the sensors are: the load is too small; switch on loads on every line"
        case .noChanges: "cannot tell yet where the sensors are: switch a kettle or a heater on and off on every line"
        case .directionHidden:
            "cannot tell yet which way round the sensors are: the building may feed in; let a car charge"
        case .ambiguous, nil: "cannot tell yet where the sensors are: what was seen fits more than one way"
        }
    }
}

extension MappingVerdict.Doubt {
    /// As in JSON, `load_too_small` for example.
    public var identifier: String {
        switch self {
        case .voltageMissing: "voltage_missing"
        case .loadTooSmall: "load_too_small"
        case .noChanges: "no_changes"
        case .directionHidden: "direction_hidden"
        case .ambiguous: "ambiguous"
        }
    }
}
