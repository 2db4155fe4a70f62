/* What is in zip, rar, 7z, tar and gzip files: names, children, faults, bombs. */
#include "tests/unit/reader_fixture.h"

#include "parsers/archive.h"
#include "parsers/limits.h"
#include "parsers/mime.h"
#include "parsers/names.h"
#include "tests/unit/archive_maker.h"
#include "tests/unit/zip_maker.h"

#define GBK_ZONGJIE "\xD7\xDC\xBD\xE1" /* 总结 */
#define GBK_CHENG   "\x81\x5C"         /* 乗: its second byte is a backslash */

#define ZIP(...)                                                                                             \
    raw_zip((const RawMember[]){__VA_ARGS__}, G_N_ELEMENTS(((const RawMember[]){__VA_ARGS__})), 0, FALSE)

/* --- names ------------------------------------------------------------------------------------ */

static const struct {
    const char *raw, *charset, *path;
} names[] = {
    {"report.txt", "UTF-8", "report.txt"},
    {GBK_ZONGJIE "/" GBK_CHENG ".docx", "GB18030", "总结/乗.docx"},
    {GBK_ZONGJIE "\\a.docx", "GB18030", "总结/a.docx"},
    {"总结/附件.docx", "UTF-8", "总结/附件.docx"},
    {"caf\xC3\xA9.txt", "UTF-8", "café.txt"},
    {"\xD0\xA1\xD2\xBB.doc", "GB18030", "小一.doc"}, /* UTF-8 too, by chance */
    {"\x99lf\x84sser.txt", "CP437", "Ölfässer.txt"},
    {"\xA4\xE5\xBE\xC7\xB0\x7C\xB3\x5C\xA6\xD1\xAE\x76\xAA\xBA\xC1\x60\xB5\xB2\xA7\xF7\xAE\xC6"
     ".txt",
     "BIG5", "文學院許老師的總結材料.txt"},
    {"\xEA\x50\xEC\xB6\xE9\x5F\xD5\xB9\xBB\xF9\x8C\xD3\xFC\x68\xBD\xA8"
     ".txt",
     "GB18030", "關於開展基層黨建.txt"},
    {"\xA7\x41\xA6\x6E.txt", "BIG5", "你好.txt"},
    {"\xBA\xC2\xAB\x68\xAC\x75\xAC\x42.txt", "GB18030",
     "郝玥瑄珺.txt"}, /* names hold rare hanzi, whose bytes Big5 has too */
    {"/etc/passwd", "UTF-8", "etc/passwd"},
    {"../../a/./b/../c.txt", "UTF-8", "a/b/c.txt"},
    {"C:\\Users\\a.txt", "UTF-8", "Users/a.txt"},
    {"a//b\x01\x1F.txt", "UTF-8", "a/b  .txt"},
    {"..", "UTF-8", ""},
};

static void decodes_names(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize n = strlen(names[i].raw);
        expect_text(names[i].path, g_strdup(names_charset(names[i].raw, n)), names[i].charset);
        expect_text("path", names_path(names[i].raw, n, names[i].charset, NULL), names[i].path);
    }
    gboolean folder;
    g_free(names_path("a\\", 2, NULL, &folder));
    assert_true(folder);
}

static void keeps_the_end_of_long_names(void **state)
{
    g_autoptr (GString) raw = g_string_new(NULL);
    for (int i = 0; i < 100; i++) g_string_append(raw, "文件夹/");
    g_string_append(raw, "总结.docx");
    g_autofree char *path = names_path(raw->str, raw->len, "UTF-8", NULL);
    assert_true(g_utf8_strlen(path, -1) <= LIMIT_NAME_CHARS);
    assert_true(g_str_has_prefix(path, "文件夹/"));
    assert_true(g_str_has_suffix(path, "/总结.docx"));
}

/* The charset is that of all unmarked names together: the first alone would be UTF-8. */
static void decodes_names_together(void **state)
{
    expect_tree("together", ZIP(MEMBER("\xC2\xB7.txt", "a"), MEMBER(GBK_ZONGJIE ".txt", "b")), "a.zip",
                "路.txt 总结.txt", "");
    expect_tree("marked", ZIP(MEMBER("总结.txt", "a", .flags = 0x800), MEMBER(GBK_ZONGJIE ".txt", "b")),
                "a.zip", "总结.txt 总结.txt", "");
    expect_tree("marked wrongly", ZIP(MEMBER(GBK_ZONGJIE ".txt", "a", .flags = 0x800)), "a.zip", "总结.txt",
                "");
}

