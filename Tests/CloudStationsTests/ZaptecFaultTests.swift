import Allocation
import SiteTwin
import Stations
import Testing

@testable import CloudStations

/// A cloud that is away, busy, broken, lying, or does not let us in; in virtual time.
@Suite struct ZaptecFaultTests {
    private static let faults: [CloudTwinFault] = [
        .hang, .cut, .cutInBody, .garbage, .wrongTypes, .deepBody, .notHTTP, .redirect, .status(500), .status(502),
        .status(503), .status(504), .status(527), .status(528), .status(401), .status(408),
    ]

    @Test("Whatever the cloud does, the report says so, the limit counts, and it recovers", arguments: faults)
    func silence(_ fault: CloudTwinFault) throws {
        let bench = try zaptecBench()
        bench.wish(30)
        bench.run(100)
        let contact = bench.report.lastContact
        #expect(bench.report.isAnswering)
        bench.fault(fault)
        bench.run(300)
        #expect(!bench.report.isAnswering)
        #expect(bench.report.status == .unknown)
        #expect(bench.report.lastContact.seconds(since: contact) < 90)
        #expect(bench.report.inFlightAmperes == 30, "the cloud keeps it while nobody speaks to it")
        #expect(bench.diagnostics.lastError != nil)
        // The building needs it meanwhile.
        bench.wish(8)
        bench.run(60)
        #expect((bench.report.inFlightAmperes ?? 0) >= 30)
        bench.fault(nil)
        let back = bench.requests().count
        bench.run(90)
        let first = bench.requests().dropFirst(back).first { $0.line != "POST /oauth/token" }
        if ![.garbage, .wrongTypes, .deepBody].contains(fault) {
            // These answered the limit with status 200: it is read back first.
            #expect(first?.line.hasSuffix("/update") == true, "the newest limit comes first")
        }
        #expect(bench.model { $0.available } == [8, 8, 8])
        #expect(bench.report.isAnswering)
        #expect(bench.report.acceptedAmperes == 8)
        #expect(bench.report.inFlightAmperes == nil)
    }

    @Test("A cloud that is away is asked after growing waits", arguments: faults)
    func waits(_ fault: CloudTwinFault) throws {
        let bench = try zaptecBench()
        bench.wish(30)
        bench.run(100)
        bench.fault(fault)
        let before = bench.requests().count
        bench.run(3600)
        let asked = bench.requests().count - before
        #expect(asked > 20)
        #expect(asked < 250, "an hour with a request every minute, some with a login")
    }

    @Test("A lower limit does not wait for the end of a long pause", arguments: faults)
    func urgent(_ fault: CloudTwinFault) throws {
        let bench = try zaptecBench()
        bench.wish(30)
        bench.run(100)
        bench.fault(fault)
        bench.run(600)
        bench.fault(nil)
        bench.wish(8)
        bench.run(12)
        #expect(bench.model { $0.available } == [8, 8, 8])
    }

    @Test func tooManyRequestsAreAnsweredByWaitingAsLongAsTheServerSays() throws {
        let bench = try zaptecBench()
        bench.wish(30)
        bench.run(100)
        bench.fault(.status(429, retryAfterSeconds: 40))
        bench.wish(10)
        bench.run(1)
        let asked = bench.requests().count
        bench.run(38)
        #expect(bench.requests().count == asked)
        bench.fault(nil)
        bench.run(5)
        #expect(bench.model { $0.available } == [10, 10, 10])
        #expect(bench.diagnostics.lastError?.contains("too many requests") == true)
    }

    @Test(
        "A refusal is told with its remedy and the station is still heard",
        arguments: [
            (mode: 2, rights: true, words: "power management steers the installation (code 527)"),
            (0, false, "the account may not change the installation"),
        ])
    func refusal(_ given: (mode: Int, rights: Bool, words: String)) throws {
        let bench = try zaptecBench {
            $0.availableCurrentMode = given.mode
            $0.hasRights = given.rights
        }
        bench.wish(10)
        bench.run(2)
        #expect(bench.diagnostics.lastError?.contains(given.words) == true)
        bench.run(300)
        #expect(bench.report.isAnswering)
        #expect(bench.report.acceptedAmperes == 63, "what the cloud says it holds")
        #expect(bench.requests("/update").count < 40)
    }

    // MARK: Token

    @Test func aTokenIsRenewedBeforeItEnds() throws {
        let bench = try zaptecBench { $0.tokenSeconds = 600 }
        bench.run(3600)
        let logins = bench.model { $0.logins }
        #expect((6...8).contains(logins))
        #expect(bench.diagnostics.exceptions == 0, "no request was refused for its token")
    }

    @Test func aRefusedTokenIsReplacedOnceAndTheRequestRepeated() throws {
        let bench = try zaptecBench()
        bench.wish(30)
        bench.run(100)
        bench.model { $0.forgetTokens() }
        bench.wish(10)
        bench.run(2)
        #expect(bench.model { $0.available } == [10, 10, 10])
        #expect(bench.model { $0.logins } == 2)
        #expect(bench.report.isAnswering)
    }

    @Test func aCloudThatRefusesItsOwnTokensIsNotFloodedWithLogins() throws {
        let bench = try zaptecBench()
        bench.fault(.status(401), at: "/api/")
        bench.run(3600)
        #expect(bench.model { $0.logins } < 140)
        #expect(bench.diagnostics.lastError?.contains("refuses its own new token") == true)
    }

    @Test func aWrongPasswordIsTriedSeldomAndTold() throws {
        let bench = try zaptecBench()
        bench.model { $0.password = "changed in the portal" }
        bench.run(3600)
        #expect(bench.requests("/oauth/token").count < 70)
        #expect(bench.diagnostics.lastError?.contains("refuses user name or password; correct them in /tmp/") == true)
        #expect(!bench.report.isAnswering)
        #expect(bench.report.lastContact == .never)
    }

    // MARK: Secrets and limits on requests

    @Test("No message holds user name, password or token", arguments: faults + [.slow(1), .status(403), .status(400)])
    func secrets(_ fault: CloudTwinFault) throws {
        for path in ["", "/oauth", "/api"] {
            let bench = try zaptecBench()
            bench.fault(fault, at: path)
            bench.wish(10)
            var seen = ""
            for _ in 0..<40 {
                bench.run(5)
                dump(bench.diagnostics, to: &seen)
                seen += "\(bench.report)"
            }
            bench.stop()
            dump(bench.diagnostics, to: &seen)
            for secret in ["horse", "battery", "owner@", "token-1-of"] { #expect(!seen.contains(secret)) }
        }
    }

    @Test("The account's requests stay below ten a second", arguments: [1, 10, 40])
    func rate(_ chargers: Int) throws {
        let bench = try zaptecBench(chargers: chargers)
        for second in 0..<600 { bench.wish(Double(60 - second % 60), after: Double(second)) }
        bench.run(600)
        let times = bench.requests().map(\.time)
        let most = times.indices.map { first in times[first...].prefix { $0 < times[first] + 1_000_000_000 }.count }
            .max()
        #expect(try #require(most) <= 9)
        #expect(bench.model { $0.tooMany } == 0)
    }
}
