#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/command.h"

const Command commands[] = {
    {"status", "", "mode, last poll, figures, letters by state", TRUE, command_status},
    {"show", "NUMBER", "all that is known of one item, and why", TRUE, command_show},
    {"go-live", "", "from observing to answering and reminding", TRUE, command_go_live},
    {"hold", "", "send nothing until further notice", TRUE, command_hold},
    {"release", "", "send what is held", TRUE, command_release},
    {"revive", "ADDRESS", "write again to an address whose mail came back", TRUE, command_revive},
    {"remind", "--preview", "who would get a reminder now, and one in full", TRUE, command_remind},
    {"report", "", "write the workbooks now", TRUE, command_report},
    {"backup", "FILE", "a consistent copy of the state, while the daemon runs", TRUE, command_backup},
    {"restore", "FILE", "check such a copy and put it back", TRUE, command_restore},
    {"fsck", "", "whether the state is as it must be; each breach on a line", TRUE, command_fsck},
    {"rebuild", "", "the database again, from the mailbox; sends nothing", TRUE, command_rebuild},
    {"reparse", "", "read the mails on disk with today's parser", TRUE, command_reparse},
    {"roster check", "FILE", "every fault of a roster, by line and column", FALSE, command_roster_check},
    {"config check", "", "load the configuration and say what it means", TRUE, command_config_check},
    {"config example", "", "print a commented configuration", FALSE, command_config_example},
    {"config reference", "", "print the keys as mdoc (for the manual)", FALSE, command_config_reference},
};
const guint n_commands = G_N_ELEMENTS(commands);

const Command *command_named(const char *words)
{
    for (guint i = 0; i < n_commands; i++)
        if (strcmp(commands[i].words, words) == 0) return &commands[i];
    return NULL;
}

gboolean command_options(const Command *command, const GOptionEntry *entries, int *argc, char ***argv,
                         int least, int most)
{
    static const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};
    const char *arguments = command->arguments[0] == '-' ? "" : command->arguments;
    g_autofree char *parameters =
        g_strdup_printf("%s%s- %s", arguments, *arguments ? " " : "", command->help);
    g_autoptr (GOptionContext) context = g_option_context_new(parameters);
    g_option_context_add_main_entries(context, entries ? entries : none, NULL);
    g_autofree char *program = g_strdup_printf("baosong %s", command->words);
    g_set_prgname(program);
    g_autoptr (GError) error = NULL;
    if (!g_option_context_parse(context, argc, argv, &error)) {
        fprintf(stderr, "baosong: %s; try 'baosong %s --help'\n", error->message, command->words);
        return FALSE;
    }
    if (*argc - 1 >= least && *argc - 1 <= most) return TRUE;
    fprintf(stderr, "baosong: %s wants %s; try 'baosong %s --help'\n", command->words,
            *command->arguments ? command->arguments : "no argument", command->words);
    return FALSE;
}
