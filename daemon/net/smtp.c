/* smtp.c - libcurl speaks SMTP; we listen in, to know which recipient was refused and how far a mail had
 * come. */
#include "daemon/net/smtp.h"

#include <string.h>

#include "daemon/net/connect.h"
#include "daemon/net/connect_error.h"

#define COMMAND_SECONDS 300

/* How far the current mail has come. */
typedef enum Stage { STAGE_CONNECT, STAGE_MAIL, STAGE_RCPT, STAGE_DATA } Stage;

struct SmtpSession {
    Target *target;
    Trust *trust;
    CURL *handle;
    Talk talk;
    /* of the mail being sent */
    Stage stage;
    guint lines_before; /* talk.lines when the last command (or the last byte) went out */
    const char *bytes;  /* what remains to give to libcurl */
    gsize left;
    gsize sent, size;        /* bytes of the mail on the wire, and of the whole */
    struct curl_slist *list; /* who is asked for, in this order */
    struct curl_slist *next; /* whose RCPT comes next; NULL: no more */
    const char *recipient;   /* whose RCPT waits for its reply, or NULL */
    gboolean quitting;       /* libcurl says QUIT after a failure: what comes then is not about the mail */
    int code;                /* last reply about the mail, 0 if the last command got none */
    char *text;              /* of that reply */
    GPtrArray *refused;      /* of SmtpRefusal* */
    gboolean accepted;       /* the last mail of this session that showed it was */
    GHashTable *closed;      /* char*: recipients who take no mail from outside, as this session showed */
    const SmtpEnvelope *envelope;
    gboolean called_off; /* by us, after the recipients: no final dot was said */
    gboolean too_late;   /* because we may not send any more */
};

static void refusal_free(SmtpRefusal *refusal)
{
    g_free(refusal->address);
    g_free(refusal->text);
    g_free(refusal);
}

void smtp_result_free(SmtpResult *result)
{
    if (result == NULL) return;
    g_free(result->text);
    g_ptr_array_unref(result->refused);
    g_clear_error(&result->error);
    g_free(result);
}

/* --- listening -------------------------------------------------------------------------------- */

/* The last command is over: keeps its reply, and whom it refused. */
static void settle_command(SmtpSession *session)
{
    gboolean answered = session->talk.lines > session->lines_before;
    if (session->quitting) return;
    session->code = answered ? talk_code(&session->talk) : 0;
    g_free(session->text);
    session->text = talk_text(&session->talk);
    if (session->recipient != NULL && session->code >= 400) {
        SmtpRefusal *refusal = g_new0(SmtpRefusal, 1);
        *refusal = (SmtpRefusal){g_strdup(session->recipient), session->code, g_strdup(session->text)};
        g_ptr_array_add(session->refused, refusal);
    }
    session->recipient = NULL;
}

/* As the envelope has him: libcurl says the domain in another way if it is not ASCII. */
static void hear_recipient(SmtpSession *session)
{
    session->recipient = session->next != NULL ? session->next->data : NULL;
    if (session->next != NULL) session->next = session->next->next;
}

static void hear_command(SmtpSession *session, const char *bytes, gsize length)
{
    static const struct {
        const char *verb;
        Stage stage;
    } verbs[] = {{"MAIL FROM:", STAGE_MAIL}, {"RCPT TO:", STAGE_RCPT}, {"DATA", STAGE_DATA}};
    settle_command(session);
    g_autofree char *line = g_strndup(bytes, length);
    if (g_str_has_prefix(line, "QUIT")) session->quitting = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (g_str_has_prefix(line, verbs[i].verb)) session->stage = verbs[i].stage;
    if (g_str_has_prefix(line, "RCPT TO:")) hear_recipient(session);
    session->lines_before = session->talk.lines;
}

/* CURLOPT_DEBUGFUNCTION. Commands hold the password too: nothing here may be logged. */
static int listen_in(CURL *handle, curl_infotype type, char *bytes, size_t length, void *data)
{
    SmtpSession *session = data;
    if (type == CURLINFO_HEADER_OUT) hear_command(session, bytes, length);
    if (type == CURLINFO_DATA_OUT) {
        session->sent += length;
        session->lines_before = session->talk.lines;
    }
    return 0;
}

static gboolean is_refused(const SmtpSession *session, const char *address)
{
    for (guint i = 0; i < session->refused->len; i++)
        if (strcmp(((const SmtpRefusal *)session->refused->pdata[i])->address, address) == 0) return TRUE;
    return FALSE;
}

