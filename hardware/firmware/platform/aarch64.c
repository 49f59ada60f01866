// AArch64 on QEMU's virt board: counter and semihosting.
#include "platform.h"
#include <stddef.h>

int main(int, char **);

void start_c(void) {
    // Event counter 0 counts event 8, instructions architecturally executed, at EL1; all counters on.
    __asm volatile("msr pmevtyper0_el0, %0\n msr pmcntenset_el0, %1\n msr pmcr_el0, %2\n isb"
                   : : "r"((uint64_t)8), "r"((uint64_t)1), "r"((uint64_t)1));
    main(0, NULL);
    platform_exit(0);
}

uint32_t processor_counter(void) {
    uint64_t count;
    __asm volatile("isb\n mrs %0, pmevcntr0_el0" : "=r"(count) : : "memory");
    return (uint32_t)count;
}
uint32_t processor_instructions(uint32_t from, uint32_t to) { return to - from; }

void processor_loop(uint32_t times) {
    __asm volatile("1: subs %w0, %w0, #1\n b.ne 1b" : "+r"(times) : : "cc");
}

uintptr_t processor_semihost(uintptr_t operation, const void *argument) {
    register uintptr_t x0 __asm("x0") = operation;
    register const void *x1 __asm("x1") = argument;
    __asm volatile("hlt 0xF000" : "+r"(x0) : "r"(x1) : "memory");
    return x0;
}
