import Glibc

/// The files of a recording, from the name of one of them. Extensions count in upper and lower case.
struct RecordingPath {
    enum Format { case native, comtrade, wave }

    let format: Format
    /// The path without its extension and the dot.
    let stem: String
    private let given: String
    private let givenExtension: String

    init(_ path: String) throws(AcquisitionError) {
        guard let dot = path.lastIndex(of: ".") else { throw .recording(file: path, .badName) }
        givenExtension = String(path[path.index(after: dot)...])
        switch givenExtension.lowercased() {
        case "json", "bin": format = .native
        case "cfg", "dat": format = .comtrade
        case "wav": format = .wave
        default: throw .recording(file: path, .badName)
        }
        given = path
        stem = String(path[..<dot])
    }

    /// The folder with its last slash; empty for the current one.
    var folder: String { stem.lastIndex(of: "/").map { String(stem[...$0]) } ?? "" }
    var name: String { String(stem[(stem.lastIndex(of: "/").map { stem.index(after: $0) } ?? stem.startIndex)...]) }

    /// The recording's file with `suffix` (lower case): the one given, else the one that is there, else the name it
    /// should have.
    func file(_ suffix: String) -> String { existing(suffix) ?? "\(stem).\(spellings(suffix)[0])" }

    /// The same, nil where there is none.
    func existing(_ suffix: String) -> String? {
        if givenExtension.lowercased() == suffix { return given }
        return spellings(suffix).map { "\(stem).\($0)" }.first { access($0, F_OK) == 0 }
    }

    private func spellings(_ suffix: String) -> [String] {
        let upper = suffix.uppercased()
        let capital = String(upper.prefix(1)) + suffix.dropFirst()
        return givenExtension == givenExtension.uppercased() ? [upper, suffix, capital] : [suffix, upper, capital]
    }
}
