/// The whole document.
struct Document {
    var sections: [Section]
    var rate: Double

    var text: String {
        let points = sections.reduce(0) { $0 + $1.rows.count }
        let failures = sections.reduce(0) { $0 + $1.failures.count }
        var lines = [
            "# What the measuring core is held to",
            "",
            "Written by `make conformance`, which ends with a non-zero code where a point fails; do not edit. \(points) points,",
            failures == 0 ? "all pass." : "**\(failures) fail.**",
            "",
            "The public interface of MeterDSP and Spectrum measures simulated signals that are known exactly: sums of sines",
            "under envelopes of steps, whose mean squares and mean products over any stretch are computed in closed form. Every",
            "run gives the same figures (seeded noise). It is the core's own error: sensors, converter, clock and the board's",
            "calibration come on top. A test house has to confirm every figure on a real meter.",
            "",
            "Front ends of the energy tests: In = 5 A, Imax = 1.2 In; full scale \(EnergyFrontEnds.amperesFullScale) A and "
                + "\(figure(EnergyFrontEnds.voltsFullScale, digits: 3)) V peak, a quarter above the",
            "peak of Imax. *CT*: transformer. *coil*: Rogowski coil of 0.45 µV per A and Hz, full scale at twice the signal of a",
            "50 Hz sine of that current. *16*: 16 bits with 1 LSB RMS noise; these two columns decide. *24*: 24 bits with 20 LSB",
            "RMS noise (109 dB). Tests by standard run at \(kilohertz(rate)) kHz; those of the core at the rates that stand there.",
            "",
        ]
        for section in sections { lines += section.markdown }
        lines += [
            "## Not measured here",
            "",
            "Flicker (Pst), mains signalling, transients, the clock's error, temperature and electromagnetic influences; the",
            "start of windows anew at each 10-minute tick, which the aggregation does not do.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
