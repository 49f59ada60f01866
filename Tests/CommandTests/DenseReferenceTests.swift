import TestSupport
import Testing

struct DenseReferenceTests {
    @Test("the independent reference itself is exact to 1e-5 on signals with known truth", arguments: [1200.0, 5760])
    func denseReferenceIsExact(rateHz: Double) {
        let orders = rateHz > 2000 ? [3, 5, 11, 25] : [3, 5, 7]
        let voltage = TestSignal(
            frequencyHz: 49.83, rms: 230, phaseDegrees: 20, dc: 3, harmonics: orders.map { .init($0, 0.1 / Double($0)) }
        )
        let current = TestSignal(
            frequencyHz: 49.83, rms: 10, phaseDegrees: -10, dc: -1,
            harmonics: orders.map { .init($0, 0.5 / Double($0), 30) })
        let times = (0..<Int(rateHz)).map { Double($0) / rateHz }
        let dense = DenseReference(voltage: times.map(voltage.value), current: times.map(current.value))
        let frames = 10 * rateHz / 49.83
        for first in [100.37, 250.9, 401] {
            let found = dense.values(from: first, frames: frames)
            #expect(abs(found.u / voltage.rms - 1) < 1e-5)
            #expect(abs(found.i / current.rms - 1) < 1e-5)
            #expect(abs(found.p - voltage.activePower(with: current)) < 1e-5 * voltage.rms * current.rms)
            #expect(abs(found.uDC - 3) < 1e-5 * 230 && abs(found.iDC + 1) < 1e-5 * 10)
        }
    }
}
