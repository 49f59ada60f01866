import CFFTW
import MeterDSP
import Synchronization

/// One plan of FFTW for real input of one length, with its buffers: the only owner of the C handles.
struct FourierTransform: ~Copyable {
    let count: Int
    private let input: UnsafeMutablePointer<Double>
    private let output: UnsafeMutablePointer<fftw_complex>
    private let plan: fftw_plan

    /// FFTW's planner keeps global tables and is not safe from two threads; running a plan is.
    private static let planner = Mutex<Void>(())

    /// - Parameter count: 2 or more; any length works, products of small primes are fastest.
    /// - Returns: nil where memory is short.
    init?(count: Int) {
        guard count >= 2,
            let input = fftw_alloc_real(count), let output = fftw_alloc_complex(count / 2 + 1)
        else { return nil }
        var made: fftw_plan?
        Self.planner.withLock { _ in
            made = fftw_plan_dft_r2c_1d(CInt(count), input, output, FFTW_ESTIMATE)
        }
        guard let made else {
            fftw_free(input)
            fftw_free(output)
            return nil
        }
        self.count = count
        self.input = input
        self.output = output
        plan = made
    }

    deinit {
        Self.planner.withLock { _ in fftw_destroy_plan(plan) }
        fftw_free(input)
        fftw_free(output)
    }

    /// Sets input `index`, 0 to `count − 1`.
    mutating func set(_ index: Int, _ value: Double) {
        precondition((0..<count).contains(index))
        input[index] = value
    }

    mutating func run() { fftw_execute(plan) }

    /// Σ x(n)·exp(−j2πn·bin/count), `bin` 0 to `count / 2`.
    func bin(_ bin: Int) -> Phasor {
        precondition((0...count / 2).contains(bin))
        return Phasor(output[bin].0, output[bin].1)
    }
}
