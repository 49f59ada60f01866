import Foundation
import MeterDSP
import Testing
import Wiring

/// How many random sites each test tries; more with `HEADROOM_WIRING_SITES`.
let siteCount = Int(ProcessInfo.processInfo.environment["HEADROOM_WIRING_SITES"] ?? "") ?? 44

extension SensorCheck {
    /// A check that has listened to `site` for so long.
    static func after(
        seconds: Double, of site: inout RandomSite, _ mapping: SensorMapping = .correct, gains: SIMD3<Double> = .one
    ) -> SensorCheck {
        var check = SensorCheck(.init(nominalVolts: 230, mayFeedIn: site.mayFeedIn))
        for _ in 0..<Int(seconds * 5) { check.add(site.reading(mapping, gains: gains)) }
        return check
    }
}

extension SensorMapping: CustomTestStringConvertible {
    /// All 48.
    static let all: [SensorMapping] = (0..<6).flatMap { permutation in
        let lines = [SIMD3(0, 1, 2), SIMD3(0, 2, 1), SIMD3(1, 0, 2), SIMD3(2, 1, 0), SIMD3(1, 2, 0), SIMD3(2, 0, 1)]
        return (0..<8).compactMap {
            SensorMapping(lines: lines[permutation], reversed: SIMD3($0 & 1, $0 >> 1 & 1, $0 >> 2 & 1))
        }
    }

    public var testDescription: String {
        (0..<3).map { (isReversed($0) ? "-" : "") + "L\(line(ofSensor: $0) + 1)" }.joined(separator: " ")
    }
}

struct SensorCheckTests {
    /// The whole session's worth: every few seconds nothing may have been claimed.
    @Test func `a correct site is never accused`() {
        var accused: [String] = []
        var known = 0
        for seed in 0..<UInt64(siteCount) {
            var site = RandomSite(seed: seed)
            var check = SensorCheck(.init(nominalVolts: 230, mayFeedIn: site.mayFeedIn))
            var findings: [SensorFinding] = []
            for index in 0..<4500 {
                check.add(site.reading())
                if index % 50 == 0, findings.isEmpty { findings = check.findings() }
            }
            if check.mapping.isKnown { known += 1 }
            if let finding = findings.first { accused.append("seed \(seed) \(site.kind): \(finding)") }
        }
        print("wiring: \(accused.count) of \(siteCount) correct sites accused within 15 min, \(known) found correct")
        #expect(accused.isEmpty, "\(accused.joined(separator: "\n"))")
    }

    @Test func `miswired sensors are found, and nothing else is claimed`() {
        var found = 0
        var tried = 0
        var wrong: [String] = []
        for seed in 0..<UInt64(siteCount) {
            var random = SeededGenerator(seed: seed)
            let mapping = random.pick(SensorMapping.all)
            guard mapping != .correct else { continue }
            var site = RandomSite(seed: seed, kind: random.pick([.household, .heatPump, .charging]), mayFeedIn: false)
            let check = SensorCheck.after(seconds: 900, of: &site, mapping)
            tried += 1
            let verdict = check.mapping
            if verdict.isKnown, verdict.mapping == mapping {
                found += 1
            } else if verdict.isKnown {
                wrong.append(
                    "seed \(seed) \(site.kind): \(mapping.testDescription) taken for \(verdict.mapping.testDescription)"
                )
            }
        }
        print("wiring: \(found) of \(tried) miswirings found within 15 min, \(wrong.count) wrong")
        // One in two thousand was taken for another miswiring.
        #expect(wrong.count <= tried / 500, "\(wrong.joined(separator: "\n"))")
        #expect(found * 10 > tried * 6)
    }
}
