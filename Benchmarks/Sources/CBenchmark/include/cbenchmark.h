/* What the benchmark cannot say in Swift: the measuring core's sums as a C programmer would write them, a heap that
   counts, and the machine's own state. Linked by the benchmark only. */
#ifndef CBENCHMARK_H
#define CBENCHMARK_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Exact sums over frames of eight int16 channels: u1 u2 u3 i1 i2 i3 iN aux. */
typedef struct {
    int64_t sum[8], squares[8];
    int64_t products[3];                                /* u1i1 u2i2 u3i3 */
    int64_t voltage_products[3], current_products[3];   /* u1u2 u2u3 u3u1, i1i2 i2i3 i3i1 */
    int16_t minimum[8], maximum[8];
} cbenchmark_sums;

/* A plain loop, for the compiler to make the best of, and intrinsics of three widths. */
typedef enum { cbenchmark_plain, cbenchmark_sse2, cbenchmark_avx2, cbenchmark_avx512 } cbenchmark_kernel;

/* Whether this processor runs `kernel`. */
int cbenchmark_can(cbenchmark_kernel kernel);

void cbenchmark_sums_clear(cbenchmark_sums *sums);

/* Adds `count` frames, at most 32768. Returns 0 and adds nothing where the processor cannot. */
int cbenchmark_add(cbenchmark_kernel kernel, cbenchmark_sums *sums, const int16_t *frames, size_t count);

/* Sums over the integrated signal of three coils, as the measuring core keeps them. */
typedef struct {
    double centre, side;                       /* the corrector's taps */
    double before[3], codes[3], voltage[3];    /* the frames waiting for the one behind them */
    double last[3], y[3], k;
    double sum_y[3], sum_yy[3], sum_uy[3], sum_ky[3], sum_ku[3], minimum[3], maximum[3];
} cbenchmark_coils;

void cbenchmark_coils_clear(cbenchmark_coils *coils);

/* Integrates the coils of `count` frames and adds up: a plain loop. */
void cbenchmark_add_coils(cbenchmark_coils *coils, const int16_t *frames, size_t count);

/* FFTW's transforms of so many real channels and nothing else: planned as the library plans them, nothing copied. */
typedef struct cbenchmark_fft cbenchmark_fft;
cbenchmark_fft *cbenchmark_fft_make(int count, int channels); /* NULL: no memory */
void cbenchmark_fft_run(cbenchmark_fft *fft);
void cbenchmark_fft_free(cbenchmark_fft *fft);

/* Allocations and frees of the calling thread since it began. */
typedef struct {
    uint64_t allocations, frees;
} cbenchmark_heap;
cbenchmark_heap cbenchmark_heap_count(void);

/* Nanoseconds of CLOCK_MONOTONIC. */
static inline int64_t cbenchmark_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* How often the calling thread was taken off its processor against its will. */
int64_t cbenchmark_preemptions(void);

/* Reads the clock `count` times, one after the other. */
void cbenchmark_spin(int64_t *times, size_t count);

/* Touches every cache line of `bytes` bytes, so that what was in the caches before is not any more. */
void cbenchmark_empty_caches(char *memory, size_t bytes);

/* Starts one busy thread per processor at normal priority. Returns how many run. */
int cbenchmark_start_load(void);
void cbenchmark_stop_load(void);

/* Others go before the calling thread from here on. */
void cbenchmark_yield_to_others(void);

/* Makes the kernel note when bytes reach `socket`. 0, or an errno. */
int cbenchmark_stamp_arrivals(int socket);

/* read(2), and the monotonic nanoseconds at which the kernel had the last of the bytes, however late they are read;
   0 where it did not note them. */
ptrdiff_t cbenchmark_read(int socket, void *bytes, size_t count, int64_t *arrival);

/* SCHED_FIFO for the calling thread. 0, or an errno. */
int cbenchmark_request_fifo(int priority);

#endif
