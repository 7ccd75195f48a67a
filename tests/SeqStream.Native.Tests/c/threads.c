/*
 * threads.c MODEL - threads that misuse the same session get answers, not crashes: every step was made once or answered BUSY, and a session that another thread frees is an invalid handle.
 * Sessions of their own never disturb each other. Ends with 0 if so.
 */
#include <pthread.h>
#include <seqstream.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, STEPS = 20000, FREES = 300, MOST = 4096 };

static seqstream_model model;
static volatile seqstream_session shared;
static size_t inputs, outputs;
static float expected[MOST];

struct count {
    long made, busy, other;
};

static void *step_shared(void *argument) {
    struct count *count = argument;
    float features[MOST] = {0}, answers[MOST];
    for (int i = 0; i < STEPS; i++) {
        int32_t answer = seqstream_session_step(shared, features, inputs, answers, outputs);
        if (answer == SEQSTREAM_OK) count->made++;
        else if (answer == SEQSTREAM_BUSY && seqstream_last_error() == SEQSTREAM_BUSY) count->busy++;
        else count->other++;
    }
    return NULL;
}

static void *step_own(void *argument) {
    struct count *count = argument;
    float features[MOST] = {0}, answers[MOST];
    for (int i = 0; i < FREES; i++) {
        seqstream_session own;
        if (seqstream_session_create(model, &own) || seqstream_session_step(own, features, inputs, answers, outputs) || memcmp(answers, expected, outputs * sizeof(float)) || seqstream_session_free(own)) count->other++;
        if (seqstream_session_step(own, features, inputs, answers, outputs) != SEQSTREAM_INVALID_HANDLE) count->other++;
        /* Whoever comes first frees it; the others are told. */
        seqstream_session both = shared;
        int32_t answer = seqstream_session_free(both);
        if (answer == SEQSTREAM_OK) {
            count->made++;
            seqstream_session next;
            if (seqstream_session_create(model, &next)) count->other++;
            shared = next;
        } else if (answer != SEQSTREAM_BUSY && answer != SEQSTREAM_INVALID_HANDLE) count->other++;
    }
    return NULL;
}

static int run(void *(*work)(void *), struct count *sum) {
    pthread_t threads[THREADS];
    struct count counts[THREADS];
    memset(counts, 0, sizeof counts);
    memset(sum, 0, sizeof *sum);
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, work, &counts[i])) return 0;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum->made += counts[i].made;
        sum->busy += counts[i].busy;
        sum->other += counts[i].other;
    }
    return 1;
}

static int32_t create_shared(void) {
    seqstream_session created;
    int32_t answer = seqstream_session_create(model, &created);
    shared = created;
    return answer;
}

int main(int argc, char **argv) {
    seqstream_model_info info = {.struct_size = sizeof info};
    struct count sum;
    int64_t steps = 0;
    float features[MOST] = {0};
    if (argc < 2 || seqstream_model_load(argv[1], NULL, &model) || seqstream_model_describe(model, &info)) return 2;
    inputs = info.input_elements;
    outputs = info.output_elements;
    if (inputs > MOST || outputs > MOST || create_shared() || seqstream_session_step(shared, features, inputs, expected, outputs) || seqstream_session_reset(shared)) return 2;
    if (!run(step_shared, &sum) || seqstream_session_steps(shared, &steps)) return 2;
    if (sum.made != steps || sum.made + sum.busy != (long)THREADS * STEPS || sum.other != 0) {
        fprintf(stderr, "threads: %ld made, %ld busy, %ld other; the session says %ld steps\n", sum.made, sum.busy, sum.other, (long)steps);
        return 1;
    }
    if (!run(step_own, &sum)) return 2;
    if (sum.other != 0 || sum.made == 0) {
        fprintf(stderr, "threads: %ld wrong answers, %ld frees\n", sum.other, sum.made);
        return 1;
    }
    return 0;
}
