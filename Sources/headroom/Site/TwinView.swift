import Glibc
import Realtime
import SiteTwin

/// The stations of a twin as they are at one moment.
struct TwinView {
    let description: TwinDescription
    let seen: TwinObservation
    let now = MonotonicClock.nanoseconds()

    private func secondsSinceContact(_ station: TwinStationObservation) -> Double? {
        station.lastContactNanoseconds.map { Double(now - $0) / 1e9 }
    }

    /// The lines of a table.
    var table: [String] {
        var lines = [
            leading("station", 16) + leading("profile", 26) + leading("status", 10) + padded("limit A", 9)
                + padded("in force", 10) + padded("draws A", 9) + padded("contact s", 11) + padded("writes", 8)
        ]
        for (station, place) in zip(seen.stations, description.stations) {
            lines.append(
                leading(station.name, 15) + " " + leading(place.profileIdentifier, 25) + " "
                    + leading(station.status, 10) + column(station.commandedAmperes, 1, 9)
                    + column(station.activeAmperes, 1, 10) + column(station.carAmperes, 1, 9)
                    + column(secondsSinceContact(station), 1, 11) + padded("\(station.writeCount)", 8)
                    + (station.isContactLost ? "  contact lost" : ""))
        }
        return lines
    }

    /// What changes a plain line, by station.
    var states: [String] {
        seen.stations.map { station in
            "\(station.name): \(station.status), limit \(fixed(station.commandedAmperes, 1)) A, in force "
                + "\(fixed(station.activeAmperes, 1)) A" + (station.isContactLost ? ", contact lost" : "")
        }
    }

    /// One JSON line.
    var jsonLine: String {
        let stations = zip(seen.stations, description.stations).map { station, place in
            "{\"name\":\(json(station.name)),\"profile\":\(json(place.profileIdentifier)),\"status\":"
                + "\(json(station.status)),\"limit_a\":\(jsonAmperes(station.commandedAmperes)),\"limit_in_force_a\":"
                + "\(jsonAmperes(station.activeAmperes)),\"drawn_a\":\(jsonAmperes(station.carAmperes)),\"fail_safe_a\":"
                + "\(jsonAmperes(station.failSafeAmperes)),\"fail_safe_after_s\":\(json(station.failSafeAfterSeconds)),"
                + "\"contact_lost\":\(station.isContactLost),\"since_contact_s\":"
                + "\(jsonAmperes(secondsSinceContact(station))),\"requests\":\(station.requestCount),\"writes\":"
                + "\(station.writeCount),\"energy_wh\":\(jsonAmperes(station.energyWattHours))}"
        }
        let phases = seen.amperes.map { jsonAmperes($0) }.joined(separator: ",")
        return
            "{\"t_s\":\(fixed(seen.seconds, 3)),\"phases_a\":[\(phases)],\"stations\":[\(stations.joined(separator: ","))]}"
    }

    /// The stations' addresses, one line each.
    static func addresses(_ description: TwinDescription) -> [String] {
        description.stations.map { station in
            "station  \(station.name): \(station.profileIdentifier) at \(station.host):\(station.port) unit "
                + "\(station.unitIdentifier)" + (station.transport == .tcp ? "" : ", \(station.transport.rawValue)")
                + (station.variant.map { ", \($0)" } ?? "")
        }
    }

    /// Shows a twin until the time is up or a signal comes.
    static func watch(_ twin: SiteTwin, kind: ViewKind, seconds: Double?, every: Double) throws {
        guard let wake = WakeUp() else { throw RunError("no file descriptor left; raise the limit (ulimit -n)") }
        let interrupt = Interrupt { wake.signal() }
        defer { interrupt.release() }
        let end = seconds.map { MonotonicClock.nanoseconds() + Int64($0 * 1e9) } ?? .max
        var last: [String] = []
        var drawn = 0
        let step = kind == .table ? 500_000_000 : kind == .json ? Int64(every * 1e9) : 1_000_000_000
        while !interrupt.hasHappened, MonotonicClock.nanoseconds() < end {
            wake.wait(until: min(end, MonotonicClock.nanoseconds() + step))
            let view = TwinView(description: twin.description, seen: twin.observation())
            switch kind {
            case .json: print(view.jsonLine)
            case .table:
                let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
                print(up + view.table.map { "\u{1B}[2K" + $0 }.joined(separator: "\n") + "\u{1B}[0J")
                drawn = view.table.count
            case .lines:
                let states = view.states
                for (place, state) in states.enumerated() where last.isEmpty || last[place] != state {
                    print("\(fixed(view.seen.seconds, 1)) s  \(state)")
                }
                last = states
            }
            fflush(nil)
        }
    }
}
