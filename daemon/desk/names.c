/* names.c - committees named in running text: the longest name wins, and a tail of another name is doubted.
 *
 * 文学院 stands in 人文学院, and 数学学院 at the start of 数学学院研究生党总支. Where the roster knows the
 * longer name, the longer one is meant. Where it does not, a Chinese character directly before an alias makes
 * the hit doubtful (probable, not certain), unless that character ends a word that people put before names
 * (报送文学院, 示例大学文学院). Two-character aliases (数学) are words of the language: doubtful in running
 * text always. Latin aliases must stand alone.
 *
 * People write names that no roster lists: 数院党委 for the alias 数院, 网络中心党支部 for
 * 网络中心直属党支部, 继续教育学院党总支 for 继续教育学院（网络教育学院）党总支. Unless the roster gives such
 * a name to somebody else, it is as good as one that is listed; without it the third would be taken for
 * 教育学院.
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

/* How sure it is that somebody goes by a name. */
typedef enum Rank { RANK_LISTED, RANK_DERIVED, RANK_STEM } Rank;

/* What committees are called behind their name; longer ones first. */
static const char *const TAILS[] = {"总支部委员会", "支部委员会", "直属党支部", "直属党总支",
                                    "党总支部",     "分党委",     "党工委",     "党总支",
                                    "党支部",       "委员会",     "党委"};

static const char *tail_of(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(TAILS); i++)
        if (g_str_has_suffix(key, TAILS[i])) return TAILS[i];
    return NULL;
}

static void name_free(gpointer data)
{
    Name *name = data;
    g_free(name->key);
    g_free(name);
}

/* Of two owners the one with the better claim has the name; equal claims make it nobody's. */
static void name_add(GHashTable *seen, GPtrArray *names, char *key, const Committee *committee, Rank rank)
{
    g_autofree char *owned = key;
    Name *old = g_hash_table_lookup(seen, key);
    if (g_utf8_strlen(key, -1) < 2) return;
    if (old) {
        if (old->committee != committee && (Rank)old->rank == rank) old->committee = NULL;
        return;
    }
    Name *name = g_new(Name, 1);
    *name = (Name){.length = strlen(key),
                   .committee = committee,
                   .rank = rank,
                   .exact = rank < RANK_STEM,
                   .key = g_steal_pointer(&owned)};
    g_hash_table_insert(seen, name->key, name);
    g_ptr_array_add(names, name);
}

static int longer_first(gconstpointer a, gconstpointer b)
{
    const Name *left = *(const Name *const *)a, *right = *(const Name *const *)b;
    if (left->length == right->length) return strcmp(left->key, right->key);
    return left->length > right->length ? -1 : 1;
}

/* 文学院党委 -> 文学院, of a names_key; NULL if nothing is left of it to know it by. */
static char *stem_of(const char *key)
{
    const char *start = g_str_has_prefix(key, "中共") ? key + strlen("中共") : key, *tail = tail_of(start);
    if (!tail) return NULL;
    char *stem = g_strndup(start, strlen(start) - strlen(tail));
    if (g_utf8_strlen(stem, -1) >= 3) return stem; /* 机关 is a word, not a name */
    g_free(stem);
    return NULL;
}

/* 继续教育学院（网络教育学院）党总支 -> 继续教育学院党总支, as names_key has it. */
static char *without_brackets(const char *name)
{
    g_autofree char *plain = g_utf8_normalize(name, -1, G_NORMALIZE_NFKC);
    GString *out = g_string_new(plain);
    for (;;) {
        const char *open = strchr(out->str, '('), *close = open ? strchr(open, ')') : NULL;
        if (!close) break;
        g_string_erase(out, open - out->str, close + 1 - open);
    }
    char *key = names_key(out->str);
    g_string_free(out, TRUE);
    return key;
}

/* The short form with what the committee is: 数院 -> 数院党委, 网信中心 -> 网信中心直属党支部 and
 * 网信中心党支部. */
static void add_with_tail(GHashTable *seen, GPtrArray *names, const char *form, const char *tail,
                          const Committee *committee)
{
    if (!tail || !*form || tail_of(form)) return;
    name_add(seen, names, g_strconcat(form, tail, NULL), committee, RANK_DERIVED);
    if (g_str_has_prefix(tail, "直属"))
        name_add(seen, names, g_strconcat(form, tail + strlen("直属"), NULL), committee, RANK_DERIVED);
}

