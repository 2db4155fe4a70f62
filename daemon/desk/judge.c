/* judge.c - asks the questions in order. */
#include <string.h>

#include "daemon/desk/ask.h"

/* The letter of ours that the mail answers: In-Reply-To, what a bounce names, then References from the end.
 */
static const BookLetter *answered(const Ask *ask)
{
    const Facts *facts = ask->facts;
    const BookLetter *letter = book_letter(ask->book, facts->in_reply_to);
    if (!letter) letter = book_letter(ask->book, facts->bounced);
    for (guint i = facts->references->len; i > 0 && !letter; i--)
        letter = book_letter(ask->book, facts->references->pdata[i - 1]);
    return letter || facts->automatic != FACTS_AUTO_BOUNCE ? letter : bounce_letter(ask);
}

/* The item number that starts at p (behind the prefix), with its end; 0 if there is none. */
static guint number_at(const char *p, const char **end)
{
    guint number = 0, digits = 0;
    while (*p == ' ' || *p == '-' || *p == '_' || *p == '.') p++;
    for (; g_ascii_isdigit(*p) && digits < 7; p++, digits++) number = number * 10 + (guint)(*p - '0');
    *end = p;
    return digits > 0 && digits < 7 ? number : 0;
}

/* 〕等3项: the subject of a receipt for several. */
static gboolean is_one_of_several(const char *p)
{
    if (g_str_has_prefix(p, "〕")) p += strlen("〕");
    return g_str_has_prefix(p, "等") && g_ascii_isdigit(p[strlen("等")]);
}

#define OF_PARTS "共[2-9二三四五六]封"
#define NTH_PART "第[1-9一二三四五六]封"

/* (1/3), （共三封，第2封）, 第二封 at the end: which of several mails about one thing; 第二封家书 is a title.
 * Caller frees.
 */
static char *without_part(const char *subject)
{
    static Pattern pattern = {
        .text = "[(\\[【]\\s*(?:[1-9]\\s*/"
                "\\s*[2-9]|共[2-9二三四五六两][项个封][^)\\]】]{0,8}第[1-9一二三四五六][项个封]|(?:" OF_PARTS
                "[,、/ ]?)?" NTH_PART "(?:[,、/ ]?" OF_PARTS ")?)\\s*[)\\]】]|[\\s,、-]" NTH_PART "\\s*$"};
    return pattern_replace(&pattern, subject, " ");
}

/* Finds CX2014-001 (cx2014 001, ＣＸ２０１４－００１) in the subject, and makes the subject without it, and
 * with the names of committees in one piece. Several different numbers are none: a person must say. */
static void find_number(Ask *ask)
{
    g_autofree char *normal = tags_nfkc(ask->facts->subject);
    g_autofree char *whole = without_part(normal);
    char *subject = names_unbracket(ask->desk, whole);
    const char *prefix = ask->desk->prefix;
    gsize n = strlen(prefix);
    ask->plain_subject = subject;
    gboolean several = FALSE, any = FALSE, joined = strcmp(subject, normal) != 0;
    for (char *p = subject; n > 0 && *p; p++) {
        const char *end;
        if (g_ascii_strncasecmp(p, prefix, n) != 0 || (p > subject && g_ascii_isalnum(p[-1]))) continue;
        guint number = number_at(p + n, &end);
        if (number == 0) continue;
        several |= any && ask->number != number;
        ask->first_of_several |= is_one_of_several(end);
        any = TRUE;
        ask->number = number;
        memset(p, ' ', (gsize)(end - p));
    }
    if (several) ask->number = 0;
    if (any || joined) { /* the number's own pieces are no fields of the title */
        tags_free(ask->tags);
        ask->tags = tags_parse(subject);
    }
}

static const Committee *sender_of(const Config *config, const char *address)
{
    const Committee *found = roster_find_address(config->roster, address);
    if (found || !*address) return found;
    for (guint i = 0; i < config->roster->committees->len; i++) { /* 书记, if of one committee only */
        const Committee *c = config->roster->committees->pdata[i];
        if (g_ascii_strcasecmp(c->secretary_address, address) != 0) continue;
        if (found) return NULL;
        found = c;
    }
    return found;
}

