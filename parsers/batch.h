/* batch.h - baosong-parse with several mails: one reader for many, a line of JSON for each. */
#pragma once

/* Prints one line of JSON for each mail, in order, however broken it is; a file that cannot be read is named
 * on standard error. Mails are read in a child that is shut in like the daemon's worker and replaced after
 * LIMIT_WORKER_MAILS; one that breaks it is read once more alone, to say what was known. `alone` is called in
 * a child of its own for that, with the open file, and prints. Returns the exit status. */
int batch_run(char **paths, int (*alone)(const char *path, int fd));
