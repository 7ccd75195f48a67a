/*
 * libseqstream.c - the library that programs link: it looks at the processor, loads the build of SeqStream for it from beside itself, and passes every call on.
 *
 * Code that is compiled ahead of time knows no better processor than it was compiled for, so there is a build for each level: libseqstream-avx512.so, libseqstream-avx2.so and
 * libseqstream-baseline.so. The best one that the processor can run and that is there is taken, never one that would be emulated. SEQSTREAM_LEVEL asks for a lower one.
 * A level that the processor can run but whose file is absent is told on seqstream_last_message(); the next lower one is not taken in silence: every function then answers
 * SEQSTREAM_UNAVAILABLE.
 *
 * Passing on costs one indirect jump. Everything is resolved when this library is loaded; no call resolves anything.
 */
#define _GNU_SOURCE
#define SEQSTREAM_BUILDING
#include <seqstream.h>

#include "level.h"

#include <dlfcn.h>

/* Every function that answers a status: name, parameters, arguments. */
#define FUNCTIONS(F)                                                                                                                                                      \
    F(model_load, (const char *model, const char *folder, seqstream_model *handle), (model, folder, handle))                                                             \
    F(model_load_memory, (const void *onnx, size_t onnx_bytes, const void *card, size_t card_bytes, seqstream_model *handle), (onnx, onnx_bytes, card, card_bytes, handle)) \
    F(model_free, (seqstream_model model), (model))                                                                                                                       \
    F(model_describe, (seqstream_model model, seqstream_model_info *info), (model, info))                                                                                \
    F(model_port, (seqstream_model model, int32_t is_output, uint32_t index, seqstream_port *port), (model, is_output, index, port))                                     \
    F(model_label, (seqstream_model model, uint32_t index, const char **label), (model, index, label))                                                                   \
    F(model_json, (seqstream_model model, char *buffer, size_t capacity, size_t *needed), (model, buffer, capacity, needed))                                             \
    F(session_create, (seqstream_model model, seqstream_session *handle), (model, handle))                                                                               \
    F(session_free, (seqstream_session session), (session))                                                                                                               \
    F(session_step, (seqstream_session session, const float *features, size_t feature_count, float *outputs, size_t output_count),                                       \
      (session, features, feature_count, outputs, output_count))                                                                                                          \
    F(session_step_sequence, (seqstream_session session, const float *features, size_t feature_count, float *outputs, size_t output_count),                              \
      (session, features, feature_count, outputs, output_count))                                                                                                          \
    F(session_peek, (seqstream_session session, const float *features, size_t feature_count, float *outputs, size_t output_count),                                       \
      (session, features, feature_count, outputs, output_count))                                                                                                          \
    F(session_set_input, (seqstream_session session, uint32_t index, const void *data, size_t bytes), (session, index, data, bytes))                                     \
    F(session_run, (seqstream_session session), (session))                                                                                                                \
    F(session_get_output, (seqstream_session session, uint32_t index, void *data, size_t bytes), (session, index, data, bytes))                                          \
    F(session_steps, (seqstream_session session, int64_t *steps), (session, steps))                                                                                       \
    F(session_end, (seqstream_session session, int64_t frames), (session, frames))                                                                                        \
    F(session_reset, (seqstream_session session), (session))                                                                                                              \
    F(session_fork, (seqstream_session session, seqstream_session *handle), (session, handle))                                                                            \
    F(session_save, (seqstream_session session, void *buffer, size_t capacity, size_t *needed), (session, buffer, capacity, needed))                                     \
    F(session_restore, (seqstream_session session, const void *saved, size_t bytes), (session, saved, bytes))                                                             \
    F(batch_create, (seqstream_model model, uint32_t max_sessions, seqstream_batch *handle), (model, max_sessions, handle))                                              \
    F(batch_free, (seqstream_batch batch), (batch))                                                                                                                       \
    F(batch_step,                                                                                                                                                         \
      (seqstream_batch batch, const seqstream_session *sessions, size_t count, const float *features, size_t feature_count, float *outputs, size_t output_count),        \
      (batch, sessions, count, features, feature_count, outputs, output_count))                                                                                           \
    F(stream_create, (seqstream_model model, seqstream_stream *handle), (model, handle))                                                                                  \
    F(stream_free, (seqstream_stream stream), (stream))                                                                                                                   \
    F(stream_push, (seqstream_stream stream, const float *numbers, size_t count, double time), (stream, numbers, count, time))                                           \
    F(stream_push_text, (seqstream_stream stream, const char *text, size_t bytes, double time), (stream, text, bytes, time))                                             \
    F(stream_end, (seqstream_stream stream), (stream))                                                                                                                    \
    F(stream_reset, (seqstream_stream stream), (stream))                                                                                                                  \
    F(stream_waiting, (seqstream_stream stream, size_t *count), (stream, count))                                                                                          \
    F(stream_poll, (seqstream_stream stream, seqstream_emission *emission), (stream, emission))                                                                          \
    F(stream_poll_json, (seqstream_stream stream, char *buffer, size_t capacity, size_t *needed), (stream, buffer, capacity, needed))                                    \
    F(stream_fork, (seqstream_stream stream, seqstream_stream *handle), (stream, handle))                                                                                 \
    F(stream_save, (seqstream_stream stream, void *buffer, size_t capacity, size_t *needed), (stream, buffer, capacity, needed))                                         \
    F(stream_restore, (seqstream_stream stream, const void *saved, size_t bytes), (stream, saved, bytes))

