/* facts.h - what the bytes of one mail contain, with no opinion about what it means.
 *
 * The worker (baosong-parse) makes Facts and prints them as JSON; the daemon reads that JSON back. The daemon
 * trusts nothing in it: facts_from_json() checks every type, length, hash and offset (the worker may be
 * under an attacker's control).  The JSON is the contract of DESIGN "What the commands promise"; keys beyond
 * it: v, in_reply_to, references, received, authentication, notice, new_text, quoted, leaves, record, loop,
 * bounced, bounce;
 * of a link: size, expires, code; of an attachment: path. docs/facts-1.schema.json describes all.
 */
#pragma once

#include <glib.h>

#include "parsers/table.h"

typedef enum FactsAuto {
    FACTS_AUTO_NO,
    FACTS_AUTO_REPLY,  /* RFC 3834 auto-replied, vacation, the phrases of QQ and 163, read receipts */
    FACTS_AUTO_BOUNCE, /* RFC 3464 delivery status, null sender, MAILER-DAEMON */
    FACTS_AUTO_BULK    /* List-Id, Precedence bulk/list/junk, auto-generated */
} FactsAuto;

/* What kind of message a machine, or a button, has written. Finer than FactsAuto, and of those only. */
typedef enum FactsNotice {
    FACTS_NOTICE_NONE,
    FACTS_NOTICE_REPLY,     /* automatic reply: out of office, 自动回复 */
    FACTS_NOTICE_READ,      /* read receipt, RFC 8098, 已读 */
    FACTS_NOTICE_UNREAD,    /* deleted without being read, 未读 */
    FACTS_NOTICE_FAILED,    /* could not be delivered */
    FACTS_NOTICE_DELIVERED, /* delivery receipt, or handed on to a system that sends none */
    FACTS_NOTICE_DELAYED,   /* not yet delivered, still trying */
    FACTS_NOTICE_RECALL     /* the sender pressed "recall" (撤回): a person, so `automatic` is NO */
} FactsNotice;

typedef struct FactsMailbox {
    char *name;    /* decoded display name, "" if none */
    char *address; /* addr-spec with lower-case domain; "" if there is none */
} FactsMailbox;

/* One result of an Authentication-Results field (RFC 8601). All in lower case. */
typedef struct FactsResult {
    char *method; /* spf, dkim, dmarc, auth, … */
    char *result; /* pass, fail, softfail, none, … as the field says */
    char *domain; /* the one that was looked at: of MAIL FROM, of the signature, of From; "" if not said */
} FactsResult;

/* One Authentication-Results field: what the server that wrote it, or whoever pretends to be that server,
 * says of the sender. */
typedef struct FactsAuthentication {
    char *server;       /* authserv-id in lower case; "" if there is none (Exchange Online) */
    guint64 hop;        /* Received fields above it: above the first one no sender can write */
    GPtrArray *results; /* of FactsResult*, in the order of the field */
} FactsAuthentication;

typedef struct FactsProblem {
    char *code; /* one of the problem codes: encrypted, damaged, unsupported … (see facts_problem_known) */
    char *detail; /* English, for logs and staff; "" if none */
} FactsProblem;

typedef struct FactsLink {
    char *kind; /* qq, 163, onedrive, aliyun, weiyun, baidu, … or "link" */
    char *url;
    char *name;    /* file name where the mail says it, else "" */
    char *size;    /* as the mail says: "23.5M"; "" if it does not */
    char *expires; /* "2014-06-30 14:00" or "2014-06-30" (on the clock of who wrote it) where the mail has a
                      date; else its words: "无限期", "15天"; "" if it says nothing */
    char *code;    /* 提取码, 访问码: what the page asks for; "" if none */
} FactsLink;

typedef enum FactsQuoteKind { FACTS_QUOTE_REPLY, FACTS_QUOTE_FORWARD } FactsQuoteKind;

/* An earlier mail that the text of this one holds, as far as the lines above it tell. All may be "". */
typedef struct FactsQuote {
    FactsQuoteKind kind; /* it was answered, or handed on */
    char *name, *address;
    char *date; /* as the text says */
    char *subject;
} FactsQuote;

