/* worker.c - the pool: who reads what, and what to do when a reader dies, hangs or lies. Processes:
 * worker_process.c. */
#include "daemon/net/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/net/worker_process.h"
#include "parsers/limits.h"

#define DEFAULT_WORKERS 2
#define START_SECONDS   20  /* from exec to hello: a cold disk, a sanitizer */
#define LACKING_MAX     500 /* bytes of a hello */
#define AHEAD           3   /* mails per worker: one read, the others in its socket for when we are busy */

#define PRINTABLE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ,.:;()-"

typedef struct Job {
    GBytes *mail;
    char *sha256; /* NULL if not known */
    gpointer tag;
    gboolean suspect;     /* broke a worker: wants a fresh one */
    FactsRequest request; /* less than all of it, once it broke a fresh one */
    guint skips;          /* files that are not to be read */
    int memfd;            /* for the decoded bytes, while a worker has it; -1 */
} Job;

typedef struct Worker {
    WorkerProcess *process; /* NULL: not running */
    gboolean ready;         /* said hello */
    gboolean renewed;       /* by a process that said it once */
    GQueue *given;          /* of Job*: the first is being read, the others wait in its socket */
    guint done;             /* mails that this process has read */
    gint64 deadline;        /* monotonic microseconds: of hello, or of the mail being read */
} Worker;

struct WorkerPool {
    char *path;
    guint n_workers, deadline_seconds;
    guint deaths;
    Worker *workers;
    GQueue *jobs;        /* of Job*, waiting */
    GQueue *results;     /* of WorkerResult*, not collected */
    GError *start_error; /* the last start that failed; forgotten when a mail was read */
    GError *fault;       /* of this process: no descriptors, no memory */
};

static void job_free(gpointer data)
{
    Job *job = data;
    if (!job) return;
    g_bytes_unref(job->mail);
    if (job->memfd >= 0) close(job->memfd);
    g_free(job->sha256);
    g_free(job);
}

void worker_result_free(WorkerResult *result)
{
    if (!result) return;
    facts_free(result->facts);
    g_free(result->json);
    g_free(result->detail);
    if (result->data_fd >= 0) close(result->data_fd);
    g_free(result);
}

/* --- one worker ------------------------------------------------------------------------------- */

/* It waits again, in front. */
static void take_back(WorkerPool *pool, Job *job)
{
    if (job->memfd >= 0) close(job->memfd);
    job->memfd = -1;
    g_queue_push_head(pool->jobs, job);
}

static void stop(WorkerPool *pool, Worker *worker)
{
    worker_process_free(worker->process);
    worker->process = NULL;
    worker->ready = FALSE;
    worker->done = 0;
    for (Job *job; (job = g_queue_pop_tail(worker->given));) take_back(pool, job);
}

static void begin(const WorkerPool *pool, Worker *worker)
{
    worker->deadline = g_get_monotonic_time() + (gint64)pool->deadline_seconds * G_USEC_PER_SEC;
}

/* Facts and their JSON (both taken over), or neither and why. */
static void give_result(WorkerPool *pool, Job *job, Facts *facts, char *json, int data_fd, const char *detail)
{
    WorkerResult *result = g_new0(WorkerResult, 1);
    result->tag = job->tag;
    result->facts = facts;
    result->json = json;
    result->problem = facts ? NULL : "unreadable";
    result->detail = g_strdup(detail);
    result->data_fd = data_fd;
    g_queue_push_tail(pool->results, result);
    job_free(job);
}

/* The worker's note: the file that it was reading. FALSE if it read none, or what it says is no hash. */
static gboolean read_note(int memfd, char *sha256)
{
    if (memfd < 0 || pread(memfd, sha256, FACTS_SHA256_CHARS, 0) != FACTS_SHA256_CHARS) return FALSE;
    for (gsize i = 0; i < FACTS_SHA256_CHARS; i++)
        if (!g_ascii_isxdigit(sha256[i])) return FALSE;
    return TRUE;
}

/* What a mail that broke a fresh worker asks of the next one. FALSE if there is nothing less to ask. */
static gboolean ask_less(Job *job, const char *why)
{
    char file[FACTS_SHA256_CHARS];
    if (job->request.kind == FACTS_WORKER_KEEP) return FALSE;
    if (job->skips < FACTS_WORKER_SKIPS && read_note(job->memfd, file)) {
        memcpy(job->request.skip[job->skips++], file, sizeof file);
        g_message("worker: %s; its mail is read without the file %.12s…", why, file);
    } else {
        job->request.kind = FACTS_WORKER_KEEP;
        g_message("worker: %s; its mail is taken apart without reading the files", why);
    }
    return TRUE;
}

