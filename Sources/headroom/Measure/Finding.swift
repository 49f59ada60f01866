import MeterDSP
import Spectrum

/// What the measurer finds in the frames, in the order in which it is known.
enum Finding {
    case halfCycle(HalfCycleReading)
    /// Every window as measured, short ones included: each frame counts once.
    case window(WindowReading)
    /// A whole window with its spectra, some samples later.
    case detail(WindowDetail)
}

/// A whole window with what follows from its samples.
struct WindowDetail {
    var reading: WindowReading
    /// By lane (U1, U2, U3, I1, I2, I3): orders to 40, or higher where asked for; nil: not recorded or not to be had.
    var harmonics: [Harmonics?]
    /// By lane; empty where not asked for.
    var spectra: [GroupedSpectrum?] = []
    /// By lane, in the channels' units, from the frame after `samplesStart` on; empty where not asked for.
    var samples: [[Double]] = []
    /// Where in the first frame of `samples` the window starts, 0 or more, below 1.
    var samplesStart = 0.0
    var extraFlags: [String] = []

    /// The order at which THD and K-factor end (EN 50160).
    static let distortionOrder = 40

    /// The harmonics that THD and K-factor are of.
    func distortion(_ lane: Int) -> Harmonics? {
        harmonics[lane].map { Harmonics(phasors: Array($0.phasors.prefix(Self.distortionOrder + 1))) }
    }
}

/// Which inputs a set of channels has.
struct RecordedInputs: Sendable {
    private let layout: FrameLayout

    init(_ layout: FrameLayout) { self.layout = layout }

    func has(_ channel: MeterChannel) -> Bool { layout[channel] != nil }
    func hasVoltage(_ phase: Int) -> Bool { has([MeterChannel.u1, .u2, .u3][phase]) }
    func hasCurrent(_ phase: Int) -> Bool { has([MeterChannel.i1, .i2, .i3][phase]) }
    func hasBoth(_ phase: Int) -> Bool { hasVoltage(phase) && hasCurrent(phase) }
    var hasThreeVoltages: Bool { (0..<3).allSatisfy { hasVoltage($0) } }
    var hasThreeCurrents: Bool { (0..<3).allSatisfy { hasCurrent($0) } }

    /// Phases 0 to 2 with a voltage or a current.
    var phases: [Int] { (0..<3).filter { hasVoltage($0) || hasCurrent($0) } }

    /// Whether each phase that has a voltage or a current has both, so that powers can be added.
    var isComplete: Bool { phases.allSatisfy { hasBoth($0) } }

    /// Inputs that are not there.
    var missing: [String] {
        [MeterChannel.u1, .u2, .u3, .i1, .i2, .i3, .iN].filter { !has($0) }.map(\.name)
    }
}
