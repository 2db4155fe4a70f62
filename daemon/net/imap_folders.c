/* imap_folders.c - which folders there are, and which is Sent or Junk. */
#include <string.h>

#include "daemon/net/imap.h"
#include "daemon/net/imap_session.h"
#include "daemon/net/mutf7.h"

#define LIST_BYTES (4u << 20) /* a mailbox with tens of thousands of folders */

char *imap_wire_name(const char *folder)
{
    return g_ascii_strcasecmp(folder, "INBOX") == 0 ? g_strdup("INBOX") : mutf7_encode(folder);
}

static const struct {
    const char *flag; /* without backslash */
    ImapRole role;
} roles_by_flag[] = {
    {"Junk", IMAP_ROLE_JUNK},     {"Spam", IMAP_ROLE_JUNK},   {"Sent", IMAP_ROLE_SENT},
    {"Drafts", IMAP_ROLE_DRAFTS}, {"Trash", IMAP_ROLE_TRASH},
};

/* Last part of the name, as the servers and programs that people use create them. */
static const struct {
    const char *name;
    ImapRole role;
} roles_by_name[] = {
    {"垃圾邮件", IMAP_ROLE_JUNK}, /* 163, 126, Coremail, Exchange, Foxmail */
    {"垃圾邮箱", IMAP_ROLE_JUNK},
    {"垃圾箱", IMAP_ROLE_JUNK},
    {"Junk", IMAP_ROLE_JUNK}, /* QQ, Dovecot */
    {"Junk E-mail", IMAP_ROLE_JUNK},
    {"Junk Email", IMAP_ROLE_JUNK},
    {"Junk Mail", IMAP_ROLE_JUNK},
    {"Spam", IMAP_ROLE_JUNK},
    {"Bulk Mail", IMAP_ROLE_JUNK},
    {"已发送", IMAP_ROLE_SENT},     /* 163, 126, Coremail */
    {"已发送邮件", IMAP_ROLE_SENT}, /* Exchange, Outlook */
    {"已发邮件", IMAP_ROLE_SENT},
    {"发件箱", IMAP_ROLE_SENT},
    {"Sent", IMAP_ROLE_SENT},
    {"Sent Messages", IMAP_ROLE_SENT}, /* QQ, Apple */
    {"Sent Items", IMAP_ROLE_SENT},
    {"Sent Mail", IMAP_ROLE_SENT},
    {"草稿箱", IMAP_ROLE_DRAFTS},
    {"草稿", IMAP_ROLE_DRAFTS},
    {"Drafts", IMAP_ROLE_DRAFTS},
    {"已删除", IMAP_ROLE_TRASH},
    {"已删除邮件", IMAP_ROLE_TRASH},
    {"Trash", IMAP_ROLE_TRASH},
    {"Deleted Messages", IMAP_ROLE_TRASH},
    {"Deleted Items", IMAP_ROLE_TRASH},
};

void imap_folder_free(ImapFolder *folder)
{
    if (folder == NULL) return;
    g_free(folder->name);
    g_free(folder);
}

static void take_flag(ImapFolder *folder, const char *flag)
{
    if (*flag == '\\') flag++;
    if (g_ascii_strcasecmp(flag, "NonExistent") == 0 || g_ascii_strcasecmp(flag, "Noselect") == 0)
        folder->selectable = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(roles_by_flag); i++) {
        if (g_ascii_strcasecmp(flag, roles_by_flag[i].flag) != 0) continue;
        folder->role = roles_by_flag[i].role;
        folder->role_certain = TRUE;
    }
}

static void take_flags(ImapFolder *folder, const struct mailimap_mbx_list_flags *flags)
{
    if (flags == NULL) return;
    if (flags->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG &&
        flags->mbf_sflag == MAILIMAP_MBX_LIST_SFLAG_NOSELECT)
        folder->selectable = FALSE;
    for (clistiter *at = clist_begin(flags->mbf_oflags); at != NULL; at = clist_next(at)) {
        const struct mailimap_mbx_list_oflag *flag = clist_content(at);
        if (flag->of_type == MAILIMAP_MBX_LIST_OFLAG_FLAG_EXT && flag->of_flag_ext != NULL)
            take_flag(folder, flag->of_flag_ext);
    }
}

