/* net.c - errors and texts shared by the room. */
#include "daemon/net/net.h"

#include <string.h>

#define TEXT_CHARS 500

G_DEFINE_QUARK(net, net_error)

static void wipe(char *secret)
{
    if (secret != NULL) explicit_bzero(secret, strlen(secret));
}

void net_endpoint_wipe(NetEndpoint *endpoint)
{
    wipe(endpoint->password);
    wipe(endpoint->bearer);
}

/* UTF-8 of any bytes. GB18030 covers GBK and GB2312, which is what Chinese servers speak when not UTF-8. */
static char *to_utf8(const char *bytes, gsize length)
{
    if (g_utf8_validate(bytes, (gssize)length, NULL)) return g_strndup(bytes, length);
    char *text = g_convert(bytes, (gssize)length, "UTF-8", "GB18030", NULL, NULL, NULL);
    if (text != NULL) return text;
    GString *latin = g_string_sized_new(length * 2);
    for (gsize i = 0; i < length; i++) g_string_append_unichar(latin, (guchar)bytes[i]);
    return g_string_free(latin, FALSE);
}

char *net_text(const char *bytes, gsize length)
{
    while (length > 0 && strchr(" \t\r\n", bytes[length - 1]) != NULL) length--;
    if (length > 8 * TEXT_CHARS)
        length = 8 * TEXT_CHARS; /* may cut a character; then it is shown as Latin-1 */
    g_autofree char *utf8 = to_utf8(bytes, length);
    GString *text = g_string_new(NULL);
    guint chars = 0;
    for (const char *p = utf8; *p != '\0' && chars < TEXT_CHARS; p = g_utf8_next_char(p), chars++) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);
        if (c < 0x80 && g_ascii_iscntrl((char)c))
            g_string_append_printf(text, "\\x%02X", c);
        else if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
                 type == G_UNICODE_PARAGRAPH_SEPARATOR)
            g_string_append_printf(text, "\\u{%04X}",
                                   c); /* bidi overrides and the like can fake a log line */
        else
            g_string_append_unichar(text, c);
    }
    return g_string_free(text, FALSE);
}
