/* names.c - committees named in running text: the longest name wins, and a tail of another name is doubted.
 *
 * 文学院 stands in 人文学院, and 数学学院 at the start of 数学学院研究生党总支. Where the roster knows the
 * longer name, the longer one is meant. Where it does not, a Chinese character directly before an alias makes
 * the hit doubtful (probable, not certain), unless that character ends a word that people put before names
 * (报送文学院, 示例大学文学院). Two-character aliases (数学) are words of the language: doubtful in running
 * text always. Latin aliases must stand alone.
 */
#include <string.h>

#include "daemon/desk/ask.h"

enum { SCANNED_CHARS = 1000 };

/* As roster_key() has it: no white space, no brackets; the other marks stay, for they part words. */
char *names_key(const char *text)
{
    g_autofree char *key = text_key(text);
    GString *out = g_string_sized_new(strlen(key));
    for (const char *p = key; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = c < 0x4E00 ? g_unichar_type(c) : G_UNICODE_OTHER_LETTER;
        if (type == G_UNICODE_OPEN_PUNCTUATION || type == G_UNICODE_CLOSE_PUNCTUATION || c == '<' || c == '>')
            continue;
        g_string_append_len(out, p, g_utf8_next_char(p) - p);
    }
    return g_string_free(out, FALSE);
}

static void name_free(gpointer data)
{
    Name *name = data;
    g_free(name->key);
    g_free(name);
}

static void name_add(GHashTable *seen, GPtrArray *names, char *key, const Committee *committee,
                     gboolean exact)
{
    g_autofree char *owned = key;
    Name *old = g_hash_table_lookup(seen, key);
    if (g_utf8_strlen(key, -1) < 2) return;
    if (old) {
        if (old->committee != committee && exact == old->exact) old->committee = NULL;
        return;
    }
    Name *name = g_new(Name, 1);
    *name =
        (Name){.length = strlen(key), .committee = committee, .exact = exact, .key = g_steal_pointer(&owned)};
    g_hash_table_insert(seen, name->key, name);
    g_ptr_array_add(names, name);
}

static int longer_first(gconstpointer a, gconstpointer b)
{
    const Name *left = *(const Name *const *)a, *right = *(const Name *const *)b;
    if (left->length == right->length) return strcmp(left->key, right->key);
    return left->length > right->length ? -1 : 1;
}

/* 文学院党委 -> 文学院; 示例大学文学院 -> 文学院. NULL if nothing is left of it to know it by. */
static char *stem_of(const char *name)
{
    static const char *const tails[] = {"总支部委员会", "支部委员会", "直属党支部", "直属党总支",
                                        "党总支部",     "分党委",     "党工委",     "党总支",
                                        "党支部",       "委员会",     "党委"};
    g_autofree char *key = names_key(name);
    const char *start = g_str_has_prefix(key, "中共") ? key + strlen("中共") : key;
    for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
        if (!g_str_has_suffix(start, tails[i])) continue;
        char *stem = g_strndup(start, strlen(start) - strlen(tails[i]));
        if (g_utf8_strlen(stem, -1) >= 3) return stem; /* 机关 is a word, not a name */
        g_free(stem);
    }
    return NULL;
}

GPtrArray *names_of(const Roster *roster)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(name_free);
    g_autoptr (GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *c = roster->committees->pdata[i];
        name_add(seen, names, names_key(c->name), c, TRUE);
        for (guint j = 0; j < c->aliases->len; j++)
            name_add(seen, names, names_key(c->aliases->pdata[j]), c, TRUE);
    }
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *c = roster->committees->pdata[i];
        char *stem = stem_of(c->name);
        if (stem) name_add(seen, names, stem, c, FALSE);
    }
    g_ptr_array_sort(names, longer_first);
    return names;
}

static gboolean is_han(gunichar c)
{
    return g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN;
}

/* Whether the text before a hit may stand before a name. */
static gboolean clean_before(const Ask *ask, const char *text, const char *hit)
{
    static const char *const words[] = {"报送", "申报", "推荐", "补充", "修订", "更新", "更正",
                                        "撤回", "方案", "典型", "宣传", "关于", "来自", "我校",
                                        "附件", "单位", "回执", "由",   "自",   "中共", "报"};
    if (hit == text || !is_han(g_utf8_get_char(g_utf8_prev_char(hit)))) return TRUE;
    g_autofree char *before = g_strndup(text, (gsize)(hit - text));
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_suffix(before, words[i])) return TRUE;
    for (guint i = 0; i < ask->desk->before_names->len; i++)
        if (g_str_has_suffix(before, ask->desk->before_names->pdata[i])) return TRUE;
    return FALSE;
}

/* A Latin alias inside a Latin word is no name. */
static gboolean stands_alone(const char *text, const char *hit, gsize length)
{
    if (g_ascii_isalnum(*hit) && hit > text && g_ascii_isalnum(hit[-1])) return FALSE;
    return !(g_ascii_isalnum(hit[length - 1]) && g_ascii_isalnum(hit[length]));
}

static const Name *name_at(const Ask *ask, const char *text, const char *hit, NameMode mode)
{
    for (guint i = 0; i < ask->desk->names->len; i++) {
        const Name *name = ask->desk->names->pdata[i];
        if (mode == NAMES_EXACT && !name->exact) continue;
        if (strncmp(hit, name->key, name->length) == 0 && stands_alone(text, hit, name->length)) return name;
    }
    return NULL;
}

GPtrArray *names_in(const Ask *ask, const char *text, NameMode mode, gboolean *clean)
{
    GPtrArray *found = g_ptr_array_new();
    g_autofree char *clipped = text_clip(text, SCANNED_CHARS);
    g_autofree char *key = names_key(clipped);
    if (clean) *clean = TRUE;
    for (const char *p = key; *p;) {
        const Name *name = name_at(ask, key, p, mode);
        if (!name) {
            p = g_utf8_next_char(p);
            continue;
        }
        gboolean whole = p == key && p[name->length] == '\0';
        gboolean sure =
            name->exact && clean_before(ask, key, p) && (whole || g_utf8_strlen(name->key, -1) > 2);
        if (clean) *clean &= sure;
        if (!g_ptr_array_find(found, name->committee, NULL))
            g_ptr_array_add(found, (gpointer)name->committee);
        p += name->length;
    }
    return found;
}

gsize names_prefix(const Ask *ask, const char *text)
{
    const Name *name = name_at(ask, text, text, NAMES_FUZZY);
    return name ? name->length : 0;
}
