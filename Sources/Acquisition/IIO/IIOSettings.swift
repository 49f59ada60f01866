import MeterDSP

/// Which device is read, which of its inputs mean what, and how.
public struct IIOSettings: Sendable, Equatable {
    /// One input of the device and the meter channel that it feeds.
    public struct Input: Sendable, Equatable {
        public var channel: MeterChannel
        /// The input's id (`voltage0`), name or label.
        public var name: String

        public init(_ channel: MeterChannel, _ name: String) {
            self.channel = channel
            self.name = name
        }
    }

    /// A value that is written to the device before its buffer opens, and again after each reconnect: for example
    /// the rate of an ADC whose driver starts slow.
    public struct AttributeValue: Sendable, Equatable {
        /// The input whose attribute it is, by id, name or label; nil: the device's own.
        public var input: String?
        public var attribute: String
        public var value: String

        public init(input: String? = nil, attribute: String, value: String) {
            self.input = input
            self.attribute = attribute
            self.value = value
        }
    }

    /// How long a block is: the ADC's rate may be known only once it is open.
    public enum BlockLength: Sendable, Equatable {
        case frames(Int)
        case seconds(Double)

        /// 1 or more.
        func frames(sampleRateHz: Double) -> Int {
            switch self {
            case .frames(let count): count
            case .seconds(let seconds): max(1, Int((seconds * sampleRateHz).rounded()))
            }
        }
    }

    /// `local:`, `ip:host`, `ip:host:port`, `usb:`.
    public var uri: String
    /// The ADC's machine is this one: its clocks are these clocks.
    var isOnThisMachine: Bool {
        ["local:", "ip:127.", "ip:localhost"].contains { uri.hasPrefix($0) }
    }
    /// Name, label or id of the device; nil: the only one that can stream. Ids like `iio:device0` may change when
    /// a device comes back: prefer the name.
    public var device: String?
    public var inputs: [Input]
    /// Frames per second, where the driver's own word is missing or in another unit; nil: as the driver says.
    public var sampleRateHz: Double?
    /// Length of one block; 10 ms are a good choice.
    public var block: BlockLength
    /// Blocks that the kernel (or iiod) holds while nobody reads. Below about 300 ms in all, frames get lost on a
    /// busy machine.
    public var kernelBuffers: Int
    /// A wait for one block that takes longer counts as a loss. At least 20 blocks' time is advisable; over the
    /// network the server gives up at half of it.
    public var timeoutSeconds: Double
    /// Whether frames carry the device's timestamp where it has one: the only sure way to see lost frames.
    public var usesTimestamp: Bool
    /// Whether inputs that feed no channel are read too: for drivers that always push all of their inputs.
    public var enablesAllInputs: Bool
    public var attributes: [AttributeValue]

    public init(
        uri: String, device: String? = nil, inputs: [Input], sampleRateHz: Double? = nil,
        block: BlockLength = .seconds(0.01),
        kernelBuffers: Int = 32, timeoutSeconds: Double = 1, usesTimestamp: Bool = true,
        enablesAllInputs: Bool = false, attributes: [AttributeValue] = []
    ) {
        self.uri = uri
        self.device = device
        self.inputs = inputs
        self.sampleRateHz = sampleRateHz
        self.block = block
        self.kernelBuffers = kernelBuffers
        self.timeoutSeconds = timeoutSeconds
        self.usesTimestamp = usesTimestamp
        self.enablesAllInputs = enablesAllInputs
        self.attributes = attributes
    }

    /// Looks at every setting that can be judged without the device.
    public func validate() throws(AcquisitionError) {
        func refuse(_ field: String, _ value: String, _ remedy: String) -> AcquisitionError {
            .badSetting(field: field, value: value, remedy: remedy)
        }
        guard !uri.isEmpty, !uri.utf8.contains(0) else {
            throw .badURI(uri: uri, problem: uri.isEmpty ? "it is empty" : "it contains a zero byte")
        }
        guard !inputs.isEmpty else { throw refuse("inputs", "none", "name at least one input") }
        for (index, input) in inputs.enumerated() {
            guard !inputs[..<index].contains(where: { $0.channel == input.channel }) else {
                throw refuse("inputs", "\(input.channel)", "give each meter channel one input")
            }
            guard !input.name.isEmpty else { throw refuse("inputs", "\(input.channel)", "name the input") }
        }
        switch block {
        case .frames(let count):
            guard (1...1_000_000).contains(count) else {
                throw refuse("block", "\(count) frames", "choose 1 to 1000000 frames")
            }
        case .seconds(let seconds):
            guard seconds >= 1e-6, seconds <= 10 else { throw refuse("block", "\(seconds) s", "choose up to 10 s") }
        }
        guard (1...4096).contains(kernelBuffers) else {
            throw refuse("kernelBuffers", "\(kernelBuffers)", "choose 1 to 4096 blocks")
        }
        guard timeoutSeconds >= 0.01, timeoutSeconds <= 3600 else {
            throw refuse("timeoutSeconds", "\(timeoutSeconds)", "choose 0.01 to 3600 s")
        }
        if let rate = sampleRateHz { try validate(rate: rate) }
    }

    /// Looks at the settings that the rate decides about, `rate` itself included.
    func validate(rate: Double) throws(AcquisitionError) {
        guard rate >= 1, rate <= 1e9 else {
            throw .badSetting(field: "sampleRateHz", value: "\(rate)", remedy: "choose 1 Hz to 1 GHz")
        }
        let blockSeconds = Double(block.frames(sampleRateHz: rate)) / rate
        guard timeoutSeconds >= 4 * blockSeconds else {
            throw .badSetting(
                field: "timeoutSeconds", value: "\(timeoutSeconds)",
                remedy: "a block takes \(blockSeconds) s: choose \(20 * blockSeconds) s or more, or shorter blocks")
        }
    }
}
