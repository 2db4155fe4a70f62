#include "parsers/tnef.h"

#include <string.h>

#include "parsers/archive.h"
#include "parsers/charset.h"
#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/lzfu.h"
#include "parsers/names.h"
#include "parsers/rtf.h"
#include "parsers/textout.h"

enum {
    ATTRIBUTES_MAX = 20000, /* attributes and properties that are looked at */
    TITLE = 0x8010,         /* attributes (MS-OXTNEF 2.1.3.2): the low half of their ids */
    BODY = 0x800C,
    DATA = 0x800F,
    RENDERING = 0x9002, /* begins an attachment */
    MESSAGE_PROPERTIES = 0x9003,
    ATTACHMENT_PROPERTIES = 0x9005,
    CODE_PAGE = 0x9007,
    P_DISPLAY_NAME = 0x3001, /* properties (MS-OXPROPS) */
    P_DATA = 0x3701,
    P_NAME = 0x3704,
    P_LONG_NAME = 0x3707,
    P_BODY = 0x1000,
    P_RTF = 0x1009,
    P_HTML = 0x1013,
    P_INTERNET_PAGE = 0x3FDE,
    T_OBJECT = 0x000D, /* types of properties (MS-OXCDATA 2.11.1) */
    T_STRING8 = 0x001E,
    T_UNICODE = 0x001F,
    T_BINARY = 0x0102,
    T_MULTIPLE = 0x1000
};

/* --- bytes ------------------------------------------------------------------------------------ */

typedef struct Cursor {
    const guint8 *at, *end;
} Cursor;

static gsize left(const Cursor *cursor)
{
    return (gsize)(cursor->end - cursor->at);
}

/* A little-endian number of n bytes. FALSE, and 0, at the end of the bytes. */
static gboolean take(Cursor *cursor, gsize n, guint32 *value)
{
    *value = 0;
    if (left(cursor) < n) return FALSE;
    for (gsize i = n; i-- > 0;) *value = *value << 8 | cursor->at[i];
    cursor->at += n;
    return TRUE;
}

static gboolean take_span(Cursor *cursor, gsize n, Cursor *span)
{
    if (n > left(cursor)) return FALSE;
    *span = (Cursor){cursor->at, cursor->at + n};
    cursor->at += n;
    return TRUE;
}

/* --- what is collected ------------------------------------------------------------------------ */

/* Borrowed bytes, of whichever of the names and data there was. */
typedef struct File {
    Cursor title, name, long_name, display_name; /* the first two 8-bit; the others by the types below */
    guint32 name_type, long_name_type, display_name_type;
    Cursor data;
} File;

typedef struct Tnef {
    FactsAttachment *attachment;
    GArray *files; /* of File */
    Cursor body, rtf, html;
    guint32 body_type, page, html_page;
    guint looked_at;
    gboolean damaged;
} Tnef;

static char *label_of(guint32 page)
{
    if (page == 0 || page > 65535) return NULL;
    return page == 65001 ? g_strdup("UTF-8")
           : page == 936 ? g_strdup("GB18030")
                         : g_strdup_printf("CP%u", page);
}

/* Text of a property or attribute, up to its NUL. */
static char *text_of(const Tnef *tnef, Cursor span, guint32 type)
{
    const char *bytes = (const char *)span.at;
    g_autofree char *label = type == T_UNICODE ? g_strdup("UTF-16LE") : label_of(tnef->page);
    gsize n = 0, step = type == T_UNICODE ? 2 : 1;
    while (n + step <= left(&span) && (bytes[n] || (step == 2 && bytes[n + 1]))) n += step;
    return charset_to_utf8(bytes ? bytes : "", n, label, NULL);
}

/* --- properties (MS-OXTNEF 2.1.3.4) ----------------------------------------------------------- */

typedef void (*OnProperty)(Tnef *tnef, File *file, guint32 id, guint32 type, Cursor value);

/* Bytes of one value, as padded to four; 0 where a length stands before it. */
static gsize fixed_size(guint32 type)
{
    switch (type) {
    case 0x0005: /* double, currency, times, 64 bits */
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040: return 8;
    case 0x0048: return 16; /* GUID */
    case T_OBJECT:
    case T_STRING8:
    case T_UNICODE:
    case T_BINARY: return 0;
    default: return 4;
    }
}

