/* beside.c - what people write beside a title: when, which state of it, which of several, who, under what
 * number of an official letter, and what to do; and titles of what only comes with an activity.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* Whether the key may have a digit of any script: none is among Chinese characters and their marks. */
static gboolean may_count(const char *key)
{
    const guchar *p = (const guchar *)key;
    while (*p && !g_ascii_isdigit(*p) && (*p < 0xC2 || (*p >= 0xE3 && *p <= 0xE9))) p++;
    return *p != '\0';
}

void beside_dates(GString *text)
{
    static Pattern pattern = {
        .text = "(19|20)\\d\\d年(\\d{1,2}月(\\d{1,2}日)?)?|\\d{1,2}月\\d{1,2}日|(19|20)\\d{6}|"
                "v\\d{1,2}(?![0-9a-z])|(?<=修改稿|修改版|修订稿|修订版|最终版|最终稿|更新版)\\d{1,2}$|"
                "(?<=[定终新][稿版])\\d{1,2}$"};
    if (!may_count(text->str)) return;
    g_autofree char *left = pattern_replace(&pattern, text->str, "");
    g_string_assign(text, left);
}

/* Whether month and day are about those of the stamp (2014-05-28…). */
static gboolean is_about(const char *month, const char *day, const char *stamp)
{
    enum { MONTH = 31, ABOUT = 14 };
    int said = (int)g_ascii_strtoll(month, NULL, 10) * MONTH + (int)g_ascii_strtoll(day, NULL, 10);
    int then = strlen(stamp) < 10 ? 0
                                  : (int)g_ascii_strtoll(stamp + 5, NULL, 10) * MONTH +
                                        (int)g_ascii_strtoll(stamp + 8, NULL, 10);
    return ABS(said - then) <= ABOUT;
}

char *beside_last_day(const char *title, const char *stamp)
{
    static Pattern pattern = {
        .text = "(?i)(?<![0-9.a-z])(?:20\\d\\d\\.)?(0?[1-9]|1[0-2])\\.(0?[1-9]|[12]\\d|3[01])"
                "(?=[^\\p{L}\\d]*(?:修改|修订|定|终|最终|最新|更新)*[版稿]?[^\\p{L}\\d]*$)"};
    g_autoptr (GMatchInfo) match = pattern_find(&pattern, title);
    if (!match) return g_strdup(title);
    g_autofree char *month = g_match_info_fetch(match, 1), *day = g_match_info_fetch(match, 2);
    g_autofree char *left = pattern_replace(&pattern, title, "");
    g_autofree char *bare = text_bare(left);
    const gboolean named = g_utf8_strlen(bare, -1) >= 3; /* not 纪念5.4, 纪念12.9 */
    return g_strdup(named && is_about(month, day, stamp) ? left : title);
}

gboolean beside_version(const char *field)
{
    static Pattern pattern = {
        .text = "(?i)^((19|20)\\d{6}|((19|20)\\d\\d年)?\\d{1,2}月\\d{1,2}日|"
                "v\\d{1,2}(\\.\\d{1,2})*((最终|最新|修改|修订|正式|更新|完善|定|终|新)*[版稿]?)|"
                "(最终|最新|修改|修订|正式|更新|完善|定|终|新|第[一二三四五六\\d])+[版稿]\\d{0,2}|最终|最新|"
                "(修改|更改|改|更新|勘误|替换|校对|审定)[后过]?[版稿]?|"
                "(完整|打印|上报|报送|签字|签章|已?盖章|压缩|word|pdf|电子|纸质|扫描)[版稿件]?|"
                "[带含附]照片|补充照片|(再次|重新)(上传|发送|提交)|重传|新|定|终|"
                "(附件|材料)[一二三四五六\\d]{1,2})$"};
    return pattern_matches(&pattern, field);
}

