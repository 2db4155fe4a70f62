/* header.c - where a header really ends, and what in it is no field. */
#include "parsers/header.h"

#include <string.h>

/* --- lines ------------------------------------------------------------------------------------ */

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

/* A parameter, as name=value, begins at p. */
static gboolean is_parameter(const char *p, const char *end)
{
    const char *name = p;
    while (p < end && (g_ascii_isalnum(*p) || *p == '-' || *p == '*')) p++;
    return p > name && p < end && *p == '=';
}

/* Whether the field that the lines before p are of is one that has parameters. */
static gboolean has_parameters(const char *start, const char *p, const char *end)
{
    enum { LINES_MAX = 32 }; /* of a field that are looked back at */
    static const char *const NAMES[] = {
        "Content-", "Authentication-Results", "ARC-", "DKIM-", "DomainKey-", "Received-SPF"};
    for (guint lines = 0; p > start && lines < LINES_MAX; lines++) {
        const char *newline = memrchr(start, '\n', (gsize)(p - 1 - start));
        p = newline ? newline + 1 : start;
        if (is_folded(p, end) || is_parameter(p, end) || name_length(p, end) == 0) continue;
        for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
            if (g_ascii_strncasecmp(p, NAMES[i], strlen(NAMES[i])) == 0) return TRUE;
        return FALSE;
    }
    return FALSE;
}

gboolean header_goes_on(const char *start, const char *p, const char *end)
{
    const char *q = p;
    if (p == start) return FALSE;
    if (end - p > 2 && p[0] == '=' && p[1] == '?') return TRUE;
    if (!is_parameter(p, end)) return FALSE; /* before the way back: that over white space is long at worst */
    while (q > start && g_ascii_isspace(q[-1])) q--;
    return q > start && q[-1] == ';' && has_parameters(start, p, end);
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

/* --- where it ends ---------------------------------------------------------------------------- */

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

typedef struct Found {
    const char *start, *end; /* of the fields, and lines between them */
    const char *body;
} Found;

/* The header goes on behind a blank line when what says how to read the body comes only there, and behind
 * lines that are no fields (folded without the space) when known fields come before the blank line; else such
 * a line begins the body: the blank line was forgotten. */
static Found find_header(const char *start, const char *end)
{
    const char *p = start, *known = start;
    Found header = {.start = start};
    gboolean any = FALSE;
    while (p < end) {
        const char *next = next_line(p, end);
        gboolean blank = ends_header(p, next, end);
        if (blank && !(any && goes_on(start, p, next, end))) {
            header.end = p;
            header.body = next;
            return header;
        }
        gboolean field =
            name_length(p, end) > 0 || (any && (is_folded(p, end) || header_goes_on(start, p, end)));
        if (!field && !blank && known && known <= p) known = known_field_after(next, end);
        if (!field && !blank && !known) break;
        any |= field;
        p = next;
    }
    header.end = header.body = p;
    return header;
}

/* "From a@x.example Fri May 30 …", also quoted, before a mail that was in a mailbox file; the mark that
 * Windows' editors put before UTF-8. */
static const char *skip_envelope(const char *p, const char *end)
{
    if (end - p > 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) p += 3;
    while (p < end && (*p == '\r' || *p == '\n')) p++;
    while (end - p > 6 &&
           ((memcmp(p, "From ", 5) == 0 && name_length(p, end) == 0) || memcmp(p, ">From ", 6) == 0))
        p = next_line(p, end);
    return p;
}

/* --- cutting ---------------------------------------------------------------------------------- */

/* Whether the field says how to read the body. */
static gboolean is_of_content(const char *p, const char *end)
{
    return (end - p > 8 && g_ascii_strncasecmp(p, "Content-", 8) == 0) ||
           (end - p > 12 && g_ascii_strncasecmp(p, "MIME-Version", 12) == 0);
}

/* A header of which the last line has no line end gets one. */
static void end_line(GByteArray *out)
{
    if (out->len > 0 && out->data[out->len - 1] != '\n') g_byte_array_append(out, (const guint8 *)"\n", 1);
}

static void without_nul(char *text, gsize length)
{
    for (char *p = text; (p = memchr(p, '\0', length - (gsize)(p - text)));) *p = ' ';
}

static void add_line(GByteArray *out, const char *p, const char *next, gboolean unfolded)
{
    if (unfolded) g_byte_array_append(out, (const guint8 *)" ", 1);
    g_byte_array_append(out, (const guint8 *)p, (guint)(next - p));
}

static void sort_fields(const Found *found, GByteArray *all, GByteArray *content)
{
    gboolean of_content = FALSE;
    for (const char *p = found->start; p < found->end;) {
        const char *next = next_line(p, found->end);
        gboolean folded = all->len > 0 && is_folded(p, found->end),
                 more = all->len > 0 && header_goes_on(found->start, p, found->end), /* also boundary="a:b" */
            named = !more && name_length(p, found->end) > 0,
                 unfolded = more || (!named && !folded && all->len > 0 && (guchar)*p > 0x7f);
        if (named) of_content = is_of_content(p, next);
        if (named || unfolded || (folded && !is_blank(p, next))) {
            add_line(all, p, next, unfolded);
            if (of_content) add_line(content, p, next, unfolded);
        }
        p = next;
    }
    end_line(content);
    if (content->len > 0) without_nul((char *)content->data, content->len);
}

/* --- line ends -------------------------------------------------------------------------------- */

gboolean header_ends_twice(const char *p, const char *end)
{
    const char *newline = p < end ? memchr(p, '\n', (gsize)(end - p)) : NULL;
    return newline && newline - p > 1 && newline[-1] == '\r' && newline[-2] == '\r';
}

/* Programs that make CR LF of LF where there is CR LF already: the same with one of each. */
static GBytes *with_single_ends(const char *p, const char *end)
{
    char *copy = g_malloc((gsize)(end - p)), *out = copy;
    while (p < end) {
        const char *newline = memchr(p, '\n', (gsize)(end - p)), *stop = newline ? newline : end;
        gsize length = (gsize)(stop - p);
        while (newline && length > 0 && p[length - 1] == '\r') length--;
        memcpy(out, p, length);
        out += length;
        if (newline && stop - p > (gssize)length) *out++ = '\r';
        if (newline) *out++ = '\n';
        p = newline ? newline + 1 : end;
    }
    return g_bytes_new_take(copy, (gsize)(out - copy));
}

/* Files of old Macintoshes end lines in CR alone: the same with LF, or NULL if it is none of them. */
static GBytes *without_cr(const char *data, gsize length)
{
    if (length == 0 || memchr(data, '\n', length) || !memchr(data, '\r', length)) return NULL;
    char *copy = g_memdup2(data, length);
    for (gsize i = 0; i < length; i++)
        if (copy[i] == '\r') copy[i] = '\n';
    return g_bytes_new_take(copy, length);
}

/* What is behind the header. Boundaries are looked for at LF. */
static GBytes *body_of(GBytes *mail, const char *data, const Found *found, const char *end)
{
    gsize length = (gsize)(end - found->body);
    gboolean parted =
        length > 0 && !memchr(found->body, '\n', length) && memmem(found->body, MIN(length, 4096), "\r--", 3);
    GBytes *lines = parted ? without_cr(found->body, length) : NULL;
    return lines ? lines : g_bytes_new_from_bytes(mail, (gsize)(found->body - data), length);
}

/* The mail with line ends that can be worked with. */
static GBytes *with_lines(GBytes *mail)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(mail, &length);
    if (length == 0) return g_bytes_ref(mail);
    if (header_ends_twice(data, data + length)) return with_single_ends(data, data + length);
    GBytes *lines = without_cr(data, length);
    return lines ? lines : g_bytes_ref(mail);
}

