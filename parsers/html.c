/* html.c - HTML to text in one pass. */
#include "parsers/html.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/html_tag.h"
#include "parsers/symbols.h"

#define HREF_MAX    500 /* bytes: a longer link is not shown in the text */
#define QUOTES_MAX  20  /* levels of quotation that are told apart */
#define TABLES_MAX  8   /* tables in tables whose cells over several rows are minded */
#define COLUMNS_MAX 64  /* and their columns */
#define ROWS_MAX    1000

typedef enum Effect {
    NOTHING,
    LINE,      /* begins and ends a line */
    PARAGRAPH, /* and leaves one empty line */
    BREAK,     /* a line end, each one counts */
    TABLE,
    ROW,
    CELL,
    ITEM,
    ANCHOR,
    QUOTE,    /* <blockquote> */
    INPUT,    /* what was ticked or typed */
    VERBATIM, /* <pre> */
    HIDDEN    /* its content is no text */
} Effect;

/* Sorted: they are searched by halves. */
static const struct Element {
    const char *name;
    Effect effect;
} ELEMENTS[] = {
    {"a", ANCHOR},     {"address", LINE}, {"article", LINE},  {"aside", LINE},      {"blockquote", QUOTE},
    {"br", BREAK},     {"caption", LINE}, {"center", LINE},   {"dd", LINE},         {"details", LINE},
    {"div", LINE},     {"dl", LINE},      {"dt", LINE},       {"fieldset", LINE},   {"figure", LINE},
    {"footer", LINE},  {"form", LINE},    {"h1", PARAGRAPH},  {"h2", PARAGRAPH},    {"h3", PARAGRAPH},
    {"h4", PARAGRAPH}, {"h5", PARAGRAPH}, {"h6", PARAGRAPH},  {"header", LINE},     {"hr", LINE},
    {"input", INPUT},  {"li", ITEM},      {"main", LINE},     {"nav", LINE},        {"ol", LINE},
    {"p", PARAGRAPH},  {"pre", VERBATIM}, {"script", HIDDEN}, {"section", LINE},    {"style", HIDDEN},
    {"summary", LINE}, {"table", TABLE},  {"td", CELL},       {"template", HIDDEN}, {"th", CELL},
    {"title", HIDDEN}, {"tr", ROW},       {"ul", LINE},       {"xml", HIDDEN},
};

/* Of an open table: the column of the next cell, and how many rows more the cell that began in a column
 * covers. */
typedef struct Grid {
    guint column;
    gsize start;     /* of the present row in what was written */
    gboolean headed; /* a row before had text in its first cell: where there is none, it stands empty */
    guint rows[COLUMNS_MAX];
} Grid;

typedef struct Html {
    GString *out;
    GPtrArray *anchors;
    HtmlAnchor *open; /* the anchor that we are in */
    guint breaks;     /* line ends owed before the next text */
    guint tabs;       /* tabs owed: cells that began in this row since its last text */
    guint cells;      /* that began in this row */
    guint covered;    /* cells at the start of this row that are parts of cells above: tabs owed to them */
    gboolean bare;    /* a cell has begun, and has no text yet: its first paragraph begins no line */
    gboolean space;   /* a space is owed */
    gboolean wrap;    /* and white space began with a line end */
    const char *font; /* of symbols (symbols.h), where it is one */
    char font_name[HTML_TAG_NAME]; /* of the element that has set it */
    guint font_depth;              /* of those of that name which are open since */
    guint verbatim;                /* open <pre> */
    guint64 quotes; /* a bit for each open <blockquote>, the innermost the lowest: is it an earlier mail? */
    guint quoted;   /* how many of them are */
    Grid grids[TABLES_MAX];
    guint tables;       /* open, the outermost first */
    gboolean unclosed;  /* a comment or hidden element had no end: do not search for one again */
    gboolean unending;  /* the same of one that is not shown */
    gboolean unseen;    /* there was one */
    const char *linked; /* where the last such ends that holds a link */
    gboolean all;       /* they are shown, too */
} Html;

