import Allocation
import StrictYAML
import Testing

@testable import Stations

/// A plain profile as text, of which tests replace whole sections.
func profileText(registers: [String] = [], _ sections: [String: String] = [:]) -> String {
    var texts = [
        "profile": "test-station", "name": "Test station", "manufacturer": "any", "sources": "[a document]",
        "confidence": "assumed", "advice": "none",
        "connection": "{request-timeout-s: 10, poll-interval-s: 0.05, write-function: 6}",
        "status": "[{when: {state: 0}, is: free}, {when: {state: 1}, is: occupied}, {when: {state: 2}, is: charging}]",
        "limit": "{register: limit, step-a: 0.1, read-back: active, acts-within-s: 0.2}",
    ]
    let plain = [
        "state: {address: 0, type: u16}", "current: {address: 1, type: u16, scale: 0.1}",
        "limit: {address: 10, type: u16, scale: 0.1}", "active: {address: 11, type: u16, scale: 0.1}",
    ]
    texts["registers"] = "\n  " + (plain + registers).joined(separator: "\n  ")
    for (key, text) in sections { texts[key] = text }
    return ProfileKeys.top.compactMap { key in texts[key].map { "\(key): \($0)\n" } }.joined()
}

func testProfile(registers: [String] = [], _ sections: [String: String] = [:]) throws -> StationProfile {
    try StationProfile.parse(yaml: profileText(registers: registers, sections), file: "test-station.yaml")
}

/// The registers of `testProfile`, with more.
func testRegisters(_ more: [Int: UInt16] = [:]) -> [Int: UInt16] {
    [0: 2, 1: 100, 10: 320, 11: 320].merging(more) { _, new in new }
}

/// A text as the words of an ascii register.
func words(_ text: String, count: Int) -> [UInt16] {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: max(0, 2 * count - text.utf8.count))
    return (0..<count).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
}

/// Registers that hold a text from `address` on.
func text(_ text: String, at address: Int, count: Int) -> [Int: UInt16] {
    Dictionary(uniqueKeysWithValues: words(text, count: count).enumerated().map { (address + $0.offset, $0.element) })
}

extension ScriptedStation {
    /// What was written, as "function:address=value".
    var writes: [String] {
        requests.filter { $0.count == 0 }
            .map { "\($0.function):\($0.address)=\($0.values.map(String.init).joined(separator: ","))" }
    }
}
