/* store_fixture.h - for tests of daemon/store: a campaign of three committees in a folder of its own, and
 * mails and letters to put into it. A test that includes this sees real SQLite on a real disk. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/desk/ask.h"
#include "daemon/store/delivery.h"
#include "daemon/store/private.h"
#include "daemon/store/store.h"

#define NOW 1401411600 /* 2014-05-30 09:00 +08:00 */

typedef struct Fixture {
    char *folder;
    Config config;
    Roster roster;
    Store *store;
} Fixture;

#define assert_fine(call)                                                                                    \
    do {                                                                                                     \
        GError *fault_ = NULL;                                                                               \
        if (!(call)) fail_msg("%s: %s", #call, fault_ ? fault_->message : "(no error set)");                 \
        assert_null(fault_);                                                                                 \
    } while (0)
#define FAULT &fault_

#define assert_refused(call, code_)                                                                          \
    do {                                                                                                     \
        GError *fault_ = NULL;                                                                               \
        assert_false(call);                                                                                  \
        if (!g_error_matches(fault_, STORE_ERROR, code_))                                                    \
            fail_msg("%s: %s, not %s", #call, fault_ ? fault_->message : "no error", #code_);                \
        g_clear_error(&fault_);                                                                              \
    } while (0)

/* --- campaign --------------------------------------------------------------------------------- */

static inline void committee_free(gpointer data)
{
    Committee *committee = data;
    g_ptr_array_unref(committee->aliases);
    g_ptr_array_unref(committee->addresses);
    g_free(committee);
}

static inline void add_committee(Roster *roster, char *code, char *name, char *kind)
{
    Committee *committee = g_new0(Committee, 1);
    *committee = (Committee){.code = code, .name = name, .kind = kind, .owed = -1, .branches = 5};
    committee->aliases = g_ptr_array_new();
    committee->addresses = g_ptr_array_new();
    committee->contact = (char *)"联系人甲";
    committee->telephone = (char *)"010-00000000";
    committee->secretary = committee->secretary_address = (char *)"";
    committee->position = roster->committees->len;
    g_ptr_array_add(committee->aliases, name);
    g_ptr_array_add(committee->addresses, (gpointer) "party@unit.example");
    g_ptr_array_add(roster->committees, committee);
    g_hash_table_insert(roster->by_code, code, committee);
}

static inline Fixture *fixture_new_at(char *folder)
{
    static Quota college = {(char *)"学院党委", 2, 0}, others = {(char *)"*", 1, 0};
    Fixture *fixture = g_new0(Fixture, 1);
    Config *config = &fixture->config;
    fixture->folder = folder;
    fixture->roster.committees = g_ptr_array_new_with_free_func(committee_free);
    fixture->roster.by_code = g_hash_table_new(g_str_hash, g_str_equal);
    add_committee(&fixture->roster, (char *)"wen", (char *)"文学院党委", (char *)"学院党委");
    add_committee(&fixture->roster, (char *)"li", (char *)"理学院党委", (char *)"学院党委");
    add_committee(&fixture->roster, (char *)"jiguan", (char *)"机关党总支", (char *)"党总支");
    config->campaign.id = (char *)"cx2014";
    config->campaign.number_prefix = (char *)"CX2014-";
    config->store.state_dir = fixture->folder;
    config->roster = &fixture->roster;
    config->calendar = calendar_new("Asia/Shanghai", NULL, NULL);
    calendar_parse(config->calendar, "2014-06-02", TRUE, &config->campaign.deadline_at);
    guint before[] = {14, 3};
    config->remind.before = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof(guint)), before, 2);
    config->remind.overdue = g_array_new(FALSE, FALSE, sizeof(guint));
    config->remind.at = 9 * 60;
    config->quotas = g_ptr_array_new();
    g_ptr_array_add(config->quotas, &college);
    g_ptr_array_add(config->quotas, &others);
    return fixture;
}

static inline Fixture *fixture_new(void)
{
    char *folder = g_dir_make_tmp("baosong-store-XXXXXX", NULL);
    assert_non_null(folder);
    return fixture_new_at(folder);
}

static inline void fixture_open(Fixture *fixture)
{
    GError *fault = NULL;
    fixture->store = store_open(&fixture->config, &fault);
    if (!fixture->store) fail_msg("store_open: %s", fault->message);
}

static inline void fixture_close(Fixture *fixture)
{
    g_clear_pointer(&fixture->store, store_close);
}

static inline void remove_tree(const char *path)
{
    g_autoptr (GDir) folder = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        remove_tree(inside);
    }
    g_remove(path);
}

