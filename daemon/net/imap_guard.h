/* imap_guard.h - looks at what an IMAP server says before libetpan parses it.
 *
 * libetpan believes its server: it recurses with every parenthesis, allocates what a literal announces and
 * keeps every untagged answer. The guard reads the same bytes, enough of their grammar to know literals and
 * quoted strings (RFC 3501 4.3), and ends the connection before any of that costs us. Literals are skipped by
 * their length. Where guard and parser could disagree, the guard takes bytes for structure, which is the
 * stricter reading. Lines go to the parser whole and mended (imap_mend.h), and those of a kind that we never
 * ask for (STATUS, SEARCH …) do not: a server may send any response at any time (RFC 3501 2.2.2), and
 * libetpan crashes at some.
 */
#pragma once

#include <glib.h>

#define IMAP_GUARD_DEPTH  64           /* nested parentheses outside literals and quoted strings */
#define IMAP_GUARD_OPENED 1024         /* opening parentheses of one response, quoted ones too */
#define IMAP_GUARD_SLACK  (1ull << 20) /* bytes that every command may receive beyond what it asked for */

typedef struct ImapGuard {
    guint64 left;        /* bytes that may still come for this command */
    guint64 literal;     /* bytes of the current literal still to come */
    guint64 announced;   /* number read after "{" */
    int literal_step;    /* how much of "{digits}CR" stands at the end of what was read */
    guint depth, opened; /* parentheses */
    gboolean quoted, escaped;
    gboolean continued; /* a literal of this response has passed: its first line is known and checked */
    gboolean text;      /* the current response is free text (OK, NO …): literals cannot occur */
    gboolean dropped;   /* the current response is of no use to us */
    gboolean awaits;    /* "+" or a tagged response: others before it are of no use to us */
    char head[256];     /* beginning of the response, to know its kind */
    gsize head_length;
    GString *line; /* what was read of a line; NULL = nothing yet */
} ImapGuard;

/* Frees what it holds. */
void imap_guard_clear(ImapGuard *guard);

/* A new command may receive `asked` bytes + IMAP_GUARD_SLACK. The place in the stream is kept. */
void imap_guard_begin(ImapGuard *guard, guint64 asked);

/* After it: untagged responses before "+" or a tagged one do not pass, nor does the rest of one that began.
 */
void imap_guard_await(ImapGuard *guard);

/* Checks the next bytes of the stream, in pieces of any size, and appends to `passed` what the parser may
 * see: whole lines, literals as they come, no empty lines between responses. FALSE and NET_ERROR_LIMIT
 * (budget, nesting), NET_ERROR_CLOSED (an untagged BYE, with its text) or NET_ERROR_PROTOCOL (no response at
 * all): nothing of `passed` may then reach the parser. The message has no host yet. */
gboolean imap_guard_feed(ImapGuard *guard, const char *bytes, gsize length, GString *passed, GError **error);
