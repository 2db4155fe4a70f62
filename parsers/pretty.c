/* pretty.c - facts to lines of a terminal. */
#include "parsers/pretty.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    LABEL_COLUMNS = 10,
    LEAST_COLUMNS = 40, /* narrower terminals are written over their edge */
    BODY_LINES = 60,
    FILE_LINES = 15,
    TABLE_ROWS = 15,
    CELL_COLUMNS = 24,
    LINE_CHARS = 400, /* of one line of text: a megabyte may be one line */
};

typedef struct Page {
    GString *text;
    const PrettyStyle *style;
    guint indent;
} Page;

PrettyStyle pretty_style(void)
{
    struct winsize size = {0};
    const char *term = g_getenv("TERM");
    PrettyStyle style = {.width = 0};
    if (!isatty(STDOUT_FILENO)) return style;
    style.width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    style.width = MAX(style.width, LEAST_COLUMNS);
    style.bold = term && strcmp(term, "dumb") != 0 && !g_getenv("NO_COLOR");
    return style;
}

/* --- characters ------------------------------------------------------------------------------- */

static guint columns_of(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

static guint columns(const char *text)
{
    guint n = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) n += columns_of(g_utf8_get_char(p));
    return n;
}

/* Marks that only join or shape letters stay; those that turn the direction, or show nothing, do not. */
static gboolean is_shown(gunichar c)
{
    return g_unichar_isprint(c) && !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) &&
           !(c >= 0x2066 && c <= 0x2069) && c != 0xfeff;
}

/* One line with nothing in it that a terminal obeys. */
static char *visible(const char *text, gsize length)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    GString *out = g_string_sized_new(length + 1);
    guint chars = 0;
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (++chars > LINE_CHARS) {
            g_string_append(out, " …");
            break;
        }
        if (c == '\t' || c == '\n')
            g_string_append(out, "  ");
        else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            g_string_append_printf(out, "\\x%02x", c);
        else if (is_shown(c))
            g_string_append_unichar(out, c);
        else
            g_string_append_printf(out, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
    }
    return g_string_free(out, FALSE);
}

/* Punctuation that no Chinese line begins with. */
static gboolean closes(gunichar c)
{
    static const char MARKS[] = "，。、；：？！）】》」』〕”’";
    return c > 0x7f && g_utf8_strchr(MARKS, -1, c) != NULL;
}