void html_anchor_free(gpointer anchor)
{
    g_free(((HtmlAnchor *)anchor)->href);
    g_free(anchor);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void owe_breaks(Html *html, guint breaks)
{
    if (html->bare) return;
    html->breaks = MAX(html->breaks, breaks);
    html->space = FALSE;
    html->tabs = 0;
}

static gboolean at_line_start(const Html *html)
{
    return html->out->len == 0 || html->out->str[html->out->len - 1] == '\n';
}

static void pay_breaks(Html *html)
{
    GString *out = html->out;
    guint have = 0;
    while (have < out->len && have < html->breaks && out->str[out->len - 1 - have] == '\n') have++;
    for (; have < html->breaks && out->len > 0; have++) g_string_append_c(out, '\n');
    html->breaks = 0;
}

static gboolean has_no_spaces(gunichar c)
{
    gboolean hangul =
        (c >= 0x1100 && c <= 0x11FF) || (c >= 0x3130 && c <= 0x318F) || (c >= 0xAC00 && c <= 0xD7A3);
    return !hangul && g_unichar_iswide(c);
}

gboolean html_runs_on(gunichar before, gunichar after)
{
    return has_no_spaces(before) && has_no_spaces(after);
}

/* Whether a program has broken a line of Chinese where a space is owed. */
static gboolean is_glued(const Html *html, gunichar next)
{
    const GString *out = html->out;
    return html->wrap && html_runs_on(g_utf8_get_char(g_utf8_prev_char(out->str + out->len)), next);
}

static Grid *innermost_grid(Html *html)
{
    return html->tables > 0 && html->tables <= TABLES_MAX ? &html->grids[html->tables - 1] : NULL;
}

/* Before text, which begins with the character `next`. */
static void pay(Html *html, gunichar next)
{
    pay_breaks(html);
    if (at_line_start(html)) {
        const Grid *grid = html->tabs > 0 ? innermost_grid(html) : NULL;
        for (guint i = 0; i < html->quoted; i++) g_string_append_c(html->out, '>');
        if (html->quoted > 0) g_string_append_c(html->out, ' ');
        for (; html->covered > 0; html->covered--) g_string_append_c(html->out, '\t');
        for (guint i = 0; grid && grid->headed && i < html->tabs; i++) g_string_append_c(html->out, '\t');
    } else if (html->tabs > 0) {
        for (guint i = 0; i < html->tabs; i++) g_string_append_c(html->out, '\t');
    } else if (html->space && !strchr("\t ", html->out->str[html->out->len - 1]) && !is_glued(html, next)) {
        g_string_append_c(html->out, ' ');
    }
    html->tabs = 0;
    html->bare = html->space = html->wrap = FALSE;
    if (html->open && html->open->start == G_MAXSIZE) html->open->start = html->out->len;
}

/* Text that is no white space. */
static void put_text(Html *html, const char *text, gsize length)
{
    pay(html, g_utf8_get_char(text));
    g_autofree char *shown = html->font ? symbol_string(html->font, text, length) : NULL;
    g_string_append_len(html->out, shown ? shown : text, shown ? -1 : (gssize)length);
}

static void put(Html *html, gunichar c)
{
    gboolean blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0xa0;
    if (html->verbatim > 0 && c == '\n') {
        pay_breaks(html);
        g_string_append_c(html->out, '\n');
    } else if (blank && !(html->verbatim > 0 && c != '\r')) {
        html->wrap = html->space ? html->wrap : c == '\n' || c == '\r';
        html->space = TRUE;
    } else if (c >= 0x20 && c != 0x7f && c != 0x200b && c != 0xfeff) {
        char text[6];
        put_text(html, text, (gsize)g_unichar_to_utf8(c, text));
    }
}

/* The length of the text at p that is neither markup nor any of the characters that put() looks at: those
 * begin with 0xC2, 0xE2 or 0xEF. */
static gsize plain_length(const char *p)
{
    const guchar *q = (const guchar *)p;
    while (*q > ' ' && *q != '<' && *q != '&' && *q != 0x7f && *q != 0xC2 && *q != 0xE2 && *q != 0xEF) q++;
    return (gsize)(q - (const guchar *)p);
}

/* --- tags ------------------------------------------------------------------------------------- */

/* Whether the text of the anchor already says where it leads. */
static gboolean says_where(const char *text, const char *href)
{
    const char *rest = strstr(href, "://");
    gsize length = strlen(text);
    while (length > 0 && text[length - 1] == '/') length--;
    if (!rest) return TRUE;
    return strncmp(text, href, length) == 0 || strncmp(text, rest + 3, length) == 0;
}

/* Links are kept: "text <https://…>". */
static void close_anchor(Html *html)
{
    HtmlAnchor *anchor = g_steal_pointer(&html->open);
    if (!anchor) return;
    anchor->end = anchor->after = html->out->len;
    if (anchor->start == G_MAXSIZE) anchor->start = anchor->end;
    if (anchor->start == anchor->end || strlen(anchor->href) > HREF_MAX) return;
    if (!g_str_has_prefix(anchor->href, "http") || says_where(html->out->str + anchor->start, anchor->href))
        return;
    g_string_append_printf(html->out, " <%s>", anchor->href);
    anchor->after = html->out->len;
}

static void open_anchor(Html *html, const char *tag, const char *end)
{
    close_anchor(html);
    char *href = html->anchors ? html_tag_attribute(tag, end, "href") : NULL;
    if (!href) return;
    html->open = g_new0(HtmlAnchor, 1);
    html->open->href = href;
    html->open->start = G_MAXSIZE;
    g_ptr_array_add(html->anchors, html->open);
}

/* Mail programs mark the mail that they quote; editors use the same element to indent. */
static gboolean is_cite(const char *tag, const char *end)
{
    static const char *const MARKS[] = {"cite",        "gmail_quote",  "isreplycontent",
                                        "border-left", "yahoo_quoted", "protonmail_quote"};
    if (end - tag > 1000) return FALSE;
    g_autofree char *lower = g_ascii_strdown(tag, end - tag);
    for (gsize i = 0; i < G_N_ELEMENTS(MARKS); i++)
        if (strstr(lower, MARKS[i])) return TRUE;
    return FALSE;
}

static void do_quote(Html *html, const char *tag, const char *end, gboolean closing)
{
    html->bare = FALSE;
    owe_breaks(html, 2);
    if (closing) {
        html->quoted -= html->quoted > 0 && (html->quotes & 1);
        html->quotes >>= 1;
    } else {
        gboolean cite = is_cite(tag, end) && html->quoted < QUOTES_MAX;
        html->quoted += cite;
        html->quotes = html->quotes << 1 | cite;
    }
}

static guint span_of(const char *tag, const char *end, const char *name, guint most)
{
    g_autofree char *span = html_tag_attribute(tag, end, name);
    return span ? (guint)CLAMP(g_ascii_strtoll(span, NULL, 10), 1, most) : 1;
}

static void begin_cell(Html *html)
{
    Grid *grid = innermost_grid(html);
    if (html->cells++ == 0) return;
    const gboolean empty = grid && html->out->len == grid->start; /* so far: what is owed is its row's */
    if (!empty && !at_line_start(html)) html->breaks = 0;         /* what the cell before it owed */
    if (grid && !empty && html->cells == 2) grid->headed = TRUE;
    html->tabs++;
}

/* A place that a cell of a row above covers stands empty, so that what is below a head stays below it. */
static void do_cell(Html *html, const char *tag, const char *end, gboolean closing)
{
    Grid *grid = innermost_grid(html);
    if (closing) return;
    for (; grid && grid->column < COLUMNS_MAX && grid->rows[grid->column] > 0; grid->column++) {
        grid->rows[grid->column]--;
        if (html->cells == 0)
            html->covered++;
        else
            begin_cell(html);
    }
    begin_cell(html);
    html->bare = TRUE;
    if (!grid) return;
    const guint rows = span_of(tag, end, "rowspan", ROWS_MAX),
                columns = span_of(tag, end, "colspan", COLUMNS_MAX);
    if (grid->column < COLUMNS_MAX) grid->rows[grid->column] = rows - 1;
    grid->column += columns;
}

static void do_row(Html *html, gboolean closing)
{
    Grid *grid = innermost_grid(html);
    html->bare = FALSE;
    if (html->cells > 0)
        html->breaks = MIN(html->breaks, 1); /* the paragraph in the last cell ends with its row */
    html->cells = html->covered = 0;
    owe_breaks(html, 1);
    if (closing || !grid) return;
    grid->column = 0;
    grid->start = html->out->len;
}

static void do_table(Html *html, gboolean closing)
{
    owe_breaks(html, 1);
    html->tables -= closing && html->tables > 0;
    html->tables += !closing;
    Grid *grid = innermost_grid(html);
    if (!closing && grid) *grid = (Grid){0};
}

static gint by_name(gconstpointer name, gconstpointer element)
{
    return strcmp(name, ((const struct Element *)element)->name);
}

static Effect effect_of(const char *name)
{
    const struct Element *found =
        bsearch(name, ELEMENTS, G_N_ELEMENTS(ELEMENTS), sizeof ELEMENTS[0], by_name);
    return found ? found->effect : NOTHING;
}

/* The end of a hidden element's content, which no tag in it may end early. */
static const char *skip_hidden(Html *html, const char *p, const char *name)
{
    gsize length = strlen(name);
    for (const char *q = html->unclosed ? NULL : strstr(p, "</"); q; q = strstr(q + 2, "</"))
        if (g_ascii_strncasecmp(q + 2, name, length) == 0) return html_tag_end(q);
    html->unclosed = TRUE;
    return p;
}

/* Ticks are letters in fonts of symbols, in forms that were pasted from Word: the font lasts until its
 * element ends, or the paragraph does. */
static void do_font(Html *html, const char *name, const char *tag, const char *end, gboolean closing)
{
    const gsize length = (gsize)(end - tag);
    if (html->font && strcmp(name, html->font_name) == 0) {
        html->font_depth += closing ? -1 : 1;
        if (html->font_depth == 0) html->font = NULL;
    }
    if (html->font || closing || !memmem(tag, length, "dings", 5)) return;
    g_autofree char *style = html_tag_attribute(tag, end, "style"),
                    *face = html_tag_attribute(tag, end, "face");
    const char *family = style ? strcasestr(style, "font-family:") : NULL,
               *font = family ? family + 12 : face;
    if (font) font += strspn(font, " \"'");
    html->font = font ? symbol_font(font, strlen(font)) : NULL;
    html->font_depth = 1;
    g_strlcpy(html->font_name, name, sizeof html->font_name);
}

/* Forms that were copied from a page into a mail. */
static void do_input(Html *html, const char *tag, const char *end)
{
    static const char *const BOXES[] = {"checkbox", "radio", NULL}, *const LINES[] = {"", "text", "tel",
                                                                                      NULL};
    g_autofree char *type = html_tag_attribute(tag, end, "type"),
                    *value = html_tag_attribute(tag, end, "value"),
                    *lower = g_ascii_strdown(type ? type : "", -1),
                    *copy = g_strndup(tag, (gsize)(end - tag));
    const char *box = strcasestr(copy, " checked") ? SYMBOL_CHECKED : SYMBOL_UNCHECKED;
    if (g_strv_contains(BOXES, lower))
        put_text(html, box, strlen(box));
    else if (g_strv_contains(LINES, lower) && value && *value)
        put_text(html, value, strlen(value));
}

/* Behind an element that is not shown: what mail programs list before the mail, or show on telephones. NULL
 * if it is shown, does not end, or holds a link, which nobody must miss. */
static const char *behind_unseen(Html *html, const char *p, const char *end, const char *name)
{
    if (html->all || p < html->linked || !html_tag_is_unseen(p, end, name)) return NULL;
    const char *behind = html_tag_behind(end, name);
    html->unending = !behind;
    if (!behind) return NULL;
    if (html_tag_holds_link(p, behind)) {
        html->linked = behind;
        return NULL;
    }
    html->unseen = TRUE;
    return behind;
}

static const char *do_tag(Html *html, const char *p)
{
    const char *end = html_tag_end(p);
    gboolean closing = p[1] == '/';
    char name[HTML_TAG_NAME];
    html_tag_name(p, name);
    const Effect effect =
        p[1 + closing + strlen(name)] == ':' ? NOTHING : effect_of(name); /* <xml:namespace> */
    const char *behind = closing || html->unending ? NULL : behind_unseen(html, p, end, name);
    if (behind) return behind;
    if (effect != NOTHING) html->font = NULL;
    do_font(html, name, p, end, closing);
    switch (effect) {
    case NOTHING: break;
    case LINE: owe_breaks(html, 1); break;
    case PARAGRAPH: owe_breaks(html, 2); break;
    case BREAK:
        pay_breaks(html);
        g_string_append_c(html->out, '\n');
        break;
    case TABLE: do_table(html, closing); break;
    case ROW: do_row(html, closing); break;
    case CELL: do_cell(html, p, end, closing); break;
    case QUOTE: do_quote(html, p, end, closing); break;
    case INPUT:
        if (!closing) do_input(html, p, end);
        break;
    case ITEM:
        html->bare = FALSE;
        owe_breaks(html, 1);
        if (!closing) {
            put(html, '-');
            html->space = TRUE;
        }
        break;
    case ANCHOR:
        if (closing)
            close_anchor(html);
        else
            open_anchor(html, p, end);
        break;
    case VERBATIM:
        owe_breaks(html, 1);
        if (!closing)
            html->verbatim++;
        else if (html->verbatim > 0)
            html->verbatim--;
        break;
    case HIDDEN:
        if (!closing) end = skip_hidden(html, end, name);
        break;
    }
    return end;
}

static const char *do_comment(Html *html, const char *p)
{
    const char *end = html->unclosed ? NULL : strstr(p + 4, "-->");
    if (end) return end + 3;
    html->unclosed = TRUE;
    return html_tag_end(p);
}

/* `all`: what is not shown, too. *unseen: whether anything was not. */
static char *to_text(const char *text, GPtrArray *anchors, gboolean all, gboolean *unseen)
{
    Html html = {.out = g_string_sized_new(strlen(text) / 2 + 1), .anchors = anchors, .all = all};
    gsize n = 0;
    for (const char *p = text; *p;) {
        if (*p == '<' && strncmp(p, "<!--", 4) == 0) {
            p = do_comment(&html, p);
        } else if (*p == '<' && (g_ascii_isalpha(p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?')) {
            p = do_tag(&html, p);
        } else if (*p == '&') {
            gsize length = 1;
            put(&html, html_entity(p, &length));
            p += length;
        } else if ((n = plain_length(p)) > 0) {
            put_text(&html, p, n);
            p += n;
        } else {
            put(&html, g_utf8_get_char(p));
            p = g_utf8_next_char(p);
        }
    }
    close_anchor(&html);
    *unseen = html.unseen;
    return g_string_free(html.out, FALSE);
}

char *html_to_text(const char *text, GPtrArray *anchors)
{
    gboolean unseen = FALSE;
    g_autofree char *shown = to_text(text, anchors, FALSE, &unseen);
    if (!unseen || strspn(shown, " \t\n") < strlen(shown)) return g_steal_pointer(&shown);
    if (anchors) g_ptr_array_set_size(anchors, 0);
    return to_text(text, anchors, TRUE, &unseen); /* better than nothing */
}

char *html_charset(const char *bytes, gsize length)
{
    g_autofree char *head = g_ascii_strdown(bytes, (gssize)MIN(length, 2048));
    const char *meta = strstr(head, "<meta");
    const char *p = meta ? strstr(meta, "charset=") : NULL;
    if (!p) return NULL;
    p += strlen("charset=");
    p += strspn(p, "\"' ");
    gsize n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-_:");
    return n > 0 ? g_strndup(p, n) : NULL;
}
