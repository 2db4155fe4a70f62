/* baosongd: reads the campaign's mailbox, answers, reminds, reports. See baosongd(8).
 *
 * Three doors from here to any decision: pass_run(), intake_folder(), desk_judge(). */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "config/config.h"
#include "daemon/cycle.h"
#include "daemon/log.h"
#include "daemon/login.h"
#include "daemon/owner.h"
#include "daemon/pass.h"
#include "daemon/service.h"

static struct {
    char *config;
    char *now;
    gboolean once;
    gboolean example;
    gboolean version;
} option;

static const GOptionEntry entries[] = {
    {"config", 'c', 0, G_OPTION_ARG_FILENAME, &option.config, "The campaign's configuration", "FILE"},
    {"once", 0, 0, G_OPTION_ARG_NONE, &option.once, "Do what is due, then exit", NULL},
    {"now", 0, 0, G_OPTION_ARG_STRING, &option.now, "The campaign's clock, frozen (needs rehearsal = yes)",
     "TIME"},
    {"print-example", 0, 0, G_OPTION_ARG_NONE, &option.example, "Print a commented configuration", NULL},
    {"version", 0, 0, G_OPTION_ARG_NONE, &option.version, "Print the version", NULL},
    G_OPTION_ENTRY_NULL};

static int usage_fault(const char *message)
{
    fprintf(stderr, "baosongd: %s\nTry 'baosongd --help'.\n", message);
    return EX_USAGE;
}

/* --now is for rehearsals: a frozen clock beside real mail would answer people with wrong dates. */
static gboolean may_freeze(const Config *config, GError **error)
{
    if (!option.now || config->campaign.rehearsal) return TRUE;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "%s: --now needs rehearsal = yes in [campaign]: a frozen clock must not meet real mail",
                config->file);
    return FALSE;
}

/* Said at the start, not weeks later with the first letter; who only observes needs none. */
static void look_for_password(const Config *config)
{
    g_auto(Login) login = {.endpoint = {.url = config->smtp.url, .user = config->smtp.user}};
    g_autoptr (GError) error = NULL;
    char *token = NULL;
    if (!*config->smtp.password.command && !login_fill(&login, &config->smtp.password, &token, &error))
        g_warning("letters will not leave: %s", error->message);
}

static int run(void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = config_load(option.config, &error);
    if (!config) return log_failure(error);
    Clock clock = {.frozen = option.now != NULL};
    if (option.now && !calendar_parse(config->calendar, option.now, FALSE, &clock.at))
        return usage_fault("--now: not a time; write it as 2014-05-30T09:00:00+08:00");
    if (!may_freeze(config, &error)) return log_failure(error);
    if (!owner_become(config, &error)) return log_failure(error);
    look_for_password(config);
    g_autoptr (Cycle) cycle = cycle_open(config, clock, option.once, &error);
    if (!cycle) return log_failure(error);
    return option.once ? pass_once(cycle) : service_run(cycle);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    umask(077);
    log_init("baosongd");
    json_set_alloc_funcs(g_malloc, g_free); /* no memory is the end of us, never an answer */
    signal(SIGPIPE, SIG_IGN); /* a server that hangs up is an error of a write, not the end of us */
    signal(SIGXFSZ, SIG_IGN); /* as is a file that may not grow: it is told like a full disk */
    g_autoptr (GOptionContext) context = g_option_context_new("- the desk behind a submission mailbox");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr (GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) return usage_fault(error->message);
    if (option.version) return printf("baosongd %s\n", BAOSONG_VERSION) < 0 ? EX_IOERR : EX_OK;
    if (option.example) {
        g_autofree char *example = config_example();
        if (fputs(example, stdout) >= 0 && fflush(stdout) == 0) return EX_OK;
        fputs("baosongd: the output could not be written: is the disk full?\n", stderr);
        return EX_IOERR;
    }
    if (argc > 1) return usage_fault("too many arguments");
    if (!option.config) return usage_fault("which campaign? give its configuration with -c FILE");
    return run();
}
