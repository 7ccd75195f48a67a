/*
 * bits.c MODEL - a session that was saved, restored, forked, peeked at or stepped in a batch answers what it would have answered alone, bit for bit; so does a stream.
 * Ends with 0 if so; otherwise says what differs.
 */
#include <seqstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS = 13, STEPS = 60, MOST = 4096 };

static size_t inputs, outputs;

static int fail(const char *what) {
    fprintf(stderr, "bits: %s (%s)\n", what, seqstream_last_message());
    return 1;
}

/* Numbers that are the same in every run. */
static void fill(float *values, size_t count, unsigned stream, unsigned step) {
    uint32_t at = stream * 7919u + step * 104729u + 1u;
    for (size_t i = 0; i < count; i++) {
        at = at * 1664525u + 1013904223u;
        values[i] = (float)(at >> 8) / 8388608.0f - 1.0f;
    }
}

static float alone[STREAMS][STEPS][MOST];
static float features[STREAMS][MOST];
static float packed[STREAMS * MOST];
static float answers[STREAMS * MOST];
static float other[MOST];
static unsigned char saved[1 << 20];

static int check_sessions(seqstream_model model) {
    seqstream_session sessions[STREAMS], fork, restored, order[STREAMS];
    seqstream_batch batch;
    size_t needed = 0;
    for (unsigned s = 0; s < STREAMS; s++) {
        if (seqstream_session_create(model, &sessions[s])) return fail("create");
        for (unsigned t = 0; t < STEPS; t++) {
            fill(features[s], inputs, s, t);
            if (seqstream_session_step(sessions[s], features[s], inputs, alone[s][t], outputs)) return fail("step");
        }
        if (seqstream_session_reset(sessions[s])) return fail("reset");
    }
    if (seqstream_batch_create(model, STREAMS, &batch)) return fail("batch");
    for (unsigned t = 0; t < STEPS; t++) {
        /* Streams leave and join: the number and the order change with every step, and each stream is where it is by itself. */
        unsigned count = 1 + t % STREAMS;
        for (unsigned s = 0; s < count; s++) order[s] = sessions[(s + t) % STREAMS];
        for (unsigned s = 0; s < count; s++) {
            int64_t steps;
            if (seqstream_session_steps(order[s], &steps)) return fail("steps");
            fill(packed + s * inputs, inputs, (s + t) % STREAMS, (unsigned)steps);
        }
        if (seqstream_batch_step(batch, order, count, packed, count * inputs, answers, count * outputs)) return fail("batch step");
        for (unsigned s = 0; s < count; s++) {
            int64_t steps;
            seqstream_session_steps(order[s], &steps);
            if (memcmp(answers + s * outputs, alone[(s + t) % STREAMS][steps - 1], outputs * sizeof(float))) return fail("a batch differs from single steps");
        }
    }
    order[0] = order[1] = sessions[0];
    if (seqstream_batch_step(batch, order, 2, packed, 2 * inputs, answers, 2 * outputs) != SEQSTREAM_INVALID_ARGUMENT) return fail("a session was stepped twice in a batch");
    if (seqstream_session_step(sessions[0], packed, inputs, answers, outputs)) return fail("a refused batch kept its session");

    if (seqstream_session_reset(sessions[0]) || seqstream_session_create(model, &restored)) return fail("reset");
    for (unsigned t = 0; t < STEPS; t++) {
        fill(features[0], inputs, 0, t);
        if (t == STEPS / 2) {
            if (seqstream_session_fork(sessions[0], &fork)) return fail("fork");
            if (seqstream_session_save(sessions[0], NULL, 0, &needed) != SEQSTREAM_BUFFER_TOO_SMALL) return fail("the size of a saved state");
            if (seqstream_session_save(sessions[0], saved, sizeof saved, &needed)) return fail("save");
            if (seqstream_session_restore(restored, saved, needed)) return fail("restore");
            saved[needed / 2] ^= 1;
            if (seqstream_session_restore(restored, saved, needed) != SEQSTREAM_BAD_STATE) return fail("a damaged state was taken");
        }
        if (seqstream_session_peek(sessions[0], features[0], inputs, other, outputs)) return fail("peek");
        if (memcmp(other, alone[0][t], outputs * sizeof(float))) return fail("peek differs");
        if (seqstream_session_step(sessions[0], features[0], inputs, other, outputs)) return fail("step");
        if (memcmp(other, alone[0][t], outputs * sizeof(float))) return fail("a session that was peeked at differs");
        if (t < STEPS / 2) continue;
        if (seqstream_session_step(fork, features[0], inputs, other, outputs)) return fail("step of a fork");
        if (memcmp(other, alone[0][t], outputs * sizeof(float))) return fail("a fork differs");
        if (seqstream_session_set_input(restored, 0, features[0], inputs * sizeof(float)) || seqstream_session_run(restored) || seqstream_session_get_output(restored, 0, other, outputs * sizeof(float)))
            return fail("ports");
        if (memcmp(other, alone[0][t], outputs * sizeof(float))) return fail("a restored session differs");
    }
    if (seqstream_session_reset(sessions[1])) return fail("reset");
    for (unsigned t = 0; t < STREAMS; t++) fill(packed + t * inputs, inputs, 1, t);
    if (seqstream_session_step_sequence(sessions[1], packed, STREAMS * inputs, answers, STREAMS * outputs)) return fail("sequence");
    for (unsigned t = 0; t < STREAMS; t++) {
        if (memcmp(answers + t * outputs, alone[1][t], outputs * sizeof(float))) return fail("a sequence differs from single steps");
    }
    for (unsigned s = 0; s < STREAMS; s++) seqstream_session_free(sessions[s]);
    seqstream_session_free(fork);
    seqstream_session_free(restored);
    seqstream_batch_free(batch);
    return 0;
}

