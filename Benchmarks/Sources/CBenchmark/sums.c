#include "cbenchmark.h"

#include <string.h>

void cbenchmark_sums_clear(cbenchmark_sums *sums) {
    memset(sums, 0, sizeof *sums);
    for (int lane = 0; lane < 8; lane++) {
        sums->minimum[lane] = INT16_MAX;
        sums->maximum[lane] = INT16_MIN;
    }
}

static void add_plain(cbenchmark_sums *sums, const int16_t *frames, size_t count) {
    cbenchmark_sums s = *sums;
    for (size_t frame = 0; frame < count; frame++) {
        const int16_t *x = frames + 8 * frame;
        for (int lane = 0; lane < 8; lane++) {
            s.sum[lane] += x[lane];
            s.squares[lane] += (int32_t)x[lane] * x[lane];
            s.minimum[lane] = x[lane] < s.minimum[lane] ? x[lane] : s.minimum[lane];
            s.maximum[lane] = x[lane] > s.maximum[lane] ? x[lane] : s.maximum[lane];
        }
        for (int phase = 0; phase < 3; phase++) {
            const int next = phase == 2 ? 0 : phase + 1;
            s.products[phase] += (int32_t)x[phase] * x[phase + 3];
            s.voltage_products[phase] += (int32_t)x[phase] * x[next];
            s.current_products[phase] += (int32_t)x[phase + 3] * x[next + 3];
        }
    }
    *sums = s;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define ADD add_sse2
#define REGISTER __m128i
#define FRAMES 1
#define OP(x) _mm_##x
#define ZERO() _mm_setzero_si128()
#define LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(p), v)
#define MIX(a, b, selection) \
    _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), selection))
#define TARGET static
#include "sums_vector.h"

#define ADD add_avx2
#define REGISTER __m256i
#define FRAMES 2
#define OP(x) _mm256_##x
#define ZERO() _mm256_setzero_si256()
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#define MIX(a, b, selection) \
    _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), selection))
#define TARGET __attribute__((target("avx2"))) static
#include "sums_vector.h"

#define ADD add_avx512
#define REGISTER __m512i
#define FRAMES 4
#define OP(x) _mm512_##x
#define ZERO() _mm512_setzero_si512()
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, v) _mm512_storeu_si512(p, v)
#define MIX(a, b, selection) \
    _mm512_castps_si512(_mm512_shuffle_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), selection))
#define TARGET __attribute__((target("avx512f,avx512bw"))) static
#include "sums_vector.h"

int cbenchmark_can(cbenchmark_kernel kernel) {
    switch (kernel) {
    case cbenchmark_plain:
    case cbenchmark_sse2: return 1;
    case cbenchmark_avx2: return __builtin_cpu_supports("avx2") != 0;
    case cbenchmark_avx512: return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    }
    return 0;
}
#else
#define add_sse2 add_plain
#define add_avx2 add_plain
#define add_avx512 add_plain
int cbenchmark_can(cbenchmark_kernel kernel) { return kernel == cbenchmark_plain; }
#endif

int cbenchmark_add(cbenchmark_kernel kernel, cbenchmark_sums *sums, const int16_t *frames, size_t count) {
    if (!cbenchmark_can(kernel)) return 0;
    switch (kernel) {
    case cbenchmark_plain: add_plain(sums, frames, count); return 1;
    case cbenchmark_sse2: add_sse2(sums, frames, count); return 1;
    case cbenchmark_avx2: add_avx2(sums, frames, count); return 1;
    case cbenchmark_avx512: add_avx512(sums, frames, count); return 1;
    }
    return 0;
}
