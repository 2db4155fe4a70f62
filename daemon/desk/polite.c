/* polite.c - does an answer say nothing but thanks, a confirmation, or that material will come?
 *
 * Nobody answers thanks: each answer would bring the next. But what is taken for thanks is read by nobody, so
 * whatever is left when all polite words, promises and the signature are gone makes it a question.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* The longest mail that can be nothing but politeness, in characters without punctuation. */
enum { POLITE_CHARS = 40 };

static const char *const POLITE[] = {
    "已安排",   "已部署",   "已布置",     "已传达",     "抓紧时间",   "抓紧准备", "抓紧",   "尽快组织材料",
    "转告书记", "遵照执行", "按要求办理", "按要求执行", "按要求落实", "节日",     "假期",   "快乐",
    "正在准备", "正在整理", "正在完善",   "正在修改",   "正在汇总",   "正在收集", "我院",   "我单位",
    "已知晓",   "已了解",   "已收悉",     "已转发",     "已转告",     "已转达",   "已通知", "不客气",
    "不用谢",   "已收到",   "已知悉",     "收到",       "谢谢",       "感谢",     "多谢",   "非常",
    "十分",     "好的",     "知悉",       "知道了",     "已阅",       "您们",     "你们",   "您",
    "你",       "老师",     "辛苦",       "了",         "好",         "的",       "提醒",   "回复",
    "我们",     "我",       "此致",       "敬礼",       "祝",         "工作",     "顺利",   "请",
    "安",       "ok",       "嗯",         "哈",         "thanks",     "thank",    "you",    "领导",
    "信息",     "握手",     "玫瑰",       "抱拳",       "微笑",       "鲜花",     "愉快"};
static const char *const CONFIRMING[] = {
    "已确认",   "已核对",   "已核实",   "已查看",   "已审核",     "确认",     "无误",    "正确",     "属实",
    "同意",     "没有问题", "没问题",   "没有异议", "无异议",     "没有意见", "无意见",  "没有错误", "没错",
    "不再修改", "不用修改", "无需修改", "不需修改", "不需要修改", "不用改",   "不做修改"};
/* No politeness, however short: 没收到, 收到了吗, 有误, 作废, 已报送. Hardly any stands in a name. */
static const char *const DOUBTS[] = {"已",   "报",   "交",   "发",   "吗",   "么",   "呢",   "否",   "问",
                                     "几",   "哪",   "怎",   "不",   "没",   "未",   "误",   "错",   "撤",
                                     "废",   "删",   "退",   "改",   "漏",   "缺",   "弃",   "换",   "难",
                                     "延",   "迟",   "无",   "应为", "应是", "应该", "实为", "见附", "查收",
                                     "来电", "回电", "联系", "面谈", "找",   "急",   NULL};
static const char *const ASKS_US[] = {"请确认",   "请您确认", "请老师确认", "请予确认", "请核对", "望确认",
                                      "帮忙确认", "麻烦确认", "麻烦您确认", "确认一下", "确认下", NULL};

/* 请审阅, and 材料 from who has received nothing: that is said of what comes with the mail, too. */
static const char *const BROUGHT[] = {"材料", "总结", "文件", "表", "阅", "过目", "指正", NULL};
static const char *const RECEIVED[] = {"收到", "收悉", "知悉", "知道", "知晓", "了解", "已阅",
                                       "好的", "确认", "无误", "ok",   "正在", "抓紧", NULL};

/* 收到请回复, 收到后告知: that is said of what comes with the mail. 收到，请放心 is not. */
static gboolean wants_answer(const char *bare)
{
    static Pattern pattern = {.text = "收到后|收到(?:[请望盼烦]|麻烦).{0,4}[回复告]|回复收到|[盼望]复"};
    return text_any(bare, ASKS_US) || pattern_matches(&pattern, bare);
}

