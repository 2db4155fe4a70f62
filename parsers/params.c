/* params.c - parameters: RFC 2045, RFC 2231, and what programs write instead. */
#include "parsers/params.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/charset_census.h"
#include "parsers/words.h"

#define PIECES 1000 /* continuations of one parameter */
#define BLANK  " \t"

typedef struct Piece {
    guint index;
    gboolean plain;   /* name=…, no RFC 2231 */
    gboolean encoded; /* name*0*=… : %XX */
    char *value;
} Piece;

static void piece_clear(gpointer data)
{
    g_free(((Piece *)data)->value);
}

/* A quote closes when what follows can follow a value: names with quotes inside are sent unescaped. */
static gboolean quote_closes(const char *p)
{
    gsize blank = strspn(p, BLANK);
    if (p[blank] == '\0' || p[blank] == ';' || p[blank] == '(') return TRUE;
    gsize token = strcspn(p + blank, " \t;=\"");
    return blank > 0 && token > 0 && p[blank + token] == '=' && p[blank + token + 1] != '?';
}

/* Reads a value at p and returns where it ended. A backslash escapes what follows; with `paths` only quotes
 * and backslashes (C:\files is a path). */
static const char *read_value(const char *p, gboolean paths, char **value)
{
    p += strspn(p, BLANK);
    if (*p != '"') {
        gsize length = strcspn(p, ";");
        *value = g_strchomp(g_strndup(p, length));
        return p + length;
    }
    GString *out = g_string_new(NULL);
    for (p++; *p && !(*p == '"' && quote_closes(p + 1)); p++) {
        if (*p == '\\' && p[1] && (!paths || p[1] == '"' || p[1] == '\\')) p++;
        g_string_append_c(out, *p);
    }
    *value = g_string_free(out, FALSE);
    return p + strcspn(p, ";");
}

/* "filename*1*" of "filename": index 1, encoded. */
static gboolean read_name(const char *p, gsize length, const char *name, Piece *piece)
{
    gsize own = strlen(name);
    while (length > 0 && strchr(BLANK, p[length - 1])) length--;
    if (length < own || g_ascii_strncasecmp(p, name, own) != 0) return FALSE;
    const char *q = p + own, *end = p + length;
    piece->index = 0;
    piece->plain = q == end;
    piece->encoded = FALSE;
    if (piece->plain) return TRUE;
    if (*q++ != '*') return FALSE;
    if (q == end) return piece->encoded = TRUE;
    while (q < end && g_ascii_isdigit(*q) && piece->index < PIECES)
        piece->index = piece->index * 10 + (guint)(*q++ - '0');
    if (q < end && *q == '*') {
        piece->encoded = TRUE;
        q++;
    }
    return q == end && piece->index < PIECES;
}

static GArray *pieces_of(const char *line, const char *name, gboolean paths)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_array_set_clear_func(pieces, piece_clear);
    const char *p = line + strcspn(line, ";");
    while (*p == ';') {
        p += 1 + strspn(p + 1, BLANK);
        gsize length = strcspn(p, "=;");
        if (p[length] != '=') {
            p += length;
            continue;
        }
        Piece piece = {0};
        const char *end = read_value(p + length + 1, paths, &piece.value);
        if (read_name(p, length, name, &piece) && pieces->len < PIECES)
            g_array_append_val(pieces, piece);
        else
            g_free(piece.value);
        p = end;
    }
    return pieces;
}

