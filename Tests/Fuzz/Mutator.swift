/// SplitMix64, the same on every machine.
struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }
    mutating func pick<C: RandomAccessCollection>(_ choices: C) -> C.Element {
        choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
    }
}

/// Damages right inputs as transmission, editors and other people's programs do.
enum Mutator {
    private static let largest = 200_000
    private static let words = [
        "0", "-1", "1", "2", "-0", "65535", "65536", "2147483647", "2147483648", "-2147483648", "4294967296",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e308", "1e-320",
        "1e400", "-1e400", "nan", "inf", "-inf", "NaN", "Infinity", "0x7FFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFF", "1e19",
        "0.1", "null", "true", "", " ", "\"", "'", "{}", "[]", "[[[[[[[[", "{a: {a: {a: ", "&a [*a]", "*a", "!!int x",
        "---",
        "\n", "\r\n", "\t", ",", ",,,,", ":", "#", "\u{0}", "\u{FEFF}", "\u{1F600}", "é", "%s%n", "../../x", "99999",
        "-32768",
    ]

    static func mutate(_ corpus: [[UInt8]], _ random: inout FuzzRandom) -> [UInt8] {
        var bytes = random.pick(corpus)
        // Mostly one or two faults: many at once never get past the first check.
        let rounds = 1 << random.below(5)
        for _ in 0..<max(1, random.below(rounds + 1)) { change(&bytes, corpus, &random) }
        if bytes.count > largest { bytes.removeLast(bytes.count - largest) }
        return bytes
    }

    private static func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]], _ random: inout FuzzRandom) {
        guard !bytes.isEmpty else {
            bytes = (0..<random.below(64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            return
        }
        let at = random.below(bytes.count)
        let end = min(bytes.count, at + 1 + random.below(1 << random.below(10)))
        switch random.below(13) {
        case 0: bytes[at] ^= 1 << UInt8(random.below(8))
        case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes[at] = random.pick([0, 1, 0x7F, 0x80, 0xFF] as [UInt8])
        case 3: bytes.removeSubrange(at..<end)
        case 4: bytes.insert(contentsOf: bytes[at..<end], at: random.below(bytes.count))
        case 5: bytes.removeSubrange(at...)
        case 6: bytes.replaceSubrange(at..<end, with: random.pick(corpus).dropFirst(random.below(64)).prefix(end - at))
        case 7: replaceNumber(&bytes, from: at, &random)
        case 8: bytes.insert(contentsOf: random.pick(words).utf8, at: at)
        case 9: changeLine(&bytes, from: at, &random)
        case 10: storeInteger(&bytes, at: at, &random)
        case 11: bytes.replaceSubrange(at..<end, with: (at..<end).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        default:
            let other = random.pick(corpus)
            bytes = Array(bytes[..<at] + other.dropFirst(random.below(other.count + 1)))
        }
    }

    /// Another number, or no number, where digits stand.
    private static func replaceNumber(_ bytes: inout [UInt8], from at: Int, _ random: inout FuzzRandom) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D }
        guard let start = bytes[at...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.endIndex
        bytes.replaceSubrange(start..<end, with: random.pick(words).utf8)
    }

    /// Removes or doubles a line, or puts it elsewhere.
    private static func changeLine(_ bytes: inout [UInt8], from at: Int, _ random: inout FuzzRandom) {
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<at].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let end = bytes[at...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.endIndex
        let line = Array(bytes[start..<end])
        if random.below(2) == 0 { bytes.removeSubrange(start..<end) }
        if random.below(2) == 0 { bytes.insert(contentsOf: line, at: min(bytes.count, start)) }
        if random.below(3) == 0 { bytes.insert(contentsOf: line, at: random.below(bytes.count + 1)) }
    }

    private static func storeInteger(_ bytes: inout [UInt8], at: Int, _ random: inout FuzzRandom) {
        let values: [UInt64] = [
            0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, .max,
        ]
        let value = random.pick(values)
        for index in 0..<min(random.pick([2, 4, 8]), bytes.count - at) {
            bytes[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }
}
