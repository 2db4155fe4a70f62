#include "parsers/biff_records.h"

#include <string.h>

#define FLAG_WIDE     0x01 /* of a string */
#define FLAG_PHONETIC 0x04
#define FLAG_RICH     0x08

gboolean biff_next(BiffStream *stream, BiffRecord *record)
{
    gsize left = stream->length - stream->at;
    if (left < 4) return FALSE;
    const guint8 *p = stream->data + stream->at;
    gsize length = p[2] | (gsize)p[3] << 8;
    record->type = p[0] | (guint)p[1] << 8;
    record->offset = stream->at;
    record->data = p + 4;
    record->length = MIN(length, left - 4);
    stream->cut = record->length < length;
    stream->at += 4 + record->length;
    return TRUE;
}

/* --- numbers ---------------------------------------------------------------------------------- */

guint biff_u8(const BiffRecord *record, gsize offset)
{
    return offset < record->length ? record->data[offset] : 0;
}

guint biff_u16(const BiffRecord *record, gsize offset)
{
    return biff_u8(record, offset) | biff_u8(record, offset + 1) << 8;
}

guint32 biff_u32(const BiffRecord *record, gsize offset)
{
    return biff_u16(record, offset) | (guint32)biff_u16(record, offset + 2) << 16;
}

double biff_double(const BiffRecord *record, gsize offset)
{
    guint64 bits = biff_u32(record, offset) | (guint64)biff_u32(record, offset + 4) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* --- bodies ----------------------------------------------------------------------------------- */

BiffBody biff_body(const BiffStream *stream, const BiffRecord *record, gsize at)
{
    BiffBody body = {.rest = *stream};
    body.p = record->data + MIN(at, record->length);
    body.end = record->data + record->length;
    return body;
}

/* Makes sure that a byte is there: goes on in the next CONTINUE. */
static gboolean more(BiffBody *body)
{
    while (body->p == body->end && !body->over) {
        BiffRecord record;
        if (!biff_next(&body->rest, &record) || record.type != BIFF_CONTINUE) {
            body->over = TRUE;
            break;
        }
        body->p = record.data;
        body->end = record.data + record.length;
    }
    return !body->over;
}

guint biff_body_u8(BiffBody *body)
{
    return more(body) ? *body->p++ : 0;
}

guint biff_body_u16(BiffBody *body)
{
    guint low = biff_body_u8(body);
    return low | biff_body_u8(body) << 8;
}

guint32 biff_body_u32(BiffBody *body)
{
    guint32 low = biff_body_u16(body);
    return low | (guint32)biff_body_u16(body) << 16;
}

void biff_body_skip(BiffBody *body, gsize length)
{
    while (length > 0 && more(body)) {
        gsize step = MIN(length, (gsize)(body->end - body->p));
        body->p += step;
        length -= step;
    }
}

/* --- strings ---------------------------------------------------------------------------------- */

/* Appends a UTF-16 unit; a pair that is cut or in the wrong order becomes U+FFFD. */
static void append_unit(GString *out, guint unit, guint *high)
{
    gboolean low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (*high && low) {
        g_string_append_unichar(out, 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00));
        *high = 0;
        return;
    }
    if (*high) g_string_append_unichar(out, 0xFFFD);
    *high = unit >= 0xD800 && unit <= 0xDBFF ? unit : 0;
    if (low)
        g_string_append_unichar(out, 0xFFFD);
    else if (!*high && unit != 0)
        g_string_append_unichar(out, unit);
}

char *biff_body_characters(BiffBody *body, gsize characters, gboolean wide)
{
    GString *out = g_string_new(NULL);
    guint high = 0;
    while (characters > 0 && !body->over) {
        if (body->p == body->end) {
            if (!more(body)) break;
            wide = *body->p++ & FLAG_WIDE;
        }
        gsize width = wide ? 2 : 1, n = MIN(characters, (gsize)(body->end - body->p) / width);
        for (gsize i = 0; i < n; i++, body->p += width)
            append_unit(out, wide ? body->p[0] | (guint)body->p[1] << 8 : body->p[0], &high);
        characters -= n;
        if (characters > 0) body->p = body->end; /* half a unit, or all is read */
    }
    if (high) g_string_append_unichar(out, 0xFFFD);
    return g_string_free(out, FALSE);
}

char *biff_body_string(BiffBody *body, gsize characters, GArray *runs)
{
    guint flags = biff_body_u8(body);
    gsize n_runs = flags & FLAG_RICH ? biff_body_u16(body) : 0;
    gsize phonetic = flags & FLAG_PHONETIC ? biff_body_u32(body) : 0;
    char *text = biff_body_characters(body, characters, flags & FLAG_WIDE);
    for (; runs && n_runs > 0 && !body->over; n_runs--) {
        BiffRun run = {.begin = (guint16)biff_body_u16(body)};
        run.font = (guint16)biff_body_u16(body);
        g_array_append_val(runs, run);
    }
    biff_body_skip(body, 4 * n_runs + phonetic);
    return text;
}
