#define _GNU_SOURCE
#include "cbenchmark.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

enum { max_load = 256 };
static pthread_t load[max_load];
static int running;
static atomic_int stops;

int64_t cbenchmark_preemptions(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

void cbenchmark_spin(int64_t *times, size_t count) {
    for (size_t index = 0; index < count; index++) times[index] = cbenchmark_nanoseconds();
}

void cbenchmark_empty_caches(char *memory, size_t bytes) {
    for (size_t index = 0; index < bytes; index += 64) ((volatile char *)memory)[index]++;
}

static void *work(void *unused) {
    (void)unused;
    volatile double value = 1;
    while (!atomic_load_explicit(&stops, memory_order_relaxed)) value = value * 1.0000001 + 1e-9;
    return 0;
}

int cbenchmark_start_load(void) {
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    while (running < processors && running < max_load && pthread_create(&load[running], 0, work, 0) == 0) running++;
    return running;
}

void cbenchmark_stop_load(void) {
    atomic_store(&stops, 1);
    while (running > 0) pthread_join(load[--running], 0);
    atomic_store(&stops, 0);
}

int cbenchmark_request_fifo(int priority) {
    const struct sched_param parameters = {.sched_priority = priority};
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
}
