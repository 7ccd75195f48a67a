/*
 * realtime.c MODEL STEPS - how long single steps (whole thousands) take through the C interface, one by one, and what the interface costs.
 * MODEL has one float32 input and one float32 output. Prints "steps N p50 A p99 B p99.99 C max D overhead E faults F switches G", times in ns.
 * Compiled with -DWITH_PEER and linked to peer.cpp, a hand-written step takes turns of 1000 steps with it, and a second line has its times.
 */
#define _GNU_SOURCE
#include <seqstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST = 4096, BINS = 1 << 20, ROUNDS = 301, ROUND_STEPS = 512, TURN = 1000 };

struct times {
    int64_t longest;
    unsigned bins[BINS]; /* [ns], the last one for all beyond */
};

static float features[MOST], answers[MOST];
static float many_features[ROUND_STEPS * 64], many_answers[ROUND_STEPS * 128];
static struct times ours;
#ifdef WITH_PEER
void peer_open(void);
void peer_step(const float *features, float *answers);
static struct times peers;
#endif

static int fail(const char *what) {
    fprintf(stderr, "realtime: %s: %s\n", what, seqstream_last_message());
    return 1;
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void add(struct times *times, int64_t took) {
    if (took > times->longest) times->longest = took;
    times->bins[took < BINS ? took : BINS - 1]++;
}

static void vary(size_t inputs, long step) {
    for (size_t k = 0; k < inputs; k += 8) features[k] = (float)((step + (long)k) % 17) / 17.0f;
}

static long at_share(const struct times *times, long steps, double share) {
    long seen = 0;
    for (long ns = 0; ns < BINS; ns++) {
        seen += times->bins[ns];
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

static void report(const struct times *times, long steps) {
    printf("steps %ld p50 %ld p99 %ld p99.99 %ld max %ld", steps, at_share(times, steps, 0.5), at_share(times, steps, 0.99), at_share(times, steps, 0.9999), (long)times->longest);
}

int main(int argc, char **argv) {
    seqstream_model model;
    seqstream_model_info info = {.struct_size = sizeof info};
    seqstream_session session;
    struct rusage before, after;
    if (argc < 3) return 2;
    long steps = (strtol(argv[2], NULL, 10) + TURN - 1) / TURN * TURN;
    if (seqstream_model_load(argv[1], NULL, &model) || seqstream_model_describe(model, &info) || seqstream_session_create(model, &session)) return fail("load");
    if (info.input_elements > MOST || info.output_elements > MOST) return fail("the model is too wide");
    for (size_t i = 0; i < sizeof many_features / sizeof many_features[0]; i++) many_features[i] = (float)((i * 37) % 101) / 101.0f - 0.5f;
    for (int i = 0; i < BINS; i += 1024) ours.bins[i] = 0;
#ifdef WITH_PEER
    for (int i = 0; i < BINS; i += 1024) peers.bins[i] = 0;
    peer_open();
#endif
    getrusage(RUSAGE_SELF, &before);
    for (long turn = 0; turn < steps; turn += TURN) {
        for (long i = turn; i < turn + TURN; i++) {
            vary(info.input_elements, i);
            int64_t start = now();
            int32_t answer = seqstream_session_step(session, features, info.input_elements, answers, info.output_elements);
            add(&ours, now() - start);
            if (answer) return fail("step");
        }
#ifdef WITH_PEER
        for (long i = turn; i < turn + TURN; i++) {
            vary(info.input_elements, i);
            int64_t start = now();
            peer_step(features, answers);
            add(&peers, now() - start);
        }
#endif
    }
    getrusage(RUSAGE_SELF, &after);
    report(&ours, steps);
    printf(" overhead %.1f faults %ld switches %ld\n", overhead(session, info.input_elements, info.output_elements), after.ru_minflt - before.ru_minflt, after.ru_nivcsw - before.ru_nivcsw);
#ifdef WITH_PEER
    report(&peers, steps);
    printf("\n");
#endif
    return 0;
}
