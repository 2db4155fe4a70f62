/* talk.h - what a server says while libcurl talks to it (inside daemon/net only). */
#pragma once

#include <curl/curl.h>
#include <glib.h>

/* What it said last, for error messages; filled by libcurl while a handle works. */
typedef struct Talk {
    char error[CURL_ERROR_SIZE]; /* libcurl's own words */
    GString *reply;              /* last line, or whole SMTP reply, of the server: raw, at most 1 KiB */
    guint lines;                 /* lines heard so far */
    gboolean offers_auth;        /* it named AUTH=PLAIN or AUTH=LOGIN */
} Talk;

void talk_clear(Talk *talk);

/* The last reply for people and logs, without the tag that libcurl gave its IMAP command; "" if none. Caller
 * frees. */
char *talk_text(const Talk *talk);

/* The code of the last SMTP reply if it is complete, else 0. */
int talk_code(const Talk *talk);

/* CURLOPT_HEADERFUNCTION, with the talk as its data: libcurl gives each line of the server here. The lines of
 * one SMTP reply ("550-", "550 ") are joined, with one code in front. */
size_t talk_hear(char *bytes, size_t size, size_t count, void *talk);
