#include "parsers/webpage.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/html.h"
#include "parsers/html_tag.h"
#include "parsers/limits.h"
#include "parsers/symbols.h"
#include "parsers/textout.h"
#include "parsers/texts.h"

enum {
    BYTES_MAX = 16 * LIMIT_TEXT_BYTES, /* of a file that are read: pages hold more markup than text */
    TABLE_DEPTH = 20,                  /* tables in tables; deeper ones are plain text */
    COLUMNS_MAX = 64,                  /* of a table in which cells over several rows are minded */
    FEED_BYTES = 64 << 10
};

/* Of an open table: the column of the next cell, and what comes down from the rows above. */
typedef struct Grid {
    guint column;
    guint rows[COLUMNS_MAX]; /* that the cell which began in this column still covers */
    guint span[COLUMNS_MAX]; /* columns that it covers */
} Grid;

typedef struct Page {
    TextOut *out;
    gboolean space;   /* white space came since the last character */
    gboolean wrap;    /* and began with a line end */
    gunichar last;    /* character that was put */
    gboolean fresh;   /* nothing stands in the paragraph yet */
    guint hidden;     /* elements around that show nothing */
    guint unseen;     /* elements that are open since one whose style says that it is not shown */
    guint verbatim;   /* <pre> around */
    guint tables;     /* around */
    GArray *grids;    /* of Grid: of the tables around */
    const char *font; /* of symbols (symbols.h), where it is one */
    guint in_font;    /* elements that are open since it is */
    GArray *open;     /* of char: what of "trc" (table, row, cell) TextOut has open, the innermost last */
} Page;

/* --- elements --------------------------------------------------------------------------------- */

typedef enum Effect { NOTHING, PARAGRAPH, BREAK, HIDDEN, VERBATIM, TABLE, ROW, CELL } Effect;

static const struct {
    const char *name;
    Effect effect;
} elements[] = {
    {"address", PARAGRAPH}, {"article", PARAGRAPH}, {"blockquote", PARAGRAPH}, {"br", BREAK},
    {"caption", PARAGRAPH}, {"center", PARAGRAPH},  {"dd", PARAGRAPH},         {"div", PARAGRAPH},
    {"dl", PARAGRAPH},      {"dt", PARAGRAPH},      {"fieldset", PARAGRAPH},   {"footer", PARAGRAPH},
    {"form", PARAGRAPH},    {"h1", PARAGRAPH},      {"h2", PARAGRAPH},         {"h3", PARAGRAPH},
    {"h4", PARAGRAPH},      {"h5", PARAGRAPH},      {"h6", PARAGRAPH},         {"header", PARAGRAPH},
    {"hr", PARAGRAPH},      {"li", PARAGRAPH},      {"noframes", HIDDEN},      {"ol", PARAGRAPH},
    {"option", PARAGRAPH},  {"p", PARAGRAPH},       {"pre", VERBATIM},         {"script", HIDDEN},
    {"section", PARAGRAPH}, {"style", HIDDEN},      {"table", TABLE},          {"td", CELL},
    {"template", HIDDEN},   {"th", CELL},           {"title", HIDDEN},         {"tr", ROW},
    {"ul", PARAGRAPH},      {"xml", HIDDEN},
};

static Effect effect_of(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++)
        if (g_ascii_strcasecmp(name, elements[i].name) == 0) return elements[i].effect;
    return NOTHING;
}

static void new_paragraph(Page *page)
{
    if (!page->fresh) textout_paragraph(page->out);
    page->fresh = TRUE;
    page->space = FALSE;
}

/* --- tables ----------------------------------------------------------------------------------- */

static char innermost(const Page *page)
{
    return page->open->len > 0 ? g_array_index(page->open, char, page->open->len - 1) : '\0';
}

static Grid *innermost_grid(const Page *page)
{
    return &g_array_index(page->grids, Grid, page->grids->len - 1);
}

