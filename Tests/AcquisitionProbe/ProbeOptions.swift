import Acquisition
import MeterDSP

/// What is wrong with the probe's arguments.
struct UsageError: Error, CustomStringConvertible {
    let description: String
}

/// The probe's arguments.
struct ProbeOptions {
    var settings: IIOSettings
    var blocks = 10
    var isVerbose = false
    /// Off: blocks are only taken, so that what the source itself does can be counted.
    var isDecoding = true
    var reconnects = false
    var dumpPath: String?
    var cancelAfterSeconds: Double?
    var watchdogSeconds: Double?

    init(_ arguments: some Sequence<String>) throws {
        settings = IIOSettings(uri: "", inputs: [], block: .frames(80))
        var rest = arguments.makeIterator()
        guard let uri = rest.next() else { throw UsageError(description: "acquisition-probe URI INPUT=CHANNEL ...") }
        settings.uri = uri
        func value<Value: LosslessStringConvertible>(_ option: String, _ type: Value.Type) throws -> Value {
            guard let text = rest.next(), let value = Value(text) else {
                throw UsageError(description: "\(option) needs a value")
            }
            return value
        }
        while let argument = rest.next() {
            switch argument {
            case "--device": settings.device = try value(argument, String.self)
            case "--block-frames": settings.block = .frames(try value(argument, Int.self))
            case "--kernel-buffers": settings.kernelBuffers = try value(argument, Int.self)
            case "--timeout": settings.timeoutSeconds = try value(argument, Double.self)
            case "--rate": settings.sampleRateHz = try value(argument, Double.self)
            case "--no-timestamp": settings.usesTimestamp = false
            case "--all-inputs": settings.enablesAllInputs = true
            case "--write":
                let parts = try value(argument, String.self).split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw UsageError(description: "--write ATTRIBUTE=VALUE") }
                settings.attributes.append(.init(attribute: parts[0], value: parts[1]))
            case "--blocks": blocks = try value(argument, Int.self)
            case "--no-decode": isDecoding = false
            case "--verbose": isVerbose = true
            case "--reconnect": reconnects = true
            case "--dump": dumpPath = try value(argument, String.self)
            case "--cancel-after": cancelAfterSeconds = try value(argument, Double.self)
            case "--watchdog": watchdogSeconds = try value(argument, Double.self)
            default:
                guard let split = argument.lastIndex(of: "="),
                    let channel = MeterChannel.allCases.first(where: {
                        "\($0)" == argument[argument.index(after: split)...]
                    })
                else {
                    throw UsageError(description: "\(argument) is not INPUT=CHANNEL with a channel u1...i3, iN, aux")
                }
                settings.inputs.append(.init(channel, String(argument[..<split])))
            }
        }
    }
}
