#include "parsers/rtf.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/field_code.h"
#include "parsers/limits.h"
#include "parsers/rtf_fonts.h"
#include "parsers/rtf_form.h"
#include "parsers/rtf_table.h"
#include "parsers/textout.h"

#define WORD_MAX 32 /* bytes of a control word (RTF 1.9.1, "Control Word") */

/* --- state ------------------------------------------------------------------------------------ */

/* What a group inherits from the one around it, and gives back at its end. */
typedef struct Group {
    gboolean skip; /* nothing in it is text */
    gboolean hidden;
    guint tables;      /* around the paragraph */
    gboolean nest_row; /* what is said of a row is of one in a table in a table */
    gboolean box;      /* it is a text box, and ends with the group; not inherited */
    gboolean font_table;
    gboolean fresh;     /* nothing came in it yet: a control word now is its destination */
    gboolean ignorable; /* \* came: an unknown destination is to be skipped */
    gboolean field;     /* it is one, and ends with the group; not inherited */
    gboolean code;      /* what comes is a field's code */
    gboolean item;      /* what comes is what a form's list shows */
    int font;
    guint unicode_skip; /* bytes that stand in for each \u for those who do not know it */
} Group;

typedef struct Rtf {
    TextOut *out;
    GArray *groups; /* of Group */
    Group now;
    guint beyond;      /* groups over LIMIT_RTF_DEPTH: their braces are counted, and that is all */
    GByteArray *bytes; /* text that waits to be decoded */
    guint page;        /* code page of the document */
    RtfFonts fonts;
    int default_font;
    FieldStack fields;
    RtfForm form;
    guint64 puts;        /* times that text was put */
    guint skip_bytes;    /* after \u */
    gunichar2 surrogate; /* the first half of a pair */
    RtfTables tables;
    GArray *around; /* of RtfTables: those of the texts around text boxes */
    gboolean picture, damaged;
} Rtf;

/* --- text ------------------------------------------------------------------------------------- */

static gboolean is_shown(const Rtf *rtf)
{
    return !rtf->now.skip && !rtf->now.hidden && !rtf->now.font_table && !rtf->now.code && rtf->beyond == 0;
}

static gboolean is_code(const Rtf *rtf)
{
    return rtf->now.code && !rtf->now.skip && !rtf->now.font_table && rtf->beyond == 0;
}

static void put(Rtf *rtf, const char *text, gsize length)
{
    if (rtf->now.item) {
        g_string_append_len(rtf->form.item, text, (gssize)length);
        return;
    }
    if (rtf->now.code) {
        field_code(&rtf->fields, text, length);
        return;
    }
    rtf_tables_enter(&rtf->tables, rtf->now.tables);
    rtf->puts += length > 0;
    for (const char *end = text + length; text < end; text++) { /* TextOut's own marks, and NUL */
        gsize n = 0;
        while (text + n < end && ((guchar)text[n] >= ' ' || text[n] == '\t')) n++;
        textout_text(rtf->out, text, n);
        text += n;
    }
}

static guint page_now(const Rtf *rtf)
{
    guint page = rtf_fonts_page_of(&rtf->fonts, rtf->now.font);
    return page ? page : rtf->page;
}

/* Decodes what waits. Before anything that changes the charset or puts something else. */
static void flush(Rtf *rtf)
{
    if (rtf->bytes->len == 0) return;
    g_autofree char *label = rtf_label_of_page(page_now(rtf));
    g_autofree char *text = charset_to_utf8((const char *)rtf->bytes->data, rtf->bytes->len, label, NULL);
    g_byte_array_set_size(rtf->bytes, 0);
    put(rtf, text, strlen(text));
}

/* Characters of fonts of symbols, as bytes or as U+F0xx; FALSE where it is none that is known. */
static gboolean put_symbol(Rtf *rtf, gunichar c)
{
    const char *known = is_shown(rtf) ? rtf_fonts_symbol(&rtf->fonts, rtf->now.font, c) : NULL;
    if (!known) return FALSE;
    flush(rtf);
    put(rtf, known, strlen(known));
    return TRUE;
}

static void put_byte(Rtf *rtf, guint8 byte)
{
    rtf->now.fresh = FALSE;
    if (rtf->skip_bytes > 0) {
        rtf->skip_bytes--;
        return;
    }
    rtf->surrogate = 0;
    if (rtf->now.font_table && !rtf->now.skip) rtf_fonts_name(&rtf->fonts, (char)byte);
    if (put_symbol(rtf, byte)) return;
    if (is_shown(rtf) || is_code(rtf)) g_byte_array_append(rtf->bytes, &byte, 1);
}

static void put_character(Rtf *rtf, gunichar c)
{
    char utf8[6];
    flush(rtf);
    if (put_symbol(rtf, c)) return;
    if ((is_shown(rtf) || is_code(rtf)) && c != 0) put(rtf, utf8, (gsize)g_unichar_to_utf8(c, utf8));
}

