import Allocation
import Testing

/// The utility's signal: its inputs, and the evidence of what it cost.
struct SignalTests {
    private func now(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000).advanced(bySeconds: seconds)
    }

    struct Wiring: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let table: InputTable
        let meanings: [InputMeaning]
    }

    @Test(arguments: [
        Wiring(testDescription: "make contact", table: .makeContact(.reduced), meanings: [.normal, .reduced]),
        Wiring(testDescription: "break contact", table: .breakContact(.locked), meanings: [.locked, .normal]),
        Wiring(
            testDescription: "reduce and lock", table: .reduceAndLock, meanings: [.normal, .reduced, .locked, .locked]),
        Wiring(
            testDescription: "complementary", table: .complementary(.reduced),
            meanings: [.fault, .reduced, .normal, .fault]),
        Wiring(testDescription: "SG-Ready", table: .sgReady, meanings: [.normal, .locked, .normal, .normal]),
    ])
    func aPresetMeansWhatItsWiringSays(_ wiring: Wiring) {
        for (pattern, meaning) in wiring.meanings.enumerated() {
            var inputs = SignalInputs(
                table: wiring.table, reducedLimit: .amperes(.init(10)), safeMeaning: .locked, lastKnown: .normal)
            inputs.take(UInt8(pattern), now: now(0))
            inputs.take(UInt8(pattern), now: now(1))
            #expect(inputs.meaning == meaning)
            switch meaning {
            case .normal: #expect(inputs.limit == nil)
            case .reduced: #expect(inputs.limit == OutsideLimit(.amperes(.init(10))))
            case .locked, .fault: #expect(inputs.limit == OutsideLimit(.locked))
            }
            #expect(inputs.isFault == (meaning == .fault))
        }
    }

    @Test func aChatteringInputChangesNothingAndAnUnreadableOneIsAFault() {
        var inputs = SignalInputs(table: .makeContact(.locked), reducedLimit: .locked, lastKnown: .normal)
        for step in 0..<2000 { inputs.take(UInt8(step % 2), now: now(Double(step) / 1000)) }
        #expect(inputs.meaning == .normal)
        inputs.take(1, now: now(2))
        inputs.take(1, now: now(2.49))
        #expect(inputs.meaning == .normal)
        inputs.take(1, now: now(2.5))
        #expect(inputs.meaning == .locked)
        inputs.take(nil, now: now(3))
        #expect(inputs.isFault)
    }

    @Test func inputsThatNeverStandStillAreAFault() {
        var inputs = SignalInputs(
            table: .makeContact(.locked), reducedLimit: .locked, safeMeaning: .locked, lastKnown: .normal)
        for step in 0..<59 { inputs.take(UInt8(step % 2), now: now(Double(step) / 10)) }
        #expect(!inputs.isFault)
        for step in 59..<80 { inputs.take(UInt8(step % 2), now: now(Double(step) / 10)) }
        #expect(inputs.isFault && inputs.limit == OutsideLimit(.locked))
        for step in 80..<90 { inputs.take(0, now: now(Double(step) / 10)) }
        #expect(inputs.meaning == .normal)
    }

    private func report(_ amperes: Double, _ time: MonotonicTime) -> [StationReport] {
        [
            StationReport(
                status: .charging, isAnswering: true, lastContact: time, acceptedAmperes: amperes,
                drawnAmperes: .init(amperes), drawnTime: time)
        ]
    }

    @Test func withoutAMeasurementTheUtilitysLockAndTheOwnersLimitHold() {
        var rating = StationRating(maximumAmperes: 16)
        rating.failSafeAmperes = 10
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero), stations: [rating])
        play(&allocator, 0..<30)
        _ = allocator.expire(now: now(40), reports: report(16, now(40)).span)
        #expect(allocator[0].amperes == 10)
        allocator[ownerLimit: 0] = OutsideLimit(.amperes(.init(7)))
        _ = allocator.expire(now: now(41), reports: report(10, now(41)).span)
        #expect(allocator[0].amperes == 7)
        allocator[signal: .digitalInput] = OutsideLimit(.locked)
        _ = allocator.expire(now: now(42), reports: report(7, now(42)).span)
        #expect(allocator[0].amperes == 0 && allocator.signalMode == .locked)
    }

    @Test func secondsThatCannotBeUsedHoldUpNoSignal() {
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero),
            stations: [StationRating(maximumAmperes: 16)])
        play(&allocator, 0..<30)
        allocator[signal: .digitalInput] = OutsideLimit(.locked)
        let flagged = SupplyReading(amperes: .init(16), time: now(30), isUsable: false)
        _ = allocator.allocate(flagged, reports: report(16, now(30)).span, now: now(30))
        #expect(allocator[0].amperes == 0 && !allocator.alarm.contains(.noMeasurement))
    }

    /// What it is told while it is asked for a step to `amperes`, by time; the step is to end by itself at 42 s.
    private func limits(testedAt amperes: Double, _ policy: AllocationPolicy) -> [Int: StationLimit] {
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero),
            stations: [StationRating(maximumAmperes: 16)], policy: policy)
        var told: [Int: StationLimit] = [:]
        play(&allocator, 0..<30)
        allocator[phaseTest: 0] = OutsideLimit(.amperes(.init(amperes)), expires: now(42))
        for second in 30..<70 {
            play(&allocator, second..<second + 1)
            told[second] = allocator[0]
        }
        return told
    }

    @Test func aPhaseTestIsASmallStepDownThatEndsByItself() {
        let told = limits(testedAt: 14, AllocationPolicy())
        #expect(told[30]?.amperes == 14 && told[30]?.reason == .phaseTest)
        #expect(told[41]?.amperes == 14 && told[41]?.reason == .phaseTest)
        #expect(told[42]?.reason == .waitingForRoomToLast)
        #expect(told[60]?.amperes == 16 && told[60]?.reason == .stationMaximum)
    }

    @Test func aPhaseTestStopsNoCarAndRaisesNone() {
        #expect(limits(testedAt: 0, AllocationPolicy()).values.allSatisfy { $0.amperes >= 6 })
        #expect(limits(testedAt: 32, AllocationPolicy()).values.allSatisfy { $0.amperes == 16 })
        #expect(limits(testedAt: .nan, AllocationPolicy()).values.allSatisfy { $0.amperes >= 6 })
    }

    @Test func withoutPhaseTestsNoneIsMade() {
        #expect(limits(testedAt: 14, AllocationPolicy(testsPhases: false)).values.allSatisfy { $0.amperes == 16 })
    }

    @Test func aLimitThatHasEndedIsNotTakenForADecision() {
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero),
            stations: [StationRating(maximumAmperes: 16)])
        play(&allocator, 0..<30)
        allocator[signal: .localControl] = OutsideLimit(.minimumEach, expires: now(10))
        play(&allocator, 30..<31)
        #expect(allocator[0].amperes == 16)
    }

    @Test func whatFlowsBackWarmsTheFuseToo() {
        var limits = SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero)
        limits.device = ProtectiveDevice(.fuseGG, ratedAmperes: 40)
        var allocator = Allocator(limits: limits, stations: [StationRating(maximumAmperes: 16)])
        for second in 0..<300 {
            let reading = SupplyReading(
                amperes: .zero, time: now(Double(second)), volts: PerPhaseVolts(230, 230, 230),
                flowingAmperes: .init(39))
            _ = allocator.allocate(reading, reports: report(0, now(Double(second))).span, now: now(Double(second)))
        }
        #expect(allocator.fuseUsedShare.l1 > 0.3, "\(allocator.fuseUsedShare)")
    }

    /// Plays seconds with one car that takes all it may.
    private func play(_ allocator: inout Allocator, _ seconds: Range<Int>) {
        for second in seconds {
            let time = now(Double(second))
            let amperes = allocator[0].amperes
            let reports = [
                StationReport(
                    status: .charging, isAnswering: true, lastContact: time, acceptedAmperes: amperes,
                    drawnAmperes: .init(amperes), drawnTime: time)
            ]
            let reading = SupplyReading(amperes: .init(amperes), time: time, volts: PerPhaseVolts(230, 230, 230))
            _ = allocator.allocate(reading, reports: reports.span, now: time)
        }
    }

    @Test func anInterventionTellsWhenHowAndWhatItWithheld() throws {
        var policy = AllocationPolicy()
        policy.releaseDelaySeconds = 0
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero),
            stations: [StationRating(maximumAmperes: 16)], policy: policy)
        play(&allocator, 0..<30)
        #expect(allocator[0].amperes == 16 && allocator.intervention == nil)
        allocator[signal: .digitalInput] = OutsideLimit(.amperes(.init(10)))
        play(&allocator, 30..<631)
        #expect(allocator.intervention?.mode == .reduced)
        allocator[signal: .digitalInput] = nil
        play(&allocator, 631..<640)
        let last = allocator.lastIntervention
        let ended = try #require(last)
        #expect(allocator.endedInterventionCount == 1 && allocator.intervention == nil)
        #expect(ended.start == now(30) && ended.end == now(631) && ended.limit == .amperes(.init(10)))
        // 6 A × 3 × 230 V for 600 s.
        #expect(abs(ended.withheldWattHours - 6 * 690 * 600 / 3600) < 0.01 * 690, "\(ended.withheldWattHours)")
    }

    @Test(arguments: UInt64(1)...20)
    func theReleaseComesAfterARandomTimeAndByARamp(seed: UInt64) {
        var policy = AllocationPolicy()
        policy.raiseAfterSeconds = 0
        policy.minimumOffSeconds = 0
        policy.releaseSeed = seed
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(60), marginAmperes: .zero),
            stations: [StationRating(maximumAmperes: 32)], policy: policy)
        play(&allocator, 0..<10)
        allocator[signal: .utilityNetwork] = OutsideLimit(.locked, expires: now(20))
        play(&allocator, 10..<20)
        #expect(allocator[0].amperes == 0 && allocator.signalMode == .locked)
        var startedAt: Int?
        for second in 20..<600 {
            play(&allocator, second..<second + 1)
            if startedAt == nil, allocator[0].amperes > 0 { startedAt = second }
            // 6 A a minute after at least no time.
            #expect(allocator[0].amperes <= max(6, Double(second - 19) * 0.1), "seed \(seed), second \(second)")
        }
        #expect(allocator[0].amperes == 32)
        let start = startedAt ?? 0
        #expect((20 + 60)...(20 + 120 + 62) ~= start, "seed \(seed): \(start)")
    }
}