static void believes_unicode_paths(void **state)
{
    const RawMember member = MEMBER("__.txt", "a", .path = "总结/附件.txt");
    expect_tree("directory", raw_zip(&member, 1, 0, FALSE), "a.zip", "总结/附件.txt", "");
    expect_tree("local header", raw_zip(&(RawMember)MEMBER(GBK_ZONGJIE, "a", .path = "附件"), 1, 0, TRUE),
                "a.zip", "附件", "");
}

static void leaves_furniture_out(void **state)
{
    expect_tree("furniture",
                ZIP(MEMBER("a/", ""), MEMBER("a/b.txt", "b"), MEMBER("__MACOSX/a/._b.txt", "x"),
                    MEMBER("a/.DS_Store", "x"), MEMBER("Thumbs.db", "x"), MEMBER("a/~$b.docx", "x"),
                    MEMBER("a/.~b.docx", "x"), MEMBER("l", "b", .mode = 0120777)),
                "a.zip", "a/b.txt l[unsupported]", "");
    expect_tree("nothing but folders", ZIP(MEMBER("a/", ""), MEMBER("__MACOSX/x", "x")), "a.zip", "",
                "empty-document");
}

/* --- children --------------------------------------------------------------------------------- */

static void reads_children(void **state)
{
    g_autoptr (FactsAttachment)
        archive = read_as(ZIP(MEMBER(GBK_ZONGJIE "/a.txt", "联系人：联系人甲")), "报送.zip");
    const FactsAttachment *child = archive->children->pdata[0];
    assert_string_equal(child->name, "总结/a.txt");
    assert_string_equal(child->type, "text/plain");
    assert_string_equal(facts_field(child, "联系人"), "联系人甲");
    assert_int_equal(child->size, strlen("联系人：联系人甲"));
    assert_int_equal(child->offset, -1);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "联系人：联系人甲", -1);
    assert_string_equal(child->sha256, sum);
    assert_int_equal(archive->problems->len, 0);
}

static void reads_mails_in_archives(void **state)
{
    static const char mail[] = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: "
                               "multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n正文\r\n--b\r\nContent-Type: "
                               "text/plain; name=a.txt\r\n\r\n附件\r\n--b--\r\n";
    expect_tree("mail", ZIP(MEMBER("转发.eml", mail)), "a.zip", "转发.eml(a.txt)", "");
    static const char sent[] = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: "
                               "multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/related; "
                               "boundary=c\r\n\r\n--c\r\n\r\n正文\r\n--c--\r\n--b\r\nContent-Type: "
                               "text/plain; name=a.txt\r\n\r\n附件\r\n--b--\r\n";
    expect_tree("one that was saved by its sender", ZIP(MEMBER("发出.eml", sent)), "a.zip", "发出.eml(a.txt)",
                "");
}

/* A stored zip in `times` stored zips. Takes the bytes. */
static GBytes *nest(GBytes *zip, int times)
{
    for (int i = 0; i < times; i++) {
        gsize n;
        const char *data = g_bytes_get_data(zip, &n);
        GBytes *outer = ZIP(MEMBER("n.zip", data, .length = n));
        g_bytes_unref(zip);
        zip = outer;
    }
    return zip;
}

static void reads_archives_in_archives(void **state)
{
    expect_tree("two", nest(ZIP(MEMBER("a.txt", "a")), 2), "a.zip", "n.zip(n.zip(a.txt))", "");
    expect_tree("too many", nest(ZIP(MEMBER("a.txt", "a")), LIMIT_ARCHIVE_DEPTH), "a.zip",
                "n.zip(n.zip(n.zip(n.zip(n.zip[archive-bomb])[archive-bomb])[archive-bomb])[archive-bomb])["
                "archive-bomb]",
                "archive-bomb");
    expect_tree("and back again", ZIP(MEMBER("a.txt", "a")), "a.zip", "a.txt", "");
}

/* --- faults ----------------------------------------------------------------------------------- */

static void tells_passwords(void **state)
{
    expect_tree("all", ZIP(MEMBER("a.txt", "a", .flags = 1), MEMBER("b.txt", "b", .flags = 1)), "a.zip",
                "a.txt b.txt", "encrypted");
    expect_tree("one", ZIP(MEMBER("a.txt", "a", .flags = 1), MEMBER("b.txt", "b")), "a.zip",
                "a.txt[encrypted] b.txt", "");
}