/* The cells from the present column on that are part of cells above. */
static void put_covered(const Page *page)
{
    Grid *grid = innermost_grid(page);
    for (guint c; (c = grid->column) < COLUMNS_MAX && grid->rows[c] > 0; grid->column += grid->span[c]) {
        grid->rows[c]--;
        textout_begin(page->out, TEXTOUT_CELL);
        textout_cell_span(page->out, grid->span[c]);
        textout_cell_continues(page->out, TRUE);
        textout_end(page->out);
    }
}

/* Those behind the last cell of the row. */
static void put_all_covered(const Page *page)
{
    Grid *grid = innermost_grid(page);
    for (guint c = grid->column; c < COLUMNS_MAX; c++) {
        if (c < grid->column || grid->rows[c] == 0) continue;
        textout_row_skip(page->out, c - grid->column);
        grid->column = c;
        put_covered(page);
    }
}

static void open_level(Page *page, char level, TextOutKind kind)
{
    const Grid fresh = {0};
    if (level == 't') g_array_append_val(page->grids, fresh);
    if (level == 'r') innermost_grid(page)->column = 0;
    textout_begin(page->out, kind);
    g_array_append_val(page->open, level);
    page->fresh = TRUE;
    page->space = FALSE;
    page->tables += level == 't';
}

static void close_level(Page *page)
{
    char level = innermost(page);
    if (level == 'r') put_all_covered(page);
    if (level == 't') g_array_set_size(page->grids, page->grids->len - 1);
    page->tables -= level == 't';
    textout_end(page->out);
    g_array_set_size(page->open, page->open->len - 1);
    page->fresh = TRUE;
    page->space = FALSE;
}

/* Closes rows and cells down to the table, or `stop` if that is open in it. */
static void close_to(Page *page, char stop)
{
    while (page->open->len > 0 && innermost(page) != 't' && innermost(page) != stop) close_level(page);
}

/* NULL if there is none, or no value. */
static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (g_ascii_strcasecmp((const char *)attributes[0], name) == 0) return (const char *)attributes[1];
    return NULL;
}

static guint span_of(const xmlChar **attributes, const char *name, guint most)
{
    const char *span = attribute(attributes, name);
    return span ? (guint)CLAMP(g_ascii_strtoll(span, NULL, 10), 1, most) : 1;
}

static void begin_cell(Page *page, const xmlChar **attributes)
{
    Grid *grid = innermost_grid(page);
    put_covered(page);
    guint columns = span_of(attributes, "colspan", COLUMNS_MAX - 1);
    guint rows = span_of(attributes, "rowspan", LIMIT_TABLE_ROWS);
    open_level(page, 'c', TEXTOUT_CELL);
    textout_cell_span(page->out, columns);
    if (grid->column >= COLUMNS_MAX) return;
    grid->rows[grid->column] = rows - 1;
    grid->span[grid->column] = columns;
    grid->column += columns;
}

static void begin_part(Page *page, Effect effect, const xmlChar **attributes)
{
    if (effect == TABLE) {
        if (innermost(page) == 't' || innermost(page) == 'r') close_to(page, 't'); /* a table in no cell */
        if (innermost(page) != 't' && page->tables < TABLE_DEPTH) open_level(page, 't', TEXTOUT_TABLE);
        return;
    }
    if (page->tables == 0) {
        new_paragraph(page);
        return;
    }
    close_to(page, effect == CELL ? 'r' : 't');
    if (innermost(page) == 't') open_level(page, 'r', TEXTOUT_ROW);
    if (effect == CELL) begin_cell(page, attributes);
}

static void end_part(Page *page, Effect effect)
{
    if (page->tables == 0) return;
    if (effect == CELL && innermost(page) == 'c') close_level(page);
    if (effect == ROW) close_to(page, 't');
    if (effect != TABLE) return;
    close_to(page, 't');
    close_level(page);
}

/* --- forms and fonts -------------------------------------------------------------------------- */

/* A word, with a space before it where white space was: but not where a program has broken a line of Chinese.
 */
