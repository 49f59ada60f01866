/// Weighs the 48 ways in which three sensors may sit on three lines.
///
/// Each way has a probability before anything was seen (correct: 90 %) and, by Bayes' rule, one after. The evidence of
/// the three kinds adds up in nats.
struct MappingJudge: Sendable {
    /// Logarithm of a wrong way's probability over that of the correct one: 10 % shared by 47.
    private static var wrongNats: Double { -6.05 }
    /// A miswiring is told from here on, and until its probability has fallen below the second.
    static var tellsFrom: Double { 0.99 }
    private static var tellsUntil: Double { 0.9 }

    private(set) var best = SensorMapping.correct
    /// Probability of `best`.
    private(set) var confidence = 0.9
    /// `best` is told as a finding, or as found correct.
    private(set) var isTold = false

    mutating func weigh(_ changes: ChangeEvidence, _ levels: LevelEvidence, _ cars: CarEvidence) {
        var nats = InlineArray<48, Double>(repeating: 0)
        var likeliest = 0
        for index in 0..<SensorMapping.count {
            let mapping = SensorMapping(index: index)
            var sum = index == 0 ? 0 : Self.wrongNats
            for sensor in 0..<3 {
                let line = mapping.line(ofSensor: sensor)
                let isReversed = mapping.isReversed(sensor)
                sum += changes.nats(sensor: sensor, line: line)
                sum += levels.nats(sensor: sensor, line: line, isReversed: isReversed)
                sum += cars.nats(sensor: sensor, line: line, isReversed: isReversed)
            }
            nats[index] = sum
            if sum > nats[likeliest] { likeliest = index }
        }
        var total = 0.0
        for index in 0..<SensorMapping.count { total += exponential(nats[index] - nats[likeliest]) }
        let wasBest = likeliest == best.index
        best = SensorMapping(index: likeliest)
        confidence = 1 / total
        isTold = confidence >= Self.tellsFrom || (isTold && wasBest && confidence >= Self.tellsUntil)
    }
}
