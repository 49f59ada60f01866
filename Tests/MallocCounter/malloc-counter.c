/* Counts the heap calls of each thread by standing before glibc's allocator in programs that link it: tests only. */
#include "MallocCounter.h"

#include <errno.h>
#include <stddef.h>

static _Thread_local uint64_t allocations, frees;

uint64_t malloc_counter_allocations(void) { return allocations; }
uint64_t malloc_counter_frees(void) { return frees; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_OWN_HEAP
#endif
#endif

#if defined(HAS_OWN_HEAP) || !defined(__GLIBC__)

bool malloc_counter_is_counting(void) { return false; }

#else

bool malloc_counter_is_counting(void) { return true; }

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    allocations++;
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **made, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    allocations++;
    void *got = __libc_memalign(alignment, size);
    if (got == NULL) return ENOMEM;
    *made = got;
    return 0;
}

void free(void *old) {
    if (old != NULL) frees++;
    __libc_free(old);
}

#endif
