/* private.h - what the files of daemon/store share. */
#pragma once

#include "daemon/store/db.h"
#include "daemon/store/files.h"
#include "daemon/store/store.h"

struct Store {
    const Config *config;
    Db *db;
    Files *files;
    Book *book;
    gboolean read_only;
    gboolean beside; /* the database is rebuild.db */
    gboolean in_batch;
    gint64 now;            /* of the open batch */
    guint64 next_sequence; /* of the next letter */
    GPtrArray *applied;    /* paths of requests: these files go after the commit */
    GHashTable *named;     /* set of char*: codes whose words are in problem_text */
};

/* store.c: a change that stands alone or within the batch: begin says whether it opened a transaction (then
 * end commits it, or rolls it back and reads the Book again). */
typedef struct Change {
    Store *store;
    gboolean alone;
} Change;
gboolean change_begin(Store *store, Change *change, GError **error);
gboolean change_end(Change *change, gboolean ok, GError **error);

/* open.c: <state_dir>/rebuild.db. Caller frees. */
char *store_beside_path(const Config *config);

/* swap.c: a finished database without a journal (in the state folder) becomes the real one; the old one is
 * put aside. */
gboolean swap_database(const Config *config, const char *finished, GError **error);

/* roster.c: the roster into table committee. */
gboolean roster_mirror(Store *store, GError **error);

/* items.c: items, versions, problems and todos of a verdict, after desk_settle(). `attachments`: const
 * FactsAttachment* -> row id as gint64*. */
gboolean items_add(Store *store, gint64 mail, const StoreMail *seen, const Verdict *verdict,
                   GHashTable *attachments, GError **error);
/* The same for a mail that is read again: files of its versions, problems, and what its forms say; nothing
 * that is settled. */
gboolean items_read_again(Store *store, gint64 mail, const Verdict *verdict, GHashTable *attachments,
                          GError **error);
/* book_load.c: the Book and the next sequence, read anew from the tables; the Book before is freed then. */
gboolean book_load(Store *store, GError **error);

/* mail.c: decoded attachments to disk, their rows (filling `ids`, as above) and the decisions. */
gboolean mail_put_content(Store *store, const StoreMail *mail, gint64 id, const Verdict *verdict,
                          GHashTable *ids, GError **error);
/* Makes sure that the Chinese words of a code are in problem_text. */
gboolean items_name_code(Store *store, const char *code, GError **error);

/* outbox.c: a letter row, its items, and the Book's knowledge of it. *id 0 = it was there already. */
gboolean outbox_add(Store *store, const Outgoing *outgoing, gint64 mail, gint64 now, gint64 *id,
                    GError **error);

/* Names of enumerations as the database has them. */
extern const char *const ITEM_KINDS[];   /* by ItemKind */
extern const char *const LETTER_KINDS[]; /* by LetterKind */
