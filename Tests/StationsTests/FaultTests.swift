import Allocation
import Glibc
import Synchronization
import Testing

@testable import Stations

/// A profile that gives up on an answer after 0.2 s: for stations that do not answer.
private func impatient() throws -> StationProfile {
    try genericProfile([("request-timeout-s: 1", "request-timeout-s: 0.2")])
}

/// A profile that waits for an answer longer than a busy machine holds one up: no time-out comes between.
private func patient(_ edits: [(String, String)] = []) throws -> StationProfile {
    try genericProfile([("request-timeout-s: 1", "request-timeout-s: 10")] + edits)
}

@Suite(.timeLimit(.minutes(3))) struct FaultTests {
    @Test("a station that ignores its limit never counts as having accepted it, and the error says so")
    func ignoresLimit() async throws {
        let station = try ScriptedStation(registers: genericRegisters)
        defer { station.stop() }
        let settings = configuration(try patient(), port: station.port)
        let writer = try StationWriter(settings)
        writer.publish(StationLimit(amperes: 10))
        try await eventually("the limit is sent again and again") {
            // What it says is in force is not what it was told.
            #expect(writer.report().acceptedAmperes != 10)
            #expect(writer.report().inFlightAmperes == 10)
            return station.requests.count { $0.address == 10 && $0.values == [100] } >= 3
        }
        #expect(writer.report().acceptedAmperes == 32)
        let error = try #require(writer.diagnostics().lastError)
        #expect(error.contains("told 10.0 A") && error.contains("reads back 32.0 A") && error.contains("Parkplatz 2"))
        // It comes round.
        station.set(11, 100)
        try await eventually("accepted at last") { writer.report().acceptedAmperes == 10 }
        #expect(writer.report().inFlightAmperes == nil)
        writer.stop()
    }

    @Test("a limit in permanent memory is not written cyclically, even where it is not kept")
    func storedLimit() async throws {
        let profile = try patient([
            ("limit: {address: 10, type: u16, scale: 0.1}", "limit: {address: 10, type: u16, scale: 0.1, stored: true}")
        ])
        let station = try ScriptedStation(registers: genericRegisters)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("seen not to be kept, many rounds long") {
            writer.diagnostics().lastError?.contains("reads back") == true && writer.diagnostics().reads > 60
        }
        #expect(station.requests.count { $0.address == 10 && $0.function == 6 } == 1)
        writer.stop()
    }

    @Test("while a raise is unconfirmed a lower wish does not hide it")
    func largestInFlightCounts() async throws {
        let station = try ScriptedStation(registers: genericRegisters)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        writer.publish(StationLimit(amperes: 16))
        try await eventually("raise sent") { station.registers[10] == 160 }
        writer.publish(StationLimit(amperes: 6))
        #expect(writer.report().inFlightAmperes == 16)
        try await eventually("reduction sent") { station.registers[10] == 60 }
        #expect(writer.report().inFlightAmperes == 16)
        station.set(11, 60)
        try await eventually("confirmed") { writer.report().inFlightAmperes == nil }
        #expect(writer.report().acceptedAmperes == 6)
        writer.stop()
    }

    @Test("exceptions are named, and the writer goes on", arguments: 1...11)
    func exceptions(code: Int) async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            .reply(Array(right[0..<4]) + [0, 3, right[6], request.function | 0x80, UInt8(code)])
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("exceptions counted") { writer.diagnostics().exceptions > 8 }
        let report = writer.report()
        #expect(report.status == .unknown)
        #expect(report.acceptedAmperes == nil && report.inFlightAmperes == 10)
        // Behind a gateway the station itself is silent; otherwise it heard us and its watchdog runs anew.
        #expect(report.isAnswering == (code < 10))
        #expect((report.lastContact == .never) == (code >= 10))
        let words = try #require(ModbusException(rawValue: Int32(code))).words
        // Not always the latest error: that the fail-safe is refused has words of its own.
        try await eventually("it is named, with its remedy") {
            let error = writer.diagnostics().lastError ?? ""
            return error.contains("127.0.0.1:\(station.port) unit 1, ")
                && error.contains(": exception \(code), \(words.name); \(words.remedy)")
        }
        #expect(writer.diagnostics().failSafeKept == false)
        #expect(station.acceptedConnections == 1, "an exception is an answer: the connection stays")
        station.follow(nil)
        try await eventually("recovers") { writer.report().acceptedAmperes == 10 }
        writer.stop()
    }

    static let broken: [(name: String, script: ScriptedStation.Script)] = [
        ("cut in the midst of a frame", { _, right in .replyThenClose(Array(right.dropLast(1))) }),
        ("cut after the header", { _, right in .replyThenClose(Array(right.prefix(7))) }),
        ("closed without an answer", { _, _ in .replyThenClose([]) }),
        ("half a frame, then nothing", { _, right in .reply(Array(right.prefix(8))) }),
        ("another transaction", { _, right in .reply([right[0], right[1] &+ 1] + right.dropFirst(2)) }),
        ("another protocol", { _, right in .reply(Array(right[0..<2]) + [7, 7] + right.dropFirst(4)) }),
        ("another function", { _, right in .reply(Array(right[0..<7]) + [right[7] ^ 1] + right.dropFirst(8)) }),
        (
            "fewer registers than asked for",
            { request, right in
                request.count == 0
                    ? .silence : .reply(Array(right[0..<4]) + [0, 5, right[6], request.function, 2, 0, 0])
            }
        ),
        (
            "an unknown exception",
            { request, right in .reply(Array(right[0..<4]) + [0, 3, 1, request.function | 0x80, 99]) }
        ),
        ("a line of HTTP", { _, _ in .replyThenClose(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) }),
        ("nothing at all", { _, _ in .silence }),
    ]

    @Test(
        "a broken answer is no answer: nothing is taken from it, and a new connection is made",
        arguments: broken.indices)
    func brokenAnswers(index: Int) async throws {
        let station = try ScriptedStation(
            registers: genericRegisters, onWrite: followsLimit, script: Self.broken[index].script)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try impatient(), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("several connections, \(Self.broken[index].name)") { station.acceptedConnections >= 3 }
        let report = writer.report()
        #expect(report.acceptedAmperes == nil && report.inFlightAmperes == 10)
        #expect(report.status == .unknown && !report.isAnswering && report.drawnTime == .never)
        #expect(writer.diagnostics().lastError?.contains("127.0.0.1:\(station.port)") == true)
        station.follow(nil)
        try await eventually("recovers") {
            writer.report().acceptedAmperes == 10 && writer.report().status == .charging
        }
        writer.stop()
    }

    @Test(
        "registers full of 0xFFFF give no status, no current and no accepted limit",
        arguments: ["generic-modbus", "abb-terra-ac"])
    func allOnes(name: String) async throws {
        let station = try ScriptedStation(registers: [:], onWrite: followsLimit) { request, right in
            guard request.count > 0 else {
                // A write is taken as it is.
                let last = request.function == 6 ? request.values[0] : UInt16(request.values.count)
                return .reply(
                    Array(right[0..<4]) + [0, 6, 1, request.function, UInt8(request.address >> 8)]
                        + [UInt8(request.address & 0xFF), UInt8(last >> 8), UInt8(last & 0xFF)])
            }
            let count = request.count * 2
            return .reply(
                Array(right[0..<4]) + [0, UInt8(count + 3), 1, request.function, UInt8(count)]
                    + [UInt8](repeating: 0xFF, count: count))
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try builtIn(name), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("rounds read, and said to be wrong") {
            writer.diagnostics().reads >= 8 && writer.diagnostics().lastError != nil
        }
        let report = writer.report()
        #expect(report.status == .unknown)
        #expect(report.drawnAmperes == .zero && report.drawnTime == .never)
        #expect(report.acceptedAmperes == nil && report.inFlightAmperes == 10)
        // What does not show to be the station is not heard as it.
        #expect(try report.isAnswering == builtIn(name).probe.isEmpty)
        writer.stop()
    }

    @Test("registers of random words never give a value outside what can be", arguments: [21, 22, 23] as [UInt64])
    func randomRegisters(seed: UInt64) async throws {
        let random = Mutex(SeededGenerator(seed: seed))
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            guard request.count > 0 else { return .reply(right) }
            let words = random.withLock { generator in
                (0..<request.count * 2).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            return .reply(
                Array(right[0..<4]) + [0, UInt8(words.count + 3), 1, request.function, UInt8(words.count)] + words)
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("hundreds of reads") {
            let report = writer.report()
            // Twice what the model takes: 80 A.
            #expect((0...160).contains(report.drawnAmperes.maximum), "seed \(seed)")
            #expect(report.acceptedAmperes.map { (0...160).contains($0) } ?? true, "seed \(seed)")
            return writer.diagnostics().reads > 300
        }
        #expect(writer.diagnostics().lastError != nil)
        writer.stop()
    }

    @Test("a restarted station gets its limit and its fail-safe again")
    func restart() async throws {
        let first = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        let writer = try StationWriter(configuration(try patient(), port: first.port))
        writer.publish(StationLimit(amperes: 12))
        try await eventually("limit accepted") { writer.report().acceptedAmperes == 12 }
        first.stop()
        try await eventually("seen to be gone") { !writer.report().isAnswering }
        #expect(writer.report().acceptedAmperes == 12, "until its own time-out it stays at its last limit")
        #expect(writer.report().status == .unknown)
        // A lower limit while it is away.
        writer.publish(StationLimit(amperes: 8))
        let second = try ScriptedStation(registers: genericRegisters, port: first.port, onWrite: followsLimit)
        defer { second.stop() }
        try await eventually("told again") { second.registers[10] == 80 && writer.report().acceptedAmperes == 8 }
        #expect(second.registers[20] == 6 && second.registers[21] == 60)
        #expect(writer.diagnostics().connects == 2)
        writer.stop()
    }

    @Test("a station that forgets its limit without dropping the connection is told again")
    func silentRestart() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        writer.publish(StationLimit(amperes: 12))
        try await eventually("limit accepted") { writer.report().acceptedAmperes == 12 }
        station.set(10, 320)
        station.set(11, 320)
        try await eventually("told again") { station.registers[10] == 120 && writer.report().acceptedAmperes == 12 }
        writer.stop()
    }

    @Test("a station that refuses everything while it starts anew gets all again, behind the same connection")
    func restartBehindAnOpenConnection() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        defer { writer.stop() }
        writer.publish(StationLimit(amperes: 12))
        try await eventually("limit accepted, fail-safe kept") {
            writer.report().acceptedAmperes == 12 && writer.diagnostics().failSafeKept == true
        }
        let before = writer.diagnostics().exceptions
        station.follow { request, right in
            .reply(Array(right[0..<4]) + [0, 3, right[6], request.function | 0x80, 4])
        }
        try await eventually("several rounds of nothing") { writer.diagnostics().exceptions > before + 12 }
        try await eventually("it counts at its maximum: it may start at any") { writer.report().acceptedAmperes == nil }
        #expect(writer.report().isAnswering)
        for (address, value) in genericRegisters { station.set(address, value) }
        station.follow(nil)
        try await eventually("limit and fail-safe, before the minute in which it is looked at", within: 30) {
            [10, 20, 21].map { station.registers[$0] } == [120, 6, 60]
        }
        try await eventually("and that it holds them", within: 30) {
            writer.report().acceptedAmperes == 12 && writer.report().keepsFailSafe
                && writer.diagnostics().failSafeKept == true
        }
        #expect(station.acceptedConnections == 1)
    }

    @Test("a fail-safe that the station refuses for a while, or loses, is given again soon", arguments: [false, true])
    func failSafeComesLate(isLost: Bool) async throws {
        let attempts = Atomic(0)
        let station = try ScriptedStation(registers: genericRegisters) { registers, request in
            registers[11] = registers[10]
            guard request.address == 20 else { return }
            attempts.add(1, ordering: .relaxed)
            if isLost, attempts.load(ordering: .relaxed) < 3 { registers[20] = 32 }
        } script: { request, right in
            guard !isLost, request.function == 6, request.address == 20, attempts.load(ordering: .relaxed) < 3 else {
                return .reply(right)
            }
            return .reply(Array(right[0..<4]) + [0, 3, right[6], request.function | 0x80, 4])
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        defer { writer.stop() }
        try await eventually("kept, before a minute is over", within: 30) {
            writer.report().keepsFailSafe && writer.diagnostics().failSafeKept == true
        }
        #expect(station.registers[20] == 6 && attempts.load(ordering: .relaxed) >= 3)
        #expect(writer.diagnostics().lastError?.contains(isLost ? "not kept" : "refused (exception 4, ") == true)
    }

    @Test("a fail-safe that the station does not keep raises the alarm")
    func failSafeNotKept() async throws {
        let station = try ScriptedStation(registers: genericRegisters) { registers, _ in
            registers[11] = registers[10]
            registers[20] = 32
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        try await eventually("alarm") { writer.diagnostics().failSafeKept == false }
        try await eventually("not counted on") { !writer.report().keepsFailSafe }
        #expect(writer.diagnostics().lastError?.contains("fail-safe current or time-out not kept") == true)
        writer.publish(StationLimit(amperes: 10))
        try await eventually("still controlled") { writer.report().acceptedAmperes == 10 }
        writer.stop()
    }

    @Test("publishing goes on while the station holds back its answer")
    func publishNeverWaits() async throws {
        // The answer comes only after all publishing is done: a publish that waited for it would never return.
        let isReleased = Atomic(false)
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { _, right in
            while !isReleased.load(ordering: .acquiring) { usleep(1000) }
            return .reply(right)
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        try await eventually("a request is waiting") { !station.requests.isEmpty }
        for index in 0..<10_000 {
            writer.publish(StationLimit(amperes: index % 2 == 0 ? 16 : 7))
            _ = writer.report()
        }
        // The first 16 A may have gone out in place of the read, and then counts until it is answered.
        #expect([7, 16].contains(writer.report().inFlightAmperes))
        #expect(station.requests.count == 1)
        isReleased.store(true, ordering: .releasing)
        try await eventually("the newest limit arrives") { writer.report().acceptedAmperes == 7 }
        // Of 10000 limits those that a station without an answer yet can bear.
        #expect(station.requests.count { $0.address == 10 && $0.function == 6 } < 10)
        writer.stop()
    }

    @Test("stopping ends even where the station is dead", arguments: ["black hole", "refused"])
    func stopDead(kind: String) async throws {
        let (listener, port) = try listenOnLoopback(port: 0)
        defer { close(listener) }
        // It no longer listens, and nobody else can get its port.
        if kind == "refused" { shutdown(listener, CInt(SHUT_RDWR)) }
        let writer = try StationWriter(configuration(try patient(), port: port))
        writer.publish(StationLimit(amperes: 10))
        if kind == "refused" {
            try await eventually("refused") { writer.diagnostics().lastError?.contains("connection refused") == true }
        } else {
            try await eventually("connected") { writer.diagnostics().connects >= 1 }
        }
        #expect(writer.report().inFlightAmperes == 10 && writer.report().acceptedAmperes == nil)
        // The time-out of an answer is 10 s; the stop does not wait for it.
        #expect(writer.stop(timeoutSeconds: 0.5))
        #expect(!writer.diagnostics().isLeftAtFailSafe)
    }

    @Test("a stop while the station is away writes the fail-safe limit if it comes back in time")
    func stopReconnects() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { _, _ in
            .replyThenClose([])
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient(), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("away") { station.acceptedConnections >= 2 }
        station.follow(nil)
        #expect(writer.stop(timeoutSeconds: 10))
        #expect(station.registers[10] == 60)
    }

    @Test("an unknown name is an error with a remedy")
    func unknownName() throws {
        let error = #expect(throws: ModbusError.self) {
            _ = try ModbusConnection(host: "no host has this name", port: 502, unit: 1, timeoutSeconds: 1)
        }
        #expect(error?.description.contains("no address for this name") == true)
        #expect(error?.description.contains("check the name, or enter the IP address") == true)
    }
}
