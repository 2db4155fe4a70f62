/* mend.c - where a header really ends, and what in it is no field. */
#include "parsers/mend.h"

#include <string.h>

/* --- lines --------------------------------------------------------------------------------------------- */

static const char *next_line(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    return newline ? newline + 1 : end;
}

/* The length of a field name at p that a colon follows, or 0. */
static gsize name_length(const char *p, const char *end)
{
    const char *q = p;
    while (q<end && * q> ' ' && *q < 0x7f && *q != ':') q++;
    gsize length = (gsize)(q - p);
    while (q < end && (*q == ' ' || *q == '\t')) q++;
    return length > 0 && q < end && *q == ':' ? length : 0;
}

static gboolean is_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) p++;
    return p == end;
}

static gboolean is_folded(const char *p, const char *end)
{
    return p < end && (*p == ' ' || *p == '\t');
}

static gboolean is_empty(const char *p, const char *end)
{
    return p < end && (*p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n'));
}

/* A line of white space belongs to the field above it if the header goes on behind it. */
static gboolean ends_header(const char *p, const char *next, const char *end)
{
    if (!is_blank(p, next)) return FALSE;
    if (is_empty(p, end)) return TRUE;
    return next == end || (name_length(next, end) == 0 && !is_folded(next, end)) ||
           is_blank(next, next_line(next, end));
}

/* --- where it ends ------------------------------------------------------------------------------------- */

/* Fields that hardly any text begins with; the first four say how to read the body. */
static gboolean is_known_field(const char *p, const char *end, gboolean only_content)
{
    static const char *const NAMES[] = {"Content-Type:",
                                        "Content-Transfer-Encoding:",
                                        "Content-Disposition:",
                                        "MIME-Version:",
                                        "From:",
                                        "To:",
                                        "Cc:",
                                        "Date:",
                                        "Subject:",
                                        "Message-ID:",
                                        "Received:",
                                        "Return-Path:",
                                        "Reply-To:",
                                        "DKIM-Signature:",
                                        "In-Reply-To:",
                                        "References:"};
    for (gsize i = 0; i < (only_content ? 4 : G_N_ELEMENTS(NAMES)); i++) {
        gsize n = strlen(NAMES[i]);
        if ((gsize)(end - p) > n && g_ascii_strncasecmp(p, NAMES[i], n) == 0) return TRUE;
    }
    return FALSE;
}

/* Whether the fields up to a blank line say the type. */
static gboolean has_type(const char *p, const char *end)
{
    for (; p < end && !is_empty(p, end); p = next_line(p, end))
        if (end - p > 13 && g_ascii_strncasecmp(p, "Content-Type:", 13) == 0) return TRUE;
    return FALSE;
}

/* What comes behind a blank line is a header all the same, and the type was not yet said. */
static gboolean goes_on(const char *start, const char *p, const char *next, const char *end)
{
    return is_known_field(next, end, TRUE) && has_type(next, end) && !has_type(start, p);
}

/* The next known field before a blank line, or NULL. */
static const char *known_field_after(const char *p, const char *end)
{
    for (; p < end && !is_empty(p, end); p = next_line(p, end))
        if (is_known_field(p, end, FALSE)) return p;
    return NULL;
}

typedef struct Header {
    const char *start; /* behind "From " lines and blank lines */
    const char *end;
    const char *body;
    gboolean odd; /* a line in it, or the way it ends, is none of RFC 5322's */
} Header;

/* The header goes on behind a blank line when what says how to read the body comes only there, and behind
 * lines that are no fields (folded without the space) when known fields come before the blank line; else such
 * a line begins the body: the blank line was forgotten. */
static Header find_header(const char *start, const char *end)
{
    const char *p = start, *known = start;
    Header header = {.start = start};
    gboolean any = FALSE;
    while (p < end) {
        const char *next = next_line(p, end);
        gboolean blank = ends_header(p, next, end);
        if (blank && !(any && goes_on(start, p, next, end))) {
            header.odd |= !is_empty(p, end);
            header.end = p;
            header.body = next;
            return header;
        }
        gboolean field = name_length(p, end) > 0 || (any && is_folded(p, end));
        if (!field && !blank && known && known <= p) known = known_field_after(next, end);
        if (!field && !blank && !known) break;
        header.odd |= !field;
        any |= field;
        p = next;
    }
    header.odd |= p < end;
    header.end = header.body = p;
    return header;
}

/* "From a@x.example Fri May 30 …", also quoted, before a mail that was in a mailbox file. */
static const char *skip_envelope(const char *p, const char *end)
{
    while (p < end && (*p == '\r' || *p == '\n')) p++;
    while (end - p > 6 && (memcmp(p, "From ", 5) == 0 || memcmp(p, ">From ", 6) == 0)) p = next_line(p, end);
    return p;
}

/* --- mending ------------------------------------------------------------------------------------------- */

static void append_fields(GByteArray *out, const Header *header)
{
    gboolean any = FALSE;
    for (const char *p = header->start; p < header->end;) {
        const char *next = next_line(p, header->end);
        gboolean field = name_length(p, header->end) > 0 || (any && is_folded(p, header->end));
        if (field && !is_blank(p, next)) g_byte_array_append(out, (const guint8 *)p, (guint)(next - p));
        any |= field;
        p = next;
    }
    for (guint i = 0; i < out->len; i++)
        if (out->data[i] == '\0') out->data[i] = ' ';
    if (out->len > 0 && out->data[out->len - 1] != '\n') g_byte_array_append(out, (const guint8 *)"\n", 1);
    g_byte_array_append(out, (const guint8 *)"\n", 1);
}

/* Files of old Macintoshes end lines in CR alone: the same with LF, or NULL if it is none of them. */
static GBytes *without_cr(const char *data, gsize length)
{
    if (memchr(data, '\n', length) || !memchr(data, '\r', length)) return NULL;
    char *copy = g_memdup2(data, length);
    for (gsize i = 0; i < length; i++)
        if (copy[i] == '\r') copy[i] = '\n';
    return g_bytes_new_take(copy, length);
}

GBytes *mend_mail(GBytes *mail)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(mail, &length);
    if (length == 0) return NULL;
    g_autoptr (GBytes) lines = without_cr(data, length);
    if (lines) data = g_bytes_get_data(lines, NULL);
    const char *end = data + length, *start = skip_envelope(data, end);
    Header header = find_header(start, end);
    gboolean nul = memchr(start, '\0', (gsize)(header.end - start)) != NULL;
    if (!header.odd && !nul && start == data) return g_steal_pointer(&lines);
    if (!header.odd && !nul) {
        GBytes *whole = lines ? lines : mail;
        return g_bytes_new_from_bytes(whole, (gsize)(start - data), (gsize)(end - start));
    }
    if (header.start == header.end) return NULL; /* no header at all */
    GByteArray *out = g_byte_array_sized_new((guint)(end - start) + 2);
    append_fields(out, &header);
    g_byte_array_append(out, (const guint8 *)header.body, (guint)(end - header.body));
    return g_byte_array_free_to_bytes(out);
}
