/* act.c - what does a campaign mail want: hand in, take back, ask, confirm?
 *
 * 撤回 is looked for in the subject, and in the first words of an answer to us.
 *
 * Files, or a link to files, make it a submission whatever else it says, but for 撤回 alone: there nothing is
 * changed or registered until a person has looked. Without files it is a confirmation or a thank-you if it
 * answers somebody in such words (us, or the notice that the department sent by hand), a forgotten attachment
 * if tag or text speak of material, and else a question.
 *
 * 零报告, 不申报 is an answer to the notice, too: nobody forgot an attachment, and where there is one (a
 * statement with a seal) it is no activity. Whether the committee may owe nothing, a person decides. In reply
 * to the receipt of one item the same words give up that item. Why something is late, and the notice itself,
 * are for a person, too.
 */
#include <string.h>

#include "daemon/desk/ask.h"

static const char *const ASKS[] = {"请问", "想问", "想咨询", "咨询一下", "能否", "可否", "是否可以", NULL};
static const char *const BRINGS[] = {"附件", "现将", "查收", NULL};
static const char *const HERE[] = {"附件", "请查收", NULL}; /* in an answer to us */
static const char *const DECLINES[] = {
    "零报告",       "零申报",     "零报送",       "不申报",     "不予申报",     "不再申报",
    "放弃申报",     "无申报",     "不推荐",       "不予推荐",   "不再推荐",     "放弃推荐",
    "无推荐",       "放弃报送",   "无可报",       "无可推荐",   "无可申报",     "没有可报",
    "没有可推荐",   "没有可申报", "暂不报",       "本次不报",   "今年不报",     "此次不报",
    "不参加",       "不参评",     "不拟申报",     "没有申报项", "没有推荐项",   "没有申报材料",
    "没有推荐材料", "无符合条件", "没有符合条件", "无符合要求", "没有符合要求", NULL};

/* What an explanation may be called. */
static const char *const PLAIN[] = {"说明", "申请", "请示", "报告", "函", NULL};

/* What the sender wrote over it; "" where those are our own words. */
static const char *own_subject(const Ask *ask)
{
    return ask->replied && ask->tags->reply ? "" : ask->subject;
}

gboolean act_asks(const Ask *ask)
{
    const char *text = says_first(ask, SAYS_OPENING);
    const char *subject = own_subject(ask);
    /* 【报送】如何建设“学习型”支部？ is a title */
    gboolean marked = strstr(text, "?") || (strstr(subject, "?") && !tags_has_submit_kind(ask->tags));
    return (marked || text_any(text, ASKS) || text_any(subject, ASKS)) && !text_any(text, BRINGS);
}

/* 不参评, 不参加; but not who stays away from the defence, or is replaced. */
static gboolean declines(const char *key)
{
    static const char *const stays[] = {"改由", "代替", "只参加", NULL};
    static Pattern pattern = {.text = "不参加(?=.{0,8}(?:答辩|会议|大会|例会|展示|培训|彩排|仪式))"};
    g_autofree char *left = pattern_replace(&pattern, key, "");
    return text_any(left, DECLINES) && !text_any(left, stays);
}

gboolean act_declines(const Ask *ask)
{
    const char *text = says_first(ask, SAYS_OPENING);
    const char *subject = own_subject(ask);
    return (declines(text) || declines(subject)) && !act_asks(ask);
}

static gboolean is_notice(const Ask *ask, const FactsAttachment *file)
{
    g_autofree char *name = files_stem(file);
    const char *form = title_form(ask, file);
    return !form && g_str_has_suffix(name, "通知") &&
           (strstr(name, ask->desk->campaign) || words_in(name, ask->desk->keywords));
}

/* 关于开展创新活动的通知.docx comes back with 收到, and perhaps with its blank form: no activity, where
 * nothing else says that it is handed in. An archive that is called so may hold what is. */
static gboolean brings_notice(const Ask *ask)
{
    gboolean any = FALSE;
    if (ask->files->len == 0 || ask->cloud || tags_has_submit_kind(ask->tags)) return FALSE;
    for (guint i = 0; i < ask->papers->len; i++) {
        const FactsAttachment *file = ask->papers->pdata[i];
        if (files_is_archive(file) && file->children->len > 0) continue; /* those are papers, too */
        gboolean notice = !files_is_archive(file) && is_notice(ask, file);
        if (!notice && !files_is_blank(file)) return FALSE;
        any |= notice;
    }
    return any;
}

