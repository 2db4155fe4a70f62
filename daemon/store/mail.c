/* mail.c - a mail and what its bytes contain. What it means is in items.c, what answers it in outbox.c. */
#include "daemon/store/private.h"

static const char *const WHOSE[] = {
    [WHOSE_CORRESPONDENCE] = "correspondence",
    [WHOSE_CAMPAIGN] = "campaign",
    [WHOSE_SUSPECT] = "suspect",
    [WHOSE_STAFF] = "staff",
    [WHOSE_AUTOMATIC] = "automatic",
    [WHOSE_OURS] = "ours",
};

static const char *const CERTAINTIES[] = {
    [CERTAINTY_NONE] = "none", [CERTAINTY_PROBABLE] = "probable", [CERTAINTY_CERTAIN] = "certain"};

/* Other people's letters are none of our business: only that they were seen is kept. */
static gboolean is_kept(const Verdict *verdict)
{
    return verdict->whose != WHOSE_CORRESPONDENCE && verdict->whose != WHOSE_OURS;
}

/* --- files ------------------------------------------------------------------------------------ */

static gboolean is_held(const StoreMail *mail, const FactsAttachment *attachment)
{
    return mail->data_fd >= 0 && attachment->offset >= 0;
}

static gboolean put_files(Store *store, const StoreMail *mail, const GPtrArray *attachments, GError **error)
{
    for (guint i = 0; i < attachments->len; i++) {
        const FactsAttachment *attachment = attachments->pdata[i];
        if (is_held(mail, attachment) &&
            !files_put_fd(store->files, "files", attachment->sha256, "", mail->data_fd, attachment->offset,
                          attachment->size, error))
            return FALSE;
        if (!put_files(store, mail, attachment->children, error)) return FALSE;
    }
    return TRUE;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* A mail judged again takes the place of its old row; the sightings stay (their reference is checked at the
 * commit). */
static gboolean forget_first_judgement(Store *store, gint64 mail, GError **error)
{
    if (!db_run(store->db, error, "DELETE FROM decision WHERE mail = ?", "l", mail) ||
        !db_run(store->db, error, "DELETE FROM mail WHERE id = ? AND whose = 'correspondence'", "l", mail))
        return FALSE;
    if (db_changes(store->db) == 1) return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
                "mail %" G_GINT64_FORMAT " was settled: it is not judged again", mail);
    return FALSE;
}

static gboolean add_row(Store *store, const StoreMail *mail, const Verdict *verdict, gint64 *id,
                        GError **error)
{
    const Facts *facts = mail->facts;
    gboolean kept = is_kept(verdict);
    const FactsMailbox *from = facts->from->len ? facts->from->pdata[0] : NULL;
    g_autofree char *made = kept && !mail->facts_json ? facts_to_json(facts, FALSE) : NULL;
    const char *json = !kept ? NULL : made ? made : mail->facts_json;
    if (!db_run(
            store->db, error,
            "INSERT INTO mail (id, raw_sha256, identity, whose, junk, header_only, received_at, stored_at,"
            " size, folder, uidvalidity, uid, certainty, committee, message_id, from_name, from_address,"
            " subject, date, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            "zttt"
            "iilll"
            "tll"
            "tn"
            "tttttt",
            mail->again, mail->raw_sha256, mail->identity, WHOSE[verdict->whose], mail->where == DESK_JUNK,
            mail->header_only, mail->received_at, store->now, (gint64)mail->size, mail->folder,
            (gint64)mail->uidvalidity, (gint64)mail->uid, CERTAINTIES[verdict->certainty],
            kept ? verdict->committee : "", kept ? facts->message_id : NULL,
            kept ? (from ? from->name : "") : NULL, kept ? (from ? from->address : "") : NULL,
            kept ? facts->subject : NULL, kept ? facts->date : NULL, json))
        return FALSE;
    *id = db_last_id(store->db);
    return store_add_sighting(store, mail->folder, mail->uidvalidity, mail->uid, *id, error);
}

/* Where in the tree of attachments we are. */
typedef struct Branch {
    gint64 mail, parent;
    const char *path; /* of the parent with a dot: "2." */
} Branch;

