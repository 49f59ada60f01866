import Yams

extension YAMLNode {
    /// This text with `changes` laid over it: mappings are merged key by key, all else is replaced, `key: null` takes
    /// the key away. What is changed keeps its own line for error messages.
    ///
    /// - Parameter alternatives: groups of keys of which a mapping holds one: a change that names one takes the others
    ///   of its group away.
    public func merging(_ changes: YAMLNode, alternatives: [[String]] = []) -> YAMLNode {
        YAMLNode(node: Self.merge(node, changes.node, alternatives), path: path, file: file, keyLine: keyLine)
    }

    private static func merge(_ base: Node, _ changes: Node, _ alternatives: [[String]]) -> Node {
        guard case .mapping(let old) = base, case .mapping(let new) = changes else { return changes }
        var pairs = old.map { (key: $0.key, value: $0.value) }
        for (key, value) in new {
            let name = key.scalar?.string
            let rivals = alternatives.first { group in name.map { group.contains($0) } ?? false } ?? []
            pairs.removeAll { pair in
                pair.key.scalar.map { $0.string != name && rivals.contains($0.string) } ?? false
            }
            let place = pairs.firstIndex { $0.key.scalar?.string == name && name != nil }
            if isNull(value) {
                if let place { pairs.remove(at: place) }
            } else if let place {
                pairs[place] = (key, merge(pairs[place].value, value, alternatives))
            } else {
                pairs.append((key, value))
            }
        }
        return .mapping(Node.Mapping(pairs.map { ($0.key, $0.value) }, old.tag, old.style, old.mark))
    }

    private static func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["null", "~"].contains(scalar.string)
    }
}
