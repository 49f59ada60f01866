import Allocation
import Glibc
import Synchronization
import Testing

@testable import Stations

/// A profile whose answers may take so long that no time-out comes between, whatever else the machine does.
private func unhurried(concurrentRequests: Int, readBack: Bool = true) throws -> StationProfile {
    var profile = try genericProfile(readBack ? [] : [("  read-back: active-limit\n", "")])
    profile.requestTimeoutSeconds = 100
    profile.link.concurrentRequests = concurrentRequests
    return profile
}

/// Answers that a station holds back.
private final class Held: Sendable {
    private let frames = Mutex<[[UInt8]]>([])
    let isHolding = Atomic(false)

    func hold(_ frame: [UInt8]) { frames.withLock { $0.append(frame) } }
    /// All of them as one lump, the newest first.
    func release() -> [UInt8] {
        isHolding.store(false, ordering: .releasing)
        return frames.withLock { held in
            defer { held = [] }
            return held.reversed().flatMap { $0 }
        }
    }
    var isEmpty: Bool { frames.withLock { $0.isEmpty } }
    var holds: Bool { isHolding.load(ordering: .acquiring) }
}

@Suite(.timeLimit(.minutes(3))) struct OvertakingTests {
    @Test("a changed limit reaches the station while a read waits for its answer", arguments: [1, 2, 4], [6.0, 16.0])
    func besideBlackHoledRead(concurrentRequests: Int, amperes: Double) async throws {
        let held = Held()
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            guard held.holds, request.function == 3, request.address == 0 else { return .reply(right) }
            held.hold(right)
            return .silence
        }
        defer { station.stop() }
        let writer = try StationWriter(
            configuration(try unhurried(concurrentRequests: concurrentRequests), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("first limit accepted") { writer.report().acceptedAmperes == 10 }
        held.isHolding.store(true, ordering: .releasing)
        try await eventually("a read waits") { !held.isEmpty }
        writer.publish(StationLimit(amperes: amperes))
        try await eventually("the limit is on the wire") { station.registers[10] == UInt16(amperes * 10) }
        #expect(writer.diagnostics().timeouts == 0 && writer.diagnostics().connects == 1)
        if concurrentRequests > 1 {
            try await eventually("and confirmed beside the read") { writer.report().acceptedAmperes == amperes }
        }
        let asked = station.requests.count { $0.address == 0 }
        // The late answers come with the next one.
        let before = writer.diagnostics().reads
        if concurrentRequests == 1 {
            // The read was given up, and is asked again.
            try await eventually("asked again") { station.requests.count { $0.address == 0 } >= asked }
            let late = held.release()
            let once = Atomic(false)
            station.follow { _, right in
                .reply(once.exchange(true, ordering: .relaxed) ? right : late + right)
            }
            writer.publish(StationLimit(amperes: 8))
            try await eventually("late answers dropped and counted") { writer.diagnostics().strayAnswers >= 1 }
        } else {
            let late = held.release()
            let once = Atomic(false)
            station.follow { _, right in
                .reply(once.exchange(true, ordering: .relaxed) ? right : right + late)
            }
            writer.publish(StationLimit(amperes: 8))
            try await eventually("the read has its answer, out of order") { writer.diagnostics().reads > before }
            #expect(writer.diagnostics().strayAnswers == 0)
        }
        try await eventually("newest accepted, reading goes on") {
            writer.report().acceptedAmperes == 8 && writer.diagnostics().reads > before + 20
        }
        #expect(writer.diagnostics().timeouts == 0 && writer.diagnostics().connects == 1)
        #expect(station.acceptedConnections == 1)
        writer.stop()
    }

    @Test(
        "a reduction overtakes a raise whose answer is late; the raise counts until nothing can follow",
        arguments: [1, 2], [true, false])
    func overtakenRaise(concurrentRequests: Int, readBack: Bool) async throws {
        let held = Held()
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            guard request.address == 10, request.values == [160] else { return .reply(right) }
            held.hold(right)
            return .silence
        }
        defer { station.stop() }
        let writer = try StationWriter(
            configuration(
                try unhurried(concurrentRequests: concurrentRequests, readBack: readBack), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("first limit accepted") { writer.report().acceptedAmperes == 10 }
        writer.publish(StationLimit(amperes: 16))
        try await eventually("the raise is on the wire") { !held.isEmpty }
        writer.publish(StationLimit(amperes: 7))
        try await eventually("so is the reduction") { station.registers[10] == 70 }
        let reads = writer.diagnostics().reads
        try await eventually("rounds read since") {
            #expect(writer.report().inFlightAmperes == 16, "the station may yet act on it")
            return writer.diagnostics().reads > reads + 20
        }
        #expect(writer.diagnostics().timeouts == 0)
        // It does: the raise is carried out late, behind the reduction.
        let late = held.release()
        let once = Atomic(false)
        station.set(10, 160)
        station.set(11, 160)
        station.follow { _, right in .reply(once.exchange(true, ordering: .relaxed) ? right : late + right) }
        try await eventually("told again, and confirmed") {
            station.registers[10] == 70 && writer.report().inFlightAmperes == nil
        }
        #expect(writer.report().acceptedAmperes == 7)
        #expect(writer.diagnostics().connects == 1)
        writer.stop()
    }

    @Test("a raise does not overtake: it waits for the answer to the write under way")
    func raiseWaits() async throws {
        let held = Held()
        held.isHolding.store(true, ordering: .releasing)
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            guard held.holds, request.function == 6, request.address == 10 else { return .reply(right) }
            while held.holds { usleep(1000) }
            return .reply(right)
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try unhurried(concurrentRequests: 2), port: station.port))
        writer.publish(StationLimit(amperes: 7))
        try await eventually("the write waits") { station.requests.contains { $0.address == 10 && $0.function == 6 } }
        for _ in 0..<1000 { writer.publish(StationLimit(amperes: 12)) }
        #expect(writer.report().inFlightAmperes == 12)
        held.isHolding.store(false, ordering: .releasing)
        try await eventually("accepted") { writer.report().acceptedAmperes == 12 }
        #expect(writer.diagnostics().strayAnswers == 0)
        writer.stop()
    }

    @Test("a station that answers writes but no read is found to be silent though its limit changes all the time")
    func changesDoNotHideSilence() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            request.function == 3 ? .silence : .reply(right)
        }
        defer { station.stop() }
        var profile = try unhurried(concurrentRequests: 1, readBack: false)
        profile.requestTimeoutSeconds = 0.2
        let writer = try StationWriter(configuration(profile, port: station.port))
        var step = 0
        try await eventually("found out") {
            step += 1
            writer.publish(StationLimit(amperes: step % 2 == 0 ? 8 : 12))
            return writer.diagnostics().timeouts > 0
        }
        #expect(writer.diagnostics().lastError?.contains("no answer in time") == true)
        writer.stop()
    }

    @Test(
        "a limit that is lost beside a read is told again, however often that read may be repeated", arguments: [1, 2])
    func lostBesideRead(concurrentRequests: Int) async throws {
        let held = Held()
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            guard held.holds else { return .reply(right) }
            if request.function == 3 { held.hold(right) }
            return .silence
        }
        defer { station.stop() }
        var profile = try unhurried(concurrentRequests: concurrentRequests)
        profile.requestTimeoutSeconds = 0.5
        profile.link.retries = 1000
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("first limit accepted") { writer.report().acceptedAmperes == 10 }
        held.isHolding.store(true, ordering: .releasing)
        try await eventually("a read waits") { !held.isEmpty }
        writer.publish(StationLimit(amperes: 6))
        try await eventually("the limit is lost") { writer.diagnostics().lastError?.contains("write register") == true }
        #expect(writer.report().inFlightAmperes == 6)
        _ = held.release()
        try await eventually("told again") { writer.report().acceptedAmperes == 6 }
        #expect(writer.diagnostics().connects >= 2)
        writer.stop()
    }

    @Test("stopping gives up the read that waits, and the station keeps its fail-safe limit")
    func stopWhileReadWaits() async throws {
        let held = Held()
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            guard held.holds, request.function == 3 else { return .reply(right) }
            held.hold(right)
            return .silence
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(try unhurried(concurrentRequests: 1), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("first limit accepted") { writer.report().acceptedAmperes == 10 }
        held.isHolding.store(true, ordering: .releasing)
        try await eventually("a read waits") { !held.isEmpty }
        #expect(writer.stop(timeoutSeconds: 50))
        #expect(writer.diagnostics().isLeftAtFailSafe && station.registers[10] == 60)
        #expect(station.acceptedConnections == 1)
    }

    static let oddButRight: [(name: String, script: ScriptedStation.Script)] = [
        ("each answer twice", { _, right in .reply(right + right) }),
        ("an older answer first", { _, right in .reply([right[0] &+ 1, right[1]] + right.dropFirst(2) + right) }),
        (
            "ten answers nobody asked for",
            { _, right in
                .reply((0..<10).flatMap { [0xEE, UInt8($0)] + right.dropFirst(2) } + right)
            }
        ),
    ]

    @Test("answers that belong to no request are dropped, counted and change nothing", arguments: oddButRight.indices)
    func strays(index: Int) async throws {
        let station = try ScriptedStation(
            registers: genericRegisters, onWrite: followsLimit, script: Self.oddButRight[index].script)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try unhurried(concurrentRequests: 1), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted and read, \(Self.oddButRight[index].name)") {
            writer.report().acceptedAmperes == 10 && writer.report().status == .charging
        }
        try await eventually("counted") { writer.diagnostics().strayAnswers > 5 }
        #expect(writer.report().drawnAmperes == PerPhaseAmperes(10, 0, 5))
        #expect(station.acceptedConnections == 1 && writer.diagnostics().lastError == nil)
        writer.stop()
    }

    @Test("an answer from another unit counts only where the profile says so", arguments: [false, true])
    func otherUnit(isAllowed: Bool) async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { _, right in
            .reply(Array(right[0..<6]) + [255] + right.dropFirst(7))
        }
        defer { station.stop() }
        var profile = try unhurried(concurrentRequests: 1)
        profile.link.anyUnit = isAllowed
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        if isAllowed {
            try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        } else {
            try await eventually("refused") {
                writer.diagnostics().lastError?.contains("malformed answer (it comes from unit 255)") == true
            }
            #expect(writer.report().acceptedAmperes == nil && !writer.report().isAnswering)
        }
        writer.stop()
    }

    @Test("a read without an answer in time is asked again on the same connection, as often as the profile says")
    func retries() async throws {
        let dropped = Atomic(0)
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit) { request, right in
            // Every third read is lost.
            request.function == 3 && dropped.add(1, ordering: .relaxed).newValue % 3 == 0 ? .silence : .reply(right)
        }
        defer { station.stop() }
        var profile = try unhurried(concurrentRequests: 1)
        profile.requestTimeoutSeconds = 0.5
        profile.link.retries = 3
        let writer = try StationWriter(configuration(profile, port: station.port))
        try await eventually("several lost") { writer.diagnostics().timeouts >= 4 }
        #expect(station.acceptedConnections == 1)
        writer.stop()
    }
}
