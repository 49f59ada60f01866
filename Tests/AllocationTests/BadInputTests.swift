import Allocation
import Testing

struct BadInputTests {
    private static let odd: [Double] = [
        .nan, .signalingNaN, .infinity, -.infinity, -1, -0.0, 1e308, -1e308, .leastNonzeroMagnitude,
        .greatestFiniteMagnitude, 0, 6, 16,
    ]
    private static let oddTimes: [Int64] = [.min, .min + 1, -1, 0, 1, 5_000_000_000, .max - 1, .max]

    /// Settings, readings, reports and times at random from the worst values: nothing traps, and what comes out is
    /// a limit that the station can take.
    @Test(arguments: UInt64(1)...30)
    func noInputWhateverCrashesOrMakesALimitOffTheGrid(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }
        func value() -> Double { Bool.random(using: &random) ? pick(Self.odd) : .random(in: 0...40, using: &random) }
        func time() -> MonotonicTime { MonotonicTime(nanoseconds: pick(Self.oddTimes)) }
        func currents() -> PerPhaseAmperes { PerPhaseAmperes(value(), value(), value()) }
        func rating() -> StationRating {
            StationRating(
                phases: PhaseSet(rawValue: .random(in: 0...255, using: &random)), minimumAmperes: value(),
                maximumAmperes: value(), stepAmperes: value(), failSafeAmperes: pick([nil, value()]),
                failSafeAfterSeconds: value(), isManaged: Bool.random(using: &random))
        }
        func limits() -> SupplyLimits { SupplyLimits(mainAmperes: currents(), marginAmperes: currents()) }
        func policy() -> AllocationPolicy {
            AllocationPolicy(
                raiseAfterSeconds: value(), readingExpiresAfterSeconds: value(), attributionSeconds: value(),
                reportLagSeconds: value(), reactionSeconds: value(), disobedienceAmperes: value())
        }
        var ratings = [rating(), rating(), StationRating(maximumAmperes: 16)]
        var allocator = Allocator(limits: limits(), stations: ratings, policy: pick([policy(), AllocationPolicy()]))
        for step in 0..<400 {
            if step % 50 == 25 {
                ratings = pick([ratings, [StationRating(maximumAmperes: 16), rating()], []])
                allocator.replace(
                    limits: pick([limits(), SupplyLimits(mainAmperes: .init(25), marginAmperes: .zero)]),
                    stations: ratings, policy: pick([policy(), AllocationPolicy()]))
            }
            let reports = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                StationReport(
                    status: pick(StationStatus.allCases), isAnswering: Bool.random(using: &random),
                    lastContact: time(), acceptedAmperes: pick([nil, value()]), inFlightAmperes: pick([nil, value()]),
                    drawnAmperes: currents(), drawnTime: time())
            }
            let reading = SupplyReading(
                amperes: currents(), feedsIn: PhaseSet(rawValue: .random(in: 0...255, using: &random)), time: time(),
                isUsable: Bool.random(using: &random))
            switch Int.random(in: 0..<3, using: &random) {
            case 0: _ = allocator.allocate(reading, reports: reports.span, now: time())
            case 1: _ = allocator.protect(reading, reports: reports.span, now: time())
            default: _ = allocator.expire(now: time(), reports: reports.span)
            }
            for index in ratings.indices {
                let limit = allocator[index].amperes, rating = ratings[index]
                let fits = limit == 0 || limit >= rating.minimumAmperes - 1e-6 && limit <= rating.maximumAmperes + 1e-6
                #expect(fits, "seed \(seed) step \(step): \(limit) for \(rating)")
            }
        }
    }

    @Test(arguments: [Double.nan, .infinity, -1])
    func aReadingThatIsNoCurrentRaisesNobody(value: Double) {
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(25), marginAmperes: .zero),
            stations: [StationRating(maximumAmperes: 16)], policy: AllocationPolicy(readingExpiresAfterSeconds: 60))
        for second in 0..<30 {
            let now = MonotonicTime(nanoseconds: Int64(second) * 1_000_000_000)
            let reports = [
                StationReport(
                    status: .charging, isAnswering: true, lastContact: now, acceptedAmperes: 8, drawnTime: now)
            ]
            let reading = SupplyReading(
                amperes: PerPhaseAmperes(second == 0 ? 0 : value, 0, 0), time: now)
            _ = allocator.allocate(reading, reports: reports.span, now: now)
            #expect(allocator[0].amperes == 8)
        }
    }

    @Test func unusableSettingsGiveNothingAndAnAlarm() {
        var allocator = Allocator(
            limits: SupplyLimits(mainAmperes: .init(25), marginAmperes: .zero),
            stations: [StationRating(maximumAmperes: .nan), StationRating(maximumAmperes: 5)])
        let now = MonotonicTime(nanoseconds: 1)
        let reports: [StationReport] = []
        _ = allocator.allocate(SupplyReading(amperes: .zero, time: now), reports: reports.span, now: now)
        #expect(allocator[0] == StationLimit(amperes: 0, reason: .settingsUnusable))
        #expect(allocator[1] == StationLimit(amperes: 0, reason: .settingsUnusable))
        #expect(allocator.alarm.contains(.settingsUnusable))
        allocator.limits.marginAmperes.l2 = 30
        _ = allocator.allocate(SupplyReading(amperes: .zero, time: now), reports: reports.span, now: now)
        #expect(allocator.alarm.isSuperset(of: [.settingsUnusable, .noMeasurement]))
    }

    @Test func problemsNameTheFieldAndTheRemedy() {
        #expect(throws: SettingsProblem.marginAmperes(.l2, 30)) {
            try SupplyLimits(mainAmperes: .init(25), marginAmperes: .init(0, 30, 0)).validate()
        }
        #expect(throws: SettingsProblem.noPhases) { try StationRating(phases: [], maximumAmperes: 16).validate() }
        #expect(throws: SettingsProblem.noStepFits(minimumAmperes: 6, maximumAmperes: 7, stepAmperes: 4)) {
            try StationRating(maximumAmperes: 7, stepAmperes: 4).validate()
        }
        #expect(throws: SettingsProblem.self) { try AllocationPolicy(raiseAfterSeconds: .nan).validate() }
        #expect(throws: Never.self) { try StationRating(maximumAmperes: 16, failSafeAmperes: 6).validate() }
        let text = SettingsProblem.marginAmperes(.l2, 30).description
        #expect(text.contains("l2") && text.contains("30.0") && text.contains("enter"), "\(text)")
    }

    @Test func changedStationsStartFromWhatTheyConfirm() {
        let limits = SupplyLimits(mainAmperes: .init(25), marginAmperes: .zero)
        var allocator = Allocator(limits: limits, stations: [StationRating(maximumAmperes: 16)])
        let now = MonotonicTime(nanoseconds: 1_000_000_000)
        func report(_ accepted: Double) -> StationReport {
            StationReport(
                status: .charging, isAnswering: true, lastContact: now, acceptedAmperes: accepted, drawnTime: now)
        }
        let reading = SupplyReading(amperes: .zero, time: now)
        let before = [report(10)], after = [report(7), report(16)]
        _ = allocator.allocate(reading, reports: before.span, now: now)
        #expect(allocator[0].amperes == 10)
        allocator.replace(
            limits: limits, stations: [StationRating(maximumAmperes: 20), StationRating(maximumAmperes: 16)],
            policy: allocator.policy)
        _ = allocator.allocate(reading, reports: after.span, now: now)
        #expect(allocator[0].amperes == 7)
        #expect(allocator[1].amperes == 12)
    }
}
