/// The fuse or breaker whose time to trip is reckoned.
///
/// The curve is the *lower* edge of what the standard allows, so that no device of the kind trips before the model does:
/// - gG, IEC 60269-1: no melting at 1.25 × rated in the conventional time; gates I min(10 s) and I min(0.1 s) by rating.
/// - B and C, IEC 60898-1: no tripping at 1.13 × rated; 2.55 × rated for at least 1 s; at once not below 3 and 5 × rated.
public struct ProtectiveDevice: Sendable, Equatable, BitwiseCopyable {
    /// What kind of device it is.
    public enum Kind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
        case fuseGG, breakerB, breakerC
    }

    public var kind: Kind
    /// In ampere, 2 to 1250.
    public var ratedAmperes: Double
    /// From the manufacturer's curve, from cold: it bears `boundAmperes` (in multiples of the rating, above 1.6 and up to
    /// 10) for this many seconds at least; nil: the standard's lower edge.
    public var boundSeconds: Double?
    public var boundMultiple: Double

    public init(_ kind: Kind, ratedAmperes: Double, boundSeconds: Double? = nil, boundMultiple: Double = 2.55) {
        self.kind = kind
        self.ratedAmperes = ratedAmperes
        self.boundSeconds = boundSeconds
        self.boundMultiple = boundMultiple
    }

    /// Whether a curve can be made of it.
    var isUsable: Bool {
        guard ratedAmperes >= 2, ratedAmperes <= 1250, boundMultiple > 1.6, boundMultiple <= 10 else { return false }
        guard let boundSeconds else { return true }
        return boundSeconds > 0 && boundSeconds <= 1000
    }
}

/// Two bodies that warm up by the square of the current, and a magnet. Each bears `bearable` (the square of a multiple
/// of the rating) for ever and reaches it with its own time constant.
struct TripCurve: BitwiseCopyable {
    struct Body: BitwiseCopyable {
        var bearable: Double
        var timeConstantSeconds: Double
    }
    let ratedAmperes: Double
    let slow: Body
    let fast: Body
    /// At this multiple of the rating, squared, it may trip at once.
    let instant: Double

    /// The gates of IEC 60269-1 for gG: rating, I min(10 s), I min(0.1 s), in ampere.
    private static let gates: [(rated: Double, tenSeconds: Double, tenthOfSecond: Double)] = [
        (16, 33, 85), (20, 42, 110), (25, 52, 150), (32, 75, 200), (40, 95, 260), (50, 125, 350), (63, 160, 450),
        (80, 215, 610), (100, 290, 820), (125, 355, 1100), (160, 460, 1450), (200, 610, 1910), (250, 750, 2590),
        (315, 1050, 3420), (400, 1420, 4500), (500, 1780, 6000), (630, 2200, 8060), (800, 3060, 10_600),
        (1000, 4000, 14_140), (1250, 5000, 19_000),
    ]

    /// Allocates; made once for given settings.
    init(_ device: ProtectiveDevice) {
        ratedAmperes = device.ratedAmperes
        let conventional: Double
        let bound: (multiple: Double, seconds: Double)
        switch device.kind {
        case .fuseGG:
            conventional = 1.25
            // The gate of the rating, or of the next smaller one in multiples: both must hold.
            let gate = Self.gate(device.ratedAmperes)
            bound = (gate.ten, 10)
            // From cold to what ten seconds bear, in a tenth: t = τ ln(i² / (i² − k²)).
            let square = gate.tenth * gate.tenth, limit = gate.ten * gate.ten
            fast = Body(bearable: limit, timeConstantSeconds: 0.1 / logarithm(square / (square - limit)))
            instant = .infinity
        case .breakerB, .breakerC:
            conventional = 1.13
            bound = (2.55, 1)
            fast = Body(bearable: .infinity, timeConstantSeconds: 1)
            instant = device.kind == .breakerB ? 9 : 25
        }
        let multiple = device.boundSeconds == nil ? bound.multiple : device.boundMultiple
        let seconds = device.boundSeconds ?? bound.seconds
        let square = multiple * multiple, limit = conventional * conventional
        slow = Body(bearable: limit, timeConstantSeconds: seconds / logarithm(square / (square - limit)))
    }

    /// The smaller multiples of the two ratings around `rated`.
    private static func gate(_ rated: Double) -> (ten: Double, tenth: Double) {
        var below = gates[0], above = gates[gates.count - 1]
        for gate in gates where gate.rated <= rated { below = gate }
        for gate in gates.reversed() where gate.rated >= rated { above = gate }
        return (
            min(below.tenSeconds / below.rated, above.tenSeconds / above.rated),
            min(below.tenthOfSecond / below.rated, above.tenthOfSecond / above.rated)
        )
    }
}
