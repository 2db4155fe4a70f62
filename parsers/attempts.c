#include "parsers/attempts.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/lastwords.h"

/* What children tell this process. */
typedef struct Slate {
    char note[FACTS_SHA256_CHARS]; /* the file that is being read; NULs between files */
    gboolean done;                 /* the answer was printed */
    guint saved;                   /* files, by all attempts together */
} Slate;

static Slate *slate;       /* shared; NULL where there is one attempt only */
static guint seen, before; /* files to be saved in this attempt; saved by those before it */

void attempts_note(const char *sha256, gpointer unused)
{
    if (!slate) return;
    memset(slate->note, 0, sizeof slate->note);
    if (sha256) memcpy(slate->note, sha256, MIN(strlen(sha256), sizeof slate->note));
}

void attempts_done(void)
{
    if (slate) slate->done = TRUE;
}

gboolean attempts_is_saved(void)
{
    return seen++ < before;
}

void attempts_count_saved(void)
{
    if (slate) slate->saved++;
}

/* TRUE if it got through, or says itself why it did not; *status is its exit status. */
static gboolean attempt(const FactsRequest *request, AttemptRun run, gpointer data, int *status)
{
    memset(slate->note, 0, sizeof slate->note);
    slate->done = FALSE;
    before = slate->saved;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        exit(run(request, data));
    }
    while (child > 0 && waitpid(child, status, 0) < 0 && errno == EINTR) continue;
    if (child < 0 || !WIFEXITED(*status)) return FALSE;
    *status = WEXITSTATUS(*status);
    return slate->done || *status != 0; /* libraries that are at a loss call exit(): see lastwords.h */
}

static int last_attempt(const FactsRequest *request, AttemptRun run, gpointer data)
{
    if (slate) before = slate->saved;
    lastwords_enable();
    return run(request, data);
}

int attempts_run(int fd, AttemptRun run, gpointer data)
{
    FactsRequest request = {.kind = FACTS_WORKER_READ};
    off_t start = lseek(fd, 0, SEEK_CUR);
    void *shared = mmap(NULL, sizeof(Slate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (start < 0 || shared == MAP_FAILED) return last_attempt(&request, run, data);
    slate = shared;
    int status = 0;
    for (guint skips = 0; skips <= FACTS_WORKER_SKIPS; skips++) {
        if (attempt(&request, run, data, &status)) return status;
        lseek(fd, start, SEEK_SET);
        fprintf(stderr, "baosong-parse: the reader broke; trying again with less\n");
        if (skips == FACTS_WORKER_SKIPS || !slate->note[0]) break;
        memcpy(request.skip[skips], slate->note, sizeof slate->note);
    }
    request.kind = FACTS_WORKER_KEEP;
    if (attempt(&request, run, data, &status)) return status;
    lseek(fd, start, SEEK_SET);
    return last_attempt(&request, run, data);
}
