#if !ONE_MODULE
    import MeterDSP
#endif

/// The machine that golden vectors run on: takes the results and counts what the meter uses.
public protocol GoldenBench {
    /// Takes one character of the results, ASCII.
    mutating func write(_ character: UInt8)
    /// The meter's own code begins, and ends; in between nothing else runs.
    mutating func meterBegins(_ step: GoldenStep)
    mutating func meterEnds(_ step: GoldenStep)
    /// A block has been used up.
    mutating func blockEnds()
}

/// What the meter is doing.
public enum GoldenStep: Sendable {
    /// `Meter.init`, the only step that may allocate.
    case initialising
    /// `Meter.advance`.
    case advancing
}

extension GoldenVector {
    /// Measures this input and writes every field of every reading to `bench`, floating-point numbers as their bits.
    ///
    /// - Throws: what makes the configuration unmeasurable.
    public func run<Bench: GoldenBench>(on bench: inout Bench) throws(MeterConfiguration.Failure) {
        let configuration = configuration
        var source = GoldenSource(self)
        var block = [UInt8](repeating: 0, count: Int(framesPerBlock) * frameBytes)
        var energy = EnergyRegister()
        var halfCycles: UInt32 = 0
        var windows: UInt32 = 0

        bench.meterBegins(.initialising)
        var meter = try makeMeter(configuration)
        bench.meterEnds(.initialising)

        for _ in 0..<blocks {
            let lost = source.lostFrames()
            if lost > 0 { meter.markGap(lostFrames: Int64(lost)) }
            var bytes = block.mutableSpan
            source.fill(&bytes)
            var cursor = 0
            while true {
                bench.meterBegins(.advancing)
                let event = advance(&meter, through: block.span.bytes, from: &cursor)
                bench.meterEnds(.advancing)
                guard let event else { break }
                switch event {
                case .halfCycle:
                    report(meter.halfCycle, halfCycles, to: &bench)
                    halfCycles += 1
                case .window:
                    energy.add(meter.window)
                    report(meter.window, windows, to: &bench)
                    windows += 1
                }
            }
            bench.blockEnds()
        }
        report("energy", 0, "imported", energy.imported, to: &bench)
        report("energy", 0, "exported", energy.exported, to: &bench)
    }

    // Functions of their own, so that their stack is not part of the caller's.
    @inline(never)
    private func makeMeter(_ configuration: MeterConfiguration) throws(MeterConfiguration.Failure) -> Meter {
        try Meter(configuration)
    }

    @inline(never)
    private func advance(_ meter: inout Meter, through block: RawSpan, from cursor: inout Int) -> Meter.Event? {
        meter.advance(through: block, from: &cursor)
    }
}
