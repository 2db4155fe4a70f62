#include "parsers/tags.h"

#include <string.h>

#include "parsers/traditional.h"

static const char *const kind_names[TAG_KINDS] = {
    [TAG_NONE] = "none",
    [TAG_SUBMIT] = "submit",
    [TAG_SUPPLEMENT] = "supplement",
    [TAG_REVISE] = "revise",
    [TAG_WITHDRAW] = "withdraw",
    [TAG_PLAN] = "plan",
    [TAG_CASE] = "case",
    [TAG_QUERY] = "query",
    [TAG_REVIEW] = "review",
    [TAG_REVIEW_RESULT] = "review-result",
    [TAG_SCORE] = "score",
    [TAG_ROSTER] = "roster",
    [TAG_SUMMARY] = "summary",
    [TAG_ASSIGN] = "assign",
    [TAG_URGE] = "urge",
    [TAG_NOTICE] = "notice",
};

enum { KIND_BYTES = 18 }; /* of the longest such word */

/* A field is a kind only when it equals one of these: 报送文学院党委 run together is a title, 推荐书目 too.
 */
static const struct {
    const char *word;
    TagKind kind;
} words[] = {
    {"报送", TAG_SUBMIT},        {"申报", TAG_SUBMIT},         {"推荐", TAG_SUBMIT},
    {"报送材料", TAG_SUBMIT},    {"申报材料", TAG_SUBMIT},     {"推荐材料", TAG_SUBMIT},
    {"补报", TAG_SUBMIT},        {"补报材料", TAG_SUBMIT}, /* our own reminders say 请尽快补报 */
    {"材料报送", TAG_SUBMIT},    {"材料申报", TAG_SUBMIT},     {"材料推荐", TAG_SUBMIT},
    {"补充", TAG_SUPPLEMENT},    {"补充材料", TAG_SUPPLEMENT}, {"材料补充", TAG_SUPPLEMENT},
    {"修订", TAG_REVISE},        {"更新", TAG_REVISE},         {"更正", TAG_REVISE},
    {"修订稿", TAG_REVISE},      {"修订版", TAG_REVISE},       {"更新版", TAG_REVISE},
    {"撤回", TAG_WITHDRAW},      {"撤回申请", TAG_WITHDRAW},   {"申请撤回", TAG_WITHDRAW},
    {"撤回材料", TAG_WITHDRAW},  {"撤销", TAG_WITHDRAW},       {"撤销报送", TAG_WITHDRAW},
    {"撤销申报", TAG_WITHDRAW},  {"取消报送", TAG_WITHDRAW},   {"取消申报", TAG_WITHDRAW},
    {"方案", TAG_PLAN},          {"活动方案", TAG_PLAN},       {"典型经验", TAG_CASE},
    {"典型经验材料", TAG_CASE},  {"典型案例材料", TAG_CASE},   {"宣传报道材料", TAG_CASE},
    {"宣传稿", TAG_CASE},        {"典型", TAG_CASE},           {"典型案例", TAG_CASE},
    {"典型材料", TAG_CASE},      {"宣传", TAG_CASE},           {"宣传材料", TAG_CASE},
    {"宣传报道", TAG_CASE},      {"查询", TAG_QUERY},          {"进度", TAG_QUERY},
    {"进度查询", TAG_QUERY},     {"查询进度", TAG_QUERY},      {"查询报送情况", TAG_QUERY},
    {"查询报送进度", TAG_QUERY}, {"初审", TAG_REVIEW},         {"初审结果", TAG_REVIEW_RESULT},
    {"评分", TAG_SCORE},         {"名册", TAG_ROSTER},         {"汇总", TAG_SUMMARY},
    {"指派", TAG_ASSIGN},        {"催报", TAG_URGE},           {"通知", TAG_NOTICE},
};

/* What mail programs put before a subject. Latin words need their colon (Re: not Re), Chinese words need only
 * to stand alone at the front: 【转发】报送. Longer words first. */
