/* Workbooks of Excel and WPS from before 2007, made record by record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/document.h"
#include "parsers/ole2_objects.h"
#include "tests/unit/facts_text.h"
#include "tests/unit/ole2_maker.h"

/* --- making ----------------------------------------------------------------------------------- */

typedef struct Book {
    GByteArray *stream;
    guint version;        /* 5 or 8 */
    gsize sheet_at;       /* where the first BOUNDSHEET keeps its offset */
    GByteArray *controls; /* NULL if there are none */
} Book;

static void record(Book *book, guint type, const GByteArray *body)
{
    put_n(book->stream, type, 2);
    put_n(book->stream, body ? body->len : 0, 2);
    if (body) g_byte_array_append(book->stream, body->data, body->len);
}

/* Numbers of two bytes, ended by -1. */
static void record_words(Book *book, guint type, ...)
{
    g_autoptr (GByteArray) body = g_byte_array_new();
    va_list words;
    va_start(words, type);
    for (int word; (word = va_arg(words, int)) >= 0;) put_n(body, (guint64)word, 2);
    va_end(words);
    record(book, type, body);
}

/* A string with a length of `size` bytes: 16 bits per character, or the bytes as they are before BIFF8. */
static void put_string(const Book *book, GByteArray *to, const char *text, guint size)
{
    if (book->version < 8) {
        put_n(to, strlen(text), size);
        put_bytes(to, text, strlen(text));
        return;
    }
    gsize at = to->len;
    put_n(to, 0, size);
    put_n(to, 1, 1);
    guint n = put_utf16(to, text);
    set_n(to, at, n, size);
}

static void bof(Book *book, guint kind)
{
    record_words(book, 0x0809, book->version == 8 ? 0x0600 : 0x0500, kind, 0, 0, -1);
}

static void format(Book *book, guint number, const char *code)
{
    g_autoptr (GByteArray) body = g_byte_array_new();
    put_n(body, number, 2);
    put_string(book, body, code, book->version == 8 ? 2 : 1);
    record(book, 0x041E, body);
}

static void sheet_name(Book *book, const char *name, guint hidden)
{
    g_autoptr (GByteArray) body = g_byte_array_new();
    put_n(body, 0, 4);
    put_n(body, hidden, 2);
    put_string(book, body, name, 1);
    if (!book->sheet_at) book->sheet_at = book->stream->len + 4;
    record(book, 0x0085, body);
}

/* One sheet; its formats: 0 General, 1 yyyy"年"m"月"d"日", 2 built-in 10, 3 @"元" */
static Book book_begin(guint version)
{
    Book book = {g_byte_array_new(), version, 0, NULL};
    bof(&book, 5);
    record_words(&book, 0x0042, version == 8 ? 1200 : 936, -1);
    format(&book, 164, version == 8 ? "yyyy\"年\"m\"月\"d\"日\"" : "yyyy-mm-dd");
    format(&book, 165, "@\"-\"");
    static const int formats[] = {0, 164, 10, 165};
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        record_words(&book, 0x00E0, 0, formats[i], 0, 0, 0, 0, 0, 0, 0, 0, -1);
    return book;
}

static void sheet_begin(Book *book)
{
    if (book->sheet_at) set_n(book->stream, book->sheet_at, book->stream->len, 4);
    bof(book, 0x10);
}

static void head(GByteArray *body, guint row, guint column, guint xf)
{
    put_n(body, row, 2);
    put_n(body, column, 2);
    put_n(body, xf, 2);
}

static void number(Book *book, guint row, guint column, guint xf, double value)
{
    g_autoptr (GByteArray) body = g_byte_array_new();
    guint64 bits;
    memcpy(&bits, &value, sizeof bits);
    head(body, row, column, xf);
    put_n(body, bits, 8);
    record(book, 0x0203, body);
}

static void label(Book *book, guint row, guint column, guint xf, const char *text)
{
    g_autoptr (GByteArray) body = g_byte_array_new();
    head(body, row, column, xf);
    put_string(book, body, text, 2);
    record(book, 0x0204, body);
}

static void formula(Book *book, guint row, guint column, guint64 result)
{
    g_autoptr (GByteArray) body = g_byte_array_new();
    head(body, row, column, 0);
    put_n(body, result, 8);
    put_n(body, 0, 8);
    record(book, 0x0006, body);
}

