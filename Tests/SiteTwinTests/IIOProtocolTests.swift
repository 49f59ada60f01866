import Foundation
import Testing

@testable import SiteTwin

@Suite("iiod protocol", .serialized)
struct IIOProtocolTests {
    private func makeTwin(_ options: TwinOptions = quietOptions()) throws -> (SiteTwin, Int) {
        let twin = try SiteTwin(options)
        try twin.start()
        return (twin, try #require(Int(twin.iioURI.split(separator: ":")[2])))
    }

    private func attribute(_ client: RawClient, _ command: String) -> String {
        guard let count = Int(client.ask(command)), count > 0 else { return "refused" }
        let value = client.read(count + 1)
        return String(decoding: value.dropLast(2), as: UTF8.self)
    }

    @Test("Version, description, attributes and refusals are as iiod 0.24 answers")
    func conversation() throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        #expect(client.ask("VERSION") == "0.24.hr-twin")
        #expect(client.ask("ZPRINT") == "-22")
        let length = try #require(Int(client.ask("PRINT")))
        let xml = String(decoding: client.read(length), as: UTF8.self)
        #expect(client.read(1) == [10])
        #expect(xml.hasSuffix("</context>"))
        #expect(client.ask("TIMEOUT 1500") == "0")
        #expect(attribute(client, "READ iio:device0 sampling_frequency") == "32000")
        #expect(attribute(client, "READ headroom-twin current_timestamp_clock") == "monotonic")
        #expect(attribute(client, "READ iio:device0 INPUT voltage2 scale") == "15.2587890625")
        #expect(attribute(client, "READ iio:device0 INPUT current3 scale") == "6.103515625")
        #expect(attribute(client, "READ iio:device0 BUFFER data_available") == "0")
        #expect(client.ask("READ iio:device0 INPUT timestamp scale") == "-2")
        #expect(client.ask("READ iio:device0 nothing") == "-2")
        #expect(client.ask("READ iio:device9 sampling_frequency") == "-19")
        #expect(client.ask("GETTRIG iio:device0") == "0")
        client.send("WRITE iio:device0 current_timestamp_clock 10\r\nmonotonic\0")
        #expect(client.readLine() == "10")
        client.send("WRITE iio:device0 current_timestamp_clock 8\r\nrealtime")
        #expect(client.readLine() == "-22")
        client.send("WRITE iio:device0 sampling_frequency 6\r\n32000\0")
        #expect(client.readLine() == "6")
        #expect(client.ask("CLOSE iio:device0") == "-9")
        #expect(client.ask("READBUF iio:device0 240") == "-9")
        #expect(client.ask("OPEN iio:device0 10 00000000") == "-22")
        #expect(client.ask("OPEN iio:device0 10 00000200") == "-22")
        #expect(client.ask("OPEN iio:device0 999999999999 000001ff") == "-12")
        #expect(client.ask("NONSENSE") == "-22")
        client.send("EXIT\r\n")
        #expect(client.endError() == 0)
    }

