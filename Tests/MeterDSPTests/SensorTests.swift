import Foundation
import MeterDSP
import TestSupport
import Testing

/// What sensors and converters do to a signal is taken out again: exact signals in, put through the sensor's error.
@Suite struct SensorTests {
    /// A sine of a channel: order, RMS and angle in degrees.
    struct Part: Sendable {
        var order: Double
        var rms: Double
        var degrees: Double
    }

    static let rms: [Double] = [230, 228, 233, 16, 11, 6]
    static let lag: [Double] = [0, 0, 0, 30, -20, 60]
    /// Voltages and currents of three phases with harmonics to the 25th, the current's a tenth of the fundamental.
    static let channels: [[Part]] = (0..<6).map { lane in
        let first = -120 * Double(lane % 3) - lag[lane]
        return [1, 3, 5, 7, 13, 25].map { order in
            let share = order == 1 ? 1 : (lane < 3 ? 0.04 : 0.3) / order
            return Part(order: order, rms: rms[lane] * share, degrees: order * first + (order == 1 ? 0 : 25 * order))
        }
    }

    static func power(_ u: [Part], _ i: [Part]) -> Double {
        zip(u, i).reduce(0) { $0 + $1.0.rms * $1.1.rms * cos(($1.0.degrees - $1.1.degrees) * .pi / 180) }
    }

    /// The last of the windows that a meter gives of 1.2 s, each part first put through `error`.
    static func window(
        rate: Double, frequencyHz: Double = 50.2, coils: Bool = false,
        configure: (inout MeterConfiguration) -> Void, celsius: Double = 23,
        error: (_ lane: Int, _ part: Part, _ hertz: Double) -> Part
    ) throws -> WindowReading {
        var layout = FrameLayout(frameBytes: 24)
        let names: [MeterChannel] = [.u1, .u2, .u3, .i1, .i2, .i3]
        for (lane, channel) in names.enumerated() { layout[channel] = .init(byteOffset: 4 * lane, format: .int32) }
        var configuration = MeterConfiguration(
            sampleRateHz: rate, nominalHz: 50, layout: layout, synchronisationThreshold: 23)
        let units = (0..<6).map { $0 < 3 ? 1e-6 : coils ? 1e-5 : 1e-7 }
        for (lane, channel) in names.enumerated() {
            configuration[calibrationOf: channel] = .init(
                scale: units[lane], sensor: lane >= 3 && coils ? .rogowski(voltsPerAmpereHertz: 1) : .direct)
        }
        configure(&configuration)
        let seen = channels.enumerated().map { lane, parts in
            parts.map { error(lane, $0, $0.order * frequencyHz) }
        }
        var bytes: [UInt8] = []
        let count = Int(1.2 * rate)
        bytes.reserveCapacity(24 * count)
        for frame in 0..<count {
            let t = Double(frame) / rate
            for lane in 0..<6 {
                let value = seen[lane].reduce(0.0) { sum, part in
                    // A coil of 1 V/A/Hz: f times the current, a quarter of a cycle ahead.
                    let lead = lane >= 3 && coils ? 90.0 : 0
                    let gain = lane >= 3 && coils ? part.order * frequencyHz : 1
                    return sum + gain * part.rms * 2.0.squareRoot()
                        * sin(2 * .pi * part.order * frequencyHz * t + (part.degrees + lead) * .pi / 180)
                }
                withUnsafeBytes(of: Int32((value / units[lane]).rounded()).littleEndian) {
                    bytes.append(contentsOf: $0)
                }
            }
        }
        var meter = try Meter(configuration)
        meter.temperatureCelsius = celsius
        let windows = readings(&meter, bytes, frameBytes: 24, blockFrames: Int(rate / 100)).windows
        return try #require(windows.last { !$0.flags.contains(.partial) })
    }

