import Allocation
import Site
import Stations

/// What a run came to, as the device saw it.
enum Summary {
    static func lines(_ view: SiteView) -> [String] {
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
        return lines
    }

    /// The same as one JSON line with `"summary":true`.
    static func jsonLine(_ view: SiteView, extra: String = "") -> String {
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
            + "\"frames_lost\":\(snapshot.framesLost),\"gaps\":\(snapshot.gaps),\"reconnects\":\(snapshot.reconnects)\(extra)}"
    }
}
