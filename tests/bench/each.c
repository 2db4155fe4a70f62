/* each COMMAND [ARGUMENT ...] -- FILE ... - runs the command once for each file, which stands for the
 * argument {}, with its output thrown away. Prints seconds by the clock, seconds of CPU, the most memory of
 * any (KiB), and how many failed. A small program does this, because a process begins with the memory of the
 * one that starts it. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval at)
{
    return (double)at.tv_sec + (double)at.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    int hole = 0, end = 1, failed = 0;
    struct timespec start, stop;
    struct rusage all;
    for (; end < argc && strcmp(argv[end], "--") != 0; end++)
        if (strcmp(argv[end], "{}") == 0) hole = end;
    if (hole == 0 || end == argc) return 64;
    argv[end] = NULL;
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&quiet, STDOUT_FILENO, STDERR_FILENO);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = end + 1; i < argc; i++) {
        argv[hole] = argv[i];
        pid_t child = -1;
        if (posix_spawnp(&child, argv[1], &quiet, NULL, argv + 1, environ) != 0) return 127;
        int status = 0;
        failed += waitpid(child, &status, 0) != child || status != 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &stop);
    getrusage(RUSAGE_CHILDREN, &all);
    printf("%.6f %.6f %ld %d\n",
           (double)(stop.tv_sec - start.tv_sec) + (double)(stop.tv_nsec - start.tv_nsec) / 1e9,
           seconds(all.ru_utime) + seconds(all.ru_stime), all.ru_maxrss, failed);
    return 0;
}
