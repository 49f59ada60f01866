import Allocation
import Foundation
import Site
import StrictYAML
import Testing

/// Main fuse, groups, stations' shares and the utility's receiver, as the installer writes them.
@Suite struct LimitSettingsTests {
    /// The example with `edits`, and `top` before its stations.
    private static func settings(
        _ edits: [(String, String)] = [], top: String = "", file: String = "site.yaml"
    ) throws -> SiteSettings {
        var text = SiteSettings.example().yaml
        for (old, new) in edits {
            try #require(text.contains(old), "the example has no '\(old)'")
            text = text.replacing(old, with: new)
        }
        return try SiteSettings.parse(yaml: text + top, file: file)
    }

    private static let groups = (
        "groups: []",
        """
        groups:
          - {name: riser, limit-a: 50, margin-a: 5}
          - {name: garage, behind: riser, limit-a: [32, 25, 32], limit-kw: 20}
          - {name: yard, limit-kw: 11}
        """
    )

    @Test func theFuseIsReadWithAllThatBelongsToIt() throws {
        let settings = try Self.settings([
            ("main-fuse: {type: gG, rated-a: 40}", "main-fuse: {type: C, rated-a: 63, bears-multiple: 2, bears-s: 60}"),
            (
                "largest-step-a: [0, 0, 0]",
                "largest-step-a: 16\n  limit-kw: 27.6\n  imbalance-a: 20\n  imbalance-of: building"
            ),
        ])
        let limits = settings.supply.limits
        #expect(limits.device == ProtectiveDevice(.breakerC, ratedAmperes: 63, boundSeconds: 60, boundMultiple: 2))
        #expect(limits.largestStepAmperes == PerPhaseAmperes(16, 16, 16))
        #expect(limits.limitWatts == 27_600)
        #expect(limits.imbalance == ImbalanceLimit(amperes: 20, countsBuilding: true))
    }

    @Test func groupsFormATreeThatStationsHangOn() throws {
        let settings = try Self.settings([Self.groups, ("unit: 1\n", "unit: 1\n    group: garage\n    weight: 2\n")])
        #expect(settings.groups.map(\.name) == ["riser", "garage", "yard"])
        #expect(settings.groups.map(\.node.parent) == [nil, 0, nil])
        #expect(settings.groups[0].node.marginAmperes == PerPhaseAmperes(5, 5, 5))
        #expect(settings.groups[1].node.limitAmperes == PerPhaseAmperes(32, 25, 32))
        #expect(settings.groups[1].node.limitWatts == 20_000)
        #expect(settings.groups[2].node.limitAmperes.l1 == .infinity && settings.groups[2].node.limitWatts == 11_000)
        #expect(settings.stations.map(\.sharing.node) == [1, 1])
        #expect(settings.stations.map(\.sharing.weight) == [2, 2])
    }

    @Test func aStationsShareIsRead() throws {
        let settings = try Self.settings([
            ("feed-in: false", "feed-in: true"),
            (
                "unit: 1\n",
                "unit: 1\n    guaranteed-minimum: true\n    owner-limit-a: 10\n    source: minimum-and-surplus\n"
            ),
        ])
        let sharing = try #require(settings.stations.first).sharing
        #expect(sharing.guaranteesMinimum && sharing.ownerLimitAmperes == 10)
        #expect(sharing.energySource == .gridMinimumAndSurplus)
    }

    @Test func theAllocatorsTimesAreRead() throws {
        let policy = try Self.settings([
            ("inrush-ms: 300", "inrush-ms: 200"), ("minimum-on-s: 300", "minimum-on-s: 120"),
            ("minimum-off-s: 60", "minimum-off-s: 30"), ("rotation-s: 900", "rotation-s: 600"),
            ("start-gap-s: 0", "start-gap-s: 5"), ("parking: minimum", "parking: off"),
            ("surplus-grid-kw: 0", "surplus-grid-kw: -0.5"), ("release-delay-s: 120", "release-delay-s: 60"),
            ("release-ramp-percent-per-min: 10", "release-ramp-percent-per-min: 25"),
            ("phase-switch-after-s: 120", "phase-switch-after-s: 300"),
            ("phase-switch-gap-s: 600", "phase-switch-gap-s: 900"), ("phase-tests: true", "phase-tests: false"),
        ]).policy
        #expect(policy.inrushSeconds == 0.2 && policy.minimumOnSeconds == 120 && policy.minimumOffSeconds == 30)
        #expect(policy.rotationSeconds == 600 && policy.startGapSeconds == 5 && !policy.parksAtMinimum)
        #expect(policy.surplusGridWatts == -500 && policy.releaseDelaySeconds == 60)
        #expect(policy.releaseRampPerMinute == 0.25)
        #expect(policy.phaseSwitchAfterSeconds == 300 && policy.phaseSwitchGapSeconds == 900)
        #expect(!policy.testsPhases)
    }

    @Test(arguments: [
        ("wiring: make-contact\n  active-means: locked", 1), ("wiring: break-contact\n  active-means: reduced", 1),
        ("wiring: complementary\n  active-means: reduced", 2), ("wiring: reduce-and-lock", 2), ("wiring: sg-ready", 2),
        ("patterns: {\"00\": normal, \"10\": reduced, \"01\": locked}", 2),
    ])
    func everyWiringComesBackFromItsOwnText(wiring: String, inputs: Int) throws {
        let list = ["{chip: /dev/gpiochip0, line: 17}", "{file: /run/inputs/2, inverted: true}"].prefix(inputs)
        let settings = try Self.settings(
            top:
                "utility-signal:\n  inputs: [\(list.joined(separator: ", "))]\n  \(wiring)\n  reduced: {kilowatt: 4.2}\n"
                + "  locked-means: minimum\n  safe-mode: locked\n  debounce-ms: 250\n")
        let signal = try #require(settings.utilitySignal)
        #expect(signal.inputs.count == inputs && signal.inputs[0] == .gpio(chip: "/dev/gpiochip0", line: 17))
        #expect(signal.isInverted == [false, true].prefix(inputs).map { $0 })
        #expect(signal.reducedLimit == .watts(4200) && signal.lockedLimit == .minimumEach)
        #expect(signal.safeMeaning == .locked && signal.debounceSeconds == 0.25)
        let again = try SiteSettings.parse(yaml: settings.yaml, file: "again.yaml")
        #expect(again.utilitySignal == signal)
        #expect(again.yaml == settings.yaml)
    }

