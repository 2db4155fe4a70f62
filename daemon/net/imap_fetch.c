/* imap_fetch.c - UID FETCH, one mail in memory at a time. */
#include <string.h>

#include "daemon/net/imap.h"
#include "daemon/net/imap_session.h"

#define ENTRY_BYTES   256 /* an answer with UID, INTERNALDATE, RFC822.SIZE (about 100), and its neighbours */
#define HEADER_BYTES  (1u << 20)     /* budget for one mail's header */
#define FIELDS_BYTES  (16u << 10)    /* budget for chosen header fields of one mail */
#define LISTING_BYTES (256ull << 20) /* budget of a listing, whatever EXISTS says: about a million mails */
#define FIRST_MAIL    315532800      /* 1980: servers that do not know a date say 1970 */

/* --- what a FETCH answer says ----------------------------------------------------------------- */

typedef struct Answer {
    guint32 uid; /* 0 = not said */
    guint32 size;
    gint64 internal_at;
    gboolean listed;                            /* size or date were said: no news of flags */
    struct mailimap_msg_att_body_section *body; /* NULL = not said, or NIL */
} Answer;

static gint64 instant(const struct mailimap_date_time *date)
{
    g_autoptr (GDateTime)
        utc = g_date_time_new_utc(date->dt_year, date->dt_month, date->dt_day, date->dt_hour, date->dt_min,
                                  MIN(date->dt_sec, 59)); /* leap second */
    if (utc == NULL || ABS(date->dt_zone) > 1500) return G_MININT64;
    int minutes = date->dt_zone / 100 * 60 + date->dt_zone % 100; /* +0830 is 830 */
    gint64 at = g_date_time_to_unix(utc) - minutes * 60;
    return at < FIRST_MAIL ? G_MININT64 : at;
}

static void take_item(Answer *answer, const struct mailimap_msg_att_static *item)
{
    switch (item->att_type) {
    case MAILIMAP_MSG_ATT_UID: answer->uid = item->att_data.att_uid; break;
    case MAILIMAP_MSG_ATT_RFC822_SIZE:
        answer->size = item->att_data.att_rfc822_size;
        answer->listed = TRUE;
        break;
    case MAILIMAP_MSG_ATT_INTERNALDATE:
        answer->listed = TRUE;
        if (item->att_data.att_internal_date != NULL)
            answer->internal_at = instant(item->att_data.att_internal_date);
        break;
    case MAILIMAP_MSG_ATT_BODY_SECTION:
        if (item->att_data.att_body_section != NULL && item->att_data.att_body_section->sec_body_part != NULL)
            answer->body = item->att_data.att_body_section;
        break;
    default: break;
    }
}

static Answer read_answer(struct mailimap_msg_att *message)
{
    Answer answer = {.internal_at = G_MININT64};
    for (clistiter *at = clist_begin(message->att_list); at != NULL; at = clist_next(at)) {
        const struct mailimap_msg_att_item *item = clist_content(at);
        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC && item->att_data.att_static != NULL)
            take_item(&answer, item->att_data.att_static);
    }
    return answer;
}

/* Takes the bytes out of libetpan's answer without copying them. */
static GBytes *steal_body(struct mailimap_msg_att_body_section *body)
{
    char *bytes = body->sec_body_part;
    body->sec_body_part = NULL;
    return g_bytes_new_with_free_func(bytes, body->sec_length, (GDestroyNotify)mailimap_nstring_free, bytes);
}

/* --- the command ------------------------------------------------------------------------------ */

/* Frees set and type. */
static gboolean fetch(ImapSession *session, struct mailimap_set *set, struct mailimap_fetch_type *type,
                      guint64 asked, void (*on_message)(struct mailimap_msg_att *, gpointer), gpointer data,
                      GError **error)
{
    gboolean done = imap_session_begin(session, asked, error);
    if (done) {
        clist *rest = NULL;
        session->on_message = on_message;
        session->on_message_data = data;
        int result = mailimap_uid_fetch(session->etpan, set, type, &rest);
        session->on_message = NULL;
        if (result == MAILIMAP_NO_ERROR && rest != NULL)
            mailimap_fetch_list_free(rest); /* after NO it is freed */
        done = imap_session_end(session, result, "FETCH", error);
    }
    mailimap_set_free(set);
    mailimap_fetch_type_free(type);
    return done;
}

static struct mailimap_fetch_type *fetch_type(struct mailimap_fetch_att *first, ...)
{
    struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();
    va_list more;
    va_start(more, first);
    for (struct mailimap_fetch_att *att = first; att != NULL; att = va_arg(more, struct mailimap_fetch_att *))
        mailimap_fetch_type_new_fetch_att_list_add(type, att);
    va_end(more);
    return type;
}