static gboolean add_attachments(Store *store, const StoreMail *mail, const GPtrArray *attachments,
                                Branch branch, GHashTable *ids, GError **error)
{
    for (guint i = 0; i < attachments->len; i++) {
        const FactsAttachment *attachment = attachments->pdata[i];
        g_autofree char *path = g_strdup_printf("%s%u", branch.path, i + 1);
        if (!db_run(store->db, error,
                    "INSERT INTO attachment (mail, parent, position, path, name, declared_type, type, size,"
                    " sha256, held) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    "lzittttlti", branch.mail, branch.parent, (int)i, path,
                    *attachment->path ? attachment->path : attachment->name, attachment->declared_type,
                    attachment->type, (gint64)attachment->size, attachment->sha256,
                    is_held(mail, attachment)))
            return FALSE;
        gint64 *id = g_new(gint64, 1);
        *id = db_last_id(store->db);
        g_hash_table_insert(ids, (gpointer)attachment, id);
        g_autofree char *inside = g_strconcat(path, ".", NULL);
        if (!add_attachments(store, mail, attachment->children, (Branch){branch.mail, *id, inside}, ids,
                             error))
            return FALSE;
    }
    return TRUE;
}

/* Of mail that is not kept only the answer to "whose?" is told: the others may quote it. */
static gboolean add_decisions(Store *store, gint64 mail, const Verdict *verdict, GError **error)
{
    for (guint i = 0; i < verdict->decisions->len; i++) {
        const Decision *decision = verdict->decisions->pdata[i];
        if (!is_kept(verdict) && g_strcmp0(decision->question, "whose") != 0) continue;
        if (!db_run(store->db, error,
                    "INSERT INTO decision (mail, position, question, answer, reason) VALUES (?, ?, ?, ?, ?)",
                    "littt", mail, (int)i, decision->question, decision->answer ? decision->answer : "",
                    decision->reason ? decision->reason : ""))
            return FALSE;
    }
    return TRUE;
}

gboolean mail_put_content(Store *store, const StoreMail *mail, gint64 id, const Verdict *verdict,
                          GHashTable *ids, GError **error)
{
    return put_files(store, mail, mail->facts->attachments, error) &&
           add_attachments(store, mail, mail->facts->attachments, (Branch){id, 0, ""}, ids, error) &&
           add_decisions(store, id, verdict, error);
}

/* So that fsck does not miss its bytes. */
static gboolean note_lost(Store *store, gint64 id, GError **error)
{
    return db_run(store->db, error,
                  "INSERT INTO decision (mail, position, question, answer, reason) SELECT ?1, "
                  "coalesce(max(position), 0)"
                  " + 1, 'bytes', 'lost', 'neither in the mailbox nor on disk' FROM decision WHERE mail = ?1",
                  "l", id);
}

gboolean store_add_mail(Store *store, const StoreMail *mail, const Verdict *verdict, const Outgoing *answer,
                        GError **error)
{
    g_assert(store->in_batch);
    if (is_kept(verdict) &&
        (!put_files(store, mail, mail->facts->attachments, error) ||
         (mail->raw && !files_put_bytes(store->files, "mail", mail->raw_sha256, ".eml", mail->raw, error))))
        return FALSE;

    gint64 id, letter;
    g_autoptr (GHashTable) attachments = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    if ((mail->again && !forget_first_judgement(store, mail->again, error)) ||
        !add_row(store, mail, verdict, &id, error) ||
        (is_kept(verdict) &&
         !add_attachments(store, mail, mail->facts->attachments, (Branch){id, 0, ""}, attachments, error)) ||
        !add_decisions(store, id, verdict, error) || (!mail->raw && !note_lost(store, id, error)))
        return FALSE;

    DeskMail judged = {.received_at = mail->received_at, .identity = mail->identity, .facts = mail->facts};
    desk_settle(store->book, &judged, verdict);
    return items_add(store, id, mail, verdict, attachments, error) &&
           (!answer || outbox_add(store, answer, id, store->now, &letter, error));
}
