/// What one input of the twin's meter is connected to: a fault of wiring is made here.
public struct TwinInput: Sendable, Equatable {
    /// The line, 0 to 2, that it taps or sits on.
    public var line: Int
    /// 1: as it should be; −1: reversed; 0: open; between: a sensor that is not shut. −1 to 1.
    public var gain: Double

    /// An input on `line`.
    public init(line: Int, gain: Double = 1) {
        self.line = line
        self.gain = gain
    }

    /// Every input on its own line.
    public static let correct = (0..<3).map { TwinInput(line: $0) }
}
