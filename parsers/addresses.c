/* addresses.c - address lists. */
#include "parsers/addresses.h"

#include <string.h>

#include "parsers/facts.h"
#include "parsers/limits.h"
#include "parsers/words.h"

/* One item of the list while it is read. */
typedef struct Item {
    GString *phrase;  /* what stands outside of <> and (): a name, or an address without <> */
    GString *angle;   /* inside <> */
    GString *comment; /* inside () */
    gboolean has_angle;
    gboolean quoted; /* the phrase had quotes */
    gboolean open;   /* a quote does not end: none counts any more */
} Item;

static void item_reset(Item *item)
{
    g_string_truncate(item->phrase, 0);
    g_string_truncate(item->angle, 0);
    g_string_truncate(item->comment, 0);
    item->has_angle = item->quoted = FALSE;
}

/* --- pieces of the grammar; each gets the text after its opening character and returns what follows it  */

static const char *read_quoted(const char *p, GString *out)
{
    for (; *p && *p != '"'; p++) {
        if (*p == '\\' && p[1]) p++;
        g_string_append_c(out, *p);
    }
    return *p ? p + 1 : p;
}

static const char *read_comment(const char *p, GString *out)
{
    guint depth = 1;
    for (; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            return p + 1;
        g_string_append_c(out, *p);
    }
    return p;
}

/* "<@relay,@relay:user@host>": the route is dropped. An unclosed "<" ends at a comma or at the end. */
static const char *read_angle(const char *p, GString *out)
{
    gsize closed = strcspn(p, ">");
    const char *wide = memchr(p, 0xEF, closed) ? memmem(p, closed, "＞", strlen("＞")) : NULL;
    if (wide) closed = (gsize)(wide - p);
    gsize length = p[closed] ? closed : strcspn(p, ",;>");
    const char *start = p, *colon = memchr(p, ':', length);
    if (*p == '@' && colon) start = colon + 1;
    g_string_append_len(out, start, (gssize)(length - (gsize)(start - p)));
    if (wide && wide == p + length) return wide + strlen("＞");
    return p[length] == '>' ? p + length + 1 : p + length;
}

/* The length of the encoded word at p (commas and colons in it mean nothing), or 0. */
static gsize encoded_length(const char *p)
{
    if (p[0] != '=' || p[1] != '?') return 0;
    const char *charset = strchr(p + 2, '?');
    const char *text = charset ? strchr(charset + 1, '?') : NULL;
    const char *end = text ? strstr(text + 1, "?=") : NULL;
    if (!end || text != charset + 2) return 0;
    return (gsize)(end + 2 - p);
}

/* --- making a mailbox ------------------------------------------------------------------------- */

/* Without white space, comments and wrappings; domain in lower case. */
static char *tidy_address(const char *text)
{
    g_autoptr (GString) out = g_string_new(NULL);
    g_autoptr (GString) comment = g_string_new(NULL);
    gboolean quoted = FALSE;
    for (const char *p = text; *p;) {
        if (*p == '"') quoted = !quoted;
        if (*p == '(' && !quoted) {
            p = read_comment(p + 1, comment);
            continue;
        }
        if (quoted || !g_ascii_isspace(*p)) g_string_append_c(out, *p);
        p++;
    }
    const char *start = out->str;
    if (g_ascii_strncasecmp(start, "mailto:", 7) == 0) start += 7;
    while (*start == '<' || *start == '\'') start++;
    char *address = g_strdup(start);
    for (gsize n = strlen(address); n > 0 && strchr("'>.;,", address[n - 1]); n--) address[n - 1] = '\0';
    char *at = strrchr(address, '@');
    for (char *p = at; p && *p; p++) *p = g_ascii_tolower(*p);
    return address;
}

static void add(GPtrArray *mailboxes, const char *name, const char *address)
{
    if (!*name && !*address) return;
    if (mailboxes->len >= LIMIT_ADDRESSES || strlen(address) > LIMIT_ADDRESS_CHARS) return;
    FactsMailbox *mailbox = g_new(FactsMailbox, 1);
    mailbox->name = g_strdup(name);
    mailbox->address = g_strdup(address);
    g_ptr_array_add(mailboxes, mailbox);
}

