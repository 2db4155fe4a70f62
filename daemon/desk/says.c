/* says.c - what the sender says in words of his own: a question that a person must answer, material, and of
 * the material: instead of what came, another one, more of the same?
 *
 * These are words of the text and of the subject, and prove nothing: item.c weighs them against titles and
 * documents.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* In characters: the longest sentence that is looked at for a question, and the longest text for 现补交. */
enum { QUESTION_CHARS = 60, NOW_CHARS = 40 };

const char *says_own(const Ask *ask)
{
    if (!ask->said->own) ask->said->own = text_own_words(ask->facts->new_text);
    return ask->said->own;
}

const char *says_first(const Ask *ask, SaysHead how_much)
{
    static const guint lines[] = {4, 6, 8}, chars[] = {200, 300, 400};
    char **key = &ask->said->heads[how_much];
    if (!*key) {
        g_autofree char *head = text_head(says_own(ask), lines[how_much], chars[how_much]);
        *key = text_key(head);
    }
    return *key;
}

void says_free(AskSaid *said)
{
    g_free(said->own);
    for (gsize i = 0; i < G_N_ELEMENTS(said->heads); i++) g_free(said->heads[i]);
    g_free(said->question);
    g_free(said);
}

static const char *const MATERIAL[] = {"附件", "请查收", "报送", "现将", "材料如下", "总结材料", "发给您",
                                       "发来", "附上",   "奉上", "随信", "随邮件",   NULL};

#define WITHIN "[^,。;!?]"
#define HANDED "(?:报送|上报|提交|发送|发至|发过|寄出|交至)"
/* 报送联系人, 评审后报送, 已于5月20日报送, and 附件打不开，请再发一次 speak of it, and bring nothing. */
static char *without_talk(const char *key)
{
    static Pattern pattern = {
        .text = "关于" WITHIN "{0,20}报送" WITHIN "{0,25}通知|负责" WITHIN "{0,10}报送|"
                "报送(?:工作|任务|要求|时间|方式|截止|日期|期限|联系人|负责人|邮箱|地址|通知|系统|范围|"
                "数量|名额|格式|模板|事宜|进度|对象)|"
                "(?:再|尚未|还没有?|没有|未能|延期|延后|推后|推迟|晚" WITHIN "{1,4}|正在" WITHIN "{0,10}|"
                "如何|怎么|怎样|何时|什么时候|是否|需要?|可以)报送|"
                "(?:评[审选]|修改|完善|盖章|汇总|确定|审核)[后完]报送(?=[,。!?;]|$)|"
                "(?:已经?[于在]|昨[天日]|前天|上周|日前|此前|之前)" WITHIN "{0,14}" HANDED
                "(?:(?!附件|附上|随信|现[^在])[^。!?])*|"
                "已经?(?:全部|统一|按时|及时)?" HANDED "(?=[。!?]|$)|附件" WITHIN
                "{0,4}(?:打不开|无法打开|不能打开|下载不|无法下载|"
                "没[有能]?[收看找]到|未[收看见]到|[看收]不到|损坏|乱码)|"
                "(?:没有?|未)能?[收看找见]到" WITHIN "{0,8}附件|"
                "(?:请|麻烦|劳烦|望|帮忙|能否|可否)" WITHIN "{0,16}(?:(?:再|重新?)" WITHIN
                "{0,3}发|发(?:来|给我|我|一[下份次遍]))"};
    return pattern_replace(&pattern, key, " ");
}

gboolean says_material(const char *key)
{
    if (!text_any(key, MATERIAL)) return FALSE;
    g_autofree char *left = without_talk(key);
    return text_any(left, MATERIAL);
}

#define PUT_OFF "(?:延期|延迟|推迟|延缓)"

