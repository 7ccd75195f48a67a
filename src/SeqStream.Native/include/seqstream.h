/*
 * seqstream.h - SeqStream inside a C program: streaming inference for models that remember.
 *
 *     seqstream_model model;
 *     seqstream_stream stream;
 *     seqstream_emission said = {.struct_size = sizeof said};
 *     if (seqstream_model_load("models/activity", NULL, &model)) return fail(seqstream_last_message());
 *     seqstream_stream_create(model, &stream);
 *     seqstream_stream_push(stream, readings, 6, SEQSTREAM_NO_TIME);
 *     while (seqstream_stream_poll(stream, &said) == 1) puts(said.label);
 *
 * Two ways to use a model:
 *   a session  is stepped by the numbers of the model's own inputs and answers with the numbers of its outputs: one call, one step;
 *   a stream   takes what a sensor, a microphone or a text gives (frames), runs the model's front end, its steps and its decoder, and says emissions.
 *
 * Rules for every function
 *   Answers    0 (SEQSTREAM_OK) or a negative code; poll functions answer 1 if they gave something and 0 if there was nothing. What failed is told by
 *              seqstream_last_message(). A call that fails has changed nothing, unless its description says otherwise.
 *   Arguments  Pointers may be NULL only where that is said. Lengths are checked before anything is read. No C++ exception and no abort leaves the library because of its
 *              arguments. What no library can check is a pointer to memory that is not there, or shorter than its length says.
 *   Handles    Models, sessions, batches and streams are numbers, not pointers. 0 is never one. One that was freed, is of another kind or was never given is answered by
 *              SEQSTREAM_INVALID_HANDLE. A function that creates something writes 0 to its handle first.
 *   Threads    Any thread may call. A model may be used by many threads at once. A session, batch or stream is used by one call at a time; a second call at the same time is
 *              answered by SEQSTREAM_BUSY and does nothing. Nothing waits for a lock in step, push and poll.
 *   Memory     Arrays are the caller's and are not kept after the call. Texts that the library shows are UTF-8 with a zero byte behind them; they belong to the library and
 *              live as long as is said beside them. Step, peek, batch_step, push, poll, save and restore of sessions allocate nothing once a first call has been made.
 *   Numbers    float is IEEE 754 binary32. For one level (seqstream_level) the bits of a stream's answers depend on nothing but its inputs: not on other streams, on batches,
 *              threads, or how its frames were cut.
 *   Process    The library cannot be unloaded: do not dlclose it and load it again. It handles SIGSEGV inside its own code and passes other faults on. Do not use it in a child
 *              after fork() without exec() where the parent has used it.
 */
#ifndef SEQSTREAM_H
#define SEQSTREAM_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define SEQSTREAM_API __declspec(dllimport)
#elif defined(SEQSTREAM_BUILDING)
#define SEQSTREAM_API __attribute__((visibility("default")))
#else
#define SEQSTREAM_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. Compare it with seqstream_abi() once, at the start. */
#define SEQSTREAM_ABI 1u

/* The time of a frame whose time is not known. */
#define SEQSTREAM_NO_TIME (seqstream_no_time())

/* Handles. */
typedef uint64_t seqstream_model;
typedef uint64_t seqstream_session;
typedef uint64_t seqstream_batch;
typedef uint64_t seqstream_stream;