/* \u has 16 signed bits: characters beyond them are two surrogates. Word writes symbols of its own fonts as
 * U+F0xx. */
static void put_unicode(Rtf *rtf, int value)
{
    gunichar c = (gunichar)value & 0xFFFF;
    rtf->skip_bytes = rtf->now.unicode_skip;
    if (value > 0xFFFF && value <= 0x10FFFF) c = (gunichar)value;
    if (c >= 0xD800 && c < 0xDC00) {
        rtf->surrogate = (gunichar2)c;
        return;
    }
    if (c >= 0xDC00 && c < 0xE000)
        c = rtf->surrogate ? 0x10000 + ((gunichar)(rtf->surrogate - 0xD800) << 10) + (c - 0xDC00) : 0xFFFD;
    rtf->surrogate = 0;
    put_character(rtf, c);
}

static void end_paragraph(Rtf *rtf)
{
    flush(rtf);
    if (!is_shown(rtf)) return;
    rtf_tables_enter(&rtf->tables, rtf->now.tables);
    textout_paragraph(rtf->out);
}

/* --- tables ----------------------------------------------------------------------------------- */

static RtfRow *described_row(Rtf *rtf)
{
    return rtf->now.nest_row ? &rtf->tables.nest : &rtf->tables.row;
}

/* In a table in a table, or (level 1) in one that is not. */
static void end_cell(Rtf *rtf, guint level)
{
    flush(rtf);
    if (is_shown(rtf)) rtf_tables_end_cell(&rtf->tables, level);
}

static void end_row(Rtf *rtf, guint level)
{
    flush(rtf);
    if (is_shown(rtf)) rtf_tables_end_row(&rtf->tables, level);
}

/* --- text boxes ------------------------------------------------------------------------------- */

/* A box may have tables of its own. */
static void enter_box(Rtf *rtf)
{
    flush(rtf);
    if (!is_shown(rtf)) return;
    rtf_tables_enter(&rtf->tables, rtf->now.tables);
    textout_begin(rtf->out, TEXTOUT_BOX);
    g_array_append_val(rtf->around, rtf->tables);
    rtf->tables = (RtfTables){.out = rtf->out};
    rtf->now.box = TRUE;
    rtf->now.tables = 0;
}

static void leave_box(Rtf *rtf)
{
    rtf_tables_close(&rtf->tables);
    textout_end(rtf->out);
    rtf->tables = g_array_index(rtf->around, RtfTables, rtf->around->len - 1);
    g_array_set_size(rtf->around, rtf->around->len - 1);
}

/* --- control words ---------------------------------------------------------------------------- */

static void set_font(Rtf *rtf, int font)
{
    if (rtf->now.font_table) {
        rtf_fonts_define(&rtf->fonts, font);
        return;
    }
    flush(rtf);
    rtf->now.font = font;
}

static void set_font_page(Rtf *rtf, guint page)
{
    if (rtf->now.font_table) rtf_fonts_page(&rtf->fonts, page);
}

/* A destination that is to be skipped counts only as the first word of its group. */
static void enter_destination(Rtf *rtf, RtfAction action)
{
    if (action == RTF_PICTURE || action == RTF_OBJECT) rtf->picture |= is_shown(rtf);
    if (action == RTF_SKIP || action == RTF_PICTURE) {
        flush(rtf);
        rtf->now.skip = TRUE;
    }
}

static void enter_field(Rtf *rtf, RtfAction action)
{
    flush(rtf);
    if (action == RTF_FIELD_RESULT) field_result(&rtf->fields, rtf->puts);
    rtf->now.code = action == RTF_FIELD_CODE || (rtf->now.code && rtf->fields.in_code > 0);
    if (action != RTF_FIELD) return;
    field_begin(&rtf->fields);
    rtf->now.field = TRUE;
}

static void leave_field(Rtf *rtf)
{
    g_autofree char *shown = field_end(&rtf->fields, rtf->puts);
    const char *form = rtf_form_end(&rtf->form, rtf->puts), *either = shown ? shown : form;
    if (either && is_shown(rtf)) put(rtf, either, strlen(either));
}

/* In the code of a field; elsewhere nobody would ever end it. */
static void do_form(Rtf *rtf, RtfAction action, int number)
{
    flush(rtf);
    if (!is_code(rtf)) return;
    if (action == RTF_FORM)
        rtf_form_begin(&rtf->form, rtf->puts);
    else if (action != RTF_FORM_ITEM)
        rtf_form_word(&rtf->form, action, number);
    else if (!(rtf->now.item = rtf_form_item(&rtf->form)))
        rtf->now.skip = TRUE;
}