/* 关于迟报材料的说明, 延期报送申请: for a person, and no activity. But 读书会总结 that is 迟报 is one. */
gboolean says_excuse(const char *key)
{
    static Pattern pattern = {
        .text = "(?:迟报|缓报|晚报|延报|迟交|缓交|晚交|" PUT_OFF "(?:报送|上报|提交|申报|推荐|交))"
                ".{0,12}(?:说明|申请(?![表书])|请示|原因|的函|的报告)|" PUT_OFF
                "的?(?:说明|申请(?![表书])|请示)|申请(?:" PUT_OFF "|缓报|迟报)(?!毕业|转正)"};
    return pattern_matches(&pattern, key);
}

/* 现补交, 现按时报送材料: that is with this mail. */
gboolean says_now(const char *own)
{
    static Pattern pattern = {.text = "(?<![出实体发表展呈涌])现(?![在正有阶收已]).{0,6}[报交呈送发]"};
    g_autofree char *bare = text_bare(own);
    return g_utf8_strlen(bare, -1) <= NOW_CHARS && pattern_matches(&pattern, bare);
}

/* --- questions -------------------------------------------------------------------------------- */

/* Words that a person must answer. */
static const char *const ASKING[] = {"?",      "请问",     "想问",     "想请教",   "请教一下", "请教下",
                                     "请教您", "请教老师", "想咨询",   "咨询一下", "咨询下",   "可否",
                                     "能否",   "是否可以", "是否需要", NULL};

static gboolean asks_person(const char *key)
{
    static const char *const polite[] = {"最近好吗", "近来好吗", "您好吗", "如有", "若有", "有问题请", NULL};
    return text_any(key, ASKING) && !text_any(key, polite);
}

/* A sentence that is a question: our receipt answers 收到了吗 and 能打开吗, but not what is asked behind it.
 */
static gboolean is_question(const char *sentence)
{
    static const char *const answered[] = {"收到了",     "收到没",   "收到吗",   "收到请", "收到后回",
                                           "收到后请回", "是否收到", "能否收到", "能收到", "能不能收到",
                                           "有没有收到", "查收",     "打开",     "打得开", "请确认",
                                           "回执",       NULL};
    g_autofree char *key = text_key(sentence);
    if (g_utf8_strlen(key, -1) > QUESTION_CHARS || !asks_person(key)) return FALSE;
    g_auto(GStrv) clauses = g_strsplit_set(key, ",", -1);
    gboolean known = FALSE, any = FALSE;
    for (char **clause = clauses; *clause; clause++) {
        known |= text_any(*clause, answered);
        any |= asks_person(*clause) && !text_any(*clause, answered);
    }
    return !known || any;
}

/* Without addresses, and without quoted sentences: “我是谁？为了谁？” is a title. Caller frees. */
static char *without_quotes(const char *text)
{
    static Pattern pattern = {.text =
                                  "(?i)https?://"
                                  "[!-~]+|“[^”\n]*[?？!！。；;][^”\n]*”|「[^」\n]*[?？!！。；;][^」\n]*」|"
                                  "《[^》\n]*[?？!！。；;][^》\n]*》"};
    return pattern_replace(&pattern, text, "…");
}

/* The first of the first lines; NULL if none. Caller frees. */
char *says_question(const char *words)
{
    g_autofree char *head = text_head(words, 8, 400);
    g_autofree char *plain = without_quotes(head);
    GString *lines = g_string_new(plain);
    static const char *const ends[] = {"？", "?", "。", "！", "!", "；", ";"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *ended = g_strconcat(ends[i], "\n", NULL);
        g_string_replace(lines, ends[i], ended, 0);
    }
    g_auto(GStrv) sentences = g_strsplit(lines->str, "\n", -1);
    g_string_free(lines, TRUE);
    for (char **sentence = sentences; *sentence; sentence++)
        if (is_question(*sentence)) return g_strdup(g_strstrip(*sentence));
    return NULL;
}

