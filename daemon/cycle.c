#include "daemon/cycle.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/desk/desk.h"
#include "daemon/login.h"
#include "daemon/net/smtp.h"

#define PARSER "baosong-parse"

gint64 clock_now(const Clock *clock)
{
    return clock->frozen ? clock->at : g_get_real_time() / G_USEC_PER_SEC;
}

/* --- who we are ------------------------------------------------------------------------------- */

static char *machine_digest(const Cycle *cycle, const char *random)
{
    g_autofree char *machine = NULL;
    if (!g_file_get_contents("/etc/machine-id", &machine, NULL, NULL)) machine = g_strdup(g_get_host_name());
    g_autofree char *all = g_strjoin("\n", random, machine, cycle->config->store.state_dir, NULL);
    char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
    digest[16] = '\0';
    return digest;
}

const char *cycle_instance(Cycle *cycle)
{
    if (cycle->lease.instance) return cycle->lease.instance;
    g_autofree char *path = g_build_filename(cycle->config->store.state_dir, "instance", NULL);
    g_autofree char *random = NULL;
    if (!g_file_get_contents(path, &random, NULL, NULL) || strlen(g_strstrip(random)) < 16) {
        guint8 bytes[8];
        GString *hex = g_string_new(NULL);
        g_autoptr (GError) error = NULL;
        if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
            g_error("no random bytes: %s", g_strerror(errno));
        for (guint i = 0; i < sizeof bytes; i++) g_string_append_printf(hex, "%02x", bytes[i]);
        g_free(random);
        random = g_string_free(hex, FALSE);
        /* Without the file the next start is a new instance, which waits until this one's lease has run out.
         */
        if (!g_file_set_contents_full(path, random, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
            g_warning("cannot keep the name of this instance: %s; see to the state folder", error->message);
    }
    cycle->lease.instance = machine_digest(cycle, random);
    return cycle->lease.instance;
}

/* --- open and close --------------------------------------------------------------------------- */

/* With another key every Message-ID is another one: what was answered would be answered again. */
static gboolean same_key(const Cycle *cycle, GError **error)
{
    g_autofree char *mark = ledger_message_id(cycle->ledger, "key", "mark", "");
    g_autofree char *known = store_setting(cycle->store, "ledger_mark");
    /* A database that holds nothing yet begins nothing: follow.c says what to do. */
    if (!known || store_is_new(cycle->store))
        return store_set_setting(cycle->store, "ledger_mark", mark, error);
    if (strcmp(known, mark) == 0) return TRUE;
    g_set_error(
        error, LEDGER_ERROR, LEDGER_ERROR_KEY,
        "the ledger key or the mailbox's domain is not the one that this campaign began with: put it back "
        "([store] key_file or key_credential, [desk] address); with another one every letter would go again");
    return FALSE;
}

static Cycle *open_cycle(const Config *config, Clock clock, gboolean once, gboolean beside, GError **error)
{
    g_autoptr (Cycle) cycle = g_new0(Cycle, 1);
    cycle->config = config;
    cycle->clock = clock;
    cycle->once = once;
    cycle->stale = TRUE;
    cycle->desk = desk_new(config);
    cycle->store = beside ? store_open_beside(config, error) : store_open(config, error);
    cycle->ledger = cycle->store ? ledger_open(config, error) : NULL;
    if (!cycle->ledger || !same_key(cycle, error)) return NULL;
    return g_steal_pointer(&cycle);
}

/* Whether letters would go where a rehearsal may send. */
static gboolean may_send(const Config *config, GError **error)
{
    if (!config->campaign.rehearsal || *config->smtp.rehearsal_to || smtp_url_is_loopback(config->smtp.url))
        return TRUE;
    g_set_error(
        error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
        "%s: [smtp] url: rehearsal = yes sends only to a server on this machine; set rehearsal_to to an "
        "address of yours that gets all letters instead",
        config->file);
    return FALSE;
}

Cycle *cycle_open(const Config *config, Clock clock, gboolean once, GError **error)
{
    return may_send(config, error) ? open_cycle(config, clock, once, FALSE, error) : NULL;
}

Cycle *cycle_open_beside(const Config *config, Clock clock, GError **error)
{
    return open_cycle(config, clock, TRUE, TRUE, error);
}

void lease_clear(Lease *lease)
{
    g_free(lease->instance);
    g_free(lease->holder);
    g_free(lease->host);
    g_free(lease->rules);
    *lease = (Lease){0};
}

void cycle_close(Cycle *cycle)
{
    if (!cycle) return;
    g_clear_pointer(&cycle->pool, worker_pool_free);
    cycle_disconnect(cycle);
    lease_clear(&cycle->lease);
    json_decref(cycle->portion);
    g_clear_pointer(&cycle->located, g_hash_table_unref);
    login_forget(&cycle->imap_token);
    login_forget(&cycle->smtp_token);
    g_clear_pointer(&cycle->ledger, ledger_free);
    g_clear_pointer(&cycle->store, store_close);
    g_clear_pointer(&cycle->desk, desk_free);
    g_free(cycle);
}

void cycle_progress(const Cycle *cycle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *doing = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sd_notifyf(0, "WATCHDOG=1\nSTATUS=%s: %s", store_mode_name(store_mode(cycle->store)), doing);
}

void cycle_alive(void)
{
    static gint64 fed_at;
    gint64 now = g_get_monotonic_time();
    if (now - fed_at < G_USEC_PER_SEC) return;
    fed_at = now;
    sd_notify(0, "WATCHDOG=1");
}

/* As configured; else beside this program, in a build tree as when installed; else on PATH. */
static char *find_parser(const Config *config)
{
    if (*config->store.parser) return g_strdup(config->store.parser);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    g_autofree char *beside = g_build_filename(folder, PARSER, NULL);
    if (access(beside, X_OK) == 0) return g_steal_pointer(&beside);
    char *found = g_find_program_in_path(PARSER);
    return found ? found : g_steal_pointer(&beside);
}

gboolean cycle_need_pool(Cycle *cycle, GError **error)
{
    if (cycle->pool) return TRUE;
    g_autofree char *parser = find_parser(cycle->config);
    cycle->deaths = 0;
    cycle->pool = worker_pool_new(parser, cycle->config->store.workers, 0, error);
    return cycle->pool != NULL;
}

void cycle_count_deaths(Cycle *cycle)
{
    guint deaths = cycle->pool ? worker_pool_deaths(cycle->pool) : 0;
    gint64 all = store_setting_int(cycle->store, "worker_restarts", 0);
    if (deaths > cycle->deaths)
        store_set_setting_int(cycle->store, "worker_restarts", all + deaths - cycle->deaths, NULL);
    cycle->deaths = deaths;
}

/* --- connection ------------------------------------------------------------------------------- */

void cycle_disconnect(Cycle *cycle)
{
    g_clear_pointer(&cycle->imap, imap_close);
    g_clear_pointer(&cycle->folders, g_ptr_array_unref);
}

static ImapSession *log_in(Cycle *cycle, GError **error)
{
    const ImapConfig *imap = &cycle->config->imap;
    g_auto(Login) login = {.endpoint = {
                               .url = imap->url,
                               .user = imap->user,
                               .ca_file = imap->ca_file,
                               .connect_timeout_seconds = imap->timeout,
                               .command_timeout_seconds = imap->timeout,
                           }};
    return login_fill(&login, &imap->password, &cycle->imap_token, error) ? imap_open(&login.endpoint, error)
                                                                          : NULL;
}

/* A name that was mistyped must not mean, without a word, that junk is not read or no copies are kept. */
static void tell_missing(const Cycle *cycle, const char *key, const char *name)
{
    if (!*name || strcmp(name, "-") == 0 || imap_find_folder(cycle->folders, name)) return;
    g_autoptr (GString) there = g_string_new(NULL);
    for (guint i = 0; i < MIN(cycle->folders->len, 20); i++)
        g_string_append_printf(there, "%s%s", i ? ", " : "", ((ImapFolder *)cycle->folders->pdata[i])->name);
    g_warning("[imap] %s: the mailbox has no folder %s, it is left out; there are: %s", key, name,
              there->str);
}

static gboolean check_folders(Cycle *cycle, GError **error)
{
    const ImapConfig *imap = &cycle->config->imap;
    const ImapFolder *ledger = imap_find_folder(cycle->folders, imap->ledger);
    const char *const others[] = {cycle_folder(cycle, imap->sent, IMAP_ROLE_SENT),
                                  cycle_folder(cycle, imap->junk, IMAP_ROLE_JUNK)};
    for (guint i = 0; ledger && i < G_N_ELEMENTS(others); i++) {
        if (g_strcmp0(ledger->name, others[i]) != 0) continue;
        g_set_error(
            error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
            "%s: [imap] ledger: in this mailbox %s is the folder of %s; record mails need a folder of "
            "their own",
            cycle->config->file, ledger->name, i == 0 ? "sent mail" : "junk");
        return FALSE;
    }
    if (!cycle->told_missing) {
        tell_missing(cycle, "sent", imap->sent);
        tell_missing(cycle, "junk", imap->junk);
        cycle->told_missing = TRUE;
    }
    return TRUE;
}

gboolean cycle_connect(Cycle *cycle, GError **error)
{
    if (cycle->imap && imap_alive(cycle->imap)) return TRUE;
    cycle_disconnect(cycle);
    g_autoptr (GError) local = NULL;
    gboolean had_token = cycle->imap_token != NULL;
    cycle->imap = log_in(cycle, &local);
    if (!cycle->imap && login_may_be_old(&cycle->config->imap.password, had_token, local)) {
        g_message("%s; asking token_command for another token", local->message);
        login_forget(&cycle->imap_token);
        g_clear_error(&local);
        cycle->imap = log_in(cycle, &local);
    }
    if (!cycle->imap) {
        if (g_error_matches(local, NET_ERROR, NET_ERROR_AUTH)) login_forget(&cycle->imap_token);
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    cycle->folders = imap_list_folders(cycle->imap, error);
    if (cycle->folders && cycle->folders->len > 0 && check_folders(cycle, error)) return TRUE;
    if (cycle->folders && cycle->folders->len == 0) /* else the ledger would pass for deleted */
        g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL,
                    "the server lists no folders of %s, not even INBOX; we try again",
                    cycle->config->imap.user);
    cycle_disconnect(cycle); /* sending goes on without the mailbox, and must not take this for one */
    return FALSE;
}

gboolean cycle_reconnect(Cycle *cycle)
{
    g_autoptr (GError) error = NULL;
    if (!cycle->imap) return FALSE;
    if (cycle_connect(cycle, &error)) return TRUE;
    g_message("the connection to the mailbox broke, and there is no other now: %s", error->message);
    return FALSE;
}

const char *cycle_folder(const Cycle *cycle, const char *configured, ImapRole role)
{
    const ImapFolder *found =
        *configured ? imap_find_folder(cycle->folders, configured) : imap_find_role(cycle->folders, role);
    return found ? found->name : NULL;
}