static void prepare(Ask *ask)
{
    const Facts *facts = ask->facts;
    const FactsMailbox *from = facts->from->len > 0 ? facts->from->pdata[0] : NULL;
    ask->arrival = ontime_arrival(ask);
    ask->from = g_utf8_strdown(from ? from->address : "", -1);
    ask->from_shown = *ask->from ? ask->from : "（未注明）";
    ask->problem = ask->mail->problem;
    for (guint i = 0; i < facts->problems->len && !ask->problem; i++)
        if (strcmp(((FactsProblem *)facts->problems->pdata[i])->code, "too-large") == 0)
            ask->problem = "too-large";
    ask->sender = sender_of(ask->config, ask->from);
    ask->own = *ask->from && g_ascii_strcasecmp(ask->from, ask->config->desk.address) == 0;
    ask->subject = text_key(facts->subject);
    ask->titles = title_known_new();
    ask->said = g_new0(AskSaid, 1);
    ask->tags = tags_parse(facts->subject);
    ask->replied = answered(ask);
    find_number(ask);
    sender_ask(ask);
    files_ask(ask);
    who_share(ask);
}

static void discard(Ask *ask)
{
    tags_free(ask->tags);
    g_free(ask->from);
    g_free(ask->doubt);
    g_free(ask->subject);
    g_free(ask->plain_subject);
    g_hash_table_unref(ask->titles);
    says_free(ask->said);
    g_ptr_array_unref(ask->files);
    g_ptr_array_unref(ask->papers);
    g_array_unref(ask->homes);
    g_ptr_array_unref(ask->looks);
}

static guint meant(const Ask *ask)
{
    if (ask->replied && ask->replied->number) return ask->replied->number;
    return !ask->first_of_several && book_item(ask->book, ask->number) ? ask->number : 0;
}

/* 【撤回】读书会 names its item by title. */
static guint meant_by_title(const Ask *ask)
{
    guint number = meant(ask);
    g_autofree char *title = number ? NULL : title_of_subject(ask);
    const char *key = title ? title_key(ask, title) : "";
    const GPtrArray *theirs = book_items_of(ask->book, ask->verdict->committee);
    for (guint i = 0; i < theirs->len && *key; i++) {
        const BookItem *item = theirs->pdata[i];
        if (strcmp(item->title_key, key) == 0) number = item->number;
    }
    return number;
}

static char *who_writes(const Ask *ask)
{
    const Committee *c = roster_find_code(ask->config->roster, ask->verdict->committee);
    if (!*ask->from) return g_strdup(c ? c->name : "未注明地址的发件人");
    return c ? g_strdup_printf("%s（%s）", c->name, ask->from) : g_strdup(ask->from);
}

/* A bounce is a committee that was not reached: staff must know which, and at what address. */
static void note_automatic(Ask *ask)
{
    const Committee *c = ask->replied ? roster_find_code(ask->config->roster, ask->replied->committee) : NULL;
    const BookItem *item = book_item(ask->book, meant(ask));
    if (!c && item) c = roster_find_code(ask->config->roster, item->committee);
    if (c) {
        g_free(ask->verdict->committee);
        ask->verdict->committee = g_strdup(c->code);
        ask->verdict->certainty = CERTAINTY_CERTAIN;
    }
    verdict_decide(ask->verdict, "answer", "no", "automatic mail is never answered");
    gboolean arrives =
        ask->facts->notice == FACTS_NOTICE_DELAYED || ask->facts->notice == FACTS_NOTICE_DELIVERED;
    if (ask->facts->automatic == FACTS_AUTO_BOUNCE && !arrives) bounce_ask(ask, c, meant(ask));
}

