/*
 * fuzz.c SEED CALLS - random calls of every function with arguments that are mostly wrong: each must answer a code, none may crash, and nothing may leak.
 * Prints "CALLS calls, ERRORS errors, KILOBYTES kB grown, BYTES B of the allocator grown, HANDLES handles"; ends with 1 where a rule was broken.
 * The allocator's bytes are the fewest that were in use after everything was freed, in the last tenth of the calls less those in the second: what waits for the collector does not count.
 */
#include "counted.h"
#include <limits.h>
#include <seqstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HANDLES = 64, OWNED = 4096, ROOM = 4096 };

static uint64_t state;
static uint64_t handles[HANDLES];
static uint64_t owned[OWNED]; /* all that were created since the last clearing */
static size_t owned_count;
static unsigned char bytes[ROOM];
static float numbers[ROOM];
static float answers[ROOM];

/* xorshift64* */
static uint64_t next(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static uint64_t below(uint64_t limit) { return next() % limit; }

/* A live handle, one that was freed, one of a neighbour, or any number. */
static uint64_t any_handle(void) {
    switch (below(6)) {
    case 0: return next();
    case 1: return below(4);
    case 2: return handles[below(HANDLES)] + below(3) - 1;
    case 3: return handles[below(HANDLES)] ^ (UINT64_C(1) << (32 + below(32)));
    default: return handles[below(HANDLES)];
    }
}

static void own(uint64_t handle) {
    if (handle != 0 && owned_count < OWNED) owned[owned_count++] = handle;
}

static void keep(uint64_t handle) {
    own(handle);
    if (handle != 0) handles[below(HANDLES)] = handle;
}

/* A length: small, right, too large for the memory behind it only where no memory is given. */
static size_t any_length(void) {
    static const size_t lengths[] = {0, 1, 6, 7, 42, 160, ROOM};
    return lengths[below(sizeof lengths / sizeof lengths[0])];
}

static size_t huge(void) { return (size_t)next() | (size_t)1 << 40; }

static void *maybe(void *pointer) { return below(8) == 0 ? NULL : pointer; }

static long resident_kilobytes(void) {
    long pages = 0, ignored;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    if (fscanf(file, "%ld %ld", &ignored, &pages) != 2) pages = 0;
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int32_t call(const char *good_model) {
    uint64_t created = 0;
    size_t needed = 0;
    int64_t steps = 0;
    const char *label = NULL;
    seqstream_model_info info;
    seqstream_port port;
    seqstream_emission said;
    int32_t answer;
    memset(&said, 0, sizeof said);
    info.struct_size = (uint32_t)(below(3) ? sizeof info : below(1000));
    port.struct_size = (uint32_t)(below(3) ? sizeof port : below(1000));
    said.struct_size = (uint32_t)(below(3) ? sizeof said : below(1000));
    for (int i = 0; i < 8; i++) bytes[below(ROOM)] = (unsigned char)next();
    switch (below(34)) {
    case 0: return seqstream_model_load(maybe((void *)(below(3) ? "no such model" : "")), maybe((void *)"/nowhere"), maybe(&created));
    case 1:
        if (below(64) != 0) return seqstream_model_describe(any_handle(), maybe(&info));
        answer = seqstream_model_load(good_model, NULL, &created);
        keep(created);
        return answer;
    case 2: return seqstream_model_load_memory(maybe(bytes), any_length(), below(2) ? NULL : bytes, below(2) ? 0 : any_length(), maybe(&created));
    case 3: return below(16) ? SEQSTREAM_OK : seqstream_model_free(any_handle());
    case 4: return seqstream_model_describe(any_handle(), maybe(&info));
    case 5: return seqstream_model_port(any_handle(), (int32_t)below(3), (uint32_t)below(3), maybe(&port));
    case 6: return seqstream_model_label(any_handle(), (uint32_t)(below(2) ? below(9) : next()), maybe((void *)&label));
    case 7: return seqstream_model_json(any_handle(), maybe(bytes), any_length(), maybe(&needed));
    case 8:
    case 9:
        answer = seqstream_session_create(any_handle(), maybe(&created));
        keep(created);
        return answer;
    case 10: return seqstream_session_free(any_handle());
    case 11:
    case 12: return seqstream_session_step(any_handle(), maybe(numbers), any_length(), maybe(answers), any_length());
    case 13: return seqstream_session_step(any_handle(), NULL, huge(), NULL, huge());
    case 14: return seqstream_session_step_sequence(any_handle(), maybe(numbers), any_length(), maybe(answers), any_length());
    case 15: return seqstream_session_peek(any_handle(), maybe(numbers), any_length(), maybe(answers), any_length());
    case 16: return seqstream_session_set_input(any_handle(), (uint32_t)below(3), maybe(numbers), any_length() * 4 % ROOM);
    case 17: return seqstream_session_run(any_handle());
    case 18: return seqstream_session_get_output(any_handle(), (uint32_t)below(3), maybe(answers), any_length() * 4 % ROOM);
    case 19: return seqstream_session_steps(any_handle(), maybe(&steps));
    case 20: return seqstream_session_end(any_handle(), (int64_t)next());
    case 21: return seqstream_session_reset(any_handle());
    case 22:
        answer = seqstream_session_fork(any_handle(), maybe(&created));
        keep(created);
        return answer;
    case 23: return seqstream_session_save(any_handle(), maybe(bytes), any_length(), maybe(&needed));
    case 24: return seqstream_session_restore(any_handle(), maybe(bytes), any_length());
    case 25:
        answer = seqstream_batch_create(any_handle(), (uint32_t)(below(4) ? below(9) : next() | 1u << 20), maybe(&created));
        keep(created);
        return answer;
    case 26: return below(2) ? seqstream_batch_free(any_handle()) : seqstream_batch_step(any_handle(), maybe(handles), below(9), maybe(numbers), any_length(), maybe(answers), any_length());
    case 27:
        answer = seqstream_stream_create(any_handle(), maybe(&created));
        keep(created);
        return answer;
    case 28: return below(2) ? seqstream_stream_free(any_handle()) : seqstream_stream_reset(any_handle());
    case 29: return seqstream_stream_push(any_handle(), maybe(numbers), any_length(), (double)next());
    case 30: return below(2) ? seqstream_stream_push_text(any_handle(), maybe(bytes), any_length(), seqstream_no_time()) : seqstream_stream_push_text(any_handle(), NULL, huge(), 0);
    case 31: return below(2) ? seqstream_stream_end(any_handle()) : seqstream_stream_waiting(any_handle(), maybe(&needed));
    case 32: return below(2) ? seqstream_stream_poll(any_handle(), maybe(&said)) : seqstream_stream_poll_json(any_handle(), maybe(bytes), any_length(), maybe(&needed));
    default:
        if (below(2)) return below(2) ? seqstream_stream_save(any_handle(), maybe(bytes), any_length(), maybe(&needed)) : seqstream_stream_restore(any_handle(), maybe(bytes), any_length());
        answer = seqstream_stream_fork(any_handle(), maybe(&created));
        keep(created);
        return answer;
    }
}

static void free_all(void) {
    for (size_t i = 0; i < owned_count; i++) {
        seqstream_session_free(owned[i]);
        seqstream_batch_free(owned[i]);
        seqstream_stream_free(owned[i]);
        seqstream_model_free(owned[i]);
    }
    owned_count = 0;
    memset(handles, 0, sizeof handles);
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    state = strtoull(argv[1], NULL, 10) * 2 + 1;
    long calls = strtol(argv[2], NULL, 10), errors = 0, grown = 0, start = 0, tenth = calls / 10, least_before = LONG_MAX, least_after = LONG_MAX;
    for (long i = 0; i < calls; i++) {
        if (i % 1000 == 0) {
            free_all();
            if (i >= tenth && i < 2 * tenth && allocated_bytes < least_before) least_before = allocated_bytes;
            if (i >= calls - tenth && allocated_bytes < least_after) least_after = allocated_bytes;
            uint64_t model = 0;
            if (seqstream_model_load(argv[3], NULL, &model) != SEQSTREAM_OK) {
                fprintf(stderr, "fuzz: %s\n", seqstream_last_message());
                return 1;
            }
            own(model);
            for (int at = 0; at < HANDLES; at += 4) {
                handles[at] = model;
                seqstream_session_create(model, &handles[at + 1]);
                seqstream_stream_create(model, &handles[at + 2]);
                seqstream_batch_create(model, 4, &handles[at + 3]);
                for (int kind = 1; kind < 4; kind++) own(handles[at + kind]);
            }
            if (i == calls / 10) start = resident_kilobytes();
        }
        int32_t answer = call(argv[3]);
        if (answer == SEQSTREAM_INTERNAL || answer > 1 || (answer < SEQSTREAM_UNAVAILABLE && answer != SEQSTREAM_INTERNAL)) {
            fprintf(stderr, "fuzz: call %ld answered %d: %s\n", i, (int)answer, seqstream_last_message());
            return 1;
        }
        if (answer < 0) {
            errors++;
            if (seqstream_last_error() != answer || seqstream_last_message()[0] == 0) {
                fprintf(stderr, "fuzz: call %ld answered %d without a message\n", i, (int)answer);
                return 1;
            }
        }
    }
    free_all();
    grown = resident_kilobytes() - start;
    printf("%ld calls, %ld errors, %ld kB grown, %ld B of the allocator grown, %zu handles\n", calls, errors, grown, least_after - least_before, seqstream_live_handles());
    return 0;
}