const char *says_question_beside(const Ask *ask)
{
    if (!ask->said->asked && text_any(says_first(ask, SAYS_HEAD), ASKING))
        ask->said->question = says_question(says_own(ask));
    ask->said->asked = TRUE;
    return ask->said->question;
}

/* --- which item ------------------------------------------------------------------------------- */

/* 请以此为准 in subject or text: what came before is not what they meant. */
static gboolean says_instead(const Ask *ask)
{
    static const char *const words[] = {
        "以此为准",   "以此件为准",   "以本件为准", "以本次为准", "以这次为准", "以这版为准", "以这份为准",
        "以附件为准", "以本邮件为准", "以此版为准", "以此稿为准", "前一封作废", "上一封作废", "前稿作废",
        "之前的作废", "原件作废",     "上次作废",   "替换之前",   "替换原",     NULL};
    g_autofree char *key = g_strconcat(ask->subject, says_first(ask, SAYS_HEAD), NULL);
    return text_any(key, words);
}

gboolean says_revised(const Ask *ask)
{
    return tags_has(ask->tags, TAG_REVISE) || tags_has(ask->tags, TAG_SUPPLEMENT) || says_instead(ask);
}

char *says_items(const Ask *ask, const char *key)
{
    static const char *const sorts[] = {"节", "堂", "篇", "门", "部"};
    g_autofree char *item = text_key(ask->config->campaign.item_word);
    g_autoptr (GString) said = g_string_new(key);
    const glong chars = g_utf8_strlen(item, -1);
    if (chars > 0) g_string_replace(said, item, "项目", 0);
    if (chars > 2) g_string_replace(said, g_utf8_offset_to_pointer(item, chars - 2), "项目", 0);
    for (gsize i = 0; i < G_N_ELEMENTS(sorts); i++) {
        g_autofree char *counted = g_strconcat(sorts[i], "项目", NULL);
        g_string_replace(said, counted, "个项目", 0);
    }
    return g_string_free(g_steal_pointer(&said), FALSE);
}

/* Who hands in the second activity by Reply says so, most of the time. */
gboolean says_another(const Ask *ask)
{
    static const char *const words[] = {"另一项",
                                        "另外一项",
                                        "另一个创新",
                                        "另外一个创新",
                                        "另外一个项目",
                                        "新增一项",
                                        "增报一",
                                        "加报一",
                                        "还要报",
                                        "还报一",
                                        "再推荐一",
                                        "另推荐一",
                                        "另报一项",
                                        "再报一项",
                                        "第二项",
                                        "第三项",
                                        "第2项",
                                        "第3项",
                                        "还有一项",
                                        "又一项",
                                        "再报送一",
                                        "另报送一",
                                        "另一活动",
                                        "另一个活动",
                                        "另一个项目",
                                        "另外一个活动",
                                        "第二个活动",
                                        "第二个项目",
                                        "第三个活动",
                                        "第三个项目",
                                        "另报一个项目",
                                        "再报一个项目",
                                        "补报一个项目",
                                        "还有一个项目",
                                        "新增一个项目",
                                        "增加一个项目",
                                        NULL};
    static const char *const later[] = {"稍后", "随后", "尽快", "还在", "正在", "明天",
                                        "后天", "下周", "月底", "不变", NULL};
    const char *key = says_first(ask, SAYS_BRIEF);
    g_autofree char *of_items = says_items(ask, key);
    return (text_any(key, words) || text_any(of_items, words)) && !text_any(key, later) && !says_revised(ask);
}

/* 另一项已另发，这里补充新闻稿; 第二项改了名称: it may be another, or not. */
gboolean says_more(const Ask *ask)
{
    static const char *const words[] = {"已另", "已报", "报过", "发过", "昨天", "上次", "之前", "补充",
                                        "补上", "漏",   "改了", "改好", "修改", "完善", "更正", NULL};
    const char *key = says_first(ask, SAYS_BRIEF);
    return text_any(key, words);
}
