import Glibc

/// A value of the probe's JSON lines.
enum ProbeValue {
    case null, boolean(Bool), integer(Int64), number(Double), text(String)
    case list([ProbeValue]), object(KeyValuePairs<String, ProbeValue>)

    var json: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): quoted(value)
        case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(quoted($0.key)):\($0.value.json)" }.joined(separator: ",") + "}"
        }
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Writes one line at once, so that a reader behind a pipe sees it.
func emit(_ members: KeyValuePairs<String, ProbeValue>) {
    print(ProbeValue.object(members).json)
    fflush(nil)
}

/// Codes as little-endian int32 in a file, in the order read.
final class CodeDump {
    private let file: UnsafeMutablePointer<FILE>

    init(path: String) throws {
        guard let file = fopen(path, "wb") else { throw UsageError(description: "\(path) cannot be written") }
        self.file = file
    }

    deinit { fclose(file) }

    func add(_ code: Int32) {
        var stored = code.littleEndian
        fwrite(&stored, 4, 1, file)
    }
}