/* Of a delivery report, the first recipient that failed (else was delayed, else any). All may be "". */
typedef struct FactsBounce {
    char *recipient;  /* address */
    char *action;     /* failed, delayed, delivered, relayed, expanded (RFC 3464) */
    char *status;     /* 5.1.1 (RFC 3463) */
    char *diagnostic; /* what the other server, or ours, said */
    char *message_id; /* of the mail that bounced, without <> */
} FactsBounce;

typedef struct FactsField {
    char *label; /* 活动名称, without colon and inner spaces */
    char *value; /* trimmed, "" if the form left it empty */
} FactsField;

typedef struct FactsAttachment FactsAttachment;
struct FactsAttachment {
    char *name; /* as the mail says it, decoded, folders and all; members of archives keep their path with
                   "/". Use facts_base_name() for a title, a keyword or a file on disk */
    char *path; /* the name with backslashes that the mail wrote bare (C:\报送\表.doc) and that `name`, by
                   RFC 5322, has lost; "" otherwise */
    char *declared_type; /* Content-Type as the mail says, "" where nothing says */
    char *type;          /* MIME type by content */
    guint64 size;        /* bytes, decoded */
    char *sha256;        /* 64 lower-case hex digits, of the decoded bytes */
    gint64 offset; /* of the decoded bytes in the memfd; -1 when not handed over: members of archives, mails
                      in forwarded mails (their files are) */
    char *text;    /* extracted plain text, "" if none */
    GPtrArray *fields;   /* of FactsField*, in document order */
    GPtrArray *tables;   /* of Table* */
    GPtrArray *children; /* of FactsAttachment*: members of an archive, a forwarded mail, TNEF */
    GPtrArray *problems; /* of FactsProblem* */
};

typedef struct Facts {
    char *sha256;                         /* of the raw bytes, 64 lower-case hex digits */
    char *message_id;                     /* without <>, "" if absent */
    char *in_reply_to;                    /* first Message-ID of In-Reply-To without <>, "" if absent */
    GPtrArray *references;                /* of char*, Message-IDs without <>, oldest first */
    char *subject;                        /* decoded, "" if absent */
    GPtrArray *from, *to, *cc, *reply_to; /* of FactsMailbox* */
    char *date;                           /* the Date header as RFC 3339, "" if absent or unreadable */
    char *received;            /* date-time of the topmost Received header as RFC 3339, "" if none */
    GPtrArray *authentication; /* of FactsAuthentication*, topmost first */
    FactsAuto automatic;       /* "auto" in JSON */
    FactsNotice notice;        /* which kind of automatic mail, or a recall */
    char *body;                /* readable text of the message body, history included */
    char *new_text;    /* the body without quoted mails, the lines above them, and "sent from my phone" */
    GPtrArray *quoted; /* of FactsQuote*: mails quoted in the body, in the order of the text */
    GPtrArray *attachments; /* of FactsAttachment* */
    GPtrArray *links;       /* of FactsLink* */
    GPtrArray *problems;    /* of FactsProblem*: of the mail as a whole */
    GPtrArray *leaves;      /* of char*: SHA-256 of every decoded leaf part, body included, in order */
    char *record;           /* Baosong-Record header, unfolded, "" if none */
    char *loop;             /* Baosong-Loop header, "" if none */
    char *bounced;          /* of a bounce: Message-ID of the mail that bounced, "" if not known */
    FactsBounce bounce;     /* of a delivery report: who, why, which */
} Facts;

Facts *facts_new(void); /* all strings "", all arrays empty */
void facts_free(Facts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Facts, facts_free)

FactsAttachment *facts_attachment_new(void);
void facts_attachment_free(FactsAttachment *attachment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FactsAttachment, facts_attachment_free)

/* Frees a FactsField that is of no attachment's list, with its label and value, either of which may be NULL.
 * Fits g_ptr_array_new_with_free_func(). */
void facts_field_free(gpointer field);

/* Appends a link without size, expiry and code; it belongs to the list. */
FactsLink *facts_add_link(GPtrArray *links, const char *kind, const char *url, const char *name);
void facts_add_problem(GPtrArray *problems, const char *code, const char *detail);
/* Appends an empty one; it belongs to the list. */
FactsAuthentication *facts_add_authentication(GPtrArray *authentication);
FactsResult *facts_add_result(GPtrArray *results);
/* What people call the file: the name behind the last "/" or "\", or all of it if nothing is behind that.
 * Points into the attachment, or into the string. */
