/// The times of a serial line (MODBUS over Serial Line V1.02, 2.5.1.1), in nanoseconds.
struct RTUTiming: Sendable, Equatable {
    /// One character: start bit, 8 data bits, parity where there is one, stop bits.
    var character: Int64
    /// The silence between two frames: 3.5 characters, above 19200 baud 1.75 ms.
    var silence: Int64

    init(_ settings: SerialSettings) {
        let bits = 9 + (settings.parity == .none ? 0 : 1) + settings.stopBits
        character = Int64(bits) * 1_000_000_000 / Int64(max(settings.baud, 1))
        silence = settings.baud > 19_200 ? 1_750_000 : character * 7 / 2
    }

    /// RTU frames in a TCP connection: the gateway keeps the line's own silence.
    static let network = RTUTiming(character: 0, silence: 0)

    private init(character: Int64, silence: Int64) {
        self.character = character
        self.silence = silence
    }

    /// The silence after which what was on the line is over. Adapters and networks hand on bytes in lumps, USB ones
    /// every 16 ms: a pause within a frame may be that long.
    var settling: Int64 { max(silence, 20_000_000) }

    /// How long an answer may still take of which nothing has come, when a limit waits.
    static let patience: Int64 = 100_000_000
}
