/* serve.h - baosong-parse --serve: the worker's side of the protocol in facts.h. */
#pragma once

/* Says hello on FACTS_WORKER_FD, then reads mails until the socket ends. Returns the exit status. */
int serve(void);
