import MeterDSP
import Site
import Spectrum

/// Waveform, phasors and spectrum of one window as one self-contained SVG picture, for light and dark pages.
struct Plot {
    /// One curve: a phase's voltage or current.
    struct Curve {
        /// 0 to 2.
        var phase: Int
        /// Time from the window's start in milliseconds, and value.
        var points: [(milliseconds: Double, value: Double)]
        var rms: Double
        /// Against the reference of angles, RMS; nil: unknown.
        var fundamental: Phasor?
        /// Percent of the fundamental by order from 0; empty: unknown.
        var percents: [Double]
    }

    static let width = 960.0
    static let height = 892.0
    private static let cyclesShown = 3

    let windowNumber: Int
    let units: MeasureUnits
    let startSeconds: Double
    let frequencyHz: Double?
    let spanMilliseconds: Double
    let voltages: [Curve]
    let currents: [Curve]
    let quantities: QuantityTable?

    init(_ detail: WindowDetail, configuration: MeterConfiguration, units: MeasureUnits, windowNumber: Int) {
        self.windowNumber = windowNumber
        self.units = units
        let reading = detail.reading
        let cycles = max(1, reading.halfCycles / 2)
        let cycleFrames = reading.frames / Double(cycles)
        let framesShown = cycleFrames * Double(min(cycles, Self.cyclesShown))
        startSeconds = reading.firstFrame / configuration.sampleRateHz
        frequencyHz = reading.frequencyHz
        spanMilliseconds = framesShown / configuration.sampleRateHz * 1000
        quantities = QuantityTable(detail, configuration: configuration, units: units, wiring: .fourWire)
        let inputs = RecordedInputs(configuration.layout)
        let reference = detail.angleReference
        func curve(_ lane: Int, rms: Double) -> Curve {
            let harmonics = detail.harmonics[lane]
            let channel = [MeterChannel.u1, .u2, .u3, .i1, .i2, .i3][lane]
            let first = harmonics?.fundamental.magnitude ?? 0
            let points =
                detail.samples.indices.contains(lane) && !detail.samples[lane].isEmpty
                ? Self.points(
                    detail.samples[lane],
                    // What a delayed channel shows was before: the readings make up for it, and so does the picture.
                    start: detail.samplesStart
                        + configuration[calibrationOf: channel].delaySeconds * configuration.sampleRateHz,
                    frames: framesShown, rate: configuration.sampleRateHz)
                : Self.points(harmonics, frames: framesShown, cycleFrames: cycleFrames, configuration.sampleRateHz)
            return Curve(
                phase: lane % 3, points: points, rms: rms,
                fundamental: harmonics.flatMap { Self.turned($0.fundamental, against: reference) },
                percents: first > 0 ? (harmonics?.phasors ?? []).map { $0.magnitude / first * 100 } : [])
        }
        voltages = (0..<3).filter { inputs.hasVoltage($0) }.map {
            curve($0, rms: reading.voltageRMS[$0])
        }
        currents = (0..<3).filter { inputs.hasCurrent($0) }.map {
            curve($0 + 3, rms: reading.currentRMS[$0])
        }
    }

    /// `phasor` with its angle against that of `reference`.
    private static func turned(_ phasor: Phasor, against reference: Phasor) -> Phasor? {
        let length = reference.magnitude
        guard length > 0 else { return nil }
        return phasor * reference.conjugate * (1 / length)
    }

    private static func points(
        _ samples: [Double], start: Double, frames: Double, rate: Double
    ) -> [(milliseconds: Double, value: Double)] {
        let count = min(samples.count, Int((start + frames).rounded(.up)) + 1)
        // Finer than a tenth of a pixel shows nothing more.
        let step = max(1, count / 6000)
        return stride(from: 0, to: count, by: step).compactMap { index in
            let time = Double(index) - start
            guard time >= 0, time <= frames else { return nil }
            return (time / rate * 1000, samples[index])
        }
    }

    /// A coil's samples are no current: the curve is put together from its harmonics.
    private static func points(
        _ harmonics: Harmonics?, frames: Double, cycleFrames: Double, _ rate: Double
    ) -> [(milliseconds: Double, value: Double)] {
        guard let harmonics else { return [] }
        let count = 768
        return (0...count).map { index in
            let frame = frames * Double(index) / Double(count)
            var value = 0.0
            for (order, phasor) in harmonics.phasors.enumerated() {
                let turn = Angle.phasor(Double(order) * frame / cycleFrames)
                value += (phasor * turn).real * (order == 0 ? 1 : 2.0.squareRoot())
            }
            return (frame / rate * 1000, value)
        }
    }
}

extension Plot {
    /// The picture.
    ///
    /// - Parameter name: of the recording or device.
    func svg(name: String) -> String {
        var canvas = SVGCanvas(width: Self.width, height: Self.height)
        let end = startSeconds + spanMilliseconds / 1000
        canvas.text(
            "\(name), window \(windowNumber)", x: 40, y: 38, style: "ink title", anchor: "start")
        canvas.text(
            "from \(fixed(startSeconds, 3)) s, "
                + (frequencyHz.map { fixed($0, 4) + " Hz" } ?? "frequency unknown")
                + "; waveform to \(fixed(end, 3)) s",
            x: 40, y: 60, style: "soft", anchor: "start")
        drawLegend(&canvas)
        WaveformPanel(
            curves: voltages, title: "voltage", unit: units.voltage, span: spanMilliseconds, top: 92, showsTime: false
        ).draw(&canvas)
        WaveformPanel(
            curves: currents, title: "current", unit: units.current, span: spanMilliseconds, top: 300, showsTime: true
        ).draw(&canvas)
        PhasorPanel(voltages: voltages, currents: currents, units: units, quantities: quantities).draw(&canvas)
        SpectrumPanel(curves: voltages, title: "voltage harmonics", top: 568, showsOrders: false).draw(&canvas)
        SpectrumPanel(curves: currents, title: "current harmonics", top: 732, showsOrders: true).draw(&canvas)
        return canvas.document(title: "\(name), window \(windowNumber): waveform, phasors, spectrum")
    }

    private func drawLegend(_ canvas: inout SVGCanvas) {
        let phases = (0..<3).filter { phase in (voltages + currents).contains { $0.phase == phase } }
        for (index, phase) in phases.enumerated() {
            let x = Self.width - 40 - 64 * Double(phases.count - index) + 14
            canvas.rectangle(x: x, y: 28, width: 22, height: 8, style: "fill\(phase + 1)", corner: 3)
            canvas.text("L\(phase + 1)", x: x + 28, y: 37, style: "ink", anchor: "start")
        }
    }
}