/* Without white space of any width around it. In place. */
static char *stripped(char *text)
{
    static const char *const BLANKS[] = {" ",           "\t", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B",
                                         "\xEF\xBB\xBF"};
    char *start = text, *end = text + strlen(text);
    if (start == end || (g_ascii_isgraph(*start) && g_ascii_isgraph(end[-1]))) return text;
    for (gsize i = 0; i < G_N_ELEMENTS(BLANKS);) {
        const gsize n = strlen(BLANKS[i]);
        const gboolean before = g_str_has_prefix(start, BLANKS[i]),
                       behind = !before && end - start >= (gssize)n && memcmp(end - n, BLANKS[i], n) == 0;
        start += before ? n : 0;
        end -= behind ? n : 0;
        *end = '\0';
        i = before || behind ? 0 : i + 1;
    }
    memmove(text, start, strlen(start) + 1);
    return text;
}

/* Names in quotes within quotes: '"张三"', \"Li\". */
static char *tidy_name(const char *phrase)
{
    g_autofree char *name = stripped(words_decode(phrase));
    gsize length = strlen(name);
    if (length >= 2 && (name[0] == '"' || name[0] == '\'') && name[length - 1] == name[0])
        return stripped(g_strndup(name + 1, length - 2));
    return g_steal_pointer(&name);
}

static void parse(const char *line, GPtrArray *mailboxes, guint round);

/* Something in <>: an address, or what people put there instead. */
static void finish_angle(const Item *item, const char *name, const char *comment, GPtrArray *mailboxes)
{
    g_autofree char *angle = words_decode(item->angle->str);
    g_autofree char *address = tidy_address(angle);
    gboolean is_address = strchr(address, '@') || !strchr(angle, ' ');
    if (!is_address && !strchr(name, '@')) {
        add(mailboxes, *name ? name : angle, ""); /* <Saved by a program> */
    } else if (!strchr(address, '@') && strchr(name, '@')) {
        g_autofree char *outside = tidy_address(name); /* the other way round: a@x.example <Zhang San> */
        add(mailboxes, angle, outside);
    } else {
        add(mailboxes, *name ? name : comment, address);
    }
}

/* "a@x.example b@x.example": the comma is missing. */
static gboolean several_addresses(const char *phrase)
{
    g_auto(GStrv) tokens = g_strsplit(phrase, " ", -1);
    guint addresses = 0;
    for (char **token = tokens; *token; token++) {
        const char *at = strchr(*token, '@');
        if (**token && (!at || at == *token || !at[1])) return FALSE;
        if (**token) addresses++;
    }
    return addresses > 1;
}

/* Where the address begins in "联系人甲 a@x.example": behind the last space, if no other word has an "@".
 * NULL if it is not that. */
static const char *address_behind(const char *phrase)
{
    const char *space = strrchr(phrase, ' '), *at = strchr(phrase, '@');
    return space && at && at > space + 1 && at[1] && !strchr(at + 1, '@') ? space + 1 : NULL;
}

static void finish_bare(const Item *item, const char *name, const char *comment, GPtrArray *mailboxes)
{
    const char *phrase = item->phrase->str;
    /* "root": an address of this host. A word that is no ASCII, or several words, are a name. */
    gboolean local = *phrase && !item->quoted && g_str_is_ascii(name) && !strpbrk(phrase, " =");
    const char *source = strchr(phrase, '@') && !(item->quoted && strchr(name, ' ')) ? phrase : name;
    const char *behind = strchr(phrase, '"') ? NULL : address_behind(phrase);
    if (behind) {
        g_autofree char *before = g_strndup(phrase, (gsize)(behind - phrase));
        g_autofree char *shown = tidy_name(before), *address = tidy_address(behind);
        add(mailboxes, *shown ? shown : comment, address);
    } else if (!item->quoted && several_addresses(phrase)) {
        g_auto(GStrv) tokens = g_strsplit(phrase, " ", -1);
        for (char **token = tokens; *token; token++) {
            g_autofree char *address = tidy_address(*token);
            add(mailboxes, "", address);
        }
    } else if (strchr(source, '@') || local) {
        g_autofree char *address = tidy_address(source);
        add(mailboxes, comment, address);
    } else {
        add(mailboxes, *name ? name : comment, "");
    }
}

static void finish(Item *item, GPtrArray *mailboxes, guint round)
{
    g_strstrip(item->phrase->str);
    g_autofree char *comment = words_decode(item->comment->str);
    g_autofree char *name = tidy_name(item->phrase->str);
    if (item->has_angle)
        finish_angle(item, name, comment, mailboxes);
    else if (round == 0 && strchr(name, '<') && strchr(name, '@') && words_encoded(item->phrase->str))
        parse(name, mailboxes, round + 1); /* the whole mailbox was one encoded word */
    else
        finish_bare(item, name, comment, mailboxes);
    item_reset(item);
}

