import Allocation
import Realtime

/// How long the real-time thread takes for its blocks and how late they come. It alone records, anybody looks.
final class LoopTiming: Sendable {
    /// So many of the latest late blocks can be looked at.
    static let keptLateBlocks = 16

    let arrival = LatencyHistogram()
    let measuring = LatencyHistogram()
    let deciding = LatencyHistogram()
    let publishing = LatencyHistogram()
    let whole = LatencyHistogram()
    private let count = SequenceLock(0)
    private let lateBlocks = (0..<keptLateBlocks).map { _ in SequenceLock(BlockTiming()) }

    /// Takes in a block that was dealt with. No allocation, lock or system call.
    func record(_ block: BlockTiming) {
        arrival.record(nanoseconds: block.arrival)
        measuring.record(nanoseconds: block.measuring)
        deciding.record(nanoseconds: block.deciding)
        publishing.record(nanoseconds: block.publishing)
        whole.record(nanoseconds: block.work)
        guard block.isLate else { return }
        let number = count.load()
        var late = block
        late.number = number
        lateBlocks[number % Self.keptLateBlocks].store(late)
        count.store(number + 1)
    }

    var lateBlockCount: Int { count.load() }

    /// Those after the first `seen`, oldest first; what has been overwritten is left out.
    func lateBlocks(after seen: Int) -> [BlockTiming] {
        let end = count.load()
        return (max(0, seen, end - Self.keptLateBlocks)..<max(0, seen, end)).compactMap { number in
            let block = lateBlocks[number % Self.keptLateBlocks].load()
            return block.number == number ? block : nil
        }
    }
}

/// The times of one block, in nanoseconds. It is late where its limits were out more than one block's length after its
/// last frame: then the next block was waiting already.
public struct BlockTiming: Sendable, BitwiseCopyable {
    /// Counted from 0 since the start.
    public internal(set) var number = 0
    /// When it was in memory.
    public internal(set) var time = MonotonicTime.never
    /// How long after its last frame it was in memory: driver, network, scheduling.
    public internal(set) var arrival: Int64 = 0
    /// What was done with it then: the readings of the meter; the decisions; handing over limits and readings.
    public internal(set) var measuring: Int64 = 0
    public internal(set) var deciding: Int64 = 0
    public internal(set) var publishing: Int64 = 0
    /// Its length.
    public internal(set) var length: Int64 = 0

    /// From its last frame until its limits were out.
    public var totalNanoseconds: Int64 { arrival + work }

    var work: Int64 { measuring + deciding + publishing }
    var isLate: Bool { totalNanoseconds > length }
}

/// How long the real-time thread has taken since the start, block by block.
public struct LoopLatencies: Sendable {
    /// From a block's last frame until it is in memory.
    public var arrival: LatencyDistribution
    /// Of a block's readings, its decisions, and handing over limits and readings.
    public var measuring: LatencyDistribution
    public var deciding: LatencyDistribution
    public var publishing: LatencyDistribution
    /// All that is done with a block once it is in memory.
    public var work: LatencyDistribution
    /// From the moment at which a block is in memory to that at which a lower limit that follows from it is in a socket;
    /// of all stations.
    public var handover: LatencyDistribution
    /// Blocks whose limits were out more than a block's length after their last frame.
    public var lateBlocks: Int

    public init(
        arrival: LatencyDistribution, measuring: LatencyDistribution, deciding: LatencyDistribution,
        publishing: LatencyDistribution, work: LatencyDistribution, handover: LatencyDistribution, lateBlocks: Int
    ) {
        self.arrival = arrival
        self.measuring = measuring
        self.deciding = deciding
        self.publishing = publishing
        self.work = work
        self.handover = handover
        self.lateBlocks = lateBlocks
    }
}

extension SiteDevice {
    /// How long the real-time thread has taken so far. Any thread; it goes on meanwhile.
    public func latencies() -> LoopLatencies {
        var handover = LatencyDistribution()
        for writer in writers { handover.add(writer.handoverLatency()) }
        let timing = outlets.timing
        return LoopLatencies(
            arrival: timing.arrival.distribution(), measuring: timing.measuring.distribution(),
            deciding: timing.deciding.distribution(), publishing: timing.publishing.distribution(),
            work: timing.whole.distribution(), handover: handover, lateBlocks: timing.lateBlockCount)
    }

    /// How many blocks were late since the start. Any thread, no lock.
    public var lateBlockCount: Int { outlets.timing.lateBlockCount }

    /// The late blocks after the first `seen`, oldest first: the latest 16 at most. Any thread, no lock.
    public func lateBlocks(after seen: Int) -> [BlockTiming] { outlets.timing.lateBlocks(after: seen) }
}
