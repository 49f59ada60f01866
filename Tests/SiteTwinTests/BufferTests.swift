import Testing

@testable import SiteTwin

@Suite("Meter buffers")
struct BufferTests {
    @Test("A full buffer keeps the oldest frames, loses the newest and counts them")
    func overrun() throws {
        var fifo = FrameFIFO(capacityFrames: 10, frameBytes: 24)
        func frames(_ range: Range<Int>) -> [UInt8] { range.flatMap { [UInt8](repeating: UInt8($0), count: 24) } }
        let packing = try #require(FramePacking(mask: FramePacking.allChannels))
        frames(0..<7).withUnsafeBytes { fifo.append($0) }
        frames(7..<15).withUnsafeBytes { fifo.append($0) }
        #expect(fifo.count == 10)
        #expect(fifo.lostFrames == 5)
        var output: [UInt8] = []
        fifo.remove(4, packing: packing, into: &output)
        #expect(output == frames(0..<4))
        frames(15..<30).withUnsafeBytes { fifo.append($0) }
        output = []
        fifo.remove(10, packing: packing, into: &output)
        #expect(output == frames(4..<10) + frames(15..<19))
        #expect(fifo.lostFrames == 16)
    }

    @Test(
        "Subsets are packed with each sample at its own alignment",
        arguments: [(0x1FF, 24), (0xFF, 16), (0x101, 16), (0x11F, 24), (0x100, 8), (0x005, 4)] as [(UInt32, Int)])
    func packing(mask: UInt32, bytes: Int) throws {
        let frame = (0..<24).map { UInt8($0) }
        let packing = try #require(FramePacking(mask: mask))
        #expect(packing.frameBytes == bytes)
        var output: [UInt8] = []
        frame.withUnsafeBytes { packing.append($0, to: &output) }
        #expect(output.count == bytes)
        var offset = 0
        for channel in 0..<8 where mask & 1 << channel != 0 {
            #expect(output[offset] == UInt8(2 * channel))
            offset += 2
        }
        if mask & 0x100 != 0 { #expect(Array(output.suffix(8)) == Array(frame.suffix(8))) }
    }

    @Test("No channel, or one that does not exist, makes no packing", arguments: [0, 0x200, 0x3FF] as [UInt32])
    func badMask(mask: UInt32) { #expect(FramePacking(mask: mask) == nil) }

    @Test("Frames taken away show as a jump of the timestamps of just their number")
    func removedFrames() {
        var reader = FrameReader(quietOptions())
        let before = reader.read(100)
        reader.state.framesToRemove = 57
        // 157 frames pass, of which the first 57 are gone.
        reader.state.publish(until: reader.state.clock.nanoseconds(ofFrame: 256))
        let after = reader.read(0) + readAll(&reader, 100)
        #expect(timestamp(after[16..<24]) - timestamp(before[2392..<2400]) == 58 * 31_250)
        #expect(reader.state.observation.removedFrames == 57)
    }

    private func readAll(_ reader: inout FrameReader, _ count: Int) -> [UInt8] {
        guard let packing = FramePacking(mask: FramePacking.allChannels) else { return [] }
        var bytes: [UInt8] = []
        #expect(reader.state.take(count, from: 0, packing: packing, into: &bytes) == nil)
        return bytes
    }
}
