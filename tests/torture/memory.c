/* memory.c - the shim whose calls are allocations of at least TORTURE_SIZE bytes. */
#include "shim.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);

static size_t least;

__attribute__((constructor)) static void begin(void)
{
    const char *size = getenv("TORTURE_SIZE");
    least = size ? strtoul(size, NULL, 10) : 1;
    fault_errno = ENOMEM;
    active = shim_begin();
    fault_errno = ENOMEM;
}

void *malloc(size_t size)
{
    return size >= least && stumble() != 0 ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return count && size >= least / count && stumble() != 0 ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return size >= least && stumble() != 0 ? NULL : __libc_realloc(old, size);
}
