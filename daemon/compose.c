#include "daemon/compose.h"

#include <jansson.h>
#include <string.h>

#define LINE_CHARS    76 /* RFC 2045 6.8, RFC 2047 2 */
#define WORD_BYTES    42 /* of text in one encoded word: =?utf-8?B?…?= stays below 75 */
#define MIME_PREAMBLE "This is a message in MIME format.\r\n"

static gboolean is_plain(const char *value)
{
    for (const char *p = value; *p; p++)
        if (*p < ' ' || *p > '~') return FALSE;
    return strstr(value, "=?") == NULL;
}

/* Folds at spaces; what has no space within a line (a long Message-ID) stays whole. */
static void append_folded(GString *out, gsize column, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", -1);
    for (guint i = 0; words[i]; i++) {
        gsize length = strlen(words[i]);
        if (i > 0 && column + 1 + length > LINE_CHARS) {
            g_string_append(out, "\r\n ");
            column = 1;
        } else if (i > 0) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, words[i]);
        column += length;
    }
}

/* Encoded words of whole characters, separated by single spaces (which a decoder drops). */
static char *encode_words(const char *text)
{
    GString *out = g_string_new(NULL);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (const char *start = valid; *start;) {
        const char *end = start;
        while (*end && (gsize)(g_utf8_next_char(end) - start) <= WORD_BYTES) end = g_utf8_next_char(end);
        g_autofree char *base64 = g_base64_encode((const guchar *)start, (gsize)(end - start));
        g_string_append_printf(out, "%s=?utf-8?B?%s?=", out->len ? " " : "", base64);
        start = end;
    }
    return g_string_free(out, FALSE);
}

/* One header field "Name: value\r\n", the value RFC 2047-encoded where it is not plain ASCII (each encoded
 * word whole characters, at most 75 long) and folded. */
static void put_header(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s: ", name);
    g_autofree char *encoded = is_plain(value) ? g_strdup(value) : encode_words(value);
    append_folded(out, strlen(name) + 2, encoded);
    g_string_append(out, "\r\n");
}

/* display-name <addr-spec>, RFC 5322 3.4 */
static char *mailbox(const char *name, const char *address)
{
    if (!name || !*name) return g_strdup(address);
    if (!is_plain(name)) {
        g_autofree char *words = encode_words(name);
        return g_strdup_printf("%s <%s>", words, address);
    }
    GString *quoted = g_string_new("\"");
    for (const char *p = name; *p; p++) {
        if (*p == '"' || *p == '\\') g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *p);
    }
    g_string_append_printf(quoted, "\" <%s>", address);
    return g_string_free(quoted, FALSE);
}

/* Header whose value is ASCII already and must not be encoded again. */
static void append_raw_header(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s: ", name);
    append_folded(out, strlen(name) + 2, value);
    g_string_append(out, "\r\n");
}

static void append_base64(GString *out, const char *text, gsize length)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)text, length);
    gsize total = strlen(base64);
    for (gsize i = 0; i < total; i += LINE_CHARS) {
        g_string_append_len(out, base64 + i, (gssize)MIN((gsize)LINE_CHARS, total - i));
        g_string_append(out, "\r\n");
    }
}

/* Text lines end in CRLF before they are encoded (RFC 2045 6.8: canonical form). */
static void append_part(GString *out, const char *boundary, const char *type, const GString *body)
{
    g_string_append_printf(out,
                           "--%s\r\nContent-Type: %s; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           boundary, type);
    GString *canonical = g_string_sized_new(body->len + 64);
    for (const char *p = body->str, *all = p + body->len; p < all;) {
        const char *end = memchr(p, '\n', (gsize)(all - p));
        gsize length = (gsize)((end ? end : all) - p);
        g_string_append_len(canonical, p, (gssize)length);
        if (end) g_string_append(canonical, length > 0 && end[-1] == '\r' ? "\n" : "\r\n");
        p += length + (end ? 1 : 0);
    }
    append_base64(out, canonical->str, canonical->len);
    g_string_free(canonical, TRUE);
}

/* A record is one long token: broken where a line is full, which ledger_unseal() undoes. */
static void append_record(GString *out, const char *sealed)
{
    g_string_append(out, "Baosong-Record: v1");
    for (const char *rest = sealed + strlen("v1 "); *rest;) {
        gsize take = strnlen(rest, LINE_CHARS - 1);
        const char *space = memchr(rest, ' ', take);
        if (space) take = (gsize)(space - rest);
        g_string_append(out, "\r\n ");
        g_string_append_len(out, rest, (gssize)take);
        rest += take + (space ? 1 : 0);
    }
    g_string_append(out, "\r\n");
}

static void append_common(GString *out, const Config *config, const char *message_id, gint64 now)
{
    g_autofree char *name = g_strconcat(config->desk.university, config->desk.department, NULL);
    g_autofree char *from = mailbox(name, config->desk.address);
    append_raw_header(out, "From", from);
    g_autofree char *date = calendar_rfc5322(config->calendar, now);
    append_raw_header(out, "Date", date);
    g_string_append_printf(out, "Message-ID: <%s>\r\n", message_id);
}

static void append_references(GString *out, const Letter *letter)
{
    if (!*letter->in_reply_to) return;
    g_string_append_printf(out, "In-Reply-To: <%s>\r\n", letter->in_reply_to);
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < letter->references->len; i++)
        g_string_append_printf(list, "<%s> ", (const char *)letter->references->pdata[i]);
    g_string_append_printf(list, "<%s>", letter->in_reply_to);
    append_raw_header(out, "References", list->str);
    g_string_free(list, TRUE);
}

