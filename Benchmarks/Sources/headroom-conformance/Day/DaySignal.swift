import MeterDSP

/// The frames of a long run: a few tables of a hundred cycles each, played one behind the other. The hundred cycles are
/// no multiple of a frame, so that crossings fall everywhere between frames, and each table ends where the next begins.
struct DaySignal {
    /// One load and its truth, from the very codes that the meter gets.
    struct Table {
        var bytes: [UInt8]
        /// Sums of u·i of the three phases, and of u1², over the first n frames, n = 0 to all.
        var energySums: [SIMD3<Double>]
        var squareSums: [Double]
    }

    static let cycles = 100
    let frames: Int
    let tables: [Table]
    let frontEnd = FrontEnd(bits: 16, noiseCodes: 1, voltsFullScale: 500, amperesFullScale: 60)

    /// - Parameter rate: frames per second.
    init(rate: Double) {
        // Just below two seconds; odd, so that a cycle is no whole number of frames.
        let frames = Int(rate * 2) - 9
        self.frames = frames
        let frequency = Double(Self.cycles) * rate / Double(frames)
        let loads: [(volts: Double, amperes: Double, lagDegrees: Double)] = [
            (230, 6, 20), (227, 16, 30), (234, 0.6, 60), (229, 25, -20), (236, 11, 180), (231, 3, 75),
        ]
        var random = RandomSource(seed: 24)
        let front = frontEnd
        tables = loads.map { load in
            let supply = Supply.balanced(
                frequencyHz: frequency, volts: load.volts, amperes: load.amperes, lagDegrees: load.lagDegrees)
            return Self.table(supply, front, rate: rate, frames: frames, &random)
        }
    }

    private static func table(
        _ supply: Supply, _ frontEnd: FrontEnd, rate: Double, frames: Int, _ random: inout RandomSource
    ) -> Table {
        let channels = supply.voltages + supply.currents
        var codes = [Int16](repeating: 0, count: 8 * frames)
        var values = [Double](repeating: 0, count: frames)
        var shared = values
        for (lane, channel) in channels.enumerated() {
            channel.write(to: &values, first: 0, sampleRateHz: rate, shared: &shared)
            let scale = 1 / (lane < 3 ? frontEnd.scales.voltage : frontEnd.scales.current)
            for frame in 0..<frames {
                let noise = Double.random(in: -1.7...1.7, using: &random)
                codes[8 * frame + lane] = Int16((values[frame] * scale + noise).rounded())
            }
        }
        var table = Table(bytes: [], energySums: [.zero], squareSums: [0])
        table.bytes.reserveCapacity(16 * frames)
        let unit = frontEnd.scales.voltage * frontEnd.scales.current
        // A constant part is no energy for the meter: the table's own is taken out of its truth.
        let means = (0..<6).map { lane in
            (0..<frames).reduce(0.0) { $0 + Double(codes[8 * $1 + lane]) } / Double(frames)
        }
        for frame in 0..<frames {
            var products = table.energySums[frame]
            for phase in 0..<3 {
                let u = Double(codes[8 * frame + phase]) - means[phase]
                let i = Double(codes[8 * frame + phase + 3]) - means[phase + 3]
                products[phase] += u * i * unit / rate
            }
            table.energySums.append(products)
            let u = (Double(codes[8 * frame]) - means[0]) * frontEnd.scales.voltage
            table.squareSums.append(table.squareSums[frame] + u * u)
        }
        for code in codes {
            table.bytes.append(UInt8(truncatingIfNeeded: code))
            table.bytes.append(UInt8(truncatingIfNeeded: code >> 8))
        }
        return table
    }

    /// The table that is played as number `index` of the run: each some twenty times in a row.
    func table(_ index: Int) -> Int { index / 23 % tables.count }

    /// Joule by phase, and volt² · frames of u1, from the run's first frame to `frame`.
    func truth(to frame: Double) -> (joules: SIMD3<Double>, squares: Double) {
        let whole = Int(frame.rounded(.down)) / frames
        var joules = SIMD3<Double>.zero
        var squares = 0.0
        // Whole rounds of all tables first.
        let round = 23 * tables.count
        for table in tables {
            joules += table.energySums[frames] * Double(whole / round * 23)
            squares += table.squareSums[frames] * Double(whole / round * 23)
        }
        for index in whole / round * round..<whole {
            joules += tables[table(index)].energySums[frames]
            squares += tables[table(index)].squareSums[frames]
        }
        let within = min(max(0, Int((frame - Double(whole * frames)).rounded())), frames)
        return (joules + tables[table(whole)].energySums[within], squares + tables[table(whole)].squareSums[within])
    }
}