    @Test("A buffer gives gapless frames in blocks, refuses a second opening, and can be closed and opened again")
    func streaming() throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        #expect(client.ask("SET iio:device0 BUFFERS_COUNT 1000") == "0")
        var missing: Int64 = 0
        for _ in 0..<2 {
            #expect(client.ask("OPEN iio:device0 320 000001ff") == "0")
            #expect(client.ask("OPEN iio:device0 320 000001ff") == "-16")
            var last: Int64?
            for _ in 0..<5 {
                // Two blocks in one request: the mask comes with the first chunk only.
                #expect(client.ask("READBUF iio:device0 15360") == "7680")
                #expect(client.readLine() == "000001ff")
                var bytes = client.read(7680)
                #expect(client.readLine() == "7680")
                bytes += client.read(7680)
                #expect(bytes.count == 15_360)
                for frame in stride(from: 0, to: bytes.count, by: 24) {
                    let time = timestamp(bytes[frame + 16..<frame + 24])
                    if let last {
                        #expect(time > last && (time - last) % 31_250 == 0)
                        missing += (time - last) / 31_250 - 1
                    }
                    last = time
                }
            }
            #expect(client.ask("CLOSE iio:device0") == "0")
        }
        // None, unless this machine was held up for the ten seconds that the buffer holds: then counted.
        #expect(missing <= twin.observation().overrunFrames)
    }

    @Test("No frame is delivered before its time has come")
    func noFuture() throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        #expect(client.ask("OPEN iio:device0 7 000001ff") == "0")
        for _ in 0..<50 {
            #expect(client.ask("READBUF iio:device0 168") == "168")
            _ = client.readLine()
            var now = timespec()
            let bytes = client.read(168)
            clock_gettime(CLOCK_MONOTONIC, &now)
            #expect(timestamp(bytes.suffix(8)) <= Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
        }
    }

    @Test("Two clients with different channels each get their own frames of the same time")
    func twoClients() throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let all = RawClient(port: port)
        let few = RawClient(port: port)
        #expect(all.ask("SET iio:device0 BUFFERS_COUNT 1000") == "0")
        #expect(all.ask("OPEN iio:device0 320 000001ff") == "0")
        #expect(few.ask("OPEN iio:device0 320 00000109") == "0")
        #expect(few.ask("READBUF iio:device0 5120") == "5120")
        #expect(few.readLine() == "00000109")
        let narrow = few.read(5120)
        // The first client opened earlier: read until its frames reach those of the second.
        var wide: [UInt8] = []
        repeat {
            #expect(all.ask("READBUF iio:device0 7680") == "7680")
            #expect(all.readLine() == "000001ff")
            wide += all.read(7680)
        } while wide.count % 7680 == 0 && timestamp(wide.suffix(8)) < timestamp(narrow.suffix(8))
        for frame in 0..<320 {
            let time = timestamp(narrow[frame * 16 + 8..<frame * 16 + 16])
            let index = Int(time - timestamp(wide[16..<24])) / 31_250
            #expect(Array(narrow[frame * 16..<frame * 16 + 2]) == Array(wide[index * 24..<index * 24 + 2]))
            #expect(Array(narrow[frame * 16 + 2..<frame * 16 + 4]) == Array(wide[index * 24 + 6..<index * 24 + 8]))
            #expect(Array(narrow[frame * 16 + 4..<frame * 16 + 8]) == [0, 0, 0, 0])
        }
    }

    @Test("A server that sends more channels than asked for says so in the mask")
    func extraChannels() throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        twin.setMeterSendsAllChannels(true)
        #expect(client.ask("OPEN iio:device0 32 00000109") == "0")
        #expect(client.ask("READBUF iio:device0 512") == "504", "512 bytes hold 21 frames of 24")
        #expect(client.readLine() == "000001ff")
        #expect(client.read(504).count == 504)
        #expect(client.readLine() == "0")
    }

    @Test(
        "A slow reader loses the newest frames once its buffer is full; the loss is counted and shows in the timestamps"
    )
    func overrun() async throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        #expect(client.ask("SET iio:device0 BUFFERS_COUNT 4") == "0")
        #expect(client.ask("OPEN iio:device0 100 000001ff") == "0")
        #expect(try await waitUntil { twin.observation().overrunFrames > 1000 })
        #expect(attribute(client, "READ iio:device0 BUFFER data_available") == "400")
        var times: [Int64] = []
        for _ in 0..<6 {
            #expect(client.ask("READBUF iio:device0 2400") == "2400")
            _ = client.readLine()
            let bytes = client.read(2400)
            times += (0..<100).map { timestamp(bytes[$0 * 24 + 16..<$0 * 24 + 24]) }
        }
        for index in 1..<400 { #expect(times[index] - times[index - 1] == 31_250) }
        let gap = (400..<600).map { times[$0] - times[$0 - 1] }.max() ?? 0
        #expect(gap > 1000 * 31_250)
    }

    @Test("After its time-out a read answers -110, then -9 for ever; a new opening works again")
    func timeout() throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        #expect(client.ask("TIMEOUT 50") == "0")
        // A block of half a minute: not even on a busy machine is it there in time.
        #expect(client.ask("SET iio:device0 BUFFERS_COUNT 1") == "0")
        #expect(client.ask("OPEN iio:device0 1000000 000001ff") == "0")
        #expect(client.ask("READBUF iio:device0 24000000") == "-110")
        #expect(client.ask("READBUF iio:device0 24000000") == "-9")
        #expect(client.ask("READBUF iio:device0 24") == "-9")
        #expect(client.ask("CLOSE iio:device0") == "0")
        #expect(client.ask("TIMEOUT 0") == "0")
        #expect(client.ask("OPEN iio:device0 32 000001ff") == "0")
        #expect(client.ask("READBUF iio:device0 768") == "768")
    }

    @Test("Lost frames make the timestamps jump by just their number")
    func lostFrames() throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        #expect(client.ask("SET iio:device0 BUFFERS_COUNT 1000") == "0")
        #expect(client.ask("OPEN iio:device0 320 000001ff") == "0")
        twin.loseFrames(100)
        // Taken before the first frame was read, that loss shows nowhere; the second one does.
        var hasLostAgain = false
        var gaps: [Int64] = []
        var last: Int64?
        for _ in 0..<1000 where gaps.isEmpty {
            #expect(client.ask("READBUF iio:device0 7680") == "7680")
            _ = client.readLine()
            let bytes = client.read(7680)
            for frame in 0..<320 {
                let time = timestamp(bytes[frame * 24 + 16..<frame * 24 + 24])
                if let last, time - last != 31_250 { gaps.append(time - last) }
                last = time
            }
            if !hasLostAgain, twin.observation().removedFrames == 100 {
                hasLostAgain = true
                twin.loseFrames(100)
            }
        }
        #expect(!gaps.isEmpty)
        #expect(gaps.allSatisfy { $0 == 101 * 31_250 })
    }

    @Test("Faults: stalled answers come later, dropped connections are reset, a refusing port refuses and comes back")
    func faults() async throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        let client = RawClient(port: port)
        #expect(client.ask("VERSION").hasPrefix("0.24."))
        twin.setMeterStalled(true)
        client.send("VERSION\r\n")
        try await Task.sleep(nanoseconds: 100_000_000)
        twin.setMeterStalled(false)
        #expect(client.readLine().hasPrefix("0.24."))
        twin.dropMeterConnections()
        #expect(client.endError() == ECONNRESET)
        twin.setMeterRefusing(true)
        #expect(try await waitUntil { !RawClient(port: port).isConnected })
        twin.setMeterRefusing(false)
        #expect(try await waitUntil { RawClient(port: port).isConnected })
        #expect(RawClient(port: port).ask("VERSION").hasPrefix("0.24."))
    }

    @Test("Stopping ends with a stalled client, a waiting reader and a client that sends half a command")
    func stopping() throws {
        let (twin, port) = try makeTwin()
        let reader = RawClient(port: port)
        #expect(reader.ask("TIMEOUT 0") == "0")
        #expect(reader.ask("OPEN iio:device0 200000 000001ff") == "0")
        reader.send("READBUF iio:device0 4800000\r\n")
        let half = RawClient(port: port)
        half.send("WRITE iio:device0 x 4000\r\nabc")
        let stalled = RawClient(port: port)
        twin.setMeterStalled(true)
        stalled.send("VERSION\r\n")
        twin.stop()
        #expect(!RawClient(port: port).isConnected)
        twin.stop()
        #expect(throws: TwinError.alreadyStarted) { try twin.start() }
    }

    @Test(
        "iio_info finds the device, its channels and attributes",
        .enabled(if: isInstalled("iio_info"), "iio_info is not installed"))
    func iioInfo() throws {
        let (twin, _) = try makeTwin()
        defer { twin.stop() }
        let result = try run("/usr/bin/iio_info", ["-u", twin.iioURI])
        let text = String(decoding: result.output, as: UTF8.self)
        #expect(result.status == 0, "\(result.errors)")
        #expect(text.contains("iio:device0: headroom-twin (buffer capable)"))
        #expect(text.contains("9 channels found"))
        #expect(text.contains("le:S16/16>>0"))
        #expect(text.contains("le:S64/64>>0"))
        #expect(text.contains("value: 15.2587890625"))
        #expect(text.contains("value: 6.103515625"))
        #expect(text.contains("sampling_frequency value: 32000"))
        #expect(text.contains("current_timestamp_clock value: monotonic"))
    }

    @Test(
        "iio_readdev reads every frame asked for, without a gap",
        .enabled(if: isInstalled("iio_readdev"), "iio_readdev is not installed"),
        arguments: [([], 24), (["voltage0", "current0", "timestamp"], 16), (["voltage0", "current2"], 4)]
            as [([String], Int)])
    func iioReaddev(channels: [String], frameBytes: Int) throws {
        let (twin, port) = try makeTwin()
        defer { twin.stop() }
        // The tool leaves the number of blocks as it is; four of them are too few for a busy machine.
        #expect(RawClient(port: port).ask("SET iio:device0 BUFFERS_COUNT 1000") == "0")
        let result = try run(
            "/usr/bin/iio_readdev", ["-u", twin.iioURI, "-b", "320", "-s", "16000", "headroom-twin"] + channels)
        #expect(result.status == 0, "\(result.errors)")
        let bytes = [UInt8](result.output)
        #expect(bytes.count == 16_000 * frameBytes)
        guard bytes.count == 16_000 * frameBytes, frameBytes > 8 else { return }
        var missing: Int64 = 0
        for frame in 1..<16_000 {
            let end = frame * frameBytes
            let step = timestamp(bytes[end + frameBytes - 8..<end + frameBytes]) - timestamp(bytes[end - 8..<end])
            #expect(step > 0 && step % 31_250 == 0, "frame \(frame)")
            missing += step / 31_250 - 1
        }
        // None, unless this machine was held up for the ten seconds that the buffer holds: then counted.
        #expect(missing <= twin.observation().overrunFrames)
    }
}
