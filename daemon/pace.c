#include "daemon/pace.h"

#include <string.h>

#define FIRST_DELAY 60
#define EVERYONE    "*"

struct Pace {
    guint limit, domain_limit; /* in a window */
    char *own;                 /* domain */
    GHashTable *left;          /* domain or "*" -> GArray of gint64, in order */
    GHashTable *pauses;        /* domain or "*" -> gint64* */
};

Pace *pace_new(guint per_minute, guint domain_per_minute, const char *own)
{
    Pace *pace = g_new0(Pace, 1);
    pace->limit = per_minute * (PACE_WINDOW / 60);
    pace->domain_limit = domain_per_minute * (PACE_WINDOW / 60);
    pace->own = pace_domain(own);
    pace->left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    pace->pauses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return pace;
}

void pace_free(Pace *pace)
{
    if (!pace) return;
    g_hash_table_unref(pace->left);
    g_hash_table_unref(pace->pauses);
    g_free(pace->own);
    g_free(pace);
}

char *pace_domain(const char *address)
{
    const char *at = strrchr(address, '@');
    return g_utf8_strdown(at ? at + 1 : "", -1);
}

/* The domains of the addresses, each once. */
static GPtrArray *domains_of(const GPtrArray *to)
{
    GPtrArray *domains = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < to->len; i++) {
        char *domain = pace_domain(to->pdata[i]);
        if (g_ptr_array_find_with_equal_func(domains, domain, g_str_equal, NULL))
            g_free(domain);
        else
            g_ptr_array_add(domains, domain);
    }
    return domains;
}

static void note(Pace *pace, const char *key, gint64 at)
{
    GArray *times = g_hash_table_lookup(pace->left, key);
    if (!times) {
        times = g_array_new(FALSE, FALSE, sizeof(gint64));
        g_hash_table_insert(pace->left, g_strdup(key), times);
    }
    g_array_append_val(times, at);
}

void pace_note(Pace *pace, const GPtrArray *to, gint64 at)
{
    g_autoptr (GPtrArray) domains = domains_of(to);
    note(pace, EVERYONE, at);
    for (guint i = 0; i < domains->len; i++) note(pace, domains->pdata[i], at);
}

void pace_pause(Pace *pace, const char *domain, gint64 until)
{
    const gint64 *known = g_hash_table_lookup(pace->pauses, domain);
    if (known && *known >= until) return;
    gint64 *value = g_new(gint64, 1);
    *value = until;
    g_hash_table_replace(pace->pauses, g_strdup(domain), value);
}

/* When one more than those of the last window may leave. */
static gint64 when(const Pace *pace, const char *key, guint limit, gint64 now)
{
    const gint64 *pause = g_hash_table_lookup(pace->pauses, key);
    const GArray *times = g_hash_table_lookup(pace->left, key);
    gint64 at = pause ? MAX(*pause, now) : now;
    if (!times || limit == 0 || times->len < limit) return at;
    return MAX(at, g_array_index(times, gint64, times->len - limit) + PACE_WINDOW);
}

gint64 pace_when(const Pace *pace, const GPtrArray *to, gint64 now)
{
    g_autoptr (GPtrArray) domains = domains_of(to);
    gint64 at = when(pace, EVERYONE, pace->limit, now);
    for (guint i = 0; i < domains->len; i++) {
        gboolean own = strcmp(domains->pdata[i], pace->own) == 0;
        at = MAX(at, when(pace, domains->pdata[i], own ? 0 : pace->domain_limit, now));
    }
    return at;
}

guint pace_delay(guint attempts, const char *message_id)
{
    guint doublings = MIN(attempts > 0 ? attempts - 1 : 0, 10);
    guint delay = MIN((guint)FIRST_DELAY << doublings, (guint)PACE_LONGEST_DELAY);
    return delay + (g_str_hash(message_id) + attempts * 2654435761u) % (delay / 4 + 1);
}
