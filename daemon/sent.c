#include "daemon/sent.h"

#include <string.h>

#include "daemon/pace.h"
#include "daemon/rewound.h"
#include "daemon/store/delivery.h"

/* Settings: Sent from this UID on may hold letters of unknown fate. */
#define CURSOR_UIDVALIDITY "sent_uidvalidity"
#define CURSOR_UID         "sent_uid"
#define COPY_BY            "sent_copy"   /* what `auto` found: server or append */
#define DOUBT              "sent_doubt"  /* "TIME MESSAGE-ID" of the letter that showed `append` */
#define TWICE              "sent_twice"  /* a letter lies there twice: one more is looked for */
#define LOOKED             "sent_looked" /* what lay in Sent before this database was made is known */
#define LOOK_BACK          500           /* UIDs to search when Sent has been made anew */
#define UNANSWERED_MOST    3             /* ends without an answer; then a person decides */
#define RECONNECT_MOST     3             /* copies of a pass at which the connection may break */
#define REFUSED_MOST       10            /* copies of a pass that may be refused: then it is the folder */

static const char *sent_folder(const Cycle *cycle)
{
    return cycle->imap ? cycle_folder(cycle, cycle->config->imap.sent, IMAP_ROLE_SENT) : NULL;
}

typedef struct Search {
    GHashTable *wanted; /* char* Message-ID (borrowed) */
    GHashTable *found;  /* char* Message-ID (owned) */
    guint copies;       /* of all that are wanted */
    guint heard;        /* mails of which the server told */
} Search;

static gboolean on_fields(guint32 uid, GBytes *raw, gpointer data)
{
    (void)uid;
    Search *search = data;
    gsize size;
    const char *bytes = g_bytes_get_data(raw, &size);
    search->heard++;
    const char *open = size ? memchr(bytes, '<', size) : NULL;
    const char *end = open ? memchr(open, '>', size - (gsize)(open - bytes)) : NULL;
    if (!end) return TRUE;
    char *message_id = g_strndup(open + 1, (gsize)(end - open - 1));
    gboolean wanted = g_hash_table_contains(search->wanted, message_id);
    search->copies += wanted;
    if (wanted)
        g_hash_table_add(search->found, message_id);
    else
        g_free(message_id);
    return TRUE;
}

/* The Message-IDs of `wanted` (a set) that lie in Sent from UID `first` on (0 = from the cursor, and the last
 * LOOK_BACK ones in any case: the server may have been restored, and its UIDs have caught up); NULL on error.
 * `copies` (may be NULL): how many mails they are. Moves no cursor. */
