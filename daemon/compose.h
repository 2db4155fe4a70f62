/* compose.h - letters to final bytes (RFC 5322, 2045-2047): what is queued is what is sent.
 *
 * The same letter, sequence and clock give the same bytes. Lines end in CRLF and are at most 78 characters;
 * bodies are base64, so that no relay changes them. */
#pragma once

#include <glib.h>

#include "config/config.h"
#include "daemon/desk/letter.h"
#include "daemon/ledger.h"

/* The whole message: multipart/alternative of the letter's text and HTML, with Message-ID, Auto-Submitted
 * (RFC 3834), Baosong-Loop and Baosong-Record. `message_id` (without <>) is ledger_message_id() of the
 * letter. `now` dates it. The caller owns the bytes. */
GBytes *compose_letter(const Config *config, const Ledger *ledger, const Letter *letter,
                       const char *message_id, guint64 sequence, gint64 now);

/* A record longer than this stands in the body, between these lines; its header field then says so. */
#define COMPOSE_RECORD_HEADER_BYTES 4000
#define COMPOSE_RECORD_IN_BODY      "body"
#define COMPOSE_RECORD_BEGIN        "-----BEGIN BAOSONG RECORD-----"
#define COMPOSE_RECORD_END          "-----END BAOSONG RECORD-----"

/* A record mail for the ledger folder: nobody receives it. `json` is its record, `summary` one English line
 * for whoever looks into the folder. */
GBytes *compose_record(const Config *config, const Ledger *ledger, const char *message_id, const char *json,
                       const char *summary, gint64 now);

/* Message-ID of a letter or of an administrator's request. Caller frees. */
char *compose_message_id(const Ledger *ledger, const Letter *letter);
