/* types.c - how the values of a config file are read: one KeyType each. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/address.h"
#include "config/keys.h"
#include "config/values.h"

#define FINE NULL

static void clear_string(void *slot)
{
    g_clear_pointer((char **)slot, g_free);
}

static void clear_list(void *slot)
{
    g_clear_pointer((GPtrArray **)slot, g_ptr_array_unref);
}

static void clear_numbers(void *slot)
{
    g_clear_pointer((GArray **)slot, g_array_unref);
}

/* --- text ------------------------------------------------------------------------------------- */

static char *text_fault(const char *text)
{
    gsize length = strlen(text);
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p))) return g_strdup("a control character");
    if (length > 1 && text[0] == '"' && text[length - 1] == '"')
        return g_strdup("quotation marks are not wanted around it");
    return FINE;
}

static char *set_text(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    char *wrong = text_fault(text);
    if (!wrong) *(char **)slot = g_strdup(text);
    return wrong;
}

static char *set_id(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(text) || strlen(text) > 48 ||
        *text == '-' || g_str_has_suffix(text, "-"))
        return g_strdup("not such a name");
    return set_text(key, context, text, slot);
}

static char *set_prefix(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    gboolean letter = !*text;
    for (const char *p = text; *p; p++) {
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_') return g_strdup("another character");
        letter |= g_ascii_isalpha(*p);
    }
    if (strlen(text) > 24) return g_strdup("longer than 24 characters");
    if (!letter) return g_strdup("no letter, so that dates in subjects would be read as numbers");
    return set_text(key, context, text, slot);
}

static char *set_address(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    const char *wrong = *text ? address_fault(text) : NULL;
    return wrong ? g_strdup(wrong) : set_text(key, context, text, slot);
}

/* --- servers ---------------------------------------------------------------------------------- */

static gboolean host_is_right(const char *host)
{
    if (*host == '[') {
        g_autofree char *inside = g_strndup(host + 1, strlen(host) - 1);
        char *close = strchr(inside, ']');
        if (!close || close[1]) return FALSE;
        *close = '\0';
        return g_hostname_is_ip_address(inside);
    }
    for (const char *p = host; *p; p++)
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '.') return FALSE;
    return *host && *host != '.' && *host != '-';
}

static char *url_fault(const char *text, const char *secure, const char *plain)
{
    const char *rest = NULL;
    if (g_str_has_prefix(text, secure))
        rest = text + strlen(secure);
    else if (g_str_has_prefix(text, plain))
        rest = text + strlen(plain);
    else
        return g_strdup_printf("it must start with %s or %s", secure, plain);
    if (strchr(rest, '@')) return g_strdup("the login name stands in the key user, not here");
    g_autofree char *host = g_strdup(rest);
    if (g_str_has_suffix(host, "/")) host[strlen(host) - 1] = '\0';
    if (strpbrk(host, "/?#;")) return g_strdup("nothing may follow host and port");
    char *port = strrchr(host, ':');
    if (port && !strchr(port, ']')) {
        guint64 number;
        if (!values_number(port + 1, 65535, &number) || number == 0)
            return g_strdup_printf("“%s” is no port from 1 to 65535", port + 1);
        *port = '\0';
    }
    return host_is_right(host) ? FINE : g_strdup_printf("“%s” is no host name", host);
}

static char *set_imap_url(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    char *wrong = url_fault(text, "imaps://", "imap://");
    return wrong ? wrong : set_text(key, context, text, slot);
}

static char *set_smtp_url(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    char *wrong = url_fault(text, "smtps://", "smtp://");
    return wrong ? wrong : set_text(key, context, text, slot);
}

/* --- files ------------------------------------------------------------------------------------ */

static char *set_path(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    char *wrong = text_fault(text);
    if (wrong) return wrong;
    if (*text == '~') return g_strdup("~ stands for no folder here; write the whole path");
    *(char **)slot = *text ? g_canonicalize_filename(text, context->folder) : g_strdup("");
    return FINE;
}

static char *set_file(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    char *wrong = set_path(key, context, text, slot);
    const char *path = *(char **)slot;
    if (wrong || !*path || g_file_test(path, G_FILE_TEST_EXISTS)) return wrong;
    /* Who may not look into the folder cannot say that it is not there: whoever needs the file will. */
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_file_test(folder, G_FILE_TEST_EXISTS) && access(folder, X_OK) != 0) return FINE;
    return g_strdup_printf("there is no file %s", path);
}