typedef enum Prefix { PREFIX_NONE, PREFIX_REPLY, PREFIX_FORWARD, PREFIX_AUTO, PREFIX_AGAIN } Prefix;

static const struct {
    const char *word; /* lower case */
    gboolean latin;
    Prefix prefix;
} prefixes[] = {
    {"自动回复", FALSE, PREFIX_AUTO},
    {"自动答复", FALSE, PREFIX_AUTO},
    {"自動回覆", FALSE, PREFIX_AUTO},
    {"回复", FALSE, PREFIX_REPLY},
    {"答复", FALSE, PREFIX_REPLY},
    {"回覆", FALSE, PREFIX_REPLY},
    {"回信", FALSE, PREFIX_REPLY},
    {"转发", FALSE, PREFIX_FORWARD},
    {"轉寄", FALSE, PREFIX_FORWARD},
    {"轉發", FALSE, PREFIX_FORWARD},
    {"重新报送", FALSE, PREFIX_AGAIN}, /* what people type who fear that the first did not arrive */
    {"重新发送", FALSE, PREFIX_AGAIN},
    {"重发", FALSE, PREFIX_AGAIN},
    {"再发", FALSE, PREFIX_AGAIN},
    {"补发", FALSE, PREFIX_AGAIN},
    {"automatic reply", TRUE, PREFIX_AUTO},
    {"out of office", TRUE, PREFIX_AUTO},
    {"auto-reply", TRUE, PREFIX_AUTO},
    {"auto reply", TRUE, PREFIX_AUTO},
    {"autoreply", TRUE, PREFIX_AUTO},
    {"auto", TRUE, PREFIX_AUTO},
    {"re", TRUE, PREFIX_REPLY},
    {"aw", TRUE, PREFIX_REPLY},
    {"sv", TRUE, PREFIX_REPLY},
    {"antw", TRUE, PREFIX_REPLY},
    {"fwd", TRUE, PREFIX_FORWARD},
    {"fw", TRUE, PREFIX_FORWARD},
    {"wg", TRUE, PREFIX_FORWARD},
};

/* After NFKC, which makes half width of full width; the CJK brackets stay. */
static gboolean is_separator(gunichar c)
{
    static const gunichar set[] = {
        0x3010, 0x3011, '[',    ']',    0x3014, 0x3015, 0x3016, 0x3017, '(', ')', 0x300A,
        0x300B, 0x300C, 0x300D, 0x300E, 0x300F, 0x3008, 0x3009, '+',    '-', '_', '|',
        '/',    ':',    0x2212, 0x2500, 0x2502, 0x2215, 0x2236, 0x30FB, /* minus, box lines, slash, ratio,
                                                                           middle dot */
    };
    if (g_unichar_isspace(c) || (c >= 0x2010 && c <= 0x2015)) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(set); i++)
        if (c == set[i]) return TRUE;
    return FALSE;
}

/* Punctuation that parts a kind word from its neighbour (报送，文学院) but belongs to a title elsewhere. */
static gboolean is_soft(gunichar c)
{
    return c != 0 && c < 0x10000 && g_utf8_strchr(",;!.。、·•…~*#", -1, c) != NULL;
}

/* In traditional characters, as a slip of the finger makes the input method write. */
static TagKind kind_of_simplified(const char *field)
{
    g_autofree char *text = traditional_simplified(field);
    TagKind kind = TAG_NONE;
    for (gsize i = 0; text && i < G_N_ELEMENTS(words); i++)
        if (strcmp(text, words[i].word) == 0) kind = words[i].kind;
    return kind;
}

static TagKind kind_of(const char *field)
{
    if (strlen(field) > KIND_BYTES) return TAG_NONE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(field, words[i].word) == 0) return words[i].kind;
    return kind_of_simplified(field);
}

static void add_kind(Tags *tags, TagKind kind)
{
    if (!tags_has(tags, kind)) g_ptr_array_add(tags->kinds, GUINT_TO_POINTER(kind));
}

