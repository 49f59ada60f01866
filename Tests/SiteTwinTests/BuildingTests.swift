import Testing

@testable import SiteTwin

@Suite("Building")
struct BuildingTests {
    @Test("The same seed gives the same frames to the last bit, another seed others")
    func determinism() {
        var first = FrameReader(TwinOptions())
        var second = FrameReader(TwinOptions())
        var options = TwinOptions()
        options.seed = 2
        var other = FrameReader(options)
        for reader in 0..<2 {
            if reader == 0 { first.skip(to: 3) } else { second.skip(to: 3) }
        }
        other.skip(to: 3)
        let frames = first.read(3200)
        #expect(frames == second.read(3200))
        #expect(frames != other.read(3200))
    }

    @Test("A car draws 0 or 6 A and more, whatever it is offered", arguments: 1...6 as ClosedRange<UInt64>)
    func neverBetween(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var options = quietOptions(seed: seed, stations: 4)
        options.speed = 1200
        var model = BuildingModel(options: options, tables: WaveTables())
        var charged = false
        for tick in 0..<20_000 {
            if tick % 700 == 0 {
                let index = Int(random.next() % 4)
                model.chargePoints[index].receiveLimit(random.uniform(0...40), nanoseconds: 0)
            }
            _ = model.advance()
            for point in model.chargePoints {
                let amperes = point.carAmperes
                #expect(amperes == 0 || (6...32).contains(amperes), "seed \(seed), tick \(tick): \(amperes) A")
                charged = charged || amperes > 0
            }
        }
        #expect(charged, "seed \(seed): no car ever charged")
    }

    @Test("A charging car follows a new limit within 5 s", arguments: 1...30 as ClosedRange<UInt64>)
    func follows(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var car = Car(phaseCount: 3, maximumAmperes: 32, neededWattHours: 1e6, random: &random)
        var now = 0.0
        func advance(_ seconds: Double, offer: Double) {
            for _ in 0..<Int(seconds * 50) {
                car.advance(offer: offer, now: now, elapsed: 0.02)
                now += 0.02
            }
        }
        advance(20, offer: 32)
        #expect(car.amperes == 32, "seed \(seed)")
        for offer in [10, 6, 25, 0, 32] as [Double] {
            // Waking from a pause takes up to 8 s more.
            let wasPaused = car.amperes == 0
            advance(0.98, offer: offer)
            #expect(car.amperes != offer, "seed \(seed): no car reacts within a second")
            advance(wasPaused ? 12.1 : 4.1, offer: offer)
            #expect(abs(car.amperes - offer) < 1e-9, "seed \(seed): \(car.amperes) A at \(offer) A")
        }
    }

    @Test("A car with a delay of its own wakes and follows after just that", arguments: [0.0, 1, 2.5, 4])
    func givenDelay(seconds: Double) {
        var random = RandomSource(seed: 1)
        var car = Car(
            phaseCount: 1, maximumAmperes: 32, neededWattHours: 1e6, delaySeconds: seconds, random: &random)
        var now = 0.0
        /// Seconds from an offer until the current has changed.
        func change(to offer: Double) -> Double {
            let before = car.amperes, began = now
            repeat {
                now += 0.01
                car.advance(offer: offer, now: now, elapsed: 0.01)
            } while car.amperes == before && now < began + 20
            return now - began
        }
        // It hears the offer, and then wakes.
        #expect(abs(change(to: 16) - 2 * seconds) < 0.05)
        for _ in 0..<500 {
            now += 0.01
            car.advance(offer: 16, now: now, elapsed: 0.01)
        }
        #expect(car.amperes == 16)
        #expect(abs(change(to: 10) - seconds) < 0.05)
    }

    @Test("A car takes less near the end of its energy, then nothing, and leaves")
    func taperAndLeave() {
        var options = quietOptions(seed: 5)
        options.speed = 3600
        var model = BuildingModel(options: options, tables: WaveTables())
        var sawTaper = false
        var sawFull = false
        var visits = 0
        var wasHere = false
        for _ in 0..<40_000 {
            _ = model.advance()
            let point = model.chargePoints[0]
            if let car = point.car {
                if car.amperes > 6, car.amperes < car.maximumAmperes - 1,
                    car.remainingWattHours < 0.1 * car.neededWattHours
                {
                    sawTaper = true
                }
                if car.isFull, car.amperes == 0 { sawFull = true }
            }
            if point.car != nil, !wasHere { visits += 1 }
            wasHere = point.car != nil
        }
        #expect(sawTaper)
        #expect(sawFull)
        #expect(visits >= 3, "\(visits) visits in 40 hours")
    }

    @Test("Uncontrolled, the default site exceeds its main limit before and during the demo step")
    func defaultSiteBinds() {
        var state = PlantState(options: TwinOptions())
        state.start(at: 0)
        state.publish(until: 44_000_000_000)
        let before = state.observation
        #expect(before.amperes[0] > 63)
        state.publish(until: 50_000_000_000)
        let during = state.observation
        #expect(during.amperes[0] > before.amperes[0] + 20)
        #expect(during.steps[0].beganNanoseconds == 45_000_000_000)
        #expect(during.steps[0].exceededMainLimit)
        #expect(during.secondsAboveMainLimit[0] > 10)
        #expect(during.secondsAboveMargin[0] >= during.secondsAboveMainLimit[0])
    }

    @Test("A step's record tells the first lowered limit and when the phase was back under its limits")
    func stepRecord() throws {
        var options = quietOptions(stations: 1)
        options.firstArrivalSeconds = 1...1
        options.steps = [ScheduledStep(atSeconds: 30, phase: 0, amperes: 40, seconds: 30)]
        var state = PlantState(options: options)
        state.start(at: 1000)
        let second: Int64 = 1_000_000_000
        state.publish(until: 30 * second + second / 2)
        #expect(state.observation.steps[0].exceededMainLimit)
        #expect(state.observation.steps[0].backUnderMainLimitNanoseconds == nil)
        let write = ModbusRequest(unit: 1, address: 0x4100, body: .write(values: [0, 6000], isSingle: false))
        #expect(state.answer(write, station: 0, nanoseconds: 31 * second) == .success([]))
        state.publish(until: 40 * second)
        let step = state.observation.steps[0]
        #expect(step.beganNanoseconds == 30 * second + 1000)
        #expect(step.firstLoweredLimitNanoseconds == 31 * second)
        let back = try #require(step.backUnderMainLimitNanoseconds)
        #expect((31 * second...36 * second + second / 10).contains(back))
        let margin = try #require(step.backUnderMarginNanoseconds)
        #expect(margin >= back)
        #expect(abs(state.observation.amperes[0] - 46) < 1)
    }

    @Test("Photovoltaics at noon lower the current of a resistive load; at night they do nothing")
    func photovoltaics() {
        func amperes(hour: Double) -> Double {
            var options = quietOptions()
            options.appliances = [
                Appliance(
                    name: "heater", phases: [1], kind: .resistive, amperes: 20, meanOnSeconds: 1e6, meanOffSeconds: 0)
            ]
            options.firstArrivalSeconds = 1000...1000
            options.photovoltaicPeakAmperes = 10
            options.startHour = hour
            var state = PlantState(options: options)
            state.start(at: 0)
            state.publish(until: 1_000_000_000)
            return state.observation.amperes[1]
        }
        #expect(amperes(hour: 12) < 19)
        #expect(abs(amperes(hour: 0.5) - 20) < 0.01)
    }
}