/* Whose address was dead and writes now, later than that, is alive. */
static void note_alive(Ask *ask)
{
    const gint64 *since = g_hash_table_lookup(ask->book->dead, ask->from);
    if (!since || ask->doubt || ask->facts->automatic != FACTS_AUTO_NO || ask->mail->received_at < *since)
        return;
    g_free(ask->verdict->alive);
    ask->verdict->alive = g_strdup(ask->from);
}

static void note_suspect(Ask *ask)
{
    g_autofree char *who = who_writes(ask);
    g_autofree char *subject = text_clip(ask->facts->subject, DESK_VALUE_CHARS);
    g_autofree char *files = ask->files->len > 0 ? g_strdup_printf("附件 %u 个", ask->files->len)
                                                 : g_strdup(ask->problem ? "附件未能读取" : "没有附件");
    verdict_todo(ask->verdict, "suspect", 0, "%s来信《%s》，%s，%s，请判断。", who,
                 ask->classified ? "主题略"
                 : *subject      ? subject
                                 : "无主题",
                 files,
                 whose_dated_before(ask)      ? "邮件日期早于活动开始，未发回执"
                 : ask->declined              ? "可能是零报告（不申报）说明"
                 : ask->desk->others->len > 0 ? "可能是报送材料，但不能确定属于哪项工作"
                                              : "可能是报送材料但没有标明");
}

static void note_act(Ask *ask, Act act)
{
    const struct {
        Act act;
        const char *code, *what;
    } notes[] = {{ACT_WITHDRAW, "withdraw", "申请撤回已报材料，请人工处理；原登记未作改动"},
                 {ACT_CONFIRM, "confirm", "回信确认，请阅"},
                 {ACT_THANKS, "confirm", "回信致谢或表示收到，无需答复"},
                 {ACT_QUESTION, "question",
                  ask->files->len > 0 ? "来信及附件似非总结材料（通知、迟报说明等），未登记，须人工阅处"
                                      : "来信没有附件，内容须人工阅处"},
                 {ACT_DECLINE, "decline", "表示不申报（零报告），请确认；确认前仍按应报项数催报"}};
    for (gsize i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (notes[i].act != act) continue;
        g_autofree char *who = who_writes(ask);
        g_autofree char *subject = text_clip(ask->facts->subject, DESK_VALUE_CHARS);
        g_autofree char *said = text_clip(ask->classified ? "" : says_own(ask), DESK_VALUE_CHARS);
        verdict_todo(ask->verdict, notes[i].code, meant_by_title(ask), "%s%s。主题：%s%s%s", who,
                     notes[i].what, ask->classified ? "略" : subject, *said ? "；来信写道：" : "", said);
    }
}

/* 两家各算一项可否？ beside a file: who is only told that it is registered waits for an answer. */
static void note_question(Ask *ask)
{
    const char *question = ask->classified ? NULL : says_question_beside(ask);
    if (!question) return;
    const GPtrArray *items = ask->verdict->items;
    g_autofree char *who = who_writes(ask), *shown = text_clip(question, DESK_VALUE_CHARS);
    verdict_todo(ask->verdict, "question",
                 items->len == 1 ? ((const VerdictItem *)items->pdata[0])->number : 0,
                 "%s报送材料时询问，请答复：%s", who, shown);
}

/* The item of theirs that the line takes back by its name: 撤回“读书会”, 原报的读书会请删除. */
static const BookItem *taken_back(const Ask *ask, const char *line)
{
    static const char *const words[] = {"撤回", "撤销",   "删除",   "作废",   "取消",   "替换",     "代替",
                                        "换成", "不报了", "不申报", "不推荐", "不再报", "不再申报", NULL};
    static const char *const denies[] = {"不撤", "勿撤", "不要", "勿删", "不取消",
                                         "不用", "无需", "无须", NULL};
    g_autofree char *bare = text_bare(line);
    if (!text_any(bare, words) || text_any(bare, denies)) return NULL;
    const GPtrArray *theirs = book_items_of(ask->book, ask->verdict->committee);
    for (guint i = 0; i < theirs->len; i++) {
        const BookItem *item = theirs->pdata[i];
        gboolean here = item->withdrawn || g_utf8_strlen(item->title_key, -1) < 3;
        for (guint k = 0; k < ask->verdict->items->len; k++)
            here |= ((const VerdictItem *)ask->verdict->items->pdata[k])->number == item->number;
        if (!here && strstr(bare, item->title_key)) return item;
    }
    return NULL;
}

