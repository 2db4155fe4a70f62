/* Labels and values of forms: of tables, and of lines of text. What Word makes of tables is in test_docx.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/document.h"
#include "tests/unit/facts_text.h"

typedef struct Case {
    const char *what, *given, *fields;
} Case;

/* The fields of a file with that name and text. */
static void check(const Case *c, const char *name, const char *text)
{
    g_autoptr (GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    g_free(attachment->name);
    attachment->name = g_strdup(name);
    document_read(attachment, bytes);
    g_autofree char *fields = fields_text(attachment);
    if (g_strcmp0(fields, c->fields)) fail_msg("%s: got \"%s\"", c->what, fields);
}

static const Case LINES[] = {
    {"a label in brackets is no value of the one above", "【活动地点】\n【活动名称】读书会\n",
     "活动地点=;活动名称=读书会"},
    {"nor behind a colon", "活动地点：\n【活动名称】读书会\n", "活动地点=;活动名称=读书会"},
    {"nor one that forms do not know", "【活动地点】\n【其他情况】无\n", "活动地点="},
    {"nor one with a gap behind it", "活动地点：\n活动名称　　读书会\n", "活动地点=;活动名称=读书会"},
    {"two labels in brackets, and a line", "【活动地点】\n　【活动名称】\n读书会\n",
     "活动地点=;活动名称=读书会"},
    {"a value that begins in brackets", "活动名称：\n【红色经典】读书会\n", "活动名称=【红色经典】读书会"},
    {"the same below brackets", "【活动名称】\n【红色经典】读书会\n", "活动名称=【红色经典】读书会"},
    {"a text at the end of lines that take turns",
     "活动名称\n读书会\n负责人\n甲\n活动简介\n我们读书。\n我们写书。\n读书会\n",
     "活动名称=读书会;负责人=甲;活动简介=我们读书。\n我们写书。"},
    {"lines that were broken", "活动名称\n读书会\n负责人\n甲\n活动简介\n我们读书，\n大家都读\n此致\n",
     "活动名称=读书会;负责人=甲;活动简介=我们读书，\n大家都读"},
    {"a text between", "活动名称\n读书会\n活动简介\n我们读书\n也写书\n\n还卖书\n负责人\n甲\n",
     "活动名称=读书会;活动简介=我们读书\n也写书\n\n还卖书;负责人=甲"},
    {"what follows a text of several lines",
     "活动名称\n读书会\n活动简介\n我们读书。\n我们写书。\n\n请于五月底前报送。\n",
     "活动名称=读书会;活动简介=我们读书。\n我们写书。"},
    {"a form that is followed by a letter", "活动名称\n读书会\n活动内容\n我们读书。\n此致\n敬礼。\n",
     "活动名称=读书会;活动内容=我们读书。"},
    {"a name is one line", "活动名称\n读书会\n负责人\n甲\n我们读书。\n", "活动名称=读书会;负责人=甲"},
    {"labels that forms do not know between",
     "活动名称\n读书会\n活动名称（英文）\nReading\n活动时间\n4月1日\n至5日\n负责人\n甲\n",
     "活动名称=读书会;活动时间=4月1日\n至5日;负责人=甲"},
    {"hints below labels", "活动名称\n（不超过20字）\n读书会\n推荐单位\n（全称）\n文学院\n",
     "活动名称=读书会;推荐单位=文学院"},
    {"the date of a form behind a value", "推荐单位：文学院　　　2014年5月30日\n活动时间：4月  2014年5月\n",
     "推荐单位=文学院;活动时间=4月  2014年5月"},
    {"an empty cell", "活动名称\n读书会\n负责人\n\n联系电话\n010-00000000\n活动地点\n礼堂\n",
     "活动名称=读书会;负责人=;联系电话=010-00000000;活动地点=礼堂"},
    {"only what is to be written there", "活动名称\n读书会\n单位意见\n（盖章）\n　年　月　日\n负责人\n甲\n",
     "活动名称=读书会;单位意见=;负责人=甲"},
    {"a row of labels, and one of values",
     "活动名称\n读书会\n推荐单位\n负责人\n联系电话\n文学院\n甲\n010-00000000\n活动简介\n我们读书。\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲;联系电话=010-00000000;活动简介=我们读书。"},
    {"labels below each other, and other lines", "推荐单位\n负责人\n活动简介\n甲\n乙\n活动时间\n四月\n", ""},
    {"a text below its label", "活动简介：\n我们读书。\n我们写书。\n文学院\n联系人：甲\n",
     "活动简介=我们读书。\n我们写书。;联系人=甲"},
    {"a text that another follows", "【活动简介】\n我们读书。\n\n我们写书。\n", "活动简介=我们读书。"},
    {"a type is no text", "创新类型：\n实践创新\n我们读书。\n", "创新类型=实践创新"},
    {"a name below its label", "负责人：\n甲\n我们读书。\n", "负责人=甲"},
    {"what nobody filled in", "推荐单位：　　　（盖章）\n填表日期：　　年　月　日\n活动简介：（见附件）\n",
     "推荐单位=;填表日期=;活动简介=（见附件）"},
    {"other colons", "活动名称∶读书会\n负责人 ∶\n甲\n", "活动名称=读书会;负责人=甲"},
    {"labels that forms do not know behind gaps",
     "联系电话：010-00000000　　预计完成时间：5月\n主题：人 与时间：问答\n",
     "联系电话=010-00000000;预计完成时间=5月;主题=人 与时间：问答"},
    {"what explains the labels",
     "填表说明：\n1."
     "活动名称：填写全称。\n2、推荐单位：填写党委全称。\n\n负责人：应为书记\n活动名称：读书会\n",
     "活动名称=读书会"},
    {"the same behind the form", "活动名称：读书会\n（填写说明）\n①活动名称：填写全称。\n",
     "活动名称=读书会"},
    {"a form with numbers below what explains it",
     "填表说明\n1.一式两份。\n2.活动名称：填写全称。\n\n1.活动名称：读书会\n2.推荐单位：应用文学院\n"
     "3.负责人：甲\n",
     "活动名称=读书会;推荐单位=应用文学院;负责人=甲"},
    {"a line that explains, and the form",
     "填报要求：本表须于五月底前报送。\n① 活动名称：读书会\n（填表说明：须打印）\n一、推荐单位：文学院\n"
     "填写说明见附件。\n● 负责人：甲\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"other numbers, pictures, quotes",
     "1.1 活动名称：读书会\n第二、推荐单位：文学院\nc、负责人：甲\n📌联系电话为：010-00000000\n“主题”：:乙\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲;联系电话=010-00000000;主题=乙"},
    {"numbers of names", "QQ邮箱：a@b.example\n第一党支部：甲\n", "QQ邮箱=a@b.example;第一党支部=甲"},
    {"other things between fields",
     "①单位：文学院②姓名：甲|电话：010-00000000。\n【活动名称】读书会【负责人】甲\n[日期] [项目名称]\n",
     "单位=文学院;姓名=甲;电话=010-00000000;活动名称=读书会;负责人=甲"},
    {"a full stop of a text", "活动内容：我们读书。\n活动时间：四月。五月。\n",
     "活动内容=我们读书。;活动时间=四月。五月。"},
    {"single spaces", "活动名称 读书会\n负责人 甲\n推荐单位 意见\n活动地点 礼堂\n",
     "活动名称=读书会;负责人=甲"},
    {"several with single spaces on a line", "活动名称 ： 读书会\n负责人 甲 联系电话 010-00000000\n",
     "活动名称=读书会;负责人=甲;联系电话=010-00000000"},
    {"the same, and what is none", "活动名称 读书会\n负责人 甲 联系电话 及其他\n活动地点：礼堂\n",
     "活动名称=读书会;负责人=甲;活动地点=礼堂"},
    {"single spaces in a text", "单位 文学院\n姓名 甲\n活动背景 及意义\n", ""},
    {"one line alone", "活动背景 及意义\n我们读书。\n", ""},
    {"headings of a text with blank lines", "活动背景\n\n学习多年。\n\n参观一次。\n\n会议精神\n\n要读书。\n",
     ""},
    {"values of figures before the next label",
     "联系电话：010-00000000 电子邮箱：a@b.example\n手机：00000000000 2. 推荐单位：文学院\n"
     "参与人数：30、活动地点：礼堂\n党员人数：30 备注：无\n",
     "联系电话=010-00000000;电子邮箱=a@b.example;手机=00000000000;推荐单位=文学院;参与人数=30;"
     "活动地点=礼堂;党员人数=30;备注=无"},
    {"numbers of the labels on a line", "1、活动名称：读书会；2、推荐单位：文学院；3、负责人：甲\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"the same of hanzi", "一、活动名称：读书会；二、推荐单位：文学院、负责人：甲\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"heads of columns below each other",
     "活动名称 推荐单位 负责人\n活动时间 活动地点 联系电话\n读书会 文学院 甲\n", ""},
    {"sentences that begin with labels", "活动主题 是本次活动的灵魂\n活动名称 则是它的外表\n", ""},
    {"a charter is no stamp",
     "活动名称：（学党章读书会）\n主题：（签约）\n推荐单位：（公 章）\n单位：　（签）\n负责人：（章）\n",
     "活动名称=（学党章读书会）;主题=（签约）;推荐单位=;单位=;负责人="},
    {"one pair", "活动名称\n读书会\n", ""},
    {"sentences that begin with an office", "学院 党委高度重视\n部门 协同配合\n推荐单位 积极组织\n", ""},
    {"offices, and who is in them", "党支部 书记 甲\n党支部 委员 乙\n活动名称 读书会\n", ""},
    {"the office of a form", "学院 文学院（北校区）\n联系电话 010-00000000\n",
     "学院=文学院（北校区）;联系电话=010-00000000"},
    {"what was done, in points", "活动内容：1、时间：5月4日；2、地点：礼堂\n主要做法：①主题：读书②形式：会\n",
     "活动内容=1、时间：5月4日；2、地点：礼堂;主要做法=①主题：读书②形式：会"},
    {"a number that is a value", "参与人数：1、活动时间：5月\n", "参与人数=1;活动时间=5月"},
    {"labels in parentheses",
     "联系人：甲（电话：010-00000000，邮箱：a@b.example）\n项目负责人：乙（书记 电话：1\n",
     "联系人=甲（电话：010-00000000，邮箱：a@b.example）;项目负责人=乙（书记;电话=1"},
    {"a guide without numbers or places",
     "填表说明\n活动名称：请填写全称\n推荐单位：学院党委\n负责人：支部书记\n", ""},
    {"the same above the form",
     "填表说明\n活动名称：请填写全称\n负责人：支部书记\n活动名称：读书会\n负责人：甲\n",
     "活动名称=读书会;负责人=甲"},
    {"a form that begins right below", "填表说明\n负责人：须为书记\n活动名称：读书会\n负责人：甲\n",
     "活动名称=读书会;负责人=甲"},
    {"a guide that describes, with numbers",
     "填写说明\n（1）活动名称：要求简洁\n（2）推荐单位：院系党委\n（3）负责人：主要负责人\n（4）活动简介：500"
     "字左右\n\n活动名称：读书会\n"
     "推荐单位：文学院\n负责人：甲\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"a sentence with a colon in a text",
     "活动简介：\n活动分三步：动员、学习、总结。\n对象分两类：党员、学生。\n其他情况：无\n",
     "活动简介=活动分三步：动员、学习、总结。\n对象分两类：党员、学生。"},
    {"a letter's end in three lines", "活动名称\n推荐单位\n负责人\n读书会\n文学院\n甲\n\n此致\n敬礼\n乙\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"a telephone is no guide", "填表说明\n负责人：须为书记\n联系电话：010-00000000\n",
     "联系电话=010-00000000"},
    {"the same with other numbers", "填表说明\n1.活动名称：填写全称\n负责人：甲\n", "负责人=甲"},
    {"how much is to be written", "活动名称：不超过20字\n活动简介：500字以内\n主题：20字\n备注：限读者20字\n",
     "活动名称=;活动简介=;主题=;备注=限读者20字"},
    {"rows of a list as blocks", "类别\n名称\n单位\n创新\n读书会\n文学院\n\n传统\n歌咏会\n法学院\n", ""},
    {"the same of two", "单位\n负责人\n文学院\n甲\n\n法学院\n乙\n\n理学院\n丙\n", ""},
    {"who signs below", "活动名称\n推荐单位\n负责人\n读书会\n文学院\n甲\n\n文学院\n党委\n2014年5月30日\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"the same in two lines", "活动名称\n推荐单位\n读书会\n文学院\n\n文学院\n党委\n",
     "活动名称=读书会;推荐单位=文学院"},
    {"a cell on each line of a list", "时间\n地点\n内容\n负责人\n3月\n礼堂\n开幕\n甲\n4月\n教室\n闭幕\n乙\n",
     ""},
    {"a line in parentheses",
     "（联系人：甲，联系电话：010-00000000）\n(活动名称：读书会（一）)\n（一）负责人：乙（二）\n",
     "联系人=甲;联系电话=010-00000000;活动名称=读书会（一）;负责人=乙（二）"},
    {"schools and offices", "学院 北京大学\n单位 附属小学\n部门 财务科\n联系电话 010-00000000\n",
     "学院=北京大学;单位=附属小学;部门=财务科;联系电话=010-00000000"},
    {"colons in the parentheses of a label", "负责人（姓名：职务）：甲\n活动名称(主题：党建)：读书会\n",
     "负责人=甲;活动名称=读书会"},
    {"an empty cell between tabs", "活动名称\t读书会\t类别\t\t地点\t礼堂\n",
     "活动名称=读书会;类别=;地点=礼堂"},
    {"gaps and colons on a line",
     "负责人    甲    联系电话：010-00000000    邮箱：a@b.example\n推荐单位：文学院    联系人    乙    电话  "
     "  1\n",
     "负责人=甲;联系电话=010-00000000;邮箱=a@b.example;推荐单位=文学院;联系人=乙;电话=1"},
    {"figures between wide gaps",
     "负责人  甲  联系电话  00000000000（微信同号）  邮箱  a@b.example\n参与人数  30  活动地点  礼堂\n",
     "负责人=甲;联系电话=00000000000（微信同号）;邮箱=a@b.example;参与人数=30;活动地点=礼堂"},
    {"heads of columns", "活动名称\t时间\t地点\t负责人\n负责人  职务  电话  邮箱\n联系人  甲  职务  邮箱\n",
     "联系人=甲;职务=邮箱"},
    {"short labels behind wide gaps", "负责人  甲  联系电话  010-00000000  邮箱  a@b.example  地址\n",
     "负责人=甲;联系电话=010-00000000;邮箱=a@b.example  地址"},
};

static void finds_in_lines(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++) check(&LINES[i], "a.txt", LINES[i].given);
}

