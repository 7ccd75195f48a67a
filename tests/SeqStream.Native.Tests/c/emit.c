/*
 * emit.c KIND MODEL - feeds stdin to a model and prints what it says as JSON Lines, as "seqstream run" does.
 * KIND: csv (a row is a frame), text (a line is a sequence), pcm (16-bit samples of the model's rate).
 */
#include <seqstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what) {
    fprintf(stderr, "emit: %s: %s\n", what, seqstream_last_message());
    return 1;
}

static int tell(seqstream_stream stream) {
    static char json[1 << 20];
    size_t bytes;
    int32_t answer;
    while ((answer = seqstream_stream_poll_json(stream, json, sizeof json - 1, &bytes)) == 1) {
        json[bytes] = 0;
        if (strstr(json, "\"end\":\"ended\"") != NULL) continue; /* "run" leaves it out */
        fwrite(json, 1, bytes, stdout);
        putchar('\n');
    }
    return answer;
}

int main(int argc, char **argv) {
    static char line[1 << 20];
    static float numbers[1 << 16];
    seqstream_model model;
    seqstream_model_info info = {.struct_size = sizeof info};
    seqstream_stream stream;
    if (argc < 3) return 2;
    if (seqstream_model_load(argv[2], NULL, &model) || seqstream_model_describe(model, &info) || seqstream_stream_create(model, &stream)) return fail("load");
    if (strcmp(argv[1], "pcm") == 0) {
        int16_t samples[320];
        size_t count, sent = 0;
        while ((count = fread(samples, sizeof samples[0], 320, stdin)) > 0) {
            for (size_t i = 0; i < count; i++) numbers[i] = (float)samples[i] / 32768.0f;
            if (seqstream_stream_push(stream, numbers, count, (double)sent / info.sample_rate_hz)) return fail("push");
            if (tell(stream)) return fail("poll");
            sent += count;
        }
    }
    while (strcmp(argv[1], "pcm") != 0 && fgets(line, sizeof line, stdin)) {
        size_t length = strcspn(line, "\n");
        if (strcmp(argv[1], "text") == 0) {
            if (seqstream_stream_push_text(stream, line, length, SEQSTREAM_NO_TIME) || seqstream_stream_end(stream)) return fail("text");
        } else {
            size_t count = 0;
            char *at = line, *end;
            for (;; at = *end == ',' ? end + 1 : end) {
                numbers[count] = strtof(at, &end);
                if (end == at) break;
                count++;
            }
            if (seqstream_stream_push(stream, numbers, count, SEQSTREAM_NO_TIME)) return fail("row");
        }
        if (tell(stream)) return fail("poll");
    }
    if (seqstream_stream_end(stream) || tell(stream)) return fail("end");
    return seqstream_stream_free(stream) || seqstream_model_free(model) ? fail("free") : 0;
}
