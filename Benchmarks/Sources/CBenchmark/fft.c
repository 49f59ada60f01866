#include "cbenchmark.h"

#include <fftw3.h>
#include <stdlib.h>

struct cbenchmark_fft {
    int channels, stride;
    double *inputs;
    fftw_complex *output;
    fftw_plan plan;
};

cbenchmark_fft *cbenchmark_fft_make(int count, int channels) {
    cbenchmark_fft *fft = calloc(1, sizeof *fft);
    if (!fft) return NULL;
    fft->channels = channels;
    fft->stride = (count + 7) / 8 * 8 + 8;
    fft->inputs = fftw_alloc_real((size_t)fft->stride * channels);
    fft->output = fftw_alloc_complex(count / 2 + 1);
    if (fft->inputs && fft->output)
        fft->plan = fftw_plan_dft_r2c_1d(count, fft->inputs, fft->output, FFTW_ESTIMATE);
    if (!fft->plan) {
        cbenchmark_fft_free(fft);
        return NULL;
    }
    for (int i = 0; i < fft->stride * channels; i++) fft->inputs[i] = i % 17;
    return fft;
}

void cbenchmark_fft_run(cbenchmark_fft *fft) {
    for (int channel = 0; channel < fft->channels; channel++)
        fftw_execute_dft_r2c(fft->plan, fft->inputs + (size_t)channel * fft->stride, fft->output);
}

void cbenchmark_fft_free(cbenchmark_fft *fft) {
    if (!fft) return;
    if (fft->plan) fftw_destroy_plan(fft->plan);
    fftw_free(fft->inputs);
    fftw_free(fft->output);
    free(fft);
}