/* New material, and with it another item is to go: that is not done by machine. */
static void note_taken_back(Ask *ask)
{
    g_autofree char *own = text_own_words(ask->facts->new_text);
    g_autofree char *head = text_head(own, 8, 400);
    g_autofree char *all = g_strconcat(ask->facts->subject, "\n", head, NULL);
    g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
    const BookItem *found = NULL;
    for (char **line = lines; *line && !found && !ask->classified; line++) found = taken_back(ask, *line);
    if (!found) return;
    g_autofree char *who = who_writes(ask), *number = desk_number(ask->config, found->number);
    verdict_todo(ask->verdict, "withdraw", found->number,
                 "%s报送材料时提出 %s《%s》不再保留，请人工处理；原登记未作改动。", who, number,
                 found->title);
}

/* The receipt asked whose it is, and the answer came without the file that it could be registered by. */
static void note_claim(Ask *ask)
{
    const BookItem *item = act_claims(ask);
    if (!item) return;
    g_autofree char *who = who_writes(ask), *number = desk_number(ask->config, item->number);
    verdict_todo(ask->verdict, "claim", item->number, "%s答复 %s 由其报送，来信没有附件，尚未认领，请核实。",
                 who, number);
}

static void judge_campaign(Ask *ask)
{
    who_ask(ask);
    ask->surely = ask->verdict->certainty == CERTAINTY_CERTAIN;
    settled_who(ask);
    Act act = settled_act(ask, act_ask(ask));
    if (act == ACT_SUBMIT) item_ask(ask);
    forgotten_ask(ask);
    if (act == ACT_EMPTY) note_claim(ask);
    note_act(ask, act);
    if (act == ACT_SUBMIT && ask->withdraws)
        note_act(ask, ACT_WITHDRAW);
    else if (act == ACT_SUBMIT)
        note_taken_back(ask);
    if (act == ACT_SUBMIT) note_question(ask);
    problems_ask(ask, act);
    answer_ask(ask, act);
}

/* Suspects are kept and looked at, not registered; answered only where the mailbox serves nothing else. */
static void judge_suspect(Ask *ask)
{
    who_ask(ask);
    settled_who(ask);
    note_suspect(ask);
    problems_ask(ask, ACT_QUESTION);
    if (ask->config->imap.use == MAILBOX_DEDICATED && !whose_dated_before(ask))
        answer_ask(ask, ACT_QUESTION);
    else
        verdict_decide(ask->verdict, "answer", "no",
                       "only suspected, and the mailbox is shared or the mail is old");
}

Verdict *desk_judge(const Desk *desk, const Book *book, const DeskMail *mail, gint64 now)
{
    Ask ask = {.desk = desk,
               .config = desk->config,
               .book = book,
               .mail = mail,
               .facts = mail->facts,
               .now = now,
               .verdict = verdict_new()};
    prepare(&ask);
    whose_ask(&ask);
    settled_whose(&ask);
    note_alive(&ask);
    switch (ask.verdict->whose) {
    case WHOSE_CAMPAIGN: judge_campaign(&ask); break;
    case WHOSE_SUSPECT: judge_suspect(&ask); break;
    case WHOSE_AUTOMATIC: note_automatic(&ask); break;
    case WHOSE_STAFF: verdict_todo(ask.verdict, "staff", 0, "工作人员来件，须人工处理。"); break;
    case WHOSE_OURS:
    case WHOSE_CORRESPONDENCE: break;
    }
    settled_answer(&ask);
    discard(&ask);
    return ask.verdict;
}
