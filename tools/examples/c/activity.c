/*
 * activity.c - what the wearer of radio sensors is doing, at every reading.
 *
 *     activity [MODEL] < readings.csv
 *
 * Reads lines of six numbers and prints the label and its probability for each.
 */
#include <seqstream.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
    fprintf(stderr, "activity: %s: %s\n", what, seqstream_last_message());
    return 1;
}

/* Reads a line of numbers between commas; answers how many. */
static size_t read_row(const char *line, float *row, size_t most) {
    size_t count = 0;
    char *end;
    while (count < most) {
        row[count] = strtof(line, &end);
        if (end == line) break;
        count++;
        line = *end == ',' ? end + 1 : end;
    }
    return count;
}

int main(int argc, char **argv) {
    seqstream_model model;
    seqstream_stream stream;
    seqstream_emission said = {.struct_size = sizeof said};
    char line[4096];
    float row[64];
    if (seqstream_abi() != SEQSTREAM_ABI) return fail("the library has another version than its header");
    if (seqstream_model_load(argc > 1 ? argv[1] : "activity", NULL, &model)) return fail("the model cannot be loaded");
    if (seqstream_stream_create(model, &stream)) return fail("no stream");
    while (fgets(line, sizeof line, stdin)) {
        if (seqstream_stream_push(stream, row, read_row(line, row, 64), SEQSTREAM_NO_TIME)) return fail("a reading");
        while (seqstream_stream_poll(stream, &said) == 1) printf("%s %.6f\n", said.label, said.score);
    }
    if (seqstream_stream_end(stream)) return fail("the end");
    while (seqstream_stream_poll(stream, &said) == 1) {
        if (said.kind == SEQSTREAM_LABEL) printf("%s %.6f\n", said.label, said.score);
    }
    seqstream_stream_free(stream);
    seqstream_model_free(model);
    return 0;
}
