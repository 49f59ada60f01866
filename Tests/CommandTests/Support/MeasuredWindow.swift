import Foundation

/// One line of `headroom measure --json`.
struct MeasuredWindow: Decodable {
    struct Phase: Decodable {
        var u_rms: Double?
        var i_rms: Double?
        var p: Double?
        var s: Double?
        var pf: Double?
        var q1: Double?
        var u_dc: Double?
        var i_dc: Double?
        var thd_u: Double?
        var thd_i: Double?
        var crest_i: Double?
    }

    var set: Int?
    var first_frame: Double
    var frames: Double
    var f_hz: Double?
    var phases: [String: Phase]
    var flags: [String]

    static func lines(_ text: String) throws -> [MeasuredWindow] {
        let decoder = JSONDecoder()
        return try text.split(separator: "\n").map { try decoder.decode(Self.self, from: Data($0.utf8)) }
    }
}
