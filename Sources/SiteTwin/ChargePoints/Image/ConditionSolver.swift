import Stations

/// Turns conditions round: finds contents of registers for which they hold. Small and exhaustive: a rule has a few
/// registers, and only values that some condition names can make a difference.
struct ConditionSolver {
    typealias RegisterIndex = StationProfile.RegisterIndex

    /// What a register holds; nil: the station does not have it.
    typealias Contents = [RegisterIndex: [UInt16]?]

    let registers: [StationProfile.Register]
    /// What stands already, for all registers.
    let present: Contents
    /// What may not be changed.
    let settled: Set<RegisterIndex>

    /// - Parameters:
    ///   - wanted: all hold.
    ///   - unwanted: of each list not all hold.
    ///   - free: what may be changed besides the registers of `wanted`.
    /// - Returns: contents of the registers concerned, as few changed as the order of candidates gives; nil: none.
    func solve(wanted: [Condition], unwanted: [[Condition]], free: Set<RegisterIndex> = []) -> Contents? {
        var concerned = Set(wanted.map(\.register)).union(free)
        concerned.formUnion(unwanted.flatMap { $0 }.map(\.register))
        let order = concerned.sorted()
        let all = wanted + unwanted.flatMap { $0 }
        var candidates: [[[UInt16]?]] = []
        for index in order {
            let needs = wanted.filter { $0.register == index }
            let possible = self.candidates(index, all.filter { $0.register == index }).filter { content in
                needs.allSatisfy { holds($0, content) }
            }
            guard !possible.isEmpty else { return nil }
            candidates.append(possible)
        }
        var chosen: Contents = [:]
        return search(order, candidates, 0, &chosen, unwanted) ? chosen : nil
    }

    private func search(
        _ order: [RegisterIndex], _ candidates: [[[UInt16]?]], _ place: Int, _ chosen: inout Contents,
        _ unwanted: [[Condition]]
    ) -> Bool {
        guard place < order.count else {
            return !unwanted.contains { list in
                list.allSatisfy { holds($0, chosen[$0.register] ?? present[$0.register] ?? nil) }
            }
        }
        for content in candidates[place] {
            chosen.updateValue(content, forKey: order[place])
            if search(order, candidates, place + 1, &chosen, unwanted) { return true }
        }
        return false
    }

    func holds(_ condition: Condition, _ content: [UInt16]?) -> Bool {
        let answer: Condition.Answer = content.map { .words($0[...]) } ?? .refused
        return condition.holds(answer, as: registers[condition.register].format)
    }

    /// What stands, then what the conditions name.
    private func candidates(_ index: RegisterIndex, _ conditions: [Condition]) -> [[UInt16]?] {
        let now = present[index] ?? nil
        guard !settled.contains(index) else { return [now] }
        let format = registers[index].format
        var found: [[UInt16]?] = [now]
        func add(_ content: RegisterContent) {
            if let words = format.words(content), !found.contains(words) { found.append(words) }
        }
        for condition in conditions {
            switch condition.test {
            case .oneOf(let values): values.forEach { add(.integer($0)) }
            case .noneOf(let values):
                values.forEach {
                    add(.integer($0)); add(.integer($0 + 1))
                }
            case .within(let range):
                for bound in [range.lowerBound, range.upperBound] where bound != .min && bound != .max {
                    add(.integer(bound))
                    add(.integer(bound &+ 1))
                    if bound > 0 { add(.integer(bound - 1)) }
                }
            case .anyBit(let mask): add(.integer(mask))
            case .isText(let texts): texts.forEach { add(.text($0)) }
            case .matches(let patterns):
                for pattern in patterns {
                    add(.text(String(pattern.description.map { $0 == "*" ? "1" : $0 })))
                    add(.text(String(pattern.description.filter { $0 != "*" })))
                }
            case .versionAtLeast(let version), .versionBelow(let version):
                add(.text(version.text))
                add(.text("0.1"))
            case .answers: found.append(nil)
            }
        }
        add(.integer(0))
        return found
    }
}