#define SOON    "马上|立即|立刻|这就|稍后|随后|尽快|尽早|抓紧|按时|按期|及时|一定"
#define DAY     "今[天晚]|明[天日早]|后天|近[日期]|[下本这]周|下?周[一二三四五六日末]|月底"
#define MONTH   "\\d{1,2}月"
#define WHEN    "(?:" MONTH ")?\\d{1,2}[日号]|" MONTH "(?:[上中下]旬|[初中底份])?"
#define DATE    "(?:预计|计划|将|拟)?(?:按要求)?[于在]?(?:" WHEN ")"
#define INTENDS "(?:拟|将|计划|准备|打算|预计)"
#define ITEMS   "(?:[1-9一两二三四五六七八九][项个份])?"
#define BY      "(?:[上下中]午|[晚早]上|[之以]前|前|内|就|会|能|再|把材料|将材料)"
#define HAND_IN "(?>(?:报送|上报|补[报送交发齐上]|提交|上交|发[送来]|[报交发补])(?:给您|过来|过去|材料)?)"

/* 明天报, 马上补交, 6月1日前报送, 拟报送两项: nothing to answer. But 今天报了 says that it has come. */
static char *without_promises(const char *bare)
{
    static Pattern pattern = {.text = "(?:(?:" SOON "|" DAY "|" DATE ")" BY "*)+" HAND_IN
                                      "(?![了过送交来给的完])|" INTENDS "(?:" HAND_IN
                                      "|申报|推荐)(?![了过送交来给的完])" ITEMS};
    return pattern_replace(&pattern, bare, "");
}

/* 预计6月5日报送: what is still to come was not forgotten. But 我院按时报送 may well mean: herewith. */
gboolean polite_promises(const Ask *ask)
{
    static Pattern pattern = {.text =
                                  "将|预计|计划|拟|尽[快早]|抓紧|马上|立[即刻]|[稍随]后|明[天日早]|后天|下周|"
                                  "月底|争取|一定|正在|还在|尚未|还没|[院位部委我就都日号天周午]会"};
    g_autofree char *bare = text_bare(says_own(ask)), *kept = without_promises(bare);
    return strcmp(bare, kept) != 0 && !says_material(kept) && pattern_matches(&pattern, bare);
}

/* Whether a line may be one of a signature: who, which office, how to reach them, when; nothing that is said.
 */
static gboolean is_signature(const char *line)
{
    enum { FIGURES = 7, NAME = 3, OFFICE = 16 };
    static Pattern day = {.text = "^(20[0-9]{2}年?)?[0-9]{1,2}月?[0-9]{1,2}日?$"};
    static const char *const SAID[] = {"，",   "。",   "？", "！", "；", ",",    "?",    "!",    ";",
                                       "吗",   "么",   "呢", "否", "问", "哪",   "不",   "没",   "未",
                                       "误",   "错",   "撤", "废", "删", "漏",   "缺",   "换",   "延",
                                       "是",   "为",   "另", "补", "增", "少",   "改",   "请",   "报送",
                                       "附件", "材料", "项", "份", "还", "变更", "更正", "更新", NULL},
                             *const WAYS[] = {"电话", "手机", "邮箱", "地址", "传真", "邮编",
                                              "微信", "QQ",   "Tel",  "@",    NULL},
                             *const OFFICES[] = {"院",   "部",   "处", "系",   "党委", "总支",
                                                 "支部", "办",   "室", "中心", "科",   "大学",
                                                 "学校", "团委", "馆", "所",   NULL};
    g_autofree char *bare = text_bare(line);
    const glong length = g_utf8_strlen(bare, -1);
    guint figures = 0;
    for (const char *p = line; *p; p++) figures += g_ascii_isdigit(*p) != 0;
    if (length == 0) return TRUE; /* |, ------ */
    if (text_any(line, SAID)) return FALSE;
    if ((text_any(line, WAYS) && (figures > 0 || strchr(line, '@'))) || figures >= FIGURES) return TRUE;
    if (pattern_matches(&day, bare)) return TRUE;
    if (strpbrk(line, ":") || strstr(line, "：")) return FALSE;
    if (length <= NAME && !text_any(bare, DOUBTS)) return TRUE;
    if (length > OFFICE) return FALSE;
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1); /* 文学院党委 张三 */
    gboolean office = FALSE, other = FALSE;
    for (char **word = words; *word; word++) {
        gboolean ends = FALSE;
        for (gsize i = 0; OFFICES[i]; i++) ends |= g_str_has_suffix(*word, OFFICES[i]);
        office |= ends;
        other |= !ends && g_utf8_strlen(*word, -1) > NAME;
    }
    return office && !other;
}