static void tells_damage(void **state)
{
    expect_tree("checksum", ZIP(MEMBER("a.txt", "a", .lie = 1), MEMBER("b.txt", "b")), "a.zip",
                "a.txt[damaged] b.txt", "");
    g_autoptr (GBytes)
        whole = ZIP(MEMBER("a.txt", "aaaaaaaaaaaaaaaaaaaa"), MEMBER("b.txt", "bbbbbbbbbbbbbbbbbbbb"));
    expect_tree("without directory", g_bytes_new_from_bytes(whole, 0, 110), "a.zip", "a.txt b.txt",
                "damaged");
    expect_tree("in the second", g_bytes_new_from_bytes(whole, 0, 95), "a.zip", "a.txt b.txt[damaged]",
                "damaged");
    g_autoptr (GBytes)
        described = ZIP(MEMBER("a.txt", "aaaaaaaaaaaaaaaaaaaa", .flags = 8), MEMBER("b.txt", "b"));
    expect_tree("sizes behind", g_bytes_new_from_bytes(described, 0, 110), "a.zip", "a.txt b.txt", "damaged");
}

static void finds_zips_behind_other_bytes(void **state)
{
    g_autoptr (GBytes) zip = ZIP(MEMBER("a.txt", "a"), MEMBER("b.txt", "b"));
    g_autoptr (GByteArray) behind = g_byte_array_new();
    put_bytes(behind, "\x01\x02\x03\x04\x05\x06\x07", 7);
    put_bytes(behind, g_bytes_get_data(zip, NULL), g_bytes_get_size(zip));
    put_bytes(behind, "garbage", 7);
    expect_tree("shifted", g_bytes_new(behind->data, behind->len), "a.zip", "a.txt b.txt", "");
}

static void tells_volumes(void **state)
{
    const RawMember member = MEMBER("a.txt", "a");
    expect_tree("last of zip", raw_zip(&member, 1, 2, FALSE), "a.zip", "a.txt", "split-volume");
    g_autoptr (GBytes) zip = ZIP(MEMBER("a.txt", "aaaaaaaaaaaaaaaaaaaa"));
    expect_tree(".001", g_bytes_new_from_bytes(zip, 0, 40), "a.zip.001", "a.txt", "split-volume");
    expect_tree("first of zip", g_bytes_new_static("PK\x07\x08PK\x03\x04", 8), "a.z01", "", "split-volume");
    expect_tree("bytes of the middle", g_bytes_new_static("\x01\x02\x03\x04", 4), "a.7z.002", "",
                "split-volume");
    const char *const volumes[] = {"a.z01",        "A.Z10",    "a.r00",           "a.part2.rar",
                                   "a.PART01.RAR", "a.7z.001", "材料.tar.gz.012", "a.part１.rar"};
    for (gsize i = 0; i < G_N_ELEMENTS(volumes); i++) assert_true(archive_is_volume_name(volumes[i]));
    const char *const others[] = {"a.zip",  "a.rar",     "part2.docx", "2014.001", "a.z1", "a.part.rar",
                                  "01.rar", "a.z01.txt", "7z.001",     ".gz",      ""};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) assert_false(archive_is_volume_name(others[i]));
}

/* --- rar -------------------------------------------------------------------------------------- */

static GBytes *r4_of(guint main_flags, guint flags, const void *name, gsize n, guint end_flags)
{
    GByteArray *rar = r4_begin(main_flags);
    r4_file(rar, flags, name, n, "a");
    r4_file(rar, 0, "b.txt", 5, "b");
    return r4_end(rar, end_flags);
}

static void reads_rar4(void **state)
{
    enum { UNICODE = 0x200, ENCRYPTED = 4, BEFORE = 1, SOLID = 0x10 };
    /* coded: high byte 0x4E; 00 = a low byte, 10 = both bytes: 总 (U+603B), 乙 (U+4E59 by 01), ".t" */
    static const char coded[] = "zz.t\0\x4E\x90\x3B\x60\x59.t";
    expect_tree("plain", r4_of(0, 0, "a\\c.txt", 7, 0), "a.rar", "a/c.txt b.txt", "");
    expect_tree("GBK", r4_of(0, 0, GBK_ZONGJIE "/" GBK_CHENG, 7, 0), "a.rar", "总结/乗 b.txt", "");
    expect_tree("Unicode", r4_of(0, UNICODE, coded, sizeof coded - 1, 0), "a.rar", "总乙.t b.txt", "");
    expect_tree("UTF-8", r4_of(0, UNICODE, "总结", 6, 0), "a.rar", "总结 b.txt", "");
    expect_tree("encrypted", r4_of(0, ENCRYPTED, "a", 1, 0), "a.rar", "a[encrypted] b.txt", "");
    expect_tree("encrypted list", r4_of(0x80, 0, "a", 1, 0), "a.rar", "", "encrypted");
    expect_tree("volume", r4_of(1, BEFORE, "a", 1, 1), "a.part2.rar", "a b.txt", "split-volume");
    expect_tree("first volume", r4_of(0x101, 0, "a", 1, 1), "a.part1.rar", "a b.txt", "split-volume");
    expect_tree("only volume", r4_of(0x101, 0, "a", 1, 0), "a.rar", "a b.txt", "");
}

