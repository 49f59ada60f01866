import SiteTwin

/// When people come.
public enum ArrivalPattern: String, Sendable, CaseIterable {
    /// In the evening, until the next morning.
    case home
    /// In the morning, for a working day.
    case work

    /// How many come from hour to hour, against each other.
    fileprivate var weights: [Double] {
        switch self {
        case .home: [1, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 11, 14, 14, 10, 7, 5, 4, 2]
        case .work: [0, 0, 0, 0, 0, 1, 5, 14, 18, 10, 5, 3, 4, 5, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0]
        }
    }

    /// How long they stay, in hours, when they come at `hour`.
    fileprivate func stayHours(arrivingAt hour: Int) -> ClosedRange<Double> {
        switch self {
        case .home: hour >= 15 ? 8...14 : 1...6
        case .work: hour <= 10 ? 5...9.5 : 1.5...5
        }
    }
}

extension CarVisit {
    /// Draws visits: as many a day on average, each with 4 to 36 kWh.
    ///
    /// - Parameter began: when the run begins; arrivals follow the time of day.
    /// - Returns: by arrival.
    public static func drawn(
        perDay: Double, days: Int, pattern: ArrivalPattern, car: CarKind?, seed: UInt64, began: WallTime
    ) -> [CarVisit] {
        let weights = pattern.weights
        let total = weights.reduce(0, +)
        var visits: [CarVisit] = []
        for day in 0..<days {
            // A stream for each day: a longer run begins with the same days.
            var random = RandomSource(seed: seed, stream: 1 << 33 + UInt64(day))
            let whole = perDay.rounded(.down)
            let count = Int(whole) + (random.uniform(0...1) < perDay - whole ? 1 : 0)
            for _ in 0..<count {
                var rest = random.uniform(0...1) * total
                var hour = 0
                while hour < 23, rest >= weights[hour] {
                    rest -= weights[hour]
                    hour += 1
                }
                let clock = hour * 3600 + Int(random.uniform(0...3599))
                let fromStart = (clock - Int(began.secondOfDay) + 86_400) % 86_400
                let stay = random.uniform(pattern.stayHours(arrivingAt: hour))
                let energy = random.uniform(4000...36_000)
                let drawn = CarKind.drawn(random.uniform(0...1))
                let arrival = day * 86_400 + fromStart
                visits.append(
                    CarVisit(
                        arrivalSecond: arrival, departureSecond: arrival + Int(stay * 3600), neededWattHours: energy,
                        car: car ?? drawn))
            }
        }
        // Equal arrivals stay in the order in which they were drawn.
        return visits.enumerated().sorted {
            ($0.element.arrivalSecond, $0.offset) < ($1.element.arrivalSecond, $1.offset)
        }
        .map(\.element)
    }
}
