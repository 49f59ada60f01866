import Acquisition
import MeterDSP
import Stations

/// Why a site cannot be run. One line, with the place and the remedy.
public enum SiteError: Error, CustomStringConvertible {
    /// The ADC or its channels.
    case acquisition(AcquisitionError)
    /// Neither the settings nor the driver give this input a scale.
    case scaleMissing(input: String, adcChannel: String)
    /// The combination cannot be measured.
    case meter(MeterConfiguration.Failure)
    case station(StationError)
    /// The system has no thread or file left.
    case exhausted(String)

    public var description: String {
        switch self {
        case .acquisition(let error): "\(error)"
        case .scaleMissing(let input, let channel):
            "meter.channels.\(input): the driver publishes no scale for '\(channel)'; write units-per-code there "
                + "(volt at the ADC's input per code)"
        case .meter(let failure): "meter: \(failure.words)"
        case .station(let error): "\(error)"
        case .exhausted(let what): "the system has no \(what) left; raise the limits of the service"
        }
    }
}

extension MeterConfiguration.Failure {
    /// What is wrong and what to do.
    public var words: String {
        switch self {
        case .nominalFrequency: "the nominal frequency is outside 40 to 70 Hz; use 50 or 60"
        case .sampleRate: "the sample rate is below 6 frames per cycle or above 1 MHz; correct the rate"
        case .noChannel: "neither a phase voltage nor a phase current is mapped; map at least one"
        case .calibration(let channel):
            "\(channel.name): the scale is 0 or no number, or a coil cannot be measured in single cycles; "
                + "correct its calibration"
        case .delay(let channel):
            "\(channel.name): the delay is no number or longer than 64 frames; give it in seconds"
        case .sincOrder(let channel): "\(channel.name): the sinc order is not within 0 to 5; most ΔΣ converters have 3"
        case .temperatureCoefficient(let channel):
            "\(channel.name): the temperature coefficient is no number or above 1 % per kelvin; correct it"
        case .synchronisationThreshold: "the nominal voltage is no positive number; correct it"
        }
    }
}
