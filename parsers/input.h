/* input.h - a mail from a file descriptor, however large, to Facts. */
#pragma once

#include "parsers/mime.h"

/* Reads the mail on `fd` (from its present position; a pipe will do). Over LIMIT_MAIL_BYTES only its headers
 * are read and the problem too-large is set; the SHA-256 is of all bytes in any case: `sha256`, if it is
 * known (64 hex digits, else "" or NULL). NULL only if reading fails (errno says why). The caller owns the
 * facts. */
Facts *input_mail(int fd, const char *sha256, MimeKeep keep, gpointer data);

/* All bytes of `fd`, at most `max` (then *more, which may be NULL, is TRUE and the rest is unread). NULL if
 * reading fails. */
GBytes *input_bytes(int fd, gsize max, gboolean *more);