/* Where the line from p must be broken to fit: behind a space or between wide characters if it can be. */
static const char *fitting(const char *p, guint room)
{
    const char *good = NULL;
    guint used = 0;
    gboolean wide = FALSE;
    for (const char *q = p; *q; q = g_utf8_next_char(q)) {
        gunichar c = g_utf8_get_char(q);
        guint n = columns_of(c);
        if (q > p && (n == 2 || wide) && !closes(c)) good = q;
        if (used + n > room) return good ? good : q > p ? q : g_utf8_next_char(q);
        used += n;
        wide = n == 2;
        if (c == ' ') good = g_utf8_next_char(q);
    }
    return p + strlen(p);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void spaces(Page *page, guint n)
{
    for (; n > 0; n--) g_string_append_c(page->text, ' ');
}

/* What is there already on the line takes `used` columns; further lines begin at `indent`. */
static void wrapped(Page *page, const char *line, guint indent, guint used)
{
    const guint width = page->style->width;
    for (const char *p = line;;) {
        const char *stop = fitting(p, width > used + 8 ? width - used : 8);
        const char *next = stop + strspn(stop, " ");
        while (stop > p && stop[-1] == ' ') stop--;
        g_string_append_len(page->text, p, stop - p);
        g_string_append_c(page->text, '\n');
        p = next;
        if (!*p) return;
        spaces(page, indent);
        used = indent;
    }
}

static void set_off(Page *page, const char *text)
{
    g_string_append_printf(page->text, page->style->bold ? "\033[1m%s\033[0m" : "%s", text);
}

/* "Label     value", the value wrapped beside it. Nothing for "". */
static void labelled(Page *page, const char *label, const char *value)
{
    if (!*value) return;
    g_autofree char *shown = visible(value, strlen(value));
    const guint n = columns(label), pad = n < LABEL_COLUMNS ? LABEL_COLUMNS - n : 1;
    spaces(page, page->indent);
    set_off(page, label);
    spaces(page, pad);
    wrapped(page, shown, page->indent + LABEL_COLUMNS, page->indent + n + pad);
}

static void heading(Page *page, const char *text)
{
    spaces(page, page->indent);
    set_off(page, text);
    g_string_append_c(page->text, '\n');
}

static guint count_lines(const char *text)
{
    guint n = 0;
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n') n++;
    return n;
}

static void text_block(Page *page, const char *text, guint most)
{
    const guint indent = page->indent + 2;
    text += strspn(text, "\n");
    for (guint n = 0; *text; n++) {
        gsize length = strcspn(text, "\n");
        if (n == most) {
            spaces(page, indent);
            g_string_append_printf(page->text, "… %u more lines\n", count_lines(text));
            return;
        }
        g_autofree char *line = visible(text, length);
        g_strchomp(line);
        if (*line) spaces(page, indent);
        wrapped(page, line, indent, indent);
        text += length;
        text += *text == '\n';
    }
}

/* --- tables ----------------------------------------------------------------------------------- */

/* A cell on one line, cut to the column. */
static char *short_cell(const char *text, guint room)
{
    g_autofree char *line = visible(text, MIN(strlen(text), 4 * LINE_CHARS));
    g_strstrip(line);
    if (columns(line) <= room) return g_steal_pointer(&line);
    guint used = 0;
    char *p = line;
    while (used + columns_of(g_utf8_get_char(p)) + 1 <= room) {
        used += columns_of(g_utf8_get_char(p));
        p = g_utf8_next_char(p);
    }
    *p = '\0';
    return g_strconcat(line, "…", NULL);
}

static void table_row(Page *page, const TableRow *row, const guint *widths, guint n)
{
    guint used = page->indent + 2;
    spaces(page, used);
    for (guint i = 0; i < MIN(n, row->cells->len); i++) {
        if (used + widths[i] > page->style->width && i > 0) {
            g_string_append(page->text, "…");
            break;
        }
        g_autofree char *cell = short_cell(row->cells->pdata[i], widths[i]);
        g_string_append(page->text, cell);
        if (i + 1 < row->cells->len) {
            spaces(page, widths[i] - MIN(columns(cell), widths[i]));
            g_string_append(page->text, " │ ");
        }
        used += widths[i] + 3;
    }
    g_string_append_c(page->text, '\n');
}

static void one_table(Page *page, const Table *table, guint number)
{
    guint widths[32] = {0};
    g_autofree char *title = g_strdup_printf("Table %u", number);
    heading(page, title);
    for (guint r = 0; r < MIN(table->rows->len, TABLE_ROWS); r++) {
        const TableRow *row = table->rows->pdata[r];
        for (guint i = 0; i < MIN(row->cells->len, G_N_ELEMENTS(widths)); i++) {
            g_autofree char *cell = short_cell(row->cells->pdata[i], CELL_COLUMNS);
            widths[i] = MAX(widths[i], columns(cell));
        }
    }
    for (guint r = 0; r < MIN(table->rows->len, TABLE_ROWS); r++)
        table_row(page, table->rows->pdata[r], widths, G_N_ELEMENTS(widths));
    if (table->rows->len <= TABLE_ROWS) return;
    spaces(page, page->indent + 2);
    g_string_append_printf(page->text, "… %u more rows\n", table->rows->len - TABLE_ROWS);
}

/* --- facts ------------------------------------------------------------------------------------ */

static void mailboxes(Page *page, const char *label, const GPtrArray *list)
{
    g_autoptr (GString) line = g_string_new(NULL);
    for (guint i = 0; i < MIN(list->len, 20); i++) {
        const FactsMailbox *box = list->pdata[i];
        g_string_append_printf(line, "%s%s%s<%s>", i ? ", " : "", box->name, *box->name ? " " : "",
                               box->address);
    }
    if (list->len > 20) g_string_append_printf(line, " … %u more", list->len - 20);
    labelled(page, label, line->str);
}

static void problems(Page *page, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const FactsProblem *problem = list->pdata[i];
        g_autofree char *line =
            g_strconcat(problem->code, *problem->detail ? ": " : "", problem->detail, NULL);
        labelled(page, "Problem", line);
    }
}

static void links(Page *page, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const FactsLink *item = list->pdata[i];
        const char *const parts[][2] = {
            {"", item->name}, {"", item->size}, {"until ", item->expires}, {"code ", item->code}};
        g_autoptr (GString) line = g_string_new(item->kind);
        for (gsize k = 0; k < G_N_ELEMENTS(parts); k++)
            if (*parts[k][1]) g_string_append_printf(line, ", %s%s", parts[k][0], parts[k][1]);
        g_string_append_printf(line, "  %s", item->url);
        labelled(page, "Link", line->str);
    }
}

static void quotes(Page *page, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const FactsQuote *quote = list->pdata[i];
        g_autofree char *line =
            g_strjoin("  ", quote->name, quote->address, quote->date, quote->subject, NULL);
        g_strstrip(line);
        labelled(page, quote->kind == FACTS_QUOTE_FORWARD ? "Forwards" : "Answers", *line ? line : "a mail");
    }
}