/* If soft punctuation in the field parts off a kind word, every piece is a field of its own; else FALSE. */
static gboolean add_soft_pieces(Tags *tags, const char *field)
{
    g_autoptr (GPtrArray) pieces = g_ptr_array_new_with_free_func(g_free);
    gboolean any_kind = FALSE;
    for (const char *p = field; *p;) {
        const char *end = p;
        while (*end && !is_soft(g_utf8_get_char(end))) end = g_utf8_next_char(end);
        if (end > p) {
            char *piece = g_strndup(p, (gsize)(end - p));
            any_kind |= kind_of(piece) != TAG_NONE;
            g_ptr_array_add(pieces, piece);
        }
        p = *end ? g_utf8_next_char(end) : end;
    }
    if (!any_kind) return pieces->len == 0; /* nothing but punctuation is no field */
    for (guint i = 0; i < pieces->len; i++) {
        TagKind kind = kind_of(pieces->pdata[i]);
        if (kind != TAG_NONE)
            add_kind(tags, kind);
        else
            g_ptr_array_add(tags->fields, g_strdup(pieces->pdata[i]));
    }
    return TRUE;
}

static void add_field(Tags *tags, const char *start, const char *end)
{
    g_autofree char *field = g_strndup(start, (gsize)(end - start));
    TagKind kind = kind_of(field);
    if (kind != TAG_NONE)
        add_kind(tags, kind);
    else if (!add_soft_pieces(tags, field))
        g_ptr_array_add(tags->fields, g_steal_pointer(&field));
}

/* After a prefix word: white space, a count (Re[2]: 回复(3): Re^2: RE2:), white space. */
static const char *skip_count(const char *p)
{
    p += strspn(p, " ");
    const char *digits = p + strspn(p, "[(^");
    gsize n = strspn(digits, "0123456789");
    if (n > 0 && n < 4) {
        p = digits + n;
        p += strspn(p, "])");
    }
    return p + strspn(p, " ");
}

/* A prefix at the start of a field: sets *end behind it. `front`: nothing but prefixes came before. */
static Prefix match_prefix(const char *p, gboolean front, const char **end)
{
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        gsize n = strlen(prefixes[i].word);
        if (g_ascii_strncasecmp(p, prefixes[i].word, n) != 0) continue;
        const char *after = skip_count(p + n);
        gboolean colon = *after == ':';
        gboolean alone = p[n] == '\0' || is_separator(g_utf8_get_char(p + n));
        if (!colon && !(front && alone && !prefixes[i].latin)) continue;
        *end = colon ? after + 1 : p + n;
        return prefixes[i].prefix;
    }
    return PREFIX_NONE;
}

/* Whether NFKC and normalise() leave the text as it is: ASCII, Chinese characters and their brackets, commas
 * and quotes, each of which stands alone whatever its neighbours are. */
static gboolean is_normal(const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        const gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char_validated(p, -1);
        gboolean alone = (c >= ' ' && c < 0x7F) || (c >= 0x4E00 && c <= 0x9FA5) ||
                         (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) ||
                         (c >= 0x3014 && c <= 0x301B) || (c >= 0x2014 && c <= 0x2015) ||
                         (c >= 0x2018 && c <= 0x201D);
        if (!alone) return FALSE;
    }
    return TRUE;
}

char *tags_nfkc(const char *text)
{
    if (is_normal(text)) return g_strdup(text);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
}

/* NFKC without characters that nobody sees. */
static char *normalise(const char *subject)
{
    if (is_normal(subject ? subject : "")) return g_strdup(subject ? subject : "");
    g_autofree char *nfkc = tags_nfkc(subject);
    GString *out = g_string_sized_new(strlen(nfkc));
    for (const char *p = nfkc; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);
        if (type == G_UNICODE_FORMAT || c == 0xFE0F || c == 0xFFFD) continue;
        g_string_append_unichar(out, type == G_UNICODE_CONTROL ? ' ' : c);
    }
    return g_string_free(out, FALSE);
}