/* The next emission of two streams is the same. */
static int same(seqstream_stream a, seqstream_stream b) {
    static char first[1 << 16], second[1 << 16];
    size_t first_bytes, second_bytes;
    for (;;) {
        int32_t said = seqstream_stream_poll_json(a, first, sizeof first, &first_bytes), also = seqstream_stream_poll_json(b, second, sizeof second, &second_bytes);
        if (said != also || said < 0) return 0;
        if (said == 0) return 1;
        if (first_bytes != second_bytes || memcmp(first, second, first_bytes)) return 0;
    }
}

static int check_streams(seqstream_model model, size_t row) {
    seqstream_stream stream, fork = 0, restored;
    size_t needed = 0;
    float values[MOST];
    if (seqstream_stream_create(model, &stream) || seqstream_stream_create(model, &restored)) return fail("stream");
    for (unsigned t = 0; t < STEPS; t++) {
        fill(values, row, 5, t);
        for (size_t i = 0; i < row; i++) values[i] = 20.0f * (values[i] + 1.0f);
        if (seqstream_stream_push(stream, values, row, t * 0.25)) return fail("push");
        if (t > STEPS / 2) {
            if (seqstream_stream_push(fork, values, row, t * 0.25)) return fail("push to a fork");
            if (seqstream_stream_push(restored, values, row, t * 0.25)) return fail("push to a restored stream");
            seqstream_stream third;
            if (seqstream_stream_fork(stream, &third) || seqstream_stream_free(third)) return fail("fork");
        }
        if (t == STEPS / 2) {
            seqstream_emission said = {.struct_size = sizeof said};
            while (seqstream_stream_poll(stream, &said) == 1) continue;
            if (seqstream_stream_fork(stream, &fork)) return fail("fork");
            if (seqstream_stream_save(stream, NULL, 0, &needed) != SEQSTREAM_BUFFER_TOO_SMALL) return fail("the size of a saved stream");
            if (seqstream_stream_save(stream, saved, sizeof saved, &needed)) return fail("save");
            if (seqstream_stream_restore(restored, saved, needed)) return fail("restore");
        }
        if (t == STEPS - 1 && (seqstream_stream_end(stream) || seqstream_stream_end(fork))) return fail("end");
    }
    if (!same(stream, fork)) return fail("a forked stream differs");
    seqstream_stream_free(stream);
    seqstream_stream_free(fork);
    seqstream_stream_free(restored);
    return 0;
}

int main(int argc, char **argv) {
    seqstream_model model;
    seqstream_model_info info = {.struct_size = sizeof info};
    if (argc < 2) return 2;
    if (seqstream_model_load(argv[1], NULL, &model) || seqstream_model_describe(model, &info)) return fail("load");
    inputs = info.input_elements;
    outputs = info.output_elements;
    if (!info.has_plain_ports || inputs > MOST || outputs > MOST || info.row_numbers > MOST) return fail("this model has other ports");
    if (check_sessions(model) || check_streams(model, info.row_numbers)) return 1;
    if (seqstream_model_free(model) || seqstream_live_handles() != 0) return fail("handles are left");
    return 0;
}
