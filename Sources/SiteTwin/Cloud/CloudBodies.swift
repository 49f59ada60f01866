#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A JSON object of numbers; nil: it is none.
func cloudNumbers(_ body: [UInt8]) -> [String: Double]? {
    try? JSONDecoder().decode([String: Double].self, from: Data(body))
}

/// A JSON object of texts; nil: it is none.
func cloudTexts(_ body: [UInt8]) -> [String: String]? {
    try? JSONDecoder().decode([String: String].self, from: Data(body))
}

/// The fields of a form.
func cloudFormFields(_ body: [UInt8]) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in body.split(separator: UInt8(ascii: "&")) {
        let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { continue }
        fields[decoded(parts[0])] = decoded(parts[1])
    }
    return fields
}

private func decoded(_ text: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