static const Case CELLS[] = {
    {"each label above its value, the last empty", "活动名称\n读书会\n负责人\n\"\"\n请于五月底前报送\n",
     "活动名称=读书会;负责人="},
    {"the same with colons", "活动名称：\n读书会\n负责人：\n\"\"\n请于五月底前报送\n",
     "活动名称=读书会;负责人="},
    {"the same with numbers", "一、活动名称\n读书会\n二、负责人\n\"\"\n请于五月底前报送\n",
     "活动名称=读书会;负责人="},
    {"rows between labels and values", "活动名称：\n\"\"\n读书会\n负责人：\n\"\"\n甲\n",
     "活动名称=读书会;负责人=甲"},
    {"columns that nobody uses", "活动名称,,,\n读书会,,,\n负责人,,,\n甲,,,\n", "活动名称=读书会;负责人=甲"},
    {"a row of labels, one of values", "活动名称,推荐单位,负责人\n读书会,文学院,甲\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"the same with a title and a note",
     "申报表,,\n活动名称,推荐单位,负责人\n读书会,文学院,\n请于五月底前报送,,\n",
     "活动名称=读书会;推荐单位=文学院;负责人="},
    {"with a label that forms do not know", "活动名称,推荐单位,负责人,学时\n读书会,文学院,甲,8\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲;学时=8"},
    {"two such, and a title", "申报表,\n活动名称,推荐单位\n读书会,文学院\n负责人,活动时间\n甲,四月\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲;活动时间=四月"},
    {"the same below lines of a list",
     "进度安排,时间,内容,负责人\n,4月,动员,乙\n,5月,总结,丙\n活动名称,读书会,负责人,甲\n",
     "活动名称=读书会;负责人=甲"},
    {"a title, heads of columns, a note",
     "申报表,,\n序号,项目,内容\n1,活动名称,读书会\n2,负责人,甲\n请于五月底前报送,,\n",
     "活动名称=读书会;负责人=甲"},
    {"who a group of cells is about", "负责人,姓名,甲,电话,010-00000000\n活动名称,读书会,,,\n",
     "负责人=甲;姓名=甲;电话=010-00000000;活动名称=读书会"},
    {"a name in English is another", "活动名称,读书会,活动名称（英文）,Reading\n",
     "活动名称=读书会;活动名称(英文)=Reading"},
    {"cells that only look empty", "活动名称,　,读书会\n负责人,\u00a0,甲\n", "活动名称=读书会;负责人=甲"},
    {"columns between that merged cells left", "活动名称,,读书会,,,\n推荐单位,,文学院,,负责人,甲\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲"},
    {"columns of values that nobody filled in", "活动名称,读书会,,,,\n推荐单位,文学院,负责人,,联系电话,\n",
     "活动名称=读书会;推荐单位=文学院;负责人=;联系电话="},
    {"labels side by side within a form",
     "活动名称,读书会,,\n推荐单位,负责人,职务,联系电话\n文学院,甲,书记,010-00000000\n活动简介,我们读书。,,\n",
     "活动名称=读书会;推荐单位=文学院;负责人=甲;职务=书记;联系电话=010-00000000;活动简介=我们读书。"},
    {"names of things that are two words", "活动/项目名称,读书会\n负责人,甲\n姓名/职务,甲/书记\n",
     "项目名称=读书会;负责人=甲;姓名/职务=甲/书记"},
    {"hints in a column of their own", "活动名称,读书会,（不超过20字）\n联系电话,,（手机）\n",
     "活动名称=读书会;联系电话="},
    {"the same without parentheses",
     "活动名称,,不超过20字,\n推荐单位,,请填写全称,\n联系电话,,手写签名\n负责人,甲,填写姓名,\n主题,,"
     "请党放心\n",
     "活动名称=;推荐单位=;联系电话=;负责人=甲;主题=请党放心"},
    {"a form in each column", ",活动一,活动二\n活动名称,读书会,歌咏会\n负责人,甲,乙\n",
     "活动名称=读书会;负责人=甲;活动名称（2）=歌咏会;负责人（2）=乙"},
    {"an example beside the form", "项目,内容,示例\n活动名称,读书会,某活动\n负责人,甲,某人\n",
     "活动名称=读书会;负责人=甲"},
    {"opinions side by side", "活动名称,读书会,\n支部意见,党委意见,组织部意见\n同意,同意,\n",
     "活动名称=读书会;支部意见=同意;党委意见=同意;组织部意见="},
    {"a list of two", "活动名称,推荐单位,负责人\n读书会,文学院,甲\n歌咏会,法学院,乙\n", ""},
    {"a list of one, with its number", "序号,活动名称,推荐单位,负责人\n1,读书会,文学院,甲\n", ""},
    {"a list of people", "姓名,职务,联系电话\n甲,书记,010-00000000\n", ""},
    {"a list of goods", "项目名称,单位,数量,备注\n租车,辆,2,往返\n", ""},
    {"the same without a number", "项目名称,单位,备注\n租车,辆,往返\n", ""},
    {"the same within a form", "活动名称,读书会\n负责人,甲\n名称,单位\n矿泉水,瓶\n",
     "活动名称=读书会;负责人=甲"},
    {"what is judged", "评审项目,分值,得分\n活动名称,10,9\n主要做法,40,35.5\n活动成效,50,\n", ""},
    {"the same under a known label, below a form",
     "活动名称,读书会,\n类别,分值,标准\n创新点,10分,有新意\n活动成效,50分,显著\n负责人,甲,\n",
     "活动名称=读书会;负责人=甲"},
    {"a guide in a cell, points of a text in another",
     "填表说明,\"1.活动名称：填写全称\n2.推荐单位：党委全称\"\n活动名称,读书会\n活动简介,\"1.主题：读书\n2."
     "时间：4月\"\n推荐单位,\"（500字以内）\"\n",
     "填表说明=1.活动名称：填写全称\n2.推荐单位：党委全称;活动名称=读书会;活动简介=1.主题：读书\n2.时间：4月;"
     "推荐单位="},
    {"a column of points beside a form", "单位,文学院,得分\n负责人,甲,90\n", "单位=文学院;负责人=甲"},
    {"points behind numbers", "序号,项目,分值\n1,活动主题,20\n2,活动内容,30\n", ""},
    {"hints between numbers and values",
     "序号,项目,要求,内容\n1,活动名称,20字以内,读书会\n2,负责人,书记,甲\n", "活动名称=读书会;负责人=甲"},
    {"plain years", "年份,2012,2013\n活动名称,甲,乙\n参与人数,1,2\n", ""},
    {"a year that is a value", "成立年份,2008\n参与人数,30\n负责人,甲\n",
     "成立年份=2008;参与人数=30;负责人=甲"},
    {"the same in four columns", "立项时间,2014年,推荐单位,文学院\n参与人数,30,负责人,甲\n",
     "立项时间=2014年;推荐单位=文学院;参与人数=30;负责人=甲"},
    {"years above a form", "指标,2013年,2014年\n参与人数,20,\n活动名称,读书会,\n负责人,甲,\n",
     "活动名称=读书会;负责人=甲"},
    {"years", "指标,2013年,2014年\n党员人数,20,30\n参与人数,100,-\n", ""},
    {"a form that has points", "活动名称,读书会,得分,95\n推荐单位,文学院,负责人,甲\n",
     "活动名称=读书会;得分=95;推荐单位=文学院;负责人=甲"},
    {"a column of hints before that of values",
     "项目,填写要求,填写内容\n活动名称,不超过20字,读书会\n负责人,姓名,甲\n推荐单位,全称,\n",
     "活动名称=读书会;负责人=甲;推荐单位="},
    {"a list of what was done", "活动名称,开展情况,参加人数\n读书会,已完成,30\n", ""},
};

static void finds_in_cells(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CELLS); i++) check(&CELLS[i], "a.csv", CELLS[i].given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_in_lines),
        cmocka_unit_test(finds_in_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
