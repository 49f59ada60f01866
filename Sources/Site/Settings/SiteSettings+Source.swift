import Acquisition
import MeterDSP

extension SiteSettings {
    /// A block that takes longer counts as lost: 50 blocks of 10 ms.
    static let blockTimeoutSeconds = 0.5

    /// At least 20 blocks' time.
    var longestBlockWaitSeconds: Double { max(Self.blockTimeoutSeconds, 20 * meter.blockSeconds) }

    func openSource(_ canceller: IIOCanceller) throws(SiteError) -> IIOSource {
        let iio = IIOSettings(
            uri: meter.uri, device: meter.device, inputs: meter.inputs.map { .init($0.channel, $0.name) },
            sampleRateHz: meter.sampleRateHz, block: .seconds(meter.blockSeconds), kernelBuffers: meter.kernelBuffers,
            timeoutSeconds: longestBlockWaitSeconds)
        do throws(AcquisitionError) {
            return try IIOSource(iio, canceller: canceller)
        } catch {
            throw .acquisition(error)
        }
    }

    /// What connects anew, for another thread.
    func connector(of source: borrowing IIOSource) throws(SiteError) -> IIOConnector {
        do throws(AcquisitionError) {
            return try source.makeConnector()
        } catch {
            throw .acquisition(error)
        }
    }

    /// The meter's configuration for what the ADC turned out to be.
    func meterConfiguration(_ source: borrowing IIOSource) throws(SiteError) -> MeterConfiguration {
        // A tenth of the nominal voltage: IEC 61000-4-30 calls less than that an interruption.
        var configuration = MeterConfiguration(
            sampleRateHz: source.sampleRateHz, nominalHz: supply.nominalHz, layout: source.layout,
            synchronisationThreshold: supply.nominalVolts / 10)
        for input in meter.inputs {
            guard
                let calibration = input.calibration(
                    driverScale: source.scale(of: input.channel), driverCodeOffset: source.codeOffset(of: input.channel)
                )
            else { throw .scaleMissing(input: input.channel.name, adcChannel: input.name) }
            configuration[calibrationOf: input.channel] = calibration
        }
        do throws(MeterConfiguration.Failure) {
            // Found out here, before any station is touched.
            _ = try Meter(configuration)
        } catch {
            throw .meter(error)
        }
        return configuration
    }
}
