/* book.h - what is settled, in memory: the items, the letters that went out, the mails already known.
 *
 * The store fills a Book when it opens and applies each verdict to it after its transaction is committed; the
 * desk only reads it (DESIGN "Facts before meaning": facts + campaign + roster + what is settled -> effects).
 * A few hundred items, a few thousand letters: all of it fits in memory. */
#pragma once

#include <glib.h>

typedef enum ItemKind { ITEM_SUMMARY, ITEM_PLAN, ITEM_CASE } ItemKind;

typedef struct BookItem {
    guint number; /* 1, 2, …: printed as number_prefix and three digits */
    ItemKind kind;
    char *committee; /* roster code; "" = 待认领 */
    char *title;
    char *title_key;    /* normalised; "" = generic, never merges */
    char *theme;        /* Theme.title, 其他 or "" */
    gint64 received_at; /* of its first version */
    gint64 counted_at;  /* when the first version came that counts, 0 = none */
    char *filed_under;  /* of the book: the committee under which by_committee has it; NULL = not yet */
    guint versions;
    gboolean counts;
    gboolean on_time;
    gboolean withdrawn;
    GPtrArray *documents; /* of char*: SHA-256 of the files of all versions */
} BookItem;

typedef struct BookLetter {
    char *message_id; /* without <> */
    char *to;         /* the address that it went to, "" if not known */
    char *cc;         /* the others, joined by a comma */
    char *committee;  /* roster code or "" */
    char *cause;      /* identity of the mail that it answers, "" if none */
    guint number;     /* the item that it spoke of when it spoke of exactly one, else 0 */
    gboolean reminder;
} BookLetter;

/* A mail that spoke of a file and brought none, for which staff have a row. All strings as the mail has them.
 */
typedef struct BookForgotten {
    char *identity, *committee, *from, *subject;
    gint64 received_at;
} BookForgotten;

typedef struct Book {
    GPtrArray *items;         /* of BookItem*, by number */
    GHashTable *by_committee; /* roster code -> GPtrArray of BookItem* (borrowed), by number; "" = 待认领 */
    GPtrArray *none;          /* of a committee that has no items */
    GHashTable *by_document;  /* SHA-256 -> BookItem* (borrowed; the latest) */
    GHashTable *letters;      /* Message-ID -> BookLetter* */
    GHashTable *forgotten;    /* identity -> BookForgotten* */
    GHashTable *daily;        /* "address YYYY-MM-DD" -> GUINT_TO_POINTER(letters queued) */
    GHashTable *stages;       /* "code stage" -> gint64*: when that reminder stage was taken */
    GHashTable *dead;         /* address (lower case) -> gint64*: since when letters to it come back */
    guint next_number;        /* of the next new item */
} Book;

Book *book_new(void);
void book_free(Book *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Book, book_free)

/* Takes ownership of the item or letter and indexes it; a known number or Message-ID is replaced. */
void book_add_item(Book *book, BookItem *item);
void book_add_letter(Book *book, BookLetter *letter);
void book_add_forgotten(Book *book, const char *identity, const char *committee, const char *from,
                        const char *subject, gint64 received_at);
void book_forget_items(Book *book);                  /* all of them; the next new one is number 1 */
BookItem *book_item_new(void);                       /* all strings "", no documents */
BookLetter *book_letter_new(void);                   /* all strings "" */
BookItem *book_item(const Book *book, guint number); /* NULL if unknown */
const GPtrArray *book_items_of(const Book *book,
                               const char *committee); /* of BookItem*, by number; may be empty */
const BookLetter *book_letter(const Book *book, const char *message_id); /* NULL if not ours */

/* Items of one committee that count towards its quota (the one function that says so: see desk/counts.c). */
guint book_counting(const Book *book, const char *committee);

/* The committee (roster code) was reminded of the stage, then. */
void book_take_stage(Book *book, const char *committee, const char *stage, gint64 taken_at);
/* When; 0 if it was not. */
gint64 book_stage_taken(const Book *book, const char *committee, const char *stage);
/* When the committee was last reminded of any; 0 if never. */
gint64 book_last_stage(const Book *book, const char *committee);

/* Letters to this address come back since then; `address` in lower case. Known already: nothing changes. */
void book_mark_dead(Book *book, const char *address, gint64 since_at);
gboolean book_is_dead(const Book *book, const char *address); /* in any case */
/* The first address of the list (of char*) that is not dead, after the first `skip` such; NULL if none. */
const char *book_living(const Book *book, const GPtrArray *addresses, guint skip);
