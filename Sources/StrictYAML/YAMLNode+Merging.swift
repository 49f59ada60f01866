import Yams

extension YAMLNode {
    /// This text with `changes` laid over it: mappings are merged key by key, all else is replaced, `key: null` takes
    /// the key away. What is changed keeps its own line for error messages.
    ///
    /// - Parameter replaced: by the name of a section of the text, the keys that it loses where `changes` names
    ///   another there, because they cannot stand together.
    public func merging(_ changes: YAMLNode, replacing replaced: [String: [String: [String]]] = [:]) -> YAMLNode {
        let merged = Self.merge(node, changes.node, replacedIn: { replaced[$0] ?? [:] })
        return YAMLNode(node: merged, path: path, file: file, keyLine: keyLine)
    }

    /// - Parameter replacedIn: the keys that a section loses, by the key of the section and the key named.
    private static func merge(
        _ base: Node, _ changes: Node, _ replaced: [String: [String]] = [:],
        replacedIn: (String) -> [String: [String]] = { _ in [:] }
    ) -> Node {
        guard case .mapping(let old) = base, case .mapping(let new) = changes else { return changes }
        let lost = Set(new.keys.compactMap { $0.scalar?.string }.flatMap { replaced[$0] ?? [] })
        var pairs = old.map { (key: $0.key, value: $0.value) }.filter { !lost.contains($0.key.scalar?.string ?? "") }
        for (key, value) in new {
            let name = key.scalar?.string ?? ""
            let place = pairs.firstIndex { $0.key.scalar?.string == name }
            if isNull(value) {
                if let place { pairs.remove(at: place) }
            } else if let place {
                pairs[place] = (key, merge(pairs[place].value, value, replacedIn(name)))
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