static gboolean skip_property_name(Cursor *cursor)
{
    guint32 kind, value;
    Cursor skipped;
    if (!take_span(cursor, 16, &skipped) || !take(cursor, 4, &kind) || !take(cursor, 4, &value)) return FALSE;
    return kind == 0 || take_span(cursor, ((gsize)value + 3) & ~(gsize)3, &skipped);
}

/* One property; of several values the first is told. FALSE if it breaks off. */
static gboolean read_property(Tnef *tnef, File *file, Cursor *cursor, OnProperty on_property)
{
    guint32 type, id, n = 1, length;
    if (!take(cursor, 2, &type) || !take(cursor, 2, &id)) return FALSE;
    if (id >= 0x8000 && !skip_property_name(cursor)) return FALSE;
    guint32 base = type & ~(guint32)T_MULTIPLE;
    gsize fixed = fixed_size(base);
    if ((fixed == 0 || (type & T_MULTIPLE)) && !take(cursor, 4, &n)) return FALSE;
    for (guint32 i = 0; i < n; i++) {
        Cursor value, padding;
        length = (guint32)fixed;
        if (++tnef->looked_at > ATTRIBUTES_MAX || (fixed == 0 && !take(cursor, 4, &length)) ||
            !take_span(cursor, length, &value))
            return FALSE;
        take_span(cursor, MIN((4 - length % 4) % 4, left(cursor)), &padding);
        if (i == 0) on_property(tnef, file, id, base, value);
    }
    return TRUE;
}

static void read_properties(Tnef *tnef, File *file, Cursor cursor, OnProperty on_property)
{
    guint32 n;
    if (!take(&cursor, 4, &n)) return;
    for (guint32 i = 0; i < n; i++)
        if (!read_property(tnef, file, &cursor, on_property)) {
            tnef->damaged = TRUE;
            return;
        }
}

static void on_message_property(Tnef *tnef, File *file, guint32 id, guint32 type, Cursor value)
{
    if (id == P_BODY) {
        tnef->body = value;
        tnef->body_type = type;
    } else if (id == P_RTF && type == T_BINARY) {
        tnef->rtf = value;
    } else if (id == P_HTML && type == T_BINARY) {
        tnef->html = value;
    } else if (id == P_INTERNET_PAGE) {
        take(&value, 4, &tnef->html_page);
    }
}

static void on_file_property(Tnef *tnef, File *file, guint32 id, guint32 type, Cursor value)
{
    gboolean text = type == T_STRING8 || type == T_UNICODE;
    if (id == P_LONG_NAME && text) {
        file->long_name = value;
        file->long_name_type = type;
    } else if (id == P_NAME && text) {
        file->name = value;
        file->name_type = type;
    } else if (id == P_DISPLAY_NAME && text) {
        file->display_name = value;
        file->display_name_type = type;
    } else if (id == P_DATA && left(&value) > 0) {
        gsize interface = type == T_OBJECT ? MIN(16, left(&value)) : 0; /* which COM interface it is for */
        file->data = (Cursor){value.at + interface, value.end};
    }
}

/* --- attributes ------------------------------------------------------------------------------- */

/* The attachment that attributes are about now; one that comes without its beginning makes a new one. */
static File *present_file(Tnef *tnef)
{
    static const File none;
    if (tnef->files->len == 0) g_array_append_val(tnef->files, none);
    return &g_array_index(tnef->files, File, tnef->files->len - 1);
}

static void do_attribute(Tnef *tnef, guint32 id, Cursor data)
{
    static const File none;
    Cursor copy = data;
    switch (id & 0xFFFF) {
    case CODE_PAGE: take(&copy, 4, &tnef->page); break;
    case BODY:
        if (left(&tnef->body) > 0) break;
        tnef->body = data;
        tnef->body_type = T_STRING8;
        break;
    case MESSAGE_PROPERTIES: read_properties(tnef, NULL, data, on_message_property); break;
    case RENDERING:
        if (tnef->files->len < LIMIT_MEMBERS) g_array_append_val(tnef->files, none);
        break;
    case TITLE: present_file(tnef)->title = data; break;
    case DATA: present_file(tnef)->data = data; break;
    case ATTACHMENT_PROPERTIES: read_properties(tnef, present_file(tnef), data, on_file_property); break;
    default: break;
    }
}

static guint32 checksum(Cursor data)
{
    guint32 sum = 0;
    while (data.at < data.end) sum += *data.at++;
    return sum & 0xFFFF;
}

