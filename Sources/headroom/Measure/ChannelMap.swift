import Acquisition
import MeterDSP
import Site

/// Which channel of a source feeds which input of the meter: `U1=voltage0,I1=current0`.
struct ChannelMap: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var channel: MeterChannel
        var name: String
    }

    var entries: [Entry]

    /// - Throws: `UsageError` that names the part of `text` and the remedy.
    init(parsing text: String) throws(UsageError) {
        entries = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters() }
            guard sides.count == 2, !sides[1].isEmpty else {
                throw UsageError("--channels: '\(part)' is not INPUT=NAME; write for example U1=voltage0,I1=current0")
            }
            guard let channel = MeterChannel(name: sides[0]) else {
                throw UsageError(
                    "--channels: '\(sides[0])' is no input of the meter; use U1, U2, U3, I1, I2, I3, IN")
            }
            guard !entries.contains(where: { $0.channel == channel }) else {
                throw UsageError("--channels: \(channel.name) is given twice; repeat --channels for a second set")
            }
            entries.append(Entry(channel: channel, name: sides[1]))
        }
    }

    init(entries: [Entry]) { self.entries = entries }

    /// A guess where nothing was said: units tell voltages from currents, the sidecar's phases or the order tell the
    /// lines, and the first set of a recording with several is taken.
    init?(guessing channels: [RecordingChannel]) {
        var found: [Entry] = []
        func take(_ isWanted: (RecordingChannel) -> Bool, _ inputs: [MeterChannel]) {
            let candidates = channels.filter(isWanted)
            for (index, letter) in ["A", "B", "C"].enumerated() {
                let byPhase = candidates.first { $0.phase == letter }
                let byOrder =
                    candidates.contains { $0.phase != nil } || index >= candidates.count
                    ? nil : candidates[index]
                if let channel = byPhase ?? byOrder { found.append(Entry(channel: inputs[index], name: channel.name)) }
            }
        }
        take({ $0.unit.hasSuffix("V") }, [.u1, .u2, .u3])
        take({ $0.unit.hasSuffix("A") && !$0.unit.hasSuffix("VA") }, [.i1, .i2, .i3])
        guard !found.isEmpty else { return nil }
        entries = found
    }

    var description: String {
        entries.map { "\($0.channel.name)=\($0.name)" }.joined(separator: ",")
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    func trimmingCharacters() -> String {
        var rest = Substring(self)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
