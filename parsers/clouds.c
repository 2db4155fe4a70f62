/* clouds.c - the addresses of clouds. */
#include "parsers/clouds.h"

#include <glib.h>
#include <string.h>

/* A URL belongs to a cloud when its host ends in `host` and its path contains `path`. */
static const struct Cloud {
    const char *host, *path, *kind;
} CLOUDS[] = {
    {"mail.qq.com", "ftn", "qq"}, /* /cgi-bin/ftnExs_download, wx.mail.qq.com/ftn/download, mail.ftn.qq.com */
    {"ftn.qq.com", "", "qq"},
    {"exmail.qq.com", "ftn", "qq"},
    {"mail.163.com", "large-attachment-download", "163"},
    {"mail.163.com", "cloud-attachment-download", "163"},
    {"dashi.163.com", "attachment-download", "163"},
    {"fs.163.com", "", "163"},
    {"u.163.com", "", "163"},
    {"qiye.163.com", "attachment", "163"},
    {"mail.126.com", "attachment-download", "163"},
    {"mail.yeah.net", "attachment-download", "163"},
    {"weiyun.com", "", "weiyun"},
    {"pan.baidu.com", "", "baidu"},
    {"yun.baidu.com", "", "baidu"},
    {"aliyundrive.com", "", "aliyun"},
    {"alipan.com", "", "aliyun"},
    {"mail.aliyun.com", "netdisk", "aliyun"},
    {"mail.aliyun.com", "share", "aliyun"},
    {"1drv.ms", "", "onedrive"},
    {"onedrive.live.com", "", "onedrive"},
    {"sharepoint.com", ":", "onedrive"}, /* /:w:/g/personal/… */
    {"caiyun.139.com", "", "139"},
    {"yun.139.com", "", "139"},
    {"mail.10086.cn", "disk", "139"},
    {"cloud.189.cn", "", "189"},
    {"drive.google.com", "", "google"},
    {"dropbox.com", "/s", "dropbox"},
    {"jianguoyun.com", "/p/", "jianguoyun"},
    {"kdocs.cn", "", "wps"},
    {"docs.qq.com", "", "qq"},
    {"wenshushu.cn", "", "wenshushu"},
    {"www.icloud.com", "attachment", "icloud"},
    {"mail.163.com", "filehub", "163"},
    {"iwx.mail.qq.com", "ftn", "qq"},
    {"drive.weixin.qq.com", "", "weixin"},
    {"doc.weixin.qq.com", "/doc/", "weixin"}, /* 企业微信 */
    {"doc.weixin.qq.com", "/sheet/", "weixin"},
    {"doc.weixin.qq.com", "/slide/", "weixin"},
    {"icloud.com", "/iclouddrive/", "icloud"},
    {"icloud.com.cn", "/iclouddrive/", "icloud"},
    {"pan.quark.cn", "", "quark"},
    {"pan.xunlei.com", "", "xunlei"},
    {"123pan.com", "/s/", "123pan"},
    {"lanzn.com", "", "lanzou"},
    {"drive.uc.cn", "", "uc"},
    {"115.com", "/s/", "115"},
    {"115cdn.com", "/s/", "115"},
    {"123684.com", "/s/", "123pan"},
    {"123865.com", "/s/", "123pan"},
    {"123912.com", "/s/", "123pan"},
    {"cowtransfer.com", "/s/", "cowtransfer"},
    {"ctfile.com", "", "ctfile"},
    {"f.ws59.cn", "", "wenshushu"},
    {"ws28.cn", "", "wenshushu"},
    {"alidocs.dingtalk.com", "", "dingtalk"},
    {"qr.dingtalk.com", "", "dingtalk"},
    {"space.dingtalk.com", "", "dingtalk"},
    {"qiye.aliyun.com", "netdisk", "aliyun"},
    {"exmail.qq.com", "drive", "qq"},
    {"sharepoint.cn", ":", "onedrive"}, /* 21Vianet's */
    {"feishu.cn", "/drive", "feishu"},
    {"feishu.cn", "/file", "feishu"},
    {"feishu.cn", "/docx/", "feishu"},
    {"feishu.cn", "/docs/", "feishu"},
    {"feishu.cn", "/sheets/", "feishu"},
    {"docs.google.com", "/document/d/", "google"},
    {"docs.google.com", "/spreadsheets/d/", "google"},
    {"docs.google.com", "/presentation/d/", "google"},
    {"docs.google.com", "/file/d/", "google"},
    {"shimo.im", "/docs/", "shimo"},
    {"shimo.im", "/docx/", "shimo"},
    {"shimo.im", "/sheets/", "shimo"},
    {"shimo.im", "/file/", "shimo"},
    {"note.youdao.com", "/s/", "youdao"},
    {"wetransfer.com", "", "wetransfer"},
    {"we.tl", "", "wetransfer"},
    {"vdisk.weibo.com", "", "sina"},
    {"mail.sina.com.cn", "filecenter", "sina"},
    {"yunpan.cn", "", "360"},
    {"yunpan.360.cn", "", "360"},
    {"kuaipan.cn", "", "kuaipan"},
    {"dbank.com", "", "dbank"},
    {"fenxiang.qq.com", "", "qq"},
    {"kuai.xunlei.com", "", "xunlei"},
    {"kanbox.com", "", "kanbox"},
    {"caiyun.feixin.10086.cn", "", "139"},
    {"pan.wo.cn", "", "wo"},
    {"", "/coremail/common/nf", "coremail"}, /* 文件中转站 of any Coremail server */
};

