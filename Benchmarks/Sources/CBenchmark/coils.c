#include "cbenchmark.h"

#include <math.h>
#include <string.h>

/* C contracts a * b + c where it may: other last bits on other processors, and no fair comparison. */
#pragma STDC FP_CONTRACT OFF

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
