import Acquisition
import MeterDSP
import Realtime

extension MeasureCommand {
    func measureDevice(_ maps: [ChannelMap], _ coils: Set<MeterChannel>) throws {
        guard maps.count <= 1 else {
            throw UsageError("--channels: a device is measured one set at a time; give --channels once")
        }
        guard let map = maps.first else {
            throw UsageError(
                "an IIO source needs --channels, for example U1=voltage0,I1=voltage3 (see iio_info -u \(source))")
        }
        let settings = IIOSettings(
            uri: source, device: device, inputs: map.entries.map { .init($0.channel, $0.name) }, sampleRateHz: rate)
        var device = try IIOSource(settings)
        var configuration = MeterConfiguration(
            sampleRateHz: device.sampleRateHz, nominalHz: Double(nominal ?? 50), layout: device.layout,
            synchronisationThreshold: (report.nominalVoltage ?? 230) / 10)
        for entry in map.entries {
            guard let scale = device.scale(of: entry.channel) else {
                throw RunError(
                    "\(source): \(entry.name) publishes no scale, so its codes have no unit; use headroom run with the scale in its settings"
                )
            }
            configuration[calibrationOf: entry.channel] = ChannelCalibration(
                scale: scale, offset: (device.codeOffset(of: entry.channel) ?? 0) * scale,
                sensor: sensor(entry.channel, coils))
        }
        var measurer = try makeMeasurer(configuration, MeasureReport.wishes(report))
        var output = try MeasureReport(
            report, configuration, units: .base, set: nil,
            declaredVoltage: report.events ? report.nominalVoltage ?? 230 : nil, holdsBack: false)
        let canceller = device.canceller
        let interrupt = Interrupt { canceller.cancel() }
        defer { interrupt.release() }
        let end = seconds.map { MonotonicClock.nanoseconds() + Int64($0 * 1e9) }
        sayWhyNoFlicker(configuration, seconds: nil)
        var lost: Int64 = 0
        while end.map({ MonotonicClock.nanoseconds() < $0 }) ?? true {
            do {
                try device.nextBlock { block, info in
                    if info.isDiscontinuity || info.framesLost > 0 {
                        lost += info.framesLost
                        measurer.markGap(info.framesLost) { output.take($0) }
                        output.markGap(info.framesLost)
                    }
                    output.take(frames: block)
                    measurer.take(block) { output.take($0) }
                }
            } catch {
                if interrupt.hasHappened { break }
                throw error
            }
        }
        measurer.finish { output.take($0) }
        output.finish()
        if lost > 0 { complain("\(source): \(lost) frames were lost; the windows beside them carry the flag gap") }
        if measurer.windowCount == 0, !interrupt.hasHappened {
            throw RunError("\(source): no whole window in this time; check --channels, and give --seconds 1 or more")
        }
        if !interrupt.hasHappened { try checkWindow(output) }
        try draw(output, name: source)
    }
}
