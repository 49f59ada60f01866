import CFFTW
import MeterDSP
import Synchronization

/// One plan of FFTW for real input of one length, with an input for each of some channels and one output: the only
/// owner of the C handles.
struct FourierTransform: ~Copyable {
    let count: Int
    let channels: Int
    /// The inputs' elements, channel `c` from `c * stride` on.
    let inputs: UnsafeMutablePointer<Double>
    /// From one input to the next: not a power of two, so that equal places share no line of the cache.
    let stride: Int
    private let output: UnsafeMutablePointer<fftw_complex>
    private let plan: fftw_plan

    /// FFTW's planner keeps global tables and is not safe from two threads; running a plan is.
    private static let planner = Mutex<Void>(())

    /// - Parameters:
    ///   - count: 2 or more; any length works, products of small primes are fastest.
    ///   - channels: 1 or more.
    /// - Returns: nil where memory is short.
    init?(count: Int, channels: Int = 1) {
        // Whole lines of the cache: every input is aligned as the first one, which the plan knows.
        let stride = (count + 7) / 8 * 8 + 8
        guard count >= 2, count <= Int(CInt.max), channels >= 1,
            let inputs = fftw_alloc_real(stride * channels), let output = fftw_alloc_complex(count / 2 + 1)
        else { return nil }
        var made: fftw_plan?
        Self.planner.withLock { _ in
            made = fftw_plan_dft_r2c_1d(CInt(count), inputs, output, FFTW_ESTIMATE)
        }
        guard let made else {
            fftw_free(inputs)
            fftw_free(output)
            return nil
        }
        self.count = count
        self.channels = channels
        self.stride = stride
        self.inputs = inputs
        self.output = output
        plan = made
    }

    deinit {
        Self.planner.withLock { _ in fftw_destroy_plan(plan) }
        fftw_free(inputs)
        fftw_free(output)
    }

    /// Sets input `index`, 0 to `count − 1`, of the first channel.
    mutating func set(_ index: Int, _ value: Double) {
        precondition((0..<count).contains(index))
        inputs[index] = value
    }

    /// Transforms the input of `channel`.
    mutating func run(_ channel: Int = 0) {
        precondition((0..<channels).contains(channel))
        fftw_execute_dft_r2c(plan, inputs + channel * stride, output)
    }

    /// Σ x(n)·exp(−j2πn·bin/count), `bin` 0 to `count / 2`, of the channel transformed last.
    func bin(_ bin: Int) -> Phasor {
        precondition((0...count / 2).contains(bin))
        return Phasor(output[bin].0, output[bin].1)
    }

    /// Writes the first `count` bins of the channel transformed last, each times its factor.
    func copyBins(to target: UnsafeMutablePointer<Phasor>, factors: UnsafePointer<Double>, count: Int) {
        precondition(count <= self.count / 2 + 1)
        for bin in 0..<count {
            target[bin] = Phasor(output[bin].0 * factors[bin], output[bin].1 * factors[bin])
        }
    }
}
