import MeterDSP
import Testing

@testable import SiteTwin

@Suite("Waveform")
struct WaveformTests {
    /// One load of each kind on L1, L2 and L3, constant.
    private static func options(_ kinds: [LoadKind], amperes: Double, rate: Int = 32_000) -> TwinOptions {
        var options = quietOptions()
        options.sampleRateHz = rate
        options.firstArrivalSeconds = 1000...1000
        options.appliances = kinds.map {
            Appliance(
                name: "\($0)", phases: [0, 1, 2], kind: $0, amperes: amperes, meanOnSeconds: 1e6, meanOffSeconds: 0)
        }
        return options
    }

    @Test(
        "RMS of the frames is the model's RMS within 0.1 %",
        arguments: LoadKind.allCases.map { [$0] } + [LoadKind.allCases])
    func rms(kinds: [LoadKind]) {
        var reader = FrameReader(Self.options(kinds, amperes: 40 / Double(kinds.count)))
        reader.skip(to: 0.5)
        let frames = reader.read(32_000)
        let observed = reader.state.observation.amperes
        for phase in 0..<3 {
            let channel = MeterChannel.allCases[3 + phase]
            var sum = 0.0
            for frame in 0..<32_000 {
                let amperes = Double(code(frames, frame: frame, channel: channel)) * 200 / 32_768
                sum += amperes * amperes
            }
            let rms = (sum / 32_000).squareRoot()
            #expect(
                abs(rms - observed[phase]) < 0.001 * observed[phase], "L\(phase + 1): \(rms) against \(observed[phase])"
            )
        }
        if kinds.count == 1 { #expect(abs(observed[0] - 40) < 0.01) }
    }

    @Test("Voltages are 230 V within 1 %, a third of a cycle apart, with 2 % of distortion", arguments: [50.0, 60.0])
    func voltages(hertz: Double) {
        var options = Self.options([.resistive], amperes: 10)
        options.nominalHz = hertz
        var reader = FrameReader(options)
        let frames = reader.read(32_000)
        let volts = 500.0 / 32_768
        func mean(_ a: MeterChannel, _ b: MeterChannel) -> Double {
            (0..<32_000).reduce(0) {
                $0 + Double(code(frames, frame: $1, channel: a) * code(frames, frame: $1, channel: b))
            } / 32_000 * volts * volts
        }
        for channel in [MeterChannel.u1, .u2, .u3] { #expect(abs(mean(channel, channel).squareRoot() - 230) < 2.3) }
        // cos 120° = −1/2; the third harmonic, in phase on all, is too small to show.
        #expect(abs(mean(.u1, .u2) / (230 * 230) + 0.5) < 0.01)
        #expect(abs(mean(.u2, .u3) / (230 * 230) + 0.5) < 0.01)
        let crossings = (1..<32_000).filter {
            code(frames, frame: $0 - 1, channel: .u1) < 0 && code(frames, frame: $0, channel: .u1) >= 0
        }
        #expect(abs(Double(crossings.count) - hertz) <= 1, "cycles in a second")
        let distortion = WaveTables().powerFactors[LoadKind.resistive.rawValue]
        #expect(abs(1 / (distortion * distortion) - 1 - 0.02 * 0.02) < 0.00005)
    }

    @Test("L2 reaches its crest after L1 and before L3")
    func rotation() {
        var reader = FrameReader(Self.options([.resistive], amperes: 10))
        let frames = reader.read(640)
        func crest(_ channel: MeterChannel) -> Int {
            (0..<640).max { code(frames, frame: $0, channel: channel) < code(frames, frame: $1, channel: channel) }
                ?? -1
        }
        let first = crest(.u1)
        #expect(abs((crest(.u2) - first + 640) % 640 - 213) < 30)
        #expect(abs((crest(.u3) - first + 640) % 640 - 427) < 30)
    }

    @Test("The neutral carries the negative sum; the spare input only noise of one code")
    func neutralAndNoise() {
        var reader = FrameReader(Self.options([.lighting], amperes: 10))
        let frames = reader.read(3200)
        var noise = 0.0
        for frame in 0..<3200 {
            let sum = [MeterChannel.i1, .i2, .i3, .iN].reduce(0) { $0 + code(frames, frame: frame, channel: $1) }
            #expect(abs(sum) <= 9, "four channels of noise below 1.8 codes and rounding")
            let aux = Double(code(frames, frame: frame, channel: .aux))
            noise += aux * aux
        }
        // One code of noise, and rounding adds a twelfth.
        #expect(abs((noise / 3200).squareRoot() - 1.04) < 0.05)
    }

    @Test("Timestamps are exact at every rate", arguments: [8000, 32_000, 44_100, 128_000])
    func timestamps(rate: Int) {
        var reader = FrameReader(Self.options([.resistive], amperes: 1, rate: rate))
        let frames = reader.read(1000)
        for frame in [0, 1, 7, 999] {
            let exact = (Int64(frame) * 1_000_000_000 + Int64(rate) - 1) / Int64(rate)
            #expect(timestamp(frames[frame * 24 + 16..<frame * 24 + 24]) == exact)
        }
        let clock = FrameClock(start: 12345, rate: rate)
        for frame in [0, 1, 999, 44_100, 10_000_000_007] as [Int64] {
            let time = clock.nanoseconds(ofFrame: frame)
            #expect(clock.frameCount(at: time) == frame + 1)
            #expect(clock.frameCount(at: time - 1) == frame)
        }
    }

    @Test("The running sum of a coil's codes is the current", arguments: [LoadKind.resistive, .electronics, .motor])
    func rogowski(kind: LoadKind) {
        var options = Self.options([kind], amperes: 40)
        var direct = FrameReader(options)
        options.usesRogowskiCoils = true
        var coil = FrameReader(options)
        direct.skip(to: 0.2)
        coil.skip(to: 0.2)
        // Whole cycles as near as may be, so that the constant that integration leaves open can be taken out.
        let count = 6400
        let currents = direct.read(count)
        let voltages = coil.read(count)
        let scale = 0.45e-6 * 50 * 400 / 32_768
        let henries = 0.45e-6 / (2 * Double.pi)
        var running = 0.0
        var integrated: [Double] = []
        for frame in 0..<count {
            let step = Double(code(voltages, frame: frame, channel: .i2)) * scale / henries / 32_000
            // The sum stands half a frame later than the code: take the middle.
            integrated.append(running + step / 2)
            running += step
        }
        let trueCurrents = (0..<count).map { Double(code(currents, frame: $0, channel: .i2)) * 200 / 32_768 }
        let offset = (zip(integrated, trueCurrents).reduce(0) { $0 + $1.0 - $1.1 }) / Double(count)
        var squares = 0.0
        for (left, right) in zip(integrated, trueCurrents) {
            squares += (left - offset - right) * (left - offset - right)
        }
        let error = (squares / Double(count)).squareRoot()
        #expect(error < 0.1, "\(error) A of 40 A: noise of one code walks at random")
    }

    @Test(
        "Codes of the default site stay inside the range while the demo step switches, on coils too",
        arguments: [false, true])
    func noClipping(usesCoils: Bool) {
        var options = TwinOptions()
        options.usesRogowskiCoils = usesCoils
        var reader = FrameReader(options)
        reader.skip(to: 44.9)
        let frames = reader.read(6400)
        var largest = 0
        for frame in 0..<6400 {
            for channel in MeterChannel.allCases {
                largest = max(largest, abs(code(frames, frame: frame, channel: channel)))
            }
        }
        #expect(largest < 32_767)
        #expect(largest > 8000)
    }
}
