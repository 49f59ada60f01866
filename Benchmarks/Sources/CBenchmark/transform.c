#include "cbenchmark.h"

#include <fftw3.h>
#include <string.h>

struct cbenchmark_transform {
    int count;
    double *input;
    fftw_complex *output;
    fftw_plan plan;
};

cbenchmark_transform *cbenchmark_transform_make(int count) {
    cbenchmark_transform *transform = fftw_malloc(sizeof *transform);
    if (!transform) return 0;
    *transform = (cbenchmark_transform){count, fftw_alloc_real((size_t)count), fftw_alloc_complex((size_t)count / 2 + 1), 0};
    if (transform->input && transform->output) {
        transform->plan = fftw_plan_dft_r2c_1d(count, transform->input, transform->output, FFTW_ESTIMATE);
    }
    if (!transform->plan) {
        cbenchmark_transform_free(transform);
        return 0;
    }
    return transform;
}

double cbenchmark_transform_run(cbenchmark_transform *transform, const double *samples) {
    memcpy(transform->input, samples, (size_t)transform->count * sizeof *samples);
    fftw_execute(transform->plan);
    return transform->output[10][0];
}

void cbenchmark_transform_free(cbenchmark_transform *transform) {
    if (transform->plan) fftw_destroy_plan(transform->plan);
    fftw_free(transform->input);
    fftw_free(transform->output);
    fftw_free(transform);
}