/* What calls answer. */
typedef enum seqstream_status {
    SEQSTREAM_OK = 0,
    SEQSTREAM_INVALID_ARGUMENT = -1, /* a NULL, a wrong length, an index out of range */
    SEQSTREAM_INVALID_HANDLE = -2,   /* freed, of another kind, or never given */
    SEQSTREAM_BUSY = -3,             /* another call is using it */
    SEQSTREAM_NOT_FOUND = -4,        /* no such model or file */
    SEQSTREAM_BAD_MODEL = -5,        /* no ONNX model, or one that cannot run step by step; the message names the nodes */
    SEQSTREAM_BAD_CARD = -6,         /* card.json cannot be used or does not fit its model */
    SEQSTREAM_BAD_STATE = -7,        /* saved bytes that are damaged or belong to another model */
    SEQSTREAM_REFUSED = -8,          /* a frame that the front end does not take; the stream is as it was */
    SEQSTREAM_BUFFER_TOO_SMALL = -9, /* the number of bytes that are needed was written */
    SEQSTREAM_WRONG_PORTS = -10,     /* the model's inputs and outputs do not go with this function */
    SEQSTREAM_OUT_OF_MEMORY = -11,
    SEQSTREAM_UNAVAILABLE = -12,     /* the library for this processor is missing or does not fit */
    SEQSTREAM_INTERNAL = -99         /* a fault of SeqStream itself: please report the message */
} seqstream_status;

/* Element types of inputs and outputs, as ONNX numbers them. */
typedef enum seqstream_type {
    SEQSTREAM_FLOAT32 = 1,
    SEQSTREAM_UINT8 = 2,
    SEQSTREAM_INT8 = 3,
    SEQSTREAM_UINT16 = 4,
    SEQSTREAM_INT16 = 5,
    SEQSTREAM_INT32 = 6,
    SEQSTREAM_INT64 = 7,
    SEQSTREAM_BOOL = 9,
    SEQSTREAM_FLOAT16 = 10,
    SEQSTREAM_FLOAT64 = 11,
    SEQSTREAM_UINT32 = 12,
    SEQSTREAM_UINT64 = 13
} seqstream_type;

/* ------------------------------------------------------------------ the library */

/* The interface's version that the loaded library has; it must equal SEQSTREAM_ABI. Cannot fail. */
SEQSTREAM_API uint32_t seqstream_abi(void);

/* The library's version, such as "0.1.0". Lives as long as the process. Cannot fail. */
SEQSTREAM_API const char *seqstream_version(void);

/* The instructions the library was compiled for: "avx512", "avx2" or "baseline" (128 bits: SSE, NEON), or "none" where none could be loaded, which
 * seqstream_last_message() explains. Chosen for the processor when the library is loaded; the environment variable SEQSTREAM_LEVEL asks for a lower one.
 * Lives as long as the process. */
SEQSTREAM_API const char *seqstream_level(void);

/* The code of the last call of this thread that failed; SEQSTREAM_OK if none has. Calls that succeed leave it. */
SEQSTREAM_API int32_t seqstream_last_error(void);

/* What that call's fault was, in English: what was found, what was expected, what to do. Never NULL. Lives until the next call of this thread that fails, or its end. */
SEQSTREAM_API const char *seqstream_last_message(void);

/* How many handles are in use: 0 after everything was freed. */
SEQSTREAM_API size_t seqstream_live_handles(void);

/* ------------------------------------------------------------------ models */

/* What a model is. Set struct_size to sizeof(seqstream_model_info) before the call. */
typedef struct seqstream_model_info {
    uint32_t struct_size;
    int32_t has_plain_ports;  /* 1 if it has one float32 input and one float32 output, as seqstream_session_step needs */
    uint32_t inputs;          /* numbers of inputs and outputs of a step */
    uint32_t outputs;
    uint32_t labels;          /* number of labels; 0 if it says none */
    int32_t sample_rate_hz;   /* what seqstream_stream_push takes are samples of sound at this rate; 0 if they are rows */
    uint32_t row_numbers;     /* how many numbers a row for seqstream_stream_push has; 0 for sound and text */
    int32_t frames_per_step;  /* frames that one step takes */
    double steps_per_second;  /* of the data it was trained on; 0 if time plays no part */
    uint64_t model_id;        /* hash of everything that shapes its numbers: saved states fit only the same */
    size_t state_bytes;       /* what one session remembers */
    size_t saved_bytes;       /* what seqstream_session_save writes */
    size_t input_elements;    /* floats of the input and of the output; 0 unless has_plain_ports */
    size_t output_elements;
} seqstream_model_info;

