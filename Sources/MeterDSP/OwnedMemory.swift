/// Memory that is given back with its last owner. A class, because a structure's own `deinit` is not seen by other modules
/// under Embedded Swift, and a meter could then not be used from one. Safe: it hands out nothing but its start.
@safe final class OwnedMemory {
    let start: UnsafeMutableRawPointer

    /// `byteCount` bytes of 0.
    init(byteCount: Int) {
        unsafe start = .allocate(byteCount: byteCount, alignment: 32)
        unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    deinit { unsafe start.deallocate() }
}
