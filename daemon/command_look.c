/* Commands that look: status, show, remind --preview. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/command.h"
#include "daemon/desk/desk.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/store/store.h"

/* How long ago the mailbox was read to its end; -1 = never. */
static gint64 lag_of(const StoreStatus *status)
{
    return status->last_poll_at ? MAX(g_get_real_time() / G_USEC_PER_SEC - status->last_poll_at, 0) : -1;
}

static json_t *status_json(const Config *config, const StoreStatus *status)
{
    json_t *outbox = json_object();
    for (int i = 0; i < OUTBOX_STATES; i++)
        json_object_set_new(outbox, store_outbox_state_name((OutboxState)i), json_integer(status->outbox[i]));
    json_t *held = json_object();
    for (int i = OUTBOX_HOLD_NONE + 1; i < OUTBOX_HOLDS; i++)
        json_object_set_new(held, store_outbox_hold_name((OutboxHold)i), json_integer(status->held[i]));
    json_t *all = json_pack(
        "{s:s, s:s, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:o, "
        "s:o}",
        "campaign", config->campaign.id, "mode", store_mode_name(status->mode), "last_poll_at",
        (json_int_t)status->last_poll_at, "mails", (int)status->mails, "campaign_mails",
        (int)status->campaign, "suspect", (int)status->suspect, "items", (int)status->items, "counting",
        (int)status->counting, "late", (int)status->late, "unclaimed", (int)status->unclaimed, "committees",
        (int)status->committees, "complete", (int)status->complete, "silent", (int)status->silent, "reported",
        (int)status->reported, "owed", (int)status->owed, "todos", (int)status->todos, "requests",
        (int)status->requests, "free_bytes", (json_int_t)status->free_bytes, "outbox", outbox, "held", held);
    json_object_set_new(all, "last_mail_at", json_integer(status->last_mail_at));
    json_object_set_new(all, "lag_seconds", json_integer(lag_of(status)));
    json_object_set_new(all, "dead_addresses", json_integer(status->dead));
    json_object_set_new(all, "reading_interrupted", json_integer(status->readings));
    json_object_set_new(all, "worker_restarts", json_integer(status->worker_restarts));
    return all;
}

static int print_json(json_t *value)
{
    int written = json_dumpf(value, stdout, JSON_INDENT(2));
    json_decref(value);
    return written != 0 || putchar('\n') == EOF ? EX_IOERR : EX_OK;
}

static void print_status(const Config *config, const StoreStatus *status)
{
    g_autofree char *poll = calendar_stamp(config->calendar, status->last_poll_at);
    printf("%s (%s)\n", config->campaign.title, config->campaign.id);
    printf("  mode         %s\n", store_mode_name(status->mode));
    g_autofree char *mail =
        status->last_mail_at ? calendar_stamp(config->calendar, status->last_mail_at) : g_strdup("none yet");
    if (status->last_poll_at)
        printf("  last poll    %s, %" G_GINT64_FORMAT " seconds ago\n", poll, lag_of(status));
    else
        printf("  last poll    never; if the daemon runs, its log says why\n");
    printf("  last mail    %s\n", mail);
    printf("  mails        %u: %u of the campaign, %u suspect\n", status->mails, status->campaign,
           status->suspect);
    printf("  items        %u, of which %u count, %u late, %u unclaimed\n", status->items, status->counting,
           status->late, status->unclaimed);
    printf("  committees   %u of %u complete, %u sent nothing\n", status->complete, status->committees,
           status->silent);
    printf("  letters     ");
    guint letters = 0;
    for (int i = 0; i < OUTBOX_STATES; letters += status->outbox[i++])
        if (status->outbox[i]) printf(" %s %u", store_outbox_state_name((OutboxState)i), status->outbox[i]);
    if (letters == 0) printf(" none");
    printf("\n  to look at   %u\n  requests     %u\n", status->todos, status->requests);
    for (int i = OUTBOX_HOLD_NONE + 1; i < OUTBOX_HOLDS; i++)
        if (status->held[i])
            printf("  held         %u: %s\n", status->held[i], store_outbox_hold_name((OutboxHold)i));
    if (status->dead)
        printf("  dead         %u addresses: correct them in the roster, or run 'baosong revive ADDRESS'\n",
               status->dead);
    if (status->readings)
        printf("  reading      %u batches of mails; if it dies there, they are read again one by one\n",
               status->readings);
    printf("  parsers      %" G_GINT64_FORMAT " restarted\n", status->worker_restarts);
    printf("  disk left    %" G_GUINT64_FORMAT " MiB\n", status->free_bytes >> 20);
}