/* One input or output of a step. Set struct_size to sizeof(seqstream_port) before the call. */
typedef struct seqstream_port {
    uint32_t struct_size;
    int32_t type;           /* seqstream_type */
    const char *name;       /* lives until the model is freed */
    size_t elements;        /* product of the dimensions */
    size_t bytes;           /* elements times the size of one */
    uint32_t rank;          /* number of dimensions; those beyond the eighth are not shown */
    uint32_t dimensions[8];
} seqstream_port;

/* Loads a model, compiles it into steps for this processor and makes a trial step, so that no later call is the slow first one.
 *   model    a bundled model's name ("activity"), a folder with a card.json, or the path of an .onnx file
 *   folder   where names are looked up; NULL for the environment variable SEQSTREAM_MODELS, or a folder "models" beside the program, the working directory, or above them
 *   handle   written; free it by seqstream_model_free
 * Errors: NOT_FOUND, BAD_MODEL, BAD_CARD, INVALID_ARGUMENT, OUT_OF_MEMORY. */
SEQSTREAM_API int32_t seqstream_model_load(const char *model, const char *folder, seqstream_model *handle);

/* The same from memory, which is not needed after the call.
 *   onnx, onnx_bytes    an ONNX file's bytes
 *   card, card_bytes    a card.json's bytes, which say how frames become inputs and outputs become emissions; 0 bytes for plain numbers. Cards that name files of
 *                       their folder cannot be used from memory. */
SEQSTREAM_API int32_t seqstream_model_load_memory(const void *onnx, size_t onnx_bytes, const void *card, size_t card_bytes, seqstream_model *handle);

/* Frees a model. Its sessions, batches and streams stay usable; its memory goes when the last of them is freed. Texts that it showed must not be used any more. */
SEQSTREAM_API int32_t seqstream_model_free(seqstream_model model);

/* Says what a model is. */
SEQSTREAM_API int32_t seqstream_model_describe(seqstream_model model, seqstream_model_info *info);

/* Says what one input (is_output 0) or output (is_output 1) is; index counts from 0. */
SEQSTREAM_API int32_t seqstream_model_port(seqstream_model model, int32_t is_output, uint32_t index, seqstream_port *port);

/* Gives the label of one of the model's answers; index counts from 0. The text lives until the model is freed. */
SEQSTREAM_API int32_t seqstream_model_label(seqstream_model model, uint32_t index, const char **label);

/* Says what a model is as a JSON object, without a zero byte behind it.
 *   buffer, capacity   where it is written; NULL and 0 to ask for the size
 *   needed             the number of its bytes is written here, also where the answer is BUFFER_TOO_SMALL; may be NULL */
SEQSTREAM_API int32_t seqstream_model_json(seqstream_model model, char *buffer, size_t capacity, size_t *needed);

/* ------------------------------------------------------------------ sessions: one call, one step */

/* Opens a session in the model's first state. Free it by seqstream_session_free. */
SEQSTREAM_API int32_t seqstream_session_create(seqstream_model model, seqstream_session *handle);

/* Frees a session. */
SEQSTREAM_API int32_t seqstream_session_free(seqstream_session session);

/* Advances the session by one step. For models with one float32 input and one float32 output (has_plain_ports).
 *   features, feature_count   the input: feature_count is input_elements
 *   outputs, output_count     written: output_count is output_elements. The two arrays may overlap.
 * Errors: INVALID_ARGUMENT, INVALID_HANDLE, BUSY, WRONG_PORTS; the session has not moved then. */
SEQSTREAM_API int32_t seqstream_session_step(seqstream_session session, const float *features, size_t feature_count, float *outputs, size_t output_count);

/* The same for several steps in a row: features is [steps][input_elements], outputs [steps][output_elements]. The two must not overlap. */
SEQSTREAM_API int32_t seqstream_session_step_sequence(seqstream_session session, const float *features, size_t feature_count, float *outputs, size_t output_count);

/* Answers what seqstream_session_step would, and leaves the session where it is. */
SEQSTREAM_API int32_t seqstream_session_peek(seqstream_session session, const float *features, size_t feature_count, float *outputs, size_t output_count);

