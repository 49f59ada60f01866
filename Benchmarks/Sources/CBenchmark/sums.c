#include "cbenchmark.h"

#include <math.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* C contracts a * b + c where it may: other last bits on other processors, and no fair comparison. */
#pragma STDC FP_CONTRACT OFF

void cbenchmark_sums_clear(cbenchmark_sums *sums) {
    memset(sums, 0, sizeof *sums);
    for (int lane = 0; lane < 8; lane++) {
        sums->minimum[lane] = INT16_MAX;
        sums->maximum[lane] = INT16_MIN;
    }
}

void cbenchmark_add_plain(cbenchmark_sums *sums, const int16_t *frames, size_t count) {
    cbenchmark_sums s = *sums;
    for (size_t frame = 0; frame < count; frame++) {
        const int16_t *x = frames + 8 * frame;
        for (int lane = 0; lane < 8; lane++) {
            s.sum[lane] += x[lane];
            s.squares[lane] += (int32_t)x[lane] * x[lane];
            s.minimum[lane] = x[lane] < s.minimum[lane] ? x[lane] : s.minimum[lane];
            s.maximum[lane] = x[lane] > s.maximum[lane] ? x[lane] : s.maximum[lane];
        }
        for (int phase = 0; phase < 3; phase++) s.products[phase] += (int32_t)x[phase] * x[phase + 3];
    }
    *sums = s;
}

#if defined(__SSE2__)
/* Adds four 32-bit values to two times two 64-bit sums; `high` holds their upper halves. */
static inline void widen(__m128i sums[2], __m128i low, __m128i high) {
    sums[0] = _mm_add_epi64(sums[0], _mm_unpacklo_epi32(low, high));
    sums[1] = _mm_add_epi64(sums[1], _mm_unpackhi_epi32(low, high));
}

int cbenchmark_add_sse2(cbenchmark_sums *sums, const int16_t *frames, size_t count) {
    const __m128i zero = _mm_setzero_si128(), ones = _mm_set1_epi16(1), one = _mm_set1_epi32(1);
    __m128i total[2] = {zero, zero}, squares[4] = {zero, zero, zero, zero}, products[2] = {zero, zero};
    __m128i minimum = _mm_loadu_si128((const __m128i *)sums->minimum);
    __m128i maximum = _mm_loadu_si128((const __m128i *)sums->maximum);
    for (size_t frame = 0; frame + 1 < count; frame += 2) {
        const __m128i a = _mm_loadu_si128((const __m128i *)(frames + 8 * frame));
        const __m128i b = _mm_loadu_si128((const __m128i *)(frames + 8 * frame + 8));
        /* The same channel of both frames side by side, for the instruction that multiplies and adds pairs. */
        const __m128i lower = _mm_unpacklo_epi16(a, b), upper = _mm_unpackhi_epi16(a, b);
        total[0] = _mm_add_epi32(total[0], _mm_madd_epi16(lower, ones));
        total[1] = _mm_add_epi32(total[1], _mm_madd_epi16(upper, ones));
        /* Two squares reach 2^31 at most: right as unsigned numbers. */
        widen(squares, _mm_madd_epi16(lower, lower), zero);
        widen(squares + 2, _mm_madd_epi16(upper, upper), zero);
        /* Two products lie above -2^31 and reach +2^31: right as signed numbers after taking 1 away. */
        const __m128i currents = _mm_unpacklo_epi16(_mm_srli_si128(a, 6), _mm_srli_si128(b, 6));
        const __m128i product = _mm_sub_epi32(_mm_madd_epi16(lower, currents), one);
        widen(products, product, _mm_srai_epi32(product, 31));
        minimum = _mm_min_epi16(minimum, _mm_min_epi16(a, b));
        maximum = _mm_max_epi16(maximum, _mm_max_epi16(a, b));
    }
    _mm_storeu_si128((__m128i *)sums->minimum, minimum);
    _mm_storeu_si128((__m128i *)sums->maximum, maximum);
    int32_t totals[8];
    int64_t wide[8], pairs[4];
    memcpy(totals, total, sizeof totals);
    memcpy(wide, squares, sizeof wide);
    memcpy(pairs, products, sizeof pairs);
    for (int lane = 0; lane < 8; lane++) {
        sums->sum[lane] += totals[lane];
        sums->squares[lane] += wide[lane];
    }
    for (int phase = 0; phase < 3; phase++) sums->products[phase] += pairs[phase] + (int64_t)(count / 2);
    return 1;
}
#else
int cbenchmark_add_sse2(cbenchmark_sums *sums, const int16_t *frames, size_t count) { return 0; }
#endif

void cbenchmark_coils_clear(cbenchmark_coils *coils) {
    memset(coils, 0, sizeof *coils);
    for (int phase = 0; phase < 3; phase++) {
        coils->minimum[phase] = INFINITY;
        coils->maximum[phase] = -INFINITY;
    }
}

void cbenchmark_add_coils(cbenchmark_coils *coils, const int16_t *frames, size_t count) {
    cbenchmark_coils c = *coils;
    for (size_t frame = 0; frame < count; frame++) {
        const int16_t *after = frames + 8 * frame;
        for (int phase = 0; phase < 3; phase++) {
            const double next = after[phase + 3];
            const double x = c.centre * c.codes[phase] + c.side * (c.before[phase] + next);
            const double y = c.y[phase] + 0.5 * (c.last[phase] + x);
            const double u = c.voltage[phase];
            c.sum_y[phase] += y;
            c.sum_yy[phase] += y * y;
            c.sum_uy[phase] += u * y;
            c.sum_ky[phase] += c.k * y;
            c.sum_ku[phase] += c.k * u;
            c.minimum[phase] = y < c.minimum[phase] ? y : c.minimum[phase];
            c.maximum[phase] = y > c.maximum[phase] ? y : c.maximum[phase];
            c.y[phase] = y;
            c.last[phase] = x;
            c.before[phase] = c.codes[phase];
            c.codes[phase] = next;
            c.voltage[phase] = after[phase];
        }
        c.k += 1;
    }
    *coils = c;
}
