/* check.c - themes, quotas, and what no single value can be wrong about. */
#include <string.h>

#include "config/check.h"
#include "config/stages.h"
#include "config/values.h"

enum { QUOTA_MOST = 10000 };

static gboolean same_key(const char *a, const char *b)
{
    if (strcmp(a, b) == 0) return TRUE;
    g_autofree char *left = roster_key(a);
    g_autofree char *right = roster_key(b);
    return strcmp(left, right) == 0;
}

/* --- themes and quotas, as they are read ------------------------------------------------------ */

gboolean check_new_theme(Loader *loader, guint line, const char *heading, const char *short_name)
{
    GPtrArray *themes = loader->config->themes;
    if (!*short_name)
        return loader_fail(loader, CONFIG_ERROR_VALUE, line, heading, NULL, "the theme has no name");
    if (same_key(short_name, "其他"))
        return loader_fail(loader, CONFIG_ERROR_VALUE, line, heading, NULL,
                           "其他 is there without saying: it is what fits no theme");
    for (guint i = 0; i < themes->len; i++) {
        const Theme *other = g_ptr_array_index(themes, i);
        if (same_key(other->short_name, short_name))
            return loader_fail(loader, CONFIG_ERROR_VALUE, line, heading, NULL,
                               "the same name as [theme %s] on line %u", other->short_name,
                               g_array_index(loader->theme_lines, guint, i));
    }
    Theme *theme = g_new0(Theme, 1);
    theme->short_name = g_strdup(short_name);
    g_ptr_array_add(themes, theme);
    g_array_append_val(loader->theme_lines, line);
    loader->theme_seen = 0;
    return TRUE;
}

/* "2" or "2-5" */
static gboolean read_quota(const char *text, guint *least, guint *most)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    guint64 low, high = 0;
    if (!ends[0]) return FALSE;
    if (!values_number(g_strstrip(ends[0]), QUOTA_MOST, &low)) return FALSE;
    if (ends[1] && (!values_number(g_strstrip(ends[1]), QUOTA_MOST, &high) || high < low || high == 0))
        return FALSE;
    *least = (guint)low;
    *most = (guint)high;
    return TRUE;
}

gboolean check_new_quota(Loader *loader, guint line, const char *kind, const char *value)
{
    GPtrArray *quotas = loader->config->quotas;
    guint least, most;
    if (!*kind)
        return loader_fail(loader, CONFIG_ERROR_SYNTAX, line, "quota", NULL,
                           "no type stands before the equals sign");
    for (guint i = 0; i < quotas->len; i++)
        if (same_key(((const Quota *)g_ptr_array_index(quotas, i))->kind, kind))
            return loader_fail(loader, CONFIG_ERROR_KEY, line, "quota", kind,
                               "stands twice (line %u already)",
                               g_array_index(loader->quota_lines, guint, i));
    if (!read_quota(value, &least, &most))
        return loader_fail(loader, CONFIG_ERROR_VALUE, line, "quota", kind,
                           "“%s” is wrong; it must be a number such as 2, or a range such as 2-5", value);
    Quota *quota = g_new(Quota, 1);
    *quota = (Quota){.kind = g_strdup(kind), .least = least, .most = most};
    g_ptr_array_add(quotas, quota);
    g_array_append_val(loader->quota_lines, line);
    return TRUE;
}

/* --- the whole -------------------------------------------------------------------------------- */

static gboolean fail_key(Loader *loader, const char *section, const char *name, const char *what)
{
    return loader_fail(loader, CONFIG_ERROR_VALUE, loader_line(loader, section, name), section, name, "%s",
                       what);
}

static gboolean check_dates(Loader *loader)
{
    const CampaignConfig *campaign = &loader->config->campaign;
    if (campaign->deadline_at > campaign->starts_at) return TRUE;
    return fail_key(loader, "campaign", "deadline", "it is not after starts");
}

