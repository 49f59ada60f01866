import StrictYAML

/// Variants are merged into the text of the profile and read as whole profiles: what is wrong with one is found here,
/// not at the station.
extension StationProfile {
    /// What is decided before a variant can be known.
    private static let settledBefore = ["profile", "variants", "probe"]

    mutating func readVariants(_ root: YAMLNode) throws(YAMLError) {
        guard let list = try root.fields(ProfileKeys.top)["variants"] else { return }
        let table = try RegisterTable(
            root.fields(ProfileKeys.top).required("registers"),
            defaults: root.fields(ProfileKeys.top).required("connection").fields(ProfileKeys.connection))
        let elements = try list.list()
        guard !elements.isEmpty else { throw list.error("no variant", "write '- {name: …, when: …, changes: …}'") }
        for element in elements {
            let fields = try element.fields(ProfileKeys.variant)
            let name = try fields.required("name").string()
            if variantNames.contains(name) {
                throw element.error("two variants are called '\(name)'", "give each its own name")
            }
            let conditions = try Condition.all(fields.required("when"), table, of: element)
            let changes = try fields.required("changes")
            for (key, entry) in try changes.entries() where Self.settledBefore.contains(key) {
                throw entry.error("'\(key)' cannot differ in a variant", "remove it here")
            }
            let merged: StationProfile
            do throws(YAMLError) {
                merged = try StationProfile(root.merging(changes, replacing: ProfileKeys.replaced))
            } catch {
                var error = error
                error.problem = "in variant '\(name)': \(error.problem)"
                throw error
            }
            try checkVariant(merged, named: name, changes)
            variants.append(Variant(name: name, conditions: conditions, profile: merged))
        }
    }

    /// What the rest of the device was told of the station holds for all its variants.
    private func checkVariant(
        _ variant: StationProfile, named name: String, _ changes: YAMLNode
    ) throws(YAMLError) {
        func differs(_ what: String) -> YAMLError {
            changes.error(
                "variant '\(name)' changes \(what), which is settled before the variant is known",
                "remove it from changes, or write a profile of its own")
        }
        guard variant.limitStepAmperes == limitStepAmperes, variant.minimumAmperes == minimumAmperes,
            variant.largestAmperes == largestAmperes
        else { throw differs("step, minimum or largest limit") }
        guard variant.link == link, variant.defaultPort == defaultPort, variant.connectors == connectors,
            variant.defaultUnitIdentifier == defaultUnitIdentifier
        else { throw differs("the connection's transport, port, unit or pace") }
        guard variant.fixedFailSafeAmperes == fixedFailSafeAmperes,
            variant.fixedFailSafeAfterSeconds == fixedFailSafeAfterSeconds
        else { throw differs("the fixed fail-safe") }
        guard variant.identityCheck == identityCheck else { throw differs("the identity check") }
    }
}
