/* records.c - table record. */
#include "daemon/store/records.h"

#include "daemon/store/private.h"

void store_record_free(StoreRecord *record)
{
    if (!record) return;
    g_free(record->message_id);
    g_free(record->summary);
    g_free(record->json);
    g_free(record);
}

gboolean store_keep_record(Store *store, const StoreRecord *record, GError **error)
{
    return db_run(store->db, error,
                  "INSERT INTO record (seq, message_id, summary, json) VALUES (?, ?, ?, ?)"
                  " ON CONFLICT DO NOTHING",
                  "lttt", record->seq, record->message_id, record->summary, record->json);
}

StoreRecord *store_kept_record(Store *store, gint64 seq, GError **error)
{
    sqlite3_stmt *row =
        db_query(store->db, error, "SELECT message_id, summary, json FROM record WHERE seq = ?", "l", seq);
    if (!row || !db_next(store->db, row, error)) return NULL;
    StoreRecord *record = g_new0(StoreRecord, 1);
    *record =
        (StoreRecord){seq, g_strdup(db_text(row, 0)), g_strdup(db_text(row, 1)), g_strdup(db_text(row, 2))};
    db_done(row);
    return record;
}
