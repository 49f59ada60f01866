import Stations
import Testing

@testable import SiteTwin

/// One firmware of one model.
struct Model: Sendable, CustomTestStringConvertible {
    var profile: StationProfile
    var edition: String?

    var testDescription: String { profile.identifier + (edition.map { ", \($0)" } ?? "") }

    static let all: [Model] = StationProfile.builtIn.flatMap { profile in
        let editions = TwinStation.editions(of: profile)
        return editions.isEmpty ? [Model(profile: profile)] : editions.map { Model(profile: profile, edition: $0) }
    }
}

@Suite("Registers made from profiles, on a virtual clock")
struct SimulatedStationTests {
    private let second: Int64 = 1_000_000_000

    private func point(_ model: Model, phases: [Int] = [0, 1, 2]) throws -> ChargePoint {
        var station = TwinStation(model.profile)
        station.edition = model.edition
        station.supplyPhases = phases
        station.maximumAmperes = min(16, model.profile.largestAmperes)
        station.car = TwinCar(phaseCount: 3, maximumAmperes: 16, neededWattHours: 50_000)
        return try station.chargePoint(index: 0, arrival: 5, seed: 3)
    }

    /// What the device would read of a register.
    private func answer(
        _ point: inout ChargePoint, _ register: StationProfile.Register, at seconds: Double
    ) -> Condition.Answer {
        guard let table = ModbusTable(rawValue: register.read.rawValue) else { return .nothing }
        let request = TwinRequest(
            unit: point.unitIdentifier, address: register.address,
            body: .read(count: register.format.wordCount, from: table))
        switch point.answer(request, volts: [230, 231, 232], nanoseconds: 0, seconds: seconds) {
        case .success(let words): return .words(words[...])
        case .failure(.illegalAddress), .failure(.illegalFunction): return .refused
        case .failure: return .nothing
        }
    }

    private func holds(
        _ conditions: [Condition], _ profile: StationProfile, _ point: inout ChargePoint, at seconds: Double
    ) -> Bool {
        conditions.allSatisfy { condition in
            let register = profile.registers[condition.register]
            return condition.holds(answer(&point, register, at: seconds), as: register.format)
        }
    }

    private func number(_ point: inout ChargePoint, _ register: StationProfile.Register, at seconds: Double) -> Double?
    {
        guard case .words(let words) = answer(&point, register, at: seconds) else { return nil }
        return register.format.number(words)
    }

    private func advance(_ point: inout ChargePoint, from: Double, to: Double) {
        var now = from
        while now < to {
            now = min(now + 0.02, to)
            point.advance(to: now, elapsed: 0.02, wattsPerAmpere: [230, 230, 230], speed: 1)
        }
    }

