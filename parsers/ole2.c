#include "parsers/ole2.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/ole2_parts.h"

/* Bytes of a stream from its start; FALSE if there are not so many. */
static gboolean read_start(const Cfb *file, const CfbNode *stream, guint8 *into, gsize length)
{
    g_autoptr (GBytes) start = cfb_read(file, stream, length);
    if (g_bytes_get_size(start) < length) return FALSE;
    memcpy(into, g_bytes_get_data(start, NULL), length);
    return TRUE;
}

/* --- streams ---------------------------------------------------------------------------------- */

Ole2 *ole2_open(GBytes *bytes, const char **why)
{
    g_autoptr (Cfb) file = cfb_open(bytes, why);
    if (!file) return NULL;
    Ole2 *ole2 = g_new0(Ole2, 1);
    ole2->bytes = g_bytes_ref(bytes);
    ole2->file = g_steal_pointer(&file);
    return ole2;
}

void ole2_close(Ole2 *ole2)
{
    if (!ole2) return;
    cfb_close(ole2->file);
    g_bytes_unref(ole2->bytes);
    g_free(ole2);
}

GBytes *ole2_stream(Ole2 *ole2, const char *name, gboolean *whole)
{
    const CfbNode *stream = cfb_child(cfb_root(ole2->file), name);
    if (!stream || stream->storage) return NULL;
    GBytes *bytes = cfb_read(ole2->file, stream, LIMIT_MAIL_BYTES);
    if (whole) *whole = g_bytes_get_size(bytes) == stream->size && cfb_is_whole(ole2->file);
    return bytes;
}

/* --- recognising ------------------------------------------------------------------------------ */

static void probe_word(Recognised *found, const Cfb *file, const CfbNode *stream)
{
    found->reader = RECOGNISE_DOC;
    guint8 fib[12]; /* MS-DOC 2.5.2: wIdent, …, flags at 10 */
    if (!read_start(file, stream, fib, sizeof fib) || (fib[1] != 0xA5 && fib[1] != 0xA6))
        recognised_problem(found, "damaged", "the Word document stream does not begin as one");
    else if (fib[11] & 0x01)
        recognised_problem(found, "encrypted", "a password is needed");
}

static void probe_excel(Recognised *found, const Cfb *file, const CfbNode *stream)
{
    guint8 head[4];
    found->reader = RECOGNISE_BIFF;
    if (read_start(file, stream, head, sizeof head) && head[0] != 0x09)
        recognised_problem(found, "damaged", "the workbook stream does not begin as one");
}

static void probe_works(Recognised *found, const Cfb *file, const CfbNode *stream)
{
    guint8 head[8];
    gboolean chunks =
        read_start(file, stream, head, sizeof head) && memcmp(head, "CHNKWKS ", sizeof head) == 0;
    const CfbNode *older = cfb_child(cfb_root(file), "MN0");
    if (chunks || older) found->reader = RECOGNISE_WORKS;
}

static void probe_powerpoint(Recognised *found, const Cfb *file, const CfbNode *stream)
{
    static const guint8 token[] = {0xDF, 0xC4, 0xD1,
                                   0xF3}; /* MS-PPT 2.3.2: headerToken of an encrypted file */
    guint8 head[16];
    const CfbNode *user = cfb_child(cfb_root(file), "Current User");
    if (user && read_start(file, user, head, sizeof head) && memcmp(head + 12, token, sizeof token) == 0)
        recognised_problem(found, "encrypted", "a password is needed");
}

static void probe_encrypted(Recognised *found, const Cfb *file, const CfbNode *stream)
{
    recognised_problem(found, "encrypted", "a password is needed");
}

/* The first stream or storage that is there says what the file is. */
static const struct {
    const char *stream, *type, *what;
    void (*probe)(Recognised *found, const Cfb *file, const CfbNode *stream); /* may be NULL */
} kinds[] = {
    {"EncryptedPackage", "application/x-ole-storage", "encrypted Office document", probe_encrypted},
    {"WordDocument", "application/msword", "Word 97-2003 document", probe_word},
    {"Workbook", "application/vnd.ms-excel", "Excel 97-2003 workbook", probe_excel},
    {"Book", "application/vnd.ms-excel", "Excel 5 workbook", probe_excel},
    {"PowerPoint Document", "application/vnd.ms-powerpoint", "PowerPoint 97-2003 slides", probe_powerpoint},
    {"__properties_version1.0", "application/vnd.ms-outlook", "Outlook message", NULL},
    {"VisioDocument", "application/vnd.visio", "Visio drawing", NULL},
    {"Quill", "application/x-mspublisher", "Publisher document", NULL},
    {"MN0", "application/vnd.ms-works", "Works document", probe_works},
    {"HwpSummaryInformation", "application/x-hwp", "Hangul document", NULL},
    {"CONTENTS", "application/vnd.ms-works", "Works document", probe_works},
};

/* WPS Office writes the same streams as Microsoft: only the name tells them apart. Of an encrypted package
 * only the name tells what is in it. */
static const struct {
    const char *suffix, *inside, *type, *what;
} by_name[] = {
    {".wps", "application/msword", "application/wps-office.wps", "WPS document"},
    {".et", "application/vnd.ms-excel", "application/wps-office.et", "WPS workbook"},
    {".dps", "application/vnd.ms-powerpoint", "application/wps-office.dps", "WPS slides"},
    {".docx", "application/x-ole-storage",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "encrypted Word document"},
    {".xlsx", "application/x-ole-storage",
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "encrypted Excel workbook"},
    {".pptx", "application/x-ole-storage",
     "application/vnd.openxmlformats-officedocument.presentationml.presentation", "encrypted slides"},
};

static void refine_by_name(Recognised *found, const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(by_name); i++)
        if (strcmp(found->type, by_name[i].inside) == 0 && g_str_has_suffix(lower, by_name[i].suffix)) {
            recognised_set(found, by_name[i].type, by_name[i].what);
            return;
        }
}

static void probe_streams(Recognised *found, const Cfb *file)
{
    static const char *const macros[] = {"Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT"};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const CfbNode *stream = cfb_child(cfb_root(file), kinds[i].stream);
        if (!stream) continue;
        recognised_set(found, kinds[i].type, kinds[i].what);
        if (kinds[i].probe) kinds[i].probe(found, file, stream);
        break;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(macros); i++) {
        const CfbNode *storage = cfb_child(cfb_root(file), macros[i]);
        found->macro |= storage != NULL;
    }
}

void ole2_recognise(Recognised *found, GBytes *bytes, const char *name)
{
    recognised_set(found, "application/x-ole-storage", "OLE2 file");
    const char *why = NULL;
    g_autoptr (Ole2) ole2 = ole2_open(bytes, &why);
    if (ole2)
        probe_streams(found, ole2->file);
    else
        recognised_problem(found, "damaged", why);
    refine_by_name(found, name);
}