/* A comma after words without address: "Wang, Ming <m@x.example>" is one person if an address in <> follows
 * before the next comma. */
static gboolean comma_in_name(const Item *item, const char *rest)
{
    if (item->has_angle || item->phrase->len == 0 || strchr(item->phrase->str, '@')) return FALSE;
    gsize angle = strcspn(rest, "<,;:@\"");
    return rest[angle] == '<';
}

/* Marks as they are typed by who writes Chinese: what they stand for where they part or enclose addresses,
 * and how long they are. */
static char wide_mark(const char *p, const Item *item, gsize *length)
{
    const char *at = strchr(item->phrase->str, '@'), *closed = strstr(p, "＞");
    static const struct {
        const char *mark;
        char means;
    } MARKS[] = {{"＜", '<'}, {"＞", '>'}, {"，", ','}, {"；", ';'}};
    const gboolean complete = item->has_angle || (at && g_ascii_isalnum(at[1]));
    *length = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(MARKS); i++) {
        if (!g_str_has_prefix(p, MARKS[i].mark) || (strchr(",;", MARKS[i].means) && !complete)) continue;
        /* 文学院＜党委＞ is a name: what it encloses is no address */
        if (MARKS[i].means == '<' && closed && !memchr(p, '@', (gsize)(closed - p))) continue;
        if (MARKS[i].means == '>' && !item->has_angle) continue;
        *length = strlen(MARKS[i].mark);
        return MARKS[i].means;
    }
    return *p;
}

/* "甲 <a@x.example> 乙 <b@x.example>" */
static gboolean comma_forgotten(const Item *item, const char *rest)
{
    gsize blank = strspn(rest, " ");
    if (!rest[blank] || rest[blank] == ',') return FALSE;
    gsize angle = strcspn(rest, "<,;:\"(");
    const gboolean parted = g_str_has_prefix(rest + blank, "，") || g_str_has_prefix(rest + blank, "；");
    return !parted && rest[angle] == '<' && strchr(item->angle->str, '@') && strchr(rest + angle, '@');
}

/* In a quoted local part ("a b"@x.example) the quotes belong to the address. */
static const char *read_phrase_quote(const char *p, Item *item)
{
    g_autoptr (GString) text = g_string_new(NULL);
    const char *end = read_quoted(p, text);
    item->open = end[-1] != '"' || end == p;
    if (item->open) return p;
    item->quoted = TRUE;
    if (*end == '@')
        g_string_append_printf(item->phrase, "\"%s\"", text->str);
    else
        g_string_append(item->phrase, text->str);
    return end;
}

static void parse(const char *line, GPtrArray *mailboxes, guint round)
{
    Item item = {g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), FALSE, FALSE, FALSE};
    for (const char *p = line; *p;) {
        gsize encoded = encoded_length(p), n = 1;
        const char mark = (guchar)*p == 0xEF ? wide_mark(p, &item, &n) : *p;
        if (encoded > 0) {
            g_string_append_len(item.phrase, p, (gssize)encoded);
            p += encoded;
        } else if (mark == '"' && !item.open) {
            p = read_phrase_quote(p + 1, &item);
        } else if (mark == '(') {
            p = read_comment(p + 1, item.comment);
        } else if (mark == '<' && !item.has_angle) {
            item.has_angle = TRUE;
            p = read_angle(p + n, item.angle);
            if (comma_forgotten(&item, p)) finish(&item, mailboxes, round);
        } else if (mark == ':' && !item.has_angle && !strchr(item.phrase->str, '@') &&
                   g_ascii_strcasecmp(item.phrase->str, "mailto") != 0) {
            item_reset(&item); /* a group's name */
            p++;
        } else if ((mark == ',' && !comma_in_name(&item, p + n)) || mark == ';') {
            finish(&item, mailboxes, round);
            p += n;
        } else {
            if (mark != '>' && mark != '"') g_string_append_c(item.phrase, *p);
            p += mark == '>' ? n : 1;
        }
    }
    finish(&item, mailboxes, round);
    g_string_free(item.phrase, TRUE);
    g_string_free(item.angle, TRUE);
    g_string_free(item.comment, TRUE);
}

void addresses_parse(const char *raw, GPtrArray *mailboxes)
{
    if (!raw) return;
    g_autofree char *line = words_unfold(raw);
    parse(line, mailboxes, 0);
}