/* The letter's own record with what only we know: sequence and kind of the message. */
static char *letter_record(const Letter *letter, guint64 sequence)
{
    json_t *record = letter->record ? json_copy(letter->record) : json_object();
    json_object_set_new(record, "seq", json_integer((json_int_t)sequence));
    char *raw = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(record);
    char *copy = g_strdup(raw);
    free(raw);
    return copy;
}

char *compose_message_id(const Ledger *ledger, const Letter *letter)
{
    const char *kind = letter->kind == LETTER_RECEIPT ? "receipt" : "reminder";
    return ledger_message_id(ledger, kind, letter->cause, letter->stage);
}

GBytes *compose_letter(const Config *config, const Ledger *ledger, const Letter *letter,
                       const char *message_id, guint64 sequence, gint64 now)
{
    GString *out = g_string_sized_new(8192);
    append_common(out, config, message_id, now);
    g_autofree char *to = mailbox(letter->to_name, letter->to);
    append_raw_header(out, "To", to);
    if (letter->cc->len > 0) {
        g_ptr_array_add(letter->cc, NULL);
        g_autofree char *cc = g_strjoinv(", ", (char **)letter->cc->pdata);
        g_ptr_array_remove_index(letter->cc, letter->cc->len - 1);
        append_raw_header(out, "Cc", cc);
    }
    put_header(out, "Subject", letter->subject);
    append_references(out, letter);
    g_string_append_printf(out, "Auto-Submitted: %s\r\n",
                           letter->kind == LETTER_RECEIPT ? "auto-replied" : "auto-generated");
    g_string_append(out, "X-Auto-Response-Suppress: All\r\n");
    put_header(out, "Baosong-Loop", config->campaign.id);
    g_autofree char *json = letter_record(letter, sequence);
    g_autofree char *sealed = ledger_seal(ledger, json);
    append_record(out, sealed);

    g_autofree char *boundary = g_strdup_printf("=_%.*s", 32, message_id);
    g_string_append_printf(out,
                           "MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n"
                           " boundary=\"%s\"\r\n\r\n" MIME_PREAMBLE,
                           boundary);
    append_part(out, boundary, "text/plain", letter->text);
    append_part(out, boundary, "text/html", letter->html);
    g_string_append_printf(out, "--%s--\r\n", boundary);
    return g_string_free_to_bytes(out);
}

GBytes *compose_record(const Config *config, const Ledger *ledger, const char *message_id, const char *json,
                       const char *summary, gint64 now)
{
    GString *out = g_string_sized_new(2048);
    append_common(out, config, message_id, now);
    g_autofree char *to = mailbox("", config->desk.address);
    append_raw_header(out, "To", to);
    g_autofree char *subject = g_strdup_printf("baosong record: %s", summary);
    put_header(out, "Subject", subject);
    g_string_append(out, "Auto-Submitted: auto-generated\r\n");
    put_header(out, "Baosong-Loop", config->campaign.id);
    g_autofree char *sealed = ledger_seal(ledger, json);
    gboolean in_body = strlen(sealed) > COMPOSE_RECORD_HEADER_BYTES;
    if (in_body)
        g_string_append(out, "Baosong-Record: " COMPOSE_RECORD_IN_BODY "\r\n");
    else
        append_record(out, sealed);
    g_string_append_printf(out,
                           "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
                           "%s\r\nThis mail is part of the campaign's ledger: leave it in this folder.\r\n",
                           summary);
    if (in_body) {
        g_string_append(out, "\r\n" COMPOSE_RECORD_BEGIN "\r\n");
        for (gsize i = 0, length = strlen(sealed); i < length; i += LINE_CHARS) {
            g_string_append_len(out, sealed + i, (gssize)MIN((gsize)LINE_CHARS, length - i));
            g_string_append(out, "\r\n");
        }
        g_string_append(out, COMPOSE_RECORD_END "\r\n");
    }
    return g_string_free_to_bytes(out);
}
