/* The container of OLE2 files: what libgsf writes is read, what is read from it can stand alone, and no table
 * of a stranger makes it run in circles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/cfb.h"
#include "tests/unit/ole2_maker.h"

#define SMALL 100   /* bytes: below the cutoff of 4096 */
#define LARGE 20000 /* bytes: in sectors of its own */

static GByteArray *filled(guint length, guint8 with)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, length);
    memset(bytes->data, with, length);
    return bytes;
}

/* 甲 and Other/乙 are small, Storage/Large is not. */
static GBytes *made(void)
{
    g_autoptr (GByteArray) first = filled(SMALL, 1), second = filled(SMALL, 2), large = filled(LARGE, 3);
    const Ole2Stream streams[] = {{"甲", first}, {"Other/乙", second}, {"Storage/Large", large}};
    return ole2_make(streams, G_N_ELEMENTS(streams));
}

static void check(const Cfb *cfb, const CfbNode *storage, const char *name, guint length, guint8 with)
{
    const CfbNode *stream = cfb_child(storage, name);
    assert_non_null(stream);
    assert_int_equal(stream->size, length);
    g_autoptr (GBytes) got = cfb_read(cfb, stream, G_MAXSIZE);
    g_autoptr (GByteArray) want = filled(length, with);
    assert_int_equal(g_bytes_get_size(got), length);
    assert_memory_equal(g_bytes_get_data(got, NULL), want->data, length);
}

static void test_read(void **state)
{
    g_autoptr (GBytes) bytes = made();
    g_autoptr (Cfb) cfb = cfb_open(bytes, NULL);
    const CfbNode *root = cfb_root(cfb), *storage = cfb_child(root, "STORAGE"),
                  *other = cfb_child(root, "other");
    assert_true(cfb_is_whole(cfb));
    assert_int_equal(root->children->len, 3);
    check(cfb, root, "甲", SMALL, 1);
    assert_true(storage->storage);
    check(cfb, other, "乙", SMALL, 2);
    check(cfb, storage, "large", LARGE, 3);
    assert_null(cfb_child(root, "Large"));
    g_autoptr (GBytes) start = cfb_read(cfb, cfb_child(storage, "Large"), 10);
    assert_int_equal(g_bytes_get_size(start), 10);
}

static void test_extract(void **state)
{
    g_autoptr (GBytes) bytes = made();
    g_autoptr (Cfb) cfb = cfb_open(bytes, NULL);
    gsize room = LARGE + 1;
    g_autoptr (GBytes) alone = cfb_extract(cfb, cfb_child(cfb_root(cfb), "Storage"), &room);
    assert_non_null(alone);
    assert_int_equal(room, 1);
    g_autoptr (Cfb) again = cfb_open(alone, NULL);
    assert_int_equal(cfb_root(again)->children->len, 1);
    check(again, cfb_root(again), "Large", LARGE, 3);
    g_autoptr (GBytes) whole = cfb_extract(again, cfb_root(again), &(gsize){LARGE});
    g_autoptr (Cfb) third = cfb_open(whole, NULL);
    check(third, cfb_root(third), "Large", LARGE, 3);
    assert_null(cfb_extract(cfb, cfb_child(cfb_root(cfb), "Storage"), &(gsize){LARGE - 1}));
}

static void read_all(const Cfb *cfb, const CfbNode *node)
{
    g_autoptr (GBytes) bytes = cfb_read(cfb, node, G_MAXSIZE);
    assert_true(g_bytes_get_size(bytes) <= node->size);
    for (guint i = 0; node->children && i < node->children->len; i++) read_all(cfb, node->children->pdata[i]);
}

/* Cut anywhere, and with each 32-bit number in turn replaced by one that points back, to itself, or nowhere.
 */
static void test_broken(void **state)
{
    static const guint32 numbers[] = {0, 1, 2, 3, 0x7FFFFFFF, 0xFFFFFFFE};
    g_autoptr (GBytes) bytes = made();
    gsize length = g_bytes_get_size(bytes);
    for (gsize n = 0; n < length; n += 97) {
        g_autoptr (GBytes) cut = g_bytes_new_from_bytes(bytes, 0, n);
        g_autoptr (Cfb) cfb = cfb_open(cut, NULL);
        if (cfb) read_all(cfb, cfb_root(cfb));
    }
    g_autofree guint8 *copy = g_malloc(length);
    for (gsize at = 28; at + 4 <= length; at += 4)
        for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
            memcpy(copy, g_bytes_get_data(bytes, NULL), length);
            const guint32 number = GUINT32_TO_LE(numbers[i]);
            if (memcmp(copy + at, "\3\3\3\3", 4) == 0) continue; /* of the large stream */
            memcpy(copy + at, &number, 4);
            g_autoptr (GBytes) changed = g_bytes_new_static(copy, length);
            g_autoptr (Cfb) cfb = cfb_open(changed, NULL);
            gsize room = length;
            if (!cfb) continue;
            read_all(cfb, cfb_root(cfb));
            g_autoptr (GBytes) alone = cfb_extract(cfb, cfb_root(cfb), &room);
            assert_true(!alone || room <= length);
        }
}

static void test_no_such_file(void **state)
{
    const char *why = NULL;
    g_autofree char *zeros = g_malloc0(4096);
    g_autoptr (GBytes) bytes = g_bytes_new_static(zeros, 4096), nothing = g_bytes_new_static("", 0);
    assert_null(cfb_open(bytes, &why));
    assert_non_null(why);
    assert_null(cfb_open(nothing, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_extract),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_no_such_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
