import ArgumentParser
import SiteTwin

/// How the three taps or sensors of the twin's meter are connected: `L2,-L1,open` for one on L2, one on L1 the wrong way
/// round, and one that is open. `L3*0.4`: not shut, it reads 40 %.
struct TwinInputs: ExpressibleByArgument {
    var inputs: [TwinInput]

    static let help = "one of L1, L2, L3 for each; -L1: reversed; open; L1*0.4: reads 40 %"

    init(inputs: [TwinInput]) { self.inputs = inputs }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var inputs: [TwinInput] = []
        for (place, part) in parts.enumerated() {
            guard let input = Self.input(part, at: place) else { return nil }
            inputs.append(input)
        }
        self.inputs = inputs
    }

    private static func input(_ text: Substring, at place: Int) -> TwinInput? {
        if text.lowercased() == "open" { return TwinInput(line: place, gain: 0) }
        var rest = text
        var gain = 1.0
        if rest.first == "-" {
            gain = -1
            rest = rest.dropFirst()
        }
        let factors = rest.split(separator: "*", omittingEmptySubsequences: false)
        guard let name = factors.first, let line = ["l1", "l2", "l3"].firstIndex(of: name.lowercased()) else {
            return nil
        }
        if factors.count > 1 {
            guard factors.count == 2, let factor = Double(factors[1]), (0...1).contains(factor) else { return nil }
            gain *= factor
        }
        return TwinInput(line: line, gain: gain)
    }

    var defaultValueDescription: String { "L1,L2,L3" }
}