/* --- dates and times -------------------------------------------------------------------------- */

static char *set_date(const KeyContext *context, const char *text, gboolean end_of_day, void *slot)
{
    if (calendar_parse(context->calendar, text, end_of_day, slot)) return FINE;
    return g_strdup("no such date");
}

static char *set_starts(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    return set_date(context, text, FALSE, slot);
}

static char *set_deadline(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    return set_date(context, text, TRUE, slot);
}

static char *set_clock(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    gboolean shape = strlen(text) == 5 && text[2] == ':' && g_ascii_isdigit(text[0]) &&
                     g_ascii_isdigit(text[1]) && g_ascii_isdigit(text[3]) && g_ascii_isdigit(text[4]);
    int hour = shape ? atoi(text) : 24, minute = shape ? atoi(text + 3) : 60;
    if (hour > 23 || minute > 59) return g_strdup("no such time of day");
    *(guint *)slot = (guint)(hour * 60 + minute);
    return FINE;
}

static int compare_days(gconstpointer a, gconstpointer b)
{
    guint left = *(const guint *)a, right = *(const guint *)b;
    return left < right ? -1 : left > right;
}

static int compare_days_down(gconstpointer a, gconstpointer b)
{
    return -compare_days(a, b);
}

/* "14d" -> 14 */
static gboolean read_days(const char *text, guint64 least, guint64 most, guint *days)
{
    gsize length = strlen(text);
    guint64 number;
    if (length < 2 || text[length - 1] != 'd') return FALSE;
    g_autofree char *digits = g_strndup(text, length - 1);
    if (!values_number(digits, most, &number) || number < least) return FALSE;
    *days = (guint)number;
    return TRUE;
}

static char *set_days(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    g_autoptr (GPtrArray) parts = values_split(text, TRUE);
    g_autoptr (GArray) list = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < parts->len; i++) {
        guint days;
        if (!read_days(g_ptr_array_index(parts, i), key->least, key->most, &days))
            return g_strdup_printf("“%s” is no number of days", (char *)g_ptr_array_index(parts, i));
        g_array_append_val(list, days);
    }
    g_array_sort(list, strcmp(key->name, "before") == 0 ? compare_days_down : compare_days);
    for (guint i = 1; i < list->len; i++)
        if (g_array_index(list, guint, i) == g_array_index(list, guint, i - 1))
            return g_strdup_printf("%ud stands twice", g_array_index(list, guint, i));
    *(GArray **)slot = g_steal_pointer(&list);
    return FINE;
}

/* --- lists ------------------------------------------------------------------------------------ */

static char *set_list(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    char *wrong = text_fault(text);
    if (!wrong) *(GPtrArray **)slot = values_split(text, FALSE);
    return wrong;
}

static char *set_keywords(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    g_autoptr (GPtrArray) words = values_split(text, FALSE);
    if (words->len == 0 && key->type == &key_keywords) return g_strdup("there is none");
    for (guint i = 0; i < words->len; i++)
        if (g_utf8_strlen(g_ptr_array_index(words, i), -1) < 2)
            return g_strdup_printf("“%s” is one character: half of all mail would be taken for %s campaign's",
                                   (char *)g_ptr_array_index(words, i),
                                   key->type == &key_keywords ? "this" : "another");
    return set_list(key, context, text, slot);
}

static char *set_stages(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    g_autoptr (GPtrArray) names = values_split(text, TRUE);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        guint days;
        if (!read_days(g_str_has_prefix(name, "overdue-") ? name + strlen("overdue-") : name, 0, 365, &days))
            return g_strdup_printf("“%s” is no stage", name);
    }
    *(GPtrArray **)slot = g_steal_pointer(&names);
    return FINE;
}

/* --- numbers and choices ---------------------------------------------------------------------- */

/* "50M" -> 50 << 20, with units as a string of suffixes and what each is worth. */
typedef struct Unit {
    char suffix;
    guint64 worth;
} Unit;