static FactsAttachment *read_book(Book *book, const char *stream_name)
{
    record(book, 0x000A, NULL);
    const Ole2Stream streams[] = {{stream_name, book->stream}, {"Ctls", book->controls}};
    g_autoptr (GBytes) bytes = ole2_make(streams, book->controls ? 2 : 1);
    FactsAttachment *attachment = facts_attachment_new();
    document_read(attachment, bytes);
    g_byte_array_unref(book->stream);
    g_clear_pointer(&book->controls, g_byte_array_unref);
    return attachment;
}

static void assert_tables(const FactsAttachment *attachment, const char *tables)
{
    g_autofree char *found = tables_text(attachment);
    assert_string_equal(found, tables);
}

static void assert_problems(const FactsAttachment *attachment, const char *problems)
{
    g_autofree char *found = problems_text(attachment);
    assert_string_equal(found, problems);
}

/* --- cells ------------------------------------------------------------------------------------ */

static void test_cells(void **state)
{
    Book book = book_begin(8);
    sheet_name(&book, "汇总表", 0);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    label(&book, 0, 0, 0, "日期");
    number(&book, 0, 1, 1, 41789);
    number(&book, 0, 2, 2, 0.125);
    number(&book, 0, 3, 0, 0.1 + 0.2);
    label(&book, 0, 4, 3, "5");
    record_words(&book, 0x027E, 1, 0, 0, 4938, 0, -1);                /* 1234 */
    record_words(&book, 0x027E, 1, 1, 0, 4939, 0, -1);                /* 1234 / 100 */
    record_words(&book, 0x027E, 1, 2, 0, 0xFFFE, 0xFFFF, -1);         /* -1 */
    record_words(&book, 0x00BD, 2, 1, 0, 10, 0, 1, 0x4FF6, 2, 2, -1); /* two of them in a row */
    record_words(&book, 0x0205, 3, 0, 0, 1, -1);
    record_words(&book, 0x0205, 3, 1, 0, 0x012A, -1);
    record_words(&book, 0x00BE, 4, 0, 0, 0, 1, -1); /* empty ones */
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_string_equal(attachment->type, "application/vnd.ms-excel");
    assert_tables(attachment, "日期|2014年5月30日|12.50%|0.3|5-/1234|12.34|-1/|2|2003年9月21日/TRUE|#N/A");
    assert_problems(attachment, "");
}

static void test_formulas(void **state)
{
    Book book = book_begin(8);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    guint64 three;
    const double value = 3;
    memcpy(&three, &value, sizeof three);
    formula(&book, 0, 0, three);
    formula(&book, 0, 1, 0xFFFF000000000000);
    record_words(&book, 0x04BC, 0, -1); /* a shared formula may come between */
    g_autoptr (GByteArray) text = g_byte_array_new();
    put_string(&book, text, "合格", 2);
    record(&book, 0x0207, text);
    formula(&book, 0, 2, 0xFFFF000000010001);
    formula(&book, 0, 3, 0xFFFF000000070002);
    formula(&book, 0, 4, 0xFFFF000000000003);
    record(&book, 0x0207, text); /* belongs to nothing */
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_tables(attachment, "3|合格|TRUE|#DIV/0!");
}

/* The shared strings break where a record ends: inside characters, where the width may change, and between.
 */
static void test_shared_strings(void **state)
{
    Book book = book_begin(8);
    g_autoptr (GByteArray) sst = g_byte_array_new(), more = g_byte_array_new();
    put_n(sst, 5, 4);
    put_n(sst, 4, 4);
    put_n(sst, 3, 2), put_n(sst, 0, 1), put_bytes(sst, "abc", 3);
    put_n(sst, 2, 2), put_n(sst, 0x0D, 1), put_n(sst, 1, 2), put_n(sst, 6, 4); /* runs and phonetic text */
    put_utf16(sst, "拼音");
    put_n(sst, 0, 4);
    put_bytes(sst, "phonet", 6);
    put_n(sst, 4, 2), put_n(sst, 0, 1), put_bytes(sst, "ab", 2);
    record(&book, 0x00FC, sst);
    put_n(more, 1, 1); /* goes on with 16 bits */
    put_utf16(more, "文字");
    put_n(more, 1, 2);
    record(&book, 0x003C, more);
    g_byte_array_set_size(more, 0);
    put_n(more, 1, 1), put_utf16(more, "末");
    record(&book, 0x003C, more);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    for (int i = 0; i < 5; i++) record_words(&book, 0x00FD, 0, i, 0, i, 0, -1);
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_tables(attachment, "abc|拼音|ab文字|末");
}

static void font(Book *book, const char *name)
{
    g_autoptr (GByteArray) body = g_byte_array_new();
    put_n(body, 0, 8), put_n(body, 0, 6);
    put_string(book, body, name, 1);
    record(book, 0x0031, body);
}

