// RISC-V, 32 bits, on QEMU's virt board: counter.
#include "platform.h"
#include <stddef.h>

int main(int, char **);

void start_c(void) {
    main(0, NULL);
    platform_exit(0);
}

uint32_t processor_counter(void) {
    uint32_t count;
    __asm volatile("csrr %0, minstret" : "=r"(count) : : "memory");
    return count;
}
uint32_t processor_instructions(uint32_t from, uint32_t to) { return to - from; }

void processor_loop(uint32_t times) {
    __asm volatile("1: addi %0, %0, -1\n bnez %0, 1b" : "+r"(times));
}
