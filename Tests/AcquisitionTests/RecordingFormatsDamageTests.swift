import Foundation
import Testing

@testable import Acquisition

/// A few changes of single bytes and stretches.
func damaged(_ good: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = good
    for _ in 0..<Int.random(in: 1...3, using: &random) {
        if bytes.isEmpty { bytes = [0] }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
        case 4: bytes.insert(contentsOf: Array("9,\n-".utf8).shuffled(using: &random), at: place)
        default: bytes.removeSubrange(place...)
        }
    }
    return bytes
}

@Suite struct RecordingFormatsDamageTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let line: Int
        let text: String
        let words: [String]
        var testDescription: String { "line \(line): \(text.prefix(40))" }

        init(_ line: Int, _ text: String, _ words: String...) {
            self.line = line
            self.text = text
            self.words = words
        }
    }

    @Test(arguments: [
        Damage(1, "Station", "1 fields"), Damage(1, "S,D,1999,x", "4 fields"),
        Damage(1, "S,D,1998", "rev_year", "1999"),
        Damage(1, "S;D;1999", "1 fields"), Damage(2, "5", "1 fields"), Damage(2, "6,2A,3D", "TT", "5"),
        Damage(2, "5,3D,2A", "##A"), Damage(2, "5,2,3", "##A"), Damage(2, "3,0A,3D", "##A"),
        Damage(2, "5,-2A,3D", "##A"), Damage(2, "5,2.5A,3D", "##A"), Damage(2, "5000,4997A,3D", "##A"),
        Damage(2, "4,1A,3D", "line 4", "13 fields", "Dn"), Damage(2, "6,3A,3D", "line 5", "An,ch_id"),
        Damage(2, "9,2A,7D", "line 8", "Dn"), Damage(2, "1000002,2A,1000000D", "line 8"),
        Damage(2, "99999999999999999999,2A,3D", "TT"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,-32767,32767", "10 fields"),
        Damage(3, "1,u,A,line,kV,0,5,-1,13,-32767,32767,110,1,P", "14 fields"),
        Damage(3, "x,u,A,line,kV,0.5,-1,13,-32767,32767,110,1,P", "An"),
        Damage(3, "0,u,A,line,kV,0.5,-1,13,-32767,32767,110,1,P", "An"),
        Damage(3, "2,u,A,line,kV,0.5,-1,13,-32767,32767,110,1,P", "line 4", "An"),
        Damage(3, "9223372036854774784,u,A,line,kV,0.5,-1,13,-32767,32767,110,1,P", "line 4", "An"),
        Damage(3, "1,,A,line,kV,0.5,-1,13,-32767,32767,110,1,P", "ch_id"),
        Damage(3, "1,i,A,line,kV,0.5,-1,13,-32767,32767,110,1,P", "line 4", "ch_id", "\"i\""),
        Damage(3, "1,u,A,line,,0.5,-1,13,-32767,32767,110,1,P", "uu"),
        Damage(3, "1,u,A,line,kV,0,-1,13,-32767,32767,110,1,P", "field a"),
        Damage(3, "1,u,A,line,kV,,-1,13,-32767,32767,110,1,P", "field a"),
        Damage(3, "1,u,A,line,kV,nan,-1,13,-32767,32767,110,1,P", "field a", "nan"),
        Damage(3, "1,u,A,line,kV,0x1,-1,13,-32767,32767,110,1,P", "field a"),
        Damage(3, "1,u,A,line,kV,1e-300,-1,13,-32767,32767,110,1,P", "field a"),
        Damage(3, "1,u,A,line,kV,0.5,,13,-32767,32767,110,1,P", "field b"),
        Damage(3, "1,u,A,line,kV,0.5,inf,13,-32767,32767,110,1,P", "field b"),
        Damage(3, "1,u,A,line,kV,0.5,-1,soon,-32767,32767,110,1,P", "skew"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,low,32767,110,1,P", "min"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,5,-5,110,1,P", "max"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,-32767,32767,0,1,P", "primary"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,-32767,32767,110,,P", "secondary"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,-32767,32767,110,1,", "PS"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,-32767,32767,110,1,T", "PS", "P or S"),
        Damage(5, "1,d1,,0", "4 fields"), Damage(5, "x,d1,,,0", "Dn"), Damage(5, "2,d1,,,0", "line 6", "Dn"),
        Damage(3, "1,u,A,line,kV,0.5,-1,13,-32767,1e300,110,1,P", "max"), Damage(8, "1e300", "lf"),
        Damage(8, String(repeating: ",5", count: 5000), "fields"), Damage(8, "fifty", "lf"), Damage(8, "0", "lf"),
        Damage(8, "-50", "lf"), Damage(8, "50,60", "2 fields"),
        Damage(9, "", "nrates"), Damage(9, "-1", "nrates"), Damage(9, "1.5", "nrates"),
        Damage(9, "2", "line 11", "samp"),
        Damage(9, "0", "samp", "nrates as 1"), Damage(9, "9000000000000000000", "line 11"),
        Damage(10, "4800", "1 fields"), Damage(10, "fast,5", "samp"), Damage(10, "-1,5", "samp"),
        Damage(10, "0.5,5", "samp"), Damage(10, "1e10,5", "samp"), Damage(10, "4800,", "endsamp"),
        Damage(10, "4800,-5", "endsamp"), Damage(10, "4800,5.5", "endsamp"), Damage(10, "4800,1e300", "endsamp"),
        Damage(10, "4800,4294967296", "endsamp"), Damage(11, "today", "1 fields"), Damage(12, "1,2,3", "3 fields"),
        Damage(13, "BINARY16", "ft", "FLOAT32"), Damage(13, "", "ft"), Damage(14, "", "line 14", "timemult"),
        Damage(14, "0", "timemult"), Damage(14, "one", "timemult"), Damage(14, "1e300", "timemult"),
    ])
    func `each field of a configuration is refused in one line with place and remedy`(damage: Damage) throws {
        let folder = try Folder()
        let writer = ComtradeWriter()
        var lines = writer.lines
        lines[damage.line - 1] = damage.text
        try folder.write("r.cfg", lines.joined(separator: "\r\n").utf8)
        try folder.write("r.dat", writer.data)
        let error = try #require(throws: AcquisitionError.self) { _ = try Recording.open(folder.path("r.cfg")) }
        let text = error.description
        #expect(text.contains(folder.path("r.cfg")) && text.contains(";") && !text.contains("\n"), "\(text)")
        for word in damage.words + ["line "] { #expect(text.contains(word), "\(text)") }
    }

    @Test(arguments: ["ASCII", "BINARY", "BINARY32", "FLOAT32"])
    func `data that were cut anywhere, or go on, are refused`(type: String) throws {
        let writer = ComtradeWriter(type: type, revision: "2013")
        let configuration = try configuration(writer.configuration).get()
        let data = writer.data
        for count in data.indices {
            #expect(throws: RecordingFault.self, "\(count) bytes") {
                try frames(Array(data.prefix(count)), configuration).get()
            }
        }
        let more = type == "ASCII" ? Array("6,1041,1,2,0,1,0\r\n".utf8) : Array(data.suffix(data.count / 5))
        #expect(throws: RecordingFault.self) { try frames(data + more, configuration).get() }
        #expect(throws: RecordingFault.self) { try frames(data + [7], configuration).get() }
    }

    @Test(arguments: ["1991", "1999", "2013"])
    func `a configuration that was cut is refused or still says the same`(revision: String) throws {
        let bytes = ComtradeWriter(type: revision == "1991" ? "BINARY" : "BINARY32", revision: revision).configuration
        let whole = try configuration(bytes).get()
        var refused = 0
        for count in bytes.indices {
            switch configuration(Array(bytes.prefix(count))) {
            case .success(let cut): #expect(cut == whole, "\(count) bytes")
            case .failure(let fault):
                refused += 1
                #expect(!fault.description.contains("\n"))
            }
        }
        #expect(refused > bytes.count - 30)
    }

    @Test func `without a rate a time multiplier must not be cut`() throws {
        var writer = ComtradeWriter(rates: ["0", "0,5"], timeMultiplier: "10")
        let bytes = writer.configuration
        #expect(try configuration(bytes).get().timestampSeconds == 10 * 1e-6)
        #expect(throws: RecordingFault.lineCut(line: 14)) { try configuration(bytes.dropLast(3)).get() }
        writer.rates = nil
        #expect(throws: Never.self) { try configuration(writer.configuration.dropLast(3)).get() }
    }

    @Test(arguments: ["ASCII", "BINARY", "BINARY32", "FLOAT32"])
    func `counts that lie ask for no memory`(type: String) throws {
        var writer = ComtradeWriter(type: type, revision: "2013", rates: ["1", "4800,4294967295"])
        #expect(throws: RecordingFault.self) {
            try frames(writer.data, try configuration(writer.configuration).get()).get()
        }
        writer.rates = ["4294967295", "4800,1"]
        #expect(throws: RecordingFault.self) { try configuration(writer.configuration).get() }
    }

    @Test(arguments: [
        ("3,417,-1,x,0,1,0", ["line 3", "field i", "\"x\""]), ("3,417,-1,nan,0,1,0", ["line 3", "field i"]),
        ("3,417,-1,1e39,0,1,0", ["line 3", "field i"]), ("3,417,-1,2,0,1", ["line 3", "6 fields"]),
        ("3,417,-1,2,0,1,0,0", ["line 3", "8 fields", "7"]), ("x,417,-1,2,0,1,0", ["line 3", "field n"]),
        (",417,-1,2,0,1,0", ["line 3", "field n"]), ("-3,417,-1,2,0,1,0", ["line 3", "field n"]),
        ("1e30,417,-1,2,0,1,0", ["line 3", "field n"]), ("", ["line 3", "field n"]),
        ("4,417,-1,2,0,1,0", ["frame 2", "sample number 4", "3"]), ("3", ["line 3", "1 fields"]),
    ])
    func `each field of an ASCII line is refused with its place`(line: String, words: [String]) throws {
        let writer = ComtradeWriter(type: "ASCII", revision: "2013")
        var lines = String(decoding: writer.data, as: UTF8.self).split(separator: "\r\n").map(String.init)
        lines[2] = line
        let data = Array(lines.map { $0 + "\n" }.joined().utf8)
        let fault = try #require(throws: RecordingFault.self) {
            try frames(data, try configuration(writer.configuration).get()).get()
        }
        for word in words { #expect(fault.description.contains(word), "\(fault.description)") }
        #expect(fault.description.contains(";"))
    }

    @Test(arguments: propertySeeds, ["ASCII", "BINARY", "BINARY32", "FLOAT32"])
    func `no bytes whatever stop the reader`(seed: UInt64, type: String) throws {
        var random = SeededGenerator(seed: seed)
        let writer = ComtradeWriter(type: type, revision: "2013", rates: ["0", "0,5"])
        let whole = try configuration(writer.configuration).get()
        var refused = 0
        for _ in 0..<300 {
            let text = damaged(writer.configuration, &random)
            switch configuration(text) {
            case .success(let configuration):
                let names = Set(configuration.channels.map(\.name))
                #expect(names.count == configuration.channels.count, "seed \(seed)")
                // A count that was damaged upward must not be believed by the data's reader either.
                if case .failure(let fault) = frames(writer.data, configuration) {
                    #expect(!fault.description.contains("\n"), "seed \(seed)")
                }
            case .failure(let fault):
                refused += 1
                #expect(!fault.description.contains("\n"), "seed \(seed)")
            }
            if case .failure(let fault) = frames(damaged(writer.data, &random), whole) {
                #expect(!fault.description.contains("\n"), "seed \(seed)")
            }
        }
        #expect(refused > 60, "seed \(seed): \(refused)")
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("+12", 12), ("007", 7), ("1.5", 1.5), (".5", 0.5), ("5.", 5), ("-1e-3", -0.001),
            ("1E+3", 1000), ("123456789012345680", 123_456_789_012_345_680), ("0.1", 0.1),
            ("999999999999999", 999_999_999_999_999),
            ("", nil), ("-", nil), (".", nil), ("e5", nil), ("1e", nil), ("1e+", nil), ("1 ", nil), (" 1", nil),
            ("1,5", nil),
            ("nan", nil), ("inf", nil), ("0x10", nil), ("1e999", nil), ("--1", nil), ("1.2.3", nil), ("１", nil),
        ] as [(String, Double?)])
    func `a decimal number is that and nothing else`(text: String, value: Double?) {
        #expect(DecimalNumber.parse(text.utf8) == value)
    }

    @Test(arguments: ["r", "r.txt", "r.cff", "r.json.gz", "r."])
    func `other extensions are refused with those that fit`(name: String) throws {
        let error = try #require(throws: AcquisitionError.self) { _ = try Recording.open(name) }
        #expect(error == .recording(file: name, .badName) && error.description.contains(".wav"))
    }

    @Test func `a file of the pair that is absent is named`() throws {
        let folder = try Folder()
        try folder.write("r.cfg", ComtradeWriter().configuration)
        let noData = try #require(throws: AcquisitionError.self) { _ = try Recording.open(folder.path("r.cfg")) }
        #expect(noData == .recording(file: folder.path("r.dat"), .unreadable(errno: ENOENT)))
        try folder.write("S.DAT", ComtradeWriter().data)
        let noText = try #require(throws: AcquisitionError.self) { _ = try Recording.open(folder.path("S.DAT")) }
        #expect(noText == .recording(file: folder.path("S.CFG"), .unreadable(errno: ENOENT)))
        #expect(noText.description.contains("side by side"))
    }

    private func configuration(_ bytes: some Collection<UInt8>) -> Result<ComtradeConfiguration, RecordingFault> {
        Array(bytes).withUnsafeBytes { bytes in
            Result { () throws(RecordingFault) -> ComtradeConfiguration in try ComtradeConfiguration(bytes) }
        }
    }

    /// Decodes and forgets.
    private func frames(_ bytes: [UInt8], _ configuration: ComtradeConfiguration) -> Result<Void, RecordingFault> {
        bytes.withUnsafeBytes { bytes in
            Result { () throws(RecordingFault) -> Void in
                if case .owned(let codes) = try ComtradeFrames(bytes, configuration).storage { codes.deallocate() }
            }
        }
    }
}