/* Until a level is loaded, and where none can be, every function answers so. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define UNAVAILABLE(name, parameters, arguments) \
    static int32_t no_##name parameters { return SEQSTREAM_UNAVAILABLE; }
FUNCTIONS(UNAVAILABLE)
#pragma GCC diagnostic pop

/* The functions of the loaded level. */
static struct {
#define POINTER(name, parameters, arguments) int32_t(*name) parameters;
    FUNCTIONS(POINTER)
    const char *(*version)(void);
    const char *(*level)(void);
    int32_t (*last_error)(void);
    const char *(*last_message)(void);
    size_t (*live_handles)(void);
} level = {
#define INITIAL(name, parameters, arguments) .name = no_##name,
    FUNCTIONS(INITIAL)};

/* Why no level is loaded. Written once, before anybody can call. */
static char problem[1024] = "SeqStream was called before it was loaded.";

#define FORWARD(name, parameters, arguments) \
    SEQSTREAM_API int32_t seqstream_##name parameters { return level.name arguments; }
FUNCTIONS(FORWARD)

SEQSTREAM_API uint32_t seqstream_abi(void) { return SEQSTREAM_ABI; }

SEQSTREAM_API const char *seqstream_version(void) { return level.version ? level.version() : "none"; }

SEQSTREAM_API const char *seqstream_level(void) { return level.level ? level.level() : "none"; }

SEQSTREAM_API int32_t seqstream_last_error(void) { return level.last_error ? level.last_error() : SEQSTREAM_UNAVAILABLE; }

SEQSTREAM_API const char *seqstream_last_message(void) { return level.last_message ? level.last_message() : problem; }

SEQSTREAM_API size_t seqstream_live_handles(void) { return level.live_handles ? level.live_handles() : 0; }

/* The folder of this library, with a slash behind it. */
static int find_folder(char *folder, size_t capacity) {
    Dl_info self;
    const char *slash;
    if (!dladdr((const void *)seqstream_levels, &self) || self.dli_fname == NULL) return 0;
    slash = strrchr(self.dli_fname, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - self.dli_fname) + 1;
    if (length >= capacity) return 0;
    memcpy(folder, self.dli_fname, length);
    folder[length] = 0;
    return 1;
}

static void *resolve(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL && problem[0] == 0) snprintf(problem, sizeof problem, "The library for this processor has no function '%.64s': it is of another version. Install all files of one version.", name);
    return found;
}

/* Takes all functions of a level, or none. */
static void take(void *library) {
    uint32_t (*abi)(void);
    problem[0] = 0;
    *(void **)&abi = resolve(library, "seqstream_abi");
    if (abi == NULL) return;
    if (abi() != SEQSTREAM_ABI) {
        snprintf(problem, sizeof problem, "The library for this processor has interface version %u, expected %u. Install all files of one version.", (unsigned)abi(), (unsigned)SEQSTREAM_ABI);
        return;
    }
#define RESOLVE(name, parameters, arguments) void *found_##name = resolve(library, "seqstream_" #name);
    FUNCTIONS(RESOLVE)
    void *found_version = resolve(library, "seqstream_version"), *found_level = resolve(library, "seqstream_level"), *found_error = resolve(library, "seqstream_last_error");
    void *found_message = resolve(library, "seqstream_last_message"), *found_live = resolve(library, "seqstream_live_handles");
    if (problem[0] != 0) return;
#define TAKE(name, parameters, arguments) *(void **)&level.name = found_##name;
    FUNCTIONS(TAKE)
    *(void **)&level.version = found_version;
    *(void **)&level.level = found_level;
    *(void **)&level.last_error = found_error;
    *(void **)&level.last_message = found_message;
    *(void **)&level.live_handles = found_live;
}

__attribute__((constructor)) static void load(void) {
    char path[4096];
    char folder[3072];
    void *library;
    const char *name = seqstream_choose_level(problem, sizeof problem);
    if (name == NULL) return;
    if (!find_folder(folder, sizeof folder)) {
        snprintf(problem, sizeof problem, "The folder of libseqstream.so cannot be found, so the library for this processor cannot either. Give a shorter path.");
        return;
    }
    snprintf(path, sizeof path, "%slibseqstream-%s.so", folder, name);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        snprintf(problem, sizeof problem, "The library for this processor cannot be loaded: %.700s. Put libseqstream-%s.so beside libseqstream.so, or ask for a lower level by SEQSTREAM_LEVEL.",
                 why == NULL ? path : why, name);
        return;
    }
    take(library);
}
