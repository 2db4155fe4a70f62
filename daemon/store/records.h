/* records.h - what stands in the ledger folder, kept beside it: a mail server that was restored from a backup
 * has lost the last records, and a deleted folder all of them. */
#pragma once

#include <glib.h>

#include "daemon/store/store.h"

typedef struct StoreRecord {
    gint64 seq;
    char *message_id; /* without <> */
    char *summary;    /* one English line */
    char *json;
} StoreRecord;

void store_record_free(StoreRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRecord, store_record_free)

/* Within a batch or alone; one that is kept already stays. */
gboolean store_keep_record(Store *store, const StoreRecord *record, GError **error);
/* Caller frees; NULL without error if that number is not kept. */
StoreRecord *store_kept_record(Store *store, gint64 seq, GError **error);