/* Of cells and of runs; there is no font 4, so that 5 is the fifth. */
static void test_fonts_of_symbols(void **state)
{
    Book book = book_begin(8);
    for (int i = 0; i < 4; i++) font(&book, "宋体");
    font(&book, "Wingdings 2");
    record_words(&book, 0x00E0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1); /* cell format 4 */
    g_autoptr (GByteArray) sst = g_byte_array_new();
    put_n(sst, 2, 4), put_n(sst, 2, 4);
    put_n(sst, 4, 2), put_n(sst, 9, 1), put_n(sst, 2, 2); /* 16 bits, two runs */
    put_utf16(sst, "R甲RR");
    put_n(sst, 2, 2), put_n(sst, 5, 2), put_n(sst, 3, 2), put_n(sst, 0, 2);
    put_n(sst, 1, 2), put_n(sst, 0, 1), put_bytes(sst, "\xA3", 1);
    record(&book, 0x00FC, sst);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    record_words(&book, 0x00FD, 0, 0, 4, 0, 0, -1);
    record_words(&book, 0x00FD, 0, 1, 4, 1, 0, -1);
    record_words(&book, 0x00FD, 0, 2, 0, 1, 0, -1);
    label(&book, 0, 3, 4, "R乙");
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_tables(attachment, "R甲☑R|☐|£|☑乙");
}

static void test_sheets(void **state)
{
    Book book = book_begin(8);
    sheet_name(&book, "隐藏的", 1);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    label(&book, 0, 0, 0, "活动名称");
    label(&book, 0, 1, 0, "读书会");
    record_words(&book, 0x00E5, 1, 0, 0, 1, 3, -1); /* merged */
    bof(&book, 0x20);                               /* a chart in the sheet: its numbers are no cells */
    number(&book, 0, 0, 0, 99);
    record(&book, 0x000A, NULL);
    label(&book, 1, 0, 0, "联系人");
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_string_equal(attachment->text, "隐藏的（隐藏的工作表）\n活动名称\t读书会\n联系人");
    assert_problems(attachment, "");
}

static void test_boxes(void **state)
{
    Book book = book_begin(8);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    g_autoptr (GByteArray) header = g_byte_array_new(), text = g_byte_array_new();
    put_string(&book, header, "&L&\"宋体,Bold\"&14填报单位：&物理学院&C第 &P 页&R&&&", 2);
    record(&book, 0x0014, header);
    record_words(&book, 0x01B6, 0, 0, 0, 0, 0, 2, 8, 0, 0, -1);
    put_n(text, 1, 1), put_utf16(text, "方框");
    record(&book, 0x003C, text);
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_string_equal(attachment->text, "填报单位：物理学院\n&&\n方框");
}

/* Check boxes on a sheet, ticked and not, and a label of something else. */
static void test_check_boxes(void **state)
{
    static const struct {
        int kind, state;
        const char *label;
    } boxes[] = {{11, 1, "理论"}, {11, 0, "实践"}, {12, 1, "单选"}, {6, 1, "方框"}};
    Book book = book_begin(8);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    for (gsize i = 0; i < G_N_ELEMENTS(boxes); i++) {
        g_autoptr (GByteArray) text = g_byte_array_new();
        record_words(&book, 0x005D, 0x15, 18, boxes[i].kind, 1, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0, 0x12, 8,
                     boxes[i].state, 0, 0, 0, 0, 0, -1);
        record_words(&book, 0x01B6, 0, 0, 0, 0, 0, 2, 8, 0, 0, -1);
        put_n(text, 1, 1), put_utf16(text, boxes[i].label);
        record(&book, 0x003C, text);
    }
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_string_equal(attachment->text, "☑理论\n☐实践\n☑单选\n方框");
}

static void shape(Book *book, int column, int across, int row, int into, int below)
{
    record_words(book, 0x00EC, 0x000F, 0xF004, 200, 0, 0, 0xF010, 18, 0, 2, column, across, row, into,
                 column + 1, 0, row + 1, below, -1);
}