/* Of theirs, what holds no file: forms to fill in. Their homes, which have no path, do not either. */
static const struct {
    const char *host, *path;
} NO_FILES[] = {
    {"docs.qq.com", "/form/"}, {"docs.qq.com", "/desktop"},
    {"f.kdocs.cn", ""}, /* 金山表单 */
    {"kdocs.cn", "/form/"},    {"alidocs.dingtalk.com", "/notable/share/form"},
};

static gboolean is_no_file(const char *host, const char *path)
{
    if (!*path || strcmp(path, "/") == 0) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(NO_FILES); i++)
        if (g_str_has_suffix(host, NO_FILES[i].host) && g_str_has_prefix(path, NO_FILES[i].path)) return TRUE;
    return FALSE;
}

/* Whether a segment of the path, or of the query of /share?id=…, is the token of what was shared: four
 * characters at least, with a figure. */
static gboolean has_token(const char *path)
{
    const char *marks = g_str_has_prefix(path, "/share") ? "/?#&=" : "/";
    gsize length = *marks && marks[1] ? strlen(path) : strcspn(path, "?#");
    g_autofree char *looked = g_strndup(path, length);
    g_auto(GStrv) segments = g_strsplit_set(looked, marks, -1);
    for (gsize i = 2; i < g_strv_length(segments); i++) /* behind "" and the first */
        if (strlen(segments[i]) >= 4 && strpbrk(segments[i], "0123456789")) return TRUE;
    return FALSE;
}

/* What a university runs itself (Seafile, AnyShare and the like): cloud.x.edu.cn/f/1a2b/. */
static gboolean is_campus_cloud(const char *host, const char *path)
{
    static const char *const LABELS[] = {"pan.",  "disk.",  "yunpan.", "netdisk.", "cloud.",     "box.",
                                         "jbox.", "drive.", "rec.",    "yun.",     "clouddisk.", "bhpan."},
                             *const PATHS[] = {"/f/", "/d/", "/l/", "/s/", "/link/", "/share"};
    gboolean label = FALSE, shared = FALSE;
    if (!g_str_has_suffix(host, ".edu.cn")) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(LABELS); i++) label |= g_str_has_prefix(host, LABELS[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++) shared |= g_str_has_prefix(path, PATHS[i]);
    return label && shared && has_token(path);
}

/* lanzou.com, wwi.lanzoup.com: it goes by another letter each year. */
static gboolean is_lanzou(const char *host)
{
    static const char NAME[] = "lanzou", COM[] = ".com";
    const char *label = g_strrstr(host, NAME);
    if (!label || (label > host && label[-1] != '.')) return FALSE;
    label += strlen(NAME);
    return strcmp(label + (g_ascii_isalpha(*label) ? 1 : 0), COM) == 0;
}

const char *clouds_kind(const char *url)
{
    const char *host = strstr(url, "://");
    if (!host) return NULL;
    host += 3;
    gsize length = strcspn(host, "/?#:");
    g_autofree char *name = g_ascii_strdown(host, (gssize)length);
    g_autofree char *path = g_ascii_strdown(host + length, -1);
    if (is_no_file(name, path)) return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(CLOUDS); i++) {
        const char *want = CLOUDS[i].host;
        if (!g_str_has_suffix(name, want) || !strstr(path, CLOUDS[i].path)) continue;
        gsize before = strlen(name) - strlen(want);
        if (!*want || before == 0 || name[before - 1] == '.') return CLOUDS[i].kind;
    }
    if (is_lanzou(name)) return "lanzou";
    return is_campus_cloud(name, path) ? "campus" : NULL;
}