static void guess_role(ImapFolder *folder)
{
    const char *last = folder->delimiter == '\0' ? NULL : strrchr(folder->name, folder->delimiter);
    last = last == NULL ? folder->name : last + 1;
    for (gsize i = 0; folder->role == IMAP_ROLE_NONE && i < G_N_ELEMENTS(roles_by_name); i++)
        if (g_ascii_strcasecmp(last, roles_by_name[i].name) == 0) folder->role = roles_by_name[i].role;
}

static ImapFolder *folder_from(const struct mailimap_mailbox_list *item)
{
    ImapFolder *folder = g_new0(ImapFolder, 1);
    folder->name = mutf7_decode(item->mb_name);
    if (folder->name == NULL) folder->name = net_text(item->mb_name, strlen(item->mb_name));
    folder->own = folder->name;
    folder->delimiter = item->mb_delimiter;
    folder->selectable = TRUE;
    take_flags(folder, item->mb_flag);
    if (g_ascii_strcasecmp(folder->name, "INBOX") == 0) {
        folder->role = IMAP_ROLE_INBOX;
        folder->role_certain = TRUE;
    }
    guess_role(folder);
    return folder;
}

/* Tagged OK; BAD and NO leave the connection as it was. */
static gboolean is_ok(const struct mailimap_response_done *done)
{
    return done->rsp_type == MAILIMAP_RESP_DONE_TYPE_TAGGED &&
           done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type == MAILIMAP_RESP_COND_STATE_OK;
}

/* RFC 6154 5.2. By hand: mailimap_custom_command() ends the line with a space, which Cyrus does not take. */
static int list_special_uses(ImapSession *session, clist **found)
{
    static const char line[] = "LIST \"\" \"*\" RETURN (SPECIAL-USE)\r\n";
    mailimap *etpan = session->etpan;
    struct mailimap_response *response = NULL;
    int result = mailimap_send_current_tag(etpan);
    if (result != MAILIMAP_NO_ERROR) return result;
    if (mailstream_write(etpan->imap_stream, line, sizeof line - 1) < 0 ||
        mailstream_flush(etpan->imap_stream) < 0 || mailimap_read_line(etpan) == NULL)
        return MAILIMAP_ERROR_STREAM;
    result = mailimap_parse_response(etpan, &response);
    if (result != MAILIMAP_NO_ERROR) return result;
    gboolean ok = is_ok(response->rsp_resp_done);
    mailimap_response_free(response);
    if (!ok) return MAILIMAP_ERROR_LIST;
    *found = etpan->imap_response_info->rsp_mailbox_list;
    etpan->imap_response_info->rsp_mailbox_list = NULL;
    return result;
}

/* A plain LIST need not name the special uses (RFC 6154 2); with LIST-EXTENDED one can ask for them. Where
 * that is refused after all (for libetpan BAD is an error of the protocol), the plain one tells whether the
 * line still makes sense. */
static int list(ImapSession *session, clist **found)
{
    if (imap_has(session, "SPECIAL-USE") && imap_has(session, "LIST-EXTENDED")) {
        int result = list_special_uses(session, found);
        if (result != MAILIMAP_ERROR_LIST && result != MAILIMAP_ERROR_PROTOCOL) return result;
    }
    return mailimap_list(session->etpan, "", "*", found);
}

/* --- our namespace ---------------------------------------------------------------------------- */

/* From "* NAMESPACE ((\"Mail/\" \"/\")) NIL NIL", as the first of ours has it: "Mail/". NULL if it is "", or
 * cannot be read. */
static char *prefix_from(const char *line)
{
    static const char begin[] = "* NAMESPACE ((\"";
    if (g_ascii_strncasecmp(line, begin, sizeof begin - 1) != 0) return NULL;
    const char *text = line + sizeof begin - 1, *end = strchr(text, '"');
    if (end == NULL || end == text || memchr(text, '\\', (gsize)(end - text)) != NULL) return NULL;
    g_autofree char *wire = g_strndup(text, (gsize)(end - text));
    return mutf7_decode(wire);
}

/* "" if our folders need no prefix, or the server does not say. Past libetpan, whose parser would end the
 * connection for an odd answer. */
static const char *own_prefix(ImapSession *session)
{
    if (session->prefix != NULL) return session->prefix;
    gboolean asked = imap_has(session, "NAMESPACE") && imap_session_begin(session, 0, NULL) &&
                     imap_stream_write(session->stream, "space NAMESPACE\r\n");
    gboolean ended = FALSE;
    for (char *line; asked && !ended && (line = imap_stream_read_line(session->stream)) != NULL;
         g_free(line)) {
        ended = g_str_has_prefix(line, "space ");
        if (session->prefix == NULL) session->prefix = prefix_from(line);
    }
    if (session->prefix == NULL) session->prefix = g_strdup("");
    return session->prefix;
}

