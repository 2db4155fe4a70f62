#include "parsers/history.h"

#include <string.h>

#include "parsers/addresses.h"
#include "parsers/limits.h"
#include "parsers/quoting.h"
#include "parsers/tags.h"

#define BLOCK_LINES 14 /* lines in which all fields above a quoted mail stand */

/* One line of the body. */
typedef struct Line {
    const char *start; /* in the body */
    gsize length;      /* with its line end */
    const char *text;  /* trimmed, without ">" */
    gboolean quoted;   /* it had ">" */
} Line;

typedef struct History {
    GArray *lines; /* of Line */
    GString *fresh;
    Facts *facts;
    gboolean answer; /* the subject says that it answers a mail, or hands one on */
    gboolean over;   /* all that follows is history */
    guint below; /* the line below a ruler of dashes, or a bare title: fields there are of a quoted mail */
    QuotingRule rule;
} History;

/* --- lines ------------------------------------------------------------------------------------ */

static gboolean is_blank(const char *p)
{
    if ((guchar)*p < 0x80) return g_ascii_isspace(*p);
    gunichar c = g_utf8_get_char(p);
    return c == 0xA0 || c == 0x3000 || c == 0x200B || c == 0xFEFF || c == 0x200E || c == 0x200F;
}

/* Trims the text between p and end, in place. */
static char *trim(char *p, char *end)
{
    while (p < end && is_blank(p)) p = g_utf8_next_char(p);
    while (end > p) {
        char *last = g_utf8_prev_char(end);
        if (!is_blank(last)) break;
        end = last;
    }
    *end = '\0';
    return p;
}

/* `copy` is the body once more: it is cut into the lines' texts. */
static GArray *lines_of(const char *body, char *copy)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(Line));
    for (char *p = copy; *p;) {
        gsize length = strcspn(p, "\n");
        gboolean last = p[length] == '\0';
        char *text = p, *end = p + length;
        while (text < end && (*text == '>' || (*text == ' ' && text > p && text + 1 < end && text[1] == '>')))
            text++;
        Line line = {.start = body + (p - copy), .length = length + !last, .quoted = *p == '>'};
        line.text = trim(text, end);
        g_array_append_val(lines, line);
        if (last) break;
        p += line.length;
    }
    return lines;
}

static const Line *line_at(const History *history, guint i)
{
    return i < history->lines->len ? &g_array_index(history->lines, Line, i) : NULL;
}

/* The next line that is not empty, from i on; the number of lines if there is none. */
static guint next_text(const History *history, guint i)
{
    const Line *line;
    while ((line = line_at(history, i)) && !*line->text) i++;
    return i;
}

/* --- quotes ----------------------------------------------------------------------------------- */

static FactsQuote *add_quote(History *history)
{
    if (history->facts->quoted->len >= LIMIT_QUOTES) return NULL;
    FactsQuote *quote = g_new(FactsQuote, 1);
    *quote = (FactsQuote){history->rule == QUOTING_RULE_FORWARD ? FACTS_QUOTE_FORWARD : FACTS_QUOTE_REPLY,
                          g_strdup(""), g_strdup(""), g_strdup(""), g_strdup("")};
    g_ptr_array_add(history->facts->quoted, quote);
    history->rule = QUOTING_NO_RULE;
    return quote;
}

/* Without the marks of direction that Windows writes around the parts of dates. */
static void set(char **member, const char *value)
{
    g_autoptr (GString) text = g_string_new(value);
    if (strstr(value, "\xE2\x80\x8E")) g_string_replace(text, "\xE2\x80\x8E", "", 0);
    if (strstr(value, "\xE2\x80\x8F")) g_string_replace(text, "\xE2\x80\x8F", "", 0);
    g_free(*member);
    *member = g_string_free(g_steal_pointer(&text), FALSE);
}

