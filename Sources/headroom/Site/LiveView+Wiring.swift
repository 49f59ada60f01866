import Allocation
import Site
import Wiring

extension SiteView {
    /// What is wrong with taps and sensors, and stations whose lines are not those of the settings.
    var wiringAlarms: [String] {
        var words = wiring.lines
        for (index, station) in settings.stations.enumerated() {
            guard let lines = wiring.lines(ofStation: index) else { continue }
            let stated = station.supplyPhases
            if !lines.subtracting(PhaseSet(stated.map { PhaseSet($0) })).isEmpty {
                words.append("\(station.name): draws on \(lines.words), and its phases in the settings are others")
            } else if let first = wiring.stations[index].firstLine, let statedFirst = stated.first, first != statedFirst
            {
                words.append(
                    "\(station.name): a single-phase car draws on \(first.name): write it first in the station's phases"
                )
            }
        }
        return words
    }

    /// On which lines a station's car was found to draw.
    func wiringNotes(_ index: Int) -> [String] {
        guard let lines = wiring.lines(ofStation: index) else { return [] }
        return [
            "car on \(lines.words) (\(fixed(wiring.stations[index].confidence, 3)), "
                + "\(wiring.stations[index].stepCount) steps)"
        ]
    }
}
