import Glibc

/// A file mapped for reading, or its bytes where it is empty (nothing to map).
final class MappedFile {
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(AcquisitionError) {
        func failure() -> AcquisitionError { .recording(file: path, .unreadable(errno: errno)) }
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .recording(file: path, .unreadable(errno: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL))
        }
        guard status.st_size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let count = Int(status.st_size)
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw failure()
        }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}
