/* smime.c - just as much of ASN.1 (BER) as leads to the content of SignedData. */
#include "parsers/smime.h"

#include <string.h>

enum {
    DEPTH_MAX = 20, /* of what is skipped */
    OID = 0x06,
    OCTETS = 0x04,
    CONSTRUCTED = 0x20,
    SEQUENCE = 0x30,
    CONTENT = 0xA0 /* [0] */
};

static const guint8 SIGNED[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
static const guint8 DATA[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01};

/* A place in the bytes: from `at` to `end`, which is that of what is around where an element does not say its
 * own. */
typedef struct Ber {
    const guint8 *at, *end;
} Ber;

typedef struct Element {
    guint8 tag;
    Ber inside;
    gboolean open; /* it ends with two zeros */
} Element;

/* The element at the place, which moves to what is inside of it. FALSE if there is none. */
static gboolean head(Ber *ber, Element *element)
{
    if (ber->end - ber->at < 2 || (ber->at[0] & 0x1F) == 0x1F) return FALSE;
    element->tag = *ber->at++;
    gsize length = *ber->at++;
    element->open = length == 0x80;
    if (length > 0x80) {
        guint bytes = (guint)length & 0x7F;
        if (bytes > 4 || (gsize)(ber->end - ber->at) < bytes) return FALSE;
        for (length = 0; bytes > 0; bytes--) length = length << 8 | *ber->at++;
    }
    gsize left = (gsize)(ber->end - ber->at);
    element->inside = (Ber){ber->at, ber->at + (element->open ? left : MIN(length, left))};
    return TRUE;
}

/* Behind the element that head() gave. */
static gboolean skip_rest(Ber *ber, const Element *element, guint depth)
{
    ber->at = element->inside.end;
    if (!element->open) return TRUE;
    Ber inside = element->inside;
    Element part;
    while (inside.end - inside.at >= 2 && (inside.at[0] || inside.at[1])) {
        if (depth >= DEPTH_MAX || !head(&inside, &part) || !skip_rest(&inside, &part, depth + 1))
            return FALSE;
    }
    if (inside.end - inside.at < 2) return FALSE;
    ber->at = inside.at + 2;
    return TRUE;
}

static gboolean skip(Ber *ber)
{
    Element element;
    return head(ber, &element) && skip_rest(ber, &element, 0);
}

static gboolean enter(Ber *ber, guint8 tag)
{
    Element element;
    if (!head(ber, &element) || element.tag != tag) return FALSE;
    *ber = element.inside;
    return TRUE;
}

static gboolean takes_id(Ber *ber, const guint8 *id, gsize n)
{
    Element element;
    if (!head(ber, &element) || element.tag != OID || (gsize)(element.inside.end - element.inside.at) != n)
        return FALSE;
    ber->at = element.inside.end;
    return memcmp(element.inside.at, id, n) == 0;
}

/* A string of bytes, in one piece or in several. */
static gboolean take_octets(Ber *ber, GByteArray *out)
{
    Element element, part;
    if (!head(ber, &element)) return FALSE;
    if (element.tag == OCTETS) {
        g_byte_array_append(out, element.inside.at, (guint)(element.inside.end - element.inside.at));
        return TRUE;
    }
    if (element.tag != (OCTETS | CONSTRUCTED)) return FALSE;
    for (Ber inside = element.inside; head(&inside, &part) && part.tag == OCTETS && !part.open;
         inside.at = part.inside.end)
        g_byte_array_append(out, part.inside.at, (guint)(part.inside.end - part.inside.at));
    return TRUE;
}

static Ber all_of(GBytes *cms)
{
    gsize length;
    const guint8 *bytes = g_bytes_get_data(cms, &length);
    if (!bytes) bytes = (const guint8 *)"";
    return (Ber){bytes, bytes + length};
}

GBytes *smime_content(GBytes *cms)
{
    Ber ber = all_of(cms);
    g_autoptr (GByteArray) content = g_byte_array_new();
    gboolean good = enter(&ber, SEQUENCE) && takes_id(&ber, SIGNED, sizeof SIGNED) && enter(&ber, CONTENT) &&
                    enter(&ber, SEQUENCE) && skip(&ber) && skip(&ber) && enter(&ber, SEQUENCE) &&
                    takes_id(&ber, DATA, sizeof DATA) && enter(&ber, CONTENT) && take_octets(&ber, content);
    return good && content->len > 0 ? g_byte_array_free_to_bytes(g_steal_pointer(&content)) : NULL;
}

gboolean smime_is_encrypted(GBytes *cms)
{
    static const guint8 PKCS7[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07},
                        AUTHENTICATED[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17};
    enum { ENVELOPED = 3, ENCRYPTED = 6 };
    Ber ber = all_of(cms);
    Element id;
    if (!enter(&ber, SEQUENCE) || !head(&ber, &id) || id.tag != OID) return FALSE;
    const guint8 *at = id.inside.at;
    const gsize n = (gsize)(id.inside.end - at);
    return (n == sizeof PKCS7 + 1 && memcmp(at, PKCS7, sizeof PKCS7) == 0 &&
            (at[n - 1] == ENVELOPED || at[n - 1] == ENCRYPTED)) ||
           (n == sizeof AUTHENTICATED && memcmp(at, AUTHENTICATED, n) == 0);
}