/* "张三 <a@x.example>;" as name and address. Outlook: 张三 [mailto:a@x.example], 张三 [a@x.example] */
static void set_sender(FactsQuote *quote, const char *value)
{
    g_autoptr (Facts) holder = facts_new();
    g_autoptr (GString) text = g_string_new(value);
    const char *bracket = strchr(value, '<') ? NULL : strchr(value, '[');
    if (g_string_replace(text, "[mailto:", "<", 1) > 0 || (bracket && strchr(bracket, '@'))) {
        g_string_replace(text, "[", "<", 1);
        g_string_replace(text, "]", ">", 0);
    }
    addresses_parse(text->str, holder->from);
    if (holder->from->len == 0) return;
    const FactsMailbox *box = g_ptr_array_index(holder->from, 0);
    set(&quote->name, box->name);
    set(&quote->address, strchr(box->address, '@') ? box->address : "");
    if (!*quote->name && !*quote->address) set(&quote->name, box->address);
}

/* A label without a mark and a value, right above one that has both: the row of a table whose other cell is
 * empty. People who write letters so have the value below: 主题 / 读书会. */
static gboolean is_bare_label(const History *history, guint i, QuotingLabel *label)
{
    enum { BYTES_MAX = 24 };
    const char *text = line_at(history, i)->text, *value = NULL;
    const Line *below = line_at(history, i + 1);
    if (!below || !*text || strlen(text) > BYTES_MAX) return FALSE;
    if (quoting_label(below->text, &value) == QUOTING_NO_LABEL || !*value) return FALSE;
    g_autofree char *marked = g_strconcat(text, "\t", NULL);
    *label = quoting_label(marked, &value);
    return *label != QUOTING_NO_LABEL;
}

/* The label of line i, and its value: on the line itself, or, if that is empty, on the next line. The `first`
 * line of a block is no bare one. */
static QuotingLabel label_at(const History *history, guint i, gboolean first, const char **value,
                             guint *after)
{
    const Line *line = line_at(history, i);
    QuotingLabel label = line ? quoting_label(line->text, value) : QUOTING_NO_LABEL;
    *after = i + 1;
    if (line && !first && label == QUOTING_NO_LABEL && is_bare_label(history, i, &label)) *value = "";
    if (label == QUOTING_NO_LABEL || **value) return label;
    const char *unused = NULL;
    guint next = next_text(history, i + 1);
    const Line *below = line_at(history, next);
    if (below && next <= i + 2 && quoting_label(below->text, &unused) == QUOTING_NO_LABEL) {
        *value = below->text;
        *after = next + 1;
    }
    return label;
}

/* 9:00, 09点00分, 9时 */
static gboolean has_clock(const char *text)
{
    static const char *const UNITS[] = {"点", "时", "點", "時"};
    for (gsize i = 0; i < G_N_ELEMENTS(UNITS); i++) {
        const char *unit = strstr(text, UNITS[i]);
        if (unit && unit > text && g_ascii_isdigit(unit[-1])) return TRUE;
    }
    for (const char *p = strchr(text, ':'); p; p = strchr(p + 1, ':'))
        if (p > text && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2])) return TRUE;
    return FALSE;
}

/* Whether the date, as line `text` and value, is one that programs write, with a clock or a label of theirs.
 * 时间 is when something takes place, too. */