static inline void fixture_free(Fixture *fixture)
{
    fixture_close(fixture);
    remove_tree(fixture->folder);
    g_free(fixture->folder);
    g_hash_table_unref(fixture->roster.by_code);
    g_ptr_array_unref(fixture->roster.committees);
    g_ptr_array_unref(fixture->config.quotas);
    g_array_unref(fixture->config.remind.before);
    g_array_unref(fixture->config.remind.overdue);
    calendar_free(fixture->config.calendar);
    g_free(fixture);
}

static inline int set_up(void **state)
{
    Fixture *fixture = fixture_new();
    fixture_open(fixture);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static inline gint64 number(Fixture *fixture, const char *sql)
{
    gint64 value;
    assert_fine(db_int(fixture->store->db, &value, -1, FAULT, sql, ""));
    return value;
}

/* --- mails ------------------------------------------------------------------------------------ */

/* A mail with one attachment whose decoded bytes lie in a memfd, and the verdict that it is a new item. */
typedef struct Sample {
    StoreMail mail;
    Facts *facts;
    Verdict *verdict;
    char *raw_sha256, *identity;
} Sample;

static inline char *sha256_of(const char *text)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static inline void set_text(char **slot, const char *text)
{
    g_free(*slot);
    *slot = g_strdup(text);
}

/* `uid` makes the mail different from others; `document` is the text of its attachment. */
static inline Sample *sample_new(guint uid, const char *document)
{
    Sample *sample = g_new0(Sample, 1);
    g_autofree char *raw = g_strdup_printf("Subject: mail %u\r\n\r\n%s\r\n", uid, document);
    sample->raw_sha256 = sha256_of(raw);
    Facts *facts = sample->facts = facts_new();
    set_text(&facts->sha256, sample->raw_sha256);
    set_text(&facts->subject, "【报送】读书会");
    g_free(facts->message_id);
    facts->message_id = g_strdup_printf("mail-%u@unit.example", uid);
    FactsMailbox *from = g_new(FactsMailbox, 1);
    *from = (FactsMailbox){g_strdup("联系人甲"), g_strdup("party@unit.example")};
    g_ptr_array_add(facts->from, from);
    FactsAttachment *attachment = facts_attachment_new();
    set_text(&attachment->name, "读书会总结.docx");
    g_free(attachment->sha256);
    attachment->sha256 = sha256_of(document);
    attachment->size = strlen(document);
    attachment->offset = 7;
    g_ptr_array_add(facts->attachments, attachment);
    g_ptr_array_add(facts->leaves, g_strdup(attachment->sha256));
    sample->identity = facts_identity(facts);

    int fd = memfd_create("sample", MFD_CLOEXEC);
    assert_int_equal(pwrite(fd, document, strlen(document), 7), strlen(document));
    sample->mail = (StoreMail){.folder = "INBOX",
                               .uidvalidity = 1,
                               .uid = uid,
                               .where = DESK_INBOX,
                               .received_at = NOW - 1000 + uid,
                               .size = strlen(raw),
                               .raw = g_bytes_new(raw, strlen(raw)),
                               .raw_sha256 = sample->raw_sha256,
                               .identity = sample->identity,
                               .facts = facts,
                               .data_fd = fd};
    sample->verdict = verdict_new();
    sample->verdict->whose = WHOSE_CAMPAIGN;
    sample->verdict->certainty = CERTAINTY_CERTAIN;
    set_text(&sample->verdict->committee, "wen");
    return sample;
}

static inline VerdictItem *sample_item(Sample *sample, guint item_number, gboolean is_new)
{
    VerdictItem *item = verdict_item_new();
    item->number = item_number;
    item->is_new = is_new;
    item->counts = item->on_time = TRUE;
    set_text(&item->title, "读书会");
    set_text(&item->title_key, "读书会");
    set_text(&item->theme, "创新学习型党组织建设");
    set_text(&item->theme_source, "表格");
    set_text(&item->leader, "负责人乙");
    g_ptr_array_add(item->files, sample->facts->attachments->pdata[0]);
    g_ptr_array_add(sample->verdict->items, item);
    return item;
}

static inline void sample_free(Sample *sample)
{
    verdict_free(sample->verdict);
    facts_free(sample->facts);
    g_bytes_unref(sample->mail.raw);
    close(sample->mail.data_fd);
    g_free(sample->raw_sha256);
    g_free(sample->identity);
    g_free(sample);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sample, sample_free)

/* A whole batch of one mail that is a new item. */
static inline void store_one(Fixture *fixture, guint uid, const char *document)
{
    g_autoptr (Sample) sample = sample_new(uid, document);
    sample_item(sample, store_book(fixture->store)->next_number, TRUE);
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
}

/* --- letters ---------------------------------------------------------------------------------- */

typedef struct Sheet {
    Outgoing outgoing;
    Letter *letter;
    char *message_id;
} Sheet;

static inline Sheet *sheet_new(Store *store, LetterKind kind, const char *cause)
{
    Sheet *sheet = g_new0(Sheet, 1);
    Letter *letter = sheet->letter = letter_new(kind);
    set_text(&letter->to, "party@unit.example");
    set_text(&letter->subject, "回执");
    set_text(&letter->cause, cause);
    set_text(&letter->committee, "wen");
    g_ptr_array_add(letter->cc, g_strdup("a@unit.example"));
    g_ptr_array_add(letter->cc, g_strdup("b@unit.example"));
    sheet->message_id = g_strdup_printf("%s-%d@desk.example", cause, (int)kind);
    sheet->outgoing = (Outgoing){.letter = letter,
                                 .message_id = sheet->message_id,
                                 .sequence = store_next_sequence(store),
                                 .bytes = g_bytes_new("letter\r\n", 8),
                                 .state = OUTBOX_QUEUED};
    return sheet;
}

static inline void sheet_free(Sheet *sheet)
{
    letter_free(sheet->letter);
    g_bytes_unref(sheet->outgoing.bytes);
    g_free(sheet->message_id);
    g_free(sheet);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

/* A receipt comes with its mail: one that is no item of anything. */
static inline void store_receipt(Fixture *fixture, const Sheet *sheet)
{
    g_autoptr (Sample) sample = sample_new(1000 + (guint)number(fixture, "SELECT count(*) FROM mail"), "");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, &sheet->outgoing, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
}

/* The letter that is to go now, or NULL. */
static inline StoreLetter *first_due(Fixture *fixture, gint64 now)
{
    g_autoptr (GPtrArray) due = store_outbox_due(fixture->store, now, FALSE, NULL);
    assert_non_null(due);
    return due->len ? store_outbox_letter(fixture->store, ((StoreDue *)due->pdata[0])->id, NULL) : NULL;
}

/* --- the book --------------------------------------------------------------------------------- */

static inline void assert_same_keys(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    gpointer key;
    assert_int_equal(g_hash_table_size(a), g_hash_table_size(b));
    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        if (!g_hash_table_contains(b, key)) fail_msg("%s is in one book only", (char *)key);
}

static inline void assert_same_item(const BookItem *a, const BookItem *b)
{
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->kind, b->kind);
    assert_string_equal(a->committee, b->committee);
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->title_key, b->title_key);
    assert_string_equal(a->theme, b->theme);
    assert_int_equal(a->received_at, b->received_at);
    assert_int_equal(a->versions, b->versions);
    assert_int_equal(a->counts, b->counts);
    assert_int_equal(a->on_time, b->on_time);
    assert_int_equal(a->withdrawn, b->withdrawn);
    for (guint i = 0; i < a->documents->len; i++)
        assert_true(
            g_ptr_array_find_with_equal_func(b->documents, a->documents->pdata[i], g_str_equal, NULL));
    for (guint i = 0; i < b->documents->len; i++)
        assert_true(
            g_ptr_array_find_with_equal_func(a->documents, b->documents->pdata[i], g_str_equal, NULL));
}

