/* HTML bodies as text, and links to files in clouds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/links.h"

static const struct Case {
    const char *html, *want;
} CASES[] = {
    {"", ""},
    {"a  b\n c", "a b c"},
    {"<p>一</p><p>二</p>", "一\n\n二"},
    {"안녕\n하세요 报\n送", "안녕 하세요 报送"},
    {"<div>一</div><div>二</div>", "一\n二"},
    {"<div><div><div>一</div></div></div>二", "一\n二"},
    {"一<br>二<br/><br />三", "一\n二\n\n三"},
    {"<b>粗</b>体", "粗体"},
    {"<table><tr><td>负责人</td><td>联系人甲</td></tr><tr><td>电话</td><td></td></tr></table>",
     "负责人\t联系人甲\n电话"},
    {"<table><tr><td><p>负责人</p></td><td><p><span>联系人甲</span></p></td></tr>"
     "<tr><td><p>电话</p></td><td><div>010</div></td></tr></table>",
     "负责人\t联系人甲\n电话\t010"}, /* Word puts a paragraph into each cell */
    {"<table><tr><td>一</td><td></td><td>三</td></tr></table>二", "一\t\t三\n二"},
    {"<table><tr><td rowspan=2>主题<td>☐甲<td rowspan='2'>x<td>1</tr><tr><td>☑乙<td>2</tr><tr><td "
     "colspan=2>三"
     "<td>四</table><table><tr><td>五<tr><td>六</table>",
     "主题\t☐甲\tx\t1\n\t☑乙\t\t2\n三\t四\n五\n六"},
    {"<table><tr><td ROWSPAN=3>a<td><table><tr><td>b<tr><td>c</table></td><td>d<tr><td>e</table>",
     "a\nb\nc\td\n\te"},
    {"<table><tr><td rowspan=2>甲</td><td>☐乙</td><td>x</td></tr><tr><td>☑丙</td><td>y</td></tr></table>",
     "甲\t☐乙\tx\n\t☑丙\ty"},
    {"<td rowspan=99999999999999999999>a<tr><td>b", "a\nb"},
    {"<table><tr><td><p>一</p><p>二</p></td></tr></table>", "一\n\n二"},
    {"收到。<blockquote type=\"cite\"><p>请报送。</p><p>谢谢</p></blockquote>好",
     "收到。\n\n> 请报送。\n\n> 谢谢\n\n好"},
    {"<blockquote class=gmail_quote>一<blockquote style='border-left:1px "
     "solid'>二</blockquote>三</blockquote>",
     "> 一\n\n>> 二\n\n> 三"},
    {"<blockquote style='margin:0 0 0 40px'>缩进</blockquote>", "缩进"},
    {"<ul><li>一<li>二</ul>", "- 一\n- 二"},
    {"<div style='display:none'>一<div>二</div></div>三<SPAN STYLE=\"color:red; Display : NONE "
     "!important\">四</SPAN>五",
     "三五"},
    {"<table><tr style=\"display:none\"><td>一<tr><td style='display:none'>二<td>三</table>", "三"},
    {"<div style='mso-display:none'>一</div><div style='display:block'>二</div><p class=none>三</p>",
     "一\n二\n\n三"},
    {"<p style='display:none'>一<p>二", "二"},
    {"<p style='display:none'>一<div>二</div><p>三</p>", "二\n\n三"},
    {"<ul><li>一<li style='display:none'>二</ul>三<ul><li>四</ul>", "- 一\n三\n- 四"},
    {"<table><tr><td>一<td style='display:none'>二</table>三<table><tr><td>四</table>", "一\n三\n四"},
    {"<table><tr><td style='display:none'><table><tr><td>一</table>二</td><td>三</table>", "三"},
    {"<table><tr><td><span style='display:none'>一</td><td>二<span>三</span></span>四</table>", "二三四"},
    {"<h1 style='display:none'>一<h1>二</h1>", "二"},
    {"<div style='display:none'/>一<div>二</div></div>三", "一\n二\n三"},
    {"<div style='display:none;display:block'>一</div><p style='display:none!important;display:block'>二</p>",
     "一"},
    {"<div style='display:none'>一<script>var a = '</div>';</script>二</div>三", "三"},
    {"<o:p style='display:none'>一<o:x/></o:p>二<o:p>三</o:p>", "二三"},
    {"一<div style='display:none'>二", "一\n二"},
    {"<div style='display:none'>一</div>", "一"},
    {"一<img style='display:none'>二</img><br style='display:none'>三", "一二\n三"},
    {"一<div style='display:none'><b style='display:none'>二</b><a href='http://x.example/'>三</a></div>四",
     "一\n二三\n四"},
    {"<a style='display:none' href='http://x.example/'>一</a>二", "一二"},
    {"一<span style='display:none'>二<!-- </span> -->三</span>四", "一四"},
    {"&lt;a&gt; &amp;&nbsp;&#20013;&#x6587;&copy;", "<a> & 中文©"},
    {"AT&T &unknown; &#; & &#xD800;", "AT&T &unknown; &#; & \xef\xbf\xbd"},
    {"<style>p{}</style><script>if(a<b)</script>x<title>y</title>", "x"},
    {"<!-- <p>hidden</p> -->x<!--[if mso]>y<![endif]-->z", "xz"},
    {"<![if !vml]>x<![endif]>", "x"},
    {"1 < 2 and 3 > 2", "1 < 2 and 3 > 2"},
    {"<a title=\"x>y\">z</a>", "z"},
    {"<a title=\"never closed>z</a>", "z"},
    {"<script>never closed", "never closed"},
    {"<pre>a\n  b</pre>", "a\n  b"},
    {"<P CLASS=x>大写</P>", "大写"},
    {"x<", "x<"},
    {"x<a", "x"},
    {"<table><tr><td>甲<td>乙<tr><td></td><td>丙<td>丁</tr><tr><td><img><td><p>戊</p><td>己</table>",
     "甲\t乙\n\t丙\t丁\n\t戊\t己"},
    {"<table><tr><td><img><td>甲<td>乙<tr><td><img><td>丙<td><br>丁</table>",
     "甲\t乙\n丙\n丁"}, /* no heads */
    {"<table><tr><td>序号<td rowspan=2>甲<td>乙<tr><td><td>丙<tr><td><td><td>丁</table>",
     "序号\t甲\t乙\n\t\t丙\n\t\t丁"},
    {"<o:p>&nbsp;</o:p>x", "x"},
    {"中文\n换行<b>\r\n测试</b> 空格 \n又\nabc\n文", "中文换行测试 空格 又 abc 文"}, /* broken by a program */
    {"<p>一<xml><w:x>Normal 0 7.8 磅</w:x></xml>二<xml:namespace ns='x' />三", "一二三"},
    {"<p><input type=\"checkbox\" checked>理论<input type=checkbox />实践 <INPUT TYPE=radio "
     "CHECKED=\"checked\">制度</p><input value=读书会><input value=''><input type=hidden value=h>"
     "<input type=submit value=s>",
     "☑理论☐实践 ☑制度\n\n读书会"},
    {"<span style='font-family:\"Wingdings 2\"'>R<span>&#163;</span></span>R<font "
     "face=Wingdings>&#254;</font>&#254;",
     "☑☐R☑þ"},
    {"<span style='font-family:Wingdings'>&#254;甲<p>&#254;</p><div style='font-family: "
     "Wingdings;x'>&#168;</div>R",
     "☑甲\n\nþ\n\n☐\nR"}, /* never closed */
    {"<span style='font-family:Batmandings'>R</span><i class=wingdings>R</i>", "RR"},
};