/* "Not understood", "not now", "not with that" (RFC 5321, 4.2.2) say that we and the server are out of step,
 * as after bytes that nobody said: never that this mail is not wanted. So may a 501, unless it says that it
 * is about an address (RFC 3463, 3.2): it may answer the command before. libcurl hangs up after each refusal,
 * so the next try begins in step. */
static SmtpOutcome outcome_of_reply(int code, const char *text)
{
    static const int out_of_step[] = {500, 502, 503, 504};
    for (gsize i = 0; i < G_N_ELEMENTS(out_of_step); i++)
        if (code == out_of_step[i]) return SMTP_TEMPORARY;
    if (code == 501 && strstr(text, " 5.1.") == NULL) return SMTP_TEMPORARY;
    return code < 500 ? SMTP_TEMPORARY : SMTP_PERMANENT;
}

/* When nobody was accepted: later only if somebody may be accepted later. */
static SmtpOutcome outcome_of_refusals(const GPtrArray *refused)
{
    for (guint i = 0; i < refused->len; i++) {
        const SmtpRefusal *refusal = refused->pdata[i];
        if (outcome_of_reply(refusal->code, refusal->text) == SMTP_TEMPORARY) return SMTP_TEMPORARY;
    }
    return SMTP_PERMANENT;
}

/* libcurl goes on as long as one recipient was accepted. */
static gboolean is_worth_sending(const SmtpSession *session)
{
    const SmtpEnvelope *envelope = session->envelope;
    gboolean anybody = FALSE;
    for (gsize i = 0; envelope->recipients[i] != NULL; i++)
        anybody |= !is_refused(session, envelope->recipients[i]);
    return anybody && !(envelope->together && outcome_of_refusals(session->refused) == SMTP_TEMPORARY);
}

/* Asked for the first byte once the recipients are known. To go without the final dot is the only way to
 * leave DATA, and what ends so nobody keeps. */
static size_t give_bytes(char *buffer, size_t size, size_t count, void *data)
{
    SmtpSession *session = data;
    const SmtpEnvelope *envelope = session->envelope;
    gboolean begins = session->left == session->size;
    session->too_late = begins && envelope->may_send != NULL && !envelope->may_send(envelope->data);
    session->called_off = begins && (session->too_late || !is_worth_sending(session));
    if (session->called_off) return CURL_READFUNC_ABORT;
    gsize length = MIN(size * count, session->left);
    memcpy(buffer, session->bytes, length);
    session->bytes += length;
    session->left -= length;
    return length;
}

/* --- opening ---------------------------------------------------------------------------------- */

gboolean smtp_url_is_loopback(const char *url)
{
    g_autoptr (Target) target = target_new(url, "smtp", NULL);
    return target != NULL && target->loopback;
}

