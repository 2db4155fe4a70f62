/* desk_fixture.h - a small campaign, facts from a few words, and a book that settles what is judged. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "daemon/desk/desk.h"

#define PDF     "application/pdf"
#define DOCX    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define WEN     "wen@shili.example"
#define WEN2    "wen2@qq.example"
#define SHU     "shu@shili.example"
#define YAN     "yan@shili.example"
#define RENWEN  "renwen@shili.example"
#define STRANGE "nobody@qq.example"
#define DESK    "zzb@shili.example"

static Config *config;
static Book *book;
static gint64 now_at, received_at; /* of the next mail */
static DeskFolder folder;
static guint serial;
static Facts *facts;     /* of the mail being written */
static Verdict *verdict; /* of the last mail judged */

static gint64 at(const char *text)
{
    gint64 instant;
    assert_true(calendar_parse(config->calendar, text, FALSE, &instant));
    return instant;
}

static void words(GPtrArray *into, const char *list)
{
    g_auto(GStrv) parts = g_strsplit(list, ",", -1);
    for (char **part = parts; *part; part++) g_ptr_array_add(into, g_strdup(*part));
}

static void add_theme(const char *short_name, const char *title, const char *keywords)
{
    Theme *theme = g_new(Theme, 1);
    *theme = (Theme){.title = g_strdup(title),
                     .short_name = g_strdup(short_name),
                     .keywords = g_ptr_array_new_with_free_func(g_free)};
    words(theme->keywords, keywords);
    g_ptr_array_add(config->themes, theme);
}

static void add_quota(const char *kind, guint least, guint most)
{
    Quota *quota = g_new(Quota, 1);
    *quota = (Quota){.kind = g_strdup(kind), .least = least, .most = most};
    g_ptr_array_add(config->quotas, quota);
}

static const char ROSTER[] =
    "代码,单位名称,类型,简称,邮箱,联系人,电话,书记,书记邮箱,党支部数,应报数\n"
    "W,文学院党委,学院党委,文学院,wen@shili.example;wen2@qq.example,联系人甲,,书记甲,shuji@shili.example,7,\n"
    "R,人文学院党委,学院党委,人文学院,renwen@shili.example,联系人乙,,,,5,\n"
    "S,数学学院党委,学院党委,数学学院;数学,shu@shili.example,联系人丙,,,,6,\n"
    "Y,数学学院研究生党总支,党总支,,yan@shili.example,联系人丁,,,,3,\n"
    "T,图书馆党总支,党总支,图书馆;LIB,tsg@shili.example,联系人戊,,,,3,\n";

static void make_campaign(void)
{
    CampaignConfig *c = &config->campaign;
    c->id = g_strdup("party-2014");
    c->title = g_strdup("基层党建工作创新活动");
    c->item_word = g_strdup("创新活动");
    c->keywords = g_ptr_array_new_with_free_func(g_free);
    words(c->keywords, "党建工作创新,创新活动,党建创新");
    c->innovation = g_ptr_array_new_with_free_func(g_free);
    words(c->innovation, "理论创新,实践创新,制度创新");
    c->number_prefix = g_strdup("CX2014-");
    c->timezone = g_strdup("Asia/Shanghai");
    c->starts_at = at("2014-04-01");
    assert_true(calendar_parse(config->calendar, "2014-06-02", TRUE, &c->deadline_at));
}

static void make_rest(void)
{
    DeskConfig *d = &config->desk;
    *d = (DeskConfig){.university = g_strdup("示例大学"),
                      .department = g_strdup("党委组织部"),
                      .name = g_strdup("联系人甲"),
                      .telephone = g_strdup("010-00000000"),
                      .address = g_strdup(DESK),
                      .room = g_strdup("")};
    config->smtp.per_address_daily = 20;
    config->imap.authserv_id = g_ptr_array_new_with_free_func(g_free);
    RemindConfig *r = &config->remind;
    static const guint before[] = {14, 7, 3, 1}, overdue[] = {1, 3};
    r->before = g_array_new(FALSE, FALSE, sizeof(guint));
    r->overdue = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_vals(r->before, before, G_N_ELEMENTS(before));
    g_array_append_vals(r->overdue, overdue, G_N_ELEMENTS(overdue));
    r->at = 9 * 60;
    r->cc_superior = g_ptr_array_new_with_free_func(g_free);
}

static int set_up(void **state)
{
    config = g_new0(Config, 1);
    config->calendar = calendar_new("Asia/Shanghai", "off 2014-06-02 端午节\n", NULL);
    config->themes = g_ptr_array_new();
    config->quotas = g_ptr_array_new();
    add_theme("组织设置", "着眼于科学合理，创新基层党组织设置", "临时党支部,社团");
    add_theme("学习型", "着眼于能力素质，创新学习型党组织建设", "读书,学习");
    add_theme("服务型", "着眼于功能定位，创新服务型党组织建设", "服务,志愿");
    add_theme("党员队伍建设", "着眼于作用发挥，创新党员队伍建设", "示范岗");
    add_quota("学院党委", 2, 3);
    add_quota("*", 1, 0);
    g_autoptr (Table) table = table_read_csv(ROSTER, strlen(ROSTER), NULL);
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    config->roster = roster_from_table(table, faults);
    if (!config->roster) fail_msg("%s", (char *)faults->pdata[0]);
    make_campaign();
    make_rest();
    book = book_new();
    now_at = at("2014-05-28T10:30");
    received_at = at("2014-05-28T10:00");
    folder = DESK_INBOX;
    serial = 0;
    return 0;
}