gboolean header_read(GBytes *mail, Header *header)
{
    g_autoptr (GBytes) lines = with_lines(mail);
    gsize length = 0;
    const char *data = g_bytes_get_data(lines, &length);
    if (length == 0) return FALSE;
    const char *end = data + length;
    Found found = find_header(skip_envelope(data, end), end);
    if (found.start == found.end) return FALSE;
    if (header_ends_twice(found.body, end)) { /* only there */
        g_autoptr (GBytes) single = with_single_ends(data, end);
        return header_read(single, header);
    }

    GByteArray *all = g_byte_array_sized_new((guint)(found.end - found.start) + 1);
    header->content = g_byte_array_new();
    sort_fields(&found, all, header->content);
    header->length = all->len;
    g_byte_array_append(all, (const guint8 *)"", 1);
    header->fields = (char *)g_byte_array_free(all, FALSE);
    without_nul(header->fields, header->length);
    header->body = body_of(lines, data, &found, end);
    return header->length > 0;
}

void header_clear(Header *header)
{
    g_clear_pointer(&header->fields, g_free);
    g_clear_pointer(&header->content, g_byte_array_unref);
    g_clear_pointer(&header->body, g_bytes_unref);
}

GBytes *header_mail(const Header *header)
{
    gsize length = 0, fields = header->content->len;
    const void *body = g_bytes_get_data(header->body, &length);
    char *mail = g_malloc(fields + 1 + length);
    memcpy(mail, header->content->data, fields);
    mail[fields] = '\n';
    if (length > 0) memcpy(mail + fields + 1, body, length);
    return g_bytes_new_take(mail, fields + 1 + length);
}

gboolean header_next(char **rest, const char **name, const char **value)
{
    char *p = *rest, *stop = p;
    char *colon = strchr(p, ':');
    if (!colon) return FALSE; /* the end, or a field that was cut off */
    do {
        stop += strcspn(stop, "\n");
        stop += *stop == '\n';
    } while (*stop == ' ' || *stop == '\t');
    char *last = stop;
    while (last > colon && g_ascii_isspace(last[-1])) last--;
    *rest = stop;
    *name = p;
    *value = colon + 1 + strspn(colon + 1, " \t\r\n");
    if (*value > last) *value = last;
    *last = '\0'; /* there is room: the line end, or the NUL behind all */
    while (colon > p && (colon[-1] == ' ' || colon[-1] == '\t')) colon--;
    *colon = '\0';
    return TRUE;
}
