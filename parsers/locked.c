#include "parsers/locked.h"

#include <string.h>

/* Tipray (天锐绿盾) begins with a name; E-SafeNet (亿赛通) with a mark whose first letter varies, and a name
 * that small files leave out; the mails of Exchange whose rights are managed (message.rpmsg) with theirs. */
gboolean locked_by_office(const guint8 *data, gsize length)
{
    static const char TIPRAY[] = "%TSD-Header-###%", SAFENET[] = "E-SafeNet",
                      RIGHTS[] = "\x76\xE8\x04\x60\xC4\x11\xE3\x86";
    enum { NAME_AT = 12 };
    if (length >= sizeof TIPRAY - 1 && memcmp(data, TIPRAY, sizeof TIPRAY - 1) == 0) return TRUE;
    if (length >= sizeof RIGHTS - 1 && memcmp(data, RIGHTS, sizeof RIGHTS - 1) == 0) return TRUE;
    if (length >= 4 && memcmp(data + 1, "\x14#e", 3) == 0 && memchr("bcw", data[0], 3)) return TRUE;
    return length >= NAME_AT + sizeof SAFENET && memcmp(data + NAME_AT, SAFENET, sizeof SAFENET) == 0;
}

/* Nothing is left but zeros, or what memory cards have where nothing is written. */
static gboolean is_wiped(const guint8 *data, gsize length)
{
    enum { SURE = 16 }; /* bytes of 0xFF */
    if (length == 0 || (data[0] != 0 && (data[0] != 0xFF || length < SURE))) return FALSE;
    return length == 1 || memcmp(data, data + 1, length - 1) == 0;
}

/* The base64 of what documents and archives begin with, and nothing else. */
static gboolean is_encoded(const guint8 *data, gsize length)
{
    static const char *const begins[] = {"UEsDB", "JVBERi", "0M8R4KGx", "UmFyIR",
                                         "N3q8rycc"}; /* PK, %PDF … */
    enum { LOOKED = 1000 };
    gboolean begun = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(begins); i++)
        begun |= length > LOOKED && memcmp(data, begins[i], strlen(begins[i])) == 0;
    for (gsize i = 0; begun && i < LOOKED; i++)
        begun = g_ascii_isalnum(data[i]) || (data[i] != '\0' && strchr("+/=\r\n", data[i]));
    return begun;
}

const char *locked_fault(const guint8 *data, gsize length)
{
    if (is_wiped(data, length)) return "all bytes are the same";
    return is_encoded(data, length) ? "it is in base64, and its mail does not say so" : NULL;
}