static GBytes *r5_of(guint main_flags, guint flags, gboolean encrypted, guint end_flags)
{
    GByteArray *rar = r5_begin(main_flags);
    r5_file(rar, 0, encrypted, "总结.txt", "a");
    r5_file(rar, flags, FALSE, "b.txt", "b");
    return r5_end(rar, end_flags);
}

static void reads_rar5(void **state)
{
    enum { AFTER = 16 };
    expect_tree("plain", r5_of(0, 0, FALSE, 0), "a.rar", "总结.txt b.txt", "");
    expect_tree("encrypted", r5_of(0, 0, TRUE, 0), "a.rar", "总结.txt[encrypted] b.txt", "");
    expect_tree("volume", r5_of(1, AFTER, FALSE, 1), "a.part1.rar", "总结.txt b.txt", "split-volume");
    g_autoptr (GBytes) whole = r5_of(0, 0, FALSE, 0);
    g_autoptr (FactsAttachment) cut = read_as(g_bytes_new_from_bytes(whole, 0, 60), "a.rar");
    g_autofree char *codes = problems_text(cut);
    assert_string_equal(codes, "damaged");
}

/* --- others ----------------------------------------------------------------------------------- */

/* Two texts, or one and a zip that is not packed again. */
static GBytes *made_with(int (*format)(struct archive *), int (*filter)(struct archive *), GBytes *zip)
{
    gsize room = 1 << 20, used = 0;
    g_autofree char *buffer = g_malloc(room);
    struct archive *archive = archive_write_new();
    format(archive);
    if (filter) filter(archive);
    if (format == archive_write_set_format_7zip && zip)
        assert_int_equal(archive_write_set_format_option(archive, NULL, "compression", "store"), ARCHIVE_OK);
    archive_write_set_bytes_per_block(archive, 0);
    archive_write_open_memory(archive, buffer, room, &used);
    const char *const files[] = {"总结/a.txt", zip ? "b.zip" : "b.txt"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname_utf8(entry, files[i]);
        archive_entry_set_filetype(entry, AE_IFREG);
        gsize length = 6;
        const void *data = zip && i > 0 ? g_bytes_get_data(zip, &length) : "正文";
        archive_entry_set_size(entry, (gint64)length);
        archive_write_header(archive, entry);
        archive_write_data(archive, data, length);
        archive_entry_free(entry);
    }
    archive_write_close(archive);
    archive_write_free(archive);
    return g_bytes_new(buffer, used);
}

static GBytes *made_by_libarchive(int (*format)(struct archive *), int (*filter)(struct archive *))
{
    return made_with(format, filter, NULL);
}

static void reads_other_archives(void **state)
{
    expect_tree("7z", made_by_libarchive(archive_write_set_format_7zip, NULL), "a.7z", "总结/a.txt b.txt",
                "");
    expect_tree("tar", made_by_libarchive(archive_write_set_format_pax, NULL), "a.tar", "总结/a.txt b.txt",
                "");
    expect_tree("tgz", made_by_libarchive(archive_write_set_format_pax, archive_write_add_filter_gzip),
                "a.tgz", "a.tar(总结/a.txt b.txt)", "");
    g_autoptr (GBytes) whole = made_by_libarchive(archive_write_set_format_7zip, NULL);
    expect_tree("7z.001", g_bytes_new_from_bytes(whole, 0, 60), "a.7z.001", "", "split-volume");
    expect_tree("cut 7z", g_bytes_new_from_bytes(whole, 0, 60), "a.7z", "", "damaged");
}

/* What ends in a document ends as a zip does, and is none. */
static void reads_archives_that_end_in_zips(void **state)
{
    g_autoptr (GBytes) zip = ZIP(MEMBER("inner.txt", "a"));
    expect_tree("tar", made_with(archive_write_set_format_pax, NULL, zip), "a.tar",
                "总结/a.txt b.zip(inner.txt)", "");
    expect_tree("7z", made_with(archive_write_set_format_7zip, NULL, zip), "a.7z",
                "总结/a.txt b.zip(inner.txt)", "");
}

/* --- bombs ------------------------------------------------------------------------------------ */

