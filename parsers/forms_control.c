#include "parsers/forms_control.h"

#include <string.h>

#include "parsers/cfb.h"
#include "parsers/charset.h"
#include "parsers/limits.h"
#include "parsers/symbols.h"

enum {
    CLASS_ID = 16,
    HEAD = 4, /* version, bytes that follow */
    STRING_MAX = 10000,
    STYLE_TEXT = 1,
    STYLE_BOX = 4, /* the first that can be ticked */
    STYLE_TOGGLE = 6
};

/* The end of a GUID {xxxxxxxx-EC42-11CE-9E0D-00AA006002F3}, which all but labels have. */
static const guint8 MORPH[] = {0x42, 0xEC, 0xCE, 0x11, 0x9E, 0x0D, 0x00, 0xAA, 0x00, 0x60, 0x02, 0xF3};
static const guint8 LABEL[] = {0x23, 0x9E, 0x8C, 0x97, 0xB0, 0xD4, 0xCE, 0x11,
                               0xBF, 0x2D, 0x00, 0xAA, 0x00, 0x3F, 0x40, 0xD0};

/* Properties in the order of their bits in the mask: bytes of each among the data, 0 for those that are not
 * there. */
typedef struct Layout {
    guint8 mask; /* bytes */
    guint8 sizes[33];
    gint8 style, value, caption, size; /* which of them these are; -1 none */
    gboolean size_last;                /* of what follows the data: strings come before the size */
} Layout;

static const Layout morph = {.mask = 8,
                             .sizes = {4, 4, 4, 4, 1, 1, 1, 1, 0, 2, 4, 2, 2, 2, 2, 2, 1,
                                       1, 1, 0, 1, 1, 4, 4, 4, 4, 4, 2, 2, 2, 0, 0, 4},
                             .style = 6,
                             .value = 22,
                             .caption = 23,
                             .size = 8};
static const Layout label = {.mask = 4,
                             .sizes = {4, 4, 4, 4, 4, 0, 1, 4, 2, 2, 2, 2, 2},
                             .style = -1,
                             .value = -1,
                             .caption = 3,
                             .size = 5,
                             .size_last = TRUE};

typedef struct Reader {
    const guint8 *bytes; /* from the mask on */
    gsize n, at;
} Reader;

static guint32 number(const guint8 *p, gsize size)
{
    guint32 all = 0;
    for (gsize i = 0; i < size; i++) all |= (guint32)p[i] << 8 * i;
    return all;
}

/* The next property, at a multiple of its size; 0 behind the end. */
static guint32 take(Reader *reader, gsize size)
{
    reader->at = (reader->at + size - 1) / size * size;
    guint32 all = reader->at + size <= reader->n ? number(reader->bytes + reader->at, size) : 0;
    reader->at += size;
    return all;
}

/* Characters of which the count is given with a mark: as bytes, those of UTF-16 that are zero left out. */
static char *take_string(Reader *reader, guint32 count)
{
    gsize n = count & 0x7FFFFFFF;
    reader->at = (reader->at + 3) / 4 * 4;
    if (n > STRING_MAX || reader->at + n > reader->n) return g_strdup("");
    const char *text = (const char *)reader->bytes + reader->at;
    reader->at += n;
    return charset_to_utf8(text, n, count & 0x80000000u ? "iso-8859-1" : "utf-16le", NULL);
}

char *forms_control_shown(guint style, const char *value, const char *caption)
{
    gboolean box = style >= STYLE_BOX && style <= STYLE_TOGGLE;
    gboolean ticked = g_strcmp0(value, "1") == 0 || g_strcmp0(value, "-1") == 0 ||
                      (value && g_ascii_strcasecmp(value, "true") == 0);
    if (box) return g_strconcat(ticked ? SYMBOL_CHECKED : SYMBOL_UNCHECKED, caption, NULL);
    const char *shown = value && *value ? value : caption;
    return shown && *shown ? g_strdup(shown) : NULL;
}

static char *control_text(const Layout *layout, const guint8 *data, gsize length)
{
    if (length < HEAD || number(data, 2) != 0x0200) return NULL;
    Reader reader = {data + HEAD, MIN(length - HEAD, number(data + 2, 2)), layout->mask};
    if (reader.n < layout->mask) return NULL;
    guint32 values[G_N_ELEMENTS(layout->sizes)] = {0};
    gboolean size = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(layout->sizes) && i < 8u * layout->mask; i++) {
        if (!(reader.bytes[i / 8] >> i % 8 & 1)) continue;
        size |= (gint)i == layout->size;
        if (layout->sizes[i]) values[i] = take(&reader, layout->sizes[i]);
    }
    if (size && !layout->size_last) {
        take(&reader, 4);
        take(&reader, 4);
    }
    g_autofree char *value = layout->value < 0 ? NULL : take_string(&reader, values[layout->value]);
    g_autofree char *caption = take_string(&reader, values[layout->caption]);
    guint style = layout->style < 0 ? STYLE_TEXT : values[layout->style];
    return forms_control_shown(style, value, caption);
}

static char *classed_text(const guint8 *class_id, const guint8 *data, gsize length)
{
    if (memcmp(class_id, LABEL, CLASS_ID) == 0) return control_text(&label, data, length);
    gboolean known = memcmp(class_id + CLASS_ID - sizeof MORPH, MORPH, sizeof MORPH) == 0;
    return known ? control_text(&morph, data, length) : NULL;
}

/* {8BD21D40-EC42-11CE-9E0D-00AA006002F3} as it is stored: the first three numbers from their low bytes on. */
static gboolean read_class(const char *text, guint8 *class_id)
{
    static const guint8 order[CLASS_ID] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    guint n = 0;
    for (const char *p = text; *p && n < 2 * CLASS_ID; p++) {
        gint digit = g_ascii_xdigit_value(*p);
        if (digit < 0) continue;
        guint8 *byte = &class_id[order[n / 2]];
        *byte = (guint8)(n % 2 == 0 ? digit << 4 : *byte | digit);
        n++;
    }
    return n == 2 * CLASS_ID;
}

char *forms_control_in(const Cfb *file, const CfbNode *storage, const char *class_id)
{
    enum { BEFORE_CLASS = 12 }; /* of the stream that says what the other one is */
    guint8 said[CLASS_ID];
    gsize n, m = 0;
    const CfbNode *contents = cfb_child(storage, "contents");
    const CfbNode *object = cfb_child(storage, "\x01"
                                               "CompObj");
    if (!contents || contents->storage) return NULL;
    g_autoptr (GBytes) about = object ? cfb_read(file, object, BEFORE_CLASS + CLASS_ID) : NULL;
    const guint8 *head = about ? g_bytes_get_data(about, &m) : NULL, *known = NULL;
    if (m == BEFORE_CLASS + CLASS_ID)
        known = head + BEFORE_CLASS;
    else if (class_id && read_class(class_id, said))
        known = said;
    if (!known) return NULL;
    g_autoptr (GBytes) state = cfb_read(file, contents, 4 * STRING_MAX);
    const guint8 *bytes = g_bytes_get_data(state, &n);
    return classed_text(known, bytes, n);
}

char *forms_control_text(GBytes *stored, const char *class_id)
{
    const char *why;
    gsize length;
    const guint8 *data = g_bytes_get_data(stored, &length);
    if (length < CLASS_ID) return NULL;
    if (memcmp(data, "\xD0\xCF\x11\xE0", 4) != 0)
        return classed_text(data, data + CLASS_ID, length - CLASS_ID);
    g_autoptr (Cfb) file = cfb_open(stored, &why);
    return file ? forms_control_in(file, cfb_root(file), class_id) : NULL;
}
