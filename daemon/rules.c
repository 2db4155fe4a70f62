#include "daemon/rules.h"

#include <string.h>

#define RULES     "rules"      /* setting: digest of what the last pass went by */
#define PASSED_BY "passed_by/" /* and the folder: "UIDVALIDITY UID", the cursor when they changed last */

static void add(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)text,
                      (gssize)strlen(text) + 1); /* with its NUL: no two lists are one */
}

static void add_all(GChecksum *sum, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++) add(sum, texts->pdata[i]);
    add(sum, "");
}

/* All that desk/whose.c goes by, and nothing else: a new telephone costs no reading. */
static char *digest(const Config *config)
{
    g_autoptr (GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *numbers =
        g_strdup_printf("%" G_GINT64_FORMAT " %d", config->campaign.starts_at, (int)config->imap.use);
    add(sum, numbers);
    add(sum, config->desk.address);
    add_all(sum, config->campaign.keywords);
    add_all(sum, config->campaign.others);
    for (guint i = 0; i < config->roster->committees->len; i++) {
        const Committee *committee = config->roster->committees->pdata[i];
        add(sum, committee->name);
        add_all(sum, committee->aliases);
        add_all(sum, committee->addresses);
    }
    return g_strdup(g_checksum_get_string(sum));
}

static gboolean read_mark(Cycle *cycle, const char *folder, gint64 *uidvalidity, gint64 *uid)
{
    g_autofree char *key = g_strconcat(PASSED_BY, folder, NULL);
    g_autofree char *mark = store_setting(cycle->store, key);
    char *rest = NULL;
    *uidvalidity = mark ? g_ascii_strtoll(mark, &rest, 10) : 0;
    *uid = rest ? g_ascii_strtoll(rest, NULL, 10) : 0;
    return mark != NULL;
}

/* Changed again before it was read to its end: what lay below the first cursor counts. */
static gboolean mark(Cycle *cycle, const StoreFolder *folder, GError **error)
{
    gint64 uidvalidity, uid;
    if (!read_mark(cycle, folder->name, &uidvalidity, &uid) || uidvalidity != folder->uidvalidity) uid = 0;
    g_autofree char *key = g_strconcat(PASSED_BY, folder->name, NULL);
    g_autofree char *text =
        g_strdup_printf("%u %" G_GINT64_FORMAT, folder->uidvalidity, MAX(uid, (gint64)folder->last_uid));
    return store_set_setting(cycle->store, key, text, error);
}

static gboolean read_again(Cycle *cycle, const char *now, GError **error)
{
    const ImapConfig *imap = &cycle->config->imap;
    const char *junk = strcmp(imap->junk, "-") != 0 ? cycle_folder(cycle, imap->junk, IMAP_ROLE_JUNK) : NULL;
    const char *names[] = {imap->inbox, junk};
    guint count;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        StoreFolder folder = {.name = (char *)names[i]};
        if (!names[i]) continue;
        if (!store_get_folder(cycle->store, &folder, error) || !mark(cycle, &folder, error)) return FALSE;
    }
    if (!store_ask_again(cycle->store, &count, error) || !store_set_setting(cycle->store, RULES, now, error))
        return FALSE;
    g_message("configuration or roster have changed in what is this campaign's mail: %u mails that were not, "
              "and what "
              "came before `starts`, are looked at again; receipts for them are held until 'baosong release'",
              count);
    return TRUE;
}

gboolean rules_look(Cycle *cycle, GError **error)
{
    g_autofree char *known = store_setting(cycle->store, RULES), *now = digest(cycle->config);
    if (g_strcmp0(known, now) == 0) return TRUE;
    if (!known) return store_set_setting(cycle->store, RULES, now, error);
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    if (read_again(cycle, now, error)) return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}

gboolean rules_passed_by(Cycle *cycle, const StoreMail *mail)
{
    gint64 uidvalidity, uid;
    return read_mark(cycle, mail->folder, &uidvalidity, &uid) && uidvalidity == mail->uidvalidity &&
           mail->uid <= uid;
}