static void do_word(Rtf *rtf, const char *name, gboolean has_number, int number)
{
    const RtfWord *word = rtf_word(name);
    RtfAction action = word ? word->action : RTF_UNKNOWN;
    gboolean first = rtf->now.fresh;
    rtf->now.fresh = FALSE;
    if (rtf->now.ignorable && first && (action == RTF_UNKNOWN || action == RTF_SKIP))
        enter_destination(rtf, RTF_SKIP);
    rtf->now.ignorable = FALSE;
    switch (action) {
    case RTF_UNKNOWN:
    case RTF_KEEP: break;
    case RTF_SKIP:
        if (first) enter_destination(rtf, action);
        break;
    case RTF_PICTURE:
    case RTF_OBJECT: enter_destination(rtf, action); break;
    case RTF_FIELD:
    case RTF_FIELD_CODE:
    case RTF_FIELD_RESULT:
        if (first) enter_field(rtf, action);
        break;
    case RTF_FORM:
    case RTF_FORM_TYPE:
    case RTF_FORM_RESULT:
    case RTF_FORM_PRESET:
    case RTF_FORM_ITEM: do_form(rtf, action, number); break;
    case RTF_CHARACTER: put_character(rtf, word->value); break;
    case RTF_PARAGRAPH:
    case RTF_BREAK: end_paragraph(rtf); break;
    case RTF_PLAIN:
        set_font(rtf, rtf->default_font);
        rtf->now.hidden = FALSE;
        break;
    case RTF_RESET: rtf->now.tables = 0; break;
    case RTF_IN_TABLE: rtf->now.tables = MAX(rtf->now.tables, 1); break;
    case RTF_TABLES: rtf->now.tables = (guint)CLAMP(number, 0, RTF_TABLES_MAX); break;
    case RTF_ROW_BEGINS: rtf_row_begin(described_row(rtf)); break;
    case RTF_CELL_COVERED: rtf_row_cover(described_row(rtf), word->value); break;
    case RTF_CELL_DEFINED: rtf_row_define(described_row(rtf)); break;
    case RTF_CELL_ENDS: end_cell(rtf, 1); break;
    case RTF_ROW_ENDS: end_row(rtf, 1); break;
    case RTF_NEST_ROW: rtf->now.nest_row = TRUE; break;
    case RTF_NEST_CELL_ENDS: end_cell(rtf, MAX(rtf->now.tables, 2)); break;
    case RTF_NEST_ROW_ENDS: end_row(rtf, MAX(rtf->now.tables, 2)); break;
    case RTF_BOX:
        if (first) enter_box(rtf);
        break;
    case RTF_HIDDEN:
        flush(rtf);
        rtf->now.hidden = !has_number || number != 0;
        break;
    case RTF_FONT: set_font(rtf, number); break;
    case RTF_FONT_DEFAULT: rtf->default_font = rtf->now.font = number; break;
    case RTF_FONT_TABLE:
        flush(rtf);
        rtf->now.font_table = TRUE;
        break;
    case RTF_FONT_CHARSET: set_font_page(rtf, rtf_page_of_charset(number)); break;
    case RTF_FONT_PAGE: set_font_page(rtf, (guint)MAX(number, 0)); break;
    case RTF_CODE_PAGE: rtf->page = (guint)MAX(number, 0); break;
    case RTF_CHARSET: rtf->page = word->value; break;
    case RTF_UNICODE: put_unicode(rtf, number); break;
    case RTF_UNICODE_SKIP: rtf->now.unicode_skip = (guint)CLAMP(number, 0, 16); break;
    case RTF_BINARY: break;
    }
}

/* --- groups ----------------------------------------------------------------------------------- */

static void begin_group(Rtf *rtf)
{
    rtf->skip_bytes = 0;
    if (rtf->groups->len >= LIMIT_RTF_DEPTH) {
        flush(rtf);
        rtf->beyond++;
        rtf->damaged = TRUE;
        return;
    }
    g_array_append_val(rtf->groups, rtf->now);
    rtf->now.fresh = TRUE;
    rtf->now.ignorable = rtf->now.field = rtf->now.box = FALSE;
}

static void end_group(Rtf *rtf)
{
    rtf->skip_bytes = 0;
    if (rtf->beyond > 0) {
        rtf->beyond--;
        return;
    }
    if (rtf->groups->len == 0) return;
    flush(rtf);
    if (rtf->now.field) leave_field(rtf);
    if (rtf->now.box) leave_box(rtf);
    rtf->now = g_array_index(rtf->groups, Group, rtf->groups->len - 1);
    g_array_set_size(rtf->groups, rtf->groups->len - 1);
}

/* --- tokens ----------------------------------------------------------------------------------- */

