#include "daemon/net/talk.h"

#include <string.h>

#include "daemon/net/net.h"

#define REPLY_BYTES 1024

void talk_clear(Talk *talk)
{
    if (talk->reply != NULL) g_string_free(talk->reply, TRUE);
    *talk = (Talk){0};
}

static gboolean starts_with_code(const char *line, gsize length, char mark)
{
    return length > 3 && g_ascii_isdigit(line[0]) && g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]) &&
           line[3] == mark;
}

size_t talk_hear(char *bytes, size_t size, size_t count, void *data)
{
    Talk *talk = data;
    gsize length = size * count, skip = 0;
    if (talk->reply == NULL) talk->reply = g_string_new(NULL);
    if (starts_with_code(talk->reply->str, talk->reply->len, '-') && length > 3) {
        talk->reply->str[3] = bytes[3];
        g_strchomp(talk->reply->str);
        g_string_set_size(talk->reply, strlen(talk->reply->str));
        g_string_append_c(talk->reply, ' ');
        skip = 4;
    } else {
        g_string_truncate(talk->reply, 0);
    }
    gsize room = REPLY_BYTES - MIN(REPLY_BYTES, talk->reply->len);
    if (length > skip) g_string_append_len(talk->reply, bytes + skip, (gssize)MIN(length - skip, room));
    talk->lines++;
    if (g_strstr_len(bytes, (gssize)length, "AUTH=PLAIN") != NULL ||
        g_strstr_len(bytes, (gssize)length, "AUTH=LOGIN") != NULL)
        talk->offers_auth = TRUE;
    return length;
}

char *talk_text(const Talk *talk)
{
    if (talk->reply == NULL || talk->reply->len == 0) return g_strdup("");
    const char *text = talk->reply->str;
    const char *space = strchr(text, ' ');
    /* libcurl's tags: A001, and B001 when it tries once more */
    if (g_ascii_isupper(*text) && space != NULL &&
        strspn(text + 1, "0123456789") == (gsize)(space - text - 1))
        text = space + 1;
    return net_text(text, strlen(text));
}

int talk_code(const Talk *talk)
{
    const GString *reply = talk->reply;
    if (reply == NULL || !starts_with_code(reply->str, reply->len, ' ')) return 0;
    return (int)g_ascii_strtoull(reply->str, NULL, 10);
}
