import Acquisition
import Glibc
import MeterDSP
import Realtime

/// Opens an IIO source and tells what it sees, one JSON object per line on the standard output.
///
/// `acquisition-probe URI [options] INPUT=CHANNEL ...`, for example
/// `acquisition-probe ip:127.0.0.1 --blocks 100 voltage0=u1 voltage3=i1`.
@main
enum AcquisitionProbe {
    static func main() {
        do {
            let options = try ProbeOptions(CommandLine.arguments.dropFirst())
            try run(options)
        } catch let error as AcquisitionError {
            emit(["event": .text("error"), "case": .text(caseName(error)), "text": .text(error.description)])
            exit(3)
        } catch {
            emit(["event": .text("error"), "case": .text("usage"), "text": .text("\(error)")])
            exit(2)
        }
    }

    private static func run(_ options: ProbeOptions) throws {
        let dump = try options.dumpPath.map { try CodeDump(path: $0) }
        let canceller = IIOCanceller()
        startHelpers(options, canceller)
        var source = try IIOSource(options.settings, canceller: canceller)
        tellSource(source, settings: options.settings)
        let channels = options.settings.inputs.map(\.channel)
        let layout = source.layout
        var read = 0
        while read < options.blocks {
            do throws(AcquisitionError) {
                try source.nextBlock { frames, info in
                    var checksum = FNV()
                    for frame in 0..<(options.isDecoding ? info.frameCount : 0) {
                        for channel in channels {
                            guard let slot = layout[channel] else { continue }
                            let code = decode(frames, at: frame * layout.frameBytes + slot.byteOffset, slot.format)
                            checksum.add(code)
                            dump?.add(code)
                        }
                    }
                    if options.isVerbose || info.isDiscontinuity || read == 0 || read == options.blocks - 1 {
                        tellBlock(info, checksum: checksum.value)
                    }
                }
                read += 1
            } catch {
                guard options.reconnects, error.isTransient else { throw error }
                emit(["event": .text("lost"), "case": .text(caseName(error)), "text": .text(error.description)])
                try source.reconnect { error, seconds in
                    emit([
                        "event": .text("attempt"), "case": .text(caseName(error)),
                        "text": .text(error.description), "nextSeconds": .number(seconds),
                    ])
                }
                emit(["event": .text("reconnected"), "blocksRead": .integer(Int64(read))])
            }
        }
        emit(["event": .text("end"), "blocks": .integer(Int64(read))])
    }

    private static func startHelpers(_ options: ProbeOptions, _ canceller: IIOCanceller) {
        if let seconds = options.cancelAfterSeconds {
            _ = RealtimeThread(name: "cancel") { _ in
                usleep(UInt32(seconds * 1e6))
                canceller.cancel()
            }
        }
        if let seconds = options.watchdogSeconds {
            _ = RealtimeThread(name: "watchdog") { _ in
                while !canceller.isCancelled {
                    usleep(20_000)
                    canceller.interrupt(whereWaitingLongerThan: seconds)
                }
            }
        }
    }

    private static func tellSource(_ source: borrowing IIOSource, settings: IIOSettings) {
        let slots = settings.inputs.compactMap { input -> ProbeValue? in
            guard let slot = source.layout[input.channel] else { return nil }
            return .object([
                "channel": .text("\(input.channel)"), "byteOffset": .integer(Int64(slot.byteOffset)),
                "storageBits": .integer(Int64(slot.format.storageBits)),
                "significantBits": .integer(Int64(slot.format.significantBits)),
                "shift": .integer(Int64(slot.format.shift)),
                // As text: few JSON readers take every Double to the last bit.
                "scale": source.scale(of: input.channel).map { .text("\($0)") } ?? .null,
            ])
        }
        emit([
            "event": .text("source"), "device": .text(source.deviceName), "rate": .number(source.sampleRateHz),
            "frameBytes": .integer(Int64(source.layout.frameBytes)),
            "timestampOffset": source.layout.timestampOffset.map { .integer(Int64($0)) } ?? .null,
            "clock": .text("\(source.timestampClock)"), "slots": .list(slots),
        ])
    }

    private static func tellBlock(_ info: BlockInfo, checksum: UInt64) {
        emit([
            "event": .text("block"), "firstFrame": .integer(info.firstFrame),
            "frameCount": .integer(Int64(info.frameCount)), "framesLost": .integer(info.framesLost),
            "discontinuity": .boolean(info.isDiscontinuity), "deliveredAt": .integer(info.deliveredAt),
            "lastFrameTime": info.lastFrameTime.map { .integer($0) } ?? .null,
            "checksum": .text(String(checksum, radix: 16)),
        ])
    }
}

/// The case of an error without its values.
func caseName(_ error: AcquisitionError) -> String {
    Mirror(reflecting: error).children.first?.label ?? "\(error)"
}

/// The code of one sample, by the definition of ``SampleFormat``.
func decode(_ frames: RawSpan, at offset: Int, _ format: SampleFormat) -> Int32 {
    var word: UInt32
    if format.storageBits == 16 {
        let stored = frames.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
        word = UInt32(format.isBigEndian ? stored.byteSwapped : stored)
    } else {
        let stored = frames.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
        word = format.isBigEndian ? stored.byteSwapped : stored
    }
    word >>= UInt32(format.shift)
    let unused = UInt32(32 - format.significantBits)
    return format.isSigned
        ? Int32(bitPattern: word << unused) >> Int32(unused) : Int32(bitPattern: (word << unused) >> unused)
}

/// FNV-1a over codes, 64 bits.
struct FNV {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ code: Int32) {
        var rest = UInt32(bitPattern: code)
        for _ in 0..<4 {
            value = (value ^ UInt64(rest & 0xFF)) &* 0x100_0000_01b3
            rest >>= 8
        }
    }
}
