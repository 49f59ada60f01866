import Foundation
import MeterDSP
import Synchronization
import Testing

@testable import Acquisition

/// A server of the iiod protocol that misbehaves as told; see Bed/server.py. Ends with the value.
private final class FaultyServer {
    let port: Int
    private let process: Process
    private let input = Pipe()

    static let isAvailable: Bool = {
        let nothing = FileHandle.nullDevice
        let check = try? Bed.start(["/usr/bin/env", "python3", "--version"], output: nothing, errors: nothing)
        check?.waitUntilExit()
        return check?.terminationStatus == 0
    }()

    init(_ options: [String]) throws {
        let output = Pipe()
        process = try Bed.start(
            ["/usr/bin/env", "python3", Bed.folder.appending(path: "server.py").path] + options, input: input,
            output: output, errors: .nullDevice)
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(line.trimmed), "server.py printed \(line)")
    }

    deinit {
        // The server ends with its standard input.
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func source(timeoutSeconds: Double = 30, inputs: [(MeterChannel, Int)] = [(.u1, 1), (.i1, 3)]) throws -> IIOSource {
        try IIOSource(
            IIOSettings(
                uri: "ip:127.0.0.1:\(port)", inputs: inputs.map { .init($0.0, "voltage\($0.1)") }, block: .frames(80),
                timeoutSeconds: timeoutSeconds))
    }
}

/// The codes of two 16-bit channels and what is told of the block.
private func readBlock(_ source: inout IIOSource) throws -> (codes: [[Int32]], info: BlockInfo) {
    let layout = source.layout
    return try source.nextBlock { frames, info in
        let codes = (0..<info.frameCount).map { frame in
            [MeterChannel.u1, .i1].map { channel in
                let offset = frame * layout.frameBytes + (layout[channel]?.byteOffset ?? 0)
                return Int32(frames.unsafeLoadUnaligned(fromByteOffset: offset, as: Int16.self))
            }
        }
        return (codes, info)
    }
}

private func made(_ frames: Range<Int>) -> [[Int32]] {
    frames.map { [Bed.code(frame: $0, input: 1), Bed.code(frame: $0, input: 3)] }
}

@Suite(
    .serialized, .enabled(if: FaultyServer.isAvailable, "needs python3"), .timeLimit(.minutes(5)))
struct NetworkFaultTests {
    @Test func `frames that another client made wider are closed up`() throws {
        let server = try FaultyServer(["--fault", "wide", "--at", "3"])
        var source = try server.source()
        #expect(source.layout.frameBytes == 16)
        var next = 0
        for block in 0..<20 {
            let (codes, info) = try readBlock(&source)
            #expect(info.frameCount == (block < 3 ? 80 : 53) && info.firstFrame == next)
            #expect(codes == made(next..<next + info.frameCount))
            #expect(info.lastFrameTime == Int64(1_000_000_000 + (next + info.frameCount - 1) * 125_000))
            #expect(!info.isDiscontinuity)
            next += info.frameCount
        }
    }

    @Test(arguments: [1, 7, 1000])
    func `pieces of any size make whole blocks`(size: Int) throws {
        let server = try FaultyServer(["--split", "\(size)"])
        var source = try server.source()
        for block in 0..<5 { #expect(try readBlock(&source).codes == made(block * 80..<block * 80 + 80)) }
    }

    @Test(arguments: ["close", "reset", "stall", "timeout", "garbage", "huge", "short"])
    func `a broken stream is an error that a reconnect cures, and the gap is marked`(fault: String) throws {
        let server = try FaultyServer(["--fault", fault, "--at", "3", "--once"])
        var source = try server.source(timeoutSeconds: fault == "stall" ? 1 : 10)
        for _ in 0..<3 { _ = try readBlock(&source) }
        let error = try #require(throws: AcquisitionError.self) { _ = try readBlock(&source) }
        switch error {
        case .timedOut: #expect(["stall", "timeout"].contains(fault))
        case .contextLost: #expect(fault != "timeout")
        default: Issue.record("\(error)")
        }
        #expect(error.isTransient)
        // It stands until the reconnect.
        #expect(throws: error) { _ = try readBlock(&source) }
        try source.reconnect(policy: ReconnectPolicy(firstDelaySeconds: 0.3))
        let (codes, info) = try readBlock(&source)
        #expect(codes == made(0..<80))
        // 0.3 s at 8 kHz were lost at least, less the block delivered.
        #expect(info.isDiscontinuity && info.framesLost >= 2400 - 80)
        #expect(info.firstFrame == 240 + info.framesLost)
        #expect(try !readBlock(&source).info.isDiscontinuity)
    }

    /// Negated, they would end the process. (Of the first two libiio passes on the lower half of the bits.)
    @Test(arguments: [
        ("TIMEOUT", Int64(Int32.min)), ("SET", Int64(Int32.min)), ("OPEN", .min), ("READ", .min), ("READBUF", .min),
    ])
    func `an error number that has no opposite is an error like any other`(verb: String, number: Int64) throws {
        let server = try FaultyServer(["--answer", verb, "\(number)"])
        #expect(throws: AcquisitionError.self) {
            var source = try server.source(timeoutSeconds: 1)
            for _ in 0..<3 { _ = try readBlock(&source) }
        }
    }

