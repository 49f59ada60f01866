import Stations

/// What the registers of a station hold when it is switched on: everything that recognises the model and its variant.
struct RegisterStart {
    let profile: StationProfile
    let variant: String?
    let behaviour: StationBehaviour
    let phaseCount: Int
    let maximumAmperes: Double
    private(set) var contents: [[UInt16]?] = []
    private(set) var states: [ChargePointState: ConditionSolver.Contents] = [:]

    /// - Parameters:
    ///   - edition: of the behaviour, or the name of a variant of the profile; nil: the first.
    ///   - serialNumber: what it says of itself.
    /// - Throws: `TwinError.profile` for a profile whose conditions contradict each other, or an unknown edition.
    init(
        _ base: StationProfile, _ behaviour: StationBehaviour, edition name: String?, serialNumber: String,
        phaseCount: Int, maximumAmperes: Double
    ) throws(TwinError) {
        let isVariant = name.map { base.variantNames.contains($0) } ?? false
        guard let edition = behaviour.edition(isVariant ? nil : name) else {
            let known = behaviour.editions.map(\.name) + base.variantNames
            throw .profile(
                base.identifier, problem: "no firmware or variant is called '\(name ?? "")'",
                remedy: known.isEmpty ? "remove it" : "use one of \(known.joined(separator: ", "))")
        }
        self.behaviour = behaviour
        self.phaseCount = phaseCount
        self.maximumAmperes = maximumAmperes
        var content = behaviour.values.merging(edition.values) { $1 }
        var variants: [StationProfile.Variant?] = [nil] + base.variants
        if isVariant {
            variants = base.variants.filter { $0.name == name }
            content = behaviour.values
        }
        for candidate in variants {
            let profile = candidate?.profile ?? base
            var start = FirstContents(profile, behaviour, phaseCount: phaseCount, maximumAmperes: maximumAmperes)
            start.setFactoryValues(edition, serialNumber: serialNumber)
            try start.settle(content, absent: isVariant ? [] : edition.absent)
            guard start.recognise(base, as: candidate) else { continue }
            self.profile = profile
            variant = candidate?.name
            contents = start.contents
            states = try start.statesByRules()
            return
        }
        throw .profile(
            base.identifier, problem: "its probe, model and variants cannot all hold at a time",
            remedy: "correct them, or choose another firmware")
    }
}