    @Test func everythingComesBackFromItsOwnText() throws {
        let settings = try Self.settings(
            [
                Self.groups, ("feed-in: false", "feed-in: true\n  limit-kw: 27.6\n  imbalance-a: 16"),
                (
                    "unit: 1\n",
                    "unit: 1\n    group: yard\n    source: surplus\n    owner-limit-a: 8.5\n    weight: 0.1\n"
                ),
                ("surplus-grid-kw: 0", "surplus-grid-kw: 0.3"), ("inrush-ms: 300", "inrush-ms: 123.4"),
            ],
            top:
                "utility-signal: {inputs: [{file: /a}], wiring: make-contact, active-means: locked, reduced: {percent: 33}}\n"
        )
        let again = try SiteSettings.parse(yaml: settings.yaml, file: "again.yaml")
        #expect(again.yaml == settings.yaml)
        #expect(again.groups == settings.groups && again.utilitySignal == settings.utilitySignal)
        #expect(again.supply == settings.supply && again.policy == settings.policy)
        #expect(again.stations.map(\.sharing) == settings.stations.map(\.sharing))
    }

    /// So many groups, each behind the one before.
    private static func nested(_ count: Int) -> String {
        "groups: ["
            + (1...count).map { "{name: g\($0), limit-a: 16\($0 > 1 ? ", behind: g\($0 - 1)" : "")}" }
            .joined(separator: ", ") + "]"
    }

    @Test func eightGroupsBehindEachOtherAreTheMost() throws {
        let settings = try Self.settings([("groups: []", Self.nested(8)), ("unit: 1\n", "unit: 1\n    group: g8\n")])
        #expect(settings.groups.count == LimitNode.deepest)
    }

    /// What is wrong, and a word of the error's field and one of its text.
    static let refused: [(edit: (String, String), top: String, words: [String])] = [
        (("rated-a: 40", "rated-a: 35"), "", ["supply.main-fuse.rated-a", "40 A"]),
        (("type: gG", "type: D"), "", ["supply.main-fuse.type", "gG"]),
        (("rated-a: 40", "rated-a: 40, bears-s: 5"), "", ["bears-multiple"]),
        (("inrush-ms: 300", "inrush: 300"), "", ["unknown key 'inrush'"]),
        (
            ("groups: []", "groups: [{name: a, behind: b, limit-a: 5}, {name: b, limit-a: 5}]"), "",
            ["groups[0].behind", "'b'"]
        ),
        (("groups: []", nested(9)), "", ["groups[8]", "behind 8 others", "at most 8"]),
        (("groups: []", "groups: [{name: a}]"), "", ["neither limit-a nor limit-kw"]),
        (("groups: []", "groups: [{name: a, limit-a: 5, margin-a: 5}]"), "", ["margin-a", "nothing"]),
        (("groups: []", "groups: [{name: a, limit-a: 5}, {name: a, limit-a: 6}]"), "", ["two groups"]),
        (("unit: 1\n", "unit: 1\n    group: cellar\n"), "", ["group", "'cellar'"]),
        (("unit: 1\n", "unit: 1\n    source: surplus\n"), "", ["feed-in"]),
        (("unit: 1\n", "unit: 1\n    owner-limit-a: 17\n"), "", ["owner-limit-a"]),
        (("unit: 1\n", "unit: 1\n    weight: 0\n"), "", ["weight"]),
        (
            ("groups: []", "groups: []"),
            "utility-signal: {inputs: [{file: a}], wiring: sg-ready, reduced: {ampere: 6}}", ["absolute"]
        ),
        (
            ("groups: []", "groups: []"),
            "utility-signal: {inputs: [{file: /a}], wiring: sg-ready, reduced: {ampere: 6}}", ["1 inputs"]
        ),
        (
            ("groups: []", "groups: []"),
            "utility-signal: {inputs: [{file: /a}], wiring: make-contact, reduced: {ampere: 6}}", ["active-means"]
        ),
        (
            ("groups: []", "groups: []"),
            "utility-signal: {inputs: [{file: /a}], patterns: {\"01\": locked}, reduced: {ampere: 6}}", ["no pattern"]
        ),
        (
            ("groups: []", "groups: []"),
            "utility-signal: {inputs: [{file: /a}], patterns: {\"1\": locked}, reduced: {ampere: 6}}", ["normal"]
        ),
        (
            ("groups: []", "groups: []"),
            "utility-signal: {inputs: [{file: /a}], patterns: {\"0\": normal}, reduced: {}}", ["0 limits"]
        ),
    ]

    @Test(arguments: refused.indices)
    func whatCannotBeIsRefusedWithItsLine(index: Int) throws {
        let test = Self.refused[index]
        let error = #expect(throws: YAMLError.self) { try Self.settings([test.edit], top: test.top + "\n") }
        let words = "\(try #require(error))"
        #expect(words.contains("site.yaml:"), "\(words)")
        for word in test.words { #expect(words.contains(word), "\(words)") }
    }
}
