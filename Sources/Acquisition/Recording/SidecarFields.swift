/// One object of the sidecar. Each accessor gives nil for an absent or null field and refuses another kind of value.
struct SidecarFields {
    private let members: [String: JSONValue]
    private let place: String

    /// The object that `text` holds.
    init(parsing text: UnsafeRawBufferPointer) throws(RecordingFault) {
        do throws(JSONFault) {
            self.init(try JSONValue(parsing: text), place: "")
        } catch { throw .notJSON(problem: error.description) }
    }

    init(_ value: JSONValue, place: String) {
        // A text that is no object has no fields: the first required one is then reported missing.
        if case .object(let members) = value { self.members = members } else { members = [:] }
        self.place = place
    }

    func invalid(_ name: String, _ expected: String) -> RecordingFault {
        .fieldInvalid(field: path(name), value: (members[name] ?? .null).words, expected: expected)
    }

    func required<Value>(
        _ name: String, _ read: (String) throws(RecordingFault) -> Value?
    ) throws(RecordingFault) -> Value {
        guard let value = try read(name) else { throw .fieldMissing(field: path(name)) }
        return value
    }

    func string(_ name: String) throws(RecordingFault) -> String? {
        switch members[name] ?? .null {
        case .null: return nil
        case .string(let value): return value
        default: throw invalid(name, "a text in quotation marks")
        }
    }

    func number(_ name: String) throws(RecordingFault) -> Double? {
        switch members[name] ?? .null {
        case .null: return nil
        case .number(let value): return value
        default: throw invalid(name, "a number")
        }
    }

    func count(_ name: String) throws(RecordingFault) -> Int? {
        guard let value = try number(name) else { return nil }
        guard let count = Int(exactly: value), count >= 0 else { throw invalid(name, "a whole number, 0 or more") }
        return count
    }

    func array(_ name: String) throws(RecordingFault) -> [JSONValue]? {
        switch members[name] ?? .null {
        case .null: return nil
        case .array(let value): return value
        default: throw invalid(name, "a list")
        }
    }

    private func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }
}
