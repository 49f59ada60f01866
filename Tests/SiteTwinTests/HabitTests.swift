import Stations
import Testing

@testable import SiteTwin

/// Habits of single models that no profile tells, on a virtual clock.
@Suite("Habits of stations")
struct HabitTests {
    private struct Bench {
        var point: ChargePoint
        var now = 0.0

        init(_ profile: String, edition: String? = nil) throws {
            var station = TwinStation(try #require(StationProfile.builtIn(named: profile)))
            station.edition = edition
            station.maximumAmperes = 16
            station.car = TwinCar(phaseCount: 3, maximumAmperes: 16, neededWattHours: 50_000)
            point = try station.chargePoint(index: 0, arrival: 0, seed: 1)
        }

        mutating func pass(_ seconds: Double) {
            let end = now + seconds
            while now < end {
                now = min(now + 0.02, end)
                point.advance(to: now, elapsed: 0.02, wattsPerAmpere: [230, 230, 230], speed: 1)
            }
        }

        mutating func read(_ address: Int, from table: ModbusTable = .holdingRegisters) -> UInt16? {
            let request = TwinRequest(
                unit: point.unitIdentifier, address: address, body: .read(count: 1, from: table))
            return try? point.answer(request, volts: [230, 230, 230], nanoseconds: 0, seconds: now).get().first
        }

        mutating func write(
            _ address: Int, _ value: UInt16, isSingle: Bool = true, to table: ModbusTable = .holdingRegisters
        )
            -> TwinException?
        {
            let body = TwinRequest.Body.write(values: [value], isSingle: isSingle, to: table)
            let request = TwinRequest(unit: point.unitIdentifier, address: address, body: body)
            let answer = point.answer(request, volts: [230, 230, 230], nanoseconds: 0, seconds: now)
            if case .failure(let exception) = answer { return exception }
            return nil
        }
    }

    @Test("Unite: a limit of 0 reads 6 after a while though the station stays off, and 0 again when told again")
    func uniteReadsSix() throws {
        var bench = try Bench("webasto-unite")
        bench.pass(20)
        #expect(bench.write(5004, 0) == nil)
        #expect(bench.read(5004) == 0)
        bench.pass(9)
        #expect(bench.read(5004) == 6)
        bench.pass(10)
        #expect(bench.point.carAmperes == 0 && bench.point.state == .paused)
        #expect(bench.write(5004, 0) == nil)
        #expect(bench.read(5004) == 0)
    }

    @Test("Unite: function 16 and limits from 1 to 5 A are refused")
    func uniteRefuses() throws {
        var bench = try Bench("webasto-unite")
        #expect(bench.write(5004, 10, isSingle: false) == .illegalFunction)
        #expect(bench.write(5004, 3) == .illegalValue)
        #expect(bench.write(5004, 33) == .illegalValue)
    }

    @Test("NEXT: the station clears the life bit; reading is no sign of life, writing it is")
    func nextLifeBit() throws {
        var bench = try Bench("webasto-next")
        #expect(bench.write(2000, 8) == nil && bench.write(2002, 10) == nil)
        #expect(bench.write(6000, 1) == nil)
        #expect(bench.read(6000) == 1)
        bench.pass(1.5)
        #expect(bench.read(6000) == 0)
        for _ in 0..<5 {
            bench.pass(2)
            _ = bench.read(1000)
        }
        #expect(bench.point.isContactLost && bench.point.activeAmperes == 8)
        #expect(bench.write(6000, 1) == nil)
        #expect(!bench.point.isContactLost)
    }

    @Test("Bender: register 124 means the opposite before 5.22, and 5.22's registers are not there")
    func benderVersions() throws {
        var old = try Bench("mennekes-amtron-professional-plus", edition: "5.12")
        var new = try Bench("mennekes-amtron-professional-plus", edition: "5.22")
        #expect(old.read(124) == 0 && new.read(124) == 1)
        #expect(old.read(222) == nil && new.read(222) == 0)
        #expect(old.read(1000) == 6)
    }

    @Test("Bender with load management: the lowest of the phases' limits and of the limit for all holds")
    func benderMaster() throws {
        var bench = try Bench("mennekes-amtron-professional-plus", edition: "5.22 DLM master")
        #expect(bench.point.variant == "DLM master, a limit for each phase")
        for (address, value): (Int, UInt16) in [(613, 12), (614, 9), (615, 14), (1000, 32)] {
            #expect(bench.write(address, value, isSingle: false) == nil)
        }
        bench.pass(20)
        #expect(bench.point.carAmperes == 9)
        #expect(bench.write(1000, 0, isSingle: false) == nil)
        bench.pass(5)
        #expect(bench.point.carAmperes == 0)
    }

    @Test("Weidmüller: with DIP switch 10 OFF nothing stops it, with ON its coil does")
    func dipSwitch() throws {
        var fixed = try Bench("weidmueller-ac-wallbox-business", edition: "DIP switch 10 OFF")
        var free = try Bench("weidmueller-ac-wallbox-business", edition: "DIP switch 10 ON")
        for _ in 0..<20 {
            fixed.pass(1)
            free.pass(1)
        }
        #expect(fixed.write(528, 0) == nil)
        fixed.pass(6)
        #expect(fixed.point.carAmperes == 6)
        #expect(free.write(528, 6) == nil && free.write(400, 0, to: .coils) == nil)
        free.pass(6)
        #expect(free.point.carAmperes == 0)
        #expect(free.write(400, 1, to: .coils) == nil)
        free.pass(20)
        #expect(free.point.carAmperes == 6)
    }

    @Test("a restart: exceptions for as long as the model takes, then everything that was told is forgotten")
    func reboot() throws {
        var bench = try Bench("webasto-next")
        #expect(bench.write(5004, 8) == nil)
        bench.pass(10)
        #expect(bench.point.activeAmperes == 8)
        bench.point.reboot(at: bench.now)
        bench.pass(0.1)
        #expect(bench.read(1000) == nil && bench.point.offeredAmperes == 0)
        bench.pass(179)
        #expect(bench.read(1000) == nil)
        bench.pass(2)
        #expect(bench.read(1000) != nil && bench.point.activeAmperes == 16)
    }
}
