/* Files that a mail only links to. The layouts are those of the services; names, keys and hosts' paths are
 * ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/history.h"
#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/links.h"

typedef struct Want {
    const char *kind, *name, *size, *expires, *code;
} Want;

static const struct Case {
    const char *service;
    gboolean html;
    const char *text;
    Want want[3];
} CASES[] = {
    {"QQ Mail",
     TRUE,
     "<div>从QQ邮箱发来的超大附件</div><div><a "
     "href=\"http://mail.qq.com/cgi-bin/ftnExs_download?k=1&amp;code=2\"><img></a>"
     "<div><a href=\"http://mail.qq.com/cgi-bin/ftnExs_download?k=1&amp;code=2\">报送 材料.zip</a> "
     "<span>(52.10M, 2014年06月30日 14:02 到期)</span></div><div><a "
     "href=\"http://mail.qq.com/cgi-bin/ftnExs_download?k=1&amp;code=2\">进入下载页面</a></div></div>",
     {{"qq", "报送 材料.zip", "52.10M", "2014-06-30 14:02", ""}}},
    {"QQ Mail of today: size and expiry on lines of their own",
     TRUE,
     "<a "
     "href=\"https://iwx.mail.qq.com/ftn/download?func=3&amp;key=a&amp;code=d\">报送.7z</a><div>56.78M</div>"
     "<div>2024年6月30日 14:00 到期</div><div>请于2024年7月1日前审阅</div>",
     {{"qq", "报送.7z", "56.78M", "2024-06-30 14:00", ""}}},
    {"Mail Drop of iCloud: the name is in the address",
     TRUE,
     "<a "
     "href=\"https://www.icloud.com/attachment/?u=https%3A%2F%2Fcvws.icloud-content.example%2Fx&amp;uk=1&amp;"
     "f=%E6%8A%A5%E9%80%81.zip&amp;sz=23500000\">点按以下载</a><div>报送.zip</div><div>23.5 MB</div>"
     "<div>可下载至2014年6月30日</div>",
     {{"icloud", "报送.zip", "23.5 MB", "2014-06-30", ""}}},
    {"the name behind a link that only says 下载",
     TRUE,
     "<a href=\"http://u.163.com/abc\">下载</a> 报送.rar 45.20MB 有效期至 2014年06月14日",
     {{"163", "报送.rar", "45.20MB", "2014-06-14", ""}}},
    {"QQ Mail of today: a file for ever on lines of its own, its picture in http",
     TRUE,
     "<a href=\"http://wx.mail.qq.com/ftn/download?func=3&amp;key=b\"><img></a><a "
     "href=\"https://wx.mail.qq.com/ftn/download?func=3&amp;key=b\">照片.zip</a><div>88.5M</div><div>无限期</"
     "div>",
     {{"qq", "照片.zip", "88.5M", "无限期", ""}}},
    {"QQ Mail, names with all that names have, pictures in cells of their own",
     TRUE,
     "<table><tr><td><img></td><td><a "
     "href=\"https://wx.mail.qq.com/ftn/download?k=1\">附件1：文学院“读书会”（2014.5）.docx</a><br>(3.25M, "
     "无限期)</td></tr><tr><td><img></td><td><a href=\"https://wx.mail.qq.com/ftn/download?k=2\">2.照片 "
     "[原图].zip</a><br>(120.50M, 2014年06月29日 10:00 到期)</td></tr></table>",
     {{"qq", "附件1：文学院“读书会”（2014.5）.docx", "3.25M", "无限期", ""},
      {"qq", "2.照片 [原图].zip", "120.50M", "2014-06-29 10:00", ""}}},
    {"a text that only has a name in it",
     TRUE,
     "<a href=\"http://u.163.com/a\">点击下载：总结.docx</a> <a "
     "href=\"http://u.163.com/b\">照片.zip（请下载）</a>",
     {{"163", "总结.docx", "", "", ""}, {"163", "照片.zip", "", "", ""}}},
    {"Mail Drop as text: the address knows the name best",
     FALSE,
     "点按以下载 照片.zip (100 MB) "
     "https://www.icloud.com/attachment/?u=x&f=%E7%85%A7%E7%89%87.zip&sz=100\n可下载至2014年6月28日",
     {{"icloud", "照片.zip", "100 MB", "2014-06-28", ""}}},
    {"WPS, paragraphs, and documents of Feishu and Shimo",
     TRUE,
     "<p>总结.docx</p><p><a href=\"https://365.kdocs.cn/l/cAbc\">打开文档</a></p><p>链接有效期：30天</p><a "
     "href=\"https://shili.feishu.cn/docx/Abc\">创新案例</a> <a href=\"https://shimo.im/docs/abc\">名单</a> "
     "https://shimo.im/welcome",
     {{"wps", "总结.docx", "", "30天", ""}, {"feishu", "", "", "", ""}, {"shimo", "", "", "", ""}}},
    {"documents online, without extensions",
     FALSE,
     "【腾讯文档】创新案例汇总表\nhttps://docs.qq.com/sheet/Dabc\n\n【金山文档 | WPS云文档】 "
     "名单\nhttps://www.kdocs.cn/l/cabc\n",
     {{"qq", "创新案例汇总表", "", "", ""}, {"wps", "名单", "", "", ""}}},
    {"forms online, and homes",
     FALSE,
     "https://docs.qq.com/form/page/Dabc https://f.kdocs.cn/g/abc/ https://docs.qq.com/ pan.baidu.com/\n"
     "【腾讯文档】名单 https://docs.qq.com/doc/Dabc",
     {{"qq", "名单", "", "", ""}}},
    {"codes behind links, in their lines",
     FALSE,
     "https://pan.baidu.com/s/1a 提取码: ab12\nhttps://pan.baidu.com/s/1b 提取码: "
     "cd34\n「照片」https://pan.baidu.com/s/1c 提取码: ef56\n",
     {{"baidu", "", "", "", "ab12"}, {"baidu", "", "", "", "cd34"}, {"baidu", "照片", "", "", "ef56"}}},
    {"codes behind links, in lines of their own",
     FALSE,
     "https://pan.baidu.com/s/1a\n提取码: ab12\nhttps://pan.baidu.com/s/1b\n提取码: cd34\n",
     {{"baidu", "", "", "", "ab12"}, {"baidu", "", "", "", "cd34"}}},
    {"codes before links",
     FALSE,
     "提取码 ab12 https://pan.baidu.com/s/1a\n提取码 cd34 https://pan.baidu.com/s/1b\n",
     {{"baidu", "", "", "", "ab12"}, {"baidu", "", "", "", "cd34"}}},
    {"what a university runs itself",
     FALSE,
     "北苑云盘 总结.zip 下载链接: https://disk.shili.edu.cn/link/AA123 有效期限: 2014-06-30 23:59 提取码: "
     "ab12\nhttps://cloud.shili.edu.cn/f/1abc/\n学院 https://www.shili.edu.cn/f/abc "
     "https://cloud.shili.edu.cn/help https://cloud.x.example/f/abc",
     {{"campus", "总结.zip", "", "2014-06-30 23:59", "ab12"}, {"campus", "", "", "", ""}}},
    {"a cloud that nobody knows, by what it says",
     TRUE,
     "<a href=\"https://box.x.example/g?f=1\">总结.rar</a>(30M) 有效期至2014年6月30日",
     {{"link", "总结.rar", "30M", "2014-06-30", ""}}},
    {"names behind links, one after the other",
     TRUE,
     "<a href=\"http://u.163.com/a\">下载</a> 总结.docx 1.5M 2014年6月1日到期 <a "
     "href=\"http://u.163.com/b\">下载</a> 照片.zip 20M 2014年6月2日到期<br><a "
     "href=\"http://u.163.com/c\">下载</a> 名单.xlsx 3M",
     {{"163", "总结.docx", "1.5M", "2014-06-01", ""},
      {"163", "照片.zip", "20M", "2014-06-02", ""},
      {"163", "名单.xlsx", "3M", "", ""}}},
    {"names before links, one after the other",
     TRUE,
     "总结.docx 1.5M <a href=\"http://u.163.com/a\">下载</a> 照片.zip 20M <a "
     "href=\"http://u.163.com/b\">下载</a> 名单.xlsx <a href=\"http://u.163.com/c\">下载</a>",
     {{"163", "总结.docx", "1.5M", "", ""},
      {"163", "照片.zip", "20M", "", ""},
      {"163", "名单.xlsx", "", "", ""}}},
    {"one name behind two links",
     TRUE,
     "<a href=\"http://u.163.com/a\">下载</a> 总结.docx，照片.zip，<a href=\"http://u.163.com/b\">下载</a>",
     {{"163", "总结.docx", "", "", ""}, {"163", "照片.zip", "", "", ""}}},
    {"阿里云盘, which names itself behind the file",
     FALSE,
     "我用阿里云盘分享了「报送材料」，你可以不限速下载\n复制这段内容打开「阿里云盘」App 即可获取\n"
     "链接：https://www.alipan.com/s/abcDEF?pwd=ab12",
     {{"aliyun", "报送材料", "", "", "ab12"}}},
    {"QQ Mail, two files, one for ever",
     TRUE,
     "<a href=\"https://wx.mail.qq.com/ftn/download?func=3&k=a\">总结.docx</a> (1.2M, 无限期)<br><a "
     "href=\"https://wx.mail.qq.com/ftn/download?func=3&k=b\">照片.rar</a> (300.00M, 2014年7月1日 9:05 到期)",
     {{"qq", "总结.docx", "1.2M", "无限期", ""}, {"qq", "照片.rar", "300.00M", "2014-07-01 09:05", ""}}},
    {"QQ Mail as text",
     FALSE,
     "从QQ邮箱发来的超大附件\n\n报送材料.zip (52.10M, 2014年06月30日 14:02 到期)进入下载页面："
     "http://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=2\n",
     {{"qq", "报送材料.zip", "52.10M", "2014-06-30 14:02", ""}}},
    {"QQ Mail in English",
     FALSE,
     "Extra-large file attachments from QQ Mail\n\nreport.zip (52.10M, Jun 30, 2014 14:02 expire)\nDownload: "
     "http://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=2\n",
     {{"qq", "report.zip", "52.10M", "2014-06-30 14:02", ""}}},
    {"a name behind brackets",
     FALSE,
     "【金山文档】 总结.docx\nhttps://www.kdocs.cn/l/abc\n",
     {{"wps", "总结.docx", "", "", ""}}},
    {"without a scheme",
     FALSE,
     "材料在网盘 pan.baidu.com/s/1abc 提取码 ab12\n主页 www.x.example/a/pan.baidu.com/s/no\n",
     {{"baidu", "", "", "", "ab12"}}},
    {"clouds of 2014, and one that goes by another letter each year",
     FALSE,
     "http://yunpan.cn/Qabc 提取码 ab12\n\nhttps://wwi.lanzoup.com/iabc123 "
     "密码:1234\n\nhttps://www.lanzou.example/iabc\nhttps://lanzoupp.com/iabc\n",
     {{"360", "", "", "", "ab12"}, {"lanzou", "", "", "", "1234"}}},
    {"the password is", FALSE, "https://pan.baidu.com/s/1abc 密码是ab12\n", {{"baidu", "", "", "", "ab12"}}},
    {"Outlook's safe links",
     TRUE,
     "<a "
     "href=\"https://a.safelinks.protection.outlook.com/"
     "?url=https%3A%2F%2Fpan.baidu.com%2Fs%2F1abc&amp;data=x\">"
     "总结.docx</a>",
     {{"baidu", "总结.docx", "", "", ""}}},
    {"163",
     TRUE,
     "<div>从网易163邮箱发来的云附件</div><a "
     "href=\"http://mail.163.com/large-attachment-download/index.html?p=X\">报送材料.rar</a> "
     "<span>（23.5M，2014年6月30日 14:02 到期）</span><a "
     "href=\"http://mail.163.com/large-attachment-download/index.html?p=X\">下载</a>",
     {{"163", "报送材料.rar", "23.5M", "2014-06-30 14:02", ""}}},
    {"126, in lines",
     FALSE,
     "云附件\n文件名：报送材料.rar\n大小：23.5 "
     "MB\n有效期至：2014-06-30\n下载：http://mail.126.com/large-attachment-download/index.html?p=X\n",
     {{"163", "报送材料.rar", "23.5 MB", "2014-06-30", ""}}},
    {"NetEase, days left",
     FALSE,
     "读书会总结.docx (30M) 15天后过期\nhttps://dashi.163.com/html/cloud-attachment-download/?key=a\n",
     {{"163", "读书会总结.docx", "30M", "15天", ""}}},
    {"Outlook and OneDrive",
     TRUE,
     "<p>附件：<a href=\"https://1drv.ms/w/s!Aabc\">读书会总结.docx</a></p><p><a "
     "href=\"https://shili-my.sharepoint.com/:w:/g/personal/a/Ebc\">报送表.xlsx</a>（此链接将于 2014/6/30 "
     "过期）</p>",
     {{"onedrive", "读书会总结.docx", "", "", ""}, {"onedrive", "报送表.xlsx", "", "2014-06-30", ""}}},
    {"阿里云盘",
     FALSE,
     "「报送材料.zip」https://www.alipan.com/s/abcDEF12 提取码: a1b2\n点击链接保存。",
     {{"aliyun", "报送材料.zip", "", "", "a1b2"}}},
    {"阿里云盘, the program below the file, and no other words",
     FALSE,
     "「报送材料」，点击链接保存，或者复制本段内容，打开「阿里云盘」APP ，无需下载极速在线查看。\n链接："
     "https://www.alipan.com/s/abcDEF12\n",
     {{"aliyun", "报送材料", "", "", ""}}},
    {"WPS in brackets of ASCII",
     FALSE,
     "[金山文档 | WPS云文档] 报送表.docx\nhttps://www.kdocs.cn/l/cabc\n\n[金山文档] 附件 1.xlsx\n"
     "https://kdocs.cn/l/cdef\n",
     {{"wps", "报送表.docx", "", "", ""}, {"wps", "附件 1.xlsx", "", "", ""}}},
    {"QQ's warning before a link, SharePoint in China",
     TRUE,
     "<a href=\"https://mail.qq.com/cgi-bin/readtemplate?t=safety&amp;check=false&amp;gourl="
     "https%3A%2F%2Fpan.baidu.com%2Fs%2F1abc%3Fpwd%3Dab12&amp;subtemplate=gray\">网盘</a>"
     "<p><a href=\"https://shili-my.sharepoint.cn/:w:/g/personal/a/Ebc\">报送表.docx</a></p>",
     {{"baidu", "", "", "", "ab12"}, {"onedrive", "报送表.docx", "", "", ""}}},
    {"阿里云盘, a folder",
     FALSE,
     "「报送材料」https://www.aliyundrive.com/s/abcDEF12\n",
     {{"aliyun", "报送材料", "", "", ""}}},
    {"腾讯微云",
     FALSE,
     "文件分享：报送材料.rar 下载地址：https://share.weiyun.com/5abcDEF （密码：k9x2）",
     {{"weiyun", "报送材料.rar", "", "", "k9x2"}}},
    {"百度网盘",
     FALSE,
     "通过百度网盘分享的文件：报送材料\n链接：https://pan.baidu.com/s/1abc_-D \n提取码：ab12 "
     "\n--来自百度网盘超级会员v4的分享\n有效期7天",
     {{"baidu", "报送材料", "", "", "ab12"}}},
    {"百度网盘, code in the address",
     FALSE,
     "链接: https://pan.baidu.com/s/1abc?pwd=x9y8 复制这段内容后打开百度网盘手机App",
     {{"baidu", "", "", "", "x9y8"}}},
    {"Coremail",
     TRUE,
     "<a href=\"http://mail.shili.example/coremail/common/nfs/download.jsp?id=1\">报送材料.rar</a> 大小: "
     "45.2MB 有效期: 2014-07-15 00:00:00",
     {{"coremail", "报送材料.rar", "45.2MB", "2014-07-15 00:00", ""}}},
    {"two files in lines",
     FALSE,
     "a.zip (1M, 2014-06-01 到期)\nhttps://www.weiyun.com/disk/a\nb.zip (2M, 2014-06-02 "
     "到期)\nhttps://www.weiyun.com/disk/b\n",
     {{"weiyun", "a.zip", "1M", "2014-06-01", ""}, {"weiyun", "b.zip", "2M", "2014-06-02", ""}}},
    {"a date that expires nothing",
     FALSE,
     "2014年5月30日 总结.docx https://pan.baidu.com/s/1abc",
     {{"baidu", "总结.docx", "", "", ""}}},
    {"a file of no cloud",
     TRUE,
     "<a href=\"https://www.x.example/files/a.pdf\">通知.pdf</a>",
     {{"link", "通知.pdf", "", "", ""}}},
    {"a file to be handed in",
     TRUE,
     "<a href=\"https://www.x.example/a.docx\">申报表.docx</a>（报送截止日期：2014年6月1日）",
     {{"link", "申报表.docx", "", "", ""}}},
    {"homes of clouds, and forms",
     FALSE,
     "https://cloud.shili.edu.cn/share https://rec.shili.edu.cn/share/home "
     "https://yun.shili.edu.cn/d/course?id=1 https://x.feishu.cn/wiki/abcd "
     "https://docs.google.com/forms/d/e/1F/viewform https://doc.weixin.qq.com/forms/AB12",
     {{0}}},
    {"what an office shares among its own",
     FALSE,
     "https://doc.weixin.qq.com/doc/w3_AB12?scode=x https://www.icloud.com.cn/iclouddrive/0ab1#a "
     "https://bhpan.shili.edu.cn/link/AA123",
     {{"weixin", "", "", "", ""}, {"icloud", "", "", "", ""}, {"campus", "", "", "", ""}}},
    {"no file",
     TRUE,
     "<a href=\"https://mail.qq.com.evil.example/ftn\">x</a> <a href=\"http://notweiyun.com/\">y</a> "
     "<a href=\"javascript:void(0)\">a.doc</a> <a href=\"http://www.x.example/\">学院主页</a> "
     "http://www.x.example/",
     {{0}}},
};

static Facts *links_of(const struct Case *c)
{
    Facts *facts = facts_new();
    g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func(html_anchor_free);
    g_autofree char *rendered = c->html ? html_to_text(c->text, anchors) : g_strdup(c->text);
    links_find(rendered, c->html ? anchors : NULL, facts);
    links_judge(facts);
    return facts;
}

static void test_services(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const struct Case *c = &CASES[i];
        g_autoptr (Facts) facts = links_of(c);
        guint want = 0;
        while (want < G_N_ELEMENTS(c->want) && c->want[want].kind) want++;
        if (facts->links->len != want) fail_msg("%s: %u links, not %u", c->service, facts->links->len, want);
        for (guint k = 0; k < want; k++) {
            const FactsLink *item = g_ptr_array_index(facts->links, k);
            const char *got[] = {item->kind, item->name, item->size, item->expires, item->code};
            const char *const *wanted = (const char *const *)&c->want[k];
            for (gsize m = 0; m < G_N_ELEMENTS(got); m++)
                if (strcmp(got[m], wanted[m]) != 0)
                    fail_msg("%s, link %u, member %zu\n got  [%s]\n want [%s]", c->service, k, m, got[m],
                             wanted[m]);
        }
        gboolean cloud = want > 0 && (strcmp(c->want[0].kind, "link") != 0 || *c->want[0].expires);
        assert_int_equal(facts->problems->len, cloud ? 1 : 0);
    }
}

/* Whose file it is: a link that is only quoted in an answer is not the sender's. */
static void test_quoted(void **state)
{
    static const char HISTORY[] =
        "\n------------------ 原始邮件 ------------------\n发件人: \"甲\" <a@x.example>;\n"
        "发送时间: 2014年5月30日\n主题: 通知\n\n模板：https://pan.baidu.com/s/1abc\n";
    static const struct {
        const char *subject, *fresh;
        guint problems;
    } KINDS[] = {{"回复：通知", "收到。\n", 0},
                 {"回复：通知", "材料：https://pan.baidu.com/s/1abc\n", 1},
                 {"转发：通知", "请看。\n", 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        g_autoptr (Facts) facts = facts_new();
        g_free(facts->subject);
        g_free(facts->body);
        facts->subject = g_strdup(KINDS[i].subject);
        facts->body = g_strconcat(KINDS[i].fresh, HISTORY, NULL);
        links_find(facts->body, NULL, facts);
        history_read(facts);
        links_judge(facts);
        assert_int_equal(facts->links->len, 1);
        assert_int_equal(facts->problems->len, KINDS[i].problems);
    }
}

/* Many links, torn text: bounds hold. */
static void test_hostile(void **state)
{
    g_autoptr (GString) many = g_string_new(NULL);
    while (many->len < 1000000) g_string_append(many, "报.doc (1M) http://pan.baidu.com/s/ ");
    const struct Case plain = {"many", FALSE, many->str, {{0}}};
    g_autoptr (Facts) facts = links_of(&plain);
    assert_int_equal(facts->links->len, 1);
    while (many->len < LIMIT_TEXT_BYTES) g_string_append_c(many, '\n');
    g_string_append(many, "http://pan.baidu.com/s/beyond");
    const struct Case longer = {"beyond the text that is kept", FALSE, many->str, {{0}}};
    g_autoptr (Facts) same = links_of(&longer);
    assert_int_equal(same->links->len, 1);
    g_string_truncate(many, 0);
    for (guint i = 0; many->len < 1000000; i++)
        g_string_append_printf(many, "<a href=http://pan.baidu.com/s/%u>报</a>9999999999999999年 1 2014-", i);
    const struct Case html = {"many", TRUE, many->str, {{0}}};
    g_autoptr (Facts) more = links_of(&html);
    assert_int_equal(more->links->len, 200);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        for (gsize length = 0; length < strlen(CASES[i].text); length += 3) {
            g_autofree char *cut = g_strndup(CASES[i].text, length);
            g_autofree char *valid = g_utf8_make_valid(cut, -1);
            const struct Case torn = {"torn", CASES[i].html, valid, {{0}}};
            g_autoptr (Facts) got = links_of(&torn);
            assert_non_null(got);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_services), cmocka_unit_test(test_quoted),
                                       cmocka_unit_test(test_hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
