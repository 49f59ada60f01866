// The golden vectors on bare metal. Lines that begin with # tell what the meter used; the others are results.
import Platform

@main struct Firmware: GoldenBench {
    private var instructions: UInt64 = 0
    private var blockInstructions: UInt64 = 0
    private var worstBlockInstructions: UInt64 = 0
    private var initStackBytes: UInt32 = 0
    private var advanceStackBytes: UInt32 = 0
    private var advanceAllocations: UInt32 = 0
    private var heapBytes: UInt32 = 0
    private var allocationsAtBegin: UInt32 = 0
    private var heapBytesAtBegin: UInt32 = 0

    mutating func write(_ character: UInt8) { platform_write(character) }

    mutating func meterBegins(_ step: GoldenStep) {
        allocationsAtBegin = platform_heap_allocations()
        heapBytesAtBegin = platform_heap_bytes()
        platform_measure_begin()
    }

    mutating func meterEnds(_ step: GoldenStep) {
        let used = platform_measure_end()
        switch step {
        case .initialising:
            initStackBytes = max(initStackBytes, used.stack_bytes)
            heapBytes = platform_heap_bytes() - heapBytesAtBegin
        case .advancing:
            advanceStackBytes = max(advanceStackBytes, used.stack_bytes)
            advanceAllocations += platform_heap_allocations() - allocationsAtBegin
            blockInstructions += UInt64(used.instructions)
        }
    }

    mutating func blockEnds() {
        instructions += blockInstructions
        worstBlockInstructions = max(worstBlockInstructions, blockInstructions)
        blockInstructions = 0
    }

    private mutating func tell(_ vector: GoldenVector, _ name: StaticString, _ value: UInt64) {
        write(UInt8(ascii: "#"))
        write(vector.name)
        write(UInt8(ascii: "."))
        write(name)
        write(UInt8(ascii: "="))
        write(decimal: value)
        write(UInt8(ascii: "\n"))
    }

    /// Ends the program where the counter does not count instructions, for example without the right `-icount`.
    private mutating func checkCounter() {
        platform_measure_begin()
        processor_loop(10_000)
        let counted = platform_measure_end().instructions
        if counted < 20_000 || counted > 20_020 {
            write("20000 instructions were counted as ")
            write(decimal: UInt64(counted))
            write(": run QEMU with the -icount of hardware/firmware/run\n")
            platform_exit(3)
        }
    }

    static func main() {
        var checker = Firmware()
        checker.checkCounter()
        var index = 0
        while let vector = GoldenVector(rawValue: index) {
            var firmware = Firmware()
            do {
                try vector.run(on: &firmware)
            } catch {
                firmware.write("the meter refused the configuration of ")
                firmware.write(vector.name)
                firmware.write(UInt8(ascii: "\n"))
                platform_exit(1)
            }
            firmware.tell(vector, "frames", UInt64(vector.framesPerBlock * vector.blocks))
            firmware.tell(vector, "blocks", UInt64(vector.blocks))
            firmware.tell(vector, "instructions", firmware.instructions)
            firmware.tell(vector, "worst_block_instructions", firmware.worstBlockInstructions)
            firmware.tell(vector, "meter_bytes", UInt64(MemoryLayout<Meter>.size))
            firmware.tell(vector, "heap_bytes", UInt64(firmware.heapBytes))
            firmware.tell(vector, "init_stack_bytes", UInt64(firmware.initStackBytes))
            firmware.tell(vector, "advance_stack_bytes", UInt64(firmware.advanceStackBytes))
            firmware.tell(vector, "advance_allocations", UInt64(firmware.advanceAllocations))
            platform_heap_reset()
            index += 1
        }
        platform_exit(0)
    }
}
