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
        words = .allocate(capacity: wordCount)
        for index in 0..<wordCount { (words + index).initialize(to: Atomic(0)) }
        store(value)
    }

    @inlinable
    deinit {
        words.deinitialize(count: wordCount)
        words.deallocate()
    }

    /// Publishes `value`. One thread only may call this. Wait-free, no allocation, no system call.
    @inlinable
    public func store(_ value: Value) {
        let start = sequence.load(ordering: .relaxed)
        sequence.store(start &+ 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        withUnsafeBytes(of: value) { bytes in
            for index in 0..<wordCount {
                var word: UInt64 = 0
                let count = min(8, bytes.count - index * 8)
                withUnsafeMutableBytes(of: &word) {
                    $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[index * 8..<index * 8 + count]))
                }
                words[index].store(word, ordering: .relaxed)
            }
        }
        sequence.store(start &+ 2, ordering: .releasing)
    }

    /// The latest value published. Any thread. No allocation; repeats while a store is under way.
    @inlinable
    public func load() -> Value {
        var value = initial
        while true {
            let before = sequence.load(ordering: .acquiring)
            guard before & 1 == 0 else { continue }
            withUnsafeMutableBytes(of: &value) { bytes in
                for index in 0..<wordCount {
                    let word = words[index].load(ordering: .relaxed)
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