static void derive(GHashTable *seen, GPtrArray *names, const Committee *committee)
{
    g_autofree char *key = names_key(committee->name);
    g_autofree char *bare = without_brackets(committee->name);
    const char *tail = tail_of(key);
    name_add(seen, names, g_strdup(bare), committee, RANK_DERIVED);
    g_autofree char *stem = stem_of(key);
    g_autofree char *bare_stem = stem_of(bare);
    if (stem) add_with_tail(seen, names, stem, tail, committee);
    if (bare_stem) add_with_tail(seen, names, bare_stem, tail, committee);
    for (guint i = 0; i < committee->aliases->len; i++) {
        g_autofree char *alias = names_key(committee->aliases->pdata[i]);
        add_with_tail(seen, names, alias, tail, committee);
    }
}

static void add_stems(GHashTable *seen, GPtrArray *names, const Committee *committee)
{
    g_autofree char *key = names_key(committee->name);
    g_autofree char *bare = without_brackets(committee->name);
    char *stem = stem_of(key), *bare_stem = stem_of(bare);
    if (stem) name_add(seen, names, stem, committee, RANK_STEM);
    if (bare_stem) name_add(seen, names, bare_stem, committee, RANK_STEM);
}

GPtrArray *names_of(const Roster *roster)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(name_free);
    g_autoptr (GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *c = roster->committees->pdata[i];
        name_add(seen, names, names_key(c->name), c, RANK_LISTED);
        for (guint j = 0; j < c->aliases->len; j++)
            name_add(seen, names, names_key(c->aliases->pdata[j]), c, RANK_LISTED);
    }
    for (guint i = 0; i < roster->committees->len; i++) derive(seen, names, roster->committees->pdata[i]);
    for (guint i = 0; i < roster->committees->len; i++) add_stems(seen, names, roster->committees->pdata[i]);
    g_ptr_array_sort(names, longer_first);
    return names;
}

GHashTable *names_by_first(const GPtrArray *names)
{
    GHashTable *first =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < names->len; i++) {
        gpointer c = GUINT_TO_POINTER(g_utf8_get_char(((const Name *)names->pdata[i])->key));
        GPtrArray *same = g_hash_table_lookup(first, c);
        if (!same) g_hash_table_insert(first, c, same = g_ptr_array_new());
        g_ptr_array_add(same, names->pdata[i]);
    }
    return first;
}

/* Names with brackets, and what stands before 党委 in them: char* pairs, NFKC and without the brackets. */
GPtrArray *names_bracketed(const Roster *roster)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *c = roster->committees->pdata[i];
        g_autofree char *name = g_utf8_normalize(c->name, -1, G_NORMALIZE_NFKC);
        if (!strchr(name, '(')) continue;
        const char *tail = tail_of(name);
        if (tail) name[strlen(name) - strlen(tail)] = '\0';
        g_ptr_array_add(pairs, names_key(name));
        g_ptr_array_add(pairs, g_steal_pointer(&name));
    }
    return pairs;
}

char *names_unbracket(const Desk *desk, const char *text)
{
    GString *out = g_string_new(text);
    for (guint i = 0; i + 1 < desk->bracketed->len; i += 2)
        g_string_replace(out, desk->bracketed->pdata[i + 1], desk->bracketed->pdata[i], 0);
    return g_string_free(out, FALSE);
}

const Committee *names_whole(const Ask *ask, const char *field)
{
    const Committee *listed = roster_find_name(ask->config->roster, field);
    if (listed) return listed;
    g_autofree char *key = names_key(field);
    for (guint i = 0; i < ask->desk->names->len; i++) {
        const Name *name = ask->desk->names->pdata[i];
        if (name->exact && strcmp(name->key, key) == 0) return name->committee;
    }
    return NULL;
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
    const GPtrArray *names = g_hash_table_lookup(ask->desk->by_first, GUINT_TO_POINTER(g_utf8_get_char(hit)));
    for (guint i = 0; names && i < names->len; i++) {
        const Name *name = names->pdata[i];
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
    const char *behind = NULL; /* the name that was found last, where none before was its committee's */
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
        if (p == behind && g_str_has_prefix(name->key, "附属")) /* 医学院附属肿瘤医院 */
            g_ptr_array_set_size(found, (gint)found->len - 1);
        const gboolean is_new = !g_ptr_array_find(found, name->committee, NULL);
        if (is_new) g_ptr_array_add(found, (gpointer)name->committee);
        p += name->length;
        behind = is_new ? p : NULL;
    }
    return found;
}

gsize names_prefix(const Ask *ask, const char *text)
{
    const Name *name = name_at(ask, text, text, NAMES_FUZZY);
    return name ? name->length : 0;
}
