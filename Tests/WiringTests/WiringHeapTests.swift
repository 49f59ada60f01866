import MallocCounter
import Testing
import Wiring

/// Whether this build is optimised, as `make test` is.
private let isOptimised = {
    var isDebug = false
    assert(
        {
            isDebug = true; return true
        }())
    return !isDebug
}()

@Suite(
    .enabled(if: malloc_counter_is_counting(), "a sanitizer has a heap of its own"),
    .enabled(if: isOptimised, "without optimisation every iterator is on the heap: swift test -c release"))
struct WiringHeapTests {
    private func heapCalls(_ body: () -> Void) -> UInt64 {
        let before = malloc_counter_allocations() + malloc_counter_frees()
        body()
        return malloc_counter_allocations() + malloc_counter_frees() - before
    }

    @Test func `checking sensors needs no heap`() {
        var site = RandomSite(seed: 5, kind: .charging)
        let readings = (0..<1000).map { _ in site.reading() }
        var check = SensorCheck(.init(nominalVolts: 230, mayFeedIn: false))
        for reading in readings.prefix(10) { check.add(reading) }
        #expect(heapCalls { for reading in readings { check.add(reading) } } == 0)
        #expect(check.mapping.confidence > 0)
    }

    @Test func `finding stations' lines needs no heap`() {
        var site = StationSite(seed: 3, stationCount: 4)
        let readings = (0..<1500).map { _ in site.advance() }
        var finder = StationPhaseFinder(stationCount: 4)
        func run(from start: Double) {
            for (index, reading) in readings.enumerated() {
                let seconds = start + Double(index) * 0.2
                finder.add(activeAmperes: reading, at: seconds)
                if index % 150 == 100 {
                    for station in 0..<3 {
                        finder.noteStep(station: station, amperes: -2 - Double(station), at: seconds)
                    }
                }
            }
        }
        run(from: 0)
        #expect(heapCalls { run(from: 1000) } == 0)
        #expect(finder.measuredCount > 0)
    }
}
