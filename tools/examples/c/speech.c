/*
 * speech.c - what is said in a WAV file, and from when to when.
 *
 *     speech FILE.wav [MODEL]
 *
 * Reads 16-bit samples of one channel in pieces of 20 ms, as a microphone would give them, and prints what the model says as it says it.
 */
#include <seqstream.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SAMPLES = 4096 };

static int fail(const char *what) {
    fprintf(stderr, "speech: %s: %s\n", what, seqstream_last_message());
    return 1;
}

static uint32_t number(const unsigned char *bytes, int count) {
    uint32_t value = 0;
    while (count-- > 0) value = value << 8 | bytes[count];
    return value;
}

/* Finds the samples of a WAV file; 0 if it is none of 16 bits and one channel. */
static int open_wav(FILE *file, uint32_t *rate, uint32_t *samples) {
    unsigned char head[12], chunk[8], format[16];
    if (fread(head, 1, 12, file) != 12 || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "WAVE", 4) != 0) return 0;
    while (fread(chunk, 1, 8, file) == 8) {
        uint32_t bytes = number(chunk + 4, 4);
        if (memcmp(chunk, "data", 4) == 0) {
            *samples = bytes / 2;
            return 1;
        }
        if (memcmp(chunk, "fmt ", 4) == 0 && bytes >= 16) {
            if (fread(format, 1, 16, file) != 16) return 0;
            if (number(format, 2) != 1 || number(format + 2, 2) != 1 || number(format + 14, 2) != 16) return 0;
            *rate = number(format + 4, 4);
            bytes -= 16;
        }
        if (fseek(file, (long)(bytes + (bytes & 1)), SEEK_CUR) != 0) return 0;
    }
    return 0;
}

static void tell(seqstream_stream stream) {
    seqstream_emission said = {.struct_size = sizeof said};
    while (seqstream_stream_poll(stream, &said) == 1) {
        if (said.kind == SEQSTREAM_LABEL && !said.is_partial) printf("%.3f %.3f %s %.4f\n", said.span_start, said.span_end, said.label, said.score);
        if (said.kind == SEQSTREAM_TEXT && !said.is_partial) printf("%.3f %.3f %s\n", said.span_start, said.span_end, said.text);
    }
}

int main(int argc, char **argv) {
    seqstream_model model;
    seqstream_model_info info = {.struct_size = sizeof info};
    seqstream_stream stream;
    uint32_t rate = 0, left = 0, sent = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: speech FILE.wav [MODEL]\n");
        return 2;
    }
    FILE *file = fopen(argv[1], "rb");
    if (file == NULL || !open_wav(file, &rate, &left)) {
        fprintf(stderr, "speech: '%s' is no WAV file of 16 bits and one channel\n", argv[1]);
        return 1;
    }
    if (seqstream_model_load(argc > 2 ? argv[2] : "speech-tags", NULL, &model)) return fail("the model cannot be loaded");
    if (seqstream_model_describe(model, &info)) return fail("the model");
    if (info.sample_rate_hz != (int32_t)rate) {
        fprintf(stderr, "speech: '%s' has %u samples a second, the model wants %d\n", argv[1], (unsigned)rate, (int)info.sample_rate_hz);
        return 1;
    }
    if (seqstream_stream_create(model, &stream)) return fail("no stream");
    while (left > 0) {
        unsigned char bytes[2 * MOST_SAMPLES];
        float samples[MOST_SAMPLES];
        uint32_t piece = rate / 50 < MOST_SAMPLES ? rate / 50 : MOST_SAMPLES;
        size_t count = fread(bytes, 2, piece < left ? piece : left, file);
        if (count == 0) break;
        for (size_t i = 0; i < count; i++) samples[i] = (float)(int16_t)number(bytes + 2 * i, 2) / 32768.0f;
        if (seqstream_stream_push(stream, samples, count, (double)sent / rate)) return fail("sound");
        tell(stream);
        sent += (uint32_t)count;
        left -= (uint32_t)count;
    }
    if (seqstream_stream_end(stream)) return fail("the end");
    tell(stream);
    fclose(file);
    seqstream_stream_free(stream);
    seqstream_model_free(model);
    return 0;
}