/* 总结.docx, 材料.zip, or 活动总结 as its heading: handed in, whatever the subject explains besides. */
static gboolean is_material(const FactsAttachment *file)
{
    static const char *const words[] = {"总结", "申报表", "推荐表", "申报书", "推荐书", NULL};
    g_autofree char *name = files_stem(file), *head = text_head(file->text, 2, 60);
    g_autofree char *heading = text_key(head);
    for (gsize i = 0; words[i]; i++)
        if (g_str_has_suffix(name, words[i])) return TRUE; /* 迟报说明及读书会总结 */
    if (says_excuse(name)) return FALSE;
    return files_is_archive(file) || text_any(name, words) ||
           (text_any(heading, words) && !says_excuse(heading));
}

/* 读书会（研究生支部不参加） and 不推荐第二项，只报读书会 beside a document with a name of its own hand that
 * in. */
static gboolean spares(const Ask *ask, const char *subject)
{
    static const char *const all[] = {"零报告", "零申报", "零报送", "放弃", "申报", NULL};
    static const char *const some[] = {"只报", "仅报", "支部不", "第二", "其他", "其它", NULL};
    gboolean named = FALSE;
    for (guint i = 0; i < ask->papers->len; i++) {
        const FactsAttachment *file = ask->papers->pdata[i];
        const char *title = title_of_paper(ask, file);
        g_autofree char *key = text_key(title);
        named |= is_material(file) || (title && !declines(key) && !text_any(key, PLAIN));
    }
    return named && (text_any(subject, some) || !text_any(subject, all));
}

/* A statement that there is nothing, as a file: 零报告说明.pdf. */
static gboolean brings_statement(const Ask *ask)
{
    const char *subject = own_subject(ask);
    gboolean all = declines(subject) && !spares(ask, subject), named = ask->files->len > 0;
    for (guint i = 0; i < ask->files->len && named; i++) {
        g_autofree char *name = text_key(facts_base_name(ask->files->pdata[i]));
        named = text_any(name, DECLINES);
    }
    return ask->files->len > 0 && !ask->cloud && !ask->problem && (all || named);
}

/* 迟报说明.docx, or 说明.docx with such a heading. */
static gboolean explains(const Ask *ask, const FactsAttachment *file)
{
    if (title_form(ask, file) || is_material(file)) return FALSE;
    g_autofree char *name = files_stem(file), *head = text_head(file->text, 1, 60);
    g_autofree char *heading = text_key(head);
    return says_excuse(name) || says_excuse(heading);
}

/* By what every file is called; without files, or with one that has no title of its own, by the subject. */
gboolean act_excuses(const Ask *ask)
{
    gboolean named = ask->files->len > 0, untitled = ask->files->len < 2;
    for (guint i = 0; i < ask->files->len && (named || untitled); i++) {
        const FactsAttachment *file = ask->files->pdata[i];
        named = named && explains(ask, file);
        if (title_form(ask, file) || is_material(file)) untitled = FALSE;
        if (!untitled) continue;
        g_autofree char *name = files_stem(file);
        untitled = text_any(name, PLAIN) || !title_of_paper(ask, file);
    }
    if (named || ask->cloud || ask->problem || tags_has_submit_kind(ask->tags)) return named;
    const char *subject = own_subject(ask);
    return untitled && says_excuse(subject);
}

const BookItem *act_claims(const Ask *ask)
{
    const BookItem *item = ask->replied ? book_item(ask->book, ask->replied->number) : NULL;
    return item && !*item->committee && *ask->verdict->committee ? item : NULL;
}

static Act without_files(const Ask *ask)
{
    const char *own = says_own(ask);
    g_autofree char *key = text_key(own);
    gboolean tagged = !(ask->replied && ask->tags->reply) && tags_has_submit_kind(ask->tags);
    if (act_declines(ask)) return ACT_DECLINE;
    if (act_claims(ask) && !act_asks(ask)) return ACT_EMPTY; /* with its file it would be claimed */
    Act reply = polite_reply(ask);
    if (reply != ACT_QUESTION) return reply;
    if (tagged) return act_asks(ask) ? ACT_QUESTION : ACT_EMPTY;
    if (ask->replied) {
        if (says_now(own) && !act_asks(ask)) return ACT_EMPTY;
        Act polite = polite_act(ask, own);
        g_autofree char *all = text_signed_words(ask->facts->new_text); /* no signature asks */
        g_autofree char *question = polite == ACT_QUESTION ? NULL : says_question(all);
        if (question) return ACT_QUESTION;
        if (polite != ACT_QUESTION) return polite;
        return text_any(key, HERE) && says_material(key) ? ACT_EMPTY : ACT_QUESTION;
    }
    /* 请问报送截止到几号？ and 预计6月5日报送 speak of handing in, and forgot nothing */
    if (act_asks(ask) || act_excuses(ask) || polite_promises(ask)) return ACT_QUESTION;
    return (ask->sender || ask->shared) && says_material(key) ? ACT_EMPTY : ACT_QUESTION;
}

