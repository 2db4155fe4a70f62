/* baosong: the administrator's command. See baosong(8). */
#include <jansson.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/command.h"
#include "daemon/log.h"

static int usage(FILE *out)
{
    fprintf(out, "Usage: baosong [-c FILE] COMMAND [ARGUMENT]\n\n"
                 "  -c, --config FILE     the campaign's configuration\n"
                 "  --help, --version\n\nCommands:\n");
    for (guint i = 0; i < n_commands; i++) {
        g_autofree char *call =
            g_strjoin(*commands[i].arguments ? " " : "", commands[i].words, commands[i].arguments, NULL);
        fprintf(out, "  %-22s%s\n", call, commands[i].help);
    }
    fprintf(out, "\n'baosong COMMAND --help' tells more; the manual is baosong(8).\n");
    return out == stdout ? EX_OK : EX_USAGE;
}

static int fault(const char *format, const char *what)
{
    g_autofree char *line = g_strdup_printf("baosong: %s '%s'; try 'baosong --help'\n", format, what);
    fputs(line, stderr);
    return EX_USAGE;
}

/* The longest match of the words against argv; *used tells how many they are. */
static const Command *find_command(char **argv, int argc, int *used)
{
    for (int words = MIN(2, argc); words > 0; words--) {
        g_autofree char *name = words == 2 ? g_strjoin(" ", argv[0], argv[1], NULL) : g_strdup(argv[0]);
        const Command *command = command_named(name);
        if (command) {
            *used = words;
            return command;
        }
    }
    return NULL;
}

/* "roster" alone, or a word that is nearly one: says what there is. */
static int no_command(const char *word)
{
    gboolean any = FALSE;
    for (guint i = 0; i < n_commands; i++) {
        gsize length = strlen(word);
        gboolean family = strncmp(commands[i].words, word, length) == 0 && commands[i].words[length] == ' ';
        gboolean alike = g_ascii_strncasecmp(commands[i].words, word, MIN(length, 3)) == 0;
        if (!family && !alike) continue;
        fprintf(stderr, "%s baosong %s%s%s\n", any ? "          or" : "baosong: do you mean",
                commands[i].words, *commands[i].arguments ? " " : "", commands[i].arguments);
        any = TRUE;
    }
    return any ? EX_USAGE : fault("no such command:", word);
}

/* Options of ours stand before the command; what follows it is the command's. */
int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    log_init("baosong");
    signal(SIGXFSZ, SIG_IGN);               /* a file that may not grow is told like a full disk */
    json_set_alloc_funcs(g_malloc, g_free); /* no memory is the end of us, never an answer */
    const char *file = NULL;
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return usage(stdout);
        if (strcmp(argv[i], "--version") == 0)
            return printf("baosong %s\n", BAOSONG_VERSION) < 0 ? EX_IOERR : EX_OK;
        if (g_str_has_prefix(argv[i], "--config="))
            file = argv[i] + strlen("--config=");
        else if (g_str_has_prefix(argv[i], "-c") && argv[i][2])
            file = argv[i] + strlen("-c");
        else if ((strcmp(argv[i], "-c") == 0 || strcmp(argv[i], "--config") == 0) && i + 1 < argc)
            file = argv[++i];
        else
            return fault("unknown option, or one without its value:", argv[i]);
    }
    if (i == argc) return usage(stderr);
    if (strcmp(argv[i], "help") == 0) return usage(stdout);
    int used;
    const Command *command = find_command(argv + i, argc - i, &used);
    if (!command) return no_command(argv[i]);
    int rest = i + used - 1;
    g_autoptr (Config) config = NULL;
    gboolean wants_help = rest + 1 < argc && strcmp(argv[rest + 1], "--help") == 0;
    if (command->needs_config && !wants_help) {
        if (!file) return fault("which campaign? give its configuration with -c FILE before", command->words);
        g_autoptr (GError) error = NULL;
        config = config_load(file, &error);
        if (!config) return log_failure(error);
    }
    int status = command->run(config, argc - rest, argv + rest);
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fputs("baosong: the output could not be written: is the disk full?\n", stderr);
    return status == EX_OK ? EX_IOERR : status;
}
