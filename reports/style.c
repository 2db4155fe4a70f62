#include "reports/style.h"

#include "reports/cell.h"

typedef struct Look {
    const char *font;
    double size;
    lxw_color_t color, fill; /* 0 = black, none */
    int align;
    gboolean bold, boxed, wrapped;
} Look;

static lxw_format *make(lxw_workbook *workbook, const Look *look)
{
    lxw_format *format = workbook_add_format(workbook);
    format_set_font_name(format, look->font);
    format_set_font_size(format, look->size);
    format_set_font_charset(format, 134); /* GB2312: which font to take where this one is missing */
    if (look->color) format_set_font_color(format, look->color);
    if (look->bold) format_set_bold(format);
    if (look->fill) {
        format_set_pattern(format, LXW_PATTERN_SOLID);
        format_set_bg_color(format, look->fill);
    }
    format_set_align(format, (guint8)look->align);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    if (look->boxed) {
        format_set_border(format, LXW_BORDER_THIN);
        format_set_border_color(format, STYLE_LINE);
    }
    if (look->wrapped) format_set_text_wrap(format);
    return format;
}

static const struct {
    lxw_color_t color, fill;
} TONE_COLORS[TONES] = {
    [TONE_PLAIN] = {0, 0},
    [TONE_GOOD] = {0x2F6B1F, 0xE8F3E2},
    [TONE_PARTLY] = {0x7F5F00, 0xFFF4D6},
    [TONE_MISSING] = {0x9C3A00, 0xFCE6DA},
    [TONE_BAD] = {0xFFFFFF, STYLE_BRICK},
    [TONE_QUIET] = {0x7F7F7F, 0},
};

void style_make(Style *style, lxw_workbook *workbook)
{
    const Look cell = {STYLE_FONT, 10, 0, 0, LXW_ALIGN_LEFT, FALSE, TRUE, TRUE};
    const struct {
        lxw_format **format;
        Look look;
    } looks[] = {
        {&style->title, {STYLE_HEAVY, 20, STYLE_RED, 0, LXW_ALIGN_CENTER, FALSE, FALSE, FALSE}},
        {&style->note, {STYLE_FONT, 10, 0x595959, 0, LXW_ALIGN_CENTER, FALSE, FALSE, TRUE}},
        {&style->section, {STYLE_HEAVY, 11, STYLE_RED, 0, LXW_ALIGN_LEFT, FALSE, FALSE, FALSE}},
        {&style->head, {STYLE_HEAVY, 10, 0, STYLE_SHADE, LXW_ALIGN_CENTER, FALSE, TRUE, TRUE}},
        {&style->text, cell},
        {&style->center, {STYLE_FONT, 10, 0, 0, LXW_ALIGN_CENTER, FALSE, TRUE, TRUE}},
        {&style->count, {STYLE_FONT, 10, 0, 0, LXW_ALIGN_CENTER, FALSE, TRUE, FALSE}},
        {&style->time, {STYLE_FONT, 10, 0, 0, LXW_ALIGN_CENTER, FALSE, TRUE, FALSE}},
        {&style->link, {STYLE_FONT, 10, 0x1F4E9E, 0, LXW_ALIGN_LEFT, FALSE, TRUE, TRUE}},
        {&style->total_text, {STYLE_HEAVY, 10, 0, 0xF7F7F7, LXW_ALIGN_CENTER, FALSE, TRUE, FALSE}},
        {&style->total_count, {STYLE_HEAVY, 10, 0, 0xF7F7F7, LXW_ALIGN_CENTER, FALSE, TRUE, FALSE}},
        {&style->card_label, {STYLE_FONT, 10, 0x595959, STYLE_SHADE, LXW_ALIGN_CENTER, FALSE, TRUE, FALSE}},
        {&style->card_value, {STYLE_HEAVY, 18, 0, 0, LXW_ALIGN_CENTER, FALSE, TRUE, FALSE}},
        {&style->card_alert, {STYLE_HEAVY, 18, STYLE_RED, 0, LXW_ALIGN_CENTER, FALSE, TRUE, FALSE}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) *looks[i].format = make(workbook, &looks[i].look);
    format_set_num_format(style->time, "yyyy-mm-dd hh:mm");
    format_set_underline(style->link, LXW_UNDERLINE_SINGLE);
    for (guint tone = 0; tone < TONES; tone++) {
        Look look = {
            STYLE_FONT, 10,  TONE_COLORS[tone].color, TONE_COLORS[tone].fill, LXW_ALIGN_CENTER, FALSE,
            TRUE,       TRUE};
        style->state[tone] = make(workbook, &look);
    }
}

/* In headers and footers & starts a code. Excel takes 255 characters, so the title gets 60. */
static char *header_text(const char *text)
{
    g_autofree char *clean = cell_text(text, 60);
    g_autoptr (GString) escaped = g_string_new(clean);
    g_string_replace(escaped, "&", "&&", 0);
    g_string_replace(escaped, "\n", " ", 0);
    return g_strdup(escaped->str);
}

void style_page(lxw_worksheet *worksheet, const char *title)
{
    worksheet_set_landscape(worksheet);
    worksheet_set_paper(worksheet, 9); /* A4 */
    worksheet_set_margins(worksheet, 0.4, 0.4, title ? 0.85 : 0.5, 0.6);
    worksheet_center_horizontally(worksheet);
    worksheet_set_footer(worksheet,
                         "&L&9&\"" STYLE_FONT ",常规\"&A&R&9&\"" STYLE_FONT ",常规\"第 &P 页，共 &N 页");
    if (!title) return;
    g_autofree char *text = header_text(title);
    g_autofree char *header = g_strdup_printf("&C&16&\"%s,常规\"%s", STYLE_HEAVY, text);
    worksheet_set_header(worksheet, header);
}