/* The process is of no more use. Its mail gets a fresh one; if it had one, one that reads less. */
static void fail(WorkerPool *pool, Worker *worker, const char *why)
{
    Job *job = g_queue_pop_head(worker->given);
    gboolean fresh = worker->done == 0, give_up = job && fresh && !ask_less(job, why);
    pool->deaths++;
    if (!worker->ready && !worker->renewed) {
        g_clear_error(&pool->start_error);
        pool->start_error =
            g_error_new(WORKER_ERROR, WORKER_ERROR_START, "%s --serve does not start: %s", pool->path, why);
    }
    stop(pool, worker);
    if (!job) return;
    if (give_up) {
        give_result(pool, job, NULL, NULL, -1, why);
        return;
    }
    job->suspect = TRUE;
    take_back(pool, job);
}

guint worker_pool_deaths(const WorkerPool *pool)
{
    return pool->deaths;
}

static void start(WorkerPool *pool, Worker *worker)
{
    g_autoptr (GError) error = NULL;
    worker->process = worker_process_new(pool->path, &error);
    worker->renewed = FALSE;
    worker->deadline = g_get_monotonic_time() + START_SECONDS * G_USEC_PER_SEC;
    if (!worker->process) fail(pool, worker, error->message);
}

/* Only what is worn out gets a reader that was forked: after a death another process is started, whose memory
 * nobody can have guessed. */
static gboolean renew(Worker *worker)
{
    worker->ready = FALSE;
    worker->renewed = TRUE;
    worker->done = 0;
    worker->deadline = g_get_monotonic_time() + START_SECONDS * G_USEC_PER_SEC;
    return worker_process_renew(worker->process);
}

/* --- giving out work -------------------------------------------------------------------------- */

