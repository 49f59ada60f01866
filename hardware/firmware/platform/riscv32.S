# RISC-V, 32 bits, on QEMU's virt board: stack, trap vector, then C.
    .section .start, "ax"
    .globl start
start:
    la sp, __stack_top
    la t0, trap
    csrw mtvec, t0
    call start_c

    .balign 4
trap:
    csrr a0, mepc
    j platform_fault

    # uintptr_t processor_semihost(uintptr_t operation, const void *argument)
    .text
    .globl processor_semihost
    .option push
    .option norvc
    .balign 16                  # the three instructions stand in one page
processor_semihost:
    slli zero, zero, 0x1F
    ebreak
    srai zero, zero, 7
    ret
    .option pop
