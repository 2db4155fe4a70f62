/* link_words.h - what the text around a link says of the file behind it. */
#pragma once

#include <glib.h>

/* The last file name (known extension) in the text from start to end, or a name that is announced as one
 * (「…」, 分享的文件：…). *position, if not NULL, is where it begins. NULL if there is none; the caller
 * frees. */
char *link_words_name(const char *start, const char *end, const char **position);

/* The text from start to end if all of it is one name, whatever is in it: 附件1：“读书会”总结.docx. NULL if
 * not; the caller frees. */
char *link_words_whole(const char *start, const char *end);

/* Where the first file name with a known extension begins in the text from start to end, NULL if there is
 * none; *after, if not NULL, is behind it. */
const char *link_words_next(const char *start, const char *end, const char **after);

/* Whether that is the end of a file name, and nothing else: .docx, .PDF; not .cn. */
gboolean link_words_is_extension(const char *text);

/* "23.5M", as written; NULL if none. The caller frees. */
char *link_words_size(const char *text);

/* "2014-06-30 14:00", "2014-06-30", "15天", "无限期"; NULL if the text says nothing. A date counts only
 * beside a word for expiring. The caller frees. */
char *link_words_expiry(const char *text);

/* 提取码, 访问码 or pwd= in the address; NULL if none. The caller frees. */
char *link_words_code(const char *text, const char *url);
