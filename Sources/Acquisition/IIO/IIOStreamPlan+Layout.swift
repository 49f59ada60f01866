import CIIO
import MeterDSP

extension IIOStreamPlan {
    private static let largestElementBytes = 1 << 16

    /// Places the enabled elements as the kernel does: each at a multiple of its own size, the frame's end at a
    /// multiple of the largest. libiio 0.24 leaves out the last step and would then take frames apart wrongly:
    /// such frames are refused.
    static func arrange(
        _ enabled: [IIOChannel], timestamp: IIOChannel?, chosen: [(channel: MeterChannel, input: IIOChannel)],
        uri: String, device: IIODevice
    ) throws(AcquisitionError) -> ([Element], FrameLayout) {
        // libiio divides by the size of every element that the server sends, also of those that were not asked for,
        // and multiplies in 32 bits.
        for channel in device.channels where channel.index >= 0 {
            let format = channel.format
            guard format.length >= 8, format.repeat >= 1, format.byteCount <= Self.largestElementBytes else {
                throw .formatRefused(uri: uri, device: device.words, channel: channel.id, format: formatText(format))
            }
        }
        var elements: [Element] = []
        var end = 0
        var largest = 1
        for channel in enabled {
            let format = channel.format
            let bytes = format.byteCount
            guard (1...Self.largestElementBytes).contains(bytes), format.length % 8 == 0 else {
                throw .formatRefused(uri: uri, device: device.words, channel: channel.id, format: formatText(format))
            }
            let offset = (end + bytes - 1) / bytes * bytes
            elements.append(Element(handle: channel.handle, byteOffset: offset, byteCount: bytes))
            end = offset + bytes
            largest = max(largest, bytes)
        }
        let frameBytes = (end + largest - 1) / largest * largest
        let libraryBytes = iio_device_get_sample_size(device.handle)
        guard libraryBytes == frameBytes else {
            throw .layoutRefused(
                uri: uri, device: device.words,
                problem: "a frame of these inputs has \(frameBytes) bytes, libiio takes it for \(libraryBytes)")
        }

        func offset(of channel: IIOChannel) -> Int? { elements.first { $0.handle == channel.handle }?.byteOffset }
        var layout = FrameLayout(frameBytes: frameBytes, timestampOffset: timestamp.flatMap(offset))
        for (channel, input) in chosen {
            let format = input.format
            guard format.repeat <= 1,
                let sample = SampleFormat(
                    storageBits: Int(format.length), significantBits: Int(format.bits), shift: Int(format.shift),
                    isSigned: format.is_signed, isBigEndian: format.is_be),
                let offset = offset(of: input)
            else {
                throw .formatRefused(uri: uri, device: device.words, channel: input.id, format: formatText(format))
            }
            layout[channel] = FrameLayout.Slot(byteOffset: offset, format: sample)
        }
        return (elements, layout)
    }
}

extension iio_data_format {
    fileprivate var byteCount: Int { Int(length / 8) * Int(`repeat`) }
}

extension IIOChannel {
    var optionalID: String? { id }

    /// Whether the timestamp is the kernel's usual `le:s64/64>>0`.
    var isPlainTimestamp: Bool {
        let format = format
        return format.length == 64 && format.bits == 64 && format.shift == 0 && !format.is_be && format.repeat <= 1
    }
}

/// A format as the kernel writes it.
func formatText(_ format: iio_data_format) -> String {
    "\(format.is_be ? "be" : "le"):\(format.is_signed ? "s" : "u")\(format.bits)/\(format.length)"
        + "\(format.repeat > 1 ? "X\(format.repeat)" : "")>>\(format.shift)"
}

/// A format as the kernel writes it.
func formatText(_ format: SampleFormat) -> String {
    "\(format.isBigEndian ? "be" : "le"):\(format.isSigned ? "s" : "u")\(format.significantBits)/\(format.storageBits)"
        + ">>\(format.shift)"
}
