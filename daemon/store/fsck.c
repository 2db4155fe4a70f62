#include "daemon/store/fsck.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/private.h"

#define CHUNK  (256u << 10)
#define RECENT 600 /* seconds: a file so new may be of a batch that is not committed yet */
#define KEPT   "whose NOT IN ('correspondence', 'ours')"
#define IS_LOST                                                                                              \
    "EXISTS (SELECT 1 FROM decision d WHERE d.mail = mail.id AND d.question = 'bytes' AND d.answer = "       \
    "'lost')"

/* Every row of a query is a breach; its columns fill the line in turn. */
static const struct Rule {
    const char *line, *sql;
} RULES[] = {
    {"mail %s was kept, but has no facts", "SELECT id FROM mail WHERE " KEPT " AND facts IS NULL"},
    {"mail %s was kept, but nothing says how it was understood",
     "SELECT id FROM mail WHERE " KEPT
     " AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.mail = mail.id)"},
    {"mail %s is none of ours, but its content was kept",
     "SELECT id FROM mail WHERE NOT (" KEPT ") AND (facts IS NOT NULL OR subject IS NOT NULL)"},
    {"mail %s was never seen anywhere",
     "SELECT id FROM mail WHERE NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.mail = mail.id)"},
    {"mail %s has %s receipts",
     "SELECT mail, count(*) FROM outbox WHERE kind = 'receipt' GROUP BY mail HAVING count(*) > 1"},
    {"receipt <%s> has no mail that causes it",
     "SELECT o.message_id FROM outbox o LEFT JOIN mail m ON m.id = o.mail WHERE o.kind = 'receipt' AND"
     " (m.id IS NULL OR m.identity <> o.cause)"},
    {"reminder <%s> takes no stage", "SELECT message_id FROM outbox WHERE kind = 'reminder' AND NOT EXISTS"
                                     " (SELECT 1 FROM reminder WHERE reminder.outbox = outbox.id)"},
    {"stage %s of committee %s is taken by a letter to another, or by no reminder",
     "SELECT r.stage, r.committee FROM reminder r JOIN outbox o ON o.id = r.outbox WHERE o.kind <> "
     "'reminder' OR"
     " o.committee IS NOT r.committee"},
    {"letter <%s> is %s, but no time says when the server took it",
     "SELECT message_id, state FROM outbox WHERE state IN ('accepted', 'sent') AND accepted_at IS NULL"},
    {"item %s has no version",
     "SELECT number FROM item WHERE NOT EXISTS (SELECT 1 FROM version WHERE item = number)"},
    {"item %s has %s versions, the last of which is %s",
     "SELECT item, count(*), max(version) FROM version GROUP BY item HAVING count(*) <> max(version) OR "
     "min(version) <> 1"},
    {"item %s was received at another time than its first version",
     "SELECT number FROM item JOIN version ON item = number AND version = 1 WHERE item.received_at <>"
     " version.received_at"},
    {"version %s of item %s is of a mail that was not kept",
     "SELECT v.version, v.item FROM version v JOIN mail m ON m.id = v.mail WHERE NOT (m." KEPT ")"},
    {"version %s of item %s has a file of another mail",
     "SELECT f.version, f.item FROM version_file f JOIN version v USING (item, version) JOIN attachment a ON "
     "a.id ="
     " f.attachment WHERE a.mail <> v.mail"},
    {"item %s is a possible duplicate of itself", "SELECT number FROM item WHERE duplicate_of = number"},
    {"code %s has no words",
     "SELECT code FROM (SELECT code FROM problem UNION SELECT code FROM todo) WHERE code NOT IN"
     " (SELECT code FROM problem_text)"},
    {"table %s, row %s refers to a row of %s that is not there", "SELECT \"table\", rowid, parent FROM"
                                                                 " pragma_foreign_key_check"},
    {"the database itself: %s",
     "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
};

typedef struct Look {
    Store *store;
    const StoreFsck *fsck;
    guint *breaches;
} Look;

G_GNUC_PRINTF(2, 3)
static void tell(const Look *look, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    ++*look->breaches;
    look->fsck->tell(line, look->fsck->data);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void tell_row(const Look *look, const char *format, sqlite3_stmt *row)
{
    GString *line = g_string_new(NULL);
    int column = 0;
    for (const char *p = format; *p; p++) {
        if (p[0] == '%' && p[1] == 's') {
            g_string_append(line, db_text(row, column++));
            p++;
        } else {
            g_string_append_c(line, *p);
        }
    }
    tell(look, "%s", line->str);
    g_string_free(line, TRUE);
}

static gboolean check_rows(const Look *look, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(RULES); i++) {
        GError *fault = NULL;
        sqlite3_stmt *row = db_query(look->store->db, &fault, RULES[i].sql, "");
        while (row && db_next(look->store->db, row, &fault)) tell_row(look, RULES[i].line, row);
        if (!fault) continue;
        g_propagate_error(error, fault);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_message_ids(const Look *look, GError **error)
{
    GError *fault = NULL;
    if (!look->fsck->message_id) return TRUE;
    sqlite3_stmt *row = db_query(look->store->db, &fault,
                                 "SELECT message_id, kind, cause, stage FROM outbox ORDER BY id", "");
    while (row && db_next(look->store->db, row, &fault)) {
        g_autofree char *right =
            look->fsck->message_id(db_text(row, 1), db_text(row, 2), db_text(row, 3), look->fsck->data);
        if (strcmp(right, db_text(row, 0)) != 0)
            tell(look, "letter <%s> does not follow from its cause and the key: another key made it",
                 db_text(row, 0));
    }
    if (!fault) return TRUE;
    g_propagate_error(error, fault);
    return FALSE;
}

/* --- files ------------------------------------------------------------------------------------ */

/* The hash of a file, or NULL with errno. */
static char *hash_of(const char *path, guint64 *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return NULL;
    g_autoptr (GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree guchar *buffer = g_malloc(CHUNK);
    ssize_t got;
    *size = 0;
    while ((got = read(fd, buffer, CHUNK)) > 0) {
        g_checksum_update(checksum, buffer, got);
        *size += (guint64)got;
    }
    int number = errno;
    close(fd);
    errno = number;
    return got < 0 ? NULL : g_strdup(g_checksum_get_string(checksum));
}

static void check_file(const Look *look, const char *room, const char *suffix, const char *sha256,
                       gint64 size)
{
    guint64 found;
    g_autofree char *path = files_path(look->store->files, room, sha256, suffix);
    g_autofree char *hash = hash_of(path, &found);
    if (!hash)
        tell(look, "%s/…/%s%s cannot be read: %s", room, sha256, suffix, g_strerror(errno));
    else if (strcmp(hash, sha256) != 0)
        tell(look, "%s/…/%s%s has other bytes than its name says (SHA-256 %s)", room, sha256, suffix, hash);
    else if (size >= 0 && found != (guint64)size)
        tell(look, "%s/…/%s%s has %" G_GUINT64_FORMAT " bytes, its row says %" G_GINT64_FORMAT, room, sha256,
             suffix, found, size);
}

typedef struct Room {
    const char *name, *suffix, *sql;
} Room;

static const Room ROOMS[] = {
    {"mail", ".eml", "SELECT raw_sha256, -1 FROM mail WHERE " KEPT " AND NOT " IS_LOST},
    {"files", "", "SELECT sha256, max(size) FROM attachment WHERE held GROUP BY sha256"},
};

/* What is there and no row names. */
static void check_orphans(const Look *look, const Room *room, GHashTable *named)
{
    g_autofree char *root = g_build_filename(look->store->files->root, room->name, NULL);
    g_autoptr (GDir) folders = g_dir_open(root, 0, NULL);
    const char *first, *name;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    while (folders && (first = g_dir_read_name(folders))) {
        g_autofree char *folder = g_build_filename(root, first, NULL);
        g_autoptr (GDir) files = g_dir_open(folder, 0, NULL);
        while (files && (name = g_dir_read_name(files))) {
            struct stat found;
            g_autofree char *path = g_build_filename(folder, name, NULL);
            if (g_hash_table_contains(named, name)) continue;
            if (lstat(path, &found) == 0 && now - found.st_ctime < RECENT) continue;
            tell(look, "%s/%s/%s belongs to no row", room->name, first, name);
        }
    }
}

static gboolean check_room(const Look *look, const Room *room, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *count = g_strdup_printf("SELECT count(*) FROM (%s)", room->sql);
    gint64 total;
    guint done = 0;
    if (!db_int(look->store->db, &total, 0, error, count, "")) return FALSE;
    sqlite3_stmt *row = db_query(look->store->db, &fault, room->sql, "");
    while (row && db_next(look->store->db, row, &fault)) {
        check_file(look, room->name, room->suffix, db_text(row, 0), sqlite3_column_int64(row, 1));
        g_hash_table_add(named, g_strconcat(db_text(row, 0), room->suffix, NULL));
        if (look->fsck->progress) look->fsck->progress(room->name, ++done, (guint)total);
    }
    check_orphans(look, room, named);
    if (!fault) return TRUE;
    g_propagate_error(error, fault);
    return FALSE;
}

gboolean store_fsck(Store *store, const StoreFsck *fsck, guint *breaches, GError **error)
{
    Look look = {store, fsck, breaches};
    *breaches = 0;
    /* One state of the database, whatever a daemon commits meanwhile; its files only grow. */
    if (!db_script(store->db, "BEGIN", error)) return FALSE;
    gboolean looked = check_rows(&look, error) && check_message_ids(&look, error);
    for (guint i = 0; looked && i < G_N_ELEMENTS(ROOMS); i++) looked = check_room(&look, &ROOMS[i], error);
    db_script(store->db, "ROLLBACK", NULL);
    return looked;
}