/* --- listing ---------------------------------------------------------------------------------- */

typedef struct Listing {
    guint32 first, last;
    GArray *entries;
    GHashTable *numbers; /* of messages (RFC 3501 2.3.1.2) that were listed */
    guint32 least, most; /* of them */
} Listing;

static void list_message(struct mailimap_msg_att *message, gpointer data)
{
    Listing *listing = data;
    Answer answer = read_answer(message);
    if (!answer.listed || answer.uid < listing->first || answer.uid > listing->last) return;
    guint32 number = message->att_number;
    g_hash_table_add(listing->numbers, GUINT_TO_POINTER(number));
    listing->least = MIN(listing->least, number);
    listing->most = MAX(listing->most, number);
    ImapEntry entry = {.uid = answer.uid, .size = answer.size, .internal_at = answer.internal_at};
    g_array_append_val(listing->entries, entry);
}

static gint by_uid(gconstpointer a, gconstpointer b)
{
    const ImapEntry *left = a, *right = b;
    return left->uid < right->uid ? -1 : left->uid > right->uid;
}

/* A server may mention a mail again (flags changed meanwhile): join what was said of one UID. */
static void sort_and_join(GArray *entries)
{
    g_array_sort(entries, by_uid);
    guint kept = 0;
    for (guint i = 0; i < entries->len; i++) {
        ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        ImapEntry *before = kept == 0 ? NULL : &g_array_index(entries, ImapEntry, kept - 1);
        if (before == NULL || before->uid != entry->uid) {
            g_array_index(entries, ImapEntry, kept++) = *entry;
            continue;
        }
        if (before->size == 0) before->size = entry->size;
        if (before->internal_at == G_MININT64) before->internal_at = entry->internal_at;
    }
    g_array_set_size(entries, kept);
}

/* Mails that are there for certain: as EXAMINE said, or fewer if some were expunged meanwhile. */
static guint32 still_there(const ImapSession *session)
{
    const struct mailimap_selection_info *info = session->etpan->imap_selection_info;
    return MIN(session->exists, info == NULL ? 0 : info->sel_exists);
}

/* Messages are numbered without a gap, in the order of their UIDs: what is missing between two was not said.
 * Nor was some of a folder of which fewer are listed than it has. */
static gboolean is_short(const ImapSession *session, const Listing *listing)
{
    guint count = g_hash_table_size(listing->numbers);
    gboolean whole = listing->first == 1 && listing->last == G_MAXUINT32;
    return (count > 0 && listing->most - listing->least >= count) || (whole && count < still_there(session));
}

/* An answer in which there is nothing of a folder with mails: who took it for empty would do much again. */
static void set_silent(const ImapSession *session, GError **error)
{
    g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL,
                "%s: folder %s has %u mails, and the server tells of none of them; we try again",
                session->name, session->examined, still_there(session));
}

static gboolean list(ImapSession *session, Listing *listing, guint32 last, GError **error)
{
    struct mailimap_fetch_type *type =
        fetch_type(mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_internaldate(),
                   mailimap_fetch_att_new_rfc822_size(), NULL);
    struct mailimap_set *set = mailimap_set_new_interval(listing->first, last); /* 0 is "*" */
    guint64 asked = MIN((guint64)session->exists * ENTRY_BYTES, LISTING_BYTES);
    listing->least = G_MAXUINT32;
    listing->most = 0;
    g_hash_table_remove_all(listing->numbers);
    return fetch(session, set, type, asked, list_message, listing, error);
}

GArray *imap_list_uids(ImapSession *session, guint32 first, guint32 last, GError **error)
{
    g_autoptr (GArray) entries = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    g_autoptr (GHashTable) numbers = g_hash_table_new(NULL, NULL);
    Listing listing = {MAX(first, 1), last == 0 ? G_MAXUINT32 : last, entries, numbers, 0, 0};
    /* Once more where some are missing: they were expunged, and the numbers close up; or the server says them
     * now. */
    if (!list(session, &listing, last, error) ||
        (is_short(session, &listing) && !list(session, &listing, last, error)))
        return NULL;
    gboolean lacks = is_short(session, &listing);
    if (lacks && entries->len == 0) {
        set_silent(session, error);
        return NULL;
    }
    if (lacks)
        g_message("%s: the server lists fewer mails of folder %s than it has (%u, and numbers go from %u to "
                  "%u): see whether the mailbox shows more",
                  session->name, session->examined, g_hash_table_size(numbers), listing.least, listing.most);
    sort_and_join(entries);
    return g_steal_pointer(&entries);
}