/* 我院申请撤回该项, but not 不撤回. */
static gboolean takes_back(const char *line)
{
    static const char *const asks[] = {"撤回",   "撤销申报", "撤销报送", "取消申报", "取消报送", "予撤销",
                                       "请撤销", "申请撤销", "予作废",   "请作废",   "申请作废", NULL};
    static const char *const alone[] = {"撤销", "撤消", "作废", NULL};
    static const char *const denies[] = {"不撤",     "勿撤",     "不要撤", "不用撤",   "不必撤",
                                         "不需撤",   "无需撤",   "无须撤", "不再撤",   "不取消",
                                         "不要取消", "无需取消", "不予撤", "不予作废", NULL};
    g_autofree char *key = text_key(line), *bare = text_bare(line);
    return g_strv_contains(alone, bare) || (text_any(key, asks) && !text_any(key, denies));
}

/* 此项目不再申报, 这一项不报了, in reply to the receipt of an item: that one, where it does not speak of
 * others, of another committee, or of a part of it. */
static gboolean gives_up(const Ask *ask, const char *line)
{
    static const char *const words[] = {"不报了", "不申报了", "不推荐了", "不参评", "撤下", "撤掉", NULL};
    static const char *const others[] = {"其他",   "其它",   "另",   "别的", "第二", "只报", "仅报",
                                         "还",     "仅此",   "只此", "只有", "仅有", "就这", "照片",
                                         "图片",   "视频",   "纸质", "盖章", "方案", "改由", "代替",
                                         "不是不", "没有不", "保留", NULL};
    g_autofree char *key = text_key(line);
    g_autoptr (GPtrArray) named = names_in(ask, line, NAMES_EXACT, NULL);
    for (guint i = 0; i < named->len; i++)
        if (strcmp(((const Committee *)named->pdata[i])->code, ask->verdict->committee) != 0) return FALSE;
    return ask->replied->number && !ask->replied->reminder && (text_any(key, words) || declines(key)) &&
           !text_any(key, others) && !act_asks(ask);
}

/* On top of an answer to a letter of ours: the subject stays what the mail program makes of it. */
static gboolean words_withdraw(const Ask *ask)
{
    if (!ask->replied) return FALSE;
    g_autofree char *head = text_head(says_own(ask), 2, DESK_TITLE_CHARS); /* a greeting may come first */
    g_auto(GStrv) lines = g_strsplit(head, "\n", -1);
    gboolean found = FALSE;
    for (char **line = lines; *line; line++) {
        g_autoptr (Tags) tags = tags_parse(*line);
        found |= tags_has(tags, TAG_WITHDRAW) || takes_back(*line) || gives_up(ask, *line);
    }
    return found;
}

Act act_ask(Ask *ask)
{
    static const char *const words[] = {"submit",  "empty",  "withdraw", "query",
                                        "confirm", "thanks", "question", "decline"};
    gboolean material = ask->files->len > 0 || ask->cloud || ask->problem;
    gboolean hands_in = tags_has(ask->tags, TAG_SUBMIT) || tags_has(ask->tags, TAG_REVISE) ||
                        tags_has(ask->tags, TAG_SUPPLEMENT);
    gboolean in_subject = tags_has(ask->tags, TAG_WITHDRAW);
    gboolean recalled = ask->facts->notice == FACTS_NOTICE_RECALL; /* the button of the mail program */
    ask->withdraws = in_subject || recalled || words_withdraw(ask);
    Act act;
    if (recalled)
        act = ACT_WITHDRAW;
    else if (ask->withdraws && !(material && (hands_in || !in_subject)))
        act = ACT_WITHDRAW;
    else if (brings_statement(ask))
        act = ACT_DECLINE;
    else if (material && (act_excuses(ask) || brings_notice(ask)))
        act = ACT_QUESTION;
    else if (material)
        act = ACT_SUBMIT;
    else if (tags_has(ask->tags, TAG_QUERY) && !hands_in)
        act = ACT_QUERY;
    else
        act = without_files(ask);
    verdict_decide(ask->verdict, "act", words[act], "%s",
                   act == ACT_QUESTION && material ? "a notice, or an explanation why something is late"
                   : material                      ? "it carries material"
                                                   : "no file, and what its tags and words say");
    return act;
}
