import Allocation
import Glibc
import Stations
import StrictYAML
import Synchronization

/// A station that answers wrongly. The input is a script: each request takes its next bytes, which say how the right
/// answer is spoilt, and what the registers hold.
struct ModbusTarget: FuzzTarget {
    let name = "modbus"

    var corpus: [[UInt8]] {
        var random = FuzzRandom(seed: 5)
        // Right answers throughout, then ever more wrong ones.
        return (0..<12).map { index in
            (0..<200).map { _ in
                random.below(12) < index ? UInt8(truncatingIfNeeded: random.next()) : UInt8(random.below(4) * 16)
            }
        }
    }

    /// Stations at a time, each with the script begun elsewhere: most of the time is waiting.
    private static let stationCount = 12

    func run(_ input: [UInt8]) throws -> Bool {
        var servers: [LoopbackServer] = []
        defer { servers.forEach { $0.stop() } }
        var writers: [StationWriter] = []
        for index in 0..<Self.stationCount {
            let server = try Self.station(Script(bytes: input, at: index * 17))
            servers.append(server)
            writers.append(try StationWriter(Self.configuration(port: server.port)))
        }
        for step in 0..<8 {
            for writer in writers { writer.publish(StationLimit(amperes: Double(step * 3 + 2), reason: .mainFuse)) }
            usleep(10_000)
            for writer in writers { try check(writer) }
        }
        for writer in writers { writer.requestStop(timeoutSeconds: 0.3) }
        for writer in writers {
            guard writer.stop(timeoutSeconds: 0.3) else { throw FuzzError("a writer did not stop") }
            try check(writer)
        }
        return writers.contains { $0.diagnostics().reads > 0 }
    }

    private static func station(_ script: consuming Script) throws -> LoopbackServer {
        let script = Mutex(script)
        return try LoopbackServer { connection in
            while let header = LoopbackServer.receive(connection, 7) {
                let length = Int(header[4]) << 8 | Int(header[5])
                guard length > 1, let body = LoopbackServer.receive(connection, length - 1) else { return }
                guard let answer = script.withLock({ $0.answer(header, body) }) else { return }
                guard LoopbackServer.send(connection, answer.bytes), !answer.closes else { return }
            }
        }
    }

    private func check(_ writer: StationWriter) throws {
        let report = writer.report()
        for value in [report.acceptedAmperes, report.inFlightAmperes] {
            guard let value else { continue }
            try Oracle.requireFinite(value, "a reported limit")
            guard value >= 0 else { throw FuzzError("a reported limit of \(value) A") }
        }
        for phase in Phase.allCases { try Oracle.requireFinite(report.drawnAmperes[phase], "a reported current") }
        let diagnostics = writer.diagnostics()
        if let energy = diagnostics.energyWattHours { try Oracle.requireFinite(energy, "energy") }
        if let error = diagnostics.lastError {
            guard !error.contains("\n"), error.count > 12 else {
                throw FuzzError("a message without words: '\(error)'")
            }
        }
    }

    private static let profileText: String? = {
        let root = "\(#filePath)".split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        guard let bytes = try? readFile("\(root)/Sources/Stations/Profiles/generic-modbus.yaml") else { return nil }
        // Quick, so that silence costs little; floats and 64-bit counters among the registers.
        return String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                if line.contains("request-timeout-s:") { return "  request-timeout-s: 0.05" }
                if line.contains("poll-interval-s:") { return "  poll-interval-s: 0.05" }
                if line.contains("energy: {address") { return "  energy: {address: 30, type: f32}" }
                return String(line)
            }.joined(separator: "\n")
    }()

    private static func configuration(port: Int) throws -> StationConfiguration {
        guard let profileText else { throw FuzzError("the generic profile is not where the sources were built") }
        let profile = try StationProfile.parse(yaml: profileText, file: "generic-modbus.yaml")
        return StationConfiguration(
            name: "fuzz", profile: profile, host: "127.0.0.1", port: port, unitIdentifier: 1,
            supplyPhases: Phase.allCases, maximumAmperes: 32, failSafeAmperes: 6, failSafeAfterSeconds: 60)
    }

    private struct Script {
        var bytes: [UInt8]
        var at: Int

        mutating func next() -> UInt8 {
            guard !bytes.isEmpty else { return 0 }
            defer { at += 1 }
            return bytes[at % bytes.count]
        }

        /// nil: hang up without an answer.
        mutating func answer(_ header: [UInt8], _ body: [UInt8]) -> (bytes: [UInt8], closes: Bool)? {
            let action = next()
            var right = [body[0]]
            switch body[0] {
            case 3, 4:
                let count = body.count > 4 ? Int(body[3]) << 8 | Int(body[4]) : 0
                right.append(UInt8(truncatingIfNeeded: 2 * count))
                // Half of the words small, as a station's are.
                for _ in 0..<min(count, 125) {
                    let low = next()
                    right += [action & 0x10 == 0 ? 0 : next(), low]
                }
            default: right = Array(body.prefix(5))
            }
            var frame = Array(header[..<4]) + [0, UInt8(truncatingIfNeeded: right.count + 1), header[6]] + right
            switch action & 0x0F {
            case 4: frame = (0..<Int(next())).map { _ in next() }
            case 5: frame.removeLast(min(frame.count, 1 + Int(next()) % 12))
            case 6: frame[Int(next()) % frame.count] ^= next() | 1
            case 7: frame = Array(header[..<4]) + [0, 3, header[6], body[0] | 0x80, next()]
            case 8: return nil
            case 9: frame = []
            case 10: return (Array(frame.prefix(Int(next()) % frame.count)), true)
            case 11: frame += (0..<Int(next())).map { _ in next() }
            case 12: frame += frame
            case 13: frame[Int(next()) % 8] = next()
            case 14:
                frame[4] = next()
                frame[5] = next()
            default: break
            }
            return (frame, false)
        }
    }
}
