/* Commands that ask the daemon for something: a request that it records and applies. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/command.h"
#include "daemon/desk/desk.h"
#include "daemon/log.h"
#include "daemon/store/delivery.h"
#include "daemon/store/requests.h"
#include "daemon/store/store.h"

/* `args` may be NULL. */
static int leave(const Config *config, const char *verb, json_t *args, const char *promise)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *id = store_request_write(config, verb, args, &error);
    if (!id) return log_failure(error);
    printf("%s\n", promise);
    printf("The daemon applies it at once if it runs, else at its next start (request %s).\n", id);
    return EX_OK;
}

static int ask(const Config *config, const char *verb, int argc, char **argv, const char *promise)
{
    if (!command_options(command_named(verb), NULL, &argc, &argv, 0, 0)) return EX_USAGE;
    return leave(config, verb, NULL, promise);
}

/* Reminders whose stage is due leave with the first pass. */
static void tell_reminders(const Config *config, const Store *store)
{
    g_autoptr (GPtrArray)
        letters = desk_remind(config, store_book(store), g_get_real_time() / G_USEC_PER_SEC, NULL);
    if (letters->len > 0)
        printf(config->remind.approve
                   ? "%u committees are short: their reminders are made at once, and held until 'baosong "
                     "release'; see "
                     "'baosong remind --preview'.\n"
                   : "%u committees are short and get a reminder at once; see 'baosong remind --preview'.\n",
               letters->len);
}

/* Says before it acts: what would go out. */
static void tell_what_waits(const Config *config)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = store_open_read_only(config, &error);
    StoreStatus status;
    g_autofree char *path = store_database_path(config);
    gboolean there = g_file_test(path, G_FILE_TEST_EXISTS);
    if (there && (!store || !store_fill_status(store, &status, &error))) {
        printf("What waits cannot be read: %s\n", error->message);
        return;
    }
    if (!there) {
        printf("Nothing was read yet, so nobody has seen what will be answered: unless that is meant, run "
               "'baosong "
               "hold', and look at the workbook first.\n");
        return;
    }
    printf("%u receipts from the time of observing wait; %u of %u committees have their quota.\n",
           status.held[OUTBOX_HOLD_OBSERVE], status.complete, status.committees);
    if (status.held[OUTBOX_HOLD_OBSERVE] > config->smtp.burst)
        printf("They are more than burst = %u and stay held until 'baosong release'.\n", config->smtp.burst);
    tell_reminders(config, store);
}

int command_go_live(const Config *config, int argc, char **argv)
{
    if (argc == 1) tell_what_waits(config);
    return ask(config, "go-live", argc, argv, "From now on receipts and reminders go out.");
}

int command_hold(const Config *config, int argc, char **argv)
{
    return ask(config, "hold", argc, argv,
               "Mail is still read and registered; nothing goes out until 'baosong release'.");
}

int command_report(const Config *config, int argc, char **argv)
{
    return ask(config, "report", argc, argv, "The workbook is written anew.");
}

/* Whether a request for this verb waits to be applied. */
static gboolean waits(Store *store, const char *verb)
{
    g_autoptr (GPtrArray) requests = store_requests_list(store, NULL);
    for (guint i = 0; requests && i < requests->len; i++)
        if (strcmp(((StoreRequest *)requests->pdata[i])->verb, verb) == 0) return TRUE;
    return FALSE;
}

/* Says before it acts: what would go out. */
static void tell_what_is_held(const Config *config)
{
    g_autoptr (Store) store = store_open_read_only(config, NULL);
    StoreStatus status;
    if (!store || !store_fill_status(store, &status, NULL)) return;
    if (status.mode == STORE_OBSERVE && !waits(store, "go-live"))
        printf("The campaign only observes yet: nothing goes out before 'baosong go-live'.\n");
    else
        printf("Held letters: %u.\n", status.outbox[OUTBOX_HELD]);
}

int command_release(const Config *config, int argc, char **argv)
{
    if (argc == 1) tell_what_is_held(config);
    return ask(config, "release", argc, argv, "What is held goes out.");
}

int command_revive(const Config *config, int argc, char **argv)
{
    if (!command_options(command_named("revive"), NULL, &argc, &argv, 1, 1)) return EX_USAGE;
    if (!strchr(argv[1], '@')) {
        fprintf(stderr, "baosong: \"%s\" is no mail address\n", argv[1]);
        return EX_USAGE;
    }
    g_autoptr (Store) store = store_open_read_only(config, NULL);
    if (store && !store_is_dead(store, argv[1])) {
        fprintf(stderr,
                "baosong: %s is not left out: letters go there; 待处理 in the workbook names who is\n",
                argv[1]);
        return EX_DATAERR;
    }
    json_t *args = json_pack("{s:s}", "address", argv[1]);
    if (!args) {
        fprintf(stderr, "baosong: the address is not UTF-8\n");
        return EX_USAGE;
    }
    int status = leave(config, "revive", args, "Letters go to this address again.");
    json_decref(args);
    return status;
}
