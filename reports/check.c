#include "reports/check.h"

#include <minizip/unzip.h>
#include <string.h>

#define MEMBER_BYTES (512u << 20) /* more than any worksheet of ours */

static void count_row(GMarkupParseContext *context, const char *element, const char **names,
                      const char **values, gpointer data, GError **error)
{
    guint *rows = data;
    if (g_str_equal(element, "row")) (*rows)++;
}

/* FALSE if it is no well-formed XML; *rows = how many <row> elements it has. */
static gboolean parse(const char *name, const GByteArray *bytes, guint *rows, GError **error)
{
    static const GMarkupParser PARSER = {.start_element = count_row};
    g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new(&PARSER, 0, rows, NULL);
    g_autoptr (GError) why = NULL;
    *rows = 0;
    if (g_markup_parse_context_parse(context, (const char *)bytes->data, bytes->len, &why) &&
        g_markup_parse_context_end_parse(context, &why))
        return TRUE;
    g_set_error(error, CHECK_ERROR, CHECK_ERROR_XML, "%s in the finished workbook is not well-formed: %s",
                name, why->message);
    return FALSE;
}

static gboolean zip_fault(GError **error, const char *name, const char *what)
{
    g_set_error(error, CHECK_ERROR, CHECK_ERROR_ZIP, "the finished workbook is damaged: %s %s", name, what);
    return FALSE;
}

/* The current member, unpacked into `bytes`. */
static gboolean unpack(unzFile zip, const char *name, guint64 size, GByteArray *bytes, GError **error)
{
    char buffer[64 * 1024];
    int got;

    if (size > MEMBER_BYTES) return zip_fault(error, name, "is larger than it can be");
    if (unzOpenCurrentFile(zip) != UNZ_OK) return zip_fault(error, name, "cannot be opened");
    g_byte_array_set_size(bytes, 0);
    while ((got = unzReadCurrentFile(zip, buffer, sizeof buffer)) > 0 && bytes->len <= MEMBER_BYTES)
        g_byte_array_append(bytes, (const guint8 *)buffer, (guint)got);
    int closed = unzCloseCurrentFile(zip); /* compares the CRC when all was read */
    if (got != 0 || bytes->len != size) return zip_fault(error, name, "is cut short");
    if (closed != UNZ_OK) return zip_fault(error, name, "has a wrong CRC");
    return TRUE;
}

/* 1 for xl/worksheets/sheet1.xml; 0 = no worksheet. */
static guint sheet_number(const char *name)
{
    static const char PREFIX[] = "xl/worksheets/sheet";
    if (!g_str_has_prefix(name, PREFIX) || !g_str_has_suffix(name, ".xml")) return 0;
    return (guint)g_ascii_strtoull(name + strlen(PREFIX), NULL, 10);
}

static gboolean check_member(unzFile zip, GByteArray *bytes, const guint *rows, guint n, guint *seen,
                             GError **error)
{
    char name[256];
    unz_file_info64 info;
    if (unzGetCurrentFileInfo64(zip, &info, name, sizeof name, NULL, 0, NULL, 0) != UNZ_OK)
        return zip_fault(error, "the directory", "cannot be read");
    if (!unpack(zip, name, info.uncompressed_size, bytes, error)) return FALSE;
    if (!g_str_has_suffix(name, ".xml") && !g_str_has_suffix(name, ".rels")) return TRUE;

    guint found, sheet = sheet_number(name);
    if (!parse(name, bytes, &found, error)) return FALSE;
    if (sheet == 0 || sheet > n) return TRUE;
    (*seen)++;
    if (found == rows[sheet - 1]) return TRUE;
    g_set_error(error, CHECK_ERROR, CHECK_ERROR_ROWS,
                "%s in the finished workbook has %u rows, %u were written", name, found, rows[sheet - 1]);
    return FALSE;
}

static gboolean check_members(unzFile zip, const guint *rows, guint n, GError **error)
{
    g_autoptr (GByteArray) bytes = g_byte_array_new();
    guint seen = 0;
    int step;
    for (step = unzGoToFirstFile(zip); step == UNZ_OK; step = unzGoToNextFile(zip))
        if (!check_member(zip, bytes, rows, n, &seen, error)) return FALSE;
    if (step != UNZ_END_OF_LIST_OF_FILE) return zip_fault(error, "the directory", "ends too soon");
    if (seen == n) return TRUE;
    g_set_error(error, CHECK_ERROR, CHECK_ERROR_ROWS, "the finished workbook has %u worksheets, not %u", seen,
                n);
    return FALSE;
}

gboolean check_workbook(const char *file, const guint *rows, guint n, GError **error)
{
    unzFile zip = unzOpen64(file);
    if (!zip) return zip_fault(error, "it", "is no whole zip file");
    gboolean good = check_members(zip, rows, n, error);
    unzClose(zip);
    return good;
}
