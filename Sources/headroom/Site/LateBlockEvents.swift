import Realtime
import Site

/// Tells of blocks that were dealt with too late, with their numbers: what the machine was doing then is for its owner to
/// find out.
struct LateBlockEvents {
    private var seen = 0

    /// Prints what has come since the last call.
    mutating func report(_ device: SiteDevice, kind: ViewKind) {
        let blocks = device.lateBlocks(after: seen)
        guard let newest = blocks.last else { return }
        let untold = newest.number + 1 - seen - blocks.count
        seen = newest.number + 1
        switch kind {
        case .json: blocks.forEach { print(Self.jsonLine($0)) }
        case .lines:
            guard let longest = blocks.max(by: { $0.totalNanoseconds < $1.totalNanoseconds }) else { return }
            let others = blocks.count - 1 + untold
            print(Self.line(longest) + (others > 0 ? "; \(others) more" : ""))
        // The table counts them.
        case .table: break
        }
    }

    static func line(_ block: BlockTiming) -> String {
        "late: limits out \(milliseconds(block.totalNanoseconds)) ms after the last frame of a block of "
            + "\(milliseconds(block.length)) ms (it came after \(milliseconds(block.arrival)) ms; readings "
            + "\(milliseconds(block.measuring)), decisions \(milliseconds(block.deciding)), handing over "
            + "\(milliseconds(block.publishing)) ms)"
    }

    static func jsonLine(_ block: BlockTiming) -> String {
        func seconds(_ nanoseconds: Int64) -> String { fixed(Double(nanoseconds) / 1e9, 6) }
        return
            "{\"event\":\"late_block\",\"number\":\(block.number),\"block_s\":\(seconds(block.length)),\"arrival_s\":"
            + "\(seconds(block.arrival)),\"measuring_s\":\(seconds(block.measuring)),\"deciding_s\":"
            + "\(seconds(block.deciding)),\"publishing_s\":\(seconds(block.publishing))}"
    }
}