static gboolean read_scaled(const Key *key, const char *text, const Unit *units, guint64 *number)
{
    guint64 worth = 1;
    gsize digits = strspn(text, "0123456789");
    if (digits == 0 || strlen(text) > digits + 1) return FALSE;
    for (const Unit *unit = units; text[digits] && worth == 1; unit++) {
        if (!unit->suffix) return FALSE;
        if (unit->suffix == text[digits]) {
            worth = unit->worth;
            break;
        }
    }
    g_autofree char *plain = g_strndup(text, digits);
    guint64 count;
    if (!values_number(plain, G_MAXUINT64 / worth, &count)) return FALSE;
    *number = count * worth;
    return *number >= key->least && *number <= key->most;
}

static const Unit no_units[] = {{0, 0}};
static const Unit second_units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {0, 0}};
static const Unit byte_units[] = {{'K', 1024}, {'M', 1024 * 1024}, {0, 0}};

static char *set_guint(const Key *key, const char *text, const Unit *units, guint *slot)
{
    guint64 number;
    if (!read_scaled(key, text, units, &number)) return g_strdup("not that");
    *slot = (guint)number;
    return FINE;
}

static char *set_number(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    return set_guint(key, text, no_units, slot);
}

static char *set_seconds(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    return set_guint(key, text, second_units, slot);
}

static char *set_size(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    return read_scaled(key, text, byte_units, slot) ? FINE : g_strdup("not that");
}

static char *set_bool(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) return g_strdup("neither");
    *(gboolean *)slot = *text == 'y';
    return FINE;
}

/* The slot is an enum, in the order of the choices. */
static char *set_choice(const Key *key, const KeyContext *context, const char *text, void *slot)
{
    g_auto(GStrv) words = g_strsplit(key->choices, "|", -1);
    for (guint i = 0; words[i]; i++) {
        if (strcmp(words[i], text) != 0) continue;
        *(int *)slot = (int)i;
        return FINE;
    }
    const char *nearest = values_nearest(text, (const char *const *)words);
    return nearest ? g_strdup_printf("did you mean “%s”?", nearest) : g_strdup("none of them");
}

/* --- the types -------------------------------------------------------------------------------- */

#define STRING .clear = clear_string

const KeyType key_text = {"text", .set = set_text, STRING};
const KeyType key_zone = {"a time zone of tzdata, such as Asia/Shanghai", .set = set_text, STRING};
const KeyType key_optional = {"text, may be empty", .set = set_text, STRING};
const KeyType key_id = {"at most 48 lower-case letters, digits and hyphens", .set = set_id, STRING};
const KeyType key_prefix = {"at most 24 letters, digits, - and _, a letter among them", .set = set_prefix,
                            STRING};
const KeyType key_address = {"one mail address, name@host.domain", .set = set_address, STRING};
const KeyType key_imap_url = {"imaps://host[:port] or imap://host[:port]", .set = set_imap_url, STRING};
const KeyType key_smtp_url = {"smtps://host[:port] or smtp://host[:port]", .set = set_smtp_url, STRING};
const KeyType key_file = {"a file; a relative path starts at the folder of this file", .set = set_file,
                          STRING};
const KeyType key_path = {"a path; a relative one starts at the folder of this file", .set = set_path,
                          STRING};
const KeyType key_starts = {"a date YYYY-MM-DD or date-time YYYY-MM-DDTHH:MM", TRUE, .set = set_starts};
const KeyType key_deadline = {"a date YYYY-MM-DD or date-time YYYY-MM-DDTHH:MM", TRUE, .set = set_deadline};
const KeyType key_list = {"words separated by commas", .set = set_list, .clear = clear_list};
const KeyType key_keywords = {"words of two characters or more, separated by commas", .set = set_keywords,
                              .clear = clear_list};
const KeyType key_others = {"words of two characters or more, separated by commas", .set = set_keywords,
                            .clear = clear_list};
const KeyType key_days = {"numbers of days such as 7d, separated by commas, each", FALSE, TRUE, set_days,
                          clear_numbers};
const KeyType key_stages = {"stages such as 3d or overdue-1d, separated by commas", .set = set_stages,
                            .clear = clear_list};
const KeyType key_clock = {"a time of day HH:MM", .set = set_clock};
const KeyType key_bool = {"yes or no", .set = set_bool};
const KeyType key_choice = {NULL, .set = set_choice};
const KeyType key_number = {"a whole number", FALSE, TRUE, set_number, NULL};
const KeyType key_seconds = {"seconds (or 5m, 1h)", FALSE, TRUE, set_seconds, NULL};
const KeyType key_size = {"bytes (or 512K, 20M)", FALSE, TRUE, set_size, NULL};
