#include "daemon/rules.h"

#include <string.h>

#include "daemon/lease.h"
#include "daemon/rules_digest.h"

#define RULES "rules" /* setting: digest of what the last pass went by */

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
