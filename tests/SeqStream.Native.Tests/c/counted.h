/*
 * counted.h - the C library's allocator with a count of what is in use, for a program that includes this once. What the program's shared libraries allocate is counted too.
 * glibc alone has the names behind it.
 */
#include <errno.h>
#include <malloc.h>
#include <stddef.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static long allocated_bytes; /* in use, of all threads */

static void *counted(void *block) {
    if (block != NULL) __atomic_add_fetch(&allocated_bytes, (long)malloc_usable_size(block), __ATOMIC_RELAXED);
    return block;
}

static void uncounted(void *block) {
    if (block != NULL) __atomic_sub_fetch(&allocated_bytes, (long)malloc_usable_size(block), __ATOMIC_RELAXED);
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size)); }
void *memalign(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    void *found = memalign(alignment, size);
    if (found == NULL) return ENOMEM;
    *block = found;
    return 0;
}

void free(void *block) {
    uncounted(block);
    __libc_free(block);
}

void *realloc(void *block, size_t size) {
    long before = block == NULL ? 0 : (long)malloc_usable_size(block);
    void *moved = __libc_realloc(block, size);
    if (moved == NULL && size != 0) return NULL;
    __atomic_sub_fetch(&allocated_bytes, before, __ATOMIC_RELAXED);
    return counted(moved);
}
