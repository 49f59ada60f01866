import CloudStations
import Stations

/// A profile of stations behind their maker's cloud, for people: the advice first.
struct CloudProfileReport {
    var profile: CloudProfile

    /// In `stations list`.
    var listLines: [String] {
        wrapped("\(profile.name), \(profile.manufacturer)", first: leading(profile.identifier, 35))
            + wrapped(
                "maker's cloud · \(profile.confidence.rawValue) · limit per phase · can be stopped · shows its limit · "
                    + "raised every 15 minutes at most", first: "    ")
    }

    var lines: [String] {
        var lines = wrapped("\(profile.name), \(profile.manufacturer) (\(profile.identifier))")
        lines += ["", "At the station"] + wrapped(profile.advice, first: "  ")
        lines += ["", "What it can"]
        let founded = "\(profile.confidence.rawValue): \(profile.confidence.words)"
        lines += wrapped(founded, first: "  " + leading("founded", 14))
        lines += wrapped(
            "the maker's cloud; needs the internet, and a file with the account (credentials)",
            first: "  " + leading("connection", 14))
        lines += wrapped(
            "one for each phase; lower ones at once, higher ones only every 15 minutes (raise-interval-min)",
            first: "  " + leading("limit", 14))
        lines += ["", "Sources"]
        for source in profile.sources { lines += wrapped(source, first: "  - ") }
        return lines
    }

    /// The members that it has of those of a Modbus profile; the keys are documented in the README.
    var jsonLine: String {
        "{\(jsonMembers),\"advice\":\(json(profile.advice)),\"sources\":\(json(profile.sources))}"
    }

    var listJSON: String { "{\(jsonMembers)}" }

    private var jsonMembers: String {
        "\"profile\":\(json(profile.identifier)),\"name\":\(json(profile.name)),"
            + "\"manufacturer\":\(json(profile.manufacturer)),\"transports\":[\"cloud\"],"
            + "\"confidence\":\(json(profile.confidence.rawValue)),\"limit_per_phase\":true,\"can_stop\":true,"
            + "\"read_back\":true"
    }
}
