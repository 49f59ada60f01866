import ArgumentParser
import Glibc
import MeterDSP

@main
struct HeadroomConformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headroom-conformance",
        abstract: "Runs the measuring core through the points of the metering and power-quality standards.",
        discussion: """
            Signals are simulated and known exactly; every run gives the same figures. The exit code is 1 where a point \
            fails.

            Examples: headroom-conformance --write ../hardware/CONFORMANCE.md
                      headroom-conformance --day
            """)

    @Option(help: ArgumentHelp("Write the document to this file; else it goes to the terminal.", valueName: "file"))
    var write: String?

    @Flag(help: "A fifth of the energy tests' time: for the gate, not for the document.")
    var short = false

    @Option(
        help: ArgumentHelp(
            "A list of points that are known to fail, one on a line: the run fails where another does, or one of them passes.",
            valueName: "file"))
    var known: String?

    @Flag(help: "Instead, 24 h of signal in one run: speed, memory, energy.")
    var day = false

    @Option(help: ArgumentHelp("Hours of signal with --day.", valueName: "h"))
    var hours = 24.0

    @Option(help: ArgumentHelp("Frames per second of the tests by standard.", valueName: "hz"))
    var rate = 8000.0

    func validate() throws {
        guard rate >= 8000, rate <= 128_000 else { throw ValidationError("--rate \(rate): use 8000 to 128000") }
        guard hours >= 0.05, hours <= 240 else { throw ValidationError("--hours \(hours): use 0.05 to 240") }
        if day, write != nil || known != nil || short {
            throw ValidationError("--day stands alone: leave --write, --known and --short away")
        }
    }

    func run() throws {
        do {
            try day ? runDay() : runPoints()
        } catch let error as ConformanceError {
            complain("\(error)")
            throw ExitCode(1)
        } catch let error as MeterConfiguration.Failure {
            complain("the meter refuses the configuration: \(error); check --rate")
            throw ExitCode(1)
        }
    }

    private func runPoints() throws {
        let windowCount = short ? 10 : 50
        var sections: [Section] = []
        var started = processorSeconds()
        func take(_ name: String, _ section: Section) {
            sections.append(section)
            let now = processorSeconds()
            let failures = section.failures.count
            complain("\(name): \(section.rows.count) points, \(failures) fail, \(fixed(now - started, places: 1)) s")
            started = now
        }
        take("accuracy of the core", try AccuracySection.run(rates: [8000, 12_800, 32_000]))
        take("active energy", try EnergySection.run(rate: rate, windowCount: windowCount))
        take("influence quantities", try InfluenceSection.run(rate: rate, windowCount: windowCount))
        take("class C", try EnergySection.runClassC(rate: rate, windowCount: windowCount))
        take("frequency, magnitude, unbalance", try PowerQualitySections.magnitudes(rate))
        take("harmonics", try HarmonicSection.run(rate: rate))
        take("dips, swells, interruptions", try EventSection.run(rate: rate))
        take("aggregation", try AggregationSection.run(rate: rate))
        let document = Document(sections: sections, rate: rate).text
        if let write { try save(document, to: write) } else { print(document, terminator: "") }
        var failures: Set<String> = []
        for section in sections {
            for row in section.failures {
                failures.insert(section.name(of: row))
                complain("FAIL \(section.title): \(row.cells.joined(separator: ", "))")
            }
        }
        try judge(failures)
    }

    private func judge(_ failures: Set<String>) throws {
        guard let known else {
            if !failures.isEmpty { throw ExitCode(1) }
            return
        }
        let expected = Set(try lines(of: known).filter { !$0.isEmpty && !$0.hasPrefix("#") })
        for name in failures.subtracting(expected).sorted() { complain("a new failure: \(name)") }
        for name in expected.subtracting(failures).sorted() { complain("passes now, take it off \(known): \(name)") }
        if failures != expected { throw ExitCode(1) }
    }

    private func runDay() throws {
        let result = try Day(rate: rate, hours: hours).run { complain($0) }
        result.lines.forEach { print($0) }
        if !result.passes { throw ExitCode(1) }
    }

    private func lines(of path: String) throws -> [String] {
        guard let file = fopen(path, "r") else {
            throw ConformanceError("\(path): \(String(cString: strerror(errno))); name the list of known failures")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func save(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw ConformanceError("\(path): \(String(cString: strerror(errno))); name a file that can be written")
        }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else {
            throw ConformanceError("\(path): \(String(cString: strerror(errno))); make room on the disk")
        }
    }
}

/// Of this process so far.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Says `text` on the standard error.
func complain(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = Glibc.write(2, bytes, bytes.count)
}