static void stops_bombs(void **state)
{
    g_autofree char *zeros = g_strnfill(8 << 20, 'a');
    expect_tree("one member", zip_make(NULL, (const char *const[]){"a.txt", zeros, "b.txt", "b", NULL}),
                "a.zip", "a.txt[archive-bomb] b.txt", "archive-bomb");
    g_autoptr (GByteArray) deflated = g_byte_array_new();
    g_byte_array_set_size(deflated, 100000);
    z_stream stream = {.next_in = (Bytef *)zeros,
                       .avail_in = 8 << 20,
                       .next_out = deflated->data,
                       .avail_out = deflated->len};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    expect_tree("gzip", g_bytes_new(deflated->data, stream.total_out), "a.txt.gz", "a.txt", "archive-bomb");
    deflateEnd(&stream);
}

static void stops_at_many_members(void **state)
{
    g_autofree RawMember *members = g_new0(RawMember, LIMIT_MEMBERS + 1);
    for (guint i = 0; i <= LIMIT_MEMBERS; i++) members[i] = (RawMember)MEMBER("a", "a");
    g_autoptr (FactsAttachment) many = read_as(raw_zip(members, LIMIT_MEMBERS + 1, 0, FALSE), "a.zip");
    assert_int_equal(many->children->len, LIMIT_MEMBERS);
    g_autofree char *codes = problems_text(many);
    assert_string_equal(codes, "archive-bomb");
}

/* A bomb beside a document does not use up what the document needs. */
static void reads_what_stands_beside_bombs(void **state)
{
    g_autofree RawMember *members = g_new0(RawMember, LIMIT_MEMBERS);
    for (guint i = 0; i < LIMIT_MEMBERS; i++) members[i] = (RawMember)MEMBER("a", "a");
    g_autoptr (GBytes) inner = raw_zip(members, LIMIT_MEMBERS, 0, FALSE);
    gsize n;
    const char *data = g_bytes_get_data(inner, &n);
    g_autoptr (FactsAttachment)
        archive = read_as(ZIP(MEMBER("n.zip", data, .length = n), MEMBER("b.txt", "b")), "a.zip");
    assert_int_equal(archive->children->len, 2);
    const FactsAttachment *bomb = archive->children->pdata[0], *document = archive->children->pdata[1];
    assert_int_equal(bomb->children->len, (LIMIT_MEMBERS - 2) / 2);
    assert_string_equal(document->name, "b.txt");
    assert_string_equal(document->text, "b");
    expect_text("bomb", problems_text(archive), "archive-bomb");
}

/* Any byte changed anywhere: no crash. */
static void survives_changes(void **state)
{
    GBytes *wholes[] = {
        ZIP(MEMBER(GBK_ZONGJIE, "a", .flags = 8), MEMBER("b", "b", .flags = 1, .path = "总结")),
        r4_of(1, 0x200, "zz\0\x4E\x90\x3B\x60\x59", 8, 0), r5_of(1, 16, TRUE, 1),
        made_by_libarchive(archive_write_set_format_7zip, NULL)};
    for (gsize k = 0; k < G_N_ELEMENTS(wholes); k++) {
        gsize n;
        const guint8 *data = g_bytes_get_data(wholes[k], &n);
        for (gsize i = 0; i < n * 3; i++) {
            guint8 *copy = g_memdup2(data, n);
            copy[i % n] = i < n ? copy[i] ^ (guint8)(1u << (i % 8)) : i < 2 * n ? 0xFF : 0;
            facts_attachment_free(read_as(g_bytes_new_take(copy, n), "a"));
            facts_attachment_free(read_as(g_bytes_new_from_bytes(wholes[k], 0, i % n), "a"));
        }
        g_bytes_unref(wholes[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_names),
        cmocka_unit_test(keeps_the_end_of_long_names),
        cmocka_unit_test(decodes_names_together),
        cmocka_unit_test(believes_unicode_paths),
        cmocka_unit_test(leaves_furniture_out),
        cmocka_unit_test(reads_children),
        cmocka_unit_test(reads_mails_in_archives),
        cmocka_unit_test(reads_archives_in_archives),
        cmocka_unit_test(tells_passwords),
        cmocka_unit_test(tells_damage),
        cmocka_unit_test(finds_zips_behind_other_bytes),
        cmocka_unit_test(tells_volumes),
        cmocka_unit_test(reads_rar4),
        cmocka_unit_test(reads_rar5),
        cmocka_unit_test(reads_other_archives),
        cmocka_unit_test(reads_archives_that_end_in_zips),
        cmocka_unit_test(stops_bombs),
        cmocka_unit_test(stops_at_many_members),
        cmocka_unit_test(reads_what_stands_beside_bombs),
        cmocka_unit_test(survives_changes),
    };
    setlocale(LC_ALL, "C.UTF-8");
    mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
