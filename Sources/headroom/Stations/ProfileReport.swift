import Site
import Stations

/// A profile for people: the advice first, because it is what the installer needs.
struct ProfileReport {
    var profile: StationProfile

    var lines: [String] {
        var lines = wrapped("\(profile.name), \(profile.manufacturer) (\(profile.identifier))")
        lines += ["", "At the station"] + wrapped(profile.advice, first: "  ")
        lines += ["", "What it can"]
        for (label, text) in abilities { lines += wrapped(text, first: "  " + leading(label, 14)) }
        lines += ["", "Sources"]
        for source in profile.sources { lines += wrapped(source, first: "  - ") }
        lines += ["", "Registers (addresses count from 0; R, W: Modbus functions that read and write)"]
        lines.append("  address         R   W  type      scale  name")
        for register in profile.registerDescriptions { lines += row(register) }
        if !profile.faultDescriptions.isEmpty {
            lines += ["", "Faults"]
            for item in profile.faultDescriptions {
                lines += wrapped(item.fault.line, first: "  " + leading("\(item.register) \(item.value)", 20))
            }
        }
        return lines
    }

    private var abilities: [(label: String, text: String)] {
        let unit = "unit \(profile.defaultUnitIdentifier)"
        let place = profile.transports == [.serial] ? unit : "port \(profile.defaultPort), \(unit)"
        var list = [
            ("founded", "\(profile.confidence.rawValue): \(profile.confidence.words)"),
            ("connection", "\(profile.transportWords); \(place) where the settings name none"),
            ("limit", "\(profile.limitWords); \(profile.stopWords), \(profile.readBackWords)"),
            ("fail-safe", failSafe),
        ]
        if let sign = profile.signOfLifeWords { list.append(("sign of life", sign)) }
        list.append(("identity", profile.identityWords))
        if !profile.variantNames.isEmpty { list.append(("variants", profile.variantNames.joined(separator: "; "))) }
        return list
    }

    private var failSafe: String {
        var parts = [profile.failSafeWords]
        if let range = profile.failSafeTimeoutRange {
            parts.append("after \(json(range.lowerBound)) to \(json(range.upperBound)) s")
        } else if let seconds = profile.fixedFailSafeAfterSeconds {
            parts.append("after its own \(json(seconds)) s")
        }
        if let without = profile.wordsWithoutFailSafe { parts.append(without) }
        return parts.joined(separator: "; ")
    }

    private func row(_ register: StationProfile.RegisterDescription) -> [String] {
        let hex = String(register.address, radix: 16, uppercase: true)
        let address = "\(register.address)".count < 6 ? padded("\(register.address)", 5) : "\(register.address)"
        let functions =
            padded(register.readFunction.map { "\($0)" } ?? "–", 4)
            + padded(register.writeFunction.map { "\($0)" } ?? "", 4)
        let kind = register.type + (register.wordCount > 4 ? "·\(register.wordCount)" : "")
        var marks = register.uses
        if register.isOptional { marks.append("not in every firmware") }
        if register.isStored { marks.append("stored: written only where it differs") }
        let text = register.name + (marks.isEmpty ? "" : ": " + marks.joined(separator: ", "))
        let scale = register.scale == 1 ? "" : json(register.scale)
        return wrapped(
            text,
            first: "  \(address) 0x" + leading(hex, 5) + functions + "  " + leading(kind, 9) + padded(scale, 6) + "  ")
    }

    /// The keys are documented in the README.
    var jsonLine: String {
        let registers = profile.registerDescriptions.map { register in
            "{\"name\":\(json(register.name)),\"address\":\(register.address),\"words\":\(register.wordCount),"
                + "\"type\":\(json(register.type)),\"scale\":\(json(register.scale)),"
                + "\"read\":\(register.readFunction.map { "\($0)" } ?? "null"),"
                + "\"write\":\(register.writeFunction.map { "\($0)" } ?? "null"),"
                + "\"optional\":\(register.isOptional),\"stored\":\(register.isStored),\"uses\":\(json(register.uses))}"
        }
        let faults = profile.faultDescriptions.map { item in
            "{\"register\":\(json(item.register)),\"value\":\(json(item.value)),\"says\":\(json(item.fault.words)),"
                + "\"do\":\(item.fault.remedy.map { json($0) } ?? "null")}"
        }
        return "{\(profile.jsonMembers),\"advice\":\(json(profile.advice)),\"sources\":\(json(profile.sources)),"
            + "\"registers\":[\(registers.joined(separator: ","))],\"faults\":[\(faults.joined(separator: ","))]}"
    }
}
