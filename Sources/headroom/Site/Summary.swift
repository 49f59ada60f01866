import Allocation
import Realtime
import Site
import Stations

/// What a run came to, as the device saw it.
enum Summary {
    static func lines(_ view: SiteView, _ latencies: LoopLatencies) -> [String] {
        let snapshot = view.snapshot
        let limits = view.settings.supply.limits
        var lines = ["", "After \(fixed(view.seconds, 0)) s"]
        let imported = (0..<3).map { snapshot.energy.imported[$0] / 3.6e6 }
        let exported = (0..<3).map { snapshot.energy.exported[$0] / 3.6e6 }
        lines.append(
            "  energy drawn   " + fixed(imported.reduce(0, +), 3)
                + " kWh (L1 \(fixed(imported[0], 3)), L2 \(fixed(imported[1], 3)), L3 \(fixed(imported[2], 3)))"
                + (exported.reduce(0, +) > 0.0005 ? ", fed in \(fixed(exported.reduce(0, +), 3)) kWh" : ""))
        for phase in Phase.allCases {
            let index = Int(phase.rawValue)
            lines.append(
                "  \(phase.name)             highest \(fixed(snapshot.highestAmperes[index], 1)) A of "
                    + "\(amperes(limits.mainAmperes[phase])); above it for \(fixed(snapshot.secondsAboveMainLimit[index], 2)) s"
            )
        }
        let ruled = LimitReason.allCases.map { ($0, snapshot.seconds(ruledBy: $0)) }.filter { $0.1 > 0 }
        let total = ruled.reduce(0) { $0 + $1.1 }
        if total > 0 {
            lines.append("  limits ruled by")
            for (reason, seconds) in ruled.sorted(by: { $0.1 > $1.1 }) {
                lines.append(
                    "    " + leading(StationLimit(reason: reason).reasonWords, 24)
                        + padded(fixed(100 * seconds / total, 1), 6) + " % of the stations' time")
            }
        }
        lines.append(
            "  frames         \(snapshot.frames) taken, \(snapshot.framesLost) lost, \(snapshot.gaps) gaps, "
                + "\(snapshot.reconnects) reconnects")
        lines.append(
            "  its own times  median, p99, longest in ms: block in memory \(times(latencies.arrival)) after its last frame; "
                + "readings, decisions, handing over \(times(latencies.work)); lower limit in a socket "
                + times(latencies.handover))
        lines.append("  late blocks    \(latencies.lateBlocks) of \(snapshot.blocks)")
        return lines
    }

    private static func times(_ distribution: LatencyDistribution) -> String {
        [0.5, 0.99, 1].map { milliseconds(distribution.nanoseconds(atShare: $0)) }.joined(separator: ", ")
    }

    private static func jsonTimes(_ latencies: LoopLatencies) -> String {
        let times = [
            ("arrival", latencies.arrival), ("measuring", latencies.measuring), ("deciding", latencies.deciding),
            ("publishing", latencies.publishing), ("handover", latencies.handover),
        ]
        return times.map { name, distribution in
            let shares = [("p50_ms", 0.5), ("p99_ms", 0.99), ("p99.9_ms", 0.999), ("longest_ms", 1)]
            let members = shares.map { key, share in
                "\(json(key)):\(json(distribution.nanoseconds(atShare: share).map { Double($0) / 1e6 }))"
            }
            return "\(json(name)):{\"count\":\(distribution.count),\(members.joined(separator: ","))}"
        }.joined(separator: ",")
    }

    /// The same as one JSON line with `"summary":true`.
    static func jsonLine(_ view: SiteView, _ latencies: LoopLatencies, extra: String = "") -> String {
        let snapshot = view.snapshot
        func list(_ values: SIMD3<Double>, per unit: Double = 1) -> String {
            "[\(json(values[0] / unit)),\(json(values[1] / unit)),\(json(values[2] / unit))]"
        }
        let ruled = LimitReason.allCases.map { "\(json($0.identifier)):\(json(snapshot.seconds(ruledBy: $0)))" }
        return
            "{\"summary\":true,\"t_s\":\(fixed(view.seconds, 3)),\"imported_wh\":\(list(snapshot.energy.imported, per: 3600)),"
            + "\"exported_wh\":\(list(snapshot.energy.exported, per: 3600)),\"highest_a\":\(list(snapshot.highestAmperes)),"
            + "\"seconds_above_main_limit\":\(list(snapshot.secondsAboveMainLimit)),"
            + "\"station_seconds_by_reason\":{\(ruled.joined(separator: ","))},\"frames\":\(snapshot.frames),"
            + "\"frames_lost\":\(snapshot.framesLost),\"gaps\":\(snapshot.gaps),\"reconnects\":\(snapshot.reconnects),"
            + "\"late_blocks\":\(latencies.lateBlocks),\"times\":{\(jsonTimes(latencies))}\(extra)}"
    }
}
