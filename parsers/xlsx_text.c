/* Texts of a workbook outside its cells: shared strings, comments, drawings. */
#include <string.h>

#include "parsers/symbols.h"
#include "parsers/xlsx_parts.h"

gboolean xlsx_xml(GBytes *part, const XmlEvents *events, gpointer user)
{
    gsize length = 0;
    const char *data = part ? g_bytes_get_data(part, &length) : NULL;
    return data && xml_read(data, length, events, user);
}

void xlsx_unescape(char *text)
{
    char *to = text;
    for (const char *p = text; *p;) {
        gboolean escape = p[0] == '_' && p[1] == 'x' && p[2] && p[3] && p[4] && p[5] && p[6] == '_';
        for (int i = 2; escape && i < 6; i++) escape = g_ascii_isxdigit(p[i]);
        if (!escape) {
            *to++ = *p++;
            continue;
        }
        gunichar c = 0;
        for (int i = 2; i < 6; i++) c = c * 16 + (gunichar)g_ascii_xdigit_value(p[i]);
        if (c != 0 && g_unichar_validate(c)) to += g_unichar_to_utf8(c, to); /* at most 3 bytes of 7 */
        p += 7;
    }
    *to = '\0';
}

/* --- texts in runs ---------------------------------------------------------------------------- */

enum { NOTHING, TEXT, PHONETIC, STRING, COMMENT, PARAGRAPH, BREAK, PICTURE, FALLBACK, RUN, FONT };

/* A text that is being put together from its runs. */
typedef struct Runs {
    XlsxBook *book;
    GString *text;
    guint open;    /* elements of TEXT that are open */
    guint skipped; /* elements open whose texts are left out */
    gboolean picture, rich;
    const char *font; /* of the run, if it is one of symbols */
} Runs;

static void add_run(gpointer user, const char *text, gsize length)
{
    Runs *runs = user;
    if (runs->open == 0 || runs->skipped > 0) return;
    g_autofree char *shown = runs->font ? symbol_string(runs->font, text, length) : NULL;
    g_string_append_len(runs->text, shown ? shown : text, shown ? -1 : (gssize)length);
}

static gboolean read_runs(Runs *runs, GBytes *part, const XmlEvents *events)
{
    runs->text = g_string_new(NULL);
    gboolean good = xlsx_xml(part, events, runs);
    g_string_free(runs->text, TRUE);
    return good;
}

/* --- shared strings --------------------------------------------------------------------------- */

static int string_code(const char *uri, const char *name)
{
    static const XmlName names[] = {{"si", STRING}, {"t", TEXT},     {"rPh", PHONETIC},
                                    {"r", RUN},     {"rFont", FONT}, {NULL, 0}};
    return xml_code_in(names, name);
}

static void string_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Runs *runs = user;
    runs->open += code == TEXT;
    runs->skipped += code == PHONETIC;
    if (code == STRING) g_string_truncate(runs->text, 0);
    if (code == STRING) runs->rich = FALSE;
    if (code == STRING || code == RUN) runs->font = NULL;
    if (code != FONT) return;
    gsize length;
    const char *name = xml_attribute_raw(attributes, "val", &length);
    runs->font = symbol_font(name, length);
    runs->rich = TRUE;
}

static void string_end(gpointer user, int code)
{
    Runs *runs = user;
    XlsxBook *book = runs->book;
    runs->open -= code == TEXT;
    runs->skipped -= code == PHONETIC;
    if (code != STRING) return;
    if (strstr(runs->text->str, "_x")) xlsx_unescape(runs->text->str);
    gsize at = book->text->len;
    if (runs->rich) g_hash_table_add(book->rich, GUINT_TO_POINTER(book->strings->len));
    g_array_append_val(book->strings, at);
    g_string_append_len(book->text, runs->text->str, (gssize)strlen(runs->text->str) + 1);
}

gboolean xlsx_strings(XlsxBook *book, GBytes *part)
{
    static const XmlEvents events = {string_code, string_start, string_end, add_run, NULL};
    Runs runs = {.book = book};
    return read_runs(&runs, part, &events);
}

/* --- comments --------------------------------------------------------------------------------- */

static int comment_code(const char *uri, const char *name)
{
    static const XmlName names[] = {{"comment", COMMENT}, {"t", TEXT}, {"rPh", PHONETIC}, {NULL, 0}};
    return xml_code_in(names, name);
}

static void put_box(Runs *runs)
{
    xlsx_unescape(runs->text->str);
    if (!g_hash_table_contains(runs->book->labels, runs->text->str))
        sheets_box(runs->book->sheets, runs->text->str);
    g_string_truncate(runs->text, 0);
}

static void comment_end(gpointer user, int code)
{
    Runs *runs = user;
    runs->open -= code == TEXT;
    runs->skipped -= code == PHONETIC;
    if (code == COMMENT) put_box(runs);
}

gboolean xlsx_comments(XlsxBook *book, GBytes *part)
{
    static const XmlEvents events = {comment_code, string_start, comment_end, add_run, NULL};
    Runs runs = {.book = book};
    return read_runs(&runs, part, &events);
}

/* --- drawings --------------------------------------------------------------------------------- */

static int drawing_code(const char *uri, const char *name)
{
    static const XmlName names[] = {{"t", TEXT},      {"p", PARAGRAPH},          {"br", BREAK},
                                    {"pic", PICTURE}, {"graphicFrame", PICTURE}, {"Fallback", FALLBACK},
                                    {NULL, 0}};
    return xml_code_in(names, name);
}

static void drawing_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Runs *runs = user;
    runs->open += code == TEXT;
    runs->skipped += code == FALLBACK; /* says the same as the choice before it */
    runs->picture |= code == PICTURE;
    if (code == BREAK) g_string_append_c(runs->text, '\n');
}

static void drawing_end(gpointer user, int code)
{
    Runs *runs = user;
    runs->open -= code == TEXT;
    runs->skipped -= code == FALLBACK;
    if (code == PARAGRAPH) put_box(runs);
}

gboolean xlsx_drawing(XlsxBook *book, GBytes *part, gboolean *picture)
{
    static const XmlEvents events = {drawing_code, drawing_start, drawing_end, add_run, NULL};
    Runs runs = {.book = book};
    gboolean good = read_runs(&runs, part, &events);
    *picture |= runs.picture;
    return good;
}
