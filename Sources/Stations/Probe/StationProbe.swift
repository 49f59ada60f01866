/// Finds out which profile fits the station at a place. Read-only.
package struct StationProbe: ~Copyable {
    /// What came out for one profile.
    package struct Finding: Sendable {
        package enum Verdict: Sendable, Equatable {
            /// Every reason of the profile holds.
            case fits
            /// What was found, in words.
            case differs(String)
            /// Its unit does not answer.
            case silent
            /// The profile has nothing by which a station could be told.
            case cannotTell
        }

        package var profile: StationProfile
        package var place: StationPlace
        package var verdict: Verdict
        /// Reasons that hold: the more, the surer.
        package var reasonsHeld: Int
        package var reasonCount: Int
        /// Of a profile that fits: what the station says of itself.
        package var identity: [(label: String, text: String)] = []
        package var serialNumber: String?
        /// Of a profile that fits; nil: the profile as it is.
        package var variant: String?
        /// What is to know besides, for example that a variant cannot be told.
        package var remark: String?
    }

    private var reader: RegisterReader

    /// - Parameter reader: at the place to be looked at.
    package init(_ reader: consuming RegisterReader) { self.reader = reader }

    package var requestCount: Int { reader.requestCount }
    /// The last thing that went wrong; nil: nothing.
    package var lastErrorWords: String? { reader.lastErrorWords }
    /// Nothing at all has answered.
    package private(set) var hasHeardNothing = true

    /// Asks for what tells each of `profiles` apart.
    ///
    /// - Parameters:
    ///   - unit: asked for all profiles; nil: each profile's own.
    ///   - addressOffset: added to every address.
    ///   - progress: told before each profile.
    /// - Returns: the best first: what fits by the number of its reasons, then what came nearest.
    package mutating func findings(
        _ profiles: [StationProfile], unit: Int?, addressOffset: Int = 0,
        progress: (_ done: Int, _ of: Int, _ profile: StationProfile) -> Void = { _, _, _ in }
    ) -> [Finding] {
        var found: [(order: Int, finding: Finding)] = []
        // By unit, so that one which is silent is found once.
        let order = profiles.enumerated().sorted {
            let (left, right) = (unit ?? $0.element.defaultUnitIdentifier, unit ?? $1.element.defaultUnitIdentifier)
            return (left, $0.offset) < (right, $1.offset)
        }
        for (done, item) in order.enumerated() {
            progress(done, order.count, item.element)
            let profile = item.element.shifted(by: addressOffset)
            reader.address(unit: unit ?? profile.defaultUnitIdentifier)
            found.append((item.offset, finding(profile)))
            if reader.hasAnswered { hasHeardNothing = false }
        }
        return found.sorted {
            let (left, right) = ($0.finding, $1.finding)
            return (left.rank, -left.reasonsHeld, $0.order) < (right.rank, -right.reasonsHeld, $1.order)
        }.map(\.finding)
    }

    private mutating func finding(_ profile: StationProfile) -> Finding {
        var finding = Finding(
            profile: profile, place: reader.place, verdict: .cannotTell, reasonsHeld: 0,
            reasonCount: profile.probe.count + (profile.identityCheck?.model == nil ? 0 : 1))
        guard finding.reasonCount > 0 else { return finding }
        if let problem = reader.objection(of: profile, reasonsHeld: &finding.reasonsHeld) {
            finding.verdict = reader.isSilent || reader.isGivenUp ? .silent : .differs(problem)
            return finding
        }
        finding.verdict = .fits
        let chosen = reader.variant(of: profile)
        finding.variant = chosen.name
        finding.remark = chosen.remark
        finding.identity = reader.identity(of: chosen.profile)
        finding.serialNumber = reader.serialNumber(of: profile)
        return finding
    }
}

extension StationProbe.Finding {
    /// What is shown first.
    fileprivate var rank: Int {
        switch verdict {
        case .fits: 0
        case .differs: 1
        case .cannotTell: 2
        case .silent: 3
        }
    }
}
