/* letter.h - a mail to people before it is bytes: addressed, worded once, shown as text and as HTML.
 *
 * One list of blocks gives both parts of the multipart/alternative, so that they cannot say different things.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef enum LetterKind { LETTER_RECEIPT, LETTER_REMINDER } LetterKind;

typedef struct Letter {
    LetterKind kind;
    gboolean urgent; /* goes before bulk */
    char *to;        /* one address */
    char *to_name;   /* display name, "" if none */
    GPtrArray *cc;   /* of char* addresses */
    char *subject;
    char *in_reply_to;     /* Message-ID without <>, "" if none */
    GPtrArray *references; /* of char*, without in_reply_to */
    char *cause;           /* identity of the mail answered; for a reminder "remind/<committee code>" */
    char *stage;           /* "" for a receipt */
    GPtrArray *stages;     /* of char*: every reminder stage that this letter takes */
    char *committee;       /* roster code or "" */
    GArray *numbers;       /* of guint: the items it speaks of */
    json_t *record;        /* for Baosong-Record: what this letter settles; an object, or NULL */
    GString *text;         /* rendered as blocks are added */
    GString *html;
} Letter;

Letter *letter_new(LetterKind kind);
void letter_free(Letter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Letter, letter_free)

/* Blocks, in the order in which they are read. Strings are UTF-8 from anywhere: they are escaped for HTML,
 * and line breaks and control characters in them become spaces. */
void letter_paragraph(Letter *letter, const char *format, ...) G_GNUC_PRINTF(2, 3);
void letter_emphasis(Letter *letter, const char *format, ...)
    G_GNUC_PRINTF(2, 3); /* a paragraph that must be seen */
void letter_heading(Letter *letter, const char *text);
void letter_rows_begin(Letter *letter); /* label–value rows */
void letter_row(Letter *letter, const char *label, const char *value);
void letter_rows_end(Letter *letter);
void letter_list_begin(Letter *letter);
void letter_list_item(Letter *letter, const char *format, ...) G_GNUC_PRINTF(2, 3);
void letter_list_end(Letter *letter);
