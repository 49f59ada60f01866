import Allocation
import StrictYAML

/// The tree of limits behind the main fuse.
extension SiteSettings {
    static func groups(_ node: YAMLNode?) throws(YAMLError) -> [SiteGroup] {
        guard let node else { return [] }
        var groups: [SiteGroup] = []
        for entry in try node.list() {
            let group = try Self.group(entry, behind: groups)
            if groups.contains(where: { $0.name == group.name }) {
                throw entry.error("two groups are called '\(group.name)'", "give each its own name")
            }
            groups.append(group)
        }
        return groups
    }

    /// - Parameter before: those that stand above it, so that no circle can be written.
    private static func group(_ node: YAMLNode, behind before: [SiteGroup]) throws(YAMLError) -> SiteGroup {
        let fields = try node.fields(["name", "behind", "limit-a", "margin-a", "limit-kw"])
        let name = try fields.required("name").string()
        guard fields["limit-a"] != nil || fields["limit-kw"] != nil else {
            throw node.error("neither limit-a nor limit-kw", "add what its cable or fuse bears")
        }
        let limit = try fields["limit-a"].map { node throws(YAMLError) in try perPhase(node, 1...6300) }
        let margin = try fields["margin-a"].map { node throws(YAMLError) in try perPhase(node, 0...6300) } ?? .zero
        if let entry = fields["margin-a"] {
            guard let limit else { throw entry.error("a margin without limit-a", "add limit-a, or remove it") }
            try requireMargin(margin, below: limit, of: "limit of the group", entry)
        }
        let parent = try place(fields["behind"], in: before, what: "group that stands above this one")
        var above = 0
        var next = parent
        while let index = next {
            above += 1
            next = before[index].node.parent
        }
        guard above < LimitNode.deepest else {
            throw node.error("it stands behind \(above) others", "nest at most \(LimitNode.deepest) groups")
        }
        return SiteGroup(
            name: name,
            node: LimitNode(
                parent: parent,
                limitAmperes: limit ?? PerPhaseAmperes(.infinity), marginAmperes: margin,
                limitWatts: try watts(fields["limit-kw"])))
    }

    /// The index of the group that `node` names; nil without one: the main fuse.
    static func place(_ node: YAMLNode?, in groups: [SiteGroup], what: String) throws(YAMLError) -> Int? {
        guard let node else { return nil }
        return try node.choice(groups.enumerated().map { ($1.name, $0) }, what: what)
    }

    /// From kilowatt.
    static func watts(_ node: YAMLNode?) throws(YAMLError) -> Double? {
        try node.map { node throws(YAMLError) in try node.number(0.1...1_000_000) * 1000 }
    }

    /// The groups as YAML, which `parse` reads back to the same values.
    var groupLines: [String] {
        var lines = [
            "# Sub-distributions, cables and other places behind the main fuse that bear only so much. Stations name theirs",
            "# with `group`. Nothing but stations is taken to be behind them. Of each: name, behind (the name of one above),",
            "# limit-a and margin-a (one number, or one for each line), limit-kw (all lines together).",
        ]
        guard !groups.isEmpty else { return lines + ["groups: []", ""] }
        lines.append("groups:")
        for group in groups {
            lines.append("  - name: \(quoted(group.name))")
            if let parent = group.node.parent, groups.indices.contains(parent) {
                lines.append("    behind: \(quoted(groups[parent].name))")
            }
            if group.node.limitAmperes.maximum < .infinity {
                lines.append("    limit-a: \(list(group.node.limitAmperes))")
                lines.append("    margin-a: \(list(group.node.marginAmperes))")
            }
            if let watts = group.node.limitWatts { lines.append("    limit-kw: \(kilo(watts))") }
        }
        return lines + [""]
    }
}

/// Throws where a margin leaves nothing on some line.
func requireMargin(
    _ margin: PerPhaseAmperes, below limit: PerPhaseAmperes, of what: String, _ node: YAMLNode
) throws(YAMLError) {
    for phase in Phase.allCases where margin[phase] >= limit[phase] {
        throw node.error(
            "the margin of \(amperes(margin[phase])) on \(phase.name) leaves nothing of the \(what) of "
                + amperes(limit[phase]), "use a margin below the \(what), for example a tenth of it")
    }
}
