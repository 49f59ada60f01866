#if LIBFUZZER
    import Glibc

    /// The worker of `make sanitize`: libFuzzer chooses the inputs by what of these sources they reach, and the address
    /// sanitizer looks on.
    enum CoverageWorker {
        // libFuzzer calls from the thread that started it, one call at a time, and takes no context.
        nonisolated(unsafe) private static var target: any FuzzTarget = MeterTarget()
        nonisolated(unsafe) private static var corpus: [[UInt8]] = []
        nonisolated(unsafe) private static var logPath = ""
        nonisolated(unsafe) private static var runs = 0
        nonisolated(unsafe) private static var accepted = 0

        /// Ends the process: with 0 after the time, with another code at the first fault.
        static func run(_ options: FuzzOptions) throws {
            guard let target = try options.targets().first else { throw FuzzError("no target") }
            self.target = target
            corpus = target.corpus
            let folder = "\(options.saveFolder)/\(target.name)-corpus"
            mkdir(options.saveFolder, 0o755)
            try save(corpus + target.regressions, in: folder)
            // libFuzzer talks a lot: nobody reads it unless there is a fault.
            logPath = "\(options.saveFolder)/\(target.name).log"
            sendStandardError(to: logPath)
            atexit { CoverageWorker.conclude() }
            let words = [
                CommandLine.arguments[0], "-max_total_time=\(max(1, Int(options.seconds)))",
                "-seed=\(UInt32(truncatingIfNeeded: options.seed))",
                "-exact_artifact_path=\(options.currentPath(target.name))", "-max_len=200000",
                "-timeout=\(FuzzWorker.clockSeconds)", "-verbosity=0",
                "-close_fd_mask=\(target.isTalkative ? 2 : 0)", folder,
            ]
            var pointers = words.map { strdup($0) } + [nil]
            var count = CInt(words.count)
            _ = pointers.withUnsafeMutableBufferPointer { buffer in
                var start = buffer.baseAddress
                return runDriver(&count, &start, testOneInput)
            }
        }

        private static func conclude() {
            unlink(logPath)
            say("\(target.name): \(runs) inputs by coverage, \(accepted) of them accepted, no fault")
            guard accepted > 0 else {
                say("\(target.name): no right input is accepted: this tests nothing")
                _exit(2)
            }
        }

        private static func save(_ inputs: [[UInt8]], in folder: String) throws {
            mkdir(folder, 0o755)
            for (index, input) in inputs.enumerated() {
                guard let file = fopen("\(folder)/seed-\(index)", "w") else {
                    throw FuzzError("\(folder): cannot be written")
                }
                fwrite(input, 1, input.count, file)
                fclose(file)
            }
        }

        fileprivate static func take(_ input: [UInt8]) {
            do {
                runs += 1
                if try target.run(input) { accepted += 1 }
            } catch {
                say("\(target.name): \(error)")
                abort()
            }
        }

        fileprivate static func mutate(_ input: [UInt8], seed: UInt32) -> [UInt8] {
            var random = FuzzRandom(seed: UInt64(seed))
            return Mutator.mutate([input, input, input, random.pick(corpus)], &random)
        }
    }

    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    @_silgen_name("LLVMFuzzerMutate")
    private func mutateBlindly(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int) -> Int

    @_cdecl("LLVMFuzzerTestOneInput")
    func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        CoverageWorker.take(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    }

    /// Half of the changes are those of the blind fuzzer, which knows numbers and lines.
    @_cdecl("LLVMFuzzerCustomMutator")
    func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: UInt32) -> Int {
        guard seed % 2 == 0 else { return mutateBlindly(bytes, count, capacity) }
        let changed = CoverageWorker.mutate(Array(UnsafeBufferPointer(start: bytes, count: count)), seed: seed)
        for (index, byte) in changed.prefix(capacity).enumerated() { bytes[index] = byte }
        return min(changed.count, capacity)
    }
#endif
