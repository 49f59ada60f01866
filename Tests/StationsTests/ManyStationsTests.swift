import Allocation
import Glibc
import Realtime
import Testing

@testable import Stations

@Suite(.serialized, .timeLimit(.minutes(5))) struct ManyStationsTests {
    // In a process of its own: libmodbus' servers in other tests cannot bear descriptors beyond 1024.
    @Test("of 200 stations in one process half are dead: every limit of the others arrives, descriptors beyond 1024")
    func twoHundred() async throws {
        await #expect(processExitsWith: .success) { try await Self.runTwoHundred() }
    }

    private static func runTwoHundred() async throws {
        let count = 200
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur < 4096 {
            limit.rlim_cur = min(4096, limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        try #require(limit.rlim_cur >= 4096, "needs 4096 open files (ulimit -n 4096)")
        // All numbers below 1024 are taken: every socket and signal of the writers lies above.
        var fillers: [CInt] = []
        defer { fillers.forEach { close($0) } }
        while (fillers.last ?? 0) < 1100 {
            let filler = open("/dev/null", O_RDONLY | O_CLOEXEC)
            try #require(filler >= 0)
            fillers.append(filler)
        }
        let (blackHole, blackHolePort) = try listenOnLoopback(port: 0)
        defer { close(blackHole) }
        let (refusing, refusingPort) = try listenOnLoopback(port: 0)
        shutdown(refusing, CInt(SHUT_RDWR))
        defer { close(refusing) }
        var stations: [ScriptedStation] = []
        defer { stations.forEach { $0.stop() } }
        var profile = try genericProfile([("poll-interval-s: 0.05", "poll-interval-s: 1")])
        var dead = profile
        profile.requestTimeoutSeconds = 60
        dead.requestTimeoutSeconds = 0.5
        dead.link.connectTimeoutSeconds = 0.5
        var writers: [StationWriter] = []
        for index in 0..<count {
            if index % 2 == 0 {
                let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
                stations.append(station)
                writers.append(try StationWriter(configuration(profile, port: station.port)))
            } else {
                // It accepts and never answers, or refuses.
                let port = index % 4 == 1 ? blackHolePort : refusingPort
                writers.append(try StationWriter(configuration(dead, port: port)))
            }
        }
        for round in 0..<3 {
            for (index, writer) in writers.enumerated() {
                writer.publish(StationLimit(amperes: Double(6 + (index / 2 + round) % 10)))
            }
            for index in stride(from: 0, to: count, by: 2) {
                try await eventually("station \(index) has its limit") {
                    writers[index].report().acceptedAmperes == Double(6 + (index / 2 + round) % 10)
                }
            }
        }
        #expect(stations.allSatisfy { $0.acceptedConnections == 1 })
        for index in stride(from: 0, to: count, by: 2) {
            #expect(writers[index].diagnostics().timeouts == 0 && writers[index].diagnostics().connects == 1)
        }
        for index in stride(from: 1, to: count, by: 2) {
            #expect(writers[index].report().acceptedAmperes == nil && !writers[index].report().isAnswering)
        }
        writers.forEach { $0.requestStop(timeoutSeconds: 20) }
        for writer in writers { #expect(writer.stop(timeoutSeconds: 20)) }
        for station in stations { #expect(station.registers[10] == 60) }
    }
}