/* A control word at `p` (behind the backslash). Returns what follows it. */
static const char *read_word(Rtf *rtf, const char *p, const char *end)
{
    char name[WORD_MAX + 1];
    gsize n = 0;
    for (; p < end && g_ascii_isalpha(*p); p++)
        if (n < WORD_MAX) name[n++] = *p;
    name[n] = '\0';
    gboolean negative = p + 1 < end && *p == '-' && g_ascii_isdigit(p[1]), has_number = FALSE;
    p += negative;
    gint64 number = 0;
    for (; p < end && g_ascii_isdigit(*p); p++, has_number = TRUE)
        if (number < G_MAXINT / 10) number = number * 10 + (*p - '0');
    if (negative) number = -number;
    if (p < end && *p == ' ') p++;
    if (strcmp(name, "bin") == 0) return p + CLAMP(number, 0, end - p);
    if (rtf->skip_bytes > 0 && strcmp(name, "u") != 0)
        rtf->skip_bytes--; /* a word stands in as a byte does */
    do_word(rtf, name, has_number, (int)number);
    return p;
}

/* What follows a backslash, and is no word. */
static const char *read_symbol(Rtf *rtf, const char *p, const char *end)
{
    int high = *p == '\'' && p + 2 < end ? g_ascii_xdigit_value(p[1]) : -1;
    int low = high >= 0 ? g_ascii_xdigit_value(p[2]) : -1;
    if (high >= 0 && low >= 0) {
        put_byte(rtf, (guint8)(high << 4 | low));
        return p + 3;
    }
    switch (*p) {
    case '*': rtf->now.ignorable = TRUE; break;
    case '~': put_character(rtf, 0xA0); break;
    case '_': put_character(rtf, '-'); break;
    case '\n':
    case '\r': end_paragraph(rtf); break;
    case '{':
    case '}':
    case '\\': put_byte(rtf, (guint8)*p); break;
    default: break;
    }
    return p + 1;
}

static void read_tokens(Rtf *rtf, const char *p, gsize length)
{
    const char *end = p + length;
    while (p < end && !textout_is_full(rtf->out)) {
        if (*p == '{')
            begin_group(rtf);
        else if (*p == '}')
            end_group(rtf);
        else if (*p == '\t')
            put_character(rtf, '\t');
        else if (*p != '\\' && *p != '\r' && *p != '\n' && *p != '\0')
            put_byte(rtf, (guint8)*p);
        p++;
        if (p[-1] == '}' && rtf->groups->len == 0) return; /* what follows is no RTF */
        if (p[-1] != '\\' || p >= end) continue;
        p = g_ascii_isalpha(*p) ? read_word(rtf, p, end) : read_symbol(rtf, p, end);
    }
    rtf->damaged |= p >= end;
}

static void read_rtf(Rtf *rtf, const char *bytes, gsize length)
{
    rtf->out = textout_new();
    rtf->groups = g_array_new(FALSE, FALSE, sizeof(Group));
    rtf->bytes = g_byte_array_new();
    rtf->tables.out = rtf->out;
    rtf->around = g_array_new(FALSE, FALSE, sizeof(RtfTables));
    rtf_fonts_init(&rtf->fonts);
    field_stack_init(&rtf->fields);
    rtf->page = 1252;
    rtf->now = (Group){.font = RTF_FONT_NONE, .unicode_skip = 1};
    rtf->default_font = RTF_FONT_NONE;
    read_tokens(rtf, bytes, length);
    flush(rtf);
    while (rtf->around->len > 0) leave_box(rtf);
    rtf_tables_close(&rtf->tables);
}

static void rtf_clear(Rtf *rtf)
{
    textout_free(rtf->out);
    g_array_unref(rtf->groups);
    g_array_unref(rtf->around);
    g_byte_array_unref(rtf->bytes);
    rtf_fonts_clear(&rtf->fonts);
    rtf_form_clear(&rtf->form);
    field_stack_clear(&rtf->fields);
}

void rtf_read(FactsAttachment *attachment, GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    Rtf rtf = {0};
    read_rtf(&rtf, data, length);
    textout_finish(rtf.out, attachment);
    const char *text = attachment->text;
    while (*text && g_unichar_isspace(g_utf8_get_char(text))) text = g_utf8_next_char(text);
    if (rtf.damaged)
        facts_add_problem(attachment->problems, "damaged", "its groups are not closed, or nested too deep");
    else if (!*text && rtf.picture)
        facts_add_problem(attachment->problems, "scanned-only", "pictures or objects, and no text");
    else if (!*text)
        facts_add_problem(attachment->problems, "empty-document", "no text, no picture");
    rtf_clear(&rtf);
}

char *rtf_text(const char *bytes, gsize length)
{
    Rtf rtf = {0};
    g_autoptr (FactsAttachment) scratch = facts_attachment_new();
    read_rtf(&rtf, bytes, length);
    textout_finish(rtf.out, scratch);
    rtf_clear(&rtf);
    return g_strdup(scratch->text);
}