    static func expectRight(
        _ window: WindowReading, within tolerance: Double, _ note: Comment = "",
        location: SourceLocation = #_sourceLocation
    ) {
        for phase in 0..<3 {
            let next = (phase + 1) % 3
            let u = channels[phase]
            let i = channels[phase + 3]
            func total(_ parts: [Part]) -> Double { power(parts, parts).squareRoot() }
            let line = (power(u, u) + power(channels[next], channels[next]) - 2 * power(u, channels[next])).squareRoot()
            let rest: [(String, Double, Double)] = [
                ("U", window.voltageRMS[phase], total(u)), ("I", window.currentRMS[phase], total(i)),
                ("P", window.activePower[phase], power(u, i)), ("line U", window.lineVoltageRMS[phase], line),
            ]
            for (name, got, truth) in rest {
                #expect(
                    abs(got / truth - 1) < tolerance, "\(name) \(phase): \(got), \(truth) \(note)",
                    sourceLocation: location)
            }
            let angle = (u[0].degrees - i[0].degrees) * .pi / 180
            let s1 = u[0].rms * i[0].rms
            #expect(
                abs((window.fundamentalActivePower(phase) ?? 0) / s1 - cos(angle)) < tolerance, sourceLocation: location
            )
            #expect(
                abs((window.fundamentalReactivePower(phase) ?? 0) / s1 - sin(angle)) < tolerance,
                sourceLocation: location)
        }
        var sum = SIMD2<Double>.zero
        var squares = 0.0
        for order in 0..<channels[3].count {
            sum = .zero
            for phase in 3..<6 {
                let part = channels[phase][order]
                sum += part.rms * SIMD2(cos(part.degrees * .pi / 180), sin(part.degrees * .pi / 180))
            }
            squares += sum.x * sum.x + sum.y * sum.y
        }
        #expect(abs(window.neutralVectorSumRMS / squares.squareRoot() - 1) < tolerance, sourceLocation: location)
    }

    @Test(arguments: [8000.0, 12800, 32000], [false, true])
    func nothingToTakeOutIsTakenOut(_ rate: Double, _ coils: Bool) throws {
        let window = try Self.window(rate: rate, coils: coils, configure: { _ in }, error: { _, part, _ in part })
        Self.expectRight(window, within: coils ? 6e-5 : 1e-6)
    }

    /// Delays of parts of a frame and of whole ones, late and early, different for each channel: a converter that takes
    /// one channel after the other, and transformers.
    @Test(arguments: [8000.0, 12800, 32000], [false, true])
    func delaysAreTakenOutAtAllHarmonics(_ rate: Double, _ coils: Bool) throws {
        let delays = [0, 12e-6, -30e-6, 37e-6, 210e-6, -95e-6]
        let names: [MeterChannel] = [.u1, .u2, .u3, .i1, .i2, .i3]
        let window = try Self.window(
            rate: rate, coils: coils,
            configure: { configuration in
                for (lane, channel) in names.enumerated() {
                    configuration[calibrationOf: channel].delaySeconds = delays[lane]
                }
            },
            error: { lane, part, hertz in
                Part(order: part.order, rms: part.rms, degrees: part.degrees - 360 * hertz * delays[lane])
            })
        Self.expectRight(window, within: rate < 10_000 ? 1e-4 : 2e-5)
        // Left in, the largest of them alone would change P by some percent.
        #expect(abs(delays[4] * 2 * .pi * 50 * tan(20 * .pi / 180)) > 0.02)
    }

    /// 0.001° at 50 Hz: 55.6 ns, at 60° worth 3e-5 of P.
    @Test func aThousandthOfADegreeCounts() throws {
        let powers = try [0, 55.5556e-9].map { delay in
            try Self.window(
                rate: 8000, frequencyHz: 50,
                configure: { $0[calibrationOf: .i3].delaySeconds = delay }, error: { _, part, _ in part }
            ).activePower[2]
        }
        let turned = Self.channels[5].map { Part(order: $0.order, rms: $0.rms, degrees: $0.degrees + $0.order * 0.001) }
        let change = Self.power(Self.channels[2], turned) / Self.power(Self.channels[2], Self.channels[5]) - 1
        #expect(abs(change) > 2e-5)
        #expect(abs(powers[1] / powers[0] - 1 - change) < 1e-6)
    }

    @Test(arguments: [8000.0, 12800, 32000], [false, true])
    func theDroopOfASincFilterIsMadeUp(_ rate: Double, _ coils: Bool) throws {
        let names: [MeterChannel] = [.u1, .u2, .u3, .i1, .i2, .i3]
        let window = try Self.window(
            rate: rate, coils: coils,
            configure: { configuration in
                for channel in names { configuration[calibrationOf: channel].sincOrder = 3 }
            },
            error: { _, part, hertz in
                let x = .pi * hertz / rate
                return Part(order: part.order, rms: part.rms * pow(sin(x) / x, 3), degrees: part.degrees)
            })
        Self.expectRight(window, within: rate < 10_000 ? 1e-4 : 2e-5)
    }

    /// A transformer that shows 0.4 % too much and leads by 12 minutes at 6 A, less at 16 A: its fundamental is turned back,
    /// the harmonics, which lead by next to nothing, are not.
    @Test func aTransformersErrorsFollowTheCurrent() throws {
        var errors = TransformerErrors()
        let points = [(1.0, 0.6, 0.4), (10, 0.3, 0.2), (20, 0.1, 0.05)]
        let added = points.map { errors.add(amperes: $0.0, ratioErrorPercent: $0.1, phaseDegrees: $0.2) }
        #expect(added == [true, true, true])
        let table = errors
        func truth(_ current: Double) -> (ratio: Double, degrees: Double) {
            current < 10
                ? (0.006 - 0.003 * (current - 1) / 9, 0.4 - 0.2 * (current - 1) / 9)
                : (0.003 - 0.002 * (current - 10) / 10, 0.2 - 0.15 * (current - 10) / 10)
        }
        let window = try Self.window(
            rate: 8000,
            configure: { configuration in
                for channel: MeterChannel in [.i1, .i2, .i3] {
                    configuration[calibrationOf: channel].transformer = table
                }
            },
            error: { lane, part, _ in
                guard lane >= 3 else { return part }
                // The table is of the current as the transformer shows it.
                let shown = Self.power(Self.channels[lane], Self.channels[lane]).squareRoot()
                var error = truth(shown)
                error = truth(shown * (1 + error.ratio))
                return Part(
                    order: part.order, rms: part.rms * (1 + error.ratio),
                    degrees: part.degrees + (part.order == 1 ? error.degrees : 0))
            })
        for phase in 0..<3 {
            let u = Self.channels[phase]
            let i = Self.channels[phase + 3]
            #expect(abs(window.currentRMS[phase] / Self.power(i, i).squareRoot() - 1) < 1e-5)
            #expect(abs(window.activePower[phase] / Self.power(u, i) - 1) < 1e-5)
            let angle = (u[0].degrees - i[0].degrees) * .pi / 180
            #expect(abs((window.fundamentalReactivePower(phase) ?? 0) / (u[0].rms * i[0].rms) - sin(angle)) < 1e-5)
        }
    }

    @Test func aTransformersTableTakesNoNonsense() {
        var errors = TransformerErrors()
        func add(_ amperes: Double, _ percent: Double, _ degrees: Double) -> Bool {
            errors.add(amperes: amperes, ratioErrorPercent: percent, phaseDegrees: degrees)
        }
        #expect(!add(-1, 0, 0))
        #expect(!add(1, .nan, 0))
        #expect(!add(1, 0, 11))
        #expect(add(1, 0, 0))
        #expect(!add(1, 0, 0))
        for point in 2...TransformerErrors.capacity { #expect(add(Double(point), 0, 0)) }
        #expect(!add(99, 0, 0))
        #expect(errors.count == TransformerErrors.capacity)
    }

    @Test func aCoilsTemperatureChangesItsScale() throws {
        let window = try Self.window(
            rate: 8000, coils: true,
            configure: { configuration in
                for channel: MeterChannel in [.i1, .i2, .i3] {
                    configuration[calibrationOf: channel].temperatureCoefficient = 200e-6
                }
            }, celsius: 53,
            error: { lane, part, _ in
                Part(order: part.order, rms: part.rms * (lane < 3 ? 1 : 1 + 200e-6 * 30), degrees: part.degrees)
            })
        Self.expectRight(window, within: 6e-5)
    }

    @Test func whatCannotBeMeasuredWithIsRefused() {
        func failure(_ change: (inout ChannelCalibration) -> Void) -> MeterConfiguration.Failure? {
            var configuration = SimulatedADC(sampleRateHz: 8000).configuration(nominalHz: 50)
            change(&configuration[calibrationOf: .i2])
            do throws(MeterConfiguration.Failure) {
                _ = try Meter(configuration)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure { $0.delaySeconds = 64 / 8000.0 } == nil)
        #expect(failure { $0.delaySeconds = 65 / 8000.0 } == .delay(.i2))
        #expect(failure { $0.delaySeconds = .nan } == .delay(.i2))
        #expect(failure { $0.sincOrder = 6 } == .sincOrder(.i2))
        #expect(failure { $0.temperatureCoefficient = 0.02 } == .temperatureCoefficient(.i2))
    }
}