/* For models with any inputs and outputs: write each input, run, read each output. bytes is that of seqstream_port. An input that is not written again keeps its value. */
SEQSTREAM_API int32_t seqstream_session_set_input(seqstream_session session, uint32_t index, const void *data, size_t bytes);
SEQSTREAM_API int32_t seqstream_session_run(seqstream_session session);
SEQSTREAM_API int32_t seqstream_session_get_output(seqstream_session session, uint32_t index, void *data, size_t bytes);

/* Writes how many steps the session has made since it was opened or reset. */
SEQSTREAM_API int32_t seqstream_session_steps(seqstream_session session, int64_t *steps);

/* For models whose answers depend on where the sequence ends: tells how many frames it has in all, before the first step behind its end. Other models do not mind. */
SEQSTREAM_API int32_t seqstream_session_end(seqstream_session session, int64_t frames);

/* Puts the session into the model's first state. */
SEQSTREAM_API int32_t seqstream_session_reset(seqstream_session session);

/* Opens another session that remembers the same. It is independent from then on; free it. */
SEQSTREAM_API int32_t seqstream_session_fork(seqstream_session session, seqstream_session *handle);

/* Writes what the session remembers: bytes that any process with the same model can restore, whatever its level.
 *   buffer, capacity   at least saved_bytes
 *   needed             saved_bytes is written here, also where the answer is BUFFER_TOO_SMALL; may be NULL */
SEQSTREAM_API int32_t seqstream_session_save(seqstream_session session, void *buffer, size_t capacity, size_t *needed);

/* Replaces what the session remembers by what seqstream_session_save wrote. BAD_STATE if the bytes are damaged or another model's; the session is as it was then. */
SEQSTREAM_API int32_t seqstream_session_restore(seqstream_session session, const void *saved, size_t bytes);

/* ------------------------------------------------------------------ batches: one call, one step of many sessions */

/* Creates what steps up to max_sessions (1 to 65536) sessions of the model together, which costs less than stepping each. Free it by seqstream_batch_free. */
SEQSTREAM_API int32_t seqstream_batch_create(seqstream_model model, uint32_t max_sessions, seqstream_batch *handle);

/* Frees a batch; sessions are not touched. */
SEQSTREAM_API int32_t seqstream_batch_free(seqstream_batch batch);

/* Advances each of the sessions, all different and opened with the batch's model, by one step; their numbers are those of stepping each alone, bit for bit. For models
 * with one float32 input and one float32 output.
 *   sessions, count           which sessions, at most max_sessions; others may come and go from call to call
 *   features, feature_count   [count][input_elements]
 *   outputs, output_count     [count][output_elements], written */
SEQSTREAM_API int32_t seqstream_batch_step(seqstream_batch batch, const seqstream_session *sessions, size_t count, const float *features, size_t feature_count, float *outputs, size_t output_count);

/* ------------------------------------------------------------------ streams: frames in, emissions out */

/* What an emission is. */
typedef enum seqstream_kind {
    SEQSTREAM_OUTPUTS = 0, /* the plain outputs of a step */
    SEQSTREAM_LABEL = 1,   /* a label for a step, a word or a span */
    SEQSTREAM_TEXT = 2,    /* text that was recognised, translated or generated */
    SEQSTREAM_END = 3      /* the sequence is complete */
} seqstream_kind;

/* One plain output inside an emission. */
typedef struct seqstream_output {
    const char *name;
    const double *values; /* count of them */
    size_t count;
} seqstream_output;

/* A piece of text with a score inside an emission. */
typedef struct seqstream_part {
    const char *text;
    size_t text_bytes;
    double score;
} seqstream_part;