/* The words above the signature, the lines at the end that are nothing else. Caller frees. */
static char *above_signature(const char *own)
{
    g_auto(GStrv) lines = g_strsplit(own, "\n", -1);
    guint n = g_strv_length(lines), first = 0;
    while (first < n && !*g_strstrip(lines[first])) first++;
    while (n > first + 1 && is_signature(lines[n - 1])) n--;
    GString *words = g_string_new(NULL);
    for (guint i = first; i < n; i++) g_string_append_printf(words, "%s\n", lines[i]);
    return g_string_free(words, FALSE);
}

/* ACT_THANKS or ACT_CONFIRM if the words left of the body are nothing else; else ACT_QUESTION. */
Act polite_act(const Ask *ask, const char *text)
{
    g_autofree char *own = above_signature(text), *bare = text_bare(own);
    if (g_utf8_strlen(bare, -1) > POLITE_CHARS) return ACT_QUESTION;
    g_autofree char *kept = without_promises(bare);
    g_autoptr (GString) left = g_string_new(kept);
    gboolean confirmed = FALSE;
    gboolean polite = !*bare || strcmp(bare, kept) != 0;
    for (guint i = 0; i < ask->desk->names->len; i++) { /* who signs: 文学院党委; another is a correction */
        const Name *name = ask->desk->names->pdata[i];
        const gboolean own_name =
            name->committee && strcmp(name->committee->code, ask->verdict->committee) == 0;
        if (own_name) text_remove(left, name->key);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(CONFIRMING); i++) confirmed |= text_remove(left, CONFIRMING[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(POLITE); i++) polite |= text_remove(left, POLITE[i]);
    if (strchr(own, '?') || strstr(own, "？") || wants_answer(bare) || text_any(left->str, DOUBTS))
        return ACT_QUESTION;
    if (strstr(left->str, "附件") && !strstr(bare, "收到")) return ACT_QUESTION; /* it was forgotten */
    if (!confirmed && text_any(left->str, BROUGHT) && !text_any(bare, RECEIVED)) return ACT_QUESTION;
    /* A short rest is a name: 收到，谢谢！张 */
    if (confirmed && g_utf8_strlen(left->str, -1) <= 12) return ACT_CONFIRM;
    /* 读书会 and 学习型 alone answer what the receipt asks for */
    return polite && g_utf8_strlen(left->str, -1) <= 3 ? ACT_THANKS : ACT_QUESTION;
}

Act polite_reply(const Ask *ask)
{
    gboolean untagged = *ask->facts->in_reply_to && !tags_has_submit_kind(ask->tags);
    if (ask->replied || !(ask->tags->reply || untagged) || ask->files->len > 0 || ask->cloud || ask->problem)
        return ACT_QUESTION;
    g_autofree char *bare = text_bare(says_own(ask)), *all = text_signed_words(ask->facts->new_text);
    g_autofree char *question = says_question(all);
    if (!*bare || question) return ACT_QUESTION;
    /* 回复：【报送】读书会 with 老师好，谢谢！ is what forgot its file */
    g_autofree char *kept = without_promises(bare);
    if (tags_has_submit_kind(ask->tags) && !text_any(bare, RECEIVED) && strcmp(bare, kept) == 0)
        return ACT_QUESTION;
    return polite_act(ask, says_own(ask));
}
