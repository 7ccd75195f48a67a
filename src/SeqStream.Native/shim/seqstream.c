/*
 * seqstream.c - the program that people start: it looks at the processor and becomes the build of SeqStream for it, seqstream-LEVEL in its own folder.
 * A level that the processor can run but whose file is absent ends with exit code 69; a slower one is never taken in silence.
 */
#define _GNU_SOURCE
#include "level.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

enum { UNAVAILABLE = 69 };

int main(int argc, char **argv) {
    char path[PATH_MAX];
    char problem[256];
    (void)argc;
    const char *level = seqstream_choose_level(problem, sizeof problem);
    if (level == NULL) {
        fprintf(stderr, "seqstream: %s\n", problem);
        return UNAVAILABLE;
    }
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);
    if (length < 0) {
        fprintf(stderr, "seqstream: /proc/self/exe cannot be read: %s. Start seqstream-%s itself.\n", strerror(errno), level);
        return UNAVAILABLE;
    }
    path[length] = 0;
    char *slash = strrchr(path, '/');
    sprintf(slash == NULL ? path : slash + 1, "seqstream-%s", level);
    execv(path, argv);
    fprintf(stderr, "seqstream: '%s' cannot be started: %s. Install all files of one version, or ask for a lower level by SEQSTREAM_LEVEL.\n", path, strerror(errno));
    return UNAVAILABLE;
}