static void set_handlers(SmtpSession *session, guint seconds)
{
    if (seconds == 0) seconds = COMMAND_SECONDS;
    curl_easy_setopt(session->handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(session->handle, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(session->handle, CURLOPT_READDATA, session);
    curl_easy_setopt(session->handle, CURLOPT_VERBOSE, 1L); /* or the debug function is not called */
    curl_easy_setopt(session->handle, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(session->handle, CURLOPT_DEBUGDATA, session);
    curl_easy_setopt(session->handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    curl_easy_setopt(session->handle, CURLOPT_TIMEOUT, (long)seconds);
    /* The answer to the final dot may take as long as the server's spam check does. */
    curl_easy_setopt(session->handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)seconds);
}

static gboolean is_full_name(const char *name)
{
    return name != NULL && strchr(name, '.') != NULL && *name != '.' &&
           !g_str_has_suffix(name, ".localdomain") && !g_hostname_is_ip_address(name) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == strlen(name);
}

/* RFC 5321 4.1.1.1: the client's full name, and where it has none its address. libcurl says the host name up
 * to its first dot, which strict servers refuse; it takes another from the url's path. */
static void set_ehlo(SmtpSession *session)
{
    const char *host = g_get_host_name();
    g_autofree char *name = is_full_name(host) ? g_strdup(host) : target_own_literal(session->target);
    if (name == NULL) return; /* nor will there be a connection */
    g_autofree char *url = g_strdup_printf("%s/%s", session->target->url, name);
    curl_easy_setopt(session->handle, CURLOPT_URL, url); /* copied */
}

SmtpSession *smtp_open(NetEndpoint *endpoint, GError **error)
{
    g_autoptr (SmtpSession) session = g_new0(SmtpSession, 1);
    session->refused = g_ptr_array_new_with_free_func((GDestroyNotify)refusal_free);
    session->closed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    session->target = target_new(endpoint->url, "smtp", error);
    if (session->target != NULL) {
        gboolean trusts = endpoint->ca_file != NULL && *endpoint->ca_file != '\0';
        gboolean plain = session->target->loopback && !session->target->tls_first && !trusts;
        session->trust = trust_new(endpoint->ca_file, error);
        if (session->trust != NULL)
            session->handle =
                connect_handle_new(endpoint, session->target, plain, session->trust, &session->talk);
    }
    net_endpoint_wipe(endpoint);
    if (session->handle == NULL) return NULL;
    set_handlers(session, endpoint->command_timeout_seconds);
    set_ehlo(session);
    return g_steal_pointer(&session);
}

void smtp_close(SmtpSession *session)
{
    if (session == NULL) return;
    if (session->handle != NULL) curl_easy_cleanup(session->handle); /* says QUIT */
    talk_clear(&session->talk);
    trust_free(session->trust);
    target_free(session->target);
    g_ptr_array_unref(session->refused);
    g_hash_table_unref(session->closed);
    g_free(session->text);
    g_free(session);
}

/* --- sending ---------------------------------------------------------------------------------- */

/* Line ends as SMTP wants them: every CR, LF or CR LF becomes CR LF. */
static GBytes *with_crlf(GBytes *mail)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(mail, &length);
    GByteArray *out = g_byte_array_sized_new((guint)(length + length / 32 + 2));
    for (gsize i = 0; i < length;) {
        gsize run = i;
        while (run < length && bytes[run] != '\r' && bytes[run] != '\n') run++;
        g_byte_array_append(out, (const guint8 *)bytes + i, (guint)(run - i));
        if (run < length) g_byte_array_append(out, (const guint8 *)"\r\n", 2);
        i = run + (run + 1 < length && bytes[run] == '\r' && bytes[run + 1] == '\n' ? 2 : 1);
    }
    return g_byte_array_free_to_bytes(out);
}

/* An address that cannot end its <> or its line. */
static gboolean address_is_safe(const char *address)
{
    for (const char *p = address; *p != '\0'; p++)
        if ((guchar)*p <= ' ' || *p == 0x7f || *p == '<' || *p == '>') return FALSE;
    return strlen(address) <= 320;
}

static SmtpResult *result_new(SmtpOutcome outcome, int code, char *text)
{
    SmtpResult *result = g_new0(SmtpResult, 1);
    result->outcome = outcome;
    result->code = code;
    result->text = text;
    result->refused = g_ptr_array_new_with_free_func((GDestroyNotify)refusal_free);
    return result;
}

static SmtpResult *bad_address(const char *address)
{
    g_autofree char *shown = net_text(address, strlen(address));
    return result_new(SMTP_PERMANENT, 0, g_strdup_printf("\"%s\" cannot be an address", shown));
}

/* Replies that speak of us or of the server, not of this mail: other mails would meet the same. */
static const struct {
    int code;
    NetError error;
    const char *what;
} not_the_mail[] = {
    {421, NET_ERROR_CONNECT, "the server is closing; we try again"},
    {503, NET_ERROR_PROTOCOL,
     "the server is out of step with us, or wants a login first; set user and password_file"},
    {530, NET_ERROR_AUTH, "the server wants a login that did not take place; set user and password_file"},
    {534, NET_ERROR_AUTH, "the server wants another kind of login"},
    {535, NET_ERROR_AUTH, "the server refused the login; check user and the password file"},
    {538, NET_ERROR_AUTH, "the server wants TLS before the login; use smtps://"},
};

static SmtpResult *fault_of_server(const SmtpSession *session, NetError error, const char *what)
{
    SmtpResult *result = result_new(SMTP_TEMPORARY, session->code, g_strdup(session->text));
    g_set_error(&result->error, NET_ERROR, error, "%s:%u: %s (\"%s\")", session->target->host,
                session->target->port, what, session->text);
    return result;
}

static const char sender_refused[] = "the server takes no mail from us; [desk] address must be one that "
                                     "[smtp] user may send for, and that its "
                                     "provider has not locked";
static const char machine_refused[] =
    "the server takes no mail from this machine; set [smtp] user and password_file if it wants a login, or "
    "ask its operator what it has against our name or address";

/* Many servers keep what they have against the sender, or against us, until RCPT (Postfix does so unless told
 * otherwise) or the end of the text. In lower case. */
static const struct {
    const char *words;
    const char *what;
} about_us[] = {
    {"sender address rejected", sender_refused}, {"not owned by user", sender_refused},
    {"sender verify failed", sender_refused},    {"sender denied", sender_refused},
    {"mail from must equal", sender_refused},    {"helo command rejected", machine_refused},
    {"client host rejected", machine_refused},
};

/* What a reply says against us; NULL if it speaks of something else: of the recipient, whose server it may
 * quote, or of him and us being strangers, which passes. */
static const char *words_against_us(const char *text)
{
    static const char *const others[] = {"recipient address rejected", "greylist", "graylist"};
    g_autofree char *lower = g_utf8_strdown(text, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (strstr(lower, others[i]) != NULL) return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(about_us); i++)
        if (strstr(lower, about_us[i].words) != NULL) return about_us[i].what;
    return NULL;
}

/* The answer to MAIL is about the sender, who is the same in all letters, unless the size is too large. */
static const char *against_sender(const SmtpSession *session)
{
    gboolean understood =
        session->code < 500 || outcome_of_reply(session->code, session->text) == SMTP_PERMANENT;
    const char *what = words_against_us(session->text);
    return what != NULL ? what : session->code != 552 && understood ? sender_refused : NULL;
}

/* The same of RCPT and of the text, and to whom it was said first. */
static const char *against_recipient(const SmtpSession *session, const char **address)
{
    *address = session->envelope->recipients[0];
    if (session->stage != STAGE_RCPT) return words_against_us(session->text);
    const char *what = NULL;
    for (guint i = 0; what == NULL && i < session->refused->len; i++) {
        const SmtpRefusal *refusal = session->refused->pdata[i];
        what = words_against_us(refusal->text);
        *address = refusal->address;
    }
    return what;
}

/* What the refusal means if it is about us, else NULL. Who has just taken a mail of ours in this session has
 * nothing against us: then it is that recipient who does not want mail from outside. But two of them running
 * are one too many: the server has had enough of us meanwhile. One who says it again is still one. */
static const char *against_us(SmtpSession *session)
{
    const char *address;
    if (session->stage == STAGE_MAIL) return against_sender(session);
    const char *what = against_recipient(session, &address);
    if (what == NULL || g_hash_table_contains(session->closed, address)) return NULL;
    if (!session->accepted) return what;
    session->accepted = FALSE;
    g_hash_table_add(session->closed, g_strdup(address));
    return NULL;
}

/* TEMPORARY with an error if the reply is one of those, else NULL. */
static SmtpResult *judge_server(SmtpSession *session)
{
    for (gsize i = 0; i < G_N_ELEMENTS(not_the_mail); i++)
        if (not_the_mail[i].code == session->code)
            return fault_of_server(session, not_the_mail[i].error, not_the_mail[i].what);
    const char *what = against_us(session);
    if (what == NULL) return NULL;
    NetError error = session->code < 500 ? NET_ERROR_CONNECT : NET_ERROR_AUTH;
    if (session->code < 500) what = "the server takes no mail from us now; we try again";
    SmtpResult *result = fault_of_server(session, error, what);
    result->doubtful = session->stage != STAGE_MAIL;
    return result;
}

/* Some servers close the connection with the refusal of a recipient (521, 421), though others were accepted:
 * what comes next gets no answer. */
static gboolean hung_up_on_recipients(const SmtpSession *session, CURLcode code)
{
    return code != CURLE_OK && session->refused->len > 0 && session->code == 0 && session->sent == 0;
}

/* The refusal that decides: one for now, if there is any. */
static SmtpResult *judge_refusals(const SmtpSession *session)
{
    SmtpOutcome outcome = outcome_of_refusals(session->refused);
    const SmtpRefusal *refusal = session->refused->pdata[0];
    for (guint i = 1; i < session->refused->len && outcome_of_reply(refusal->code, refusal->text) != outcome;
         i++)
        refusal = session->refused->pdata[i];
    return result_new(outcome, refusal->code, g_strdup(refusal->text));
}

/* What became of the mail, from what libcurl says and what we heard. */
static SmtpResult *judge(SmtpSession *session, CURLcode code)
{
    if (code == CURLE_OK) return result_new(SMTP_ACCEPTED, session->code, g_strdup(session->text));
    if (session->too_late)
        return fault_of_server(session, NET_ERROR_TIMEOUT,
                               "it took so long that another instance may send by now");
    gboolean hung_up = hung_up_on_recipients(session, code);
    if (session->called_off || (hung_up && !is_worth_sending(session))) return judge_refusals(session);
    /* What is no refusal (RFC 5321, 4.2.1) says nothing about the mail. */
    if (session->stage > STAGE_CONNECT && session->code >= 400 && session->code < 600) {
        SmtpResult *result = judge_server(session);
        if (result != NULL) return result;
        if (session->stage == STAGE_RCPT && session->refused->len > 0) return judge_refusals(session);
        return result_new(outcome_of_reply(session->code, session->text), session->code,
                          g_strdup(session->text));
    }
    GError *error = NULL;
    connect_set_error(&error, session->target, session->handle, code, &session->talk);
    gboolean complete = session->stage == STAGE_DATA && session->sent >= session->size && session->size > 0;
    SmtpResult *result = result_new(complete ? SMTP_UNKNOWN : SMTP_TEMPORARY, 0, g_strdup(error->message));
    result->error = error;
    return result;
}

static CURLcode perform(SmtpSession *session, GBytes *mail)
{
    session->bytes = g_bytes_get_data(mail, &session->size);
    session->left = session->size;
    session->sent = 0;
    session->stage = STAGE_CONNECT;
    session->quitting = session->called_off = session->too_late = FALSE;
    session->lines_before = session->talk.lines;
    session->talk.error[0] = '\0';
    session->recipient = NULL;
    session->next = session->list;
    CURLcode code = curl_easy_perform(session->handle);
    settle_command(session);
    return code;
}

/* The server had closed the connection of the mail before; MAIL got no answer, so nothing can have been
 * taken. */
static gboolean was_stale(const SmtpSession *session, CURLcode code)
{
    long connections = 0;
    curl_easy_getinfo(session->handle, CURLINFO_NUM_CONNECTS, &connections);
    return code != CURLE_OK && connections == 0 && session->stage <= STAGE_MAIL &&
           (session->code == 0 || session->code == 421);
}

/* Those of the envelope that were not refused; NULL if there is nobody. Caller frees. */
static struct curl_slist *list_of(const SmtpSession *session)
{
    const SmtpEnvelope *envelope = session->envelope;
    struct curl_slist *list = NULL;
    for (gsize i = 0; envelope->recipients[i] != NULL; i++)
        if (!is_refused(session, envelope->recipients[i]))
            list = curl_slist_append(list, envelope->recipients[i]);
    const char *copy_to = envelope->copy_to != NULL ? envelope->copy_to : "";
    return *copy_to != '\0' && !is_refused(session, copy_to) ? curl_slist_append(list, copy_to) : list;
}

/* To all of them, but for those that were refused before; who is refused now joins these. */
static CURLcode perform_for(SmtpSession *session, GBytes *mail)
{
    session->list = list_of(session);
    curl_easy_setopt(session->handle, CURLOPT_MAIL_RCPT, session->list);
    CURLcode code = perform(session, mail);
    if (was_stale(session, code)) code = perform(session, mail);
    curl_easy_setopt(session->handle, CURLOPT_MAIL_RCPT, NULL);
    g_clear_pointer(&session->list, curl_slist_free_all);
    session->next = NULL;
    session->recipient = NULL;
    return code;
}

SmtpResult *smtp_send(SmtpSession *session, const SmtpEnvelope *envelope, GBytes *mail)
{
    const char *copy_to = envelope->copy_to != NULL ? envelope->copy_to : "";
    const char *const *recipients = envelope->recipients;
    if (!address_is_safe(envelope->from)) return bad_address(envelope->from);
    if (!address_is_safe(copy_to)) return bad_address(copy_to);
    for (gsize i = 0; recipients[i] != NULL; i++)
        if (!address_is_safe(recipients[i]) || *recipients[i] == '\0') return bad_address(recipients[i]);
    session->envelope = envelope;
    g_ptr_array_set_size(session->refused, 0);
    g_autoptr (GBytes) crlf = with_crlf(mail);
    g_autofree char *sender = g_strdup_printf("<%s>", envelope->from);
    curl_easy_setopt(session->handle, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(session->handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)g_bytes_get_size(crlf));
    CURLcode code = perform_for(session, crlf);
    /* Each round asks for fewer. */
    for (guint known = 0; hung_up_on_recipients(session, code) && session->refused->len > known;) {
        known = session->refused->len;
        if (is_worth_sending(session)) code = perform_for(session, crlf);
    }
    session->accepted |= code == CURLE_OK;
    SmtpResult *result = judge(session, code);
    GPtrArray *refused = result->refused;
    result->refused = session->refused;
    session->refused = refused;
    session->envelope = NULL;
    return result;
}
