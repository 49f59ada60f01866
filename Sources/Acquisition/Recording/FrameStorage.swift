/// The bytes of a recording's frames: a stretch of a mapped file, or memory of their own that they were decoded into.
final class FrameStorage {
    let bytes: UnsafeRawBufferPointer
    private let mapping: MappedFile?
    private let owned: UnsafeMutableRawBufferPointer?

    /// - Parameter range: within the file's bytes.
    init(_ mapping: MappedFile, _ range: Range<Int>) {
        bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
        self.mapping = mapping
        owned = nil
    }

    /// Takes `owned` over and deallocates it.
    init(taking owned: UnsafeMutableRawBufferPointer) {
        bytes = UnsafeRawBufferPointer(owned)
        mapping = nil
        self.owned = owned
    }

    deinit { owned?.deallocate() }
}
