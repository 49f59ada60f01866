/// `value` with `decimals` places, in at least `width` columns, right-aligned; `–` for nil.
func column(_ value: Double?, _ decimals: Int, _ width: Int) -> String {
    guard let value else { return padded("–", width) }
    return padded(fixed(value, decimals), width)
}

/// `value` with five digits that count, at least 1 and at most 6 decimals, right-aligned; `–` for nil and for what is
/// no number.
func significant(_ value: Double?, _ width: Int, mostDecimals: Int = 6) -> String {
    guard let value, value.isFinite else { return padded("–", width) }
    var decimals = 1
    var limit = 1000.0
    while decimals < mostDecimals, value != 0, value.magnitude < limit {
        decimals += 1
        limit /= 10
    }
    return padded(fixed(value, decimals), width)
}

/// `text` right-aligned in `width` columns.
func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

/// `text` left-aligned in `width` columns, cut with an ellipsis where it is longer.
func leading(_ text: String, _ width: Int) -> String {
    guard text.count > width else { return text + String(repeating: " ", count: width - text.count) }
    return String(text.prefix(max(0, width - 1))) + "…"
}

/// `value` with `decimals` places (0 to 6), rounded half away from zero.
func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int64((value.magnitude * Double(scale)).rounded())
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard decimals > 0 else { return sign + "\(scaled)" }
    let fraction = "\(scaled % scale)"
    return sign + "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
}

/// A number as JSON: shortest form that reads back to the same bits; `null` for nil and for what JSON cannot say.
func json(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    return value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
}

/// A current as JSON, to the milliampere: limits are whole steps, and sums of steps carry rounding dust.
func jsonAmperes(_ value: Double?) -> String { json(value.map { ($0 * 1000).rounded() / 1000 }) }

/// Texts as a JSON array.
func json(_ texts: [String]) -> String { "[" + texts.map { json($0) }.joined(separator: ",") + "]" }

/// Members as a JSON object, numbers or null.
func json(_ members: [(key: String, value: Double?)]) -> String {
    "{" + members.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",") + "}"
}

/// A text as JSON.
func json(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out + "\""
}
