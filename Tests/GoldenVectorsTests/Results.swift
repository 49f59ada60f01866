import GoldenVectors
import MeterDSP

/// The results of a golden vector, read back from its lines.
struct Results: GoldenBench {
    /// By kind, index and field, for example `window.3.voltageRMS`: the numbers' bits, nil for a line that says nil.
    private(set) var values: [String: [UInt64?]] = [:]
    private var line = ""

    init(_ vector: GoldenVector) throws(MeterConfiguration.Failure) {
        try vector.run(on: &self)
    }

    mutating func write(_ character: UInt8) {
        guard character == UInt8(ascii: "\n") else {
            line.unicodeScalars.append(Unicode.Scalar(character))
            return
        }
        let sides = line.split(separator: "=")
        let name = sides[0].split(separator: ".").dropFirst().joined(separator: ".")
        values[name] = sides[1].split(separator: ",").map { UInt64($0, radix: 16) }
        line = ""
    }
    mutating func meterBegins(_ step: GoldenStep) {}
    mutating func meterEnds(_ step: GoldenStep) {}
    mutating func blockEnds() {}

    var windows: Int { count("window") }
    var halfCycles: Int { count("halfCycle") }

    private func count(_ kind: String) -> Int {
        values.keys.count { $0.hasPrefix("\(kind).") && $0.hasSuffix(".flags") }
    }

    /// One number of one reading; no number where the reading has none.
    func value(_ kind: String, _ index: Int, _ field: String, _ lane: Int) -> Double {
        guard let lanes = values["\(kind).\(index).\(field)"], lane < lanes.count, let bits = lanes[lane] else {
            return .nan
        }
        return Double(bitPattern: bits)
    }

    func flags(_ kind: String, _ index: Int) -> ReadingFlags {
        guard let bits = values["\(kind).\(index).flags"]?.first ?? nil else { return [] }
        return ReadingFlags(rawValue: UInt32(truncatingIfNeeded: bits))
    }

    /// The fields that a kind of reading has among the results.
    func fields(of kind: String) -> Set<String> {
        Set(
            values.keys.filter { $0.hasPrefix("\(kind).") }.compactMap {
                $0.split(separator: ".").last.map(String.init)
            })
    }
}
