// AArch64 on QEMU's virt board: memory map, vectors, floating point, then C.
    .section .start, "ax"
    .globl start
start:
    // Floating point and SIMD do not trap.
    mov x0, #(3 << 20)
    msr cpacr_el1, x0
    // Without the memory management unit all memory is a device's, where unaligned loads fault. Two blocks of 1 GB:
    // 0 the devices, 1 GB the RAM.
    adrp x0, table
    add x0, x0, :lo12:table
    mov x1, #0x405              // device: access flag, attribute 1
    movk x1, #0x0060, lsl #48   // never executed
    mov x2, #0x40000000
    movk x2, #0x0701            // RAM: access flag, inner shareable, attribute 0
    stp x1, x2, [x0]
    mov x1, #0xFF               // attribute 0: write-back memory; 1: device
    msr mair_el1, x1
    movz x1, #0x3519            // 39 bits, 4 KB granules, write-back walks
    movk x1, #0x0080, lsl #16   // no table for the upper half
    msr tcr_el1, x1
    msr ttbr0_el1, x0
    isb
    tlbi vmalle1
    dsb sy
    mrs x1, sctlr_el1
    mov x2, #0x1005             // memory management and both caches
    orr x1, x1, x2
    msr sctlr_el1, x1
    isb
    adrp x0, vectors
    add x0, x0, :lo12:vectors
    msr vbar_el1, x0
    adrp x0, __stack_top
    add x0, x0, :lo12:__stack_top
    mov sp, x0
    bl start_c

    .balign 2048
vectors:
    .rept 16
    .balign 128
    mrs x0, elr_el1
    b platform_fault
    .endr

    .bss
    .balign 4096
table:
    .skip 4096
