/* worker_process.h - one worker as processes (a nursery and its reader) and a socket. Private to worker*.c;
 * the protocol is in parsers/facts.h. */
#pragma once

#include <glib.h>

#include "parsers/facts.h"

typedef struct WorkerProcess WorkerProcess;

typedef enum WorkerProcessState {
    WORKER_PROCESS_MORE,  /* nothing complete yet */
    WORKER_PROCESS_FRAME, /* a frame, valid until the next call */
    WORKER_PROCESS_BAD,   /* longer than LIMIT_REPLY_BYTES */
    WORKER_PROCESS_GONE   /* it closed its end */
} WorkerProcessState;

/* Runs `path --serve` with an empty environment, its socket as the only descriptor above stderr, and has it
 * make a reader. NULL and an error if it cannot be run; whether it works shows in the reader's hello. */
WorkerProcess *worker_process_new(const char *path, GError **error);

/* A fresh reader in the place of the one that there is: its hello comes next, on another socket. FALSE and
 * errno if there is nobody to make one. */
gboolean worker_process_renew(WorkerProcess *process);

/* Kills and reaps both. NULL is allowed. */
void worker_process_free(WorkerProcess *process);

/* The reader's socket, for poll(). */
int worker_process_fd(const WorkerProcess *process);

/* Sends a request; FALSE and errno if the worker is gone. */
gboolean worker_process_request(WorkerProcess *process, const FactsRequest *request, int mail, int memfd);

/* Reads what is there, without blocking. */
WorkerProcessState worker_process_read(WorkerProcess *process, const char **frame, gsize *length);

/* How it ended ("the worker died of signal 11"), for the log; reaps it. The caller frees. */
char *worker_process_epitaph(WorkerProcess *process);
