import Testing

@testable import Stations

@Suite struct ConditionTests {
    @Test(
        "versions compare number by number",
        arguments: [
            ("5.12", "5.22"), ("5.22", "5.100"), ("5", "5.0.1"), ("v3.163.9-rc2", "3.187"), ("4.1.2-1234", "10.0"),
        ])
    func versions(lower: String, higher: String) throws {
        let low = try #require(FirmwareVersion(lower)), high = try #require(FirmwareVersion(higher))
        #expect(low < high && !(high < low) && low != high)
    }

    @Test("trailing zeros make no difference, and a text without a digit is no version")
    func equalVersions() {
        #expect(FirmwareVersion("5.22") == FirmwareVersion("5.22.0"))
        #expect(FirmwareVersion("unknown") == nil && FirmwareVersion("") == nil)
        #expect(FirmwareVersion("99999999999999999999.1") == nil)
    }

    static let patterns: [(pattern: String, fits: [String], not: [String])] = [
        ("EVC04*", ["EVC04", "EVC04-AC22"], ["EVC05", "XEVC04", "evc04"]),
        ("*AC*", ["AC", "xACy"], ["A C", ""]),
        ("A*A", ["AA", "AxA", "AAA"], ["A", "AxB"]),
        ("*a*b*", ["ab", "xaxbx"], ["ba", "a"]),
        ("*", ["", "anything"], []),
        ("Live", ["Live"], ["Live ", "live", "Liv"]),
    ]

    @Test("a star stands for any characters, the rest for itself", arguments: patterns.indices)
    func pattern(index: Int) {
        let (pattern, fits, not) = Self.patterns[index]
        for text in fits { #expect(TextPattern(pattern).matches(text), "\(pattern) \(text)") }
        for text in not { #expect(!TextPattern(pattern).matches(text), "\(pattern) \(text)") }
    }

    @Test("a value, a range, a bit, a text, a version; what is not there fits none of them")
    func tests() throws {
        let number = RegisterFormat(), text = RegisterFormat(type: .ascii, wordCount: 2)
        func holds(_ test: Condition.Test, _ answer: Condition.Answer, _ format: RegisterFormat) -> Bool {
            Condition(register: 0, test: test).holds(answer, as: format)
        }
        let five = Condition.Answer.words([5]), old = Condition.Answer.words(words("5.12", count: 2)[...])
        #expect(holds(.oneOf([4, 5]), five, number) && !holds(.noneOf([5]), five, number))
        #expect(holds(.within(5...5), five, number) && !holds(.within(6...9), five, number))
        #expect(holds(.anyBit(6), five, number) && !holds(.anyBit(2), five, number))
        #expect(holds(.isText(["a", "5.12"]), old, text) && !holds(.isText(["5.1"]), old, text))
        #expect(holds(.matches([TextPattern("5.*")]), old, text))
        let bound = try #require(FirmwareVersion("5.22"))
        #expect(holds(.versionBelow(bound), old, text) && !holds(.versionAtLeast(bound), old, text))
        let blank = Condition.Answer.words([0, 0])
        #expect(!holds(.versionBelow(bound), blank, text) && !holds(.versionAtLeast(bound), blank, text))
        for answer in [Condition.Answer.refused, .nothing] {
            #expect(!holds(.oneOf([0]), answer, number) && !holds(.noneOf([5]), answer, number))
            #expect(!holds(.matches([TextPattern("*")]), answer, text))
        }
        #expect(holds(.answers(true), five, number) && !holds(.answers(false), five, number))
        #expect(holds(.answers(false), .refused, number) && !holds(.answers(true), .refused, number))
        #expect(!holds(.answers(false), .nothing, number) && !holds(.answers(true), .nothing, number))
    }
}
