/* transfer_file.c - files in the text of a mail: uuencode and its base64 (POSIX, uuencode), yEnc (its
 * draft 1.3). */
#include "parsers/transfer.h"

#include <string.h>

/* The end of the line at p, without its line end; *next is the line after it. */
static const char *line_end(const char *p, const char *end, const char **next)
{
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    *next = newline ? newline + 1 : end;
    const char *stop = newline ? newline : end;
    return stop > p && stop[-1] == '\r' ? stop - 1 : stop;
}

static gboolean begins_with(const char *p, const char *end, const char *word)
{
    gsize n = strlen(word);
    return (gsize)(end - p) >= n && memcmp(p, word, n) == 0;
}

/* What a line begins with, and what comes below it. `lines` gives where the line after the last one begins,
 * or NULL if this is no file; *torn: the text ended before the file did. */
typedef struct Kind {
    const char *mark;
    char *(*name)(const char *p,
                  const char *end); /* from behind the mark to the end of the line; NULL: none */
    const char *(*lines)(const char *p, const char *end, GByteArray *out, gboolean *torn);
} Kind;

/* --- uuencode --------------------------------------------------------------------------------- */

static guint uu_value(char c)
{
    return ((guint)(guchar)c - ' ') & 63;
}

/* The line from p to end (without line end) as a line of uuencode, appended to out; FALSE if it is none.
 * Trailing spaces may have got lost on the way; *shorter: so many that it may be no such line. */
static gboolean uu_line(const char *p, const char *end, GByteArray *out, gboolean *shorter)
{
    if (p == end || *p < ' ' || *p > '`') return FALSE;
    guint want = uu_value(*p++), groups = (want + 2) / 3;
    gsize have = (gsize)(end - p);
    if (have > 4 * groups + 2) return FALSE;
    *shorter |= have + 12 < 4 * groups;
    for (gsize i = 0; i < have; i++)
        if (p[i] < ' ' || p[i] > '`') return FALSE;
    for (guint g = 0; g < groups; g++) {
        guint32 bits = 0;
        for (guint k = 0; k < 4; k++) {
            gsize at = 4 * g + k;
            bits = bits << 6 | (at < have ? uu_value(p[at]) : 0);
        }
        const guint8 three[] = {(guint8)(bits >> 16), (guint8)(bits >> 8), (guint8)bits};
        g_byte_array_append(out, three, MIN(3, want - 3 * g));
    }
    return TRUE;
}

/* "644 name" */
static char *mode_and_name(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && *q >= '0' && *q <= '7') q++;
    gsize digits = (gsize)(q - p);
    if (digits < 3 || digits > 5 || q == end || *q != ' ') return NULL;
    char *name = g_strstrip(g_strndup(q, (gsize)(end - q)));
    if (*name) return name;
    g_free(name);
    return NULL;
}

#define UU_RATIO 4    /* bytes for a byte of text: of spaces at the ends of lines, 45 for 2 may be lost */
#define UU_SLACK 4096 /* and so many more */

/* A single line might be anything that somebody has written. What no file has lost in spaces is a bomb. */
static const char *uu_lines(const char *p, const char *end, GByteArray *out, gboolean *torn)
{
    const char *begin = p;
    guint lines = 0;
    gboolean shorter = FALSE;
    while (p < end && out->len <= UU_RATIO * (gsize)(p - begin) + UU_SLACK) {
        const char *next = NULL, *stop = line_end(p, end, &next);
        if (stop - p == 3 && memcmp(p, "end", 3) == 0) return next;
        if (stop > p && !uu_line(p, stop, out, &shorter)) return NULL;
        lines += stop > p;
        p = next;
    }
    *torn = lines >= 2 && !shorter && p == end;
    return *torn ? end : NULL;
}

static const char *base64_lines(const char *p, const char *end, GByteArray *out, gboolean *torn)
{
    const char *begin = p, *last = NULL, *after = end;
    guint lines = 0;
    for (; p < end && !last; p = after) {
        const char *stop = line_end(p, end, &after);
        if (begins_with(p, stop, "====")) last = p;
        for (const char *c = p; c < stop && !last; c++)
            if (!g_ascii_isalnum(*c) && *c != '+' && *c != '/' && *c != '=') return NULL;
        lines += stop > p && !last;
    }
    if (!last && lines < 2) return NULL;
    *torn = !last;
    gsize length = 0;
    g_autoptr (GBytes)
        content = transfer_decode(TRANSFER_BASE64, begin, (gsize)((last ? last : end) - begin));
    const guint8 *data = g_bytes_get_data(content, &length);
    g_byte_array_append(out, data, (guint)length);
    return last ? after : end;
}

/* --- yEnc ------------------------------------------------------------------------------------- */

/* "line=128 size=1000 name=a b.doc" */
static char *y_name(const char *p, const char *end)
{
    const char *name = memmem(p, (gsize)(end - p), "name=", 5);
    if (!begins_with(p, end, "line=") || !name) return NULL;
    char *text = g_strstrip(g_strndup(name + 5, (gsize)(end - name - 5)));
    if (*text) return text;
    g_free(text);
    return NULL;
}

static const char *y_lines(const char *p, const char *end, GByteArray *out, gboolean *torn)
{
    for (const char *next = NULL; p < end; p = next) {
        const char *stop = line_end(p, end, &next);
        if (begins_with(p, stop, "=yend ")) return next;
        if (begins_with(p, stop, "=ybegin ")) return NULL;
        if (begins_with(p, stop, "=ypart ")) {
            *torn = TRUE; /* the others are in other mails */
            continue;
        }
        for (const char *c = p; c < stop; c++) {
            gboolean escaped = *c == '=' && c + 1 < stop;
            guint8 byte = escaped ? (guint8)(*++c - 64 - 42) : (guint8)(*c - 42);
            g_byte_array_append(out, &byte, 1);
        }
    }
    return NULL;
}

/* --- all -------------------------------------------------------------------------------------- */

static const Kind kinds[] = {
    {"begin ", mode_and_name, uu_lines},
    {"begin-base64 ", mode_and_name, base64_lines},
    {"=ybegin ", y_name, y_lines},
};

static gboolean file_at(const char *p, const char *end, const char **after, TransferFile *file)
{
    const char *next = NULL, *stop = line_end(p, end, &next);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!begins_with(p, stop, kinds[i].mark)) continue;
        g_autofree char *name = kinds[i].name(p + strlen(kinds[i].mark), stop);
        g_autoptr (GByteArray) content = g_byte_array_new();
        gboolean torn = FALSE;
        *after = name ? kinds[i].lines(next, end, content, &torn) : NULL;
        if (!*after) return FALSE;
        *file = (TransferFile){.name = g_steal_pointer(&name), .torn = torn};
        file->content = g_byte_array_free_to_bytes(g_steal_pointer(&content));
        return TRUE;
    }
    return FALSE;
}

gboolean transfer_find_file(const char *text, gsize length, gsize from, TransferFile *file)
{
    const char *end = text + length, *p = text + from;
    while (p < end && (p = memmem(p, (gsize)(end - p), "begin", 5))) {
        const char *start = p > text && p[-1] == 'y' ? p - 2 : p, *after = NULL; /* =ybegin */
        gboolean at_line = start == text || (start > text && start[-1] == '\n');
        if (at_line && file_at(start, end, &after, file)) {
            file->start = (gsize)(start - text);
            file->end = (gsize)(after - text);
            return TRUE;
        }
        p += 5;
    }
    return FALSE;
}

void transfer_file_clear(TransferFile *file)
{
    g_free(file->name);
    g_clear_pointer(&file->content, g_bytes_unref);
}