static void test_render(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = html_to_text(CASES[i].html, NULL);
        if (strcmp(got, CASES[i].want) != 0)
            fail_msg("%s\n got  [%s]\n want [%s]", CASES[i].html, got, CASES[i].want);
    }
}

/* Where a link leads is kept, unless its text says so. */
static void test_anchors(void **state)
{
    static const struct Case LINKS[] = {
        {"<a href=\"https://www.x.example/a\">通知</a>见", "通知 <https://www.x.example/a>见"},
        {"<a href=\"https://www.x.example/\">https://www.x.example</a>", "https://www.x.example"},
        {"<a href=\"https://www.x.example/a\">www.x.example/a</a>", "www.x.example/a"},
        {"<a href=\"mailto:a@x.example\">来信</a>", "来信"},
        {"<a href=\"https://www.x.example/a\"><img></a>图", "图"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(LINKS); i++) {
        g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func(html_anchor_free);
        g_autofree char *got = html_to_text(LINKS[i].html, anchors);
        assert_string_equal(got, LINKS[i].want);
        assert_int_equal(anchors->len, 1);
    }
}

/* In a process of its own under the worker's own cap of CPU: one that spins is killed as a worker would be.
 */
static gboolean ends_within_the_cap(const char *html)
{
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit cap = {LIMIT_WORKER_CPU_SECONDS, LIMIT_WORKER_CPU_SECONDS};
        setrlimit(RLIMIT_CPU, &cap);
        g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func(html_anchor_free);
        g_free(html_to_text(html, anchors));
        _exit(0);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void test_linear(void **state)
{
    /* Each of these takes minutes where anything is quadratic. */
    static const char *const UNITS[] = {"<div>",
                                        "<script>",
                                        "<!--",
                                        "<a href=\"",
                                        "<a href='x' ",
                                        "&",
                                        "</",
                                        "<pre>",
                                        "&#9",
                                        "<",
                                        "<td>",
                                        "<blockquote type=cite>x",
                                        "<a href=http://x>x",
                                        "<a =\">\" ",
                                        "<p style='display:none'><div>"};
    for (gsize i = 0; i < G_N_ELEMENTS(UNITS); i++) {
        g_autoptr (GString) html = g_string_new(NULL);
        while (html->len < 2000000) g_string_append(html, UNITS[i]);
        if (!ends_within_the_cap(html->str)) fail_msg("does not end: %s", UNITS[i]);
    }
}

static void test_charset(void **state)
{
    const char *meta = "<html><META http-equiv=\"Content-Type\" content=\"text/html; charset=GB2312\">";
    g_autofree char *a = html_charset(meta, strlen(meta));
    g_autofree char *b = html_charset("<p>", 3);
    assert_string_equal(a, "gb2312");
    assert_null(b);
}

/* --- links ------------------------------------------------------------------------------------ */

static Facts *links_of(const char *html, const char *text)
{
    Facts *facts = facts_new();
    g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func(html_anchor_free);
    g_autofree char *rendered = html ? html_to_text(html, anchors) : g_strdup(text);
    links_find(rendered, html ? anchors : NULL, facts);
    links_judge(facts);
    return facts;
}

static void expect_link(const Facts *facts, guint i, const char *kind, const char *name)
{
    assert_true(i < facts->links->len);
    const FactsLink *item = g_ptr_array_index(facts->links, i);
    assert_string_equal(item->kind, kind);
    assert_string_equal(item->name, name);
}

static void test_qq(void **state)
{
    g_autoptr (Facts)
        facts = links_of("<div>从QQ邮箱发来的超大附件</div><div><a "
                         "href=\"http://mail.qq.com/cgi-bin/ftnExs_download?k=1&amp;code=2\">"
                         "报送材料.zip</a> (52.1M, 2014年06月30日 到期) <a "
                         "href=\"http://mail.qq.com/cgi-bin/ftnExs_download?k=1&amp;code=2\">"
                         "进入下载页面</a></div><a href=\"http://www.x.example/\">学院主页</a>",
                         NULL);
    assert_int_equal(facts->links->len, 1);
    expect_link(facts, 0, "qq", "报送材料.zip");
    assert_string_equal(((FactsLink *)g_ptr_array_index(facts->links, 0))->url,
                        "http://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=2");
    assert_int_equal(facts->problems->len, 1);
    assert_string_equal(((FactsProblem *)g_ptr_array_index(facts->problems, 0))->code, "cloud-link");
}

static void test_plain(void **state)
{
    g_autoptr (Facts)
        facts = links_of(NULL, "从163网易邮箱发来的云附件\n读书会总结.docx (30M)\n下载："
                               "http://mail.163.com/large-attachment-download/index.html?p=X-NETEASE。\n"
                               "http://www.x.example/ https://pan.baidu.com/s/1abc 提取码");
    assert_int_equal(facts->links->len, 2);
    expect_link(facts, 0, "163", "读书会总结.docx");
    expect_link(facts, 1, "baidu", ""); /* the name before it is another link's */
}

static void test_no_cloud(void **state)
{
    g_autoptr (Facts)
        facts = links_of("<a href=\"https://www.x.example/files/a.pdf\">通知.pdf</a> <a "
                         "href=\"https://mail.qq.com.evil.example/ftn\">x</a>"
                         "<a href=\"http://notweiyun.com/\">y</a><a href=\"javascript:void(0)\">a.doc</a>",
                         NULL);
    assert_int_equal(facts->links->len, 1);
    expect_link(facts, 0, "link", "通知.pdf"); /* a file, but of no cloud: noted, no problem */
    assert_int_equal(facts->problems->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render),   cmocka_unit_test(test_anchors), cmocka_unit_test(test_linear),
        cmocka_unit_test(test_charset),  cmocka_unit_test(test_qq),      cmocka_unit_test(test_plain),
        cmocka_unit_test(test_no_cloud),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
