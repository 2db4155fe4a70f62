/* load.c - from the INI file to a Config. inih finds sections, keys and values; each line passes read_line()
 * on its way there, because inih cuts long lines and headings silently and never tells of empty sections. */
#define INI_HANDLER_LINENO 1

#include <errno.h>
#include <ini.h>
#include <string.h>

#include "config/check.h"
#include "config/loader.h"
#include "config/secret.h"
#include "config/values.h"

enum {
    FILE_MAX = 1 << 20, /* bytes */
    LINE_MAX_BYTES = 4000,
    HEADING_MAX = 49, /* bytes: MAX_SECTION of inih */
    SHOWN_MAX = 60    /* characters of a wrong value in a message */
};

typedef struct Lines {
    Loader *loader;
    const char *next;
    guint number;
    char *line; /* the one that inih has now */
} Lines;

/* --- lines on their way to inih --------------------------------------------------------------- */

static gboolean new_section(Loader *loader, guint line, const char *heading)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(loader->sections, heading));
    if (before)
        return loader_fail(loader, CONFIG_ERROR_KEY, line, heading, NULL,
                           "stands twice (line %u already); put all its keys under one heading", before);
    g_hash_table_insert(loader->sections, g_strdup(heading), GUINT_TO_POINTER(line));
    if (g_str_has_prefix(heading, "theme ")) {
        g_autofree char *short_name = values_trim(heading + strlen("theme "));
        return check_new_theme(loader, line, heading, short_name);
    }
    if (strcmp(heading, "theme") == 0)
        return loader_fail(loader, CONFIG_ERROR_KEY, line, heading, NULL,
                           "a theme has its name in the brackets, as in [theme 组织设置]");
    for (guint i = 0; i < key_sections_count; i++)
        if (strcmp(key_sections[i].name, heading) == 0) return TRUE;
    const char *nearest = keys_nearest_section(heading);
    return loader_fail(loader, CONFIG_ERROR_KEY, line, heading, NULL, "there is no such section%s%s%s",
                       nearest ? "; did you mean [" : "", nearest ? nearest : "", nearest ? "]?" : "");
}

static gboolean check_heading(Loader *loader, guint line, const char *start)
{
    const char *close = strchr(start, ']');
    if (!close || close[1])
        return loader_fail(loader, CONFIG_ERROR_SYNTAX, line, NULL, NULL,
                           "a section heading is [name] and nothing behind it");
    g_autofree char *heading = g_strndup(start + 1, (gsize)(close - start - 1));
    if (strlen(heading) > HEADING_MAX)
        return loader_fail(loader, CONFIG_ERROR_SYNTAX, line, NULL, NULL,
                           "the section heading is longer than %d bytes (%d Chinese characters)", HEADING_MAX,
                           HEADING_MAX / 3);
    return new_section(loader, line, heading);
}

static gboolean check_line(Loader *loader, guint number, char *line)
{
    if (!g_utf8_validate(line, -1, NULL))
        return loader_fail(loader, CONFIG_ERROR_SYNTAX, number, NULL, NULL,
                           "not UTF-8 (saved as ANSI or GB18030?); save the file as UTF-8 (Notepad: Save as, "
                           "Encoding), or run: iconv -f GB18030 -t UTF-8 OLD > NEW");
    if (strlen(line) > LINE_MAX_BYTES)
        return loader_fail(loader, CONFIG_ERROR_SYNTAX, number, NULL, NULL,
                           "the line is longer than %d bytes", LINE_MAX_BYTES);
    g_strchomp(line);
    const char *start = line + strspn(line, " \t\v\f\r"); /* what inih skips */
    return *start == '[' ? check_heading(loader, number, start) : TRUE;
}

/* fgets() for inih, from memory. The first fault ends the file. */
static char *read_line(char *buffer, int size, void *stream)
{
    Lines *lines = stream;
    if (lines->loader->error || !*lines->next) return NULL;
    gsize length = strcspn(lines->next, "\n");
    g_free(lines->line);
    lines->line = g_strndup(lines->next, length);
    lines->next += length + (lines->next[length] == '\n');
    lines->loader->lines = ++lines->number;
    if (!check_line(lines->loader, lines->number, lines->line)) return NULL;
    g_snprintf(buffer, (gulong)size, "%s\n", lines->line);
    return buffer;
}