static GHashTable *find_in_sent(Cycle *cycle, const char *folder, gint64 first, GHashTable *wanted,
                                guint *copies, GError **error)
{
    if (copies) *copies = 0;
    ImapStatus status;
    if (!imap_examine(cycle->imap, folder, &status, error)) return NULL;
    g_autoptr (GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean whole = first != 0;
    if (!whole) first = store_setting_int(cycle->store, CURSOR_UID, 1);
    if (!whole && (store_setting_int(cycle->store, CURSOR_UIDVALIDITY, 0) != status.uidvalidity ||
                   rewound_below(&status, first)))
        first = G_MAXINT64;
    if (!whole && status.uidnext != 0)
        first = MIN(first, status.uidnext > LOOK_BACK ? status.uidnext - LOOK_BACK : 1);
    if (first == G_MAXINT64) first = 1;
    if (status.exists == 0 || (status.uidnext != 0 && first >= status.uidnext))
        return g_steal_pointer(&found);
    Search search = {.wanted = wanted, .found = found};
    static const char *const names[] = {"MESSAGE-ID", NULL};
    if (!imap_fetch_fields(cycle->imap, (guint32)first, 0, names, on_fields, &search, error)) return NULL;
    /* Of so many UIDs nothing: an ill server, or they were deleted. Of all mails something must come, or it
     * is an error: what is taken for not being there is sent again. */
    if (search.heard == 0 && first > 1 &&
        !imap_fetch_fields(cycle->imap, 1, 0, names, on_fields, &search, error))
        return NULL;
    if (copies) *copies = search.copies;
    return g_steal_pointer(&found);
}

/* Nothing is in flight: what Sent holds by now need not be looked at again. */
static gboolean move_cursor(Cycle *cycle, const char *folder, GError **error)
{
    ImapStatus status;
    if (!imap_examine(cycle->imap, folder, &status, error)) return FALSE;
    if (status.uidnext == 0) return TRUE;
    return store_set_setting_int(cycle->store, CURSOR_UIDVALIDITY, status.uidvalidity, error) &&
           store_set_setting_int(cycle->store, CURSOR_UID, status.uidnext, error);
}

static gboolean append_copy(Cycle *cycle, const char *folder, const StoreLetter *letter, GError **error)
{
    return imap_append(cycle->imap, folder, letter->bytes, IMAP_FLAG_SEEN, clock_now(&cycle->clock), NULL,
                       error) &&
           store_outbox_mark_sent(cycle->store, letter->id, error);
}

static gboolean kept_by_server(const Cycle *cycle)
{
    SentCopy how = cycle->config->smtp.sent_copy;
    g_autofree char *known = store_setting(cycle->store, COPY_BY);
    return how == SENT_COPY_SERVER || how == SENT_COPY_BCC ||
           (how == SENT_COPY_AUTO && g_strcmp0(known, "server") == 0);
}

static GHashTable *ids_of(const GPtrArray *letters, GHashTable *set)
{
    for (guint i = 0; i < letters->len; i++)
        g_hash_table_add(set, ((StoreLetter *)letters->pdata[i])->message_id);
    return set;
}

/* A database that is new may stand beside a Sent folder that is not: what waits here and lies there has gone.
 */
static gboolean first_look(Cycle *cycle, const char *folder, GError **error)
{
    g_autofree char *looked = store_setting(cycle->store, LOOKED);
    if (looked) return TRUE;
    g_autoptr (GPtrArray) queued = store_outbox_list(cycle->store, OUTBOX_QUEUED, error);
    if (!queued) return FALSE;
    g_autoptr (GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr (GHashTable) found = find_in_sent(cycle, folder, 1, ids_of(queued, wanted), NULL, error);
    if (!found) return FALSE;
    for (guint i = 0; i < queued->len; i++) {
        const StoreLetter *letter = queued->pdata[i];
        if (!g_hash_table_contains(found, letter->message_id)) continue;
        g_message("letter <%s> lies in %s already: it went before this database was made", letter->message_id,
                  folder);
        if (!store_outbox_mark_in_flight(cycle->store, letter->id, 0, error) ||
            !store_outbox_mark_sent(cycle->store, letter->id, error))
            return FALSE;
    }
    return store_set_setting(cycle->store, LOOKED, "yes", error);
}

/* When a letter that was in flight and has no copy may go again. Where somebody else makes the copy (the
 * server, or our own mailbox as a blind recipient) it may be on its way; and one to our own mailbox is
 * missing only when the mailbox was read whole since. */
static gint64 may_go_again(const Cycle *cycle, const StoreLetter *letter, gint64 now)
{
    const SmtpConfig *smtp = &cycle->config->smtp;
    gint64 wait = letter->next_at + smtp->copy_wait;
    if (!kept_by_server(cycle)) return now;
    gboolean unread =
        smtp->sent_copy == SENT_COPY_BCC && store_setting_int(cycle->store, "last_poll_at", 0) < wait;
    return MAX(wait, now + (unread ? cycle->config->imap.poll : 0));
}

/* One that was in flight when a run ended, and is in Sent or not. */
static gboolean land(Cycle *cycle, const StoreLetter *letter, gboolean found, GError **error)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC, wait = may_go_again(cycle, letter, now);
    if (!found && wait > now) {
        g_message("letter <%s> was in flight when the last run ended: waiting for its copy",
                  letter->message_id);
        cycle->temporary++;
        cycle->send_at = cycle->send_at ? MIN(cycle->send_at, wait) : wait;
        /* The clock was put back: the wait begins now. */
        return letter->next_at <= now || store_outbox_began(cycle->store, letter->id, now, error);
    }
    guint unanswered = store_tally(cycle->store, TALLY_UNANSWERED, letter->message_id);
    if (!found && (cycle->config->smtp.sent_copy == SENT_COPY_BCC || unanswered >= UNANSWERED_MOST)) {
        g_warning("letter <%s> to %s %s, and there is no copy of it in the mailbox: it may have gone; it is "
                  "held and listed in 待处理, 'baosong release' sends it again",
                  letter->message_id, letter->to,
                  unanswered ? "was taken by the server, which never answered"
                             : "was in flight when a run ended");
        return store_tally_end(cycle->store, TALLY_UNANSWERED, letter->message_id, error) &&
               store_outbox_mark_stuck(cycle->store, letter->id, OUTBOX_UNPROVEN, clock_now(&cycle->clock),
                                       error);
    }
    g_message("letter <%s> was in flight when the last run ended: %s", letter->message_id,
              found ? "it is in Sent" : "there is no copy of it, and it is sent again");
    if (found) return store_outbox_mark_sent(cycle->store, letter->id, error);
    /* Whoever takes letters and does not answer may have delivered them: no haste, so that he gets few. */
    gint64 at = unanswered ? now + pace_delay(unanswered, letter->message_id) : 0;
    return store_outbox_mark_deferred(cycle->store, letter->id, at, "the last run ended while sending",
                                      error);
}

/* Accepted, and not known to be in Sent yet. */
static gboolean keep_copy(Cycle *cycle, const char *folder, const StoreLetter *letter, gboolean found,
                          GError **error)
{
    if (!found && !folder && !kept_by_server(cycle)) return TRUE; /* sent_noted() */
    return found || kept_by_server(cycle) ? store_outbox_mark_sent(cycle->store, letter->id, error)
                                          : append_copy(cycle, folder, letter, error);
}

/* A copy that is refused (of that letter, or for now) keeps no others from being written; but a folder that
 * takes none is not asked for a whole season's, each time. */
static gboolean keep_copies(Cycle *cycle, const char *folder, const GPtrArray *accepted, GHashTable *found,
                            GError **error)
{
    g_autoptr (GError) refusal = NULL;
    guint refused = 0;
    for (guint i = 0; i < accepted->len && refused < REFUSED_MOST; i++) {
        const StoreLetter *letter = accepted->pdata[i];
        g_autoptr (GError) local = NULL;
        if (keep_copy(cycle, folder, letter, g_hash_table_contains(found, letter->message_id), &local))
            continue;
        if (!g_error_matches(local, NET_ERROR, NET_ERROR_REFUSED)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        refused++;
        if (!refusal) refusal = g_steal_pointer(&local);
    }
    if (!refusal) return TRUE;
    g_propagate_error(error, g_steal_pointer(&refusal));
    return FALSE;
}

static gboolean begin_doubt(Cycle *cycle, const StoreLetter *letter, GError **error)
{
    g_autofree char *doubt =
        g_strdup_printf("%" G_GINT64_FORMAT " %s", g_get_real_time() / G_USEC_PER_SEC, letter->message_id);
    return store_set_setting(cycle->store, DOUBT, doubt, error);
}

/* What the letter that is looked for shows: that it lies there once after all, or twice; and that twice
 * running. */
static gboolean end_doubt(Cycle *cycle, const char *folder, gboolean twice, GError **error)
{
    g_autofree char *before = store_setting(cycle->store, TWICE);
    if (!store_set_setting(cycle->store, DOUBT, NULL, error) ||
        !store_set_setting(cycle->store, TWICE, twice && !before ? "yes" : NULL, error))
        return FALSE;
    if (!twice || !before) return TRUE;
    g_message("the server keeps copies of letters in %s itself, only later: from now on it alone does",
              folder);
    return store_set_setting(cycle->store, COPY_BY, "server", error);
}

/* A server may take its time to keep its copy. Ours does not wait for it: without one a letter whose fate is
 * unknown goes again. So the letter that showed `append` is looked for again for copy_wait. If it lies there
 * twice by then, so does the next one: our own copy may be there twice (an APPEND that was never answered),
 * or a person's, and to rely on copies that do not come would cost the proof of all later letters. If both
 * do, the later ones need no copy of ours. */
static gboolean look_again(Cycle *cycle, const char *folder, GError **error)
{
    g_autofree char *doubt = store_setting(cycle->store, DOUBT);
    char *message_id;
    if (!doubt || cycle->config->smtp.sent_copy != SENT_COPY_AUTO) return TRUE;
    gint64 until = g_ascii_strtoll(doubt, &message_id, 10) + cycle->config->smtp.copy_wait;
    gboolean last = until <= g_get_real_time() / G_USEC_PER_SEC;
    guint copies;
    g_autoptr (GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_add(wanted, g_strchug(message_id));
    g_autoptr (GHashTable) found = find_in_sent(cycle, folder, 0, wanted, &copies, error);
    if (!found) return FALSE;
    return (copies < 2 && !last) || end_doubt(cycle, folder, copies >= 2, error);
}

static gboolean resolve(Cycle *cycle, const char *folder, GError **error)
{
    g_autoptr (GPtrArray) flying = store_outbox_list(cycle->store, OUTBOX_IN_FLIGHT, error);
    g_autoptr (GPtrArray) accepted = flying ? store_outbox_list(cycle->store, OUTBOX_ACCEPTED, error) : NULL;
    if (!accepted) return FALSE;
    if (folder && !(first_look(cycle, folder, error) && look_again(cycle, folder, error))) return FALSE;
    if (flying->len + accepted->len == 0)
        return !folder || store_outbox_next_at(cycle->store) == G_MAXINT64 ||
               move_cursor(cycle, folder, error);

    g_autoptr (GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    ids_of(accepted, ids_of(flying, wanted));
    g_autoptr (GHashTable)
        found = folder ? find_in_sent(cycle, folder, 0, wanted, NULL, error)
                       : g_hash_table_new(g_str_hash, g_str_equal);
    if (!found) return FALSE;
    for (guint i = 0; i < flying->len; i++) {
        const StoreLetter *letter = flying->pdata[i];
        if (letter->attempts == 0)
            continue; /* never tried here: follow_take_over() says what becomes of it */
        if (!land(cycle, letter, g_hash_table_contains(found, letter->message_id), error)) return FALSE;
    }
    return keep_copies(cycle, folder, accepted, found, error);
}

/* Only letters in flight or accepted need Sent, and they stay what they are: what is queued goes all the
 * same. */
gboolean sent_resolve(Cycle *cycle, GError **error)
{
    const char *folder = sent_folder(cycle);
    g_autoptr (GError) local = NULL;
    if (!cycle->imap || resolve(cycle, folder, &local)) return TRUE;
    g_autofree char *looked = store_setting(cycle->store, LOOKED);
    if (local->domain != NET_ERROR) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!looked) {
        g_propagate_prefixed_error(
            error, g_steal_pointer(&local),
            "nothing is sent before the folder of sent mail was looked into once, since "
            "letters may have gone before this database was made: ");
        return FALSE;
    }
    g_warning(
        "the folder of sent mail cannot be used now: %s; letters that wait for it wait on, the others are "
        "sent",
        local->message);
    cycle->temporary++;
    return TRUE;
}

/* Whether the provider keeps copies of what is submitted: the first letter shows it. */
static gboolean find_out(Cycle *cycle, const char *folder, const StoreLetter *letter, gboolean *server,
                         GError **error)
{
    g_autoptr (GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_add(wanted, letter->message_id);
    g_autoptr (GHashTable) found = find_in_sent(cycle, folder, 0, wanted, NULL, error);
    if (!found) return FALSE;
    *server = g_hash_table_size(found) > 0;
    return store_set_setting(cycle->store, COPY_BY, *server ? "server" : "append", error) &&
           (*server || begin_doubt(cycle, letter, error));
}

static gboolean copy(Cycle *cycle, const char *folder, const StoreLetter *letter, GError **error)
{
    g_autofree char *known = store_setting(cycle->store, COPY_BY);
    g_autofree char *twice = store_setting(cycle->store, TWICE), *doubt = store_setting(cycle->store, DOUBT);
    gboolean automatic = cycle->config->smtp.sent_copy == SENT_COPY_AUTO;
    if (automatic && !known) {
        gboolean server;
        if (!find_out(cycle, folder, letter, &server, error)) return FALSE;
        if (server) return store_outbox_mark_sent(cycle->store, letter->id, error);
    } else if (automatic && twice && !doubt && !begin_doubt(cycle, letter, error)) {
        return FALSE;
    }
    return append_copy(cycle, folder, letter, error);
}

gboolean sent_copy(Cycle *cycle, const StoreLetter *letter, GError **error)
{
    if (kept_by_server(cycle)) return store_outbox_mark_sent(cycle->store, letter->id, error);
    /* Else it stays accepted: sent_resolve() of a later pass writes the copy. */
    if (cycle->broken > RECONNECT_MOST || cycle->uncopied >= REFUSED_MOST || !cycle_reconnect(cycle))
        return TRUE;
    const char *folder = sent_folder(cycle);
    if (!folder) {
        if (cycle->uncopied++ == 0)
            g_message("the mailbox has no Sent folder: no copies are kept; name one in [imap] sent");
        return TRUE; /* stays accepted until the ledger says that it went: sent_noted() */
    }
    g_autoptr (GError) local = NULL;
    if (copy(cycle, folder, letter, &local)) return TRUE;
    if (local->domain != NET_ERROR) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    cycle->broken += !imap_alive(cycle->imap);
    if (cycle->uncopied++ == 0)
        g_warning(
            "the copy of letter <%s> cannot be written to %s now: %s; the next pass tries again, and so for "
            "others of this pass",
            letter->message_id, folder, local->message);
    cycle->temporary++;
    return TRUE;
}

gboolean sent_noted(Cycle *cycle, GError **error)
{
    if (!cycle->imap || !imap_alive(cycle->imap) || sent_folder(cycle)) return TRUE;
    g_autoptr (GPtrArray) accepted = store_outbox_list(cycle->store, OUTBOX_ACCEPTED, error);
    for (guint i = 0; accepted && i < accepted->len; i++)
        if (!store_outbox_mark_sent(cycle->store, ((StoreLetter *)accepted->pdata[i])->id, error))
            return FALSE;
    return accepted != NULL;
}
