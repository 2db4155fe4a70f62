/* A PDF: the whole file; or what stands on its one page, parted by 0xFF: the page's content, the entries of a
 * form field, those of a note, the map from codes to characters, further entries of the page, and further
 * objects (from number 10 on). poppler finds objects without a table that says where they are. */
#include <string.h>

#include "tests/fuzz/fuzz.h"

static void add_stream(GString *pdf, guint number, FuzzMember member)
{
    g_string_append_printf(pdf, "%u 0 obj<</Length %zu>>stream\n", number, member.length);
    g_string_append_len(pdf, member.content, (gssize)member.length);
    g_string_append(pdf, "\nendstream endobj\n");
}

static void add_entries(GString *pdf, guint number, const char *entries, FuzzMember member)
{
    g_string_append_printf(pdf, "%u 0 obj<<%s ", number, entries);
    g_string_append_len(pdf, member.content, (gssize)member.length);
    g_string_append(pdf, ">>endobj\n");
}

static GBytes *page_of(const uint8_t *data, size_t size)
{
    GString *pdf = g_string_new("%PDF-1.6\n");
    const FuzzMember more = fuzz_member("objects", data, size, 5, "");
    g_string_append(pdf,
                    "1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/DA(/F 12 Tf)>>>>endobj\n"
                    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n");
    add_entries(pdf, 3,
                "/Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Annots[6 0 R 7 0 R]"
                "/Resources<</Font<</F 5 0 R/G 8 0 R>>/XObject<</X 10 0 R>>>>",
                fuzz_member("page", data, size, 4, ""));
    add_stream(pdf, 4, fuzz_member("content", data, size, 0, ""));
    g_string_append(pdf,
                    "5 0 obj<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/ToUnicode 9 0 R"
                    "/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/DW 1000"
                    "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>endobj\n"
                    "8 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n");
    add_entries(pdf, 6, "/Type/Annot/Subtype/Widget/P 3 0 R", fuzz_member("field", data, size, 1, ""));
    add_entries(pdf, 7, "/Type/Annot/P 3 0 R", fuzz_member("note", data, size, 2, "/Subtype/FreeText"));
    add_stream(pdf, 9, fuzz_member("map", data, size, 3, ""));
    g_string_append_len(pdf, more.content, (gssize)more.length);
    g_string_append(pdf, "\ntrailer<</Root 1 0 R/Size 99>>\nstartxref\n0\n%%EOF\n");
    return g_string_free_to_bytes(pdf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const gboolean whole = size >= 5 && memcmp(data, "%PDF-", 5) == 0;
    g_autoptr (GBytes) bytes = whole ? g_bytes_new(data, size) : page_of(data, size);
    fuzz_document(bytes, "a.pdf");
    return 0;
}