/* Some folder lies below another that is not INBOX: that may be the prefix, or just a folder. */
static gboolean may_have_prefix(const GPtrArray *folders)
{
    for (guint i = 0; i < folders->len; i++) {
        const ImapFolder *folder = folders->pdata[i];
        const char *name = folder->name;
        const char *delimiter = folder->delimiter == '\0' ? NULL : strchr(name, folder->delimiter);
        gboolean below_inbox = delimiter == name + 5 && g_ascii_strncasecmp(name, "INBOX", 5) == 0;
        if (folder->selectable && delimiter != NULL && !below_inbox) return TRUE;
    }
    return FALSE;
}

static void take_prefix(ImapSession *session, GPtrArray *folders)
{
    if (!may_have_prefix(folders)) return;
    const char *prefix = own_prefix(session);
    for (guint i = 0; i < folders->len; i++) {
        ImapFolder *folder = folders->pdata[i];
        if (g_str_has_prefix(folder->name, prefix)) folder->own = folder->name + strlen(prefix);
    }
}

/* --- finding ---------------------------------------------------------------------------------- */

GPtrArray *imap_list_folders(ImapSession *session, GError **error)
{
    if (!imap_session_begin(session, LIST_BYTES, error)) return NULL;
    clist *found = NULL;
    int result = list(session, &found);
    g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func((GDestroyNotify)imap_folder_free);
    for (clistiter *at = found == NULL ? NULL : clist_begin(found); at != NULL; at = clist_next(at))
        g_ptr_array_add(folders, folder_from(clist_content(at)));
    if (found != NULL) mailimap_list_result_free(found);
    if (!imap_session_end(session, result, "LIST", error)) return NULL;
    take_prefix(session, folders);
    return g_steal_pointer(&folders);
}

static guint depth(const ImapFolder *folder)
{
    guint count = 0;
    for (const char *p = folder->own; folder->delimiter != '\0' && *p; p++) count += *p == folder->delimiter;
    return count;
}

const ImapFolder *imap_find_role(const GPtrArray *folders, ImapRole role)
{
    const ImapFolder *best = NULL;
    for (guint i = 0; i < folders->len; i++) {
        const ImapFolder *folder = folders->pdata[i];
        if (folder->role != role || !folder->selectable) continue;
        gboolean surer = best != NULL && folder->role_certain && !best->role_certain;
        gboolean alike = best != NULL && folder->role_certain == best->role_certain;
        if (best == NULL || surer || (alike && depth(folder) < depth(best))) best = folder;
    }
    return best;
}

static gboolean examine(ImapSession *session, const char *folder, GError **error)
{
    g_autofree char *wire = imap_wire_name(folder);
    g_autofree char *what = g_strdup_printf("EXAMINE of folder %s", folder);
    return imap_session_begin(session, 0, error) &&
           imap_session_end(session, mailimap_examine(session->etpan, wire), what, error);
}

/* NetEase under a name that is the customer's own, and that does not name ID among its capabilities. */
static gboolean wants_introduction(const ImapSession *session, const GError *refusal)
{
    return !session->introduced && g_error_matches(refusal, NET_ERROR, NET_ERROR_REFUSED) &&
           strstr(refusal->message, "Unsafe Login") != NULL;
}

gboolean imap_examine(ImapSession *session, const char *folder, ImapStatus *status, GError **error)
{
    g_autoptr (GError) local = NULL;
    *status = (ImapStatus){0};
    g_clear_pointer(&session->examined, g_free); /* a refusal leaves none, RFC 3501 6.3.1 */
    gboolean open = examine(session, folder, &local);
    if (!open && wants_introduction(session, local) && imap_session_introduce(session, NULL)) {
        g_clear_error(&local);
        open = examine(session, folder, &local);
    }
    if (!open) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    const struct mailimap_selection_info *info = session->etpan->imap_selection_info;
    if (info == NULL || info->sel_uidvalidity == 0) {
        g_set_error(error, NET_ERROR, NET_ERROR_REFUSED,
                    "%s: the server gives folder %s no UIDVALIDITY, so that mails cannot be told apart; use "
                    "a folder or "
                    "server that has it",
                    session->name, folder);
        return FALSE;
    }
    *status = (ImapStatus){info->sel_uidvalidity, info->sel_uidnext, info->sel_exists};
    session->examined = g_strdup(folder);
    session->exists = info->sel_exists;
    return TRUE;
}

