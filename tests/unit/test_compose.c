/* Letters as bytes: what a mail program would read of them, and what the ledger can prove. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "config/config.h"
#include "daemon/compose.h"

typedef struct Fixture {
    char *folder;
    Config *config;
    Ledger *ledger;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->folder = g_dir_make_tmp("baosong-XXXXXX", NULL);
    fixture->config = g_new0(Config, 1);
    Config *config = fixture->config;
    config->campaign.id = g_strdup("test-2014");
    config->desk.university = g_strdup("示例大学");
    config->desk.department = g_strdup("党委组织部");
    config->desk.address = g_strdup("zzb@example.test");
    config->store.state_dir = g_strdup(fixture->folder);
    config->store.key.file = g_strdup("");
    config->store.key.credential = g_strdup("");
    config->calendar = calendar_new("Asia/Shanghai", NULL, NULL);
    fixture->ledger = ledger_open(config, NULL);
    assert_non_null(fixture->ledger);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    Config *config = fixture->config;
    g_autofree char *key = g_build_filename(fixture->folder, "ledger.key", NULL);
    g_unlink(key);
    g_rmdir(fixture->folder);
    ledger_free(fixture->ledger);
    calendar_free(config->calendar);
    g_free(config->campaign.id);
    g_free(config->desk.university);
    g_free(config->desk.department);
    g_free(config->desk.address);
    g_free(config->store.state_dir);
    g_free(config->store.key.file);
    g_free(config->store.key.credential);
    g_free(config);
    g_free(fixture->folder);
    g_free(fixture);
    return 0;
}

static Letter *make_letter(const char *cause, const char *stage)
{
    Letter *letter = letter_new(*stage ? LETTER_REMINDER : LETTER_RECEIPT);
    g_free(letter->to);
    g_free(letter->to_name);
    g_free(letter->subject);
    g_free(letter->cause);
    g_free(letter->stage);
    json_decref(letter->record);
    letter->to = g_strdup("wxy@example.test");
    letter->to_name = g_strdup("文学院党委");
    letter->subject =
        g_strdup("回执：关于开展基层党建工作创新活动的总结材料已经收到，请核对以下内容是否正确");
    letter->cause = g_strdup(cause);
    letter->stage = g_strdup(stage);
    letter->record = json_pack("{s:i s:[{s:i s:s}]}", "v", 1, "items", "n", 1, "title", "读书会");
    letter_paragraph(letter, "%s", "您好！");
    return letter;
}

static char *bytes_of(const Fixture *fixture, const Letter *letter)
{
    g_autofree char *id = compose_message_id(fixture->ledger, letter);
    g_autoptr (GBytes) bytes = compose_letter(fixture->config, fixture->ledger, letter, id, 7, 1401411600);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static char *header_value(const char *mail, const char *name)
{
    g_autofree char *start = g_strdup_printf("\r\n%s: ", name);
    const char *from = strstr(mail, start);
    if (!from) return NULL;
    from += strlen(start);
    const char *to = from;
    while ((to = strstr(to, "\r\n")) && (to[2] == ' ' || to[2] == '\t')) to += 2;
    return g_strndup(from, (gsize)(to - from));
}

static void test_every_line_is_short_and_plain(void **state)
{
    g_autoptr (Letter) letter = make_letter("cause", "");
    g_autofree char *mail = bytes_of(*state, letter);
    g_auto(GStrv) lines = g_strsplit(mail, "\r\n", -1);
    for (guint i = 0; lines[i]; i++) {
        assert_true(strlen(lines[i]) <= 78);
        assert_null(strchr(lines[i], '\n'));
        for (const char *p = lines[i]; *p; p++) assert_true((guchar)*p < 0x80);
    }
}

static void test_encoded_words_hold_whole_characters(void **state)
{
    g_autoptr (Letter) letter = make_letter("cause", "");
    g_autofree char *mail = bytes_of(*state, letter);
    g_autofree char *subject = header_value(mail, "Subject");
    GString *decoded = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit_set(subject, " \r\n", -1);
    for (guint i = 0; words[i]; i++) {
        if (!*words[i]) continue;
        assert_true(strlen(words[i]) <= 75);
        assert_true(g_str_has_prefix(words[i], "=?utf-8?B?") && g_str_has_suffix(words[i], "?="));
        words[i][strlen(words[i]) - 2] = '\0';
        gsize size;
        g_autofree guchar *part = g_base64_decode(words[i] + strlen("=?utf-8?B?"), &size);
        assert_true(g_utf8_validate((char *)part, (gssize)size, NULL));
        g_string_append_len(decoded, (char *)part, (gssize)size);
    }
    assert_string_equal(decoded->str, letter->subject);
    g_string_free(decoded, TRUE);
}

static void test_same_letter_same_bytes(void **state)
{
    g_autoptr (Letter) one = make_letter("cause", "");
    g_autoptr (Letter) two = make_letter("cause", "");
    g_autofree char *first = bytes_of(*state, one);
    g_autofree char *second = bytes_of(*state, two);
    assert_string_equal(first, second);
}

static void test_message_ids_follow_the_cause(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *a = ledger_message_id(fixture->ledger, "receipt", "a", "");
    g_autofree char *again = ledger_message_id(fixture->ledger, "receipt", "a", "");
    g_autofree char *b = ledger_message_id(fixture->ledger, "receipt", "b", "");
    g_autofree char *moved = ledger_message_id(fixture->ledger, "receipta", "", "");
    assert_string_equal(a, again);
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, moved);
    assert_true(g_str_has_suffix(a, "@example.test"));
}

static void test_automatic_mail_says_so(void **state)
{
    g_autoptr (Letter) receipt = make_letter("cause", "");
    g_autoptr (Letter) reminder = make_letter("remind/wxy", "3d");
    g_autofree char *first = bytes_of(*state, receipt);
    g_autofree char *second = bytes_of(*state, reminder);
    g_autofree char *replied = header_value(first, "Auto-Submitted");
    g_autofree char *generated = header_value(second, "Auto-Submitted");
    assert_string_equal(replied, "auto-replied");
    assert_string_equal(generated, "auto-generated");
    g_autofree char *loop = header_value(first, "Baosong-Loop");
    assert_string_equal(loop, "test-2014");
}

static void test_record_survives_folding_and_shows_tampering(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Letter) letter = make_letter("cause", "");
    g_autofree char *mail = bytes_of(fixture, letter);
    g_autofree char *value = header_value(mail, "Baosong-Record");
    g_autofree char *json = ledger_unseal(fixture->ledger, value, NULL);
    assert_non_null(json);
    assert_non_null(strstr(json, "读书会"));
    assert_non_null(strstr(json, "\"seq\":7"));

    value[strlen(value) - 1] ^= 1;
    g_autoptr (GError) error = NULL;
    assert_null(ledger_unseal(fixture->ledger, value, &error));
    assert_true(g_error_matches(error, LEDGER_ERROR, LEDGER_ERROR_RECORD));
    g_clear_error(&error);
    assert_null(ledger_unseal(fixture->ledger, "v1", &error));
}

static void test_key_is_made_once_and_kept_private(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "ledger.key", NULL);
    GStatBuf info;
    assert_int_equal(g_stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    g_autoptr (Ledger) again = ledger_open(fixture->config, NULL);
    g_autofree char *a = ledger_message_id(fixture->ledger, "receipt", "x", "");
    g_autofree char *b = ledger_message_id(again, "receipt", "x", "");
    assert_string_equal(a, b);
}

static void test_hostile_names_stay_in_their_header(void **state)
{
    g_autoptr (Letter) letter = make_letter("cause", "");
    g_free(letter->to_name);
    letter->to_name = g_strdup("x\r\nBcc: victim@example.test");
    g_free(letter->subject);
    letter->subject = g_strdup("a\r\nBcc: victim@example.test\r\n\r\nbody");
    g_autofree char *mail = bytes_of(*state, letter);
    assert_null(strstr(mail, "\nBcc:"));
    assert_null(strstr(mail, "victim"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_line_is_short_and_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_encoded_words_hold_whole_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_same_letter_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_message_ids_follow_the_cause, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_automatic_mail_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_record_survives_folding_and_shows_tampering, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_key_is_made_once_and_kept_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_names_stay_in_their_header, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