static void file(Page *page, const FactsAttachment *a, const char *number)
{
    static const char *const UNITS[] = {"bytes", "KB", "MB", "GB"};
    gdouble size = (gdouble)a->size;
    guint unit = 0;
    while (size >= 1000 && unit + 1 < G_N_ELEMENTS(UNITS)) {
        size /= 1024;
        unit++;
    }
    g_autofree char *label = g_strdup_printf("File %s", number);
    g_autofree char *line = g_strdup_printf(unit ? "%s  (%.1f %s)" : "%s  (%.0f %s)",
                                            *a->name ? a->name : "(no name)", size, UNITS[unit]);
    g_string_append_c(page->text, '\n');
    labelled(page, label, line);
    page->indent += 2;
    labelled(page, "Type", a->type);
    if (*a->declared_type && strcmp(a->declared_type, a->type) != 0) labelled(page, "Said", a->declared_type);
    labelled(page, "SHA-256", a->sha256);
    problems(page, a->problems);
    if (a->fields->len > 0) heading(page, "Fields");
    for (guint i = 0; i < a->fields->len; i++) {
        const FactsField *field = a->fields->pdata[i];
        page->indent += 2;
        g_autofree char *shown = visible(field->label, strlen(field->label));
        labelled(page, shown, *field->value ? field->value : "—");
        page->indent -= 2;
    }
    for (guint i = 0; i < MIN(a->tables->len, 5); i++) one_table(page, a->tables->pdata[i], i + 1);
    if (a->tables->len > 5) labelled(page, "…", "more tables");
    if (*a->text) heading(page, "Text");
    text_block(page, a->text, FILE_LINES);
    for (guint i = 0; i < a->children->len; i++) {
        g_autofree char *inner = g_strdup_printf("%s.%u", number, i + 1);
        file(page, a->children->pdata[i], inner);
    }
    page->indent -= 2;
}

static void authentication(Page *page, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const FactsAuthentication *field = list->pdata[i];
        g_autoptr (GString) line = g_string_new(*field->server ? field->server : "(a server without name)");
        for (guint k = 0; k < field->results->len; k++) {
            const FactsResult *result = field->results->pdata[k];
            g_string_append_printf(line, "%s %s=%s%s%s", k ? "," : ":", result->method, result->result,
                                   *result->domain ? " for " : "", result->domain);
        }
        labelled(page, "Verified", line->str);
    }
}

static void kind(Page *page, const Facts *facts)
{
    static const char *const AUTO[] = {"", "automatic reply", "bounce", "list or program"};
    const char *notice = facts_notice_name(facts->notice), *action = facts->bounce.action;
    const char *const parts[] = {AUTO[facts->automatic],  notice,
                                 facts->bounce.recipient, strcmp(action, notice) == 0 ? "" : action,
                                 facts->bounce.status,    facts->bounce.diagnostic};
    g_autoptr (GString) line = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (*parts[i] && !g_str_has_suffix(line->str, parts[i]))
            g_string_append_printf(line, "%s%s", line->len ? ", " : "", parts[i]);
    labelled(page, "Kind", line->str);
    labelled(page, "About", *facts->bounced ? facts->bounced : facts->bounce.message_id);
}

char *pretty_mail(const Facts *facts, const PrettyStyle *style)
{
    Page page = {.text = g_string_new(NULL), .style = style};
    labelled(&page, "Subject", *facts->subject ? facts->subject : "(none)");
    mailboxes(&page, "From", facts->from);
    mailboxes(&page, "To", facts->to);
    mailboxes(&page, "Cc", facts->cc);
    mailboxes(&page, "Reply-To", facts->reply_to);
    labelled(&page, "Date", facts->date);
    labelled(&page, "Received", facts->received);
    authentication(&page, facts->authentication);
    labelled(&page, "ID", facts->message_id);
    labelled(&page, "Answers", facts->in_reply_to);
    kind(&page, facts);
    problems(&page, facts->problems);
    links(&page, facts->links);
    if (*facts->new_text) {
        g_string_append_c(page.text, '\n');
        heading(&page, "Text");
        text_block(&page, facts->new_text, BODY_LINES);
    }
    quotes(&page, facts->quoted);
    for (guint i = 0; i < facts->attachments->len; i++) {
        g_autofree char *number = g_strdup_printf("%u", i + 1);
        file(&page, facts->attachments->pdata[i], number);
    }
    return g_string_free(page.text, FALSE);
}

char *pretty_attachment(const FactsAttachment *attachment, const PrettyStyle *style)
{
    Page page = {.text = g_string_new(NULL), .style = style};
    file(&page, attachment, "1");
    char *text = g_strdup(page.text->str + 1); /* without the blank line before it */
    g_string_free(page.text, TRUE);
    return text;
}
