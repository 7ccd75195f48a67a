/* level.h - which builds there are for which x86-64 processors, for the two small programs that pick one. */
#ifndef SEQSTREAM_LEVEL_H
#define SEQSTREAM_LEVEL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The levels, the best first. */
static const char *const seqstream_levels[] = {"avx512", "avx2", "baseline"};
enum { SEQSTREAM_LEVELS = sizeof seqstream_levels / sizeof seqstream_levels[0] };

/* 1 if the processor has what a level was compiled for. */
static int seqstream_can_run(int level) {
    __builtin_cpu_init();
    switch (level) {
    case 0:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
               __builtin_cpu_supports("avx512dq") && seqstream_can_run(1);
    case 1:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
               __builtin_cpu_supports("popcnt");
    default:
        return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    }
}

/* The level to take: the best one, or that which the environment variable SEQSTREAM_LEVEL asks for. NULL, with the reason in problem, if there is none. */
static const char *seqstream_choose_level(char *problem, size_t capacity) {
    const char *asked = getenv("SEQSTREAM_LEVEL");
    int is_free = asked == NULL || *asked == 0;
    for (int level = 0; level < SEQSTREAM_LEVELS; level++) {
        if (!is_free && strcmp(asked, seqstream_levels[level]) != 0) continue;
        if (seqstream_can_run(level)) return seqstream_levels[level];
        if (is_free) continue;
        snprintf(problem, capacity, "SEQSTREAM_LEVEL is '%.64s', but this processor lacks what that level needs. Leave the variable out.", asked);
        return NULL;
    }
    if (is_free) snprintf(problem, capacity, "This processor lacks SSE4.2, and there is no SeqStream for such ones.");
    else snprintf(problem, capacity, "SEQSTREAM_LEVEL is '%.64s'; expected avx512, avx2 or baseline.", asked);
    return NULL;
}

#endif
