#include "parsers/ole2.h"

#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-input-memory.h>
#include <gsf/gsf-utils.h>
#include <string.h>

#include "parsers/limits.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInput, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInfile, g_object_unref)

#define CHILDREN_MAX 1000

/* Bytes of a stream from its start; FALSE if there are not so many. */
static gboolean read_start(GsfInput *stream, guint8 *into, gsize length)
{
    return gsf_input_remaining(stream) >= (gsf_off_t)length && gsf_input_read(stream, length, into) != NULL;
}

/* A child by name, without regard to case as the format has it (MS-CFB 2.6.4), or NULL. */
static GsfInput *child(GsfInfile *file, const char *name)
{
    for (int i = 0; i < MIN(gsf_infile_num_children(file), CHILDREN_MAX); i++) {
        const char *candidate = gsf_infile_name_by_index(file, i);
        if (candidate && g_ascii_strcasecmp(candidate, name) == 0) return gsf_infile_child_by_index(file, i);
    }
    return NULL;
}

/* --- streams
 * ------------------------------------------------------------------------------------------------- */

#define READ_STEP 65536 /* bytes: a cut stream is read so far in steps, the last of them SECTOR small */
#define SECTOR    512

struct Ole2 {
    GBytes *bytes;
    GsfInfile *file;
};

Ole2 *ole2_open(GBytes *bytes, char **why)
{
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        gsf_init();
        g_once_init_leave(&ready, 1);
    }
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    g_autoptr (GsfInput) input = gsf_input_memory_new(data, (gsf_off_t)length, FALSE);
    g_autoptr (GError) error = NULL;
    g_autoptr (GsfInfile) file = input ? gsf_infile_msole_new(input, &error) : NULL;
    if (!file) {
        if (why) *why = g_strdup(error ? error->message : "not a whole OLE2 file");
        return NULL;
    }
    Ole2 *ole2 = g_new0(Ole2, 1);
    ole2->bytes = g_bytes_ref(bytes);
    ole2->file = g_steal_pointer(&file);
    return ole2;
}

void ole2_close(Ole2 *ole2)
{
    if (!ole2) return;
    g_object_unref(ole2->file);
    g_bytes_unref(ole2->bytes);
    g_free(ole2);
}

GBytes *ole2_stream(Ole2 *ole2, const char *name, gboolean *whole)
{
    g_autoptr (GsfInput) stream = child(ole2->file, name);
    if (!stream) return NULL;
    gsf_off_t size = gsf_input_size(stream), limit = MIN(size, (gsf_off_t)LIMIT_MAIL_BYTES);
    GByteArray *all = g_byte_array_new();
    gsize step = READ_STEP;
    while ((gsf_off_t)all->len < limit) {
        gsize want = MIN(step, (gsize)(limit - (gsf_off_t)all->len));
        gboolean good = !gsf_input_seek(stream, (gsf_off_t)all->len, G_SEEK_SET);
        const guint8 *got = good ? gsf_input_read(stream, want, NULL) : NULL;
        if (got)
            g_byte_array_append(all, got, (guint)want);
        else if (step > SECTOR)
            step = SECTOR;
        else
            break;
    }
    if (whole) *whole = (gsf_off_t)all->len == size;
    return g_byte_array_free_to_bytes(all);
}

/* --- recognising
 * --------------------------------------------------------------------------------------------- */

static void probe_word(Recognised *found, GsfInfile *file, GsfInput *stream)
{
    found->reader = RECOGNISE_DOC;
    guint8 fib[12]; /* MS-DOC 2.5.2: wIdent, …, flags at 10 */
    if (!read_start(stream, fib, sizeof fib) || (fib[1] != 0xA5 && fib[1] != 0xA6))
        recognised_problem(found, "damaged", "the Word document stream does not begin as one");
    else if (fib[11] & 0x01)
        recognised_problem(found, "encrypted", "a password is needed");
}

static void probe_excel(Recognised *found, GsfInfile *file, GsfInput *stream)
{
    guint8 head[4];
    found->reader = RECOGNISE_BIFF;
    if (read_start(stream, head, sizeof head) && head[0] != 0x09)
        recognised_problem(found, "damaged", "the workbook stream does not begin as one");
}

static void probe_powerpoint(Recognised *found, GsfInfile *file, GsfInput *stream)
{
    static const guint8 token[] = {0xDF, 0xC4, 0xD1,
                                   0xF3}; /* MS-PPT 2.3.2: headerToken of an encrypted file */
    guint8 head[16];
    g_autoptr (GsfInput) user = child(file, "Current User");
    if (user && read_start(user, head, sizeof head) && memcmp(head + 12, token, sizeof token) == 0)
        recognised_problem(found, "encrypted", "a password is needed");
}

static void probe_encrypted(Recognised *found, GsfInfile *file, GsfInput *stream)
{
    recognised_problem(found, "encrypted", "a password is needed");
}

/* The first stream or storage that is there says what the file is. */
static const struct {
    const char *stream, *type, *what;
    void (*probe)(Recognised *found, GsfInfile *file, GsfInput *stream); /* may be NULL */
} kinds[] = {
    {"EncryptedPackage", "application/x-ole-storage", "encrypted Office document", probe_encrypted},
    {"WordDocument", "application/msword", "Word 97-2003 document", probe_word},
    {"Workbook", "application/vnd.ms-excel", "Excel 97-2003 workbook", probe_excel},
    {"Book", "application/vnd.ms-excel", "Excel 5 workbook", probe_excel},
    {"PowerPoint Document", "application/vnd.ms-powerpoint", "PowerPoint 97-2003 slides", probe_powerpoint},
    {"__properties_version1.0", "application/vnd.ms-outlook", "Outlook message", NULL},
    {"VisioDocument", "application/vnd.visio", "Visio drawing", NULL},
    {"Quill", "application/x-mspublisher", "Publisher document", NULL},
    {"MatOST", "application/vnd.ms-works", "Works document", NULL},
    {"HwpSummaryInformation", "application/x-hwp", "Hangul document", NULL},
    {"CONTENTS", "application/vnd.ms-works", "Works document", NULL},
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

static void probe_streams(Recognised *found, GsfInfile *file)
{
    static const char *const macros[] = {"Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT"};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr (GsfInput) stream = child(file, kinds[i].stream);
        if (!stream) continue;
        recognised_set(found, kinds[i].type, kinds[i].what);
        if (kinds[i].probe) kinds[i].probe(found, file, stream);
        break;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(macros); i++) {
        g_autoptr (GsfInput) storage = child(file, macros[i]);
        found->macro |= storage != NULL;
    }
}

void ole2_recognise(Recognised *found, GBytes *bytes, const char *name)
{
    recognised_set(found, "application/x-ole-storage", "OLE2 file");
    g_autofree char *why = NULL;
    g_autoptr (Ole2) ole2 = ole2_open(bytes, &why);
    if (ole2)
        probe_streams(found, ole2->file);
    else
        recognised_problem(found, "damaged", why);
    refine_by_name(found, name);
}
