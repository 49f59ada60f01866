import MeterDSP

/// The meter as IIO describes it: one device with eight sampled inputs and a timestamp.
struct IIODevice: Sendable {
    static let identifier = "iio:device0"
    static let name = "headroom-twin"

    /// One channel of the device; its place in the frame is its place in `channels`.
    struct Channel: Sendable {
        var identifier: String
        /// The channel of the meter; nil: the timestamp.
        var meterChannel: MeterChannel?
        /// Value of one code in milli-units, as IIO's `scale` has it; 1 for the timestamp.
        var milliunitsPerCode: Double
    }

    let sampleRateHz: Int
    let channels: [Channel]

    init(sampleRateHz: Int, scales: ChannelScales) {
        self.sampleRateHz = sampleRateHz
        let volts = scales.voltsPerCode * 1000
        let current = scales.currentUnitsPerCode * 1000
        channels = [
            Channel(identifier: "voltage0", meterChannel: .u1, milliunitsPerCode: volts),
            Channel(identifier: "voltage1", meterChannel: .u2, milliunitsPerCode: volts),
            Channel(identifier: "voltage2", meterChannel: .u3, milliunitsPerCode: volts),
            Channel(identifier: "current0", meterChannel: .i1, milliunitsPerCode: current),
            Channel(identifier: "current1", meterChannel: .i2, milliunitsPerCode: current),
            Channel(identifier: "current2", meterChannel: .i3, milliunitsPerCode: current),
            Channel(identifier: "current3", meterChannel: .iN, milliunitsPerCode: current),
            Channel(identifier: "voltage3", meterChannel: .aux, milliunitsPerCode: volts),
            Channel(identifier: "timestamp", meterChannel: nil, milliunitsPerCode: 1),
        ]
    }

    /// The value of an attribute; nil where there is none of that name. `channel` nil: of the device.
    func attribute(_ name: String, channel: String?) -> String? {
        guard let channel else {
            switch name {
            case "sampling_frequency": return "\(sampleRateHz)"
            case "current_timestamp_clock": return "monotonic"
            default: return nil
            }
        }
        guard name == "scale", let found = channels.first(where: { $0.identifier == channel }),
            found.meterChannel != nil
        else { return nil }
        return "\(found.milliunitsPerCode)"
    }

    /// The context's description as libiio 0.24 reads it from the network.
    var contextXML: String {
        var xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE context [" + Self.documentType + "]>"
        xml += "<context name=\"network\" description=\"Headroom site twin\" >"
        xml += "<context-attribute name=\"hw_model\" value=\"Headroom site twin\" />"
        xml += "<device id=\"\(Self.identifier)\" name=\"\(Self.name)\" >"
        for (index, channel) in channels.enumerated() {
            xml += "<channel id=\"\(channel.identifier)\" type=\"input\" >"
            if channel.meterChannel == nil {
                xml += "<scan-element index=\"\(index)\" format=\"le:S64/64&gt;&gt;0\" />"
            } else {
                xml +=
                    "<scan-element index=\"\(index)\" format=\"le:S16/16&gt;&gt;0\" scale=\"\(channel.milliunitsPerCode)\" />"
                xml += "<attribute name=\"scale\" filename=\"in_\(channel.identifier)_scale\" />"
            }
            xml += "</channel>"
        }
        xml += "<attribute name=\"sampling_frequency\" /><attribute name=\"current_timestamp_clock\" />"
        xml += "<buffer-attribute name=\"data_available\" />"
        return xml + "</device></context>"
    }

    private static let documentType =
        "<!ELEMENT context (device | context-attribute)*><!ELEMENT context-attribute EMPTY>"
        + "<!ELEMENT device (channel | attribute | debug-attribute | buffer-attribute)*>"
        + "<!ELEMENT channel (scan-element?, attribute*)><!ELEMENT attribute EMPTY><!ELEMENT scan-element EMPTY>"
        + "<!ELEMENT debug-attribute EMPTY><!ELEMENT buffer-attribute EMPTY>"
        + "<!ATTLIST context name CDATA #REQUIRED description CDATA #IMPLIED>"
        + "<!ATTLIST context-attribute name CDATA #REQUIRED value CDATA #REQUIRED>"
        + "<!ATTLIST device id CDATA #REQUIRED name CDATA #IMPLIED>"
        + "<!ATTLIST channel id CDATA #REQUIRED type (input|output) #REQUIRED name CDATA #IMPLIED>"
        + "<!ATTLIST scan-element index CDATA #REQUIRED format CDATA #REQUIRED scale CDATA #IMPLIED>"
        + "<!ATTLIST attribute name CDATA #REQUIRED filename CDATA #IMPLIED>"
        + "<!ATTLIST debug-attribute name CDATA #REQUIRED><!ATTLIST buffer-attribute name CDATA #REQUIRED>"
}
