import CIIO
import Glibc

/// An open buffer with the context behind it. Owns both; the buffer goes first.
struct IIOBuffer: ~Copyable {
    private let context: IIOContext
    private let handle: OpaquePointer
    private let canceller: IIOCanceller
    let plan: IIOStreamPlan
    private let frameBytes: Int

    /// Connects, finds the device, opens its buffer.
    static func open(_ settings: IIOSettings, canceller: IIOCanceller) throws(AcquisitionError) -> IIOBuffer {
        guard !canceller.isCancelled else { throw .cancelled(uri: settings.uri) }
        let context = try IIOContext(uri: settings.uri, timeoutSeconds: settings.timeoutSeconds)
        let plan = try IIOStreamPlan(settings, in: context)
        return try IIOBuffer(context, plan: plan, settings: settings, canceller: canceller)
    }

    private init(
        _ context: consuming IIOContext, plan: IIOStreamPlan, settings: IIOSettings, canceller: IIOCanceller
    ) throws(AcquisitionError) {
        let device = plan.device.handle
        let uri = settings.uri
        let depth = iio_device_set_kernel_buffers_count(device, UInt32(settings.kernelBuffers))
        guard depth >= 0 else { throw .bufferRefused(uri: uri, device: plan.deviceName, errno: errorNumber(depth)) }
        errno = 0
        let frames = settings.block.frames(sampleRateHz: plan.signature.sampleRateHz)
        guard let made = iio_device_create_buffer(device, frames, false) else {
            let code = errno
            throw .bufferRefused(uri: uri, device: plan.deviceName, errno: code == 0 ? EIO : code)
        }
        self.context = context
        handle = made
        self.canceller = canceller
        self.plan = plan
        frameBytes = plan.signature.layout.frameBytes
        canceller.adopt(made)
    }

    deinit {
        canceller.forget()
        iio_buffer_destroy(handle)
    }

    /// Waits for the next block.
    ///
    /// - Returns: bytes, or -errno.
    func refill() -> Int { iio_buffer_refill(handle) }

    /// The block in memory, laid out as the plan says; nil where it does not carry all of the plan's elements.
    /// Valid until the next refill.
    ///
    /// Asked of libiio anew after each refill: while another client of the same server reads more inputs, frames
    /// come wider. They are then closed up in place.
    func frames() -> UnsafeRawBufferPointer? {
        guard let start = iio_buffer_start(handle), let end = iio_buffer_end(handle) else { return nil }
        let step = iio_buffer_step(handle)
        guard step > 0, end > start else { return nil }
        let count = (end - start) / step
        guard step >= frameBytes else { return nil }
        var isAsPlanned = step == frameBytes
        var endOfLast = 0
        for element in plan.elements {
            guard let first = iio_buffer_first(handle, element.handle) else { return nil }
            let offset = first - start
            // Only a server whose description contradicts itself has elements elsewhere.
            guard offset >= max(endOfLast, element.byteOffset), offset + element.byteCount <= step else { return nil }
            if offset != element.byteOffset { isAsPlanned = false }
            endOfLast = offset + element.byteCount
        }
        if !isAsPlanned { closeUp(start, step: step, count: count) }
        return UnsafeRawBufferPointer(start: start, count: count * frameBytes)
    }

    /// Moves every element to its planned place. Elements keep their order and only move towards the start, so
    /// that none is overwritten before it has moved.
    private func closeUp(_ start: UnsafeMutableRawPointer, step: Int, count: Int) {
        for frame in 0..<count {
            for element in plan.elements {
                guard let first = iio_buffer_first(handle, element.handle) else { return }
                memmove(
                    start + frame * frameBytes + element.byteOffset, first + frame * step,
                    element.byteCount)
            }
        }
    }
}
