#define _GNU_SOURCE
#include "crealtime.h"

#include <alloca.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>

int crealtime_set_fifo(int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    return -pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
}

int crealtime_pin_to_cpu(int cpu) {
    cpu_set_t set;
    if (cpu < 0 || cpu >= CPU_SETSIZE) return -EINVAL;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return -pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/* noinline: the touched stack must be given back when this returns, not kept by the caller. */
__attribute__((noinline)) static void touch_stack(int64_t bytes) {
    volatile char *stack = alloca((size_t)bytes);
    for (int64_t i = 0; i < bytes; i += 4096) stack[i] = 0;
}

int crealtime_lock_memory(int64_t stack_bytes) {
    /* On fault: only what has been touched stays. Without it every mapped page of every library becomes resident. */
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) return -errno;
    if (stack_bytes > 0) touch_stack(stack_bytes);
    return 0;
}

int crealtime_name_thread(const char *name) {
    char shortened[16];
    strncpy(shortened, name, sizeof shortened - 1);
    shortened[sizeof shortened - 1] = 0;
    return -pthread_setname_np(pthread_self(), shortened);
}

int crealtime_eventfd(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int crealtime_wait_readable(int descriptor, int64_t nanoseconds) {
    struct pollfd item = {.fd = descriptor, .events = POLLIN};
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int answer = ppoll(&item, 1, &time, NULL);
    return answer < 0 ? -errno : answer;
}