static void read_attributes(Tnef *tnef, Cursor cursor)
{
    guint32 level, id, length, sum;
    Cursor data;
    while (take(&cursor, 1, &level)) {
        if (level != 1 && level != 2) return; /* mail gateways add zeros, line ends and advertising */
        if (!take(&cursor, 4, &id) || !take(&cursor, 4, &length) || ++tnef->looked_at > ATTRIBUTES_MAX) {
            tnef->damaged = TRUE;
            return;
        }
        gboolean whole = take_span(&cursor, length, &data);
        if (!whole) data = cursor;
        do_attribute(tnef, id, data);
        if (!whole || !take(&cursor, 2, &sum) || sum != checksum(data)) {
            tnef->damaged = TRUE;
            if (!whole) return;
        }
    }
}

/* --- handing over ----------------------------------------------------------------------------- */

static char *file_name(const Tnef *tnef, const File *file)
{
    const struct {
        Cursor span;
        guint32 type;
    } names[] = {{file->long_name, file->long_name_type},
                 {file->title, T_STRING8},
                 {file->name, file->name_type},
                 {file->display_name, file->display_name_type}};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = text_of(tnef, names[i].span, names[i].type);
        g_autofree char *path = names_path(text, strlen(text), "UTF-8", NULL);
        const char *slash = strrchr(path, '/');
        if (*path) return g_strdup(slash ? slash + 1 : path);
    }
    return g_strdup("");
}

static void add_files(Tnef *tnef, DocumentKeep keep, gpointer data)
{
    if (tnef->files->len == 0 || !archive_enter(tnef->attachment)) return;
    for (guint i = 0; i < tnef->files->len; i++) {
        const File *file = &g_array_index(tnef->files, File, i);
        g_autofree char *name = file_name(tnef, file);
        if (!*name && left(&file->data) == 0) continue;
        UnpackMember *member = unpack_member_new(name);
        member->content = g_bytes_new(file->data.at, left(&file->data));
        archive_add_child(tnef->attachment, member, keep, data);
        unpack_member_free(member);
    }
    archive_leave();
}

/* The body in the best form that there is; "" if none. */
static char *body_text(const Tnef *tnef)
{
    g_autofree char *plain = text_of(tnef, tnef->body, tnef->body_type);
    if (*g_strchug(plain)) return g_steal_pointer(&plain);
    g_autoptr (GBytes) rtf = lzfu_expand(tnef->rtf.at, left(&tnef->rtf));
    if (rtf) {
        gsize length;
        const char *bytes = g_bytes_get_data(rtf, &length);
        g_autofree char *text = rtf_text(bytes ? bytes : "", length);
        if (*g_strchug(text)) return g_steal_pointer(&text);
    }
    if (left(&tnef->html) == 0) return g_strdup("");
    g_autofree char *label = label_of(tnef->html_page);
    g_autofree char *html = charset_to_utf8((const char *)tnef->html.at, left(&tnef->html), label, NULL);
    return html_to_text(html, NULL);
}

static void put_body(Tnef *tnef)
{
    g_autofree char *text = body_text(tnef);
    g_autoptr (TextOut) out = textout_new();
    for (const char *p = text; *p;) {
        gsize n = strcspn(p, "\r\n\f\x01\x02");
        textout_text(out, p, n);
        p += n;
        if (*p == '\n' || (*p == '\r' && p[1] != '\n')) textout_paragraph(out);
        if (*p) p++;
    }
    textout_finish(out, tnef->attachment);
}

void tnef_read(FactsAttachment *attachment, GBytes *bytes, DocumentKeep keep, gpointer data)
{
    enum { HEAD_BYTES = 6 }; /* signature and key */
    gsize length;
    const guint8 *start = g_bytes_get_data(bytes, &length);
    g_autoptr (GArray) files = g_array_new(FALSE, FALSE, sizeof(File));
    Tnef tnef = {.attachment = attachment, .files = files};
    if (length > HEAD_BYTES) read_attributes(&tnef, (Cursor){start + HEAD_BYTES, start + length});
    put_body(&tnef);
    add_files(&tnef, keep, data);
    if (tnef.damaged || length <= HEAD_BYTES)
        facts_add_problem(attachment->problems, "damaged", "it breaks off, or a checksum is wrong");
    else if (attachment->children->len == 0 && !*attachment->text)
        facts_add_problem(attachment->problems, "empty-document", "neither text nor files");
}
