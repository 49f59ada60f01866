import Allocation
import Simulation

/// Everything that a run needs, read and checked.
struct SimulationPlan {
    var site: SimulatedSite
    var name: String
    var load = BaseLoad.drawn
    var visits: [CarVisit] = []
    var events: [SiteEvent] = []
    var began = WallTime.parse("2026-01-05")?.time ?? WallTime(seconds: 0)
    var days: Int
    var seed: UInt64
    // For people.
    var loadWords = "a small house with three flats, drawn"
    var carWords = ""
    var eventWords: String?

    init(_ site: SimulatedSite, name: String, days: Int, seed: UInt64) {
        self.site = site
        self.name = name
        self.days = days
        self.seed = seed
    }

    var seconds: Int { days * 86_400 }
    /// The smallest rating of the three lines.
    var mainAmperes: Double {
        let main = site.limits.mainAmperes
        return min(main.l1, main.l2, main.l3)
    }

    func makeSimulation() -> Simulation {
        Simulation(site, load: load, visits: visits, events: events, began: began, seed: seed)
    }

    /// Another main fuse on all lines; its margin stays, and its device has the new rating.
    mutating func setMainLimit(_ amperes: Double, named option: String) throws {
        let margin = site.limits.marginAmperes.maximum
        guard amperes <= 6300, amperes > margin else {
            throw UsageError(
                "\(option) \(fixed(amperes, 0)): use more than the margin of \(fixed(margin, 0)) A, up to 6300")
        }
        site.limits.mainAmperes = PerPhaseAmperes(amperes)
        site.limits.device?.ratedAmperes = amperes
        do {
            try site.limits.validate()
        } catch {
            throw UsageError(
                "\(option) \(fixed(amperes, 0)): \(error); or leave main-fuse out of a copy of the settings")
        }
    }
}
