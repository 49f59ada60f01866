/// A kernel's sample buffer: while it is full, the newest frames are lost and what it holds stays.
struct FrameFIFO: Sendable {
    let capacityFrames: Int
    private let frameBytes: Int
    private var storage: [UInt8]
    private var firstFrame = 0
    /// Frames that wait to be read.
    private(set) var count = 0
    /// Frames that found no room.
    private(set) var lostFrames: Int64 = 0

    init(capacityFrames: Int, frameBytes: Int) {
        self.capacityFrames = capacityFrames
        self.frameBytes = frameBytes
        storage = Array(repeating: 0, count: capacityFrames * frameBytes)
    }

    /// Takes in the frames of `bytes` for which there is room. No allocation.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let offered = bytes.count / frameBytes
        let accepted = min(offered, capacityFrames - count)
        lostFrames += Int64(offered - accepted)
        var done = 0
        while done < accepted {
            let place = (firstFrame + count) % capacityFrames
            let run = min(accepted - done, capacityFrames - place)
            storage.withUnsafeMutableBytes { storage in
                UnsafeMutableRawBufferPointer(rebasing: storage[place * frameBytes..<(place + run) * frameBytes])
                    .copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[done * frameBytes..<(done + run) * frameBytes]))
            }
            count += run
            done += run
        }
    }

    /// Takes out `frames` frames, at most `count`, through `packing` to the end of `output`.
    mutating func remove(_ frames: Int, packing: FramePacking, into output: inout [UInt8]) {
        let frames = min(frames, count)
        storage.withUnsafeBytes { storage in
            for index in 0..<frames {
                let place = (firstFrame + index) % capacityFrames
                packing.append(
                    UnsafeRawBufferPointer(rebasing: storage[place * frameBytes..<(place + 1) * frameBytes]),
                    to: &output)
            }
        }
        firstFrame = (firstFrame + frames) % capacityFrames
        count -= frames
    }
}

/// Which channels a client reads, and where each stands in its frames: every sample aligned to its own size.
struct FramePacking: Sendable, Equatable {
    /// Bit k: channel k is enabled; bit 8 is the timestamp.
    let mask: UInt32
    /// Bytes of a packed frame.
    let frameBytes: Int
    private let codeOffsets: [Int]
    private let timestampOffset: Int?

    static let allChannels: UInt32 = 0x1FF

    /// - Returns: nil where no channel is enabled or one that does not exist.
    init?(mask: UInt32) {
        guard mask != 0, mask & ~Self.allChannels == 0 else { return nil }
        self.mask = mask
        codeOffsets = (0..<8).filter { mask & 1 << $0 != 0 }.map { 2 * $0 }
        let codesEnd = codeOffsets.count * 2
        let hasTimestamp = mask & 0x100 != 0
        timestampOffset = hasTimestamp ? (codesEnd + 7) & ~7 : nil
        frameBytes = hasTimestamp ? ((codesEnd + 7) & ~7) + 8 : codesEnd
    }

    func append(_ frame: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        if mask == Self.allChannels {
            output.append(contentsOf: frame)
            return
        }
        for offset in codeOffsets {
            output.append(frame[offset])
            output.append(frame[offset + 1])
        }
        guard let timestampOffset else { return }
        for _ in codeOffsets.count * 2..<timestampOffset { output.append(0) }
        let stamp = WaveformSynthesiser.timestampOffset
        output.append(contentsOf: frame[stamp..<stamp + 8])
    }
}
