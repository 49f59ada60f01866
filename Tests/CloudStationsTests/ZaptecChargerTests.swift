import Allocation
import SiteTwin
import Stations
import Testing

@testable import CloudStations

/// What an installation's chargers do, and what they do without their cloud; in virtual time.
@Suite struct ZaptecChargerTests {
    @Test func statusAndCurrentsAreThoseOfAllChargers() throws {
        let bench = try zaptecBench { $0.chargers[1].carAmperes = [10] }
        bench.wish(40)
        bench.run(60)
        #expect(bench.report.status == .charging)
        #expect(bench.report.drawnAmperes == PerPhaseAmperes(26, 16, 16))
        let age = Double(bench.clock.nanoseconds() - bench.report.drawnTime.nanoseconds) / 1e9
        #expect(age >= 15, "the server's cache may be that old")
        #expect(bench.diagnostics.identity == "2 chargers, 2 online: ZPR000001, ZPR000002")
        #expect(bench.diagnostics.energyWattHours == 3000)
    }

    @Test(
        "Turned lines of the installation and of a charger are undone",
        arguments: [
            (supply: [Phase.l2, .l3, .l1], charger: [Phase.l1, .l2, .l3], drawn: PerPhaseAmperes(0, 10, 0)),
            ([.l1, .l2, .l3], [.l3, .l1, .l2], PerPhaseAmperes(0, 0, 10)),
            ([.l2, .l3, .l1], [.l3, .l1, .l2], PerPhaseAmperes(10, 0, 0)),
            ([.l1, .l2, .l3], [.l2], PerPhaseAmperes(0, 10, 0)),
        ])
    func rotation(_ given: (supply: [Phase], charger: [Phase], drawn: PerPhaseAmperes)) throws {
        let bench = try zaptecBench {
            $0.chargers[0].carAmperes = [10]
        } configuration: {
            $0.supplyPhases = given.supply
            $0.chargerLines = ["ZPR000001": given.charger]
        }
        bench.wish(40)
        bench.run(60)
        #expect(bench.report.drawnAmperes == given.drawn)
    }

    @Test(
        "The status of many is that of who needs most",
        arguments: [
            (cars: [[], []] as [[Double]], wish: 40.0, status: StationStatus.free), ([[16], []], 40, .charging),
            ([[16], [16]], 0, .occupied), ([[], [16]], 40, .charging),
        ])
    func status(_ given: (cars: [[Double]], wish: Double, status: StationStatus)) throws {
        let bench = try zaptecBench { model in
            for (index, car) in given.cars.enumerated() { model.chargers[index].carAmperes = car }
        }
        bench.wish(given.wish)
        bench.run(90)
        #expect(bench.report.status == given.status)
    }

    @Test func aDisabledInstallationIsOutOfService() throws {
        let bench = try zaptecBench { model in for index in 0..<2 { model.chargers[index].isEnabled = false } }
        bench.run(60)
        #expect(bench.report.status == .outOfService)
    }

    @Test func statesAreReadAsOftenAsTheServersCacheIsNewAndSeldomWithoutACar() throws {
        let busy = try zaptecBench()
        busy.wish(40)
        busy.run(1000)
        let idle = try zaptecBench { $0.chargers[0].carAmperes = [] }
        idle.run(1000)
        #expect((120...140).contains(busy.requests("/state").count))
        #expect((30...40).contains(idle.requests("/state").count))
    }

    // MARK: Without cloud

    @Test func aChargerThatLostItsCloudTakesItsOfflineCurrentOutOfTheLimit() throws {
        let bench = try zaptecBench()
        bench.wish(40)
        bench.run(60)
        bench.model { $0.chargers[1].isOnline = false }
        bench.run(30)
        #expect(bench.model { $0.available } == [30, 30, 30])
        #expect(bench.report.acceptedAmperes == 40)
        #expect(bench.report.status == .charging)
        let drawn = bench.report.drawnTime
        bench.run(60)
        #expect(bench.report.drawnTime == drawn, "what the lost one draws is not known")
    }

    @Test func offlineChargersThatHoldMoreThanTheWishAreReportedAsSuch() throws {
        let bench = try zaptecBench()
        bench.wish(40)
        bench.run(60)
        bench.model { model in for index in 0..<2 { model.chargers[index].isOnline = false } }
        bench.wish(8)
        bench.run(60)
        #expect(bench.model { $0.available } == [0, 0, 0])
        #expect(bench.report.acceptedAmperes == 20)
        #expect(bench.report.isAnswering, "the cloud answers")
    }

