import Allocation
import CBenchmark
import Glibc
import Stations

/// Stations that lose their power and come back, again and again, while their limits change: how long each takes to
/// hold the right limit, and whether the program grows.
enum RestartRun {
    static let stations = 20
    /// A living station holds the right limit so long after it is back, or after the limit changed, in nanoseconds.
    static let allowed: Int64 = 1_000_000_000

    struct Result {
        var recoveries: Distribution
        /// Moments at which a living station did not hold its limit in time, in words.
        var failures: [String]
        var descriptors: (before: Int, after: Int)
        var residentKilobytes: (before: Int, after: Int)
    }

    static func run(seconds: Int, _ progress: inout Progress) throws -> Result {
        let bed = try StationBed(count: stations)
        defer { bed.stop() }
        let writers = try (0..<stations).map {
            try StationWriter(WireBenchmark.configuration("S\($0)", port: bed.port($0)))
        }
        defer {
            for writer in writers { writer.requestStop(timeoutSeconds: 1) }
            for writer in writers { writer.stop(timeoutSeconds: 1) }
        }
        var recoveries = Durations(capacity: stations * seconds + 1)
        var failures: [String] = []
        // Since when each has power; nil: it has none. And since when its limit has been right.
        var upSince = [Int64?](repeating: cbenchmark_nanoseconds(), count: stations)
        var isRecovering = [Bool](repeating: false, count: stations)
        var isReported = [Bool](repeating: false, count: stations)
        var value: UInt16 = 60
        var changed = Int64(0), nextChange = Int64(0), nextCut = cbenchmark_nanoseconds() + 3_000_000_000
        var returns: [(time: Int64, station: Int)] = []
        var odd = 0
        var descriptors: Int?, kilobytes: Int?
        let began = cbenchmark_nanoseconds(), end = began + Int64(seconds) * 1_000_000_000
        while case let now = cbenchmark_nanoseconds(), now < end {
            if now >= nextChange {
                value = UInt16.random(in: 60...320)
                changed = now
                nextChange = now + Int64.random(in: 500_000_000...1_500_000_000)
                for writer in writers { writer.publish(StationLimit(amperes: Double(value) / 10, reason: .mainFuse)) }
            }
            if now >= nextCut {
                // All are connected, as at the end.
                descriptors = descriptors ?? openDescriptors()
                nextCut = now + 4_000_000_000
                odd = 1 - odd
                for station in stride(from: odd, to: stations, by: 2) {
                    bed.cut(station)
                    upSince[station] = nil
                    returns.append((now + Int64.random(in: 200_000_000...2_500_000_000), station))
                }
            }
            for back in returns where back.time <= now {
                try bed.start(back.station)
                upSince[back.station] = cbenchmark_nanoseconds()
                isRecovering[back.station] = true
            }
            returns.removeAll { $0.time <= now }
            for station in 0..<stations {
                guard let up = upSince[station] else { continue }
                let arrival = bed.arrival(station)
                if arrival.value == value {
                    if isRecovering[station] { recoveries.append(max(0, arrival.time - up)) }
                    isRecovering[station] = false
                    isReported[station] = false
                } else if now - max(up, changed) > allowed, !isReported[station] {
                    isReported[station] = true
                    let late = fixed(Double(now - max(up, changed)) / 1e9, 1)
                    failures.append(
                        "station \(station): no right limit for \(late) s at \((now - began) / 1_000_000_000) s")
                }
            }
            // After half a minute everything that is made once has been made.
            if kilobytes == nil, now - began > min(30_000_000_000, Int64(seconds) * 300_000_000) {
                kilobytes = residentKilobytes()
            }
            progress.report(done: Int((now - began) / 1_000_000), of: seconds * 1000, "stations that restart")
            sleepNanoseconds(1_000_000)
        }
        // All back and settled, as at the beginning.
        for back in returns { try bed.start(back.station) }
        sleepNanoseconds(3_000_000_000)
        return Result(
            recoveries: recoveries.distribution(), failures: failures,
            descriptors: (descriptors ?? 0, openDescriptors()),
            residentKilobytes: (kilobytes ?? 0, residentKilobytes()))
    }

    private static func openDescriptors() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return -1 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count
    }

    private static func residentKilobytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return -1 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, CInt(line.count), file) != nil else { return -1 }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
            separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return -1 }
        return pages * Int(sysconf(CInt(_SC_PAGESIZE))) / 1024
    }
}
