// The little that Embedded Swift needs of a C library, and the output of the firmware.
#include "platform.h"
#include <stddef.h>

// MARK: Output

static uint8_t line[256];
static uint32_t line_length;

static void flush(void) {
    static uintptr_t handle;
    if (handle == 0) {
        // SYS_OPEN of the console with mode 4, "w".
        struct { const char *name; uintptr_t mode, length; } open = {":tt", 4, 3};
        handle = processor_semihost(0x01, &open);
    }
    struct { uintptr_t handle; const uint8_t *bytes; uintptr_t length; } write = {handle, line, line_length};
    processor_semihost(0x05, &write);
    line_length = 0;
}

void platform_write(uint8_t character) {
    line[line_length++] = character;
    if (character == '\n' || line_length == sizeof line) flush();
}

void platform_exit(uint32_t code) {
    flush();
    // SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit.
    struct { uintptr_t reason, code; } exit = {0x20026, code};
    for (;;) processor_semihost(0x20, &exit);
}

/// An exception: nothing that the firmware does may raise one.
void platform_fault(uintptr_t address) {
    static const char text[] = "fault at ";
    for (const char *c = text; *c; c++) platform_write((uint8_t)*c);
    for (int shift = (int)sizeof address * 8 - 4; shift >= 0; shift -= 4)
        platform_write((uint8_t)"0123456789abcdef"[(address >> shift) & 15]);
    platform_write('\n');
    platform_exit(2);
}

// MARK: Stack and instructions

extern uint32_t __stack_limit[];
enum { PAINT = 0x5EEDC0DE, PAINTED_BYTES = 65536 };

static uint32_t *painted_from, *painted_to;
static uint32_t count_at_begin, cost_of_counting;

static uint32_t *lowest_to_paint(uint32_t *top) {
    uint32_t *lowest = top - PAINTED_BYTES / sizeof *top;
    return lowest > __stack_limit ? lowest : __stack_limit;
}

__attribute__((noinline)) void platform_measure_begin(void) {
    uint32_t *top = __builtin_frame_address(0);
    if (cost_of_counting == 0) {
        uint32_t first = processor_counter();
        cost_of_counting = processor_instructions(first, processor_counter());
    }
    painted_to = top - 16;
    painted_from = lowest_to_paint(painted_to);
    for (volatile uint32_t *word = painted_from; word < painted_to; word++) *word = PAINT;
    count_at_begin = processor_counter();
}

__attribute__((noinline)) struct platform_used platform_measure_end(void) {
    uint32_t instructions = processor_instructions(count_at_begin, processor_counter()) - cost_of_counting;
    volatile uint32_t *word = painted_from;
    while (word < painted_to && *word == PAINT) word++;
    // Up to the caller's frame, which ends where this function's begins.
    uint32_t *top = __builtin_frame_address(0);
    return (struct platform_used){instructions, (uint32_t)((uintptr_t)top - (uintptr_t)word)};
}

// MARK: Heap: counts, and gives back nothing until it is reset

extern uint8_t __heap_start[], __heap_end[];
static uintptr_t heap_next;
static uint32_t allocations;

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (heap_next == 0) heap_next = (uintptr_t)__heap_start;
    uintptr_t start = (heap_next + alignment - 1) & ~(uintptr_t)(alignment - 1);
    if (size > (uintptr_t)__heap_end - start) return 12;  // ENOMEM: Swift then traps
    heap_next = start + size;
    allocations++;
    *result = (void *)start;
    return 0;
}

void free(void *pointer) { (void)pointer; }

uint32_t platform_heap_bytes(void) {
    return heap_next == 0 ? 0 : (uint32_t)(heap_next - (uintptr_t)__heap_start);
}
uint32_t platform_heap_allocations(void) { return allocations; }
void platform_heap_reset(void) {
    heap_next = 0;
    allocations = 0;
}

// MARK: Memory

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0) {
        for (; size >= 16; size -= 16, t += 16, f += 16) {
            uint32_t a = ((const uint32_t *)f)[0], b = ((const uint32_t *)f)[1];
            uint32_t c = ((const uint32_t *)f)[2], d = ((const uint32_t *)f)[3];
            ((uint32_t *)t)[0] = a, ((uint32_t *)t)[1] = b, ((uint32_t *)t)[2] = c, ((uint32_t *)t)[3] = d;
        }
        for (; size >= 4; size -= 4, t += 4, f += 4) *(uint32_t *)t = *(const uint32_t *)f;
    }
    while (size-- > 0) *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    if ((uintptr_t)to <= (uintptr_t)from) return memcpy(to, from, size);
    uint8_t *t = (uint8_t *)to + size;
    const uint8_t *f = (const uint8_t *)from + size;
    while (size-- > 0) *--t = *--f;
    return to;
}

void *memset(void *to, int value, size_t size) {
    uint8_t *t = to;
    uint32_t word = (uint8_t)value * 0x01010101u;
    for (; size > 0 && ((uintptr_t)t & 3) != 0; size--) *t++ = (uint8_t)value;
    for (; size >= 4; size -= 4, t += 4) *(uint32_t *)t = word;
    while (size-- > 0) *t++ = (uint8_t)value;
    return to;
}

// MARK: What the compiler calls

uintptr_t __stack_chk_guard = (uintptr_t)0x5A17C0DE;
void __stack_chk_fail(void) { platform_fault((uintptr_t)__builtin_return_address(0)); }

/// Seeds hashing, which the firmware does not use: a constant keeps runs alike.
void arc4random_buf(void *to, size_t size) { memset(to, 0x55, size); }