/* --- values ----------------------------------------------------------------------------------- */

static char *shown(const char *text)
{
    if (strstr(text, "://") && strchr(text, '@')) return g_strdup(""); /* maybe with a password */
    g_autofree char *start = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), SHOWN_MAX));
    return g_strdup_printf("“%s%s” is wrong: ", start, strlen(start) < strlen(text) ? "…" : "");
}

static gboolean set_value(Loader *loader, const Key *key, guint line, const char *section, const char *text,
                          void *base)
{
    g_autofree char *right = keys_right(key);
    g_autofree char *wrong = NULL;
    /* A list may be emptied. Anything else with a default is left out rather than emptied. */
    gboolean list = key->type->clear && key->type->clear != key_text.clear;
    if (!*text && !(key->value && (list || !*key->value)))
        return loader_fail(loader, CONFIG_ERROR_VALUE, line, section, key->name, "empty; it must be %s%s",
                           right, key->value ? "; or leave the line out" : "");
    wrong = key->type->set(key, &loader->context, text, (char *)base + key->offset);
    if (!wrong) return TRUE;
    g_autofree char *value = key->secret ? g_strdup("") : shown(text);
    gboolean comment = strstr(text, " #") || strstr(text, " ;");
    return loader_fail(loader, CONFIG_ERROR_VALUE, line, section, key->name, "%s%s; it must be %s%s", value,
                       wrong, right, comment ? "; a comment needs a line of its own" : "");
}

static gboolean read_theme_key(Loader *loader, guint line, const char *section, const char *name,
                               const char *text)
{
    const Key *key = keys_find("theme", name);
    if (!key) {
        g_autofree char *hint = keys_hint("theme", name);
        return loader_fail(loader, CONFIG_ERROR_KEY, line, section, name, "there is no such key%s", hint);
    }
    guint bit = 1u << (key - keys_find("theme", "title"));
    if (loader->theme_seen & bit)
        return loader_fail(loader, CONFIG_ERROR_KEY, line, section, name, "stands twice");
    loader->theme_seen |= bit;
    GPtrArray *themes = loader->config->themes;
    return set_value(loader, key, line, section, text, g_ptr_array_index(themes, themes->len - 1));
}

static gboolean read_key(Loader *loader, guint line, const char *section, const char *name, const char *text)
{
    const Key *key = keys_find(section, name);
    if (!key) {
        g_autofree char *hint = keys_hint(section, name);
        return loader_fail(loader, CONFIG_ERROR_KEY, line, section, name, "there is no such key%s", hint);
    }
    guint index = (guint)(key - keys);
    if (loader->line_of[index])
        return loader_fail(loader, CONFIG_ERROR_KEY, line, section, name, "stands twice (line %u already)",
                           loader->line_of[index]);
    loader->line_of[index] = line;
    if (!key->type->dated) return set_value(loader, key, line, section, text, loader->config);
    loader->dated[index] = g_strdup(text);
    return TRUE;
}

static int on_value(void *user, const char *section, const char *name, const char *value, int number)
{
    Loader *loader = user;
    guint line = (guint)number;
    g_autofree char *text = values_trim(value);
    if (!*section)
        return loader_fail(loader, CONFIG_ERROR_SYNTAX, line, NULL, NULL,
                           "“%s” stands before the first [section]", name);
    if (strcmp(section, "quota") == 0) return check_new_quota(loader, line, name, text);
    if (g_str_has_prefix(section, "theme ")) return read_theme_key(loader, line, section, name, text);
    return read_key(loader, line, section, name, text);
}

static gboolean fail_syntax(Loader *loader, guint line, const char *text)
{
    const char *hint = strstr(text, "＝")
                           ? "; the equals sign is full-width: type it with the input method off"
                       : strstr(text, "【")            ? "; the brackets of a section are [ and ]"
                       : *text == ' ' || *text == '\t' ? "; a value cannot go on in the next line"
                                                       : "";
    return loader_fail(loader, CONFIG_ERROR_SYNTAX, line, NULL, NULL,
                       "neither [section] nor key = value nor a # comment%s", hint);
}