    @Test(arguments: ["1e25", "-1e16", "1e-20", "5e-324", "0", "nan", "x"])
    func `a scale that no ADC has is refused by its input`(scale: String) throws {
        let server = try FaultyServer(["--scale=\(scale)"])
        let error = try #require(throws: AcquisitionError.self) { _ = try server.source() }
        guard case .attributeUnreadable(_, _, attribute: "voltage1 scale", _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    /// libiio takes it for a part of that input and reads it there, from where the frame has ended.
    @Test func `a timestamp at an input's place is refused where its block is too short for it`() throws {
        let server = try FaultyServer(["--timestamp-index", "7", "--fault", "wide", "--at", "1"])
        #expect(throws: AcquisitionError.self) {
            var source = try server.source()
            for _ in 0..<3 { _ = try readBlock(&source) }
        }
    }

    @Test(arguments: ["le:S4294967288/4294967288X4294967295&gt;&gt;0", "le:S64/64X8193&gt;&gt;0"])
    func `an element too large for any frame is refused by its format`(format: String) throws {
        let server = try FaultyServer(["--format", format])
        let error = try #require(throws: AcquisitionError.self) {
            _ = try server.source(inputs: [(.u1, 4), (.u2, 5), (.u3, 6), (.i1, 7)])
        }
        guard case .formatRefused(_, _, channel: "voltage4", _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `another thread connects anew while the reading one goes on`() throws {
        let server = try FaultyServer(["--fault", "close", "--at", "3", "--once"])
        var source = try server.source()
        let connector = try source.makeConnector()
        let canceller = source.canceller
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            connector.run()
            ended.signal()
        }
        for _ in 0..<3 { _ = try readBlock(&source) }
        #expect(throws: AcquisitionError.self) { _ = try readBlock(&source) }
        let isBackUnasked = source.resume(from: connector)
        #expect(!isBackUnasked)
        connector.request()
        var turns = 0
        while !source.resume(from: connector), turns < 3000 {
            turns += 1
            usleep(10_000)
        }
        let (codes, info) = try readBlock(&source)
        #expect(codes == made(0..<80) && info.isDiscontinuity)
        #expect(info.firstFrame == 240 + info.framesLost)
        let isGivenAgain = source.resume(from: connector)
        #expect(!isGivenAgain)
        canceller.cancel()
        #expect(ended.wait(timeout: .now() + 60) == .success)
    }

    @Test func `what another thread tries in vain is told, attempt by attempt`() throws {
        var server: FaultyServer? = try FaultyServer(["--fault", "close", "--at", "0"])
        var source = try #require(server).source()
        let connector = try source.makeConnector()
        let canceller = source.canceller
        #expect(throws: AcquisitionError.self) { _ = try readBlock(&source) }
        server = nil
        connector.request()
        let errors = Mutex<[AcquisitionError]>([])
        connector.run(policy: ReconnectPolicy(firstDelaySeconds: 0.01)) { error in
            let count = errors.withLock {
                $0.append(error)
                return $0.count
            }
            if count == 3 { canceller.cancel() }
        }
        let isBack = source.resume(from: connector)
        #expect(!isBack)
        let told = errors.withLock { $0 }
        #expect(told.count == 3)
        for error in told {
            guard case .noContext(_, errno: ECONNREFUSED) = error else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test func `giving up after the attempts allowed throws the last error`() throws {
        var server: FaultyServer? = try FaultyServer(["--fault", "close", "--at", "0"])
        var source = try #require(server).source()
        #expect(throws: AcquisitionError.self) { _ = try readBlock(&source) }
        server = nil
        var reports: [Double] = []
        let error = try #require(throws: AcquisitionError.self) {
            try source.reconnect(policy: ReconnectPolicy(firstDelaySeconds: 0.01, maximumAttempts: 3)) {
                reports.append($1)
            }
        }
        guard case .noContext(_, errno: ECONNREFUSED) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reports == [0.02, 0.04])
    }

    @Test func `a cancelled source stays so`() throws {
        let server = try FaultyServer([])
        var source = try server.source()
        _ = try readBlock(&source)
        source.canceller.cancel()
        let cancelled = AcquisitionError.cancelled(uri: "ip:127.0.0.1:\(server.port)")
        #expect(throws: cancelled) { _ = try readBlock(&source) }
        #expect(throws: cancelled) { try source.reconnect() }
        #expect(throws: cancelled) { try source.reconnectOnce() }
    }
}
