import Allocation
import Synchronization
import Testing

@testable import Stations

private let identityRegisters = [
    "serial: {address: 100, type: ascii, length: 4}", "model: {address: 110, type: ascii, length: 4}",
]

private func checkedProfile(_ more: [String: String] = [:]) throws -> StationProfile {
    try testProfile(
        registers: identityRegisters,
        ["identity": "{check: {serial-number: serial, model: {register: model, matches: \"EVC04*\"}}}"]
            .merging(more) { _, new in new })
}

private func identityWords(serial: String, model: String = "EVC04-22") -> [Int: UInt16] {
    testRegisters(text(serial, at: 100, count: 4).merging(text(model, at: 110, count: 4)) { old, _ in old })
}

@Suite(.timeLimit(.minutes(2))) struct RecognitionTests {
    @Test("the right station is recognised with at most two requests, then gets its limit")
    func recognised() async throws {
        let station = try ScriptedStation(registers: identityWords(serial: "AB 12"), onWrite: followsLimit)
        defer { station.stop() }
        var settings = configuration(try checkedProfile(), port: station.port)
        settings.serialNumber = "ab12"
        let writer = try StationWriter(settings)
        writer.publish(StationLimit(amperes: 8))
        try await eventually("accepted") { writer.report().acceptedAmperes == 8 }
        #expect(station.requests.prefix(2).map(\.address) == [100, 110])
        #expect(!station.requests.dropFirst(2).contains { $0.address >= 100 })
        #expect(writer.diagnostics().serialNumber == "AB 12" && writer.diagnostics().model == "EVC04-22")
        writer.stop()
    }

    static let strangers: [(serial: String, model: String, says: String)] = [
        ("AB12", "NEXT", "the model in 'model' is 'NEXT', not EVC04*"),
        ("XY99", "EVC04-22", "the serial number is 'XY99', not 'AB12'"),
        ("", "EVC04-22", "the serial number is not available, not 'AB12'"),
    ]

    @Test("another device at the address gets no write at all and counts as no contact", arguments: strangers.indices)
    func stranger(index: Int) async throws {
        let (serial, model, says) = Self.strangers[index]
        let station = try ScriptedStation(registers: identityWords(serial: serial, model: model), onWrite: followsLimit)
        defer { station.stop() }
        var settings = configuration(try checkedProfile(), port: station.port)
        settings.serialNumber = "AB12"
        let writer = try StationWriter(settings)
        writer.publish(StationLimit(amperes: 8))
        try await eventually("tried again") { station.requests.count >= 5 }
        #expect(!writer.report().isAnswering && writer.report().lastContact == .never)
        #expect(writer.report().status == .unknown && writer.report().acceptedAmperes == nil)
        let error = try #require(writer.diagnostics().lastError)
        #expect(error.contains(says) && error.contains("nothing is written to it"), "\(error)")
        writer.publish(StationLimit(amperes: 6))
        writer.stop()
        #expect(station.writes == [])
        #expect(!writer.diagnostics().isLeftAtFailSafe)
    }

    @Test("a wrong device that becomes the right one is spoken to")
    func comesRight() async throws {
        let station = try ScriptedStation(registers: identityWords(serial: "XY99"), onWrite: followsLimit)
        defer { station.stop() }
        var settings = configuration(try checkedProfile(), port: station.port)
        settings.serialNumber = "AB12"
        let writer = try StationWriter(settings)
        writer.publish(StationLimit(amperes: 8))
        try await eventually("refused") { writer.diagnostics().lastError != nil }
        for (address, word) in text("AB12", at: 100, count: 4) { station.set(address, word) }
        try await eventually("accepted") { writer.report().acceptedAmperes == 8 && writer.report().isAnswering }
        writer.stop()
    }

    @Test("without a serial number in the settings the one first seen counts on later connections")
    func exchanged() async throws {
        let first = try ScriptedStation(registers: identityWords(serial: "AB12"), onWrite: followsLimit)
        let writer = try StationWriter(configuration(try checkedProfile(), port: first.port))
        writer.publish(StationLimit(amperes: 8))
        try await eventually("accepted") { writer.report().acceptedAmperes == 8 }
        first.stop()
        try await eventually("gone") { !writer.report().isAnswering }
        let second = try ScriptedStation(
            registers: identityWords(serial: "XY99"), port: first.port, onWrite: followsLimit)
        defer { second.stop() }
        try await eventually("asked again and again") { second.requests.count >= 5 }
        #expect(!writer.report().isAnswering)
        writer.stop()
        #expect(second.writes == [], "not even the fail-safe limit on leaving")
    }

    @Test("a station that answers exceptions while it starts is waited for, and nothing is written before")
    func restarting() async throws {
        let isStarting = Atomic(true)
        let station = try ScriptedStation(registers: identityWords(serial: "AB12"), onWrite: followsLimit) {
            request, right in
            guard isStarting.load(ordering: .acquiring) else { return .reply(right) }
            return .reply(Array(right[0..<4]) + [0, 3, 1, request.function | 0x80, 6])
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try checkedProfile(), port: station.port))
        writer.publish(StationLimit(amperes: 8))
        try await eventually("tried again") { station.requests.count >= 4 }
        #expect(station.writes == [] && !writer.report().isAnswering)
        isStarting.store(false, ordering: .releasing)
        try await eventually("accepted") { writer.report().acceptedAmperes == 8 }
        #expect(writer.diagnostics().connects == 1, "on the same connection")
        writer.stop()
    }

    @Test("a profile without identity is protected by its probe: a register that is a limit here and a status there")
    func probe() async throws {
        let profile = try testProfile(
            registers: ["firmware: {address: 100, type: ascii, length: 2}", "elsewhere: {address: 200, type: u16}"],
            [
                "probe": """

                  - {when: {firmware: {matches: "*.*"}}, says: register 100 is no version}
                  - {when: {state: {at-least: 1, at-most: 5}}, says: register 0 is no vehicle state}
                  - {when: {elsewhere: {answers: false}}, says: it has register 200 of the other register set}
                """
            ])
        let right = testRegisters(text("5.22", at: 100, count: 2))
        for (change, says) in [
            ([100: UInt16(0x4142), 101: 0x4344], "'firmware' is 'ABCD'"), ([0: 9], "'state' is 9"),
            ([200: 1], "'elsewhere' is 1"), ([:], ""),
        ] as [([Int: UInt16], String)] {
            let station = try ScriptedStation(
                registers: right.merging(change) { _, new in new }, onWrite: followsLimit)
            defer { station.stop() }
            let writer = try StationWriter(configuration(profile, port: station.port))
            writer.publish(StationLimit(amperes: 8))
            if says.isEmpty {
                try await eventually("accepted") { writer.report().acceptedAmperes == 8 }
                writer.stop()
                continue
            }
            try await eventually("refused") { writer.diagnostics().lastError?.contains(says) == true }
            writer.stop()
            #expect(station.writes == [])
        }
    }

    @Test("a serial number in the settings of a station that tells none is refused")
    func noSerialNumber() throws {
        var settings = configuration(try genericProfile(), port: 502)
        settings.serialNumber = "AB12"
        let error = #expect(throws: StationError.self) { try settings.check() }
        #expect(error?.field == "serialNumber")
    }
}
