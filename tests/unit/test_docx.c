/* What is read of a .docx: text, tables, form fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/document.h"
#include "parsers/fields.h"
#include "parsers/limits.h"
#include "tests/unit/facts_text.h"
#include "tests/unit/zip_maker.h"

#define P(text)       "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define TC(text)      "<w:tc><w:tcPr/>" P(text) "</w:tc>"
#define SPAN(n, text) "<w:tc><w:tcPr><w:gridSpan w:val=\"" #n "\"/></w:tcPr>" P(text) "</w:tc>"
#define TR(cells)     "<w:tr>" cells "</w:tr>"
#define TBL(rows)     "<w:tbl>" rows "</w:tbl>"

#define FIRST(text)          "<w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>" P(text) "</w:tc>"
#define BELOW                "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
#define RUN(text)            "<w:r><w:t>" text "</w:t></w:r>"
#define FIELD(part)          "<w:r><w:fldChar w:fldCharType=\"" part "\"/></w:r>"
#define CODE(text)           "<w:r><w:instrText xml:space=\"preserve\">" text "</w:instrText></w:r>"
#define IN_FONT(fonts, text) "<w:r><w:rPr><w:rFonts " fonts "/></w:rPr><w:t>" text "</w:t></w:r>"

static FactsAttachment *read_body(const char *body)
{
    g_autoptr (GBytes) bytes = docx_make(body, NULL, NULL);
    FactsAttachment *attachment = facts_attachment_new();
    document_read(attachment, bytes);
    return attachment;
}

static const struct {
    const char *what, *body, *text;
} texts[] = {
    {"lines", P("关于读书会的总结") "<w:p/>" P("一、背景"), "关于读书会的总结\n\n一、背景"},
    {"radicals that were copied from a PDF", P("⻓征⼯作"), "长征工作"},
    {"tab, break, hyphen",
     "<w:p><w:pPr><w:tabs><w:tab "
     "w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/>"
     "<w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>",
     "a\tb\nc-d"},
    {"changes as accepted",
     "<w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText><w:t>旧</w:t></w:r></"
     "w:del>"
     "<w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>到</w:t></w:r></w:moveTo></w:p>",
     "新到"},
    {"deleted paragraph mark",
     "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>" P("b"), "ab"},
    {"field: result only",
     "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
     "<w:r><w:fldChar "
     "w:fldCharType=\"separate\"/></w:r><w:r><w:t>7</w:t></w:r><w:hyperlink><w:r><w:t>链接</w:t></w:r>"
     "</w:hyperlink></w:p>",
     "7链接"},
    {"fields that are all code",
     "<w:p>" FIELD("begin") CODE(" eq \\o\\ac(□,") CODE("√") CODE(")") FIELD("end") RUN("甲") FIELD("begin")
         CODE("eq \\o\\ac(○,1)") FIELD("separate") FIELD("end") RUN("乙") FIELD("begin")
             CODE("SYMBOL 163 \\f \"Wingdings 2\"") FIELD("separate") RUN("丙") FIELD(
                 "end") "<w:fldSimple w:instr=\" SYMBOL 163 \\f &quot;Wingdings 2&quot; \"/>" FIELD("begin")
                 CODE("EQ \\o(a,b)") "</w:p>",
     "√甲1乙丙☐"},
    {"fonts of symbols",
     "<w:p>" IN_FONT("w:ascii=\"Wingdings 2\" w:hAnsi=\"Wingdings 2\"", "R£\uF052华")
         IN_FONT("w:hAnsi=\"Wingdings\"", "\u00FE")
             IN_FONT("w:ascii=\"Arial\" w:eastAsia=\"Wingdings 2\"", "R") RUN("R") "</w:p>",
     "☑☐☑华☑RR"},
    {"ruby once",
     "<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>dang</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>党</w:t></"
     "w:r>"
     "</w:rubyBase></w:ruby></w:r></w:p>",
     "党"},
    {"text box once",
     "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice "
     "Requires=\"wps\"><w:drawing><w:txbxContent>" P(
         "框") "</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>" P("框")
         TBL(TR(TC("框"))) "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后</"
                           "w:t></w:r></w:p>" P("末"),
     "前后\n框\n末"},
    {"fallback alone",
     "<w:p><mc:AlternateContent><mc:Fallback><w:r><w:t>a</w:t></w:r></mc:Fallback></mc:AlternateContent></"
     "w:p>",
     "a"},
    {"check boxes",
     "<w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked "
     "w14:val=\"1\"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r>"
     "<w:t>☒</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>理论</w:t></w:r><w:sdt><w:sdtPr><w14:checkbox>"
     "<w14:checked "
     "w14:val=\"0\"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
     "<w:r><w:t>实践</w:t><w:sym w:font=\"Wingdings 2\" "
     "w:char=\"F052\"/><w:t>制度</w:t></w:r><w:r><w:fldChar><w:ffData>"
     "<w:checkBox><w:default w:val=\"0\"/><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r></w:p>",
     "☑理论☐实践☑制度☑"},
    {"drop-down form field",
     "<w:p><w:r><w:fldChar><w:ffData><w:ddList><w:result w:val=\"1\"/><w:listEntry "
     "w:val=\"甲\"/><w:listEntry "
     "w:val=\"乙\"/></w:ddList></w:ffData></w:fldChar></w:r></w:p>",
     "乙"},
    {"word art",
     "<w:p><w:r><w:pict><v:shape><v:textpath string=\"活动总结\"/></v:shape></w:pict></w:r></w:p>",
     "活动总结"},
    {"table in text", P("a") TBL(TR(TC("1") TC("2")) TR(TC("3") TC("4"))) P("b"), "a\n1\t2\n3\t4\nb"},
    {"row and cell out of place", "<w:tr><w:tc>" P("a") "</w:tc></w:tr>" TBL(TC("b")), "a\nb"},
};

static void reads_text(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr (FactsAttachment) attachment = read_body(texts[i].body);
        g_autofree char *problems = problems_text(attachment);
        if (g_strcmp0(attachment->text, texts[i].text) || *problems)
            fail_msg("%s: got \"%s\" %s", texts[i].what, attachment->text, problems);
    }
}

static const struct {
    const char *what, *body, *tables;
} grids[] = {
    {"spans", TBL(TR(SPAN(2, "a") TC("b")) TR(TC("1") TC("2") TC("3"))), "a||b/1|2|3"},
    {"merged down",
     TBL(TR("<w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>" P("a") "</w:tc>" TC("b"))
             TR("<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>" TC("c"))),
     "a|b/|c"},
    {"in each other", TBL(TR(TC("a") "<w:tc>" P("b") TBL(TR(TC("x") TC("y"))) P("c") "</w:tc>")),
     "a|b\nc#x|y"},
    {"deleted row", TBL(TR("<w:trPr><w:del/></w:trPr>" TC("a")) TR("<w:trPr><w:ins/></w:trPr>" TC("b"))),
     "b"},
    {"columns skipped", TBL(TR("<w:trPr><w:gridBefore w:val=\"2\"/></w:trPr>" TC("a"))), "||a"},
    {"in a content control",
     TBL("<w:sdt><w:sdtContent>" TR(
         "<w:sdt><w:sdtContent>" TC("a") "</w:sdtContent></w:sdt>") "</w:sdtContent></w:sdt>"),
     "a"},
    {"absurd span", TBL(TR(SPAN(99999999, "a"))),
     "a||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||"},
};

static void reads_tables(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(grids); i++) {
        g_autoptr (FactsAttachment) attachment = read_body(grids[i].body);
        g_autofree char *tables = tables_text(attachment);
        if (g_strcmp0(tables, grids[i].tables)) fail_msg("%s: got \"%s\"", grids[i].what, tables);
    }
}

static const struct {
    const char *what, *body, *fields;
} forms[] = {
    {"two columns", TBL(TR(TC("活动名称") TC("读书会")) TR(TC("推荐单位（盖章）") TC("文学院党委"))),
     "活动名称=读书会;推荐单位=文学院党委"},
    {"four columns",
     TBL(TR(TC("活动名称：") SPAN(3, "读书会"))
             TR(TC("负 责 人") TC("联系人甲") TC("联系　电话") TC("010-00000000"))),
     "活动名称=读书会;负责人=联系人甲;联系电话=010-00000000"},
    {"blank form", TBL(TR(TC("活动名称") SPAN(3, "")) TR(TC("负责人") TC("") TC("联系电话") TC(""))),
     "活动名称=;负责人=;联系电话="},
    {"label over two columns", TBL(TR(SPAN(2, "活动名称") SPAN(2, "读书会"))), "活动名称=读书会"},
    {"other short labels of a form", TBL(TR(TC("活动名称") TC("读书会")) TR(TC("特色亮点") TC("一 二"))),
     "活动名称=读书会;特色亮点=一 二"},
    {"numbered", TBL(TR(TC("一、活动名称") TC("读书会")) TR(TC("2.负责人") TC("联系人甲"))),
     "活动名称=读书会;负责人=联系人甲"},
    {"label in several lines", TBL(TR("<w:tc>" P("活动") P("名称") "</w:tc>" TC("读书会"))),
     "活动名称=读书会"},
    {"group over rows",
     TBL(TR("<w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>" P("负责人情况") "</w:tc>" TC("姓名")
                TC("联系人甲") TC("电话") TC("010-00000000"))
             TR("<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>" TC("职务") TC("书记") TC("邮箱")
                    TC("a@b.example"))),
     "负责人=联系人甲;姓名=联系人甲;电话=010-00000000;职务=书记;邮箱=a@b.example"},
    {"label over rows",
     TBL(TR(FIRST("活动主题") TC("☐甲题")) TR(BELOW TC("☐乙题")) TR(BELOW TC("☑丙题"))
             TR(TC("单位") TC("文学院"))),
     "活动主题=☐甲题\n☐乙题\n☑丙题;单位=文学院"},
    {"ticks in a column of their own",
     TBL(TR(TC("推荐单位") SPAN(2, "文学院")) TR(FIRST("活动主题") TC("甲题") TC(""))
             TR(BELOW TC("乙题") TC("√")) TR(BELOW TC("丙题") TC(""))),
     "推荐单位=文学院;活动主题=甲题\n乙题 √\n丙题"},
    {"label over rows beside others",
     TBL(TR(TC("姓名") TC("联系人甲") FIRST("活动主题") TC("☐甲题"))
             TR(TC("性别") TC("男") BELOW TC("☑乙题"))),
     "姓名=联系人甲;活动主题=☐甲题\n☑乙题;性别=男"},
    {"a group beside an empty column",
     TBL(TR(TC("活动名称") SPAN(5, "读书会")) TR(FIRST("基本信息") TC("申报单位") TC("文学院") TC(
         "党支部") TC("一支部") TC("")) TR(BELOW TC("负责人") TC("甲") TC("职务") TC("书记") TC(""))),
     "活动名称=读书会;申报单位=文学院;党支部=一支部;负责人=甲;职务=书记"},
    {"known label of a group",
     TBL(TR(FIRST("负责人") TC("姓名") TC("联系人甲")) TR(BELOW TC("电话") TC("010-00000000"))),
     "负责人=联系人甲;姓名=联系人甲;电话=010-00000000"},
    {"value below its label",
     TBL(TR(TC("单位") TC("文学院")) TR(SPAN(2, "活动简介（500字以内）")) TR(SPAN(2, "读书。"))
             TR(SPAN(2, "单位意见")) TR(SPAN(2, "（盖章）"))),
     "单位=文学院;活动简介=读书。"},
    {"value on the next line",
     P("活动名称：") "<w:p/>" P("读书会") P("推荐单位：") P("联系人：联系人甲") P("活动简介：") P("一、背景")
         P("活动目标：") P("（盖章）　年　月　日"),
     "活动名称=读书会;推荐单位=;联系人=联系人甲;活动简介=;活动目标="},
    {"values in a column of their own", P("姓名：") P("职务：") "<w:p/>" P("甲") P("书记"), "姓名=;职务="},
    {"heads of lists",
     TBL(TR(TC("活动名称") TC("开展情况") TC("参加人数")) TR(TC("甲活动") TC("已完成") TC("30"))) P(
         "活动名称：读书会") TBL(TR(TC("单位") TC("完成数")) TR(TC("文学院") TC("2")) TR(TC("合计") TC("2")))
         TBL(TR(TC("序号") TC("单位") TC("完成情况")) TR(TC("1") TC("文学院") TC("好")) TR(TC("2") TC(
             "法学院"))) TBL(TR(TC("项目") TC("时间") TC("地点")) TR(TC("启动") TC("四月") TC("会议室"))),
     "活动名称=读书会"},
    {"a form behind a row that looks like a head",
     TBL(TR(TC("负责人") TC("姓名") TC("联系人甲") TC("电话")) TR(TC("时间") TC("四月") TC("人数") TC("120"))
             TR(TC("地点") TC("会议室") TC("备注") TC(""))),
     "时间=四月;人数=120;地点=会议室;备注="},
    {"a form that might be a list",
     TBL(TR(TC("活动名称") TC("党旗飘扬")) TR(TC("实施背景") TC("甲")) TR(TC("经验启示") TC("乙"))),
     "活动名称=党旗飘扬;实施背景=甲;经验启示=乙"},
    {"a list is no form",
     TBL(TR(TC("序号") TC("活动名称") TC("负责人") TC("联系电话"))
             TR(TC("1") TC("读书会") TC("联系人甲") TC("010-00000000"))),
     ""},
    {"a table of numbers is no form", TBL(TR(TC("甲") TC("1")) TR(TC("乙") TC("2"))), ""},
    {"a table of words is no form", TBL(TR(TC("foo") TC("bar")) TR(TC("baz") TC("x")) TR(TC("y z") TC("w"))),
     ""},
    {"lines in one cell", TBL(TR("<w:tc>" P("活动名称：读书会") P("负责人：联系人甲") "</w:tc>")),
     "活动名称=读书会;负责人=联系人甲"},
    {"lines", P("活动名称：读书会") P("推荐单位: ____") P("会议指出：要学习。"), "活动名称=读书会;推荐单位="},
    {"several on a line", P("负责人：联系人甲　联 系 电 话：010-00000000"),
     "负责人=联系人甲;联系电话=010-00000000"},
    {"parted by commas",
     P("负责人：联系人甲，电话：010-00000000；邮箱：a@b.example") P("主题：学习；服务，创新"),
     "负责人=联系人甲;电话=010-00000000;邮箱=a@b.example;主题=学习；服务，创新"},
    {"several in one value",
     TBL(TR(TC("项目负责人") TC("姓名：联系人甲 职务：书记")) TR(TC("活动名称") TC("时间：永恒的主题"))),
     "项目负责人=姓名：联系人甲 职务：书记;姓名=联系人甲;职务=书记;活动名称=时间：永恒的主题"},
    {"no colons",
     P("活动名称　　读书会　　负 责 人　　联系人甲") P("活动时间　　活动地点　　备注") P("推荐单位 意见"),
     "活动名称=读书会;负责人=联系人甲"},
    {"in brackets", P("【活动名称】读书会") P("【推荐单位】") P("文学院") P("[其他]甲"),
     "活动名称=读书会;推荐单位=文学院"},
    {"headings",
     P("一、活动名称") P("读书会") P("二、推荐单位") P("三、负责人") P("联系人甲") P("活动地点") P("礼堂"),
     "活动名称=读书会;负责人=联系人甲"},
    {"headings of a text",
     P("一、活动内容") P("1. 学习文件。") P("2. 参观。") P("二、活动成效") P("参加率很高。") P("大家很满意。")
         P("三、活动时间") P("四月") P("四、活动地点") P("礼堂"),
     "活动时间=四月;活动地点=礼堂"},
    {"marked labels",
     TBL(TR(TC("★推荐单位") TC("文学院")) TR(TC("※联系电话") TC("010-00000000")) TR(TC("⑥负责人") TC("甲"))),
     "推荐单位=文学院;联系电话=010-00000000;负责人=甲"},
    {"labels above values",
     TBL(TR(TC("活动名称") TC("推荐单位")) TR(TC("读书会") TC("文学院")) TR(TC("负责人") TC("活动时间"))
             TR(TC("甲") TC("四月"))),
     "活动名称=读书会;推荐单位=文学院;负责人=甲;活动时间=四月"},
    {"each label above its value",
     TBL(TR(TC("活动名称")) TR(TC("读书会")) TR(TC("活动简介（500字以内）")) TR(TC("我们读书。"))),
     "活动名称=读书会;活动简介=我们读书。"},
    {"an empty column between",
     TBL(TR(TC("活动名称") TC("") TC("读书会")) TR(TC("负责人") TC("") TC("联系电话"))),
     "活动名称=读书会;负责人="},
    {"Latin labels",
     TBL(TR(TC("活动名称") TC("读书会")) TR(TC("E-mail") TC("a@b.example")) TR(TC("QQ") TC("00000"))),
     "活动名称=读书会;E-mail=a@b.example;QQ=00000"},
    {"colon in the value", P("活动名称：学习型党组织：我们在行动"), "活动名称=学习型党组织：我们在行动"},
    {"placeholder is no value",
     TBL(TR(TC("活动名称") "<w:tc><w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></"
                           "w:sdtPr><w:sdtContent><w:r><w:t>单击此处输入文字。"
                           "</w:t></w:r></w:sdtContent></w:sdt></w:p></w:tc>")),
     "活动名称="},
    {"traditional characters",
     TBL(TR(TC("活動名稱") SPAN(3, "讀書會")) TR(TC("負責人") TC("聯絡人甲") TC("聯絡電話")
                                                     TC("010-00000000"))) P("推薦單位：文學院　負責人：乙"),
     "活動名稱=讀書會;負責人=聯絡人甲;聯絡電話=010-00000000;推薦單位=文學院;負責人（2）=乙"},
    {"two forms, and a cover that was left empty",
     P("活动名称：") P("推荐单位：文学院") TBL(TR(TC("活动名称") TC("读书会")) TR(TC("负责人") TC("甲"))
                                                   TR(TC("推荐单位") TC("文学院"))) P("另一表")
         TBL(TR(TC("活动名称") TC("歌咏会")) TR(TC("负责人") TC("甲")) TR(TC("推荐单位") TC(""))),
     "活动名称=读书会;推荐单位=文学院;负责人=甲;活动名称（2）=歌咏会"},
    {"hints in brackets",
     TBL(TR(TC("活动名称【必填】") TC("读书会")) TR(TC("[必填]负责人") TC("甲"))
             TR(TC("【推荐单位】") TC("文学院"))),
     "活动名称=读书会;负责人=甲;推荐单位=文学院"},
    {"a cell on each line",
     P("申报表") P("活动名称") P("读书会") P("负 责 人") P("联系人甲") P("活动简介") P("我们读书。")
         P("此致"),
     "活动名称=读书会;负责人=联系人甲;活动简介=我们读书。"},
    {"headings of a text are no such lines",
     P("活动总结") P("文学院党委") P("活动背景") P("活动目标") P("一句话。"), ""},
    {"a short line below a heading, whatever follows",
     P("一、活动名称") P("读书会") P("二、主办单位") P("文学院党委") P("2014年6月1日"),
     "活动名称=读书会;主办单位=文学院党委"},
    {"the telephone of another", P("联系人：甲") P("联系电话：") P("负责人：乙") P("联系电话：222"),
     "联系人=甲;联系电话=;负责人=乙;联系电话（2）=222"},
    {"rows that are lines",
     TBL(TR(TC("一、活动名称")) TR(TC("读书会")) TR(TC("二、活动时间")) TR(TC("四月"))),
     "活动名称=读书会;活动时间=四月"},
    {"order of the document", P("主题：甲") TBL(TR(TC("活动名称") TC("读书会"))) P("日期：六月"),
     "主题=甲;活动名称=读书会;日期=六月"},
    {"value kept in its lines", TBL(TR(TC("活动简介") "<w:tc>" P("一") P("二") "</w:tc>")),
     "活动简介=一\n二"},
};

static void finds_fields(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr (FactsAttachment) attachment = read_body(forms[i].body);
        g_autofree char *fields = fields_text(attachment);
        if (g_strcmp0(fields, forms[i].fields)) fail_msg("%s: got \"%s\"", forms[i].what, fields);
    }
}

static void makes_labels(void **state)
{
    static const char *const pairs[][2] = {{"（一）活动名称：", "活动名称"},
                                           {"＊联 系\n电话(手机)", "联系电话"},
                                           {"12、名称", "名称"},
                                           {"（盖章）", "(盖章)"},
                                           {"【活动名称】", "活动名称"},
                                           {"十佳活动", "十佳活动"},
                                           {"", ""}};
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *label = fields_label(pairs[i][0]);
        assert_string_equal(label, pairs[i][1]);
    }
}

static void reads_other_parts(void **state)
{
    g_autoptr (GBytes)
        bytes = docx_make(
            P("正文"),
            "<w:footnote w:type=\"separator\">" P("线") "</w:footnote><w:footnote>" P("脚注") "</w:footnote>",
            P("页眉"));
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    document_read(attachment, bytes);
    assert_string_equal(attachment->text, "正文\n脚注\n页眉");
}

/* Strict namespace, another prefix, a main part with another name and no content type. */
static void reads_strict(void **state)
{
    const char *const pairs[] = {
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
        "Id=\"a\" "
        "Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument\" "
        "Target=\"/Word/Doc2.xml\"/>"
        "</Relationships>",
        "[Content_Types].xml",
        "<Types><Override PartName=\"/word/doc2.xml\" ContentType=\"" MAKER_MAIN "\"/></Types>",
        "word/doc2.xml",
        "<x:document "
        "xmlns:x=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><x:body><x:p><x:r><x:t>严格</x:t></x:r>"
        "</x:p></x:body></x:document>",
        NULL};
    g_autoptr (GBytes) bytes = zip_make(NULL, pairs);
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    document_read(attachment, bytes);
    assert_string_equal(attachment->text, "严格");
    assert_string_equal(attachment->type,
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
}

static void reports(const char *body, const char *want)
{
    g_autoptr (FactsAttachment) attachment = read_body(body);
    g_autofree char *problems = problems_text(attachment);
    assert_string_equal(problems, want);
}

static void reports_problems(void **state)
{
    reports("<w:p/>", "empty-document");
    reports(P("　"), "empty-document");
    reports("<w:p><w:r><w:drawing/></w:r></w:p>", "scanned-only");
    reports(P("a") "<w:p>", "damaged");
    reports(P("a&nbsp;b"), "damaged");
}

static void refuses_entities(void **state)
{
    const char *const pairs[] = {
        "[Content_Types].xml", "<Types/>", "word/document.xml",
        "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/hostname\"><!ENTITY y \"yyyy\">]>"
        "<w:document " MAKER_W "><w:body>" P("&x;&y;") "</w:body></w:document>",
        NULL};
    g_autoptr (GBytes) bytes = zip_make(NULL, pairs);
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    document_read(attachment, bytes);
    g_autofree char *problems = problems_text(attachment);
    assert_string_equal(problems, "damaged");
    assert_string_equal(attachment->text, "");
}

static void keeps_caps(void **state)
{
    g_autoptr (GString) body = g_string_new(NULL);
    for (int i = 0; i < 40000; i++)
        g_string_append_printf(body, "<w:p><w:r><w:t>第%d段：长长的文字。</w:t></w:r></w:p>", i);
    g_autoptr (FactsAttachment) attachment = read_body(body->str);
    g_autofree char *problems = problems_text(attachment);
    assert_string_equal(problems, "too-large");
    assert_true(strlen(attachment->text) <= LIMIT_TEXT_BYTES);
    assert_true(strlen(attachment->text) > LIMIT_TEXT_BYTES - 100);
    assert_true(g_utf8_validate(attachment->text, -1, NULL));

    g_string_assign(body, "<w:tbl>");
    for (int i = 0; i < LIMIT_TABLE_ROWS + 10; i++) g_string_append(body, TR(TC("a")));
    g_string_append(body, "</w:tbl>");
    for (int i = 0; i < LIMIT_TABLES + 10; i++) g_string_append(body, TBL(TR(TC("b"))));
    g_autoptr (FactsAttachment) tall = read_body(body->str);
    g_autofree char *tall_problems = problems_text(tall);
    assert_string_equal(tall_problems, "too-large");
    assert_int_equal(tall->tables->len, LIMIT_TABLES);
    assert_int_equal(((Table *)tall->tables->pdata[0])->rows->len, LIMIT_TABLE_ROWS);
}

static void survives_depth(void **state)
{
    g_autoptr (GString) body = g_string_new(NULL);
    for (int i = 0; i < 20000; i++) g_string_append(body, "<w:tbl><w:tr><w:tc>");
    g_autoptr (FactsAttachment) attachment = read_body(body->str);
    g_autofree char *problems = problems_text(attachment);
    assert_string_equal(problems, "damaged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_text),       cmocka_unit_test(reads_tables),
        cmocka_unit_test(finds_fields),     cmocka_unit_test(makes_labels),
        cmocka_unit_test(reads_strict),     cmocka_unit_test(reads_other_parts),
        cmocka_unit_test(reports_problems), cmocka_unit_test(keeps_caps),
        cmocka_unit_test(refuses_entities), cmocka_unit_test(survives_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
