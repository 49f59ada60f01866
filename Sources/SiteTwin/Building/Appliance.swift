/// One load of the household that switches itself on and off.
public struct Appliance: Sendable, Equatable {
    /// What people call it.
    public var name: String
    /// The supply lines it draws from, each 0 to 2.
    public var phases: [Int]
    /// Its wave shape.
    public var kind: LoadKind
    /// RMS current on each of its phases while on.
    public var amperes: Double
    /// Mean of the time on, in seconds of the household's time.
    public var meanOnSeconds: Double
    /// Mean of the time off, in seconds of the household's time; 0: always on.
    public var meanOffSeconds: Double

    public init(
        name: String, phases: [Int], kind: LoadKind, amperes: Double, meanOnSeconds: Double, meanOffSeconds: Double
    ) {
        self.name = name
        self.phases = phases
        self.kind = kind
        self.amperes = amperes
        self.meanOnSeconds = meanOnSeconds
        self.meanOffSeconds = meanOffSeconds
    }

    /// A small house with three flats. All on at once: below 26 A on a phase.
    public static let household: [Appliance] =
        [
            Appliance(
                name: "heat pump", phases: [0, 1, 2], kind: .inverter, amperes: 5, meanOnSeconds: 1800,
                meanOffSeconds: 1200)
        ]
        + (0..<3).flatMap { phase in
            [
                Appliance(
                    name: "standby", phases: [phase], kind: .electronics, amperes: 0.8 + 0.2 * Double(phase),
                    meanOnSeconds: 3600, meanOffSeconds: 0),
                Appliance(
                    name: "lighting", phases: [phase], kind: .lighting, amperes: 1.4, meanOnSeconds: 2400,
                    meanOffSeconds: 1800),
                Appliance(
                    name: "fridge", phases: [phase], kind: .motor, amperes: 0.9, meanOnSeconds: 600,
                    meanOffSeconds: 1500),
                Appliance(
                    name: "kettle", phases: [phase], kind: .resistive, amperes: 8.7, meanOnSeconds: 150,
                    meanOffSeconds: 3000),
                Appliance(
                    name: "oven", phases: [phase], kind: .resistive, amperes: 7.2, meanOnSeconds: 90,
                    meanOffSeconds: 400),
            ]
        }
}

/// An appliance and when it switches next.
package struct RunningAppliance: Sendable {
    package let appliance: Appliance
    package private(set) var isOn: Bool
    private var switchesAt: Double

    package init(_ appliance: Appliance, random: inout RandomSource) {
        self.appliance = appliance
        let share = appliance.meanOnSeconds / (appliance.meanOnSeconds + appliance.meanOffSeconds)
        isOn = random.uniform(0...1) <= share
        // Somewhere within the first period: appliances are not all switched at the start.
        switchesAt =
            random.uniform(0...1) * random.duration(mean: isOn ? appliance.meanOnSeconds : appliance.meanOffSeconds)
    }

    /// - Parameter time: seconds of the household's time.
    package mutating func advance(to time: Double, random: inout RandomSource) {
        guard appliance.meanOffSeconds > 0 else { return }
        while time >= switchesAt {
            isOn.toggle()
            switchesAt += random.duration(mean: isOn ? appliance.meanOnSeconds : appliance.meanOffSeconds)
        }
    }
}
