#include "daemon/portion.h"

#include "daemon/journal.h"
#include "daemon/record.h"

json_t *portion_describe(const StoreMail *mail, const char *problem, json_t *settled, guint64 sequence)
{
    const Facts *facts = mail->facts;
    const FactsMailbox *from = facts->from->len ? facts->from->pdata[0] : NULL;
    return json_pack("{s:s s:s s:s s:b s:I s:I s:I s:I s:b s:s s:s s:s s:s s:s s:s s:o s:I}", "id",
                     mail->identity, "raw", mail->raw_sha256, "folder", mail->folder, "junk",
                     mail->where == DESK_JUNK, "uidvalidity", (json_int_t)mail->uidvalidity, "uid",
                     (json_int_t)mail->uid, "received", (json_int_t)mail->received_at, "size",
                     (json_int_t)mail->size, "header_only", mail->header_only, "problem",
                     problem ? problem : "", "message_id", facts->message_id, "name", from ? from->name : "",
                     "from", from ? from->address : "", "subject", facts->subject, "date", facts->date,
                     "settled", settled, "sequence", (json_int_t)sequence);
}

gboolean portion_record(Cycle *cycle, GError **error)
{
    json_t *mails = cycle->portion;
    cycle->portion = NULL;
    if (json_array_size(mails) == 0) {
        json_decref(mails);
        return TRUE;
    }
    const json_t *first = json_array_get(mails, 0);
    g_autofree char *cause = g_strdup_printf("mails/%s", record_text(first, "id"));
    g_autofree char *summary = g_strdup_printf("%zu mails read", json_array_size(mails));
    return journal_append(cycle, json_pack("{s:o}", "mails", mails), "mails", cause, "", summary, error);
}