static gboolean is_of_program(const char *text, const char *value)
{
    static const char *const NAMES[] = {"发送时间", "发件时间", "發送時間", "Sent"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (g_str_has_prefix(text, NAMES[i])) return TRUE;
    if (g_str_has_prefix(text, "时间")) return FALSE;
    return has_clock(value);
}

/* Whether the line goes on with the recipients of the one above it, or is a field of no interest: Message-ID.
 */
static gboolean is_between(const History *history, guint i)
{
    const Line *line = line_at(history, i), *above = i > 0 ? line_at(history, i - 1) : NULL;
    const gsize length = above ? strlen(above->text) : 0;
    const gsize name = strspn(line->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    if (name > 0 && line->text[name] == ':') return TRUE;
    return strchr(line->text, '@') && length > 0 && strchr(";,", above->text[length - 1]);
}

/* Whether the block begins with the line, its date being above sender and recipient, as Hotmail has it. */
static gboolean is_date_first(const History *history, guint i, QuotingLabel label)
{
    const char *value = NULL, *unused = NULL;
    const Line *next = line_at(history, i + 1), *third = line_at(history, i + 2);
    return label == QUOTING_DATE && next && third && quoting_label(next->text, &value) == QUOTING_FROM &&
           strchr(value, '@') && quoting_label(third->text, &unused) == QUOTING_TO;
}

/* The fields above a quoted mail, from line i on: at least two, one of them the sender, and, where no title
 * stands above them, the date as programs write it, or an address with a recipient or subject. In an answer
 * an address alone is enough, or a recipient with a subject, or a line that a program has drawn: people head
 * their letters 发件人, 收件人, 日期 and 主题, too. Returns the line after them, or 0 if they are none.
 * `quote` may be NULL: only look. */
static guint read_block(const History *history, guint i, QuotingRuler ruler, FactsQuote *quote)
{
    guint seen = 0, kinds = 0, last = 0, strays = 0;
    const gboolean ruled = ruler >= QUOTING_DRAWN;
    gboolean sent = ruler == QUOTING_TITLE || (ruled && history->answer), address = FALSE;
    for (guint n = i; n < i + BLOCK_LINES && n < history->lines->len;) {
        const char *value = "";
        guint after = n + 1;
        QuotingLabel label = label_at(history, n, n == i, &value, &after);
        const Line *line = line_at(history, n);
        if (n == i && label != QUOTING_FROM && !(ruled && label != QUOTING_NO_LABEL) &&
            !is_date_first(history, i, label))
            return 0;
        if (n == i && !ruled && g_ascii_strncasecmp(line->text, "Sender", 6) == 0)
            return 0; /* QQ writes it, and below a title only */
        const gboolean between = label == QUOTING_NO_LABEL && is_between(history, n);
        if (label == QUOTING_NO_LABEL && *line->text && (++strays > 3 || (kinds >= 3 && !between))) break;
        if (label != QUOTING_NO_LABEL) {
            if (label != QUOTING_TO && (seen & (1u << label))) break;
            kinds += (seen & (1u << label)) == 0;
            seen |= 1u << label;
            last = after;
            address |= strchr(value, '@') != NULL;
            sent |= label == QUOTING_DATE && is_of_program(line->text, value);
            g_autofree char *bare = g_strchomp(g_strdelimit(g_strdup(value), "|", ' '));
            if (quote && label == QUOTING_FROM) set_sender(quote, bare);
            if (quote && label == QUOTING_DATE) set(&quote->date, bare);
            if (quote && label == QUOTING_SUBJECT) set(&quote->subject, bare);
        }
        n = after;
    }
    const guint named = 1u << QUOTING_TO | 1u << QUOTING_SUBJECT;
    sent |= address && (history->answer || (seen & named));
    sent |= history->answer && (seen & named) == named;
    return sent && kinds >= 2 && (seen & (1u << QUOTING_FROM)) ? last : 0;
}

/* Whether the date has a clock and a year, as programs write it: 5月30日20:00 is what people write. */
static gboolean is_full_date(const char *date)
{
    const char *p = date;
    while (*p && strspn(p, "0123456789") != 4) p += MAX(strspn(p, "0123456789"), 1);
    return *p && has_clock(date);
}

/* Whether it is one that people write: without an address, or a date as of programs, or with where it was
 * written (张三在笔记本上写道), nothing below is marked as quoted, and the mail is no answer. */
static gboolean is_prose(const History *history, guint after, const QuotingWho *who)
{
    const Line *below = line_at(history, next_text(history, after));
    if (history->answer || *who->address || (below && below->quoted)) return FALSE;
    return !is_full_date(who->date) || strstr(who->name, "在");
}

/* An attribution at line i, perhaps folded over up to three lines. Returns the line after it, or 0. */
static guint read_attribution(const History *history, guint i, QuotingWho *who)
{
    const Line *line = line_at(history, i);
    if (quoting_attribution(line->text, who)) return i + 1;
    const Line *next = line_at(history, i + 1), *third = line_at(history, i + 2);
    if (!(next && quoting_may_end(next->text)) && !(third && quoting_may_end(third->text))) return 0;
    if (!quoting_may_begin(line->text)) return 0;
    g_autoptr (GString) joined = g_string_new(line->text);
    for (guint n = i + 1; n < i + 3; n++) {
        const Line *more = line_at(history, n);
        if (!more || !*more->text || more->quoted != line->quoted) return 0;
        g_string_append_printf(joined, " %s", more->text);
        if (quoting_attribution(joined->str, who)) return n + 1;
    }
    return 0;
}

static void add_attribution(History *history, QuotingWho *who)
{
    FactsQuote *quote = add_quote(history);
    if (!quote) return;
    set(&quote->name, who->name);
    set(&quote->address, who->address);
    set(&quote->date, who->date);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* What begins at line i: a rule, fields or an attribution. Returns the line to go on with, or 0 if nothing.
 */
static guint begin_quote(History *history, guint i)
{
    const Line *line = line_at(history, i);
    const gboolean ruled = history->rule != QUOTING_NO_RULE || (i > 0 && i == history->below);
    const QuotingRuler above = ruled ? QUOTING_TITLE : QUOTING_NO_RULER;
    QuotingRule rule = quoting_rule(line->text);
    if (rule != QUOTING_NO_RULE) {
        if (history->rule != QUOTING_NO_RULE) add_quote(history); /* the last rule had no fields */
        history->rule = rule;
        history->over |= !line->quoted;
        return i + 1;
    }
    const QuotingRuler ruler = quoting_ruler(line->text);
    if (ruler != QUOTING_NO_RULER) {
        guint below = next_text(history, i + 1);
        gboolean quote =
            below < history->lines->len && (read_block(history, below, ruler, NULL) > 0 ||
                                            quoting_rule(line_at(history, below)->text) != QUOTING_NO_RULE);
        if (!quote) return 0;
        history->below = below;
        history->over |= !line->quoted;
        return i + 1;
    }
    if (read_block(history, i, above, NULL) > 0) {
        FactsQuote *quote = add_quote(history);
        guint after = read_block(history, i, above, quote);
        history->over |= !line->quoted;
        return after;
    }
    QuotingWho who = {0};
    guint after = read_attribution(history, i, &who);
    if (after == 0 || is_prose(history, after, &who)) {
        quoting_who_clear(&who);
        return 0;
    }
    add_attribution(history, &who);
    quoting_who_clear(&who);
    const Line *below = line_at(history, next_text(history, after));
    history->over |= !line->quoted && !(below && below->quoted); /* nothing marks where it ends */
    return after;
}

static void read_lines(History *history)
{
    for (guint i = 0; i < history->lines->len;) {
        const Line *line = line_at(history, i);
        guint after = *line->text ? begin_quote(history, i) : 0;
        if (after == 0 && !history->over && !line->quoted && !quoting_is_tagline(line->text))
            g_string_append_len(history->fresh, line->start, (gssize)line->length);
        i = after ? after : i + 1;
    }
    if (history->rule != QUOTING_NO_RULE) add_quote(history);
}

/* A rule that does not say which, under a subject that does: 转发. Nothing of one's own above it, and no
 * 回复: it is handed on, too. */
static void settle_kind(const History *history, const Tags *tags)
{
    if (history->facts->quoted->len == 0) return;
    FactsQuote *first = g_ptr_array_index(history->facts->quoted, 0);
    if (tags->forward || (!tags->reply && history->fresh->len == 0)) first->kind = FACTS_QUOTE_FORWARD;
}

void history_read(Facts *facts)
{
    g_autofree char *copy = g_strdup(facts->body);
    g_autoptr (GArray) lines = lines_of(facts->body, copy);
    History history = {.lines = lines, .fresh = g_string_sized_new(strlen(facts->body) + 1), .facts = facts};
    g_autoptr (Tags) tags = tags_parse(facts->subject);
    history.answer = tags->reply || tags->forward;
    read_lines(&history);
    while (history.fresh->len > 0 && g_ascii_isspace(history.fresh->str[history.fresh->len - 1]))
        g_string_truncate(history.fresh, history.fresh->len - 1);
    gsize blank = strspn(history.fresh->str, "\n");
    g_string_erase(history.fresh, 0, (gssize)blank);
    settle_kind(&history, tags);
    g_free(facts->new_text);
    facts->new_text = g_string_free(history.fresh, FALSE);
}