static gboolean read_ini(Loader *loader, const char *text)
{
    Lines lines = {.loader = loader, .next = text};
    ini_use_stack = false;
    ini_max_line = ini_initial_alloc = LINE_MAX_BYTES + 3;
    ini_allow_multiline = false;       /* an indented line would silently be more of the line above */
    ini_allow_inline_comments = false; /* “a ; b” would silently lose b */
    ini_stop_on_first_error = true;
    int wrong = ini_parse_stream(read_line, &lines, on_value, loader);
    if (wrong && !loader->error) fail_syntax(loader, (guint)MAX(wrong, 1), lines.line ? lines.line : "");
    g_free(lines.line);
    return !loader->error;
}

/* --- what is not in the file ------------------------------------------------------------------ */

static gboolean need(Loader *loader, const Key *key, const char *section, guint line)
{
    g_autofree char *right = keys_right(key);
    return loader_fail(loader, CONFIG_ERROR_KEY, line, section, key->name, "missing; add “%s = %s”, %s",
                       key->name, key->example ? key->example : "…", right);
}

static gboolean fill_themes(Loader *loader)
{
    for (guint i = 0; i < loader->config->themes->len; i++) {
        Theme *theme = g_ptr_array_index(loader->config->themes, i);
        g_autofree char *section = g_strdup_printf("theme %s", theme->short_name);
        if (!theme->title)
            return need(loader, keys_find("theme", "title"), section,
                        g_array_index(loader->theme_lines, guint, i));
        if (!theme->keywords) theme->keywords = g_ptr_array_new_with_free_func(g_free);
    }
    return TRUE;
}

static gboolean fill_defaults(Loader *loader, gboolean dated)
{
    for (guint i = 0; i < keys_count; i++) {
        const Key *key = &keys[i];
        if (strcmp(key->section, "theme") == 0 || key->type->dated != dated) continue;
        guint line = loader_line(loader, key->section, key->name);
        if (!loader->line_of[i] && !key->value) return need(loader, key, key->section, line);
        const char *text = loader->line_of[i] ? loader->dated[i] : key->value;
        if (text && !set_value(loader, key, line, key->section, text, loader->config)) return FALSE;
    }
    return TRUE;
}

static void fill_folders(Config *config)
{
    if (!*config->store.state_dir) {
        g_autofree char *name = g_path_get_basename(config->file);
        if (g_str_has_suffix(name, ".conf")) name[strlen(name) - strlen(".conf")] = '\0';
        g_free(config->store.state_dir);
        config->store.state_dir = g_build_filename("/var/lib/baosong", name, NULL);
    }
    if (!*config->store.share_dir) {
        g_free(config->store.share_dir);
        config->store.share_dir = g_build_filename(config->store.state_dir, "share", NULL);
    }
}

/* --- holidays and roster ---------------------------------------------------------------------- */

static gboolean read_calendar(Loader *loader)
{
    CampaignConfig *campaign = &loader->config->campaign;
    g_autoptr (GError) error = NULL;
    g_autofree char *holidays = NULL;
    guint line = loader_line(loader, "campaign", "holidays");
    if (*campaign->holidays_file && !g_file_get_contents(campaign->holidays_file, &holidays, NULL, &error))
        return loader_fail(loader, secret_file_code((GFileError)error->code), line, "campaign", "holidays",
                           "%s", error->message);
    loader->config->calendar = calendar_new(campaign->timezone, holidays, &error);
    loader->context.calendar = loader->config->calendar;
    if (loader->config->calendar) return TRUE;
    if (error->code == CALENDAR_ERROR_ZONE)
        return loader_fail(loader, CONFIG_ERROR_VALUE, loader_line(loader, "campaign", "timezone"),
                           "campaign", "timezone", "%s", error->message);
    return loader_fail(loader, CONFIG_ERROR_FILE, line, "campaign", "holidays", "%s: %s",
                       campaign->holidays_file, error->message);
}