static gint by_index(gconstpointer a, gconstpointer b)
{
    const Piece *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

/* "UTF-8''%E6%8A%A5.doc" without the star that belongs to it; NULL if it is not that. */
static char *starless_value(const char *value)
{
    gsize label = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    const char *second = label > 2 && value[label] == '\'' ? strchr(value + label + 1, '\'') : NULL;
    if (!second || second - value > 60 || !strchr(second, '%')) return NULL;
    gsize length = 0;
    gboolean exact = FALSE;
    g_autofree char *charset = g_strndup(value, label), *bytes = words_percent(second + 1, &length);
    g_autofree char *text = charset_to_utf8(bytes, length, charset, &exact);
    return exact ? words_decode(text) : NULL;
}

/* &#25253; in a name: a browser has sent it in a form of another charset. Of ASCII nothing was ever escaped;
 * NULL then, and if nothing is. */
static char *unescaped_value(const char *value)
{
    g_autoptr (GString) out = g_string_new(NULL);
    for (const char *p = value; *p;) {
        char *end = NULL;
        guint64 c =
            p[0] == '&' && p[1] == '#' && g_ascii_isdigit(p[2]) ? g_ascii_strtoull(p + 2, &end, 10) : 0;
        if (!end || *end != ';') {
            g_string_append_c(out, *p++);
            continue;
        }
        if (c < 0xA0 || c > 0x10FFFF || !g_unichar_validate((gunichar)c)) return NULL;
        g_string_append_unichar(out, (gunichar)c);
        p = end + 1;
    }
    return g_str_is_ascii(out->str) ? NULL : g_string_free(g_steal_pointer(&out), FALSE);
}

/* 'a.doc' and ""a.doc"": scripts take the one kind of quotes for the other, or write both. In place. */
static char *unquoted(char *value)
{
    gsize length = strlen(value);
    const char quote = value[0];
    if (length > 2 && (quote == '\'' || quote == '"') && strchr(value + 1, quote) == value + length - 1) {
        value[length - 1] = '\0';
        memmove(value, value + 1, length - 1);
    }
    return value;
}

/* %E6%8A%A5 in a plain name: URLs copied into mail. Only if all of it is UTF-8 that needed the escapes. */
static char *plain_value(const char *value)
{
    if (words_encoded(value)) {
        g_autofree char *text = words_decode(value);
        char *starless = starless_value(text);
        return starless ? starless : unquoted(g_steal_pointer(&text));
    }
    char *unescaped = strstr(value, "&#") ? unescaped_value(value) : NULL;
    if (unescaped) return unescaped;
    if (strchr(value, '%')) {
        char *starless = starless_value(value);
        if (starless) return starless;
        gsize length = 0;
        g_autofree char *bytes = words_percent(value, &length);
        if (!g_str_is_ascii(bytes) && g_utf8_validate(bytes, -1, NULL)) return words_unfold(bytes);
        const char *charset = g_str_is_ascii(value) && !g_str_is_ascii(bytes)
                                  ? census_contradict("CP1252", (const guchar *)bytes, length)
                                  : "";
        g_autofree char *chinese =
            strcmp(charset, "GB18030") == 0 ? charset_to_utf8(bytes, length, charset, NULL) : NULL;
        if (chinese) return words_unfold(chinese);
    }
    return unquoted(g_strstrip(g_strdup(value)));
}

/* Appends the bytes of the pieces that `run` holds, and empties it: %XX may be cut between two pieces. */
static void flush_encoded(GString *bytes, GString *run)
{
    gsize length = 0;
    g_autofree char *decoded = words_percent(run->str, &length);
    g_string_append_len(bytes, decoded, (gssize)length);
    g_string_truncate(run, 0);
}

/* The value behind "utf-8'zh'", which goes to *charset the first time; some programs say it with each piece.
 */
static const char *behind_charset(const char *value, char **charset)
{
    const char *quote = strchr(value, '\''), *second = quote ? strchr(quote + 1, '\'') : NULL;
    if (!second) return value;
    g_autofree char *label = g_strndup(value, (gsize)(quote - value));
    if (*charset) return *label && g_ascii_strcasecmp(label, *charset) == 0 ? second + 1 : value;
    *charset = g_steal_pointer(&label);
    return second + 1;
}

/* Bytes of all pieces are joined before the charset is decoded: a piece may end inside a character. */
static char *joined_value(GArray *pieces)
{
    g_autoptr (GString) bytes = g_string_new(NULL);
    g_autoptr (GString) run = g_string_new(NULL);
    g_autofree char *charset = NULL;
    gboolean encoded = FALSE;
    guint last = G_MAXUINT;
    for (guint i = 0; i < pieces->len; i++) {
        const Piece *piece = &g_array_index(pieces, Piece, i);
        if (piece->plain || piece->index == last) continue;
        const char *value = piece->value;
        if (piece->encoded) value = behind_charset(value, &charset);
        if (!piece->encoded) flush_encoded(bytes, run);
        g_string_append(piece->encoded ? run : bytes, value);
        encoded |= piece->encoded;
        last = piece->index;
    }
    flush_encoded(bytes, run);
    if (!encoded) return plain_value(bytes->str);
    g_autofree char *text = charset_to_utf8(bytes->str, bytes->len, charset, NULL);
    return words_decode(text);
}

static char *get(const char *raw, const char *name, gboolean paths)
{
    if (!raw || !strcasestr(raw, name)) return NULL;
    g_autofree char *line = words_unfold(raw);
    g_autoptr (GArray) pieces = pieces_of(line, name, paths);
    if (pieces->len == 0) return NULL;
    const Piece *plain = NULL;
    gboolean extended = FALSE;
    for (guint i = 0; i < pieces->len; i++) {
        const Piece *piece = &g_array_index(pieces, Piece, i);
        if (!piece->plain)
            extended = TRUE;
        else if (!plain)
            plain = piece;
    }
    if (!extended) return plain_value(plain->value);
    g_array_sort(pieces, by_index);
    return joined_value(pieces);
}

char *params_get(const char *raw, const char *name)
{
    return get(raw, name, FALSE);
}

char *params_path(const char *raw, const char *name)
{
    return get(raw, name, TRUE);
}

/* Whether `p`, in `line`, begins a word that is `name`, stars and digits, and "=": where the value begins. */
static const char *astray_value(const char *line, const char *p, const char *name)
{
    if (p > line && !strchr(" \t;,\"'", p[-1])) return NULL;
    p += strlen(name);
    p += strspn(p, "*0123456789");
    p += strspn(p, BLANK);
    return *p == '=' ? p + 1 : NULL;
}

char *params_astray(const char *raw, const char *name)
{
    if (!raw || !strcasestr(raw, name)) return NULL;
    g_autofree char *line = words_unfold(raw);
    for (const char *p = line; (p = strcasestr(p, name)); p++) {
        if (!astray_value(line, p, name)) continue;
        g_autofree char *mended = g_strconcat("x; ", p, NULL);
        return get(mended, name, FALSE);
    }
    return NULL;
}

char *params_value(const char *raw)
{
    g_autofree char *line = words_unfold(raw ? raw : "");
    gsize length = strcspn(line, ";(");
    if (memchr(line, '=', length)) length = strcspn(line, " \t,="); /* attachment filename=… */
    if (line[length] == '=') length = 0;
    return g_strstrip(g_ascii_strdown(line, (gssize)length));
}
