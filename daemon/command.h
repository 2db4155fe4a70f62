/* command.h - the administrator's command: one table of verbs, one file per family of them.
 *
 * It never writes the database: it reads it, or leaves a request that the daemon records and applies. */
#pragma once

#include <glib.h>

#include "config/config.h"

typedef struct Command {
    const char *words;     /* "roster check" */
    const char *arguments; /* "FILE", "" if none */
    const char *help;      /* one line */
    gboolean needs_config;
    /* `config` is NULL unless needs_config. argv[0] is the last of the words. The exit status (sysexits). */
    int (*run)(const Config *config, int argc, char **argv);
} Command;

extern const Command commands[];
extern const guint n_commands;

/* Parses the options of one command ("--json"), with its --help; FALSE and a line on standard error
 * (EX_USAGE) if they are wrong. `least` and `most` bound the arguments that remain. */
gboolean command_options(const Command *command, const GOptionEntry *entries, int *argc, char ***argv,
                         int least, int most);
const Command *command_named(const char *words);

/* A bar on standard error, if that is a terminal. */
void command_progress(const char *what, guint done, guint total);

int command_config_check(const Config *config, int argc, char **argv);
int command_config_example(const Config *config, int argc, char **argv);
int command_config_reference(const Config *config, int argc, char **argv);
int command_roster_check(const Config *config, int argc, char **argv);
int command_status(const Config *config, int argc, char **argv);
int command_show(const Config *config, int argc, char **argv);
int command_remind(const Config *config, int argc, char **argv);
int command_report(const Config *config, int argc, char **argv);
int command_backup(const Config *config, int argc, char **argv);
int command_restore(const Config *config, int argc, char **argv);
int command_fsck(const Config *config, int argc, char **argv);
int command_rebuild(const Config *config, int argc, char **argv);
int command_reparse(const Config *config, int argc, char **argv);
int command_go_live(const Config *config, int argc, char **argv);
int command_hold(const Config *config, int argc, char **argv);
int command_release(const Config *config, int argc, char **argv);
int command_revive(const Config *config, int argc, char **argv);