void beside_reference(GString *title)
{
    static Pattern pattern = {
        .text = "(?:\\(\\s?)?\\p{Han}{1,8}\\s?[〔\\[(【]\\s?(?:19|20)\\d{2}\\s?[〕\\])】]\\s?第?\\s?"
                "\\d{1,4}\\s?号(?![楼院门馆线车])(?:\\s?\\))?"};
    g_autofree char *left = pattern_replace(&pattern, title->str, " ");
    if (strcmp(left, title->str) != 0) g_string_assign(title, g_strstrip(left));
}

gboolean beside_ordinal(const char *field)
{
    static Pattern pattern = {.text = "^(创新)?(活动|项目|案例)[一二三四五六\\d]{1,2}$"};
    return pattern_matches(&pattern, field);
}

gboolean beside_aside(const char *field)
{
    static Pattern pattern = {
        .text =
            "^(?:请?以(?:此|这|本|该|附件|最新|后|新).{0,6}为准|请?[用看收](?:这|此|本|新)一?[版份稿封个]|"
            "(?:上|前|之前|刚才|原|先前|旧).{0,6}作废|特急|紧急|加急|急+件?|重要|提醒|"
            "请(?:忽略|无视).{0,10}|"
            "(?:收到后?)?请(?:速|及时)?(?:回复|回执|查收|确认|审阅|查阅|审核)"
            "(?:谢谢|一下|为盼|为荷|邮件|附件|材料|急)*|"
            "(?:因故|因事)?(?:迟报|迟交|晚交|逾期|补报|补交|延期报送|逾期报送)(?:抱歉|见谅|请谅解)?|"
            /* 联系人甲13800000000 */
            "\\p{Han}{0,6}(?:1\\d{10}|(?!(?:19|20)\\d{6}$)\\d{7,8}|0\\d{9,11})|0\\d{2,3})$"};
    const char *p = field;
    while (*p == '!' || *p == '*' || g_unichar_type(g_utf8_get_char(p)) == G_UNICODE_OTHER_SYMBOL)
        p = g_utf8_next_char(p);
    if (!*p) return TRUE;
    g_autofree char *bare = text_bare(field);
    return pattern_matches(&pattern, bare);
}

gboolean beside_person(const Tags *tags, guint i, const char *source)
{
    static const char *const labels[] = {"负责人",     "主讲人",   "主讲",     "授课人", "主持人", "作者",
                                         "联系人",     "报送人",   "填报人",   "推荐人", "申报人", "密码",
                                         "压缩包密码", "解压密码", "文件密码", "提取码", NULL};
    const char *field = tags->fields->pdata[i];
    const char *label = i > 0 ? tags->fields->pdata[i - 1] : "";
    if (g_strv_contains(labels, label)) {
        g_autofree char *both = g_strconcat(label, ":", field, NULL);
        return strstr(source, both) != NULL;
    }
    g_autofree char *with_colon = g_strconcat(field, ":", NULL);
    return g_strv_contains(labels, field) && strstr(source, with_colon);
}

#define PAPERS "(?:材料|文件|资料)?[一二三四五六\\d]*$"

gboolean beside_companion(const char *title)
{
    static Pattern pattern = {
        .text = "(?:新闻稿?|通讯稿|报道|简报|照片|图片|截图|剪影|花絮|(?<!微)视频|签到[表册]?|名[单册]|"
                "通讯录|联系表|联系方式|回执[单表]?|(?:^|推荐|评审|评选|申报|结果)公示|^答辩|^联系人|^承诺书|"
                "体会集?|感想|感悟|佐证|证明|支撑|附件|讲稿|课件|ppt|幻灯片?|演示文稿|推荐意见|审核意见|"
                "发票|发言稿|主持词|议程|日程|方案|通知|倡议书|问卷|"
                "(?<!大)数据|信息表?|统计表|一览表|汇总表|证书|海报|邀请函|目录|封面|说明)" PAPERS};
    g_autofree char *bare = text_bare(title);
    return pattern_matches(&pattern, bare);
}

gboolean beside_perhaps_companion(const char *title)
{
    static Pattern pattern = {.text = "(?:公示|答辩|联系人|承诺书)" PAPERS};
    g_autofree char *bare = text_bare(title);
    return beside_companion(title) || pattern_matches(&pattern, bare);
}
