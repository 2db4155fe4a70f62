/* letter.c - one list of blocks, rendered twice: plain text and HTML.
 *
 * The HTML is a fragment of simple blocks with their styles in line: no style sheet, no picture, no script,
 * so that it looks the same in QQ Mail, Coremail, Outlook and on a telephone.
 */
#include "daemon/desk/letter.h"

#include <string.h>

#define STYLE_P  "margin:0 0 10px 0;line-height:1.7;font-size:16px;word-break:break-word"
#define STYLE_H  "margin:16px 0 6px 0;line-height:1.5;font-size:17px;font-weight:bold"
#define STYLE_TD "padding:3px 10px 3px 0;vertical-align:top;line-height:1.6;font-size:15px"

Letter *letter_new(LetterKind kind)
{
    Letter *letter = g_new0(Letter, 1);
    char **const strings[] = {&letter->to,    &letter->to_name, &letter->subject,  &letter->in_reply_to,
                              &letter->cause, &letter->stage,   &letter->committee};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) *strings[i] = g_strdup("");
    letter->kind = kind;
    letter->cc = g_ptr_array_new_with_free_func(g_free);
    letter->references = g_ptr_array_new_with_free_func(g_free);
    letter->stages = g_ptr_array_new_with_free_func(g_free);
    letter->numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    letter->text = g_string_new(NULL);
    letter->html = g_string_new(NULL);
    return letter;
}

void letter_free(Letter *letter)
{
    if (!letter) return;
    char *const strings[] = {letter->to,    letter->to_name, letter->subject,  letter->in_reply_to,
                             letter->cause, letter->stage,   letter->committee};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) g_free(strings[i]);
    json_decref(letter->record);
    g_ptr_array_unref(letter->cc);
    g_ptr_array_unref(letter->references);
    g_ptr_array_unref(letter->stages);
    g_array_unref(letter->numbers);
    g_string_free(letter->text, TRUE);
    g_string_free(letter->html, TRUE);
    g_free(letter);
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&apos;";
    default: return NULL;
    }
}

static gboolean turns(gunichar c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
}

/* Whether the byte begins none of the characters that letters do not show as they are. */
static gboolean is_plain(guchar byte)
{
    return byte >= 0x20 && byte != 0x7F && byte != 0xC2 && byte != 0xE2 && !escape_of((char)byte);
}

/* One line, to both: controls and line breaks are spaces; characters that turn the reading direction are
 * gone. */
static void append_words(Letter *letter, const char *words)
{
    g_autofree char *mended = g_utf8_validate(words, -1, NULL) ? NULL : g_utf8_make_valid(words, -1);
    for (const char *p = mended ? mended : words, *next; *p; p = next) {
        const char *text = p, *escape = NULL;
        for (next = p; is_plain((guchar)*next);) next++;
        if (next == p) {
            const gunichar c = g_utf8_get_char(p);
            next = g_utf8_next_char(p);
            if (turns(c)) continue;
            if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029) text = " ";
            escape = escape_of(*p);
        }
        const gssize length = text == p ? next - p : 1;
        g_string_append_len(letter->text, text, length);
        g_string_append_len(letter->html, escape ? escape : text, escape ? -1 : length);
    }
}

static void block(Letter *letter, const char *text_before, const char *open, const char *words,
                  const char *close)
{
    g_string_append(letter->text, text_before);
    g_string_append(letter->html, open);
    append_words(letter, words ? words : "");
    g_string_append_c(letter->text, '\n');
    g_string_append(letter->html, close);
    g_string_append_c(letter->html, '\n');
}

void letter_paragraph(Letter *letter, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *words = g_strdup_vprintf(format, args);
    va_end(args);
    block(letter, "", "<p style=\"" STYLE_P "\">", words, "</p>");
    g_string_append_c(letter->text, '\n');
}

void letter_emphasis(Letter *letter, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *words = g_strdup_vprintf(format, args);
    va_end(args);
    block(letter, "※ ", "<p style=\"" STYLE_P ";font-weight:bold;color:#b00000\">", words, "</p>");
    g_string_append_c(letter->text, '\n');
}

void letter_heading(Letter *letter, const char *text)
{
    block(letter, "", "<p style=\"" STYLE_H "\">", text, "</p>");
}

void letter_rows_begin(Letter *letter)
{
    g_string_append(letter->html, "<table style=\"border-collapse:collapse;margin:0 0 10px 0\">\n");
}

void letter_row(Letter *letter, const char *label, const char *value)
{
    g_string_append(letter->text, "  ");
    g_string_append(letter->html, "<tr><td style=\"" STYLE_TD ";white-space:nowrap;color:#555555\">");
    append_words(letter, label);
    block(letter, "：", "</td><td style=\"" STYLE_TD ";word-break:break-all\">", value, "</td></tr>");
}

void letter_rows_end(Letter *letter)
{
    g_string_append(letter->html, "</table>\n");
    g_string_append_c(letter->text, '\n');
}

void letter_list_begin(Letter *letter)
{
    g_string_append(letter->html, "<ul style=\"margin:0 0 10px 0;padding-left:22px\">\n");
}

void letter_list_item(Letter *letter, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *words = g_strdup_vprintf(format, args);
    va_end(args);
    block(letter, "  · ", "<li style=\"line-height:1.7;font-size:15px;word-break:break-all\">", words,
          "</li>");
}

void letter_list_end(Letter *letter)
{
    g_string_append(letter->html, "</ul>\n");
    g_string_append_c(letter->text, '\n');
}