static void put(Page *page, const char *text, gsize length)
{
    gboolean glue = page->wrap && html_runs_on(page->last, g_utf8_get_char(text));
    if (page->space && !page->fresh && !glue) textout_text(page->out, " ", 1);
    page->space = page->wrap = FALSE;
    page->fresh = FALSE;
    page->last = g_utf8_get_char(g_utf8_find_prev_char(text, text + length));
    g_autofree char *shown = page->font ? symbol_string(page->font, text, length) : NULL;
    textout_text(page->out, shown ? shown : text, shown ? strlen(shown) : length);
}

static gboolean has_attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (g_ascii_strcasecmp((const char *)attributes[0], name) == 0) return TRUE;
    return FALSE;
}

/* <input>: what was ticked or typed. */
static void put_input(Page *page, const xmlChar **attributes)
{
    static const char *const boxes[] = {"checkbox", "radio", NULL};
    static const char *const lines[] = {"text", "email", "tel", "number", "date", "url", NULL};
    const char *type = attribute(attributes, "type"), *value = attribute(attributes, "value");
    g_autofree char *lower = g_ascii_strdown(type ? type : "text", -1);
    const char *box = has_attribute(attributes, "checked") ? SYMBOL_CHECKED : SYMBOL_UNCHECKED;
    if (g_strv_contains(boxes, lower))
        put(page, box, strlen(box));
    else if (g_strv_contains(lines, lower) && value && *value)
        put(page, value, strlen(value));
}

/* The font of symbols that an element sets, as Word writes it: style='font-family:"Wingdings 2"'. */
static const char *font_of(const xmlChar **attributes)
{
    const char *style = attribute(attributes, "style"), *face = attribute(attributes, "face");
    g_autofree char *lower = style ? g_ascii_strdown(style, -1) : NULL;
    const char *family = lower ? strstr(lower, "font-family:") : NULL;
    const char *name = family ? family + strlen("font-family:") : face;
    if (!name) return NULL;
    name += strspn(name, " \"'");
    return symbol_font(name, strlen(name));
}

/* Menus, and what a page keeps for its scripts. Never the page itself: scripts show that later. */
static gboolean is_unseen(const char *name, const xmlChar **attributes)
{
    const char *style = attribute(attributes, "style");
    return style && g_ascii_strcasecmp(name, "html") != 0 && g_ascii_strcasecmp(name, "body") != 0 &&
           html_style_is_unseen(style);
}

/* --- events ----------------------------------------------------------------------------------- */

static void on_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    Page *page = user;
    Effect effect = effect_of((const char *)name);
    page->hidden += effect == HIDDEN;
    page->verbatim += effect == VERBATIM;
    if (page->unseen > 0 || is_unseen((const char *)name, attributes)) page->unseen++;
    if (page->font)
        page->in_font++;
    else if (attributes && (page->font = font_of(attributes)))
        page->in_font = 1;
    if (page->hidden > 0 || page->unseen > 0) return;
    if (g_ascii_strcasecmp((const char *)name, "input") == 0) put_input(page, attributes);
    if (effect == TABLE || effect == ROW || effect == CELL)
        begin_part(page, effect, attributes);
    else if (effect == BREAK)
        textout_paragraph(page->out);
    else if (effect != NOTHING)
        new_paragraph(page);
    if (effect == BREAK) page->fresh = TRUE;
}

static void on_end(void *user, const xmlChar *name)
{
    Page *page = user;
    Effect effect = effect_of((const char *)name);
    page->hidden -= effect == HIDDEN && page->hidden > 0;
    page->verbatim -= effect == VERBATIM && page->verbatim > 0;
    if (page->font && --page->in_font == 0) page->font = NULL;
    if (page->unseen > 0) {
        page->unseen--;
        return;
    }
    if (page->hidden > 0) return;
    if (effect == TABLE || effect == ROW || effect == CELL)
        end_part(page, effect);
    else if (effect == PARAGRAPH || effect == VERBATIM)
        new_paragraph(page);
}