/* Where a server keeps the folder that others call `name`; NULL if its folders have no hierarchy. Caller
 * frees. */
static char *below_inbox(const GPtrArray *folders, const char *name)
{
    for (guint i = 0; i < folders->len; i++) {
        const ImapFolder *folder = folders->pdata[i];
        if (folder->role == IMAP_ROLE_INBOX && folder->delimiter != '\0')
            return g_strdup_printf("%s%c%s", folder->name, folder->delimiter, name);
    }
    return NULL;
}

static const ImapFolder *find_exactly(const GPtrArray *folders, const char *name)
{
    for (guint i = 0; name != NULL && i < folders->len; i++)
        if (strcmp(((const ImapFolder *)folders->pdata[i])->name, name) == 0) return folders->pdata[i];
    return NULL;
}

/* Some keep all folders that people make below one that holds no mail: QQ below 其他文件夹. NULL if this is
 * none such. Caller frees. */
static char *in_container(const ImapFolder *container, const char *name)
{
    gboolean is_one = !container->selectable && container->delimiter != '\0' &&
                      strchr(container->name, container->delimiter) == NULL;
    return is_one ? g_strdup_printf("%s%c%s", container->name, container->delimiter, name) : NULL;
}

static const ImapFolder *find_in_containers(const GPtrArray *folders, const char *name)
{
    const ImapFolder *found = NULL;
    for (guint i = 0; i < folders->len && found == NULL; i++) {
        g_autofree char *within = in_container(folders->pdata[i], name);
        found = find_exactly(folders, within);
    }
    return found;
}

const ImapFolder *imap_find_folder(const GPtrArray *folders, const char *name)
{
    const ImapFolder *found = find_exactly(folders, name);
    if (found != NULL && found->selectable) return found;
    g_autofree char *below = below_inbox(folders, name);
    found = find_exactly(folders, below);
    for (guint i = 0; found == NULL && i < folders->len; i++)
        if (strcmp(((const ImapFolder *)folders->pdata[i])->own, name) == 0) found = folders->pdata[i];
    if (found == NULL || !found->selectable) found = find_in_containers(folders, name);
    return found != NULL && found->selectable ? found : NULL;
}

static gboolean create(ImapSession *session, const char *folder, GError **error)
{
    g_autofree char *wire = imap_wire_name(folder);
    g_autofree char *what = g_strdup_printf("CREATE of folder %s", folder);
    return imap_session_begin(session, 0, error) &&
           imap_session_end(session, mailimap_create(session->etpan, wire), what, error);
}

static gboolean create_with_prefix(ImapSession *session, const char *folder)
{
    const char *prefix = imap_alive(session) ? own_prefix(session) : "";
    g_autofree char *name = g_strconcat(prefix, folder, NULL);
    return *prefix != '\0' && imap_alive(session) && create(session, name, NULL);
}

static gboolean create_in_container(ImapSession *session, const GPtrArray *folders, const char *folder)
{
    gboolean made = FALSE;
    for (guint i = 0; i < folders->len && !made && imap_alive(session); i++) {
        g_autofree char *within = in_container(folders->pdata[i], folder);
        made = within != NULL && create(session, within, NULL);
    }
    return made;
}

/* Some refuse all that is not below INBOX or another folder, or lacks a prefix; and another instance may be
 * faster. */
gboolean imap_ensure_folder(ImapSession *session, const char *folder, GError **error)
{
    if (g_ascii_strcasecmp(folder, "INBOX") == 0) return TRUE;
    g_autoptr (GPtrArray) folders = imap_list_folders(session, error);
    if (folders == NULL) return FALSE;
    if (imap_find_folder(folders, folder) != NULL) return TRUE;
    g_autoptr (GError) local = NULL;
    if (create(session, folder, &local)) return TRUE;
    g_autofree char *below = below_inbox(folders, folder);
    if (below != NULL && imap_alive(session) && create(session, below, NULL)) return TRUE;
    if (create_with_prefix(session, folder) || create_in_container(session, folders, folder)) return TRUE;
    g_autoptr (GPtrArray) now = imap_alive(session) ? imap_list_folders(session, NULL) : NULL;
    if (now != NULL && imap_find_folder(now, folder) != NULL) return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}
