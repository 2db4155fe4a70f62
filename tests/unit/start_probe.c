/* A static program that begins as baosong-parse does (parsers/front/start.c), and says what it finds. Run by
 * test_front_start.c. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static __thread int of_thread = 42;
static const char *const relocated[] = {"before main", "behind main"};
static int arguments;
static const char *said;
static jmp_buf place;

__attribute__((constructor)) static void before(int argc, char **argv, char **environment)
{
    arguments = argc;
    said = getenv("PROBE");
}

__attribute__((destructor)) static void behind(void)
{
    puts("destructor");
}

static void at_exit(void)
{
    puts("atexit");
}

static uintptr_t guard(int pointer)
{
    uintptr_t value;
    if (pointer)
        __asm__("mov %%fs:0x30, %0" : "=r"(value));
    else
        __asm__("mov %%fs:0x28, %0" : "=r"(value));
    return value;
}

/* Never 0. */
static unsigned char pattern(size_t k)
{
    return (unsigned char)((k * 31 + k / 251) | 1);
}

/* Of all sizes about the thresholds, and over itself: each byte where it belongs. */
static int copies(void)
{
    static const size_t SIZES[] = {1, 15, 16, 17, 63, 64, 200, 2047, 4097, 70000, 800000, 5000000};
    static unsigned char bytes[5000064], copy[5000064];
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        const size_t n = SIZES[i];
        for (size_t k = 0; k < sizeof bytes; k++) bytes[k] = pattern(k);
        memset(copy, 0, n + 1);
        memcpy(copy, bytes + 3, n);
        memmove(bytes + 33, bytes, n);
        for (size_t k = 0; k < n; k++)
            if (bytes[k + 33] != pattern(k) || copy[k] != pattern(k + 3)) return 0;
        if (strlen((char *)copy) != n || memchr(copy, 0, n + 1) != copy + n) return 0;
    }
    return 1;
}

/* The signal that writing there ends with. */
static int writing_to(const void *at)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        *(volatile char *)(uintptr_t)at = 1;
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int main(int argc, char **argv)
{
    atexit(at_exit);
    printf("canary %lx\npointers %lx\n", (unsigned long)guard(0), (unsigned long)guard(1));
    printf("thread %d\n", of_thread);
    printf("constructor %d %s\n", arguments, said);
    printf("main %d %s\n", argc, argv[1]);
    printf("jump %d\n", setjmp(place) == 0 ? (longjmp(place, 1), 0) : 1);
    printf("copies %d\n", copies());
    printf("relocated %s\n", relocated[argc > 5]);
    fflush(stdout);
    printf("read-only %s\n", writing_to(relocated) == SIGSEGV ? "yes" : "no");
    return 7;
}