/* Controls too: nothing of them is text. */
static gboolean is_space(char c)
{
    return (guchar)c <= ' ' || c == 0x7F;
}

static void put_verbatim(Page *page, const char *text, gsize length)
{
    for (const char *end = text + length; text < end;) {
        const char *line = memchr(text, '\n', (gsize)(end - text));
        gsize n = (gsize)((line ? line : end) - text);
        g_autofree char *copy = g_strndup(text, n);
        for (char *p = copy; *p; p++)
            if (is_space(*p) && *p != '\t') *p = ' ';
        g_strchomp(copy);
        if (*copy) put(page, copy, strlen(copy));
        if (line) textout_paragraph(page->out);
        if (line) page->fresh = TRUE;
        text += n + 1;
    }
}

static void on_text(void *user, const xmlChar *text, int length)
{
    Page *page = user;
    const char *p = (const char *)text, *end = p + MAX(length, 0);
    if (page->hidden > 0 || page->unseen > 0) return;
    if (innermost(page) == 't' ||
        innermost(page) == 'r') { /* between cells there is only white space, or rubbish */
        while (p < end && is_space(*p)) p++;
        if (p == end) return;
        begin_part(page, CELL, NULL);
    }
    if (page->verbatim > 0) {
        put_verbatim(page, p, (gsize)(end - p));
        return;
    }
    while (p < end) {
        const char *word = p;
        page->wrap |= !page->space && (*word == '\r' || *word == '\n');
        while (word < end && is_space(*word)) word++;
        page->space |= word > p;
        for (p = word; p < end && !is_space(*p);) p++;
        if (p > word) put(page, word, (gsize)(p - word));
    }
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Word's conditions, <![if !vml]>, are no text; libxml2 thinks they are. <![endif]--> ends a comment. */
static void blank_conditions(char *html)
{
    for (char *p = html, *end; (p = strstr(p, "<![")) && (end = strchr(p, '>')); p = end)
        if (end[-1] != '-') memset(p, ' ', (gsize)(end + 1 - p));
}

static void parse(Page *page, const char *html)
{
    htmlSAXHandler sax = {.startElement = on_start,
                          .endElement = on_end,
                          .characters = on_text,
                          .ignorableWhitespace = on_text,
                          .initialized = 1};
    htmlParserCtxtPtr context = htmlCreatePushParserCtxt(&sax, page, NULL, 0, "page", XML_CHAR_ENCODING_UTF8);
    if (!context) return;
    htmlCtxtUseOptions(context, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                    HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
    for (gsize left = strlen(html); left > 0;) {
        gsize n = MIN(left, FEED_BYTES);
        htmlParseChunk(context, html, (int)n, FALSE);
        html += n;
        left -= n;
    }
    htmlParseChunk(context, html, 0, TRUE);
    htmlFreeParserCtxt(context);
}

gboolean webpage_put(TextOut *out, GBytes *bytes, const char *charset)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    if (length == 0) return TRUE;
    g_autofree char *label = charset ? g_strdup(charset) : html_charset(data, length);
    g_autofree char *html = charset_to_utf8(data, MIN(length, BYTES_MAX), label, NULL);
    g_autoptr (GArray) open = g_array_new(FALSE, FALSE, sizeof(char));
    g_autoptr (GArray) grids = g_array_new(FALSE, FALSE, sizeof(Grid));
    blank_conditions(html);
    Page page = {.out = out, .fresh = TRUE, .open = open, .grids = grids};
    parse(&page, html);
    while (open->len > 0) close_level(&page);
    new_paragraph(&page);
    return length <= BYTES_MAX;
}

void webpage_read(FactsAttachment *attachment, GBytes *bytes)
{
    g_autoptr (TextOut) out = textout_new();
    gboolean whole = webpage_put(out, bytes, NULL);
    textout_finish(out, attachment);
    if (!whole)
        facts_add_problem(attachment->problems, "truncated", "only the first part of the page was read");
    texts_check_empty(attachment);
}
