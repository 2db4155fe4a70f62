/* desk.h - what a mail means for this campaign, and what follows from it. Pure: no clock, no file, no
 * database.
 *
 * desk_judge() asks the questions in order, one file each: sender.c (is it from whom it says), whose.c (whose
 * mail is it), who.c (which committee), theme.c, item.c (which item, which version), counts.c (does it
 * count), problems.c (what is wrong, in Chinese), answer.c (the receipt), remind.c (who is short). Each
 * answer carries the reason, kept beside it in the store. */
#pragma once

#include <glib.h>

#include "config/config.h"
#include "daemon/desk/book.h"
#include "daemon/desk/letter.h"
#include "parsers/facts.h"

typedef enum DeskFolder { DESK_INBOX, DESK_JUNK } DeskFolder;

typedef struct DeskSettled DeskSettled; /* settled.h */

typedef struct DeskMail {
    DeskFolder folder;
    gint64 received_at;   /* INTERNALDATE at first sight */
    guint64 size;         /* bytes, as the server says */
    const char *identity; /* facts_identity() */
    const Facts *facts;   /* of a header only when `problem` is set, or when they say too-large of the mail */
    const char *problem;  /* NULL; "too-large" (only the header was fetched) or "unreadable" (no worker could
                             read it) */
    const DeskSettled *settled; /* what a record says of this mail: kept to; NULL = nothing */
    gboolean passed_by; /* another instance had it, by other rules, and no record names it: nobody expects an
                           answer */
} DeskMail;

typedef enum Whose {
    WHOSE_CORRESPONDENCE, /* hash and UID kept, nothing else */
    WHOSE_CAMPAIGN,       /* kept, answered, registered */
    WHOSE_SUSPECT,        /* 疑似报送: kept, a row for staff; a receipt only in a dedicated mailbox */
    WHOSE_STAFF,          /* staff kinds from the department: kept, a row for staff */
    WHOSE_AUTOMATIC, /* automatic reply or bounce to a letter of ours: kept, never answered, a row for staff
                        for a bounce */
    WHOSE_OURS       /* our own letter come back (bcc copy, loop): nothing */
} Whose;

typedef enum Certainty { CERTAINTY_NONE, CERTAINTY_PROBABLE, CERTAINTY_CERTAIN } Certainty;

typedef struct VerdictItem {
    guint number;    /* the item; a new one has the book's next number */
    gboolean is_new; /* else a new version */
    ItemKind kind;
    char *title, *title_key;
    char *theme;                   /* Theme.title, 其他, or "" */
    char *theme_source;            /* 标签 表格 系统建议 or "" */
    char *said_title, *said_theme; /* what this mail alone says of them: strangers are told no more */
    char *innovation;              /* 理论创新 … or "" */
    char *leader, *telephone;      /* "" if the form says nothing */
    char *branch;                  /* 党支部 that did it, where the form says so, else "" */
    gboolean counts;
    gboolean sound; /* it brings documents, and nothing is wrong with any: what was wrong before is mended */
    gboolean on_time;
    guint duplicate_of; /* possible-duplicate of this number, else 0 */
    GPtrArray *files;  /* of const FactsAttachment*, borrowed: attachments of the mail, or of a mail forwarded
                          in it (children of message/rfc822) */
    GPtrArray *papers; /* of const FactsAttachment*, borrowed: what says what the item is; the files, and
                          members of archives among them */
} VerdictItem;

typedef struct VerdictProblem {
    const char *code;            /* from the table in problems.c */
    char *detail;                /* Chinese, for staff and sender; "" if the code says all */
    const FactsAttachment *file; /* borrowed; NULL = the mail as a whole */
} VerdictProblem;

typedef struct VerdictTodo {
    const char
        *code; /* what kind of look it needs: a problem code, or withdraw, claim, verify, suspect, bounce … */
    char *why;    /* Chinese, one sentence: what a person must look at, and why */
    guint number; /* item, or 0 */
} VerdictTodo;

typedef struct Decision {
    const char *question; /* sender, whose, committee, theme, kind, item, counts, on-time, answer */
    char *answer;
    char *reason; /* English, one line */
} Decision;

typedef struct Verdict {
    Whose whose;
    char *committee; /* roster code, "" = unknown */
    Certainty certainty;
    GPtrArray *items;     /* of VerdictItem* */
    GPtrArray *problems;  /* of VerdictProblem* */
    GPtrArray *todos;     /* of VerdictTodo* */
    GPtrArray *decisions; /* of Decision* */
    GPtrArray *dead;      /* of char*: addresses that a bounce says nobody has (lower case) */
    GPtrArray *brought;   /* of char*: identities of mails whose forgotten file is here: their row is done */
    char *alive;          /* the sender's address if it was dead so far, else "" */
    Letter *receipt;      /* NULL = no answer; the reason is a decision */
    gboolean hold;        /* the receipt waits for `baosong release`: too many to its address today, or */
    gboolean passed_by;   /* the mail was passed by (DeskMail) */
} Verdict;

/* The code of rows for mails that speak of a file and bring none. */
#define DESK_FORGOTTEN "no-attachment"

typedef struct Desk Desk;

/* What the questions need of the config and its roster, made ready once. `config` must live longer and stay
 * as it is. The caller owns the desk. */
Desk *desk_new(const Config *config);
void desk_free(Desk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Desk, desk_free)

/* Judges one mail. Never fails; whatever it does not understand of campaign mail becomes a todo. `now` is the
 * campaign's clock. Nothing is kept: the caller owns the verdict and applies it (store_commit). The verdict
 * points into mail->facts, which must live longer. */
Verdict *desk_judge(const Desk *desk, const Book *book, const DeskMail *mail, gint64 now);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

/* Brings the book up to what the verdict says: new items, new versions of known ones (an item of no committee
 * takes the verdict's). Letters and daily counts are the store's to add when it queues them. */
void desk_settle(Book *book, const DeskMail *mail, const Verdict *verdict);

/* The reminders due at `now`: one letter per committee that is short and has a stage due that it was not sent
 * yet (stages due together are one letter). Array of Letter*, in roster order; committees without an address
 * are left out and named in `unreachable` (of char* codes; may be NULL). */
GPtrArray *desk_remind(const Config *config, const Book *book, gint64 now, GPtrArray *unreachable);
/* The stage that passed long ago (STAGES_STALE_DAYS) without a letter to somebody who is still short, in
 * Chinese words; NULL if there is none. Caller frees. */
char *desk_missed(const Config *config, const Book *book, gint64 now);

/* "CX2014-001". Caller frees. */
char *desk_number(const Config *config, guint number);

/* The Chinese text of a problem or todo code ("云附件链接"), and what the sender should do; static. */
const char *desk_problem_text(const char *code);
const char *desk_problem_remedy(const char *code);

/* The codes of rows in 待处理 that a later, sound version of the item settles: NULL-terminated, static. */
const char *const *desk_problems_mended(void);
