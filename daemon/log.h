/* log.h - where messages go: the journal with its fields under systemd, else one line each on standard error.
 */
#pragma once

#include <glib.h>

/* Installs the writer; `program` begins each line on a terminal. Text from outside is escaped: no control
 * character reaches the log. Debug messages show only with G_MESSAGES_DEBUG. */
void log_init(const char *program);

/* The one line that says why a command gives up, and the exit status for it (sysexits): EX_CONFIG 78 for
 * what only the administrator can mend (config, roster, key, a database of another campaign), EX_TEMPFAIL 75
 * for everything that a later run may cure. */
int log_failure(const GError *error);

/* What a message is about, as fields of the journal: BAOSONG_MAIL (SHA-256), BAOSONG_UID, BAOSONG_COMMITTEE,
 * BAOSONG_MESSAGE_ID. NULL, "" and 0 = not given. */
typedef struct LogAbout {
    const char *mail, *committee, *message_id;
    guint32 uid;
} LogAbout;

/* A message with these fields. It says what the administrator should do, or nothing needs doing. At the level
 * INFO it is for the journal alone. */
void log_about(GLogLevelFlags level, const LogAbout *about, const char *format, ...) G_GNUC_PRINTF(3, 4);
