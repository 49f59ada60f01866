import CIIO
import Glibc

/// A connection to the IIO devices of one machine. Owns libiio's context and destroys it.
struct IIOContext: ~Copyable {
    let handle: OpaquePointer
    let uri: String

    /// Connects. Blocks up to libiio's own connect time-out (5 s over the network).
    init(uri: String, timeoutSeconds: Double) throws(AcquisitionError) {
        Self.ignoreBrokenPipes
        // libiio 0.24 writes into the text it is given: it gets a copy.
        guard let text = strdup(uri) else { throw .noContext(uri: uri, errno: ENOMEM) }
        defer { free(text) }
        errno = 0
        guard let made = iio_create_context_from_uri(text) else {
            let code = errno
            switch code {
            case ENOSYS: throw .badURI(uri: uri, problem: "libiio knows no such source")
            case EINVAL: throw .badURI(uri: uri, problem: "libiio cannot read it")
            default: throw .noContext(uri: uri, errno: code == 0 ? EIO : code)
            }
        }
        let milliseconds = UInt32(min(3_600_000, max(1, (timeoutSeconds * 1000).rounded(.up))))
        let result = iio_context_set_timeout(made, milliseconds)
        guard result >= 0 else {
            iio_context_destroy(made)
            throw .noContext(uri: uri, errno: errorNumber(result))
        }
        handle = made
        self.uri = uri
    }

    deinit { iio_context_destroy(handle) }

    /// libiio 0.24 sends without MSG_NOSIGNAL: a dead peer would end the process. Once, before the first context,
    /// and only where the program has not said itself what is to happen.
    private static let ignoreBrokenPipes: Void = {
        var current = sigaction()
        guard sigaction(SIGPIPE, nil, &current) == 0 else { return }
        if unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == 0 { signal(SIGPIPE, SIG_IGN) }
    }()

    /// Every device, triggers and hardware monitors included.
    var devices: [IIODevice] {
        (0..<iio_context_get_devices_count(handle)).compactMap { index in
            iio_context_get_device(handle, index).map(IIODevice.init)
        }
    }

    /// The device that is called `wanted` (id first, then name, then label), or the only one that streams.
    func device(_ wanted: String?) throws(AcquisitionError) -> IIODevice {
        let streaming = devices.filter(\.canStream)
        let found: [IIODevice]
        if let wanted {
            found = firstNonEmpty(
                streaming.filter { $0.id == wanted }, streaming.filter { $0.name == wanted },
                streaming.filter { $0.label == wanted })
        } else {
            found = streaming
        }
        guard let first = found.first else {
            throw .noDevice(uri: uri, wanted: wanted, available: streaming.map(\.words))
        }
        guard found.count == 1 else {
            throw .deviceAmbiguous(uri: uri, wanted: wanted, candidates: found.map(\.words))
        }
        return first
    }
}

/// One device of a context; valid as long as the context.
struct IIODevice {
    let handle: OpaquePointer

    var id: String { text(iio_device_get_id(handle)) ?? "" }
    var name: String? { text(iio_device_get_name(handle)) }
    var label: String? { text(iio_device_get_label(handle)) }
    /// What to call it in messages and after a reconnect.
    var words: String { name ?? label ?? id }

    /// Every channel, outputs and plain readings included.
    var channels: [IIOChannel] {
        (0..<iio_device_get_channels_count(handle)).compactMap { index in
            iio_device_get_channel(handle, index).map(IIOChannel.init)
        }
    }

    /// The channels that can stand in a frame, in the order of the frame; the timestamp is one of them.
    var scanElements: [IIOChannel] {
        channels.filter { iio_channel_is_scan_element($0.handle) && !iio_channel_is_output($0.handle) }
            .sorted { $0.index < $1.index }
    }

    var canStream: Bool {
        !iio_device_is_trigger(handle) && scanElements.contains { !$0.isTimestamp }
    }

    /// An attribute's text, or -errno.
    func attribute(_ name: String) -> Result<String, AttributeFault> {
        readText { iio_device_attr_read(handle, name, $0, $1) }
    }

    func hasAttribute(_ name: String) -> Bool { iio_device_find_attr(handle, name) != nil }

    /// - Returns: 0 or more, or -errno.
    func write(_ value: String, to attribute: String) -> Int { iio_device_attr_write(handle, attribute, value) }
}

/// One channel of a device; valid as long as the context.
struct IIOChannel {
    let handle: OpaquePointer

    var id: String { text(iio_channel_get_id(handle)) ?? "" }
    var name: String? { text(iio_channel_get_name(handle)) }
    var label: String? { hasAttribute("label") ? try? attribute("label").get() : nil }
    var index: Int { iio_channel_get_index(handle) }
    var isTimestamp: Bool { id == "timestamp" }
    var format: iio_data_format { iio_channel_get_data_format(handle).pointee }

    func attribute(_ name: String) -> Result<String, AttributeFault> {
        readText { iio_channel_attr_read(handle, name, $0, $1) }
    }

    func hasAttribute(_ name: String) -> Bool { iio_channel_find_attr(handle, name) != nil }

    /// - Returns: 0 or more, or -errno.
    func write(_ value: String, to attribute: String) -> Int { iio_channel_attr_write(handle, attribute, value) }
}

/// Why an attribute has no text.
struct AttributeFault: Error, Equatable {
    let errno: CInt
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }

private func firstNonEmpty(_ lists: [IIODevice]...) -> [IIODevice] { lists.first { !$0.isEmpty } ?? [] }

/// Runs libiio's reader on a buffer; the text comes without white space around it.
private func readText(_ read: (UnsafeMutablePointer<CChar>, Int) -> Int) -> Result<String, AttributeFault> {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
        guard let start = buffer.baseAddress else { return .failure(AttributeFault(errno: ENOMEM)) }
        buffer.initialize(repeating: 0)
        let count = read(start, buffer.count - 1)
        guard count >= 0 else { return .failure(AttributeFault(errno: errorNumber(count))) }
        return .success(String(cString: start).trimmed)
    }
}

extension String {
    /// Without white space and line breaks at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
