import Allocation
import SiteTwin
import Stations
import Testing

@testable import CloudStations

/// A circuit in Easee's cloud, in virtual time.
@Suite struct EaseeTests {
    private func bench(
        _ change: (inout EaseeCloudModel) -> Void = { _ in },
        configuration edit: (inout CloudStationConfiguration) -> Void = { _ in }
    ) throws -> Bench<EaseeCloudModel, EaseeCircuit> {
        var model = EaseeCloudModel()
        model.carAmperes = 16
        change(&model)
        let profile = try #require(CloudProfile.builtIn(named: "easee"))
        return try Bench(
            model, username: model.username, password: model.password,
            { credentials in
                var configuration = CloudStationConfiguration(
                    name: "Hof", profile: profile, installation: "12345/67890", credentials: credentials,
                    maximumAmperes: 32, failSafeAmperes: 10, raiseIntervalSeconds: 60)
                edit(&configuration)
                return configuration
            }, { EaseeCircuit($0) })
    }

    @Test func aLimitIsSentReadBackAndSentAgainBeforeItLapses() throws {
        let bench = try bench()
        bench.wish(20)
        bench.run(1000)
        let updates = bench.model { $0.updates }
        #expect((5...7).contains(updates.count))
        #expect(updates.allSatisfy { $0.available == [20, 20, 20] && $0.minutes == 10 })
        #expect(bench.report.acceptedAmperes == 20)
        #expect(bench.report.inFlightAmperes == nil)
        #expect(bench.report.status == .charging)
        #expect(bench.report.drawnAmperes == PerPhaseAmperes(16, 16, 16))
    }

    @Test func aLowerLimitGoesAtOnceAndAHigherOneWaits() throws {
        let bench = try bench()
        bench.wish(20)
        bench.run(30)
        bench.wish(8)
        bench.run(2)
        let now = bench.clock.nanoseconds()
        #expect(bench.model { $0.limits(at: now) } == [8, 8, 8])
        bench.wish(20)
        bench.run(50)
        let later = bench.clock.nanoseconds()
        #expect(bench.model { $0.limits(at: later) } == [8, 8, 8])
        bench.run(15)
        let end = bench.clock.nanoseconds()
        #expect(bench.model { $0.limits(at: end) } == [20, 20, 20])
    }

    @Test func aLimitThatMayHaveArrivedCountsHoweverLongTheCloudIsAway() throws {
        let bench = try bench()
        bench.wish(20)
        bench.run(30)
        bench.fault(.cut)
        bench.run(3600)
        #expect(!bench.report.isAnswering)
        #expect(bench.report.inFlightAmperes == 20)
    }

    @Test("The offline current of the circuit is written only where that is allowed", arguments: [true, false])
    func offlineCurrent(_ isAllowed: Bool) throws {
        let bench = try bench { _ in
        } configuration: {
            $0.setsOfflineCurrent = isAllowed
        }
        bench.run(300)
        #expect(bench.model { $0.offlineAmperes } == (isAllowed ? 10 : 32))
        #expect(bench.report.keepsFailSafe == isAllowed)
        #expect(bench.requests("POST /api/sites/12345/circuits/67890/settings").count == (isAllowed ? 1 : 0))
    }

    @Test("A circuit without chargers is asked again until it has some", arguments: [0, 60])
    func circuitWithoutChargers(secondsWithChargers: Double) throws {
        let chargers = EaseeCloudModel().chargers
        let bench = try bench { $0.chargers = secondsWithChargers > 0 ? $0.chargers : [] }
        bench.wish(20)
        bench.run(secondsWithChargers)
        bench.model { $0.chargers = [] }
        bench.run(300)
        #expect(bench.report.isAnswering)
        bench.model { $0.chargers = chargers }
        bench.run(120)
        #expect(bench.report.status == .charging)
    }

    @Test func aCircuitThatIsNotThereIsToldWithThoseThatAre() throws {
        let bench = try bench { $0.circuit = 4 }
        bench.run(60)
        #expect(bench.report.acceptedAmperes == nil)
        #expect(bench.diagnostics.lastError != nil)
    }

    @Test(
        "Damage of any kind is survived",
        arguments: [
            CloudTwinFault.garbage, .wrongTypes, .deepBody, .hang, .cut, .status(500), .status(401),
        ])
    func damage(_ fault: CloudTwinFault) throws {
        let bench = try bench()
        bench.wish(20)
        bench.run(60)
        bench.fault(fault)
        bench.run(600)
        #expect(!bench.report.isAnswering)
        bench.wish(8)
        bench.fault(nil)
        bench.run(100)
        let now = bench.clock.nanoseconds()
        #expect(bench.model { $0.limits(at: now) } == [8, 8, 8])
        #expect(bench.report.acceptedAmperes == 8)
    }
}