/* Boxes are of the cell, or merged cells, that they lie above: text for the field. */
static void test_controls_above_cells(void **state)
{
    static const struct {
        int column, across, row, into, below, ticked;
        const char *label;
    } boxes[] = {{1, 500, 0, 200, 100, 1, "实践"},
                 {1, 20, 1, 0, 100, 0, "理论"},
                 {2, 0, 1, 10, 10, 1, "制度"},
                 {0, 0, 2, 0, 0, 1, ""}};
    Book book = book_begin(8);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    label(&book, 0, 0, 0, "活动名称"), label(&book, 0, 1, 0, "读书会");
    label(&book, 1, 0, 0, "主题类别"), label(&book, 2, 0, 0, "同意");
    record_words(&book, 0x00E5, 1, 1, 1, 1, 2, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(boxes); i++) {
        g_autoptr (GByteArray) text = g_byte_array_new();
        shape(&book, boxes[i].column, boxes[i].across, boxes[i].row, boxes[i].into, boxes[i].below);
        record_words(&book, 0x005D, 0x15, 18, 11, 1, 0, 0, 0, 0, 0, 0, 0, 0x0A, 12, boxes[i].ticked, 0, 0, 0,
                     0, 0, 0, 0, -1);
        record_words(&book, 0x00EC, 0, 0xF00D, 0, 0, -1);
        record_words(&book, 0x01B6, 0, 0, 0, 0, 0, *boxes[i].label ? 2 : 0, 8, 0, 0, -1);
        put_n(text, 1, 1), put_utf16(text, boxes[i].label);
        if (*boxes[i].label) record(&book, 0x003C, text);
    }
    shape(&book, 1, 0, 3, 0, 0); /* ActiveX: a picture with a formula, then where its state is */
    record_words(&book, 0x005D, 0x15, 18, 8, 5, 0, 0, 0, 0, 0, 0, 0, 0x08, 2, 0x31, 0x09, 14, 4, 2, 3, 0, 0,
                 69, 0, -1);
    book.controls = g_byte_array_new();
    unhex(book.controls,
          "401DD28B42ECCE119E0D00AA006002F3000234004601C08000000000FFFFFF0000000000040000000100008009"
          "0000800000000000000000"
          "31000000436865636B426F78310000");
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    g_autofree char *tables = tables_text(attachment), *fields = fields_text(attachment);
    assert_string_equal(tables, "活动名称|读书会/主题类别|☐理论 ☑实践 ☑制度/☑同意/|☑CheckBox1");
    assert_string_equal(fields, "活动名称=读书会;主题类别=☐理论 ☑实践 ☑制度");
}

/* BIFF5: bytes in a code page, and sheets that say they are BIFF8. */
static void test_biff5(void **state)
{
    Book book = book_begin(5);
    sheet_name(&book, "\xBB\xE3\xD7\xDC", 0);
    record(&book, 0x000A, NULL);
    if (book.sheet_at) set_n(book.stream, book.sheet_at, book.stream->len, 4);
    record_words(&book, 0x0809, 0x0600, 0x10, 0, 0, -1);
    label(&book, 0, 0, 0, "\xB6\xC1\xCA\xE9\xBB\xE1");
    number(&book, 0, 1, 1, 41789);
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Book");
    assert_string_equal(attachment->text, "汇总\n读书会\t2014-05-30");
}

/* Without a container, as BIFF2 to BIFF4 always are. */
static void test_stream(void **state)
{
    g_autoptr (GByteArray) stream = g_byte_array_new();
    put_n(stream, 0x0009, 2), put_n(stream, 4, 2), put_n(stream, 2, 2), put_n(stream, 0x10, 2);
    put_n(stream, 0x0004, 2), put_n(stream, 11, 2), put_n(stream, 0, 7), put_n(stream, 3, 1);
    put_bytes(stream, "abc", 3);
    put_n(stream, 0x0002, 2), put_n(stream, 9, 2), put_n(stream, 0, 2), put_n(stream, 1, 2),
        put_n(stream, 0, 3);
    put_n(stream, 7, 2);
    put_n(stream, 0x000A, 2), put_n(stream, 0, 2);
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    g_autoptr (GBytes) bytes = g_bytes_new(stream->data, stream->len);
    document_read(attachment, bytes);
    assert_tables(attachment, "abc|7");
}

/* --- faults ----------------------------------------------------------------------------------- */

static void test_empty(void **state)
{
    Book book = book_begin(8);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_problems(attachment, "empty-document");
}

static void test_cut(void **state)
{
    Book book = book_begin(8);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    label(&book, 0, 0, 0, "在");
    put_n(book.stream, 0x0204, 2), put_n(book.stream, 500, 2);
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_tables(attachment, "在");
    assert_problems(attachment, "damaged");
}

