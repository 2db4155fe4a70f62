/* What is drawn on a sheet: text boxes, check boxes, ActiveX controls (MS-XLS 2.4.171, 2.4.181, 2.4.329). */
#include "parsers/biff_book.h"
#include "parsers/forms_control.h"
#include "parsers/symbols.h"

#define TXO_LENGTH_AT 10
#define ATOM_HEAD     8 /* of what a drawing is made of: version, type, length (MS-ODRAW 2.2.1) */
#define ATOM_ANCHOR   0xF010
#define ATOMS_MAX     1000
#define ROW_PARTS     256 /* of which an anchor gives the place in its row */

enum { OBJ_PICTURE = 8, OBJ_CHECK_BOX = 11, OBJ_RADIO = 12 };
enum { PART_PICTURE = 0x09, PART_BOX_STATE_OLD = 0x0A, PART_BOX_STATE = 0x12 };

/* --- where ------------------------------------------------------------------------------------ */

/* Flags, then column and how far in it, row and how far in it, of two corners (MS-XLS 2.5.193). Where it
 * touches two rows the one with more of it. */
static void read_anchor(BiffBook *book, const BiffRecord *record, gsize at)
{
    guint top = biff_u16(record, at + 6), into = biff_u16(record, at + 8);
    guint bottom = biff_u16(record, at + 14), below = biff_u16(record, at + 16);
    BiffAnchor *anchor = &book->anchor;
    anchor->known = TRUE;
    anchor->column = biff_u16(record, at + 2);
    anchor->across = biff_u16(record, at + 4);
    anchor->row = top;
    if (bottom > top + 1)
        anchor->row = top + (bottom - top) / 2;
    else if (bottom == top + 1 && below + into > ROW_PARTS)
        anchor->row = bottom;
}

void biff_drawing(BiffBook *book, const BiffRecord *record)
{
    gsize at = 0;
    for (guint n = 0; n < ATOMS_MAX && at + ATOM_HEAD <= record->length; n++) {
        gboolean container = (biff_u16(record, at) & 0xF) == 0xF;
        if (biff_u16(record, at + 2) == ATOM_ANCHOR) read_anchor(book, record, at + ATOM_HEAD);
        at += ATOM_HEAD + (container ? 0 : biff_u32(record, at + 4));
    }
}

/* Check boxes and fields are of the cell that they lie above; other text is not. */
static void put_control(BiffBook *book, const char *text)
{
    if (book->anchor.known)
        sheets_control(book->out, book->anchor.row, book->anchor.column, book->anchor.across, text);
    else
        sheets_box(book->out, text);
    book->anchor.known = FALSE;
}

/* --- what ------------------------------------------------------------------------------------- */

/* The text of a box or comment stands in the CONTINUE behind, as characters with flags before them. */
void biff_text_box(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    guint characters = book->version < 8 ? 0 : biff_u16(record, TXO_LENGTH_AT);
    BiffBody body = biff_body(stream, record, record->length);
    guint flags = characters ? biff_body_u8(&body) : 0;
    g_autofree char *text = biff_body_characters(&body, characters, flags & 1);
    if (book->box && (characters > 0 || book->anchor.known)) {
        g_autofree char *boxed = g_strconcat(book->box, text, NULL);
        put_control(book, boxed);
    } else if (characters > 0) {
        sheets_box(book->out, text);
    }
    book->box = NULL;
}

/* Of an ActiveX control: the length of its class, that, place and length in the stream of controls (MS-XLS
 * 2.5.156). The stream of pictures and embedded files is another one. */
static void put_active_x(BiffBook *book, const BiffRecord *record, gsize at, gsize length)
{
    gsize size, place = 2 + (gsize)biff_u16(record, at), all;
    const char *data = g_bytes_get_data(book->controls, &all);
    if (!data || place + 8 > length) return;
    gsize begin = biff_u32(record, at + place);
    size = biff_u32(record, at + place + 4);
    if (begin > all || size > all - begin) return;
    g_autoptr (GBytes) stored = g_bytes_new_from_bytes(book->controls, begin, size);
    g_autofree char *text = forms_control_text(stored, NULL);
    if (text) put_control(book, text);
}

/* Parts, each a kind and a length; the first says what it is, and of a box one has the state. LibreOffice
 * leaves out the usual one. */
void biff_object(BiffBook *book, const BiffRecord *record)
{
    guint kind = biff_u16(record, 4);
    gboolean box = kind == OBJ_CHECK_BOX || kind == OBJ_RADIO;
    book->picture |= kind == OBJ_PICTURE;
    book->box = box ? SYMBOL_UNCHECKED : NULL;
    for (gsize at = 0; at + 6 <= record->length; at += 4 + biff_u16(record, at + 2)) {
        guint part = biff_u16(record, at);
        if (box && (part == PART_BOX_STATE || part == PART_BOX_STATE_OLD))
            book->box = biff_u16(record, at + 4) == 1 ? SYMBOL_CHECKED : SYMBOL_UNCHECKED;
        if (part == PART_PICTURE && kind == OBJ_PICTURE && book->controls)
            put_active_x(book, record, at + 4, biff_u16(record, at + 2));
    }
}
