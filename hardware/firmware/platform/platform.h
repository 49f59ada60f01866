// What the firmware asks of a processor and its board.
#pragma once
#include <stdint.h>

/// Writes one character to the host by semihosting; lines are buffered.
void platform_write(uint8_t character);

/// Writes what is buffered and ends the emulator with this code.
_Noreturn void platform_exit(uint32_t code);

struct platform_used {
    /// Instructions executed between begin and end, those of counting itself taken off.
    uint32_t instructions;
    /// How far the stack grew below the caller of begin.
    uint32_t stack_bytes;
};

/// Paints the free stack, then starts counting. Both are called by the same function.
void platform_measure_begin(void);
struct platform_used platform_measure_end(void);

/// Since the start, or the last reset.
uint32_t platform_heap_bytes(void);
uint32_t platform_heap_allocations(void);
/// Frees everything: only where nothing allocated is in use.
void platform_heap_reset(void);

// Given by each processor's file.

/// Counts instructions under QEMU with -icount; the run script names the shift. Wraps around.
uint32_t processor_counter(void);
/// Instructions between two values of the counter.
uint32_t processor_instructions(uint32_t from, uint32_t to);
/// Executes two instructions `times` times, and a few around them.
void processor_loop(uint32_t times);
/// One semihosting call.
uintptr_t processor_semihost(uintptr_t operation, const void *argument);
