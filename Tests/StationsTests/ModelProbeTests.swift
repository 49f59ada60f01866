import Testing

@testable import Stations

/// Which profile takes which station for its own: a register that is a status in one map is a limit in another.
@Suite(.enabled(if: ModelStation.hasPython, "needs /usr/bin/python3")) struct ModelProbeTests {
    /// Models that no register tells apart: the same controller in another case, or the same map with another scale.
    static let families: [Set<String>] = [
        // The register set TQ-DM100 is the same in both.
        ["webasto-live", "webasto-next"],
        // The Bender controller does not say whose case it is in.
        ["webasto-live-bender", "bender-cc612", "mennekes-amtron-professional-plus"],
        // The Weidmüller is taken for a Phoenix Contact controller.
        ["weidmueller-ac-wallbox-business", "phoenix-ev-cc-ac1"],
        // The connect has the Energy Control's registers, by TCP.
        ["heidelberg-energy-control", "amperfied-connect"],
    ]

    static let models = StationProfile.builtIn.map(\.identifier).filter { $0 != "generic-modbus" }

    @Test("each profile accepts the map of its own model", arguments: models)
    func own(model: String) throws {
        let profile = try builtIn(model)
        #expect(objection(of: profile, to: try RegisterImage(model)) == nil)
        #expect(!profile.probe.isEmpty)
    }

    @Test(
        "no profile accepts the map of another model, but within the families that cannot be told apart",
        arguments: models)
    func others(model: String) throws {
        let image = try RegisterImage(model)
        let family = Self.families.first { $0.contains(model) } ?? [model]
        let accepted = try Set(Self.models.filter { objection(of: try builtIn($0), to: image) == nil })
        #expect(accepted == family)
    }

    @Test("registers full of zeros, of ones or of one number are no station", arguments: [0, 0xFFFF, 1, 6, 32, 100])
    func filled(word: UInt16) throws {
        for model in Self.models {
            let profile = try builtIn(model)
            let accepts = profile.probe.allSatisfy { step in
                step.conditions.allSatisfy { condition in
                    let format = profile.registers[condition.register].format
                    let words = [UInt16](repeating: word, count: format.wordCount)
                    return condition.holds(.words(words[...]), as: format)
                }
            }
            #expect(!accepts, "\(model) takes a device that answers \(word) everywhere for its station")
        }
    }

    /// The words of the first probe that fails.
    private func objection(of profile: StationProfile, to image: RegisterImage) -> String? {
        profile.probe.first { step in
            !step.conditions.allSatisfy { condition in
                let register = profile.registers[condition.register]
                return condition.holds(image.answer(register), as: register.format)
            }
        }?.words
    }
}
