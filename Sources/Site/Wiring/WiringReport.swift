import Allocation
import Wiring

/// What is known of the wiring at a moment.
public struct WiringReport: Sendable {
    /// How long sensors and stations have been listened to.
    public internal(set) var seconds = 0.0
    /// What is wrong with taps and sensors, worst first.
    public internal(set) var findings: [SensorFinding] = []
    /// Where the sensors are; nil: no window yet.
    public internal(set) var mapping: MappingVerdict?
    /// Sensors, 0 to 2, that have shown nothing for a minute while another line carries current. No fault: a line may be
    /// empty.
    public internal(set) var silentSensors: [Int] = []
    /// By station: the lines on which its car draws.
    public internal(set) var stations: [StationPhases] = []

    /// What was found, each as one line with what to do and how sure it is. Empty: nothing.
    public var lines: [String] { findings.map(\.line) }

    /// The lines of a station's car where they are known and the sensors are not known to be misplaced.
    public func lines(ofStation index: Int) -> PhaseSet? {
        guard let mapping, stations.indices.contains(index) else { return nil }
        return Self.lines(stations[index], mapping)
    }

    static func lines(_ station: StationPhases, _ mapping: MappingVerdict) -> PhaseSet? {
        let isMisplaced = mapping.isKnown && mapping.mapping != .correct
        return isMisplaced || !station.isKnown ? nil : station.lines
    }
}

extension SensorFinding {
    /// `the sensors of L2 and L3 are exchanged: swap the sensors of L2 and L3 (certain, 0.9999)`.
    public var line: String {
        "\(words): \(remedy) (\(confidenceWords), \((confidence * 10_000).rounded(.down) / 10_000))"
    }
}

extension PhaseSet {
    /// `L1 L2 L3`.
    public var words: String { Phase.allCases.filter { contains($0) }.map(\.name).joined(separator: " ") }
}