/* A descriptor of its own for the worker, for reading only and at the start; -1 and errno. */
static int mail_fd(const Job *job)
{
    gsize length = 0;
    const char *p = g_bytes_get_data(job->mail, &length);
    int fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    while (fd >= 0 && length > 0) {
        gssize n = write(fd, p, length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return close(fd), -1;
        p += n;
        length -= (gsize)n;
    }
    if (fd >= 0 && (lseek(fd, 0, SEEK_SET) != 0 ||
                    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0))
        return close(fd), -1;
    return fd;
}

/* Where the worker puts the decoded bytes: of a size that it cannot change, so that it cannot fill the memory
 * through it. Pages are taken as they are written. -1 and errno. */
static int decoded_fd(void)
{
    int fd = memfd_create("decoded", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && (ftruncate(fd, LIMIT_HANDOVER_BYTES) != 0 ||
                    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0))
        return close(fd), -1;
    return fd;
}

/* It was dead when a mail was handed to it: of the mail that it had or, if it had none, between two mails.
 * Whoever meets that twice is given up. */
static void turned_away(WorkerPool *pool, Worker *worker, Job *job)
{
    g_autofree char *how = worker_process_epitaph(worker->process);
    gboolean idle = g_queue_is_empty(worker->given);
    if (idle && job->suspect) {
        give_result(pool, job, NULL, NULL, -1, "two workers died before they could read it");
    } else {
        job->suspect |= idle;
        take_back(pool, job);
    }
    fail(pool, worker, how);
}

static void give_job(WorkerPool *pool, Worker *worker, Job *job)
{
    int mail = mail_fd(job);
    job->memfd = mail < 0 ? -1 : decoded_fd();
    if (job->memfd < 0) { /* our own trouble: not the mail's, not the worker's */
        g_clear_error(&pool->fault);
        pool->fault = g_error_new(WORKER_ERROR, WORKER_ERROR_START, "cannot hand a mail to a worker: %s",
                                  g_strerror(errno));
        take_back(pool, job);
    } else if (!worker_process_request(worker->process, &job->request, mail, job->memfd)) {
        turned_away(pool, worker, job);
    } else {
        g_queue_push_tail(worker->given, job);
        if (g_queue_get_length(worker->given) == 1) begin(pool, worker);
    }
    if (mail >= 0) close(mail);
}

/* Gives the worker the next mail if it has fewer than `most`. */
static void assign_one(WorkerPool *pool, Worker *worker, guint most)
{
    const Job *next = g_queue_peek_head(pool->jobs);
    guint has = g_queue_get_length(worker->given);
    if (!next || has >= most || pool->fault) return;
    gboolean worn = worker->done + has >= LIMIT_WORKER_MAILS || (next->suspect && worker->done + has > 0);
    if (worn && has > 0) return; /* it reads what it has first */
    if (worker->process && worn && (next->suspect || !renew(worker))) stop(pool, worker);
    if (!worker->process && !pool->start_error) start(pool, worker);
    if (worker->ready) give_job(pool, worker, g_queue_pop_head(pool->jobs));
}

static void assign(WorkerPool *pool)
{
    for (guint most = 1; most <= AHEAD; most++)
        for (guint i = 0; i < pool->n_workers; i++) assign_one(pool, &pool->workers[i], most);
}

/* --- taking replies --------------------------------------------------------------------------- */

static void take_reply(WorkerPool *pool, Worker *worker, const char *json, gsize length)
{
    struct stat st;
    g_autoptr (GError) error = NULL;
    Job *job = g_queue_peek_head(worker->given);
    guint64 size = fstat(job->memfd, &st) == 0 ? (guint64)st.st_size : 0;
    g_autoptr (Facts) facts = facts_from_json(json, length, size, &error);
    if (!facts) {
        fail(pool, worker, error->message);
    } else if (job->sha256 && strcmp(job->sha256, facts->sha256) != 0) {
        fail(pool, worker, "the worker's reply is about another mail");
    } else {
        /* Best effort: a writer may still have it mapped, which is why worker_result_bytes() copies, then
         * hashes. */
        (void)fcntl(job->memfd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_WRITE);
        g_queue_pop_head(worker->given);
        worker->done++;
        begin(pool, worker);
        int memfd = job->memfd;
        job->memfd = -1;
        g_clear_error(&pool->start_error);
        give_result(pool, job, g_steal_pointer(&facts), g_strndup(json, length), memfd, "");
    }
}

/* FACTS_WORKER_HELLO; behind it, in a line of its own, what the sandbox lacks on this kernel. */
static gboolean is_hello(const char *frame, gsize length)
{
    static gboolean warned; /* of the kernel: once is enough */
    const gsize hello = strlen(FACTS_WORKER_HELLO);
    if (length < hello || length > LACKING_MAX || memcmp(frame, FACTS_WORKER_HELLO, hello) != 0) return FALSE;
    if (length == hello) return TRUE;
    if (frame[hello] != '\n') return FALSE;
    g_autofree char *lacking = g_strndup(frame + hello + 1, length - hello - 1);
    if (!warned) g_warning("baosong-parse: %s", g_strcanon(lacking, PRINTABLE, '?'));
    warned = TRUE;
    return TRUE;
}

static void take_frame(WorkerPool *pool, Worker *worker, const char *frame, gsize length)
{
    if (!g_queue_is_empty(worker->given)) {
        take_reply(pool, worker, frame, length);
    } else if (!worker->ready && is_hello(frame, length)) {
        worker->ready = TRUE;
    } else {
        fail(pool, worker,
             worker->ready ? "it speaks without being asked" : "it is of another version than this daemon");
    }
}

static gboolean is_idle(const Worker *worker)
{
    return worker->ready && g_queue_is_empty(worker->given);
}

/* FALSE when there is no more to be read now. */
static gboolean look(WorkerPool *pool, Worker *worker)
{
    const char *frame = NULL;
    gsize length = 0;
    switch (worker_process_read(worker->process, &frame, &length)) {
    case WORKER_PROCESS_MORE:
        if (g_get_monotonic_time() < worker->deadline || is_idle(worker)) return FALSE;
        fail(pool, worker, "the worker did not answer in time");
        break;
    case WORKER_PROCESS_FRAME: take_frame(pool, worker, frame, length); break;
    case WORKER_PROCESS_BAD: fail(pool, worker, "the worker's reply has an impossible length"); break;
    case WORKER_PROCESS_GONE: {
        g_autofree char *how = worker_process_epitaph(worker->process);
        fail(pool, worker, how);
        break;
    }
    }
    return worker->process != NULL;
}

guint worker_pool_poll(const WorkerPool *pool, struct pollfd *fds, guint n, int *timeout_ms)
{
    guint used = 0;
    gint64 now = g_get_monotonic_time();
    for (guint i = 0; i < pool->n_workers; i++) {
        const Worker *worker = &pool->workers[i];
        if (!worker->process) continue;
        if (used < n) fds[used++] = (struct pollfd){worker_process_fd(worker->process), POLLIN, 0};
        if (is_idle(worker)) continue;
        int left = (int)CLAMP((worker->deadline - now + 999) / 1000, 0, G_MAXINT);
        if (*timeout_ms < 0 || left < *timeout_ms) *timeout_ms = left;
    }
    return used;
}

static void pump(WorkerPool *pool, int timeout_ms)
{
    assign(pool);
    if (!g_queue_is_empty(pool->results) || pool->fault) timeout_ms = 0; /* there is something to tell */
    g_autofree struct pollfd *fds = g_new0(struct pollfd, pool->n_workers);
    guint n = worker_pool_poll(pool, fds, pool->n_workers, &timeout_ms);
    if (n > 0) poll(fds, n, timeout_ms);
    for (guint i = 0; i < pool->n_workers; i++)
        while (pool->workers[i].process && look(pool, &pool->workers[i])) continue;
    assign(pool); /* whoever is free gets the next mail now, not at the next call */
}

/* --- public ----------------------------------------------------------------------------------- */

WorkerPool *worker_pool_new(const char *path, guint workers, guint deadline_seconds, GError **error)
{
    if (access(path, X_OK) != 0) {
        g_set_error(error, WORKER_ERROR, WORKER_ERROR_START,
                    "%s: %s; it comes with baosong: reinstall it, or correct [store] parser", path,
                    g_strerror(errno));
        return NULL;
    }
    WorkerPool *pool = g_new0(WorkerPool, 1);
    pool->path = g_strdup(path);
    pool->n_workers = workers > 0 ? workers : DEFAULT_WORKERS;
    pool->deadline_seconds = deadline_seconds > 0 ? deadline_seconds : LIMIT_WORKER_WALL_SECONDS;
    pool->workers = g_new0(Worker, pool->n_workers);
    for (guint i = 0; i < pool->n_workers; i++) pool->workers[i].given = g_queue_new();
    pool->jobs = g_queue_new();
    pool->results = g_queue_new();
    return pool;
}

void worker_pool_free(WorkerPool *pool)
{
    if (!pool) return;
    for (guint i = 0; i < pool->n_workers; i++) {
        stop(pool, &pool->workers[i]);
        g_queue_free(pool->workers[i].given);
    }
    g_queue_free_full(pool->jobs, job_free);
    g_queue_free_full(pool->results, (GDestroyNotify)worker_result_free);
    g_clear_error(&pool->start_error);
    g_clear_error(&pool->fault);
    g_free(pool->workers);
    g_free(pool->path);
    g_free(pool);
}

void worker_pool_submit(WorkerPool *pool, GBytes *mail, const char *sha256, gpointer tag)
{
    Job *job = g_new0(Job, 1);
    job->mail = g_bytes_ref(mail);
    job->memfd = -1;
    job->sha256 = g_strdup(sha256);
    job->tag = tag;
    job->request.kind = FACTS_WORKER_READ;
    if (sha256) memcpy(job->request.sha256, sha256, FACTS_SHA256_CHARS);
    g_queue_push_tail(pool->jobs, job);
    assign(pool);
}

guint worker_pool_pending(const WorkerPool *pool)
{
    guint pending = g_queue_get_length(pool->jobs) + g_queue_get_length(pool->results);
    for (guint i = 0; i < pool->n_workers; i++) pending += g_queue_get_length(pool->workers[i].given);
    return pending;
}

/* Workers that run may still bring results; only when none is left is a failed start the pool's failure. */
static gboolean none_runs(const WorkerPool *pool)
{
    for (guint i = 0; i < pool->n_workers; i++)
        if (pool->workers[i].process) return FALSE;
    return TRUE;
}

WorkerResult *worker_pool_collect(WorkerPool *pool, int timeout_ms, GError **error)
{
    gint64 until = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    int left = timeout_ms;
    do {
        pump(pool, left);
        if (!g_queue_is_empty(pool->results)) return g_queue_pop_head(pool->results);
        if (worker_pool_pending(pool) == 0) return NULL;
        if (!pool->fault && pool->start_error && none_runs(pool))
            pool->fault = g_steal_pointer(&pool->start_error);
        if (pool->fault) {
            g_propagate_error(error, g_steal_pointer(&pool->fault));
            return NULL;
        }
        if (timeout_ms > 0) left = (int)MAX((until - g_get_monotonic_time() + 999) / 1000, 0);
    } while (left != 0);
    return NULL;
}