static gboolean is_loopback(const char *url)
{
    static const char *const hosts[] = {"127.", "localhost", "[::1]"};
    const char *host = strstr(url, "://");
    for (guint i = 0; host && i < G_N_ELEMENTS(hosts); i++) {
        gsize length = strlen(hosts[i]);
        if (g_ascii_strncasecmp(host + 3, hosts[i], length) != 0) continue;
        if (i == 0) {
            g_autofree char *address = g_strndup(host + 3, strcspn(host + 3, ":/"));
            return g_hostname_is_ip_address(address);
        }
        if (!host[3 + length] || strchr(":/", host[3 + length])) return TRUE;
    }
    return FALSE;
}

/* A rehearsal must have nowhere to go but here or to the one who rehearses. */
static gboolean check_rehearsal(Loader *loader)
{
    const Config *config = loader->config;
    if (!config->campaign.rehearsal || *config->smtp.rehearsal_to || is_loopback(config->smtp.url))
        return TRUE;
    return fail_key(
        loader, "campaign", "rehearsal",
        "letters would reach people; set rehearsal_to in [smtp], or let its url name this machine "
        "(smtp://127.0.0.1:2525)");
}

static gboolean check_address(Loader *loader)
{
    const Config *config = loader->config;
    const GPtrArray *owners = roster_owners(config->roster, config->desk.address);
    if (!owners) return TRUE;
    const Committee *owner = g_ptr_array_index(owners, 0);
    g_autofree char *what =
        g_strdup_printf("the desk would write to itself: the roster gives this address to %s (line %u)",
                        owner->name, owner->line);
    return fail_key(loader, "desk", "address", what);
}

static gboolean check_folders(Loader *loader)
{
    const ImapConfig *imap = &loader->config->imap;
    const char *others[] = {imap->inbox, imap->junk, imap->sent};
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_ascii_strcasecmp(imap->ledger, others[i]) == 0)
            return fail_key(loader, "imap", "ledger", "record mails need a folder of their own");
    if (*imap->junk && strcmp(imap->inbox, imap->junk) == 0)
        return fail_key(loader, "imap", "junk", "the same folder as inbox");
    return TRUE;
}

/* What is put there gets a group that may read it. */
static gboolean check_share(Loader *loader)
{
    const StoreConfig *store = &loader->config->store;
    g_autofree char *share = g_strconcat(store->share_dir, "/", NULL);
    g_autofree char *state = g_strconcat(store->state_dir, "/", NULL);
    if (strcmp(store->share_dir, "/") != 0 && !g_str_has_prefix(state, share)) return TRUE;
    return fail_key(loader, "share", "dir",
                    "the state folder is this one, or lies in it: workbooks need a folder of their own");
}

static gboolean is_stage(const RemindConfig *remind, const char *name)
{
    for (guint i = 0; i < remind->before->len; i++) {
        g_autofree char *stage = stages_name(g_array_index(remind->before, guint, i), FALSE);
        if (strcmp(stage, name) == 0) return TRUE;
    }
    for (guint i = 0; i < remind->overdue->len; i++) {
        g_autofree char *stage = stages_name(g_array_index(remind->overdue, guint, i), TRUE);
        if (strcmp(stage, name) == 0) return TRUE;
    }
    return FALSE;
}

static gboolean check_stages(Loader *loader)
{
    const RemindConfig *remind = &loader->config->remind;
    for (guint i = 0; i < remind->cc_superior->len; i++) {
        const char *name = g_ptr_array_index(remind->cc_superior, i);
        if (is_stage(remind, name)) continue;
        g_autofree char *what = g_strdup_printf(
            "“%s” is no stage of before or overdue (those are 3d, overdue-1d and so on)", name);
        return fail_key(loader, "remind", "cc_superior", what);
    }
    return TRUE;
}

static const Quota *find_quota(const Config *config, const char *kind)
{
    const Quota *others = NULL;
    for (guint i = 0; i < config->quotas->len; i++) {
        const Quota *quota = g_ptr_array_index(config->quotas, i);
        if (strcmp(quota->kind, "*") == 0)
            others = quota;
        else if (same_key(quota->kind, kind))
            return quota;
    }
    return others;
}

static gboolean has_kind(const Roster *roster, const char *kind)
{
    for (guint i = 0; i < roster->committees->len; i++)
        if (same_key(((const Committee *)g_ptr_array_index(roster->committees, i))->kind, kind)) return TRUE;
    return FALSE;
}