/* 【报 送】: two characters are set apart as in headings; and at the front <报送>, “报送”, which stand around
 * titles elsewhere. Behind the bracket if it holds such a kind, else NULL. */
static const char *bracketed_kind(Tags *tags, const char *p, gboolean front)
{
    enum { SEPARATORS = 5 }; /* of them stand between fields anyway */
    static const char *const brackets[][2] = {{"【", "】"}, {"[", "]"}, {"〔", "〕"},
                                              {"〖", "〗"}, {"(", ")"}, {"<", ">"},
                                              {"{", "}"},   {"“", "”"}, {"\"", "\""}};
    for (gsize i = 0; i < G_N_ELEMENTS(brackets); i++) {
        if (!g_str_has_prefix(p, brackets[i][0])) continue;
        const char *start = p + strlen(brackets[i][0]), *end = strstr(start, brackets[i][1]);
        if (!end || end - start > 2 * KIND_BYTES) return NULL;
        GString *joined = g_string_new_len(start, end - start);
        gboolean spaced = g_string_replace(joined, " ", "", 0) > 0;
        TagKind kind = (i < SEPARATORS ? spaced : front) ? kind_of(joined->str) : TAG_NONE;
        g_string_free(joined, TRUE);
        if (kind != TAG_NONE) add_kind(tags, kind);
        return kind != TAG_NONE ? end + strlen(brackets[i][1]) : NULL;
    }
    return NULL;
}

static void parse(Tags *tags, const char *text)
{
    gboolean front = TRUE;
    for (const char *p = text, *behind; *p;) {
        if ((behind = bracketed_kind(tags, p, front))) {
            p = behind;
            continue;
        }
        if (is_separator(g_utf8_get_char(p))) {
            p = g_utf8_next_char(p);
            continue;
        }
        const char *end = p;
        Prefix prefix = match_prefix(p, front, &end);
        tags->reply |= prefix == PREFIX_REPLY;
        tags->forward |= prefix == PREFIX_FORWARD;
        tags->auto_reply |= prefix == PREFIX_AUTO;
        if (prefix == PREFIX_NONE) {
            while (*end && !is_separator(g_utf8_get_char(end))) end = g_utf8_next_char(end);
            add_field(tags, p, end);
            front = FALSE;
        }
        p = end;
    }
}

Tags *tags_parse(const char *subject)
{
    Tags *tags = g_new0(Tags, 1);
    tags->kinds = g_ptr_array_new();
    tags->fields = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = normalise(subject);
    parse(tags, text);
    g_autoptr (GString) rest = g_string_new(NULL);
    for (guint i = 0; i < tags->fields->len; i++) {
        if (i > 0) g_string_append_c(rest, ' ');
        g_string_append(rest, tags->fields->pdata[i]);
    }
    tags->rest = g_strdup(rest->str);
    return tags;
}

void tags_free(Tags *tags)
{
    if (!tags) return;
    g_ptr_array_unref(tags->kinds);
    g_ptr_array_unref(tags->fields);
    g_free(tags->rest);
    g_free(tags);
}

gboolean tags_has(const Tags *tags, TagKind kind)
{
    return g_ptr_array_find(tags->kinds, GUINT_TO_POINTER(kind), NULL);
}

gboolean tags_has_submit_kind(const Tags *tags)
{
    static const TagKind kinds[] = {TAG_SUBMIT, TAG_SUPPLEMENT, TAG_REVISE, TAG_WITHDRAW, TAG_PLAN, TAG_CASE};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (tags_has(tags, kinds[i])) return TRUE;
    return FALSE;
}

const char *tags_kind_name(TagKind kind)
{
    return (guint)kind < TAG_KINDS ? kind_names[kind] : kind_names[TAG_NONE];
}
