/// A level of the filling at which a station begins to rise, or has all that it can take.
struct FillingEvent: BitwiseCopyable {
    let amperes: Double
    let station: Int
    let isBegin: Bool

    /// The events of all stations by rising level.
    static func sorted(_ stations: [StationState]) -> [FillingEvent] {
        var events: [FillingEvent] = []
        events.reserveCapacity(2 * stations.count)
        for (index, station) in stations.enumerated() where station.grid.highestAmperes > 0 {
            events.append(FillingEvent(amperes: station.grid.lowestAmperes, station: index, isBegin: true))
            events.append(FillingEvent(amperes: station.grid.highestAmperes, station: index, isBegin: false))
        }
        // A begin before an end of the same level, so that a station of a single step passes through both.
        return events.sorted {
            ($0.amperes, $0.isBegin ? 0 : 1, $0.station) < ($1.amperes, $1.isBegin ? 0 : 1, $1.station)
        }
    }
}

/// Shares `room` (what base load and held stations leave on each line; may be negative): sets each station's
/// `targetAmperes` and `targetPhase`.
///
/// Max-min fair: the limits of all admitted cars rise together from the smallest one; where a line is used up, the
/// stations on it stop. A three-phase station stops with its tightest line. Held stations stop with the others
/// and use nothing up, for their room is kept already. Parked stations get what is left over.
///
/// - Complexity: O(stations). Does not allocate.
@_noAllocation @_noLocks
func fill(_ stations: inout MutableSpan<StationState>, events: Span<FillingEvent>, room: PerPhaseAmperes) {
    var left = room
    admit(&stations, left: &left)
    raiseTogether(&stations, events: events, left: &left)
    park(&stations, left: &left)
    for index in stations.indices {
        stations[index].targetAmperes = stations[index].grid.roundedDown(stations[index].targetAmperes)
    }
}

/// Gives every car its smallest limit as long as there is room: those that charge first, then those that have a
/// limit, then the others, each in the order of the list.
@_noAllocation @_noLocks
private func admit(_ stations: inout MutableSpan<StationState>, left: inout PerPhaseAmperes) {
    for rank in 0..<3 {
        for index in stations.indices where stations[index].role == .car && stations[index].admissionRank == rank {
            stations[index].take(stations[index].grid.lowestAmperes, from: &left, consumes: true)
        }
    }
    for index in stations.indices where !(stations[index].role == .car) {
        stations[index].targetAmperes = 0
        stations[index].targetPhase = nil
        stations[index].isAdmitted = false
        if stations[index].role == .held { stations[index].take(0, from: &left, consumes: false) }
    }
}

@_noAllocation @_noLocks
private func raiseTogether(
    _ stations: inout MutableSpan<StationState>, events: Span<FillingEvent>, left: inout PerPhaseAmperes
) {
    var level = 0.0
    var rising = PerPhaseAmperes.zero
    var usedUp = PhaseSet.none
    for place in 0..<3 where left[place] <= StationGrid.toleranceAmperes { usedUp.add(place: place) }

    for eventIndex in events.indices {
        let event = events[eventIndex]
        // Lines that are used up on the way to this level; at most three in all.
        while true {
            var stop = event.amperes
            var full = -1
            for place in 0..<3 where rising[place] > 0 {
                let end = level + left[place] / rising[place]
                if end < stop {
                    stop = end
                    full = place
                }
            }
            for place in 0..<3 { left[place] -= rising[place] * (stop - level) }
            level = stop
            guard full >= 0 else { break }
            left[full] = 0
            usedUp.add(place: full)
            for index in stations.indices where stations[index].rating.phases.contains(place: full) {
                stations[index].freeze(at: level, by: Phase(place: full), rising: &rising)
            }
        }
        guard stations[event.station].isAdmitted, !stations[event.station].isFrozen else { continue }
        if !event.isBegin {
            stations[event.station].freeze(at: level, by: nil, rising: &rising)
            continue
        }
        let missing = stations[event.station].rating.phases.common(usedUp).first
        if let missing {
            stations[event.station].freeze(at: level, by: missing, rising: &rising)
        } else {
            stations[event.station].rise(&rising)
        }
    }
}

@_noAllocation @_noLocks
private func park(_ stations: inout MutableSpan<StationState>, left: inout PerPhaseAmperes) {
    for index in stations.indices where stations[index].role == .parked {
        stations[index].take(stations[index].grid.lowestAmperes, from: &left, consumes: true)
    }
}

extension StationState {
    /// Who keeps its smallest limit first where not all can have it: 0 before 1 before 2.
    fileprivate var admissionRank: Int {
        guard limit.amperes > 0 else { return 2 }
        return isCharging ? 0 : 1
    }

    /// Admits the station with `amperes` where all its lines have them, else leaves it at 0 for the line that
    /// lacks most.
    fileprivate mutating func take(_ amperes: Double, from left: inout PerPhaseAmperes, consumes: Bool) {
        isFrozen = false
        isRising = false
        targetAmperes = 0
        targetPhase = nil
        isAdmitted = grid.highestAmperes > 0
        var least = -StationGrid.toleranceAmperes
        for place in 0..<3 where rating.phases.contains(place: place) && left[place] - amperes < least {
            least = left[place] - amperes
            targetPhase = Phase(place: place)
            isAdmitted = false
        }
        guard isAdmitted else { return }
        targetAmperes = amperes
        guard consumes else { return }
        for place in 0..<3 where rating.phases.contains(place: place) { left[place] -= amperes }
    }

    fileprivate mutating func rise(_ rising: inout PerPhaseAmperes) {
        guard role == .car else { return }
        isRising = true
        for place in 0..<3 where rating.phases.contains(place: place) { rising[place] += 1 }
    }

    fileprivate mutating func freeze(at level: Double, by phase: Phase?, rising: inout PerPhaseAmperes) {
        guard isAdmitted, !isFrozen, role == .car || role == .held else { return }
        isFrozen = true
        targetAmperes = max(level, grid.lowestAmperes)
        targetPhase = phase
        guard isRising else { return }
        isRising = false
        for place in 0..<3 where rating.phases.contains(place: place) { rising[place] -= 1 }
    }
}
