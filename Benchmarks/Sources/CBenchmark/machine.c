#define _GNU_SOURCE
#include "cbenchmark.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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

void cbenchmark_yield_to_others(void) {
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
}

int cbenchmark_stamp_arrivals(int socket) {
    const int wanted = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof wanted) == 0 ? 0 : errno;
}

ptrdiff_t cbenchmark_read(int socket, void *bytes, size_t count, int64_t *arrival) {
    char control[512];
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    const ptrdiff_t got = recvmsg(socket, &message, 0);
    *arrival = 0;
    if (got <= 0) return got;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_TIMESTAMPING) continue;
        struct scm_timestamping stamps;
        memcpy(&stamps, CMSG_DATA(item), sizeof stamps);
        if (stamps.ts[0].tv_sec == 0) continue;
        /* The kernel stamps in wall time. */
        struct timespec wall;
        clock_gettime(CLOCK_REALTIME, &wall);
        const int64_t age =
            (wall.tv_sec - stamps.ts[0].tv_sec) * (int64_t)1000000000 + wall.tv_nsec - stamps.ts[0].tv_nsec;
        *arrival = cbenchmark_nanoseconds() - age;
    }
    return got;
}
