/* What Swift cannot say about threads: the CPU_SET macros and the scheduling structures of glibc.
   Every function returns 0 or a negative errno. */
#ifndef CREALTIME_H
#define CREALTIME_H

#include <stdint.h>

/* Gives the calling thread SCHED_FIFO at `priority` (1 to 99). -EPERM where the right is missing. */
int crealtime_set_fifo(int priority);

/* Binds the calling thread to one processor, counted from 0. */
int crealtime_pin_to_cpu(int cpu);

/* Locks present and future pages in memory once they have been touched, and touches `stack_bytes` of the calling thread's stack. */
int crealtime_lock_memory(int64_t stack_bytes);

/* Name shown by `ps -L` and `top -H`; cut to 15 characters. */
int crealtime_name_thread(const char *name);

/* A non-blocking, close-on-exec eventfd; its flags are an enumeration that Swift does not import. */
int crealtime_eventfd(void);

/* Waits until `descriptor` can be read or `nanoseconds` (0 or more) have passed: 1 readable, 0 time is up.
   ppoll, which Swift's Glibc module leaves out: poll counts whole milliseconds. */
int crealtime_wait_readable(int descriptor, int64_t nanoseconds);

#endif