/* --- bodies ----------------------------------------------------------------------------------- */

typedef struct Delivery {
    GHashTable *asked; /* UIDs still to come -> size; NULL = any in first..last that is not in `came` */
    GHashTable *came;
    guint32 first, last;
    ImapMailFunc func;
    gpointer data;
    gboolean stopped;
} Delivery;

/* Nothing of a mail that has a size is as good as NIL. */
static gboolean expects(Delivery *delivery, guint32 uid, gsize length)
{
    gpointer key = GUINT_TO_POINTER(uid), size;
    if (delivery->asked != NULL)
        return g_hash_table_lookup_extended(delivery->asked, key, NULL, &size) &&
               (length > 0 || GPOINTER_TO_UINT(size) == 0) && g_hash_table_remove(delivery->asked, key);
    return uid >= delivery->first && uid <= delivery->last && g_hash_table_add(delivery->came, key);
}

static void deliver_message(struct mailimap_msg_att *message, gpointer data)
{
    Delivery *delivery = data;
    Answer answer = read_answer(message);
    if (delivery->stopped || answer.body == NULL || answer.uid == 0 ||
        !expects(delivery, answer.uid, answer.body->sec_length))
        return;
    g_autoptr (GBytes) raw = steal_body(answer.body);
    delivery->stopped = !delivery->func(answer.uid, raw, delivery->data);
}

/* The UIDs as few intervals as they allow. */
static struct mailimap_set *set_of(const ImapEntry *entries, guint count)
{
    struct mailimap_set *set = mailimap_set_new_empty();
    for (guint i = 0; i < count;) {
        guint32 first = entries[i].uid, last = first;
        for (i++; i < count && entries[i].uid == last + 1; i++) last++;
        mailimap_set_add_interval(set, first, last);
    }
    return set;
}

static gboolean fetch_entries(ImapSession *session, const ImapEntry *entries, guint count,
                              struct mailimap_section *section, guint64 asked, ImapMailFunc func,
                              gpointer data, GError **error)
{
    g_autoptr (GHashTable) uids = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < count; i++)
        g_hash_table_insert(uids, GUINT_TO_POINTER(entries[i].uid), GUINT_TO_POINTER(entries[i].size));
    Delivery delivery = {.asked = uids, .func = func, .data = data};
    struct mailimap_fetch_type *type =
        fetch_type(mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_body_peek_section(section), NULL);
    return fetch(session, set_of(entries, count), type, asked, deliver_message, &delivery, error);
}

gboolean imap_fetch_mails(ImapSession *session, const ImapEntry *entries, guint count, ImapMailFunc func,
                          gpointer data, GError **error)
{
    guint64 asked = 0;
    for (guint i = 0; i < count; i++) asked += (guint64)entries[i].size + ENTRY_BYTES;
    if (count == 0) return TRUE;
    return fetch_entries(session, entries, count, mailimap_section_new(NULL), asked, func, data, error);
}

gboolean imap_fetch_headers(ImapSession *session, const ImapEntry *entries, guint count, ImapMailFunc func,
                            gpointer data, GError **error)
{
    if (count == 0) return TRUE;
    return fetch_entries(session, entries, count, mailimap_section_new_header(),
                         (guint64)count * HEADER_BYTES, func, data, error);
}

gboolean imap_fetch_fields(ImapSession *session, guint32 first, guint32 last, const char *const *names,
                           ImapMailFunc func, gpointer data, GError **error)
{
    clist *list = clist_new();
    for (gsize i = 0; names[i] != NULL; i++) clist_append(list, strdup(names[i]));
    struct mailimap_section *section = mailimap_section_new_header_fields(mailimap_header_list_new(list));
    struct mailimap_fetch_type *type =
        fetch_type(mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_body_peek_section(section), NULL);
    g_autoptr (GHashTable) came = g_hash_table_new(NULL, NULL);
    Delivery delivery = {.came = came, .first = MAX(first, 1), .last = last == 0 ? G_MAXUINT32 : last};
    delivery.func = func;
    delivery.data = data;
    struct mailimap_set *set = mailimap_set_new_interval(delivery.first, last);
    guint64 asked = MIN((guint64)session->exists * FIELDS_BYTES, LISTING_BYTES);
    if (!fetch(session, set, type, asked, deliver_message, &delivery, error)) return FALSE;
    gboolean silent = first <= 1 && last == 0 && g_hash_table_size(came) == 0 && still_there(session) > 0;
    if (silent) set_silent(session, error);
    return !silent;
}