    @Test(
        "The fail-safe current counts only where the chargers' offline currents keep it",
        arguments: [
            (offline: 10.0, isKept: true), (10.5, false), (0, true), (32, false),
        ])
    func kept(_ given: (offline: Double, isKept: Bool)) throws {
        let bench = try zaptecBench { model in
            for index in 0..<2 { model.chargers[index].offlineAmperes = given.offline }
        }
        #expect(!bench.report.keepsFailSafe, "nobody has looked yet")
        bench.run(60)
        #expect(bench.report.keepsFailSafe == given.isKept)
        #expect(bench.diagnostics.failSafeKept == given.isKept)
        #expect((bench.diagnostics.lastError?.contains("without their cloud") == true) == !given.isKept)
        #expect(bench.requests("POST /api/chargers").isEmpty, "not allowed to")
    }

    @Test func whereAllowedTooHighOfflineCurrentsAreWrittenOnce() throws {
        let bench = try zaptecBench(chargers: 3) { model in
            for index in 0..<3 { model.chargers[index].offlineAmperes = 16 }
            model.chargers[2].offlineAmperes = 6
        } configuration: {
            $0.setsOfflineCurrent = true
        }
        bench.run(600)
        #expect(bench.model { $0.chargers.map(\.offlineAmperes) } == [6, 6, 6])
        #expect(bench.report.keepsFailSafe)
        #expect(bench.requests("POST /api/chargers").count == 2)
    }

    @Test func chargersThatDoNotKeepItAreNotWrittenAgainAndAgain() throws {
        let bench = try zaptecBench { model in
            for index in 0..<2 {
                model.chargers[index].offlineAmperes = 16
                model.chargers[index].keepsOfflineCurrent = false
            }
        } configuration: {
            $0.setsOfflineCurrent = true
        }
        bench.run(3600)
        #expect(!bench.report.keepsFailSafe)
        #expect(bench.requests("POST /api/chargers").count <= 16)
    }

    @Test func aShareBelowWhatACarAcceptsIsNothing() throws {
        let bench = try zaptecBench(chargers: 4) { _ in
        } configuration: {
            $0.setsOfflineCurrent = true
        }
        bench.run(300)
        #expect(bench.model { $0.chargers.map(\.offlineAmperes) } == [0, 0, 0, 0])
    }

    @Test func anInstallationWithoutChargersIsAskedAgainUntilItHasSome() throws {
        let bench = try zaptecBench { $0.chargers = [] }
        bench.wish(40)
        bench.run(300)
        #expect(bench.report.isAnswering)
        #expect(bench.requests("/hierarchy").count >= 4)
        bench.model { $0.chargers = ZaptecCloudModel(chargers: 2).chargers }
        bench.run(120)
        #expect(bench.diagnostics.identity == "2 chargers, 2 online: ZPR000001, ZPR000002")
    }

    @Test func theLastChargerThatIsTakenAwayEndsNothing() throws {
        let bench = try zaptecBench(chargers: 1)
        bench.wish(40)
        bench.run(60)
        bench.model { $0.chargers = [] }
        bench.run(300)
        #expect(bench.report.isAnswering)
    }

    @Test func aChargerThatWasTakenAwayDoesNotHideTheOthers() throws {
        let bench = try zaptecBench()
        bench.wish(40)
        bench.run(60)
        _ = bench.model { $0.chargers.remove(at: 1) }
        bench.run(180)
        #expect(bench.report.status == .charging)
        #expect(bench.diagnostics.identity == "1 chargers, 1 online: ZPR000001")
    }

    @Test(
        "An observation that cannot be is not passed on",
        arguments: [
            "-1", "81", "1e9", "NaN", "inf", "", "ten", "1,5", nil,
        ])
    func observation(_ text: String?) {
        let state = ZaptecCharger.State([
            .init(StateId: -2, ValueAsString: "1"), .init(StateId: 507, ValueAsString: text),
            .init(StateId: 508, ValueAsString: "1"), .init(StateId: 509, ValueAsString: "1"),
            .init(StateId: 523, ValueAsString: text), .init(StateId: 710, ValueAsString: text),
        ])
        #expect(state.currents == nil)
        #expect(state.offlineAmperes == nil)
        #expect(state.status == .unknown)
    }
}
