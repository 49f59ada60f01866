// Cortex-M on ARM's MPS2 board (AN386: M4F, AN500: M7): start, semihosting, counter.
#include "platform.h"
#include <stddef.h>

extern uint32_t __stack_top[], __data_start[], __data_end[], __data_load[], __bss_start[], __bss_end[];
int main(int, char **);
void platform_fault(uintptr_t);

static volatile uint32_t *const coprocessor_access = (uint32_t *)0xE000ED88;
/// CMSDK APB timer 0: 25 MHz, 32 bits, counts down.
static volatile uint32_t *const timer = (uint32_t *)0x40000000;

void start(void) {
    *coprocessor_access |= 0xFu << 20;
    __asm volatile("dsb\n isb" ::: "memory");
    for (uint32_t *to = __data_start, *from = __data_load; to < __data_end;) *to++ = *from++;
    for (uint32_t *to = __bss_start; to < __bss_end;) *to++ = 0;
    timer[1] = timer[2] = UINT32_MAX;
    timer[0] = 1;
    main(0, NULL);
    platform_exit(0);
}

__attribute__((naked)) void fault(void) {
    // The stacked frame's seventh word is the address.
    __asm volatile("ldr r0, [sp, #24]\n b platform_fault");
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    __stack_top, start, fault, fault, fault, fault, fault, NULL, NULL, NULL, NULL, fault, fault, NULL, fault, fault,
};

// With -icount shift=10 an instruction takes 1024 ns and a tick of the timer 40 ns: 25.6 ticks per instruction.
uint32_t processor_counter(void) { return UINT32_MAX - timer[1]; }
uint32_t processor_instructions(uint32_t from, uint32_t to) {
    return (uint32_t)(((uint64_t)(to - from) * 40 + 512) / 1024);
}

void processor_loop(uint32_t times) {
    __asm volatile("1: subs %0, #1\n bne 1b" : "+l"(times) : : "cc");
}

uintptr_t processor_semihost(uintptr_t operation, const void *argument) {
    register uintptr_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

// The run-time ABI's names for what runtime.c has.
void *memcpy(void *, const void *, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
void __aeabi_memcpy(void *to, const void *from, size_t size) { memcpy(to, from, size); }
void __aeabi_memcpy4(void *to, const void *from, size_t size) { memcpy(to, from, size); }
void __aeabi_memcpy8(void *to, const void *from, size_t size) { memcpy(to, from, size); }
void __aeabi_memmove(void *to, const void *from, size_t size) { memmove(to, from, size); }
void __aeabi_memmove4(void *to, const void *from, size_t size) { memmove(to, from, size); }
void __aeabi_memmove8(void *to, const void *from, size_t size) { memmove(to, from, size); }
void __aeabi_memset(void *to, size_t size, int value) { memset(to, value, size); }
void __aeabi_memset4(void *to, size_t size, int value) { memset(to, value, size); }
void __aeabi_memset8(void *to, size_t size, int value) { memset(to, value, size); }
void __aeabi_memclr(void *to, size_t size) { memset(to, 0, size); }
void __aeabi_memclr4(void *to, size_t size) { memset(to, 0, size); }
void __aeabi_memclr8(void *to, size_t size) { memset(to, 0, size); }