static void drop_mail(void)
{
    g_clear_pointer(&verdict, verdict_free);
    g_clear_pointer(&facts, facts_free);
}

static int tear_down(void **state)
{
    drop_mail();
    g_clear_pointer(&book, book_free);
    for (guint i = 0; i < config->themes->len; i++) {
        Theme *theme = config->themes->pdata[i];
        g_free(theme->title);
        g_free(theme->short_name);
        g_ptr_array_unref(theme->keywords);
        g_free(theme);
    }
    for (guint i = 0; i < config->quotas->len; i++) {
        g_free(((Quota *)config->quotas->pdata[i])->kind);
        g_free(config->quotas->pdata[i]);
    }
    CampaignConfig *c = &config->campaign;
    DeskConfig *d = &config->desk;
    char *const strings[] = {c->id,        c->title,      c->item_word,  c->number_prefix,
                             c->timezone,  d->university, d->department, d->name,
                             d->telephone, d->address,    d->room};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) g_free(strings[i]);
    GPtrArray *const lists[] = {config->themes, config->quotas,           c->keywords,
                                c->innovation,  config->imap.authserv_id, config->remind.cc_superior};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) g_ptr_array_unref(lists[i]);
    g_array_unref(config->remind.before);
    g_array_unref(config->remind.overdue);
    roster_free(config->roster);
    calendar_free(config->calendar);
    g_free(config);
    return 0;
}

/* --- writing a mail --------------------------------------------------------------------------- */

static void put(char **slot, const char *value)
{
    g_free(*slot);
    *slot = g_strdup(value);
}

static void mailbox(GPtrArray *into, const char *name, const char *address)
{
    FactsMailbox *m = g_new(FactsMailbox, 1);
    *m = (FactsMailbox){.name = g_strdup(name), .address = g_strdup(address)};
    g_ptr_array_add(into, m);
}

/* Begins a mail. */
static void mail(const char *from, const char *subject)
{
    drop_mail();
    facts = facts_new();
    mailbox(facts->from, "", from);
    put(&facts->subject, subject);
    g_free(facts->message_id);
    facts->message_id = g_strdup_printf("m%u@client.example", ++serial);
}

static FactsAttachment *attach_to(GPtrArray *into, const char *name, const char *type, guint64 size,
                                  const char *bytes)
{
    FactsAttachment *a = facts_attachment_new();
    put(&a->name, name);
    put(&a->type, type);
    a->size = size;
    g_free(a->sha256);
    a->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, bytes, -1);
    a->offset = 0;
    g_ptr_array_add(into, a);
    return a;
}

/* A document of its own, different from every other. */
static FactsAttachment *doc(const char *name)
{
    g_autofree char *bytes = g_strdup_printf("document %u %u %s", serial, facts->attachments->len, name);
    return attach_to(facts->attachments, name, DOCX, 40000, bytes);
}

G_GNUC_UNUSED static void field(FactsAttachment *a, const char *label, const char *value)
{
    FactsField *f = g_new(FactsField, 1);
    *f = (FactsField){.label = g_strdup(label), .value = g_strdup(value)};
    g_ptr_array_add(a->fields, f);
}

static Verdict *judge(void)
{
    g_clear_pointer(&verdict, verdict_free);
    g_autofree char *identity = facts_identity(facts);
    DeskMail m = {
        .folder = folder, .received_at = received_at, .size = 50000, .identity = identity, .facts = facts};
    g_autoptr (Desk) desk = desk_new(config);
    verdict = desk_judge(desk, book, &m, now_at);
    return verdict;
}

/* Judges and settles, as the store does; the receipt gets a Message-ID "letter-N" that is returned. */
G_GNUC_UNUSED static const char *settle(void)
{
    static char id[32];
    judge();
    g_autofree char *identity = facts_identity(facts);
    DeskMail m = {.received_at = received_at, .identity = identity, .facts = facts};
    desk_settle(book, &m, verdict);
    g_snprintf(id, sizeof id, "letter-%u", serial);
    BookLetter *letter = book_letter_new();
    put(&letter->message_id, id);
    put(&letter->to, ((FactsMailbox *)facts->from->pdata[0])->address);
    put(&letter->committee, verdict->committee);
    put(&letter->cause, identity);
    letter->number = verdict->items->len == 1 ? ((VerdictItem *)verdict->items->pdata[0])->number : 0;
    book_add_letter(book, letter);
    return id;
}

G_GNUC_UNUSED static VerdictItem *item(guint i)
{
    assert_true(i < verdict->items->len);
    return verdict->items->pdata[i];
}

G_GNUC_UNUSED static gboolean has_problem(const char *code)
{
    for (guint i = 0; i < verdict->problems->len; i++)
        if (strcmp(((VerdictProblem *)verdict->problems->pdata[i])->code, code) == 0) return TRUE;
    return FALSE;
}

G_GNUC_UNUSED static const char *todo(const char *code)
{
    for (guint i = 0; i < verdict->todos->len; i++)
        if (strcmp(((VerdictTodo *)verdict->todos->pdata[i])->code, code) == 0)
            return ((VerdictTodo *)verdict->todos->pdata[i])->why;
    return NULL;
}

G_GNUC_UNUSED static void assert_text(const char *text, const char *wanted)
{
    if (!strstr(text, wanted)) fail_msg("“%s” is not in:\n%s", wanted, text);
}

G_GNUC_UNUSED static void assert_no_text(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted)) fail_msg("“%s” is in:\n%s", unwanted, text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
