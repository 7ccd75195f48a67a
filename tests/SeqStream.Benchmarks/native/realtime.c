/*
 * realtime.c MODEL STEPS - how long single steps take through the C interface, one by one, and what the interface costs.
 * MODEL has one float32 input and one float32 output. Prints "steps N p50 A p99 B p99.99 C max D overhead E faults F switches G", times in ns.
 */
#define _GNU_SOURCE
#include <seqstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST = 4096, BINS = 1 << 20, ROUNDS = 301, ROUND_STEPS = 512 };

static float features[MOST], answers[MOST];
static float many_features[ROUND_STEPS * 64], many_answers[ROUND_STEPS * 128];
static unsigned bins[BINS]; /* [ns], the last one for all beyond */

static int fail(const char *what) {
    fprintf(stderr, "realtime: %s: %s\n", what, seqstream_last_message());
    return 1;
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t at_share(long steps, double share) {
    long seen = 0;
    for (int64_t ns = 0; ns < BINS; ns++) {
        seen += bins[ns];
        if (seen >= share * (double)steps) return ns;
    }
    return BINS;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* What a call costs beside the step: rounds of single calls and of one call for as many steps take turns; the median of the differences. */
static double overhead(seqstream_session session, size_t inputs, size_t outputs) {
    static double differences[ROUNDS];
    if (inputs > 64 || outputs > 128) return -1;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t start = now();
        seqstream_session_step_sequence(session, many_features, ROUND_STEPS * inputs, many_answers, ROUND_STEPS * outputs);
        int64_t middle = now();
        for (int i = 0; i < ROUND_STEPS; i++) seqstream_session_step(session, many_features + i * inputs, inputs, many_answers + i * outputs, outputs);
        int64_t end = now();
        differences[round] = (double)((end - middle) - (middle - start)) / ROUND_STEPS;
    }
    qsort(differences, ROUNDS, sizeof differences[0], compare);
    return differences[ROUNDS / 2];
}

int main(int argc, char **argv) {
    seqstream_model model;
    seqstream_model_info info = {.struct_size = sizeof info};
    seqstream_session session;
    struct rusage before, after;
    int64_t longest = 0;
    if (argc < 3) return 2;
    long steps = strtol(argv[2], NULL, 10);
    if (seqstream_model_load(argv[1], NULL, &model) || seqstream_model_describe(model, &info) || seqstream_session_create(model, &session)) return fail("load");
    if (info.input_elements > MOST || info.output_elements > MOST) return fail("the model is too wide");
    for (size_t i = 0; i < sizeof many_features / sizeof many_features[0]; i++) many_features[i] = (float)((i * 37) % 101) / 101.0f - 0.5f;
    for (int i = 0; i < BINS; i += 1024) bins[i] = 0;
    getrusage(RUSAGE_SELF, &before);
    for (long i = 0; i < steps; i++) {
        for (size_t k = 0; k < info.input_elements; k += 8) features[k] = (float)((i + (long)k) % 17) / 17.0f;
        int64_t start = now();
        int32_t answer = seqstream_session_step(session, features, info.input_elements, answers, info.output_elements);
        int64_t took = now() - start;
        if (answer) return fail("step");
        if (took > longest) longest = took;
        bins[took < BINS ? took : BINS - 1]++;
    }
    getrusage(RUSAGE_SELF, &after);
    printf("steps %ld p50 %ld p99 %ld p99.99 %ld max %ld overhead %.1f faults %ld switches %ld\n", steps, (long)at_share(steps, 0.5), (long)at_share(steps, 0.99), (long)at_share(steps, 0.9999), (long)longest,
           overhead(session, info.input_elements, info.output_elements), after.ru_minflt - before.ru_minflt, after.ru_nivcsw - before.ru_nivcsw);
    return 0;
}