/* Which instance acts, and whether something keeps it from sending. */
static json_t *add_instance(json_t *status, Store *store)
{
    g_autofree char *role = store_setting(store, "role"), *host = store_setting(store, "lease_host");
    g_autofree char *gaps = store_setting(store, "gaps");
    g_autofree char *missing = store_setting(store, JOURNAL_GAPS);
    json_object_set_new(status, "role", json_string(role ? role : "active"));
    json_object_set_new(status, "lease_host", json_string(host ? host : ""));
    json_object_set_new(status, "lease_expires_at",
                        json_integer(store_setting_int(store, "lease_expires_at", 0)));
    json_object_set_new(status, "gaps", json_boolean(gaps != NULL));
    json_object_set_new(status, "records_missing", json_string(missing ? missing : ""));
    return status;
}

static void print_instance(const Config *config, Store *store)
{
    g_autofree char *role = store_setting(store, "role"), *host = store_setting(store, "lease_host");
    g_autofree char *gaps = store_setting(store, "gaps");
    g_autofree char *missing = store_setting(store, JOURNAL_GAPS);
    gint64 expires = store_setting_int(store, "lease_expires_at", 0);
    g_autofree char *until = expires ? calendar_stamp(config->calendar, expires) : NULL;
    if (g_strcmp0(role, "standby") == 0)
        printf("  standby      %s acts, its lease runs until %s\n", host ? host : "another instance",
               until ? until : "?");
    if (missing && *missing)
        printf(
            "  records      %s are missing from folder %s: put them back, and make backups; a rebuild would "
            "lack them\n",
            missing, config->imap.ledger);
    if (gaps) printf("  gaps         nothing is sent: see 'baosong rebuild --accept-gaps'\n");
}

int command_status(const Config *config, int argc, char **argv)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL},
                                    G_OPTION_ENTRY_NULL};
    if (!command_options(command_named("status"), entries, &argc, &argv, 0, 0)) return EX_USAGE;
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = store_open_read_only(config, &error);
    StoreStatus status;
    if (!store || !store_fill_status(store, &status, &error)) return log_failure(error);
    if (json) return print_json(add_instance(status_json(config, &status), store));
    print_status(config, &status);
    print_instance(config, store);
    return EX_OK;
}

int command_show(const Config *config, int argc, char **argv)
{
    if (!command_options(command_named("show"), NULL, &argc, &argv, 1, 1)) return EX_USAGE;
    /* "CX2014-007", "cx2014-7" and "7" are one number, and 〔CX2014-007〕 as subjects have it. */
    g_autofree char *bare = roster_key(argv[1]); /* no brackets, nothing full-width */
    const char *digits = bare;
    gsize prefix = strlen(config->campaign.number_prefix);
    if (g_ascii_strncasecmp(digits, config->campaign.number_prefix, prefix) == 0) digits += prefix;
    guint64 number;
    if (!g_ascii_string_to_unsigned(digits, 10, 1, G_MAXUINT32, &number, NULL)) {
        fprintf(stderr, "baosong: '%s' is no number of an item; write it as %s001\n", argv[1],
                config->campaign.number_prefix);
        return EX_USAGE;
    }
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = store_open_read_only(config, &error);
    json_t *item = store ? store_show_item(store, (guint)number, &error) : NULL;
    if (error) return log_failure(error);
    if (!item) {
        fprintf(stderr, "baosong: there is no item %s\n", argv[1]);
        return EX_DATAERR;
    }
    return print_json(item);
}

int command_remind(const Config *config, int argc, char **argv)
{
    gboolean preview = FALSE;
    g_autofree char *at = NULL;
    const GOptionEntry entries[] = {
        {"preview", 0, 0, G_OPTION_ARG_NONE, &preview,
         "Send nothing: print who would get one, and one in full", NULL},
        {"now", 0, 0, G_OPTION_ARG_STRING, &at, "As if it were this time", "TIME"},
        G_OPTION_ENTRY_NULL};
    if (!command_options(command_named("remind"), entries, &argc, &argv, 0, 0)) return EX_USAGE;
    if (!preview) {
        fprintf(stderr, "baosong: reminders go out by themselves when they are due; see who would get one "
                        "with --preview\n");
        return EX_USAGE;
    }
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    if (at && !calendar_parse(config->calendar, at, FALSE, &now)) {
        fprintf(stderr, "baosong: --now %s: not a time; write it as 2014-05-30T09:00:00+08:00\n", at);
        return EX_USAGE;
    }
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = store_open_read_only(config, &error);
    if (!store) return log_failure(error);
    g_autoptr (GPtrArray) letters = desk_remind(config, store_book(store), now, NULL);
    for (guint i = 0; i < letters->len; i++) {
        const Letter *letter = letters->pdata[i];
        const Committee *committee = roster_find_code(config->roster, letter->committee);
        printf("%-4s %s <%s>\n", letter->stage, committee ? committee->name : letter->committee, letter->to);
    }
    printf("%u reminders are due.\n", letters->len);
    if (letters->len > 0) {
        const Letter *first = letters->pdata[0];
        printf("\nSubject: %s\n\n%s", first->subject, first->text->str);
    }
    return EX_OK;
}
