import Synchronization

/// One writer's latest value for any number of readers, without a lock: the writer never waits, a reader
/// repeats its copy when the writer was at work meanwhile.
///
/// The value travels as 64-bit atomic words, so that a torn read is a well-defined repeat and no data race.
/// Inlinable, so that each use is compiled for its value: the unspecialised form would ask the runtime for metadata in
/// the real-time thread.
///
/// - Complexity: O(size of `Value`). Allocates in `init` only.
public final class SequenceLock<Value: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Sendable because all shared state is atomic: `words` is only touched through `Atomic`, and the pointer and
    // `initial` never change between init and deinit.
    @usableFromInline let sequence = Atomic<UInt64>(0)
    @usableFromInline let words: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let wordCount: Int
    /// A value to copy words into.
    @usableFromInline let initial: Value

    /// Starts with `value`.
    @inlinable
    public init(_ value: Value) {
        initial = value
        wordCount = (MemoryLayout<Value>.size + 7) / 8
        words = .allocate(capacity: 2 * wordCount)
        for index in 0..<2 * wordCount { (words + index).initialize(to: Atomic(0)) }
        store(value)
    }

    @inlinable
    deinit {
        words.deinitialize(count: 2 * wordCount)
        words.deallocate()
    }

    /// Publishes `value`. One thread only may call this. Wait-free, no allocation, no system call.
    @inlinable
    public func store(_ value: Value) {
        let start = sequence.load(ordering: .relaxed)
        // Odd: readers take the second copy while the first is written; even: the other way round. A reader therefore
        // never waits for a writer that was interrupted, which one of real-time priority would do for ever.
        sequence.store(start &+ 1, ordering: .releasing)
        atomicMemoryFence(ordering: .releasing)
        write(value, at: 0)
        sequence.store(start &+ 2, ordering: .releasing)
        atomicMemoryFence(ordering: .releasing)
        write(value, at: wordCount)
    }

    @inlinable
    func write(_ value: Value, at place: Int) {
        withUnsafeBytes(of: value) { bytes in
            for index in 0..<wordCount {
                var word: UInt64 = 0
                let count = min(8, bytes.count - index * 8)
                withUnsafeMutableBytes(of: &word) {
                    $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[index * 8..<index * 8 + count]))
                }
                words[place + index].store(word, ordering: .relaxed)
            }
        }
    }

    /// The latest value published. Any thread. No allocation; repeats while a store is under way.
    @inlinable
    public func load() -> Value {
        var value = initial
        while true {
            let before = sequence.load(ordering: .acquiring)
            let place = before & 1 == 0 ? 0 : wordCount
            withUnsafeMutableBytes(of: &value) { bytes in
                for index in 0..<wordCount {
                    let word = words[place + index].load(ordering: .relaxed)
                    let count = min(8, bytes.count - index * 8)
                    withUnsafeBytes(of: word) {
                        UnsafeMutableRawBufferPointer(rebasing: bytes[index * 8..<index * 8 + count])
                            .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[0..<count]))
                    }
                }
            }
            atomicMemoryFence(ordering: .acquiring)
            if sequence.load(ordering: .relaxed) == before { return value }
        }
    }

    /// How often a value was stored, the first one included.
    public var generation: UInt64 { sequence.load(ordering: .acquiring) / 2 }
}
