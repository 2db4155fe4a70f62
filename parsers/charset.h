/* charset.h - any bytes with any charset label to UTF-8, the way a Chinese reader wants it.
 *
 * Labels on real mail lie: gb2312 means GB18030, iso-8859-1 means windows-1252, us-ascii means "I did not
 * look".
 */
#pragma once

#include <glib.h>

/* Whether two labels mean one charset: gb2312 and GBK do. */
gboolean charset_same(const char *label, const char *other);

/* Decodes `length` bytes that call themselves `label` (NULL, "", and labels nobody knows: find out). A byte
 * order mark wins over the label. Finding out: UTF-16 if zeros are in every other byte only, UTF-8 if valid
 * (or nearly: a cut character), HZ if nothing else could look like that, Big5 if its pairs are no GBK that
 * anybody would write, else GB18030. The labels that programs write without looking - UTF-8, the GB ones and
 * Latin 1 - are not believed when the bytes plainly are another of these.
 *
 * Never fails and never returns NULL. The result is valid UTF-8 without byte order mark at its start, without
 * NUL (a space stands for it) and without surrogates; each byte that cannot be read is one U+FFFD, and
 * reading goes on at the next byte that can begin a character. *exact (may be NULL) is FALSE if anything was
 * replaced. The caller frees the result. Not thread-safe: conversion descriptors are kept open between calls.
 */
char *charset_to_utf8(const char *bytes, gsize length, const char *label, gboolean *exact);
