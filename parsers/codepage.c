#include "parsers/codepage.h"

#include "parsers/charset.h"

static const struct {
    guint codepage;
    const char *label;
} labels[] = {
    {367, "cp1252"},         {437, "cp437"},
    {850, "cp850"},          {852, "cp852"},
    {866, "cp866"},          {874, "cp874"},
    {932, "cp932"},          {936, "gb18030"},
    {949, "cp949"},          {950, "big5"},
    {1200, "utf-16le"},      {1250, "cp1250"},
    {1251, "cp1251"},        {1253, "cp1253"},
    {1254, "cp1254"},        {1255, "cp1255"},
    {1256, "cp1256"},        {1257, "cp1257"},
    {1258, "cp1258"},        {10000, "macintosh"},
    {10007, "mac-cyrillic"}, {10029, "mac-centraleurope"},
    {32768, "macintosh"},    {54936, "gb18030"},
    {65001, "utf-8"},
};

/* By the low ten bits, the language without its country, except for Chinese. */
static const struct {
    guint language, mask, codepage;
} languages[] = {
    {0x0404, 0xFFFF, 950}, {0x0C04, 0xFFFF, 950}, {0x1404, 0xFFFF, 950}, {0x04, 0x3FF, 936},
    {0x11, 0x3FF, 932},    {0x12, 0x3FF, 949},    {0x19, 0x3FF, 1251},   {0x22, 0x3FF, 1251},
    {0x23, 0x3FF, 1251},   {0x02, 0x3FF, 1251},   {0x2F, 0x3FF, 1251},   {0x05, 0x3FF, 1250},
    {0x0E, 0x3FF, 1250},   {0x15, 0x3FF, 1250},   {0x18, 0x3FF, 1250},   {0x1A, 0x3FF, 1250},
    {0x1B, 0x3FF, 1250},   {0x24, 0x3FF, 1250},   {0x08, 0x3FF, 1253},   {0x1F, 0x3FF, 1254},
    {0x0D, 0x3FF, 1255},   {0x01, 0x3FF, 1256},   {0x29, 0x3FF, 1256},   {0x25, 0x3FF, 1257},
    {0x26, 0x3FF, 1257},   {0x27, 0x3FF, 1257},   {0x2A, 0x3FF, 1258},   {0x1E, 0x3FF, 874},
};

guint codepage_of_language(guint language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++)
        if ((language & languages[i].mask) == languages[i].language) return languages[i].codepage;
    return 1252;
}

gboolean codepage_looks_chinese(const guint8 *bytes, gsize length)
{
    guint run = 0, longest = 0;
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] < 0x80) {
            run = 0;
            continue;
        }
        gboolean pair = i + 1 < length && bytes[i] >= 0xA1 && bytes[i] <= 0xF7 && bytes[i + 1] >= 0xA1 &&
                        bytes[i + 1] != 0xFF;
        if (!pair) return FALSE;
        run = bytes[i] >= 0xB0 ? run + 1 : run; /* rows of Chinese characters, not of signs */
        longest = MAX(longest, run);
        i++;
    }
    return longest >= 2;
}

char *codepage_to_utf8(const guint8 *bytes, gsize length, guint codepage)
{
    const char *label = "cp1252";
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
        if (labels[i].codepage == codepage) label = labels[i].label;
    if (g_str_has_prefix(label, "cp1252") && codepage_looks_chinese(bytes, length)) label = "gb18030";
    return charset_to_utf8((const char *)bytes, length, label, NULL);
}