const char *facts_base_name(const FactsAttachment *attachment);
const char *facts_base_of(const char *name);
/* The first value of the field with this label, in simplified or traditional characters: one that is not
 * empty, if there is any. NULL without such a field. Owned by the attachment. */
const char *facts_field(const FactsAttachment *attachment, const char *label);
/* Whether the code is one that parsers may report (the table in facts.c). */
gboolean facts_problem_known(const char *code);

const char *facts_notice_name(FactsNotice notice); /* as in the JSON */

/* The version of the JSON, its key "v": it changes when a key changes its meaning or goes. */
#define FACTS_VERSION 1

/* One JSON object, UTF-8, NUL-terminated; pretty adds line breaks. Caller frees with g_free. */
char *facts_to_json(const Facts *facts, gboolean pretty);
char *facts_attachment_to_json(const FactsAttachment *attachment, gboolean pretty);

#define FACTS_ERROR (g_quark_from_static_string("facts"))
enum { FACTS_ERROR_JSON, FACTS_ERROR_SHAPE, FACTS_ERROR_LIMIT };

/* Reads and checks what a worker said. `memfd_size` bounds offset + size of every attachment. NULL and an
 * error if anything is not as promised: the caller treats the mail as unreadable and replaces the worker. */
Facts *facts_from_json(const char *json, gsize length, guint64 memfd_size, GError **error);

/* SHA-256 (FIPS 180-4) as 64 lower-case hex digits, by the processor's own instructions where it has them.
 * Caller frees. */
char *facts_sha256(const void *bytes, gsize length);
char *facts_sha256_bytes(GBytes *bytes);
/* Lower-case hex digits of a digest. Caller frees. */
char *facts_hex(const guint8 *digest, gsize length);

/* Identity of a mail: SHA-256 (hex) over Message-ID, From, Date, Subject and leaves, so that the same mail
 * delivered twice with other trace headers has one identity. Caller frees. */
char *facts_identity(const Facts *facts);

/* The worker's protocol (baosong-parse --serve). The process that is started, the nursery, reads no mail: it
 * inherits a stream socket as FACTS_WORKER_FD and is sent others through it, each with one byte (SCM_RIGHTS).
 * For each it ends the reader that it has, and forks a fresh one on that socket: what sixty libraries need to
 * load is paid for once. When its socket ends it ends its reader, if that runs yet, and itself, in the same
 * way as the reader: by the same signal, or with the same status.
 *
 * A reader first sends one frame with the text FACTS_WORKER_HELLO and, if its sandbox lacks a wall, a line
 * that says so. A request is a FactsRequest with two descriptors (SCM_RIGHTS): the mail, readable, and a
 * memfd of LIMIT_HANDOVER_BYTES that cannot grow (without one nothing is handed over). The reply is one frame
 * with the JSON of the mail; the decoded bytes of its attachments (all but those with offset -1) are then in
 * the memfd. A frame is a 32-bit big-endian length (at most LIMIT_REPLY_BYTES) and that many bytes. End of
 * file on its socket ends the reader.
 *
 * The first FACTS_SHA256_CHARS bytes of the memfd are the worker's note: which file it is reading, or NULs. A
 * worker that dies leaves it behind, and the mail is read again without that file. It names a file by what is
 * in it, so that the same file twice costs one worker, and a worker in an enemy's hands can harm no other
 * mail. */
#define FACTS_WORKER_FD    3 /* of the nursery, and of each reader */
#define FACTS_WORKER_HELLO "baosong-parse 4"
#define FACTS_WORKER_SKIPS 3
#define FACTS_SHA256_CHARS 64

typedef enum FactsWorkerKind {
    FACTS_WORKER_READ = 'r', /* the whole mail */
    FACTS_WORKER_KEEP = 'k'  /* files are handed over, but not read: each has the problem unreadable */
} FactsWorkerKind;

typedef struct FactsRequest {
    FactsWorkerKind kind;
    char skip[FACTS_WORKER_SKIPS][FACTS_SHA256_CHARS]; /* files that are not to be read; NULs where unused */
    char sha256[FACTS_SHA256_CHARS];                   /* of the mail; NULs: the reader finds out */
} FactsRequest;
