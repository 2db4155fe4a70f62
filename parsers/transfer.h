/* transfer.h - Content-Transfer-Encoding, and files in the text (uuencode, yEnc). RFC 2045 section 6. */
#pragma once

#include <glib.h>

typedef enum Transfer {
    TRANSFER_NONE, /* 7bit, 8bit, binary, and what nobody knows */
    TRANSFER_BASE64,
    TRANSFER_QUOTED,
    TRANSFER_UU /* x-uuencode */
} Transfer;

/* What a raw Content-Transfer-Encoding says; NULL is none. */
Transfer transfer_of(const char *raw);

/* The decoded bytes. Never fails: base64 skips what is no base64 and goes on behind padding in the middle,
 * quoted-printable keeps what is no escape. TRANSFER_NONE gives a copy. */
GBytes *transfer_decode(Transfer transfer, const char *data, gsize length);

/* A file in a text: "begin 644 name", lines, "end" (uuencode); "begin-base64 644 name", lines, "===="; or
 * "=ybegin ", lines, "=yend" (yEnc). */
typedef struct TransferFile {
    char *name;    /* raw bytes, as written; owned */
    gsize start;   /* of the block, in the text */
    gsize end;     /* after its last line */
    gboolean torn; /* the text ended before that line came */
    GBytes *content;
} TransferFile;

/* The first file at or after `from`, which is 0 or the end of one; FALSE if there is none. Blocks with lines
 * that are wrong are no files; one without its last line is, if the text ends with it (but not in yEnc).
 * Clear with transfer_file_clear. */
gboolean transfer_find_file(const char *text, gsize length, gsize from, TransferFile *file);
void transfer_file_clear(TransferFile *file);
