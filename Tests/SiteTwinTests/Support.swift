import Foundation
import MeterDSP

@testable import SiteTwin

/// A household that is switched off, no steps: only what a test adds.
func quietOptions(seed: UInt64 = 1, stations: Int = 1) -> TwinOptions {
    var options = TwinOptions()
    options.seed = seed
    options.stationCount = stations
    options.appliances = []
    options.steps = []
    return options
}

/// Frames of a twin without sockets, taken one after the other.
struct FrameReader {
    var state: PlantState
    private let key: Int
    private var now: Int64 = 0

    init(_ options: TwinOptions) {
        state = PlantState(options: options)
        state.start(at: 0)
        key = state.openBuffer(capacityFrames: options.sampleRateHz)
    }

    /// Goes on to `seconds` after the start without keeping a frame.
    mutating func skip(to seconds: Double) {
        let frames = Int(seconds * Double(state.clock.rate)) - Int(state.publishedFrames)
        for _ in 0..<frames / 100 { _ = read(100) }
        _ = read(frames % 100)
    }

    /// The next `count` frames, at most a second's.
    mutating func read(_ count: Int) -> [UInt8] {
        guard count > 0, let packing = FramePacking(mask: FramePacking.allChannels) else { return [] }
        var bytes: [UInt8] = []
        now = state.clock.nanoseconds(ofFrame: state.publishedFrames + Int64(count) - 1)
        state.publish(until: now)
        _ = state.take(count, from: key, packing: packing, into: &bytes)
        return bytes
    }
}

func code(_ bytes: [UInt8], frame: Int, channel: MeterChannel) -> Int {
    let offset = frame * 24 + channel.rawValue * 2
    return Int(Int16(bitPattern: UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8))
}

func timestamp(_ bytes: some RandomAccessCollection<UInt8>) -> Int64 {
    Int64(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
}

/// Runs a program to its end, with what it wrote.
func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: Data, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let output = Pipe()
    let errors = FileManager.default.temporaryDirectory.appending(path: "twin-\(UUID().uuidString).err")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data, try String(contentsOf: errors, encoding: .utf8))
}

/// Whether `/usr/bin/<name>` is installed.
func isInstalled(_ name: String) -> Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)") }

/// Waits until `condition` holds, at most a minute.
func waitUntil(_ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<6000 {
        if condition() { return true }
        try await Task.sleep(nanoseconds: 10_000_000)
    }
    return condition()
}
