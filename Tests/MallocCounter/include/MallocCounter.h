#ifndef MALLOC_COUNTER_H
#define MALLOC_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/* Heap calls of the calling thread since it began: malloc, calloc, realloc, memalign and their kin. */
uint64_t malloc_counter_allocations(void);
/* Calls of free with something to free. */
uint64_t malloc_counter_frees(void);
/* False under a sanitizer, which brings a heap of its own: nothing is counted then. */
bool malloc_counter_is_counting(void);

#endif
