/* imap_append.c - puts a mail into a folder. */
#include "daemon/net/imap_session.h"

static struct mailimap_flag_list *flag_list(guint flags)
{
    struct mailimap_flag_list *list = mailimap_flag_list_new_empty();
    if (flags & IMAP_FLAG_SEEN) mailimap_flag_list_add(list, mailimap_flag_new_seen());
    if (flags & IMAP_FLAG_DRAFT) mailimap_flag_list_add(list, mailimap_flag_new_draft());
    return list;
}

static struct mailimap_date_time *date_time(gint64 at)
{
    g_autoptr (GDateTime) utc = at == G_MININT64 ? NULL : g_date_time_new_from_unix_utc(at);
    if (utc == NULL) return NULL;
    return mailimap_date_time_new(g_date_time_get_day_of_month(utc), g_date_time_get_month(utc),
                                  g_date_time_get_year(utc), g_date_time_get_hour(utc),
                                  g_date_time_get_minute(utc), g_date_time_get_second(utc), 0);
}

static gboolean append(ImapSession *session, const char *folder, GBytes *mail, guint flags,
                       gint64 internal_at, ImapAppended *done, GError **error)
{
    if (!imap_session_begin(session, g_bytes_get_size(mail), error)) return FALSE;
    imap_stream_await(session->stream);
    g_autofree char *wire = imap_wire_name(folder);
    g_autofree char *what = g_strdup_printf("APPEND to folder %s", folder);
    struct mailimap_flag_list *list = flag_list(flags);
    struct mailimap_date_time *date = date_time(internal_at);
    gsize size = 0;
    const char *bytes = g_bytes_get_data(mail, &size);
    int result = mailimap_uidplus_append(session->etpan, wire, list, date, bytes, size, &done->uidvalidity,
                                         &done->uid);
    mailimap_flag_list_free(list);
    if (date != NULL) mailimap_date_time_free(date);
    return imap_session_end(session, result, what, error);
}

/* Without a word to the mails: a folder opened with EXAMINE is not expunged (RFC 3501 6.4.2). */
static gboolean leave_folder(ImapSession *session)
{
    return imap_session_begin(session, 0, NULL) &&
           imap_session_end(session, mailimap_close(session->etpan), "CLOSE", NULL);
}

gboolean imap_append(ImapSession *session, const char *folder, GBytes *mail, guint flags, gint64 internal_at,
                     ImapAppended *appended, GError **error)
{
    ImapAppended done = {0};
    g_autoptr (GError) local = NULL;
    gboolean kept = append(session, folder, mail, flags, internal_at, &done, &local);
    /* Courier takes no mail into the folder that one has open with EXAMINE. */
    if (!kept && g_error_matches(local, NET_ERROR, NET_ERROR_REFUSED) &&
        g_strcmp0(session->examined, folder) == 0 && leave_folder(session)) {
        ImapStatus status;
        g_clear_error(&local);
        kept = append(session, folder, mail, flags, internal_at, &done, &local);
        if (imap_alive(session)) imap_examine(session, folder, &status, NULL);
    }
    if (!kept) g_propagate_error(error, g_steal_pointer(&local));
    if (appended != NULL) *appended = done;
    return kept;
}