/* The Book that grew mail by mail is the one that the tables give. */
static inline void assert_book_is_stored(Fixture *fixture)
{
    const Book *grown = store_book(fixture->store);
    g_autoptr (Book) read = store_load_book(fixture->store, NULL);
    assert_non_null(read);
    assert_int_equal(grown->items->len, read->items->len);
    assert_int_equal(grown->next_number, read->next_number);
    for (guint i = 0; i < grown->items->len; i++)
        assert_same_item(grown->items->pdata[i], read->items->pdata[i]);
    assert_same_keys(grown->by_document, read->by_document);
    assert_same_keys(grown->letters, read->letters);
    assert_same_keys(grown->forgotten, read->forgotten);
    assert_same_keys(grown->stages, read->stages);
    assert_same_keys(grown->daily, read->daily);
    GHashTableIter iter;
    gpointer key, count;
    g_hash_table_iter_init(&iter, grown->daily);
    while (g_hash_table_iter_next(&iter, &key, &count))
        assert_ptr_equal(count, g_hash_table_lookup(read->daily, key));
    g_hash_table_iter_init(&iter, grown->letters);
    while (g_hash_table_iter_next(&iter, &key, &count)) {
        const BookLetter *a = count, *b = book_letter(read, key);
        assert_string_equal(a->to, b->to);
        assert_string_equal(a->committee, b->committee);
        assert_int_equal(a->number, b->number);
    }
}
