import Allocation
import StrictYAML
import Synchronization
import Testing

@testable import Stations

private let firmware = ["firmware: {address: 100, type: ascii, length: 3}"]

/// From firmware 5.22 on the station has a limit per phase, in registers that older ones do not have.
private let byFirmware = """

      - name: with phases
        when: {firmware: {version-at-least: "5.22"}}
        changes:
          registers:
            l1: {address: 13, type: u16}
            l2: {address: 14, type: u16}
            l3: {address: 15, type: u16}
            state: {mask: 0x00FF}
          limit: {registers: [l1, l2, l3], read-back: [l1, l2, l3]}
    """

private func variantProfile(_ variants: String = byFirmware) throws -> StationProfile {
    try testProfile(registers: firmware, ["variants": variants])
}

@Suite(.timeLimit(.minutes(2))) struct VariantTests {
    @Test("a variant is the whole profile with its changes: maps merged, lists and values replaced")
    func merged() throws {
        let profile = try variantProfile()
        let variant = try #require(profile.variants.first).profile
        #expect(profile.variantNames == ["with phases"])
        #expect(!profile.hasLimitPerPhase && variant.hasLimitPerPhase)
        #expect(variant.registers.map(\.name) == profile.registers.map(\.name) + ["l1", "l2", "l3"])
        #expect(variant.registers[0].format.mask == 0xFF && variant.registers[0].address == 0)
        #expect(variant.limit.readBack.map(\.count) == [3] && variant.statusRules.count == profile.statusRules.count)
        #expect(variant.identifier == profile.identifier)
    }

    @Test("null takes a key away")
    func removed() throws {
        let profile = try variantProfile(
            "[{name: blind, when: {state: 7}, changes: {limit: {read-back: null}, status: [{when: {state: 7}, is: free}]}}]"
        )
        let variant = try #require(profile.variants.first).profile
        #expect(variant.limit.readBack.isEmpty && profile.limit.readBack.count == 1)
        #expect(variant.statusRules.count == 1)
    }

    static let broken: [(variants: String, field: String, says: String)] = [
        ("[{name: a, when: {state: 1}, changes: {limit: {step-a: 1}}}]", "variants[0].changes", "changes step"),
        ("[{name: a, when: {state: 1}, changes: {limit: {minimum-a: 7}}}]", "variants[0].changes", "changes step"),
        ("[{name: a, when: {state: 1}, changes: {limit: {largest-a: 20}}}]", "variants[0].changes", "changes step"),
        ("[{name: a, when: {state: 1}, changes: {connection: {port: 503}}}]", "variants[0].changes", "port"),
        ("[{name: a, when: {state: 1}, changes: {profile: b}}]", "variants[0].changes.profile", "cannot differ"),
        ("[{name: a, when: {state: 1}, changes: {variants: []}}]", "variants[0].changes.variants", "cannot differ"),
        (
            "[{name: a, when: {state: 1}, changes: {limit: {register: lmit}}}]", "limit.register",
            "in variant 'a': there is no"
        ),
        ("[{name: a, when: {state: 1}, changes: {limits: {}}}]", "limits", "in variant 'a': unknown key"),
        (
            "[{name: a, when: {state: 1}, changes: {limit: {pause-a: 0, pause: []}}}]", "limit.pause",
            "in variant 'a': no write"
        ),
        ("[{name: a, when: {}, changes: {}}]", "variants[0]", "no condition"),
        ("[{name: a, when: {stat: 1}, changes: {}}]", "variants[0].when.stat", "did you mean 'state'"),
        ("[{name: a, when: {state: 1}}]", "variants[0]", "'changes' is missing"),
        (
            "[{name: a, when: {state: 1}, changes: {}}, {name: a, when: {state: 1}, changes: {}}]", "variants[1]",
            "two variants"
        ),
        ("[]", "variants", "no variant"),
    ]

    @Test("a variant that cannot be is refused with its name and its line", arguments: broken.indices)
    func refused(index: Int) throws {
        let (variants, field, says) = Self.broken[index]
        let error = try #require(throws: YAMLError.self) { _ = try variantProfile(variants) }
        #expect(error.field == field && error.description.contains(says), "\(error)")
        let text = profileText(registers: firmware, ["variants": variants])
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("variants") }
        #expect(error.line == line.map { $0 + 1 }, "\(error)")
    }

    @Test(
        "the variant that fits the firmware is taken at the connect",
        arguments: [("5.12", nil, 120), ("5.22", "with phases", 12), ("5.100", "with phases", 12)]
            as [(String, String?, UInt16)])
    func chosen(version: String, name: String?, value: UInt16) async throws {
        let station = try ScriptedStation(
            registers: testRegisters(text(version, at: 100, count: 3)).merging([13: 0, 14: 0, 15: 0]) { old, _ in old },
            onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try variantProfile(), port: station.port))
        writer.publish(StationLimit(amperes: 12))
        try await eventually("accepted") { writer.report().acceptedAmperes == 12 }
        #expect(writer.diagnostics().variant == name)
        #expect(station.registers[name == nil ? 10 : 15] == value)
        #expect(station.registers[name == nil ? 15 : 10] == (name == nil ? 0 : 320), "the other map is left alone")
        writer.stop()
    }

    @Test("a new firmware is noticed at the next connect")
    func updated() async throws {
        let registers = testRegisters([13: 0, 14: 0, 15: 0])
        let old = try ScriptedStation(
            registers: registers.merging(text("5.12", at: 100, count: 3)) { $1 }, onWrite: followsLimit)
        let writer = try StationWriter(configuration(try variantProfile(), port: old.port))
        writer.publish(StationLimit(amperes: 12))
        try await eventually("accepted") { writer.report().acceptedAmperes == 12 }
        old.stop()
        let new = try ScriptedStation(
            registers: registers.merging(text("5.23", at: 100, count: 3)) { $1 }, port: old.port)
        defer { new.stop() }
        try await eventually("limit per phase") { new.registers[15] == 12 && writer.diagnostics().variant != nil }
        #expect(new.registers[10] == 320)
        writer.stop()
    }

    @Test("where the deciding register cannot be read the plain profile counts, and the error says so")
    func undecided() async throws {
        let station = try ScriptedStation(registers: testRegisters(), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try variantProfile(), port: station.port))
        writer.publish(StationLimit(amperes: 12))
        try await eventually("accepted") { writer.report().acceptedAmperes == 12 }
        #expect(writer.diagnostics().variant == nil && station.registers[10] == 120)
        #expect(writer.diagnostics().lastError?.contains("'firmware' cannot be read") == true)
        writer.stop()
    }

    @Test("a variant may hang on whether the station has a register", arguments: [true, false])
    func answers(isThere: Bool) async throws {
        let profile = try testProfile(
            registers: ["extra: {address: 50, type: u16}"],
            ["variants": "[{name: small, when: {extra: {answers: false}}, changes: {limit: {read-back: limit}}}]"])
        let station = try ScriptedStation(registers: testRegisters(isThere ? [50: 1] : [:]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 12))
        try await eventually("accepted") { writer.report().acceptedAmperes == 12 }
        #expect(writer.diagnostics().variant == (isThere ? nil : "small"))
        #expect(writer.diagnostics().lastError == nil)
        writer.stop()
    }

    @Test("a variant without the fail-safe that was promised counts as not keeping it")
    func withoutFailSafe() async throws {
        let profile = try testProfile(
            registers: ["fall-back: {address: 20, type: u16}", "timeout: {address: 21, type: u16}"],
            [
                "fail-safe":
                    "{current: fall-back, current-read-back: fall-back, timeout: timeout, timeout-read-back: timeout}",
                "variants": "[{name: old, when: {state: 2}, changes: {fail-safe: null}}]",
            ])
        let station = try ScriptedStation(registers: testRegisters([20: 0, 21: 0]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        #expect(writer.rating.failSafeAmperes == 6)
        writer.publish(StationLimit(amperes: 12))
        try await eventually("accepted") { writer.report().acceptedAmperes == 12 }
        #expect(writer.diagnostics().variant == "old" && !writer.report().keepsFailSafe)
        #expect(station.registers[20] == 0)
        writer.stop()
    }
}
