import Allocation
import SiteTwin
import Stations
import Testing

@testable import CloudStations

/// What Zaptec's cloud holds against what it was told, and what is left behind; in virtual time.
@Suite struct ZaptecReadBackTests {
    private func available(_ bench: ZaptecBench) -> [Double] { bench.model { $0.available } }
    private func updates(_ bench: ZaptecBench) -> [(time: Int64, available: [Double])] { bench.model { $0.updates } }

    @Test func aValueThatSomebodyElseRaisedIsReportedAndLoweredAgain() throws {
        let bench = try zaptecBench()
        bench.wish(10)
        bench.run(120)
        bench.model { $0.changeInPortal([40, 40, 40]) }
        bench.run(70)
        #expect(available(bench) == [10, 10, 10])
        #expect(bench.diagnostics.lastError?.contains("let nothing else set") == true)
        #expect(bench.report.acceptedAmperes == 10)
    }

    @Test func aCloudThatForgetsChangesIsNotFloodedAndNotBelieved() throws {
        let bench = try zaptecBench { $0.ignoresUpdates = true }
        bench.wish(10)
        bench.run(600)
        #expect(bench.report.acceptedAmperes == 63)
        #expect(bench.requests("/update").count < 70)
        #expect(bench.diagnostics.lastError?.contains("was told 10.0 A and holds 63.0 A") == true)
    }

    @Test func onlyTheLowestLineToldIsUnderstood() throws {
        let bench = try zaptecBench { model in
            model.tellsLines = false
            model.chargers[1].isOnline = false
        } configuration: {
            $0.chargerLines = ["ZPR000002": [.l2]]
        }
        bench.run(20)
        bench.wish(20)
        bench.run(30)
        // The lost charger is on L2 only and may take 10 A there.
        #expect(available(bench) == [20, 10, 20])
        #expect(bench.report.acceptedAmperes == 20)
        #expect(bench.report.inFlightAmperes == nil)
    }

    @Test func aSinglePhaseInstallationGetsTheCommonValue() throws {
        let bench = try zaptecBench {
            $0.networkType = 3
        } configuration: {
            $0.supplyPhases = [.l2]
        }
        bench.wish(13)
        bench.run(60)
        #expect(bench.requests("/update").map(\.body) == [#"{"availableCurrent":13}"#])
        #expect(bench.report.acceptedAmperes == 13)
        #expect(bench.report.drawnAmperes.l1 == 0)
    }

    @Test func moreThanThePortalAllowsIsNeverAsked() throws {
        let bench = try zaptecBench { $0.maxCurrent = 32 }
        bench.run(10)
        bench.wish(63)
        bench.run(1000)
        #expect(updates(bench).map(\.available).allSatisfy { $0.allSatisfy { $0 <= 32 } })
        #expect(available(bench) == [32, 32, 32] || updates(bench).isEmpty)
        #expect(bench.diagnostics.warnings.contains { $0.contains("set limit-a to 32") })
    }

    @Test func aPortalThatAllowsMoreThanTheSettingsIsRemarked() throws {
        let bench = try zaptecBench { _ in
        } configuration: {
            $0.maximumAmperes = 40
        }
        bench.run(10)
        #expect(bench.diagnostics.warnings.contains { $0.contains("only the portal's limit protects") })
    }

    @Test func anotherInstallationsAnswerIsRefused() throws {
        let bench = try zaptecBench()
        bench.fault(.status(200), at: "/api/installation/0a1b2c3d")
        bench.run(20)
        #expect(bench.report.acceptedAmperes == nil)
        #expect(!bench.report.isAnswering)
    }

    // MARK: Stop

    @Test func aStopLeavesTheInstallationAtItsFailSafeCurrent() throws {
        let bench = try zaptecBench()
        bench.wish(40)
        bench.run(60)
        bench.stop()
        #expect(available(bench) == [20, 20, 20])
        #expect(bench.diagnostics.isLeftAtFailSafe)
    }

    @Test func aStopDoesNotRaiseALowerLimitBeforeItsTime() throws {
        let bench = try zaptecBench()
        bench.wish(8)
        bench.run(60)
        bench.stop()
        #expect(available(bench) == [8, 8, 8])
        #expect(bench.diagnostics.isLeftAtFailSafe)
    }

    @Test func aStopThatTheCloudDoesNotHearIsToldAsSuch() throws {
        let bench = try zaptecBench()
        bench.wish(40)
        bench.run(60)
        bench.fault(.cut)
        bench.stop()
        #expect(!bench.diagnostics.isLeftAtFailSafe)
    }
}