    @Test(
        "each firmware of each profile passes its own probe and is the variant that it is meant to be",
        arguments: Model.all)
    func recognised(model: Model) throws {
        var point = try point(model)
        for step in model.profile.probe {
            #expect(holds(step.conditions, model.profile, &point, at: 0), "\(step.words)")
        }
        var found: String?
        for variant in model.profile.variants.reversed() where holds(variant.conditions, model.profile, &point, at: 0) {
            found = variant.name
        }
        #expect(found == point.variant)
        if let edition = model.edition, model.profile.variantNames.contains(edition) { #expect(found == edition) }
    }

    @Test(
        "the profile reads the right status, current, power, energy and limit from free to finished",
        arguments: Model.all)
    func visit(model: Model) throws {
        var point = try point(model)
        let profile = model.profile.variants.first { $0.name == point.variant }?.profile ?? model.profile
        var seen: [StationStatusName] = []
        for time in stride(from: 0.0, to: 40, by: 0.5) {
            advance(&point, from: time, to: time + 0.5)
            point.noteLife(at: time)
            let rule = profile.statusRules.first { holds($0.conditions, profile, &point, at: time + 0.5) }
            let name = StationStatusName("\(try #require(rule).status)")
            if seen.last != name { seen.append(name) }
        }
        #expect(seen == ["free", "occupied", "charging"])
        #expect(point.carAmperes == 16 || point.activeAmperes < 16)
        let measured = profile.measurements
        for index in measured.currents {
            let amperes = number(&point, profile.registers[index], at: 40)
            #expect(amperes.map { abs($0 - point.carAmperes) <= profile.registers[index].format.scale } == true)
        }
        let volts = measured.voltages.compactMap { number(&point, profile.registers[$0], at: 40) }
        // Older Bender firmware has none.
        #expect(volts == (measured.voltages.isEmpty || model.edition == "5.12" ? [] : [230, 231, 232]))
        let watts = measured.powers.compactMap { number(&point, profile.registers[$0], at: 40) }.reduce(0, +)
        let scale = measured.powers.map { profile.registers[$0].format.scale }.max() ?? 1
        #expect(measured.powers.isEmpty || abs(watts - point.carAmperes * 693) <= 2 * scale)
        let energy = measured.energies.compactMap { number(&point, profile.registers[$0], at: 40) }.reduce(0, +)
        let step = measured.energies.map { profile.registers[$0].format.scale }.max() ?? 1
        #expect(measured.energies.isEmpty || abs(energy - point.energyWattHours) <= step)
    }

    @Test("every state has registers from which the profile reads the status that belongs to it", arguments: Model.all)
    func states(model: Model) throws {
        let point = try point(model)
        guard case .simulated(let image) = point.kind else {
            Issue.record("not simulated")
            return
        }
        for (state, contents) in image.states {
            var now = image.contents
            for (index, content) in contents { now[index] = content }
            let rule = image.profile.statusRules.first { rule in
                rule.conditions.allSatisfy { condition in
                    let answer: Condition.Answer = now[condition.register].map { .words($0[...]) } ?? .refused
                    return condition.holds(answer, as: image.profile.registers[condition.register].format)
                }
            }
            let stops = point.behaviour.onContactLost == .stops
            let wanted =
                state == .free
                ? "free"
                : state == .charging
                    ? "charging"
                    : state == .fault && stops ? "outOfService" : "occupied"
            #expect(rule.map { "\($0.status)" } == wanted, "\(state)")
        }
    }

    @Test("without contact it does after its time-out what its model does, and not before", arguments: Model.all)
    func watchdog(model: Model) throws {
        var point = try point(model)
        advance(&point, from: 0, to: 30)
        let timeout = point.watchdogSeconds
        let before = point.activeAmperes
        point.noteLife(at: 30)
        guard timeout > 0 else {
            advance(&point, from: 30, to: 400)
            #expect(!point.isContactLost && point.activeAmperes == before)
            return
        }
        advance(&point, from: 30, to: 30 + timeout - 0.1)
        #expect(!point.isContactLost && point.activeAmperes == before)
        advance(&point, from: 30 + timeout - 0.1, to: 30 + timeout + 0.1)
        #expect(point.isContactLost)
        advance(&point, from: 30 + timeout + 0.1, to: 45 + timeout)
        switch point.behaviour.onContactLost {
        case .fallsBack, .stops:
            let fallBack = point.failSafeAmperes ?? 0
            #expect(point.activeAmperes == fallBack)
            #expect(point.carAmperes == (fallBack < 6 ? 0 : fallBack))
            #expect((point.state == .fault) == (point.failSafeAmperes == nil))
        case .keepsLimit: #expect(point.activeAmperes == before)
        case .fullPower: #expect(point.activeAmperes == point.maximumAmperes)
        }
    }

    @Test(
        "what is between registers, or written by the wrong function, is refused and changes nothing",
        arguments: Model.all)
    func refusals(model: Model) throws {
        var point = try point(model)
        guard case .simulated(let image) = point.kind, let index = image.profile.limit.registers.first else { return }
        let register = image.profile.registers[index]
        func ask(_ body: TwinRequest.Body, _ address: Int) -> TwinException? {
            let request = TwinRequest(unit: point.unitIdentifier, address: address, body: body)
            let answer = point.answer(request, volts: [230, 230, 230], nanoseconds: 0, seconds: 1)
            if case .failure(let exception) = answer { return exception }
            return nil
        }
        let words = register.format.words(nearest: image.profile.limit.registerValue(amperes: 10, phaseCount: 3))
        #expect(ask(.write(values: words, isSingle: register.write == .singleRegister), register.address) == nil)
        #expect(ask(.write(values: [1], isSingle: false, to: .coils), 9) != nil)
        #expect(ask(.write(values: [], isSingle: false), register.address) == .illegalValue)
        #expect(ask(.write(values: [1], isSingle: register.write == .singleRegister), 64_000) == .illegalAddress)
        #expect(ask(.unknown(function: 43), 0) == .illegalFunction)
        #expect(ask(.read(count: 0), register.address) == .illegalValue || register.read != .holdingRegisters)
        #expect(ask(.read(count: 1), 64_000) == .illegalAddress || register.read != .holdingRegisters)
        #expect(abs(point.commandedAmperes - 10) < 0.1)
    }

    @Test("the registers from the ABB profile hold the same words as those written by hand from the document")
    func abb() throws {
        let profile = try #require(StationProfile.builtIn(named: "abb-terra-ac"))
        var station = TwinStation(profile)
        station.serialNumber = "TWIN0000"
        var simulated = try station.chargePoint(index: 0, arrival: 2, seed: 9)
        var byHand = ChargePoint(
            kind: .abbTerraAC, name: "Parking 1", index: 0, supplyPhases: [0, 1, 2], maximumAmperes: 32,
            firstArrival: 2, seed: 9)
        func ask(_ body: TwinRequest.Body, _ address: Int, _ seconds: Double, _ place: String) {
            let request = TwinRequest(unit: 1, address: address, body: body)
            let answers = [
                simulated.answer(request, volts: [230, 231, 232], nanoseconds: 0, seconds: seconds),
                byHand.answer(request, volts: [230, 231, 232], nanoseconds: 0, seconds: seconds),
            ]
            #expect(answers[0] == answers[1], "\(place), \(seconds) s")
        }
        // Writes and their times in seconds: address, words. Far enough apart for the slower of the two.
        let writes: [(Double, Int, [UInt16])] = [
            (30, 0x4100, [0, 10_000]), (60, 0x4100, [0, 0]), (90, 0x4106, [12]), (95, 0x4109, [8]),
            (100, 0x4100, [0, 16_000]), (130, 0x4109, [0xFF]),
        ]
        for time in 0..<170 {
            advance(&simulated, from: Double(time), to: Double(time) + 1)
            advance(&byHand, from: Double(time), to: Double(time) + 1)
            let now = Double(time + 1)
            for (due, address, words) in writes where due == now {
                ask(.write(values: words, isSingle: words.count == 1), address, now, "write")
            }
            // From a pause, and while a limit is on its way, the simulated one is as slow as the real one.
            let settled = writes.allSatisfy { now < $0.0 || now > $0.0 + 25 }
            guard settled || now > 155 else { continue }
            // Bit 7 of the state (draws less than it may) is not in the profile; the energies differ by the pause.
            for address in stride(from: 0x4000, to: 0x4020, by: 2) where address != 0x401E && address != 0x400C {
                ask(.read(count: 2), address, now, "0x" + String(address, radix: 16))
            }
            #expect(state(&simulated, now) == state(&byHand, now), "state, \(now) s")
            ask(.read(count: 1), 0x4020, now, "time-out")
            ask(.read(count: 3), 0x4022, now, "limit and fall-back")
        }
        // Nobody asks any more: with no fall-back both stop with the same error.
        advance(&simulated, from: 170, to: 190)
        advance(&byHand, from: 170, to: 190)
        ask(.read(count: 2), 0x4008, 190, "error")
        ask(.read(count: 2), 0x400C, 190, "state")
        #expect(byHand.state == .fault && simulated.state == .fault)
    }

    private func state(_ point: inout ChargePoint, _ seconds: Double) -> UInt16? {
        let request = TwinRequest(unit: 1, address: 0x400D, body: .read(count: 1))
        let answer = point.answer(request, volts: [230, 231, 232], nanoseconds: 0, seconds: seconds)
        return (try? answer.get().first).map { $0 & 0x7F00 }
    }

    @Test("an edition that does not exist is refused with those that do")
    func unknownEdition() throws {
        var station = TwinStation(try #require(StationProfile.builtIn(named: "webasto-unite")))
        station.edition = "9.9"
        var options = quietOptions()
        options.stations = [station]
        #expect(
            throws: TwinError.profile(
                "webasto-unite", problem: "no firmware or variant is called '9.9'", remedy: "use one of 3.187, 3.156")
        ) {
            _ = try SiteTwin(options)
        }
    }
}

/// Statuses by their names: the type itself belongs to another room.
typealias StationStatusName = String