/* Nobody without a quota; and a quota that meets nobody is most likely a slip of the pen on either side. */
static gboolean check_quotas(Loader *loader)
{
    const Config *config = loader->config;
    for (guint i = 0; i < config->roster->committees->len; i++) {
        const Committee *committee = g_ptr_array_index(config->roster->committees, i);
        if (committee->owed >= 0 || find_quota(config, committee->kind)) continue;
        guint line = GPOINTER_TO_UINT(g_hash_table_lookup(loader->sections, "quota"));
        return loader_fail(
            loader, CONFIG_ERROR_KEY, line ? line : loader->lines, "quota", committee->kind,
            "missing, and %s is of that type (line %u of the roster); add “%s = 1”, or “* = 1” for "
            "every other type",
            committee->name, committee->line, committee->kind);
    }
    for (guint i = 0; i < config->quotas->len; i++) {
        const Quota *quota = g_ptr_array_index(config->quotas, i);
        if (strcmp(quota->kind, "*") != 0 && !has_kind(config->roster, quota->kind))
            g_warning("%s:%u: [quota] %s: no committee of the roster is of this type", loader->file,
                      g_array_index(loader->quota_lines, guint, i), quota->kind);
    }
    return TRUE;
}

/* Every mail with it would be one with keywords of both campaigns: shown to staff, and answered by nobody. */
static gboolean check_others(Loader *loader)
{
    const CampaignConfig *campaign = &loader->config->campaign;
    for (guint i = 0; i < campaign->others->len; i++) {
        const char *word = g_ptr_array_index(campaign->others, i);
        if (!g_ptr_array_find_with_equal_func(campaign->keywords, word, g_str_equal, NULL)) continue;
        g_autofree char *what =
            g_strdup_printf("“%s” stands in keywords, too; it can only be of one campaign", word);
        return fail_key(loader, "campaign", "other_keywords", what);
    }
    return TRUE;
}

/* Such a keyword makes everybody's mail this campaign's. */
static gboolean check_keywords(Loader *loader)
{
    static const char *const common[] = {"活动", "工作", "材料", "总结", "通知", "报送", "申报", "推荐",
                                         "创新", "党建", "附件", "报告", "方案", "党委", "支部", NULL};
    const GPtrArray *keywords = loader->config->campaign.keywords;
    for (guint i = 0; i < keywords->len; i++)
        if (g_strv_contains(common, g_ptr_array_index(keywords, i)))
            g_warning(
                "%s:%u: [campaign] keywords: “%s” stands in all sorts of mail, which would be taken for the "
                "campaign's and answered; use longer words",
                loader->file, loader_line(loader, "campaign", "keywords"),
                (const char *)g_ptr_array_index(keywords, i));
    return TRUE;
}

/* A quote that is never closed would else be found out at the first login. */
static gboolean check_commands(Loader *loader)
{
    const Config *config = loader->config;
    const struct {
        const char *section, *command;
    } all[] = {{"imap", config->imap.password.command}, {"smtp", config->smtp.password.command}};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr (GError) error = NULL;
        if (!*all[i].command || g_shell_parse_argv(all[i].command, NULL, NULL, &error)) continue;
        g_autofree char *what = g_strdup_printf("it cannot be cut into words: %s", error->message);
        return fail_key(loader, all[i].section, "token_command", what);
    }
    return TRUE;
}

gboolean check_config(Loader *loader)
{
    return check_dates(loader) && check_rehearsal(loader) && check_address(loader) && check_folders(loader) &&
           check_share(loader) && check_stages(loader) && check_quotas(loader) && check_others(loader) &&
           check_keywords(loader) && check_commands(loader);
}

Quota config_quota(const Config *config, const Committee *committee)
{
    const Quota *quota = find_quota(config, committee->kind);
    Quota owed = quota ? *quota : (Quota){.kind = committee->kind, .least = 0, .most = 0};
    if (committee->owed >= 0) owed.least = (guint)committee->owed;
    /* a ceiling below what the roster itself asks for would make it impossible to comply */
    if (owed.most && owed.most < owed.least) owed.most = owed.least;
    return owed;
}
