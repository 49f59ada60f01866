/// Whether the station is of a profile's model, and which variant: the questions that a writer asks before it writes.
extension RegisterReader {
    /// Why the station is not of this model; nil: nothing speaks against it.
    ///
    /// - Parameter reasonsHeld: raised by one for each reason that holds.
    mutating func objection(of profile: StationProfile, reasonsHeld: inout Int) -> String? {
        if let check = profile.identityCheck, let index = check.model {
            let answer = answer(index, of: profile)
            let register = profile.registers[index]
            var model: String?
            if case .words(let words) = answer { model = register.format.text(words) }
            guard let model, check.modelMatches.contains(where: { $0.matches(model) }) else {
                let patterns = check.modelMatches.map(\.description).joined(separator: " or ")
                return "the model (\(register.words)) is \(answer.words(as: register.format)), not \(patterns)"
            }
            reasonsHeld += 1
        }
        for step in profile.probe {
            for condition in step.conditions {
                let answer = answer(condition.register, of: profile)
                let register = profile.registers[condition.register]
                guard condition.holds(answer, as: register.format) else {
                    return "\(step.words) (\(register.name), \(register.words): \(answer.words(as: register.format)))"
                }
            }
            reasonsHeld += 1
        }
        return nil
    }

    /// Like `objection(of:reasonsHeld:)`, and the serial number as well.
    package mutating func objection(
        of profile: StationProfile, serialNumber wanted: String? = nil
    ) -> String? {
        var held = 0
        if let problem = objection(of: profile, reasonsHeld: &held) { return problem }
        guard let wanted, let index = profile.identityCheck?.serialNumber else { return nil }
        let found = serialNumber(of: profile)
        if let found, StationLoop.isSame(found, wanted) { return nil }
        let register = profile.registers[index]
        return "the serial number (\(register.words)) is \(found.map { "'\($0)'" } ?? "not answered"), not '\(wanted)'"
    }

    /// What the station says is its serial number; nil: it does not tell.
    package mutating func serialNumber(of profile: StationProfile) -> String? {
        guard let index = profile.identityCheck?.serialNumber,
            case .words(let words) = answer(index, of: profile)
        else { return nil }
        return profile.registers[index].format.text(words)
    }

    /// The profile as this station has it: of the first variant whose conditions all hold, else the plain one.
    package mutating func variant(
        of profile: StationProfile
    ) -> (profile: StationProfile, name: String?, remark: String?) {
        for variant in profile.variants {
            var holds = true
            for condition in variant.conditions {
                let answer = answer(condition.register, of: profile)
                if case .nothing = answer {
                    return (
                        profile, nil,
                        "'\(profile.registers[condition.register].name)' cannot be read, which decides whether it is "
                            + "the variant '\(variant.name)'"
                    )
                }
                holds = holds && condition.holds(answer, as: profile.registers[condition.register].format)
            }
            if holds { return (variant.profile, variant.name, nil) }
        }
        return (profile, nil, nil)
    }

    /// What the station says of itself, as far as it answers.
    package mutating func identity(of profile: StationProfile) -> [(label: String, text: String)] {
        var parts: [(label: String, text: String)] = []
        for (label, index) in profile.identity {
            guard case .words(let words) = answer(index, of: profile),
                let text = profile.registers[index].format.text(words)
            else { continue }
            parts.append((label, text))
        }
        return parts
    }
}

extension StationProfile.Register {
    /// For people: "holding register 16394".
    var words: String { "\(read.words) \(address)" }
}
