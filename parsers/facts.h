/* facts.h - what the bytes of one mail contain, with no opinion about what it means.
 *
 * The worker (baosong-parse) makes Facts and prints them as JSON; the daemon reads that JSON back. The daemon
 * trusts nothing in it: facts_from_json() checks every type, length, hash and offset (the worker may be
 * under an attacker's control).  The JSON is the contract of DESIGN "What the commands promise"; keys beyond
 * it: in_reply_to, references, received, leaves, record, loop, bounced.
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

typedef struct FactsMailbox {
    char *name;    /* decoded display name, "" if none */
    char *address; /* addr-spec with lower-case domain; "" if there is none */
} FactsMailbox;

typedef struct FactsProblem {
    char *code; /* one of the problem codes: encrypted, damaged, unsupported … (see facts_problem_known) */
    char *detail; /* English, for logs and staff; "" if none */
} FactsProblem;

typedef struct FactsLink {
    char *kind; /* qq, 163, onedrive, aliyun, weiyun, baidu, … or "link" */
    char *url;
    char *name; /* file name where the mail says it, else "" */
} FactsLink;

typedef struct FactsField {
    char *label; /* 活动名称, without colon and inner spaces */
    char *value; /* trimmed, "" if the form left it empty */
} FactsField;

typedef struct FactsAttachment FactsAttachment;
struct FactsAttachment {
    char *name; /* decoded, UTF-8; path parts stripped to the last component only for leaf parts of a mail;
                   archive members keep their path with "/" */
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
    char *received;         /* date-time of the topmost Received header as RFC 3339, "" if none */
    FactsAuto automatic;    /* "auto" in JSON */
    char *body;             /* readable text of the message body, history included */
    GPtrArray *attachments; /* of FactsAttachment* */
    GPtrArray *links;       /* of FactsLink* */
    GPtrArray *problems;    /* of FactsProblem*: of the mail as a whole */
    GPtrArray *leaves;      /* of char*: SHA-256 of every decoded leaf part, body included, in order */
    char *record;           /* Baosong-Record header, unfolded, "" if none */
    char *loop;             /* Baosong-Loop header, "" if none */
    char *bounced;          /* of a bounce: Message-ID of the mail that bounced, "" if not known */
} Facts;

Facts *facts_new(void); /* all strings "", all arrays empty */
void facts_free(Facts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Facts, facts_free)

FactsAttachment *facts_attachment_new(void);
void facts_attachment_free(FactsAttachment *attachment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FactsAttachment, facts_attachment_free)

void facts_add_problem(GPtrArray *problems, const char *code, const char *detail);
/* The first value of the field with this label, or NULL. Owned by the attachment. */
const char *facts_field(const FactsAttachment *attachment, const char *label);
/* Whether the code is one that parsers may report (the table in facts.c). */
gboolean facts_problem_known(const char *code);

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

/* The worker's protocol (baosong-parse --serve): a stream socket inherited as FACTS_WORKER_FD. The worker
 * first sends one frame with the text FACTS_WORKER_HELLO and, if its sandbox lacks a wall, a line that says
 * so. A request is a FactsRequest with two descriptors (SCM_RIGHTS): the mail, readable, and a memfd of
 * LIMIT_HANDOVER_BYTES that cannot grow. The reply is one frame with the JSON of the mail; the decoded bytes
 * of its attachments (all but those with offset -1) are then in the memfd. A frame is a 32-bit big-endian
 * length (at most LIMIT_REPLY_BYTES) and that many bytes. End of file on the socket ends the worker.
 *
 * The first FACTS_SHA256_CHARS bytes of the memfd are the worker's note: which file it is reading, or NULs. A
 * worker that dies leaves it behind, and the mail is read again without that file. It names a file by what is
 * in it, so that the same file twice costs one worker, and a worker in an enemy's hands can harm no other
 * mail. */
#define FACTS_WORKER_FD    3
#define FACTS_WORKER_HELLO "baosong-parse 3"
#define FACTS_WORKER_SKIPS 3
#define FACTS_SHA256_CHARS 64

typedef enum FactsWorkerKind {
    FACTS_WORKER_READ = 'r', /* the whole mail */
    FACTS_WORKER_KEEP = 'k'  /* files are handed over, but not read: each has the problem unreadable */
} FactsWorkerKind;

typedef struct FactsRequest {
    FactsWorkerKind kind;
    char skip[FACTS_WORKER_SKIPS][FACTS_SHA256_CHARS]; /* files that are not to be read; NULs where unused */
} FactsRequest;
