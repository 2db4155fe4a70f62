#include "config/address.h"

#include <string.h>

enum { ADDRESS_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63 }; /* bytes, RFC 5321 4.5.3.1 */

static const char *local_fault(const char *local, gsize length)
{
    if (length == 0) return "nothing stands before the @";
    if (length > LOCAL_MAX) return "the part before the @ is longer than 64 characters";
    if (local[0] == '.' || local[length - 1] == '.') return "a dot at the edge of the part before the @";
    for (gsize i = 0; i < length; i++) {
        if (local[i] == '.' && local[i + 1] == '.') return "two dots side by side";
        if (!g_ascii_isalnum(local[i]) && !strchr(".!#$%&'*+-/=?^_`{|}~", local[i]))
            return "a character that no address has before the @";
    }
    return NULL;
}

static const char *domain_fault(const char *domain)
{
    g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
    if (g_strv_length(labels) < 2) return "the part after the @ has no dot";
    for (guint i = 0; labels[i]; i++) {
        gsize length = strlen(labels[i]);
        if (length == 0) return "a dot too many after the @";
        if (length > LABEL_MAX) return "a part after the @ is longer than 63 characters";
        if (labels[i][0] == '-' || labels[i][length - 1] == '-') return "a hyphen beside a dot after the @";
        for (gsize j = 0; j < length; j++)
            if (!g_ascii_isalnum(labels[i][j]) && labels[i][j] != '-')
                return "a character that no host name has after the @";
    }
    return NULL;
}

const char *address_fault(const char *text)
{
    const char *at = strchr(text, '@');
    if (!*text) return "there is no address";
    for (const char *p = text; *p; p++)
        if ((guchar)*p >= 0x80) return "a Chinese or full-width character; type it with the input method off";
    if (strpbrk(text, " \t\r\n<>")) return "only the bare address may stand here, without name or spaces";
    if (!at) return "there is no @";
    if (strchr(at + 1, '@')) return "two @; separate several addresses by a semicolon";
    if (strlen(text) > ADDRESS_MAX) return "longer than 254 characters";
    const char *fault = local_fault(text, (gsize)(at - text));
    return fault ? fault : domain_fault(at + 1);
}