static gboolean read_roster(Loader *loader)
{
    const char *file = loader->config->campaign.roster_file;
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr (GError) unread = NULL;
    loader->config->roster = roster_load(file, faults, &unread);
    if (loader->config->roster) return TRUE;
    int code = unread && secret_file_code((GFileError)unread->code) == CONFIG_ERROR_PASSING
                   ? CONFIG_ERROR_PASSING
                   : CONFIG_ERROR_ROSTER;
    g_autofree char *more = faults->len < 2 ? g_strdup("")
                                            : g_strdup_printf(" (and %u more; see baosong roster check %s)",
                                                              faults->len - 1, file);
    return loader_fail(loader, code, loader_line(loader, "campaign", "roster"), "campaign", "roster",
                       "%s: %s%s", file, (char *)g_ptr_array_index(faults, 0), more);
}

/* --- the whole -------------------------------------------------------------------------------- */

static char *read_text(Loader *loader)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr (GError) error = NULL;
    if (!g_file_get_contents(loader->file, &text, &length, &error)) {
        if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            loader_fail(loader, CONFIG_ERROR_FILE, 0, NULL, NULL,
                        "%s; write a config with: baosongd --print-example > %s", g_strerror(ENOENT),
                        loader->file);
        else if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ACCES))
            loader_fail(loader, CONFIG_ERROR_FILE, 0, NULL, NULL,
                        "%s; run this as root (sudo), or let the group of the daemon read it",
                        g_strerror(EACCES));
        else
            loader_fail(loader, secret_file_code((GFileError)error->code), 0, NULL, NULL, "%s",
                        error->message);
        return NULL;
    }
    if (length > FILE_MAX)
        loader_fail(loader, CONFIG_ERROR_FILE, 0, NULL, NULL, "larger than 1 MiB: this is no config file");
    else if (memchr(text, '\0', length))
        loader_fail(loader, CONFIG_ERROR_SYNTAX, 1, NULL, NULL,
                    "holds NUL bytes (saved as “Unicode”, UTF-16?); save the file as UTF-8");
    return loader->error ? NULL : g_steal_pointer(&text);
}

static gboolean load(Loader *loader)
{
    g_autofree char *text = read_text(loader);
    if (!text) return FALSE;
    const char *start = g_str_has_prefix(text, "\xEF\xBB\xBF") ? text + 3 : text;
    if (!read_ini(loader, start) || !fill_themes(loader) || !fill_defaults(loader, FALSE)) return FALSE;
    fill_folders(loader->config);
    return read_calendar(loader) && fill_defaults(loader, TRUE) && read_roster(loader) &&
           check_config(loader);
}

static void theme_free(gpointer theme)
{
    keys_clear("theme", theme);
    g_free(((Theme *)theme)->short_name);
    g_free(theme);
}

static void quota_free(gpointer quota)
{
    g_free(((Quota *)quota)->kind);
    g_free(quota);
}

static Config *config_new(const char *file)
{
    Config *config = g_new0(Config, 1);
    config->file = g_canonicalize_filename(file, NULL);
    config->themes = g_ptr_array_new_with_free_func(theme_free);
    config->quotas = g_ptr_array_new_with_free_func(quota_free);
    return config;
}

Config *config_load(const char *file, GError **error)
{
    g_assert(keys_count <= LOADER_KEYS);
    g_autoptr (Config) config = config_new(file);
    g_autofree char *folder = g_path_get_dirname(config->file);
    Loader loader = {.file = file, .config = config, .context = {.folder = folder}};
    loader.sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    loader.theme_lines = g_array_new(FALSE, FALSE, sizeof(guint));
    loader.quota_lines = g_array_new(FALSE, FALSE, sizeof(guint));
    gboolean right = load(&loader);
    g_hash_table_unref(loader.sections);
    g_array_unref(loader.theme_lines);
    g_array_unref(loader.quota_lines);
    for (guint i = 0; i < LOADER_KEYS; i++) g_free(loader.dated[i]);
    if (!right) {
        g_propagate_error(error, loader.error);
        return NULL;
    }
    secret_warn_if_open(&config->imap.password);
    secret_warn_if_open(&config->smtp.password);
    secret_warn_if_open(&config->store.key);
    return g_steal_pointer(&config);
}

void config_free(Config *config)
{
    if (!config) return;
    keys_clear(NULL, config);
    g_free(config->file);
    g_ptr_array_unref(config->themes);
    g_ptr_array_unref(config->quotas);
    roster_free(config->roster);
    calendar_free(config->calendar);
    g_free(config);
}
