import Foundation
import Glibc

/// Reads a file of decisions line by line.
enum DecisionFile {
    /// Calls `body` with each decision until it returns false.
    ///
    /// - Throws: `RunError` with file and line for what is no decision. A last line that was cut short, as by a loss of
    ///   power, is left out.
    static func read(_ path: String, _ body: (DecisionLine) -> Bool) throws {
        guard let file = fopen(path, "r") else {
            throw RunError(
                "\(path): \(String(cString: strerror(errno))); record one with: headroom run --record \(path)")
        }
        defer { fclose(file) }
        let decoder = JSONDecoder()
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var number = 0
        var decisions = 0
        while case let count = getline(&buffer, &capacity, file), count > 0, let buffer {
            number += 1
            let line = UnsafeRawBufferPointer(start: buffer, count: count)
            do {
                let decision = try decoder.decode(DecisionLine.self, from: Data(line))
                decisions += 1
                guard body(decision) else { return }
            } catch {
                if line.last != UInt8(ascii: "\n"), decisions > 0 { return }
                throw RunError(
                    "\(path):\(number): no decision (\(words(error))); name a file of headroom run --record")
            }
        }
        guard ferror(file) == 0 else { throw RunError("\(path): it cannot be read; name a file, no folder") }
        if number == 0 { throw RunError("\(path): empty; the device had not decided yet") }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "without \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another kind"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) cannot be read"
        default: "no JSON"
        }
    }
}
