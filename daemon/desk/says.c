/* says.c - what the sender says of the material: instead of what came, another one, more of the same?
 *
 * These are words of the text and of the subject, and prove nothing: item.c weighs them against titles and
 * documents.
 */
#include "daemon/desk/ask.h"

/* 请以此为准 in subject or text: what came before is not what they meant. */
static gboolean says_instead(const Ask *ask)
{
    static const char *const words[] = {
        "以此为准",   "以此件为准",   "以本件为准", "以本次为准", "以这次为准", "以这版为准", "以这份为准",
        "以附件为准", "以本邮件为准", "以此版为准", "以此稿为准", "前一封作废", "上一封作废", "前稿作废",
        "之前的作废", "原件作废",     "上次作废",   "替换之前",   "替换原",     NULL};
    g_autofree char *own = text_own_words(ask->facts->new_text);
    g_autofree char *head = text_head(own, 8, 400);
    g_autofree char *both = g_strconcat(ask->facts->subject, "\n", head, NULL);
    g_autofree char *key = text_key(both);
    return text_any(key, words);
}

gboolean says_revised(const Ask *ask)
{
    return tags_has(ask->tags, TAG_REVISE) || tags_has(ask->tags, TAG_SUPPLEMENT) || says_instead(ask);
}

/* Who hands in the second activity by Reply says so, most of the time. */
gboolean says_another(const Ask *ask)
{
    static const char *const words[] = {
        "另一项",     "另外一项",   "另一个创新", "另外一个创新", "另外一个项目", "新增一项",   "增报一",
        "加报一",     "还要报",     "还报一",     "再推荐一",     "另推荐一",     "另报一项",   "再报一项",
        "第二项",     "第三项",     "第2项",      "第3项",        "还有一项",     "又一项",     "再报送一",
        "另报送一",   "另一活动",   "另一个活动", "另一个项目",   "另外一个活动", "第二个活动", "第二个项目",
        "第三个活动", "第三个项目", NULL};
    static const char *const later[] = {"稍后", "随后", "尽快", "还在", "正在", "明天",
                                        "后天", "下周", "月底", "不变", NULL};
    g_autofree char *own = text_own_words(ask->facts->new_text);
    g_autofree char *head = text_head(own, 4, 200);
    g_autofree char *key = text_key(head);
    return text_any(key, words) && !text_any(key, later) && !says_revised(ask);
}

/* 另一项已另发，这里补充新闻稿; 第二项改了名称: it may be another, or not. */
gboolean says_more(const Ask *ask)
{
    static const char *const words[] = {"已另", "已报", "报过", "发过", "昨天", "上次", "之前", "补充",
                                        "补上", "漏",   "改了", "改好", "修改", "完善", "更正", NULL};
    g_autofree char *own = text_own_words(ask->facts->new_text);
    g_autofree char *head = text_head(own, 4, 200);
    g_autofree char *key = text_key(head);
    return text_any(key, words);
}
