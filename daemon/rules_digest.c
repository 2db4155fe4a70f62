#include "daemon/rules_digest.h"

#include <string.h>

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
