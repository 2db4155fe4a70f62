/* pdf_maker.h - PDF files made in memory, for tests. */
#pragma once

#include "tests/unit/reader_fixture.h"

/* Objects 1 catalog, 2 pages, 3 font; whatever else the test adds. */
typedef struct Maker {
    GPtrArray *objects; /* of GString*, by number less one */
    GString *kids;
    guint pages;
    const char *catalog, *trailer; /* more entries of these */
} Maker;

static inline void string_free(gpointer string)
{
    g_string_free(string, TRUE);
}

static inline guint add_object(Maker *maker, const char *text, gsize n)
{
    g_ptr_array_add(maker->objects, g_string_new_len(text, (gssize)n));
    return maker->objects->len;
}

/* A font that PDF writers of Chinese systems do not embed: its characters are GBK. */
static inline void maker_init(Maker *maker)
{
    static const char font[] =
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/GBKp-EUC-H/DescendantFonts[<</Type/Font"
        "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/"
        "Supplement 2>>"
        "/DW 1000/W[1 95 500 814 939 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4"
        "/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>";
    *maker = (Maker){.objects = g_ptr_array_new_with_free_func(string_free),
                     .kids = g_string_new(NULL),
                     .catalog = "",
                     .trailer = ""};
    add_object(maker, "", 0);
    add_object(maker, "", 0);
    add_object(maker, font, sizeof font - 1);
}

static inline void add_page(Maker *maker, const char *content, gsize n, const char *more)
{
    g_autoptr (GString) stream = g_string_new(NULL);
    g_string_append_printf(stream, "<</Length %zu>>stream\n", n);
    g_string_append_len(stream, content, (gssize)n);
    g_string_append(stream, "\nendstream");
    guint number = add_object(maker, stream->str, stream->len);
    g_autofree char *page = g_strdup_printf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %u 0 R"
                                            "/Resources<</Font<</F 3 0 R/W<</Type/Font/Subtype/TrueType"
                                            "/BaseFont/ABCDEF+Wingdings2/Encoding/WinAnsiEncoding>>>>"
                                            "/XObject<</I %u 0 R>>>>%s>>",
                                            number, number + 2, more);
    g_string_append_printf(maker->kids, "%u 0 R ", add_object(maker, page, strlen(page)));
    maker->pages++;
    static const char image[] = "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace"
                                "/DeviceGray/Length 1>>stream\nx\nendstream";
    add_object(maker, image, sizeof image - 1);
}

static inline GBytes *maker_end(Maker *maker)
{
    GString *pdf = g_string_new("%PDF-1.6\n");
    g_autofree char *catalog = g_strdup_printf("<</Type/Catalog/Pages 2 0 R%s>>", maker->catalog);
    g_autofree char *pages =
        g_strdup_printf("<</Type/Pages/Count %u/Kids[%s]>>", maker->pages, maker->kids->str);
    g_string_assign(maker->objects->pdata[0], catalog);
    g_string_assign(maker->objects->pdata[1], pages);
    g_autoptr (GString) table = g_string_new("0000000000 65535 f \n");
    for (guint i = 0; i < maker->objects->len; i++) {
        const GString *object = maker->objects->pdata[i];
        g_string_append_printf(table, "%010zu 00000 n \n", pdf->len);
        g_string_append_printf(pdf, "%u 0 obj\n", i + 1);
        g_string_append_len(pdf, object->str, (gssize)object->len);
        g_string_append(pdf, "\nendobj\n");
    }
    gsize at = pdf->len;
    guint n = maker->objects->len + 1;
    g_string_append_printf(pdf, "xref\n0 %u\n%strailer\n<</Size %u/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n",
                           n, table->str, n, maker->trailer, at);
    g_ptr_array_unref(maker->objects);
    g_string_free(maker->kids, TRUE);
    return g_string_free_to_bytes(pdf);
}

/* Places texts: x, y, UTF-8. */
static inline void show(GString *content, int x, int y, const char *text)
{
    gsize n;
    g_autofree char *gbk = g_convert(text, -1, "GB18030", "UTF-8", NULL, &n, NULL);
    g_string_append_printf(content, "BT /F 10 Tf %d %d Td <", x, y);
    for (gsize i = 0; i < n; i++) g_string_append_printf(content, "%02X", (guint8)gbk[i]);
    g_string_append(content, "> Tj ET\n");
}

typedef struct Shown {
    int x, y;
    const char *text; /* NULL ends a list */
} Shown;

static inline void show_all(GString *content, const Shown *all)
{
    for (; all->text; all++) show(content, all->x, all->y, all->text);
}

static inline FactsAttachment *read_page(const char *content, const char *more)
{
    Maker maker;
    maker_init(&maker);
    add_page(&maker, content, strlen(content), more);
    return read_as(maker_end(&maker), "a.pdf");
}
