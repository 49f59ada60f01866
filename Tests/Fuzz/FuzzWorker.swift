import Glibc

/// A reader under attack.
protocol FuzzTarget {
    var name: String { get }
    /// Libraries under it write of their own to the standard error.
    var isTalkative: Bool { get }
    /// Inputs that are right.
    var corpus: [[UInt8]] { get }
    /// Inputs that once were a fault; taken again first.
    var regressions: [[UInt8]] { get }
    /// Takes one input.
    ///
    /// - Returns: whether the reader accepted it.
    /// - Throws: `FuzzError` where the reader did what it must not. What it refuses with a message is no error.
    func run(_ input: [UInt8]) throws -> Bool
}

extension FuzzTarget {
    var isTalkative: Bool { false }
    var regressions: [[UInt8]] { [] }
}

func sendStandardError(to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if file >= 0 {
        dup2(file, 2)
        close(file)
    }
}

func allTargets() -> [any FuzzTarget] {
    [
        MeterTarget(), NativeRecordingTarget(), ComtradeTarget(isASCII: true), ComtradeTarget(isASCII: false),
        WaveTarget(), SettingsTarget(), ProfileTarget(), IIOTarget(), ModbusTarget(), ModbusFramesTarget(),
    ]
}

/// Runs one target on changed inputs until its time is over.
struct FuzzWorker {
    /// Processor time that one input may take; the process ends by SIGPROF beyond it.
    static let processorSeconds = 5
    /// The same of the clock, for waits that have no end: SIGALRM.
    static let clockSeconds: UInt32 = 60

    private let target: any FuzzTarget
    private let options: FuzzOptions

    init(_ options: FuzzOptions) throws {
        guard let target = try options.targets().first else { throw FuzzError("no target") }
        self.target = target
        self.options = options
        mkdir(options.saveFolder, 0o755)
    }

    func run() throws {
        var random = FuzzRandom(seed: options.seed)
        let corpus = target.corpus
        guard !corpus.isEmpty else { throw FuzzError("\(target.name): no input to begin with") }
        if target.isTalkative { sendStandardError(to: "/dev/null") }
        let current = try CurrentInput(path: options.currentPath(target.name))
        let start = now()
        var runs = 0
        var accepted = 0
        for (index, input) in corpus.enumerated()
        where try attempt(input, current, "input \(index) of the corpus") { accepted += 1 }
        guard accepted > 0 else { throw FuzzError("\(target.name): no right input is accepted: this tests nothing") }
        for (index, input) in target.regressions.enumerated() {
            _ = try attempt(input, current, "input \(index) of the regressions")
        }
        accepted = 0
        while now() - start < options.seconds {
            // Each input follows from seed and number alone.
            random = FuzzRandom(seed: options.seed &+ UInt64(runs) &* 0x9E37_79B9)
            let input = Mutator.mutate(corpus, &random)
            if try attempt(input, current, "seed \(options.seed), input \(runs)") { accepted += 1 }
            runs += 1
        }
        say("\(target.name): \(runs) inputs, \(accepted) of them accepted, seed \(options.seed), no fault")
        current.remove()
    }

    private func attempt(_ input: [UInt8], _ current: CurrentInput, _ place: String) throws -> Bool {
        current.store(input)
        var limit = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: Self.processorSeconds, tv_usec: 0))
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
        alarm(Self.clockSeconds)
        do {
            return try target.run(input)
        } catch {
            current.flush()
            throw FuzzError("\(target.name), \(place): \(error); input in \(current.path)")
        }
    }

    private func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The input under way, in a mapped file: it outlives the process whatever ends it.
private final class CurrentInput {
    static let capacity = 1 << 20
    let path: String
    private let memory: UnsafeMutableRawPointer
    private let descriptor: CInt

    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, Self.capacity) == 0,
            let mapped = mmap(nil, Self.capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            mapped != MAP_FAILED
        else { throw FuzzError("\(path): \(String(cString: strerror(errno))); name another folder with --save") }
        self.path = path
        memory = mapped
    }

    /// Length in the first eight bytes.
    func store(_ input: [UInt8]) {
        let count = min(input.count, Self.capacity - 8)
        memory.storeBytes(of: UInt64(count), as: UInt64.self)
        input.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { memcpy(memory + 8, start, count) }
        }
    }

    func flush() { msync(memory, Self.capacity, MS_SYNC) }

    func remove() { unlink(path) }

    deinit {
        munmap(memory, Self.capacity)
        close(descriptor)
    }
}

/// A saved input: what `CurrentInput` stored, or a file as it is.
func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else {
        throw FuzzError("\(path): \(String(cString: strerror(errno))); name a saved input")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        guard count > 0 else { break }
        bytes += chunk[..<count]
    }
    guard path.hasSuffix(".current"), bytes.count >= 8 else { return bytes }
    let count = bytes[..<8].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    return count <= bytes.count - 8 ? Array(bytes[8..<8 + count]) : bytes
}