/* What a decoder says. Set struct_size to sizeof(seqstream_emission) once. Texts and tables live until the next poll of the same stream, or until it is freed. */
typedef struct seqstream_emission {
    uint32_t struct_size;
    int32_t kind;       /* seqstream_kind */
    int64_t step;       /* the step it speaks about, from 0 */
    double time;        /* seconds; NaN if not known */
    double span_start;  /* where what it speaks about begins: seconds of sound, otherwise steps; NaN if it speaks about one step */
    double span_end;    /* where it ends, itself not included; NaN if that is not known yet */
    float score;        /* probability or score of the label; NaN if there is none */
    int32_t is_partial; /* 1 while the answer may still change */
    const char *label;  /* NULL if there is none */
    const char *text;   /* never NULL; empty if there is none */
    size_t text_bytes;
    const seqstream_output *outputs; /* NULL if there are none */
    size_t output_count;
    const seqstream_part *parts;     /* NULL if there are none */
    size_t part_count;
} seqstream_emission;

/* Opens a stream with a front end and a decoder of its own, in the model's first state. Free it by seqstream_stream_free. */
SEQSTREAM_API int32_t seqstream_stream_create(seqstream_model model, seqstream_stream *handle);

/* Frees a stream, and what it said but nobody polled. */
SEQSTREAM_API int32_t seqstream_stream_free(seqstream_stream stream);

/* Feeds numbers and makes every step that they make due: a row of row_numbers, or any number of samples of one channel, -1 to 1, at sample_rate_hz.
 *   time    seconds, of the first sample where it is sound; SEQSTREAM_NO_TIME if not known
 * REFUSED if the front end does not take them, or if 65536 emissions wait to be polled; the stream is as it was then. */
SEQSTREAM_API int32_t seqstream_stream_push(seqstream_stream stream, const float *numbers, size_t count, double time);

/* Feeds a piece of running text in UTF-8; pieces are joined. It needs no zero byte. */
SEQSTREAM_API int32_t seqstream_stream_push_text(seqstream_stream stream, const char *text, size_t bytes, double time);

/* The sequence is complete: what waited is answered, an emission of kind SEQSTREAM_END follows, and the stream begins anew. Nothing happens if nothing was fed. */
SEQSTREAM_API int32_t seqstream_stream_end(seqstream_stream stream);

/* Forgets the sequence, and what was said but not polled. */
SEQSTREAM_API int32_t seqstream_stream_reset(seqstream_stream stream);

/* Writes how many emissions wait to be polled. */
SEQSTREAM_API int32_t seqstream_stream_waiting(seqstream_stream stream, size_t *count);

/* Takes the oldest emission that waits. Answers 1, or 0 if none does, which leaves the structure as it was. */
SEQSTREAM_API int32_t seqstream_stream_poll(seqstream_stream stream, seqstream_emission *emission);

/* The same as a JSON object: the record that "seqstream run --out jsonl" writes, without a line end and without a zero byte. BUFFER_TOO_SMALL leaves the emission where it is.
 *   needed   the number of its bytes is written here, 0 if there is none; may be NULL */
SEQSTREAM_API int32_t seqstream_stream_poll_json(seqstream_stream stream, char *buffer, size_t capacity, size_t *needed);

/* Opens another stream that remembers the same. What waits to be polled stays with this one. Free it. */
SEQSTREAM_API int32_t seqstream_stream_fork(seqstream_stream stream, seqstream_stream *handle);

/* Writes what the stream remembers: model, front end and decoder. What waits to be polled is not among it. Its size changes with what waits for look-ahead: ask with NULL and 0. */
SEQSTREAM_API int32_t seqstream_stream_save(seqstream_stream stream, void *buffer, size_t capacity, size_t *needed);

/* Replaces what the stream remembers by what seqstream_stream_save wrote. BAD_STATE if the bytes are damaged or another model's. */
SEQSTREAM_API int32_t seqstream_stream_restore(seqstream_stream stream, const void *saved, size_t bytes);

/* A quiet NaN, without <math.h>. */
static inline double seqstream_no_time(void) {
    const union {
        uint64_t bits;
        double value;
    } nan = {UINT64_C(0x7ff8000000000000)};
    return nan.value;
}

#ifdef __cplusplus
}
#endif

#endif
