/* flush.c - loaded before libc (LD_PRELOAD): each flush to disk takes BENCH_FLUSH_US microseconds longer.
 *
 * The disks of virtual machines often answer a flush at once, since somebody else keeps the promise. Where
 * there is a disk below, a flush is most of what writing costs. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct timespec longer;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("BENCH_FLUSH_US");
    long us = text ? strtol(text, NULL, 10) : 0;
    longer = (struct timespec){us / 1000000, us % 1000000 * 1000};
}

static int flush(long call, int fd)
{
    nanosleep(&longer, NULL);
    return (int)syscall(call, fd);
}

int fsync(int fd)
{
    return flush(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return flush(SYS_fdatasync, fd);
}

int syncfs(int fd)
{
    return flush(SYS_syncfs, fd);
}
