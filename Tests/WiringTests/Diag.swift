import Testing
@testable import Wiring
struct Diag {
    @Test func dump() {
        var shown = 0
        for seed in 0..<UInt64(300) where shown < 4 {
            var site = StationSite(seed: seed, stationCount: 1)
            var finder = StationPhaseFinder(stationCount: 1)
            var random = SeededGenerator(seed: seed &+ 1_000_000)
            var next = 45.0
            var log: [String] = []
            var wrong = false
            var lastCount = 0
            while site.seconds < 1800, !wrong {
                finder.add(activeAmperes: site.advance(), at: site.seconds)
                if finder.measuredCount != lastCount {
                    lastCount = finder.measuredCount
                    let b = finder.history.stretch(from: site.seconds - 11.6, to: site.seconds - 9.7)!
                    let a = finder.history.stretch(from: site.seconds - 2, to: site.seconds)!
                    log.append("t \(Int(site.seconds)) D \(r(a.mean - b.mean)) -> \(finder[0].lines.rawValue) \(finder[0].confidence) noise \(r(finder.noise.scaleAmperes)) c \(finder.noise.commonAmperes) q \(r(finder.noise.jumpShare))")
                }
                if finder[0].isKnown, finder[0].lines.rawValue != site.stations[0].set { wrong = true }
                guard site.seconds >= next else { continue }
                next = site.seconds + random.uniform(12...60)
                _ = random.next()
                let change = random.pick([-4.0, -3, -2, -1, 1, 2, 3, 4])
                let before = site.stations[0].limit
                let after = Swift.min(32, Swift.max(6, before + change))
                guard after != before else { continue }
                site.tell(0, limit: after)
                finder.noteStep(station: 0, amperes: after - before, at: site.seconds)
                log.append("  x \(after - before) to \(after)")
            }
            if wrong { shown += 1; print("SEED \(seed) true \(site.stations[0].set) max \(site.stations[0].carMaximum)"); log.suffix(40).forEach { print($0) } }
        }
    }
    func r(_ v: SIMD3<Double>) -> String { "\((v[0]*100).rounded()/100) \((v[1]*100).rounded()/100) \((v[2]*100).rounded()/100)" }
}
