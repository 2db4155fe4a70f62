#include "daemon/rules.h"

#include <string.h>

#include "daemon/lease.h"

#define RULES "rules" /* setting: digest of what the last pass went by */

static void add(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)text,
                      (gssize)strlen(text) + 1); /* with its NUL: no two lists are one */
}

static void add_all(GChecksum *sum, const GPtrArray *texts)
{
    for (guint i = 0; texts && i < texts->len; i++) add(sum, texts->pdata[i]);
    add(sum, "");
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_sorted(GChecksum *sum, GPtrArray *texts)
{
    g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new(texts->len);
    for (guint i = 0; i < texts->len; i++) g_ptr_array_add(sorted, texts->pdata[i]);
    g_ptr_array_sort(sorted, by_text);
    add_all(sum, sorted);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const Committee *x = *(Committee *const *)a, *y = *(Committee *const *)b;
    return strcmp(x->name, y->name);
}

/* In any order: who sorts the roster by another column has changed nothing. */
static void add_roster(GChecksum *sum, const Roster *roster)
{
    g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new(roster->committees->len);
    for (guint i = 0; i < roster->committees->len; i++) g_ptr_array_add(sorted, roster->committees->pdata[i]);
    g_ptr_array_sort(sorted, by_name);
    for (guint i = 0; i < sorted->len; i++) {
        const Committee *committee = sorted->pdata[i];
        add(sum, committee->name);
        add_sorted(sum, committee->aliases);
        add_sorted(sum, committee->addresses);
        add(sum, committee->secretary_address);
    }
}

/* All that desk/whose.c goes by, and the words that it makes of it (desk/words.c). */
char *rules_digest(const Config *config)
{
    const CampaignConfig *campaign = &config->campaign;
    g_autoptr (GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *starts = g_strdup_printf("%" G_GINT64_FORMAT, campaign->starts_at);
    const char *const texts[] = {starts,
                                 campaign->title,
                                 campaign->item_word,
                                 campaign->number_prefix,
                                 config->desk.university,
                                 config->desk.department,
                                 config->desk.address};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) add(sum, texts[i]);
    add_all(sum, campaign->keywords);
    add_all(sum, campaign->others);
    add_roster(sum, config->roster);
    return g_strdup(g_checksum_get_string(sum));
}

static gboolean read_again(Cycle *cycle, const char *now, GError **error)
{
    guint count;
    if (!store_ask_again(cycle->store, &count, error) || !store_set_setting(cycle->store, RULES, now, error))
        return FALSE;
    g_message("configuration or roster have changed in what is this campaign's mail: %u mails that were not, "
              "and what came before `starts`, are looked at again",
              count);
    return TRUE;
}

static gboolean note(Cycle *cycle, const char *now, GError **error)
{
    if (!store_set_setting(cycle->store, RULES, now, error)) return FALSE;
    g_message(
        "configuration or roster have changed in what is this campaign's mail: that holds for mail that "
        "comes from now on; what was passed by stays so, until 'baosong rebuild' reads it and holds its "
        "receipts for 'baosong release'");
    return TRUE;
}

/* Another instance held the lease before us, and went by other rules: what it passed by and we do not came by
 * the time of its last lease, or is so new that an answer is no surprise. If it learnt ours meanwhile, by the
 * time of the first lease that says so. One that tells no rules is of an older baosong. */
static void look_at_other(Cycle *cycle, const char *now)
{
    const Lease *lease = &cycle->lease;
    gboolean differ = lease->rules && *lease->rules && strcmp(lease->rules, now) != 0;
    gint64 until = differ ? lease->rules_at : lease->mixed_until;
    if (store_mode(cycle->store) == STORE_OBSERVE) until = 0;
    if (until > 0 && cycle->passed_until != until) {
        g_autofree char *at = calendar_stamp(cycle->config->calendar, until);
        g_message(
            "the instance that acted until %s had another configuration or roster: what it passed by and "
            "is this campaign's mail here is registered, and its receipts are held for 'baosong release'",
            at);
    }
    cycle->passed_until = until;
}

gboolean rules_end_other(Cycle *cycle, GError **error)
{
    Lease *lease = &cycle->lease;
    cycle->passed_until = 0;
    if (!lease->rules) return TRUE;
    g_clear_pointer(&lease->rules, g_free);
    lease->mixed_until = 0;
    lease->changed = TRUE;
    return lease_save(cycle, error);
}

gboolean rules_look(Cycle *cycle, GError **error)
{
    g_autofree char *known = store_setting(cycle->store, RULES), *now = rules_digest(cycle->config);
    look_at_other(cycle, now);
    if (g_strcmp0(known, now) == 0) return TRUE;
    if (!known) return store_set_setting(cycle->store, RULES, now, error);
    if (store_mode(cycle->store) != STORE_OBSERVE && !cycle->rebuilding) return note(cycle, now, error);
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    if (read_again(cycle, now, error)) return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}
