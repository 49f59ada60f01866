/// Weighs the 48 ways in which three sensors may sit on three lines.
///
/// Each way has a probability before anything was seen (correct: 90 %) and, by Bayes' rule, one after. The evidence of
/// the three kinds adds up in nats.
struct MappingJudge: Sendable {
    /// Logarithm of a wrong way's probability over that of the correct one: 10 % shared by 47.
    private static var wrongNats: Double { -6.05 }
    /// That all is correct is told from here on; a miswiring only from the second on, and until it has fallen below the
    /// third.
    private static var tellsCorrectFrom: Double { 0.99 }
    private static var tellsWrongFrom: Double { 0.999 }
    private static var tellsUntil: Double { 0.95 }

    private(set) var best = SensorMapping.correct
    /// Probability of `best`.
    private(set) var confidence = 0.9
    /// `best` is told as a finding, or as found correct.
    private(set) var isTold = false

    mutating func weigh(_ changes: ChangeEvidence, _ levels: LevelEvidence, _ cars: CarEvidence) {
        // By [sensor · 6 + line · 2 + reversed].
        var parts = InlineArray<18, Double>(repeating: 0)
        for sensor in 0..<3 {
            for line in 0..<3 {
                let change = changes.nats(sensor: sensor, line: line)
                for reversed in 0..<2 {
                    let isReversed = reversed == 1
                    parts[sensor * 6 + line * 2 + reversed] =
                        change + levels.nats(sensor: sensor, line: line, isReversed: isReversed)
                        + cars.nats(sensor: sensor, line: line, isReversed: isReversed)
                }
            }
        }
        var nats = InlineArray<48, Double>(repeating: 0)
        var likeliest = 0
        for index in 0..<SensorMapping.count {
            let mapping = SensorMapping(index: index)
            var sum = index == 0 ? 0 : Self.wrongNats
            for sensor in 0..<3 {
                sum += parts[sensor * 6 + mapping.line(ofSensor: sensor) * 2 + (mapping.isReversed(sensor) ? 1 : 0)]
            }
            nats[index] = sum
            if sum > nats[likeliest] { likeliest = index }
        }
        var total = 0.0
        for index in 0..<SensorMapping.count { total += exponential(nats[index] - nats[likeliest]) }
        let wasBest = likeliest == best.index
        best = SensorMapping(index: likeliest)
        confidence = 1 / total
        let needed =
            isTold && wasBest ? Self.tellsUntil : likeliest == 0 ? Self.tellsCorrectFrom : Self.tellsWrongFrom
        isTold = confidence >= needed
    }
}
