import Allocation
import CBenchmark
import Glibc
import Stations

/// How long a changed limit takes from `StationWriter.publish` until the station has read it from its socket: all
/// stations' limits change at once, as after a decision, while their registers are read as ever. With stations that
/// are dead and without, in turns.
enum WireBenchmark {
    static let living = 40
    static let dead = 10
    /// What the 99th percentile has to keep, in nanoseconds.
    static let budgetP99 = 1_000_000.0

    static func run(rounds: Int, _ progress: inout Progress) throws -> [Row] {
        let bed = try StationBed(count: living)
        defer { bed.stop() }
        let deadPorts = try (0..<dead).map {
            try bed.deadPort(StationBed.Failure.allCases[$0 % StationBed.Failure.allCases.count])
        }
        var alone = Durations(capacity: rounds * living), among = Durations(capacity: rounds * living)
        let turns = 4
        for turn in 0..<turns {
            let share = rounds / turns
            try measure(bed, dead: [], rounds: share, into: &alone)
            progress.report(done: 2 * turn + 1, of: 2 * turns, "limits to \(living) stations")
            try measure(bed, dead: deadPorts, rounds: share, into: &among)
            progress.report(done: 2 * turn + 2, of: 2 * turns, "limits to \(living) stations")
        }
        var first = Row("limit to the wire: \(living) stations", .chain, alone.distribution())
        first.note = note(first.times)
        var second = Row("limit to the wire: \(living) stations beside \(dead) dead", .chain, among.distribution())
        second.note = note(second.times)
        second.compare(with: "without dead", first)
        return [first, second]
    }

    private static func note(_ times: Distribution) -> String? {
        guard let p99 = times.p99 else { return nil }
        return p99 <= budgetP99 ? "p99 within 1 ms" : "p99 ABOVE 1 ms"
    }

    private static func measure(
        _ bed: StationBed, dead: [Int], rounds: Int, into durations: inout Durations
    ) throws {
        let writers = try (0..<living).map { try StationWriter(configuration("S\($0)", port: bed.port($0))) }
        let hopeless = try dead.enumerated().map { try StationWriter(configuration("D\($0)", port: $1)) }
        defer {
            // All at a time: each may need its time-out.
            for writer in writers + hopeless { writer.requestStop(timeoutSeconds: 1) }
            for writer in writers + hopeless { writer.stop(timeoutSeconds: 1) }
        }
        var random = SystemRandomNumberGenerator()
        var published = [Int64](repeating: 0, count: living)
        var value = 60
        // The first rounds are for connecting.
        for round in -3..<rounds {
            value = value == 319 ? 60 : value + 1
            let limit = StationLimit(amperes: Double(value) / 10, reason: .mainFuse)
            for place in 0..<living {
                published[place] = cbenchmark_nanoseconds()
                writers[place].publish(limit)
            }
            for writer in hopeless { writer.publish(limit) }
            let deadline = cbenchmark_nanoseconds() + 5_000_000_000
            for place in 0..<living {
                while bed.arrival(place).value != UInt16(value) {
                    guard cbenchmark_nanoseconds() < deadline else {
                        throw BenchmarkError("station \(place) did not get its limit within 5 s; repeat it alone")
                    }
                    sleepNanoseconds(200_000)
                }
            }
            if round >= 0 {
                for place in 0..<living { durations.append(bed.arrival(place).time - published[place]) }
            }
            sleepNanoseconds(round < 0 ? 300_000_000 : Int64.random(in: 20_000_000...60_000_000, using: &random))
        }
    }

    static func configuration(_ name: String, port: Int) throws -> StationConfiguration {
        guard let profile = StationProfile.builtIn(named: "generic-modbus") else {
            throw BenchmarkError("the profile generic-modbus is missing; build again")
        }
        return StationConfiguration(
            name: name, profile: profile, host: "127.0.0.1", port: port, unitIdentifier: 1,
            supplyPhases: [.l1, .l2, .l3], maximumAmperes: 32, failSafeAmperes: 6, failSafeAfterSeconds: 60)
    }
}

/// Sleeps for `nanoseconds`.
func sleepNanoseconds(_ nanoseconds: Int64) {
    let end = cbenchmark_nanoseconds() + nanoseconds
    var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
}