/* RC4 with a password that we cannot know: the verifier does not fit. */
static void test_encrypted(void **state)
{
    g_autoptr (GByteArray) pass = g_byte_array_new();
    put_n(pass, 1, 2), put_n(pass, 1, 2), put_n(pass, 1, 2);
    for (int i = 0; i < 6; i++) put_n(pass, 0, 8);
    Book book = {g_byte_array_new(), 8, 0, NULL};
    bof(&book, 5);
    record(&book, 0x002F, pass);
    label(&book, 0, 0, 0, "x");
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_problems(attachment, "encrypted");
    assert_string_equal(attachment->text, "");
}

/* What Excel makes of a workbook whose structure alone is protected: one cell, under the password of Excel's
 * own. */
static void test_protected(void **state)
{
    static const char stream[] =
        "\x09\x08\x08\x00\x00\x06\x05\x00\x00\x00\x00\x00\x2F\x00\x36\x00\x01\x00\x01\x00\x01\x00\x00\x01"
        "\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x75\x89\x3A\x71\xA0\x12\x72\x0E\x88\xB0"
        "\xC3\x55\x19\x04\x04\xEF\x79\x52\xC1\x4F\x1E\xBD\x3E\xEC\x49\x03\xDE\xA4\x0B\x7C\xC2\x50\x0A\x00"
        "\x00\x00\x09\x08\x08\x00\x00\x06\x10\x00\x00\x00\x00\x00\x04\x02\x0F\x00\x19\xB1\x92\x1F\x74\x8F"
        "\x91\x60\x59\xD9\x7C\x6D\x6D\x95\x4B\x0A\x00\x00\x00";
    Book book = {g_byte_array_new(), 8, 0, NULL};
    put_bytes(book.stream, stream, sizeof stream - 1);
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_problems(attachment, "");
    assert_string_equal(attachment->text, "保护的");
}

static void test_macro(void **state)
{
    Book book = book_begin(8);
    sheet_name(&book, "宏", 0x0100);
    record(&book, 0x000A, NULL);
    sheet_begin(&book);
    label(&book, 0, 0, 0, "=ALERT()");
    g_autoptr (FactsAttachment) attachment = read_book(&book, "Workbook");
    assert_problems(attachment, "macro");
}

/* --- files in files --------------------------------------------------------------------------- */

/* A text under its name, a workbook in a storage, and a picture, which is no file. */
static void test_objects(void **state)
{
    Book book = book_begin(8), inner = book_begin(8);
    record(&book, 0x000A, NULL);
    record(&inner, 0x000A, NULL);
    sheet_begin(&inner);
    label(&inner, 0, 0, 0, "内");
    record(&inner, 0x000A, NULL);
    g_autoptr (GByteArray) package = g_byte_array_new(), picture = g_byte_array_new();
    static const char head[] = "\xB8\xBD\xBC\xFE.txt\0C:\\a.txt\0\0\0\3\0\2\0\0\0x";
    put_n(package, 100, 4), put_n(package, 2, 2), put_bytes(package, head, sizeof head);
    put_n(package, 6, 4), put_bytes(package, "附件", 6);
    put_n(picture, 2, 4), put_bytes(picture, "BM", 2);
    const Ole2Stream streams[] = {{"Workbook", book.stream},
                                  {"MBD00000001/\001Ole10Native", package},
                                  {"MBD00000002/Workbook", inner.stream},
                                  {"MBD00000003/\001Ole10Native", picture}};
    g_autoptr (GBytes) bytes = ole2_make(streams, G_N_ELEMENTS(streams)), without = ole2_make(streams, 1);
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    document_read(attachment, bytes);
    assert_true(ole2_may_hold_objects(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)));
    assert_false(ole2_may_hold_objects(g_bytes_get_data(without, NULL), g_bytes_get_size(without)));
    g_byte_array_unref(book.stream);
    g_byte_array_unref(inner.stream);
    assert_problems(attachment, "");
    assert_int_equal(attachment->children->len, 2);
    const FactsAttachment *text = attachment->children->pdata[0], *sheet = attachment->children->pdata[1];
    assert_string_equal(text->name, "附件.txt");
    assert_string_equal(text->text, "附件");
    assert_string_equal(sheet->name, "嵌入对象2");
    assert_string_equal(sheet->text, "内");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),          cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_shared_strings), cmocka_unit_test(test_fonts_of_symbols),
        cmocka_unit_test(test_sheets),         cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_check_boxes),    cmocka_unit_test(test_controls_above_cells),
        cmocka_unit_test(test_biff5),          cmocka_unit_test(test_stream),
        cmocka_unit_test(test_empty),          cmocka_unit_test(test_cut),
        cmocka_unit_test(test_macro),          cmocka_unit_test(test_encrypted),
        cmocka_unit_test(test_protected),      cmocka_unit_test(test_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
