/* serve.h - baosong-parse --serve: the worker's side of the protocol in facts.h. */
#pragma once

/* The nursery: loads what readers need, and forks a fresh one for each socket that it is sent on
 * FACTS_WORKER_FD. Returns the exit status, unless its last reader died of a signal: then it does, too. */
int serve(void);

/* A reader: shuts itself in, says hello on FACTS_WORKER_FD, then reads mails until the socket ends. Returns
 * the exit status. mime_init() was called. */
int serve_mails(void);
