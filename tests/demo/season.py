"""A season of mail to the Organization Department of a made-up university, and what is right to make of each.

MAILS are in the mailbox on Friday 30 May 2014, 09:00; LATER arrive until 3 June, 09:00 (one is late). `expect` is the
oracle of the end-to-end tests. The bytes come from clients.py and forms.py and are the same every time.
"""

from dataclasses import dataclass, field

from clients import DESK, compose, quoted, when
from forms import CAMPAIGN, FORMS, document

NOW = "2014-05-30T09:00:00+08:00"
LATER_NOW = "2014-06-03T09:00:00+08:00"
NOTICE = f"关于开展{CAMPAIGN}的通知"


@dataclass
class Expect:
    """What the daemon must make of a mail. None = the design leaves it open.

    whose: "campaign", "suspect" (疑似报送: a row for staff, no answer), "ignored" (nothing at all) or "again" (the
    same mail a second time: nothing more). item: a name of our own; mails with one name are versions of one item."""
    whose: str
    committee: str = ""           # full name; "" = nobody knows (待认领)
    certain: bool = True
    item: str = None
    title: str = None
    theme: str = None             # short name
    kind: str = "summary"
    counts: bool = False
    late: bool = False
    problems: tuple = ()          # codes that must be there; others may
    todo: bool = False            # must be among 待处理
    receipt: bool = None          # default: for campaign mail


@dataclass
class Mail:
    key: str
    at: str
    raw: bytes = field(repr=False)
    sender: tuple
    expect: Expect
    folder: str = "INBOX"
    note: str = ""

    @property
    def when(self):
        return int(when(self.at).timestamp())

    @property
    def answered(self):
        e = self.expect
        return e.whose == "campaign" if e.receipt is None else e.receipt


MAILS, LATER = [], []


def mail(key, at, client, sender, subject, text, expect, files=(), folder="INBOX", note="", raw=None, later=False,
         **more):
    loaded = [(name, document(doc), *kind) for name, doc, *kind in files]
    data = raw or compose(key, at, client, sender, subject, text, loaded, **more)
    (LATER if later else MAILS).append(Mail(key, at, data, sender, expect, folder, note))


def item(key, counts=True, doc=None, **more):
    """The expectation of a submission whose document is forms/KEY."""
    form = FORMS[doc or key]
    more.setdefault("title", form.title)
    more.setdefault("theme", form.theme or None)
    return Expect("campaign", form.committee, item=key, counts=counts, **more)


IGNORED = Expect("ignored")

LETTER = "组织部老师：\n    您好！现将我单位推荐的{what}材料报上，请查收。\n\n{unit}\n{who}  {tel}"


def letter(key):
    f = FORMS[key]
    return LETTER.format(what=CAMPAIGN, unit=f.committee, who=f.leader, tel=f.telephone)


# --- who writes ------------------------------------------------------------------------------------------------

WEN, WEN_QQ = ("文学院", "wenxueyuan@shili.example"), ("云淡风轻", "20140001@qq.example")
LISHI, ZHE = ("历史学院党委", "lishi_dw@163.example"), ("哲学学院", "zhexue@shili.example")
WAI, WAI_OUTLOOK = ("外国语学院", "waiyuan@shili.example"), ("外国语学院党委", "waiyuan_dangwei@outlook.example")
YISHU, JING = ("联系人己", "yishu_lxr@icloud.example"), ("经济学院党委", "jingji@shili.example")
GUAN, GUAN_FOX = ("管理学院", "guanli@shili.example"), ("管理学院党务秘书", "guanli_dwmsc@foxmail.example")
FA, FA_CAMPUS = ("法学院", "faxueyuan@163.example"), ("法学院", "fxy@shili.example")
MA, MA_QQ = ("马克思主义学院", "mayuan@shili.example"), ("马院小秘书", "20140009@qq.example")
JIAO, SHU = ("教育学院党委", "jiaoyu@126.example"), ("数学学院党委", "shuxue@shili.example")
WU, WU_QQ = ("物理学院", "wuli@shili.example"), ("物理学院", "20140012@qq.example")
HUA, SHENG = ("化学学院", "huaxue_dw@qq.example"), ("生命科学学院", "shengke@shili.example")
XIN, XIN_163 = ("信息工程学院", "xinxi@shili.example"), ("信息学院党委", "xinxi_dangwei@163.example")
CAI, HUAN = ("材料学院", "cailiao@shili.example"), ("环境学院", "huanjing@shili.example")
YI, JG = ("医学院党委", "yixue@126.example"), ("机关党委", "jgdw@shili.example")
HOU, LT = ("后勤党委", "houqin@foxmail.example"), ("联系人壬", "ltx_dw@icloud.example")
CHAN, TSG = ("产业党委", "chanye@shili.example"), ("图书馆", "tsg@shili.example")
XYY, FZ = ("校医院", "xiaoyiyuan@163.example"), ("附属中学", "fuzhong@shili.example")
TY, JX = ("体育部", "tiyubu@qq.example"), ("继续教育学院", "jixujiaoyu@shili.example")
GJ, WL, DAG = ("国际交流学院", "guojiao@shili.example"), ("网络中心", "wlzx@shili.example"), ("档案馆", "dangan@shili.example")

# --- submissions as asked for ----------------------------------------------------------------------------------

mail("wen-1", "2014-05-12 09:20", "qq", WEN_QQ, "【报送】文学院党委-学习型-“书香支部”读书会", letter("wen-1"),
     item("wen-1"), [("文学院党委“书香支部”读书会申报表.docx", "wen-1.docx")])
mail("wen-2", "2014-05-12 15:02", "coremail", WEN, "【报送】文学院党委 学生公寓临时党支部的建设与探索", letter("wen-2"),
     item("wen-2"), [("基层党建工作创新活动申报表（文学院党委）——学生公寓临时党支部的建设与探索.docx", "wen-2.docx")])
mail("lishi-1", "2014-05-13 10:11", "163", LISHI, "【报送】历史学院党委：口述校史党员行动", letter("lishi-1"),
     item("lishi-1"), [("口述校史党员行动总结.docx", "lishi-1.docx")])
mail("yishu-1", "2014-05-13 21:40", "iphone", YISHU, "【申报】艺术学院党委+舞台上的微党课",
     "请查收。\n\n发自我的 iPhone", item("yishu-1"), [("舞台上的微党课.docx", "yishu-1.docx")])
mail("wai-1", "2014-05-14 08:30", "outlook", WAI_OUTLOOK, "推荐-外国语学院党委-外语角里的党旗", letter("wai-1"),
     item("wai-1"), [("外语角里的党旗.docx", "wai-1.docx")])
mail("wai-2", "2014-05-14 16:45", "coremail", WAI, "【报送】外国语学院党委-组织设置-“译路同行”志愿服务队临时党支部",
     letter("wai-2"), item("wai-2", title="“译路同行”志愿服务队临时党支部"),
     [("外国语学院申报表.doc", "wai-2.doc", "application/msword")], note="旧版 .doc：收存，暂不解析")
mail("jing-1", "2014-05-15 09:05", "coremail", JING, "〔报送〕经济学院党委／学习型／经济热点党员讲坛", letter("jing-1"),
     item("jing-1"), [("经济热点党员讲坛.docx", "jing-1.docx")])
mail("shu-1", "2014-05-15 11:30", "thunderbird", SHU, "[报送] 数学学院党委 | “一题一课”教学党小组", letter("shu-1"),
     item("shu-1"), [("数学学院党委基层党建工作创新活动申报表（“一题一课”教学党小组）.docx", "shu-1.docx")],
     note="RFC 2231 续行，切在汉字中间")
mail("wu-1", "2014-05-15 14:20", "raw", WU, "报送：物理学院党委 大型仪器上的党员责任区", letter("wu-1"),
     item("wu-1"), [("物理学院党委申报表.docx", "wu-1.docx")], note="标题和附件名为未编码的 GBK 原字节")
mail("ma-1", "2014-05-16 09:00", "qq", MA_QQ, "【报送】马克思主义学院党委-学习型-理论宣讲直通车", letter("ma-1"),
     item("ma-1", title="理论宣讲直通车"),
     [("理论宣讲直通车.pdf", "ma-1.pdf", "application/pdf")])
mail("ma-2", "2014-05-16 09:12", "coremail", MA, "【报送】马院-党员队伍-青年教师党员导师制", letter("ma-2"), item("ma-2"),
     [("青年教师党员导师制.docx", "ma-2.docx")], note="标题用简称“马院”")
mail("hou-1", "2014-05-16 17:31", "foxmail", HOU, "【报送】后勤党委-服务型-食堂党员明厨亮灶活动申报材料", letter("hou-1"),
     item("hou-1"), [("后勤党委基层党建工作创新活动申报表—食堂党员明厨亮灶.docx", "hou-1.docx")],
     note="Foxmail 把编码字切在汉字中间")
mail("jg-1", "2014-05-19 08:50", "outlook", JG, "【报送】机关党委 机关服务“一站式”窗口党员示范岗", letter("jg-1"), item("jg-1"),
     [("机关服务“一站式”窗口党员示范岗.docx", "jg-1.docx")])
mail("jg-2", "2014-05-19 08:58", "outlook", JG, "【报送】机关党委 处室支部共学日", letter("jg-2"), item("jg-2"),
     [("处室支部共学日.docx", "jg-2.docx")])
mail("xin-1", "2014-05-19 10:00", "163", XIN_163, "【报送】信息工程学院党委-组织设置-开源社区党小组", letter("xin-1"), item("xin-1"),
     [("开源社区党小组申报表.docx", "xin-1.docx")])
mail("xin-2", "2014-05-19 10:20", "coremail", XIN, "【报送】信息学院 编程助学党员服务站", letter("xin-2"), item("xin-2"),
     [("编程助学党员服务站.docx", "xin-2.docx")])
mail("huan-2", "2014-05-26 16:00", "coremail", HUAN, "【报送】环境学院党委-服务型-绿色校园党员监督岗", letter("huan-2"), item("huan-2"),
     [("绿色校园党员监督岗.docx", "huan-2.docx")])
mail("wl-1", "2014-05-20 09:15", "thunderbird", WL, "报送 网络中心直属党支部 网络运维党员突击队", letter("wl-1"), item("wl-1"),
     [("网络中心-网络运维党员突击队.docx", "wl-1.docx")])

# --- the same wish, in other clothes ---------------------------------------------------------------------------

mail("zhe-1", "2014-05-20 10:00", "foxmail", ZHE, "总结材料", "您好，附件是我院的总结材料，请查收。",
     Expect("campaign", "哲学学院党委", item="zhe-1", counts=True), [("总结材料.docx", "zhe-1.docx")],
     note="两项活动分两封邮件，都叫“总结材料”：是两项")
mail("zhe-2", "2014-05-20 10:07", "foxmail", ZHE, "总结材料", "您好，附件是我院的总结材料，请查收。",
     Expect("campaign", "哲学学院党委", item="zhe-2", counts=True), [("总结材料.docx", "zhe-2.docx")])
mail("fa-1", "2014-05-20 15:25", "163", FA, "法学院党委党建创新活动材料", "",
     item("fa-1", title=None, theme=None), [("普法下乡支部行.docx", "fa-1.docx")], html_only=True,
     html='<html><body><p><font face="宋体" size=4>组织部：<br>&nbsp;&nbsp;我院推荐创新活动一项，见附件。</font></p>'
          '<p><img src="cid:sign">法学院党委</p></body></html>', note="只有 HTML，没有标签，靠关键词")
mail("fa-2", "2014-05-21 09:30", "qq", FA_CAMPUS, "【报送】法学院党委-组织设置-模拟法庭党小组", "见压缩包。",
     item("fa-2", title="模拟法庭党小组"),
     [("法学院党委材料.zip", "fa-2.zip", "application/zip")], note="压缩包里是 GBK 文件名")
mail("hua-1", "2014-05-21 10:00", "qq", HUA, "【报送】化学学院党委-党员队伍-实验室安全党员巡查", letter("hua-1"),
     item("hua-1", title="实验室安全党员巡查"), [("实验室安全党员巡查.wps", "hua-1.wps")])
mail("sheng-1", "2014-05-21 10:30", "163", SHENG, "【报送】生命科学学院党委-组织设置-科研项目组党支部", letter("sheng-1"),
     item("sheng-1", title="科研项目组党支部"), [("科研项目组党支部.rar", "sheng-1.rar")])
mail("jing-2", "2014-05-21 11:11", "coremail", JING, "转发：【报送】经济学院党委 实习团队临时党支部",
     "请查收。" + quoted("2014年5月20日", ("学生第三党支部", "jjxs3@shili.example"), "实习团队临时党支部",
                     "书记好，这是支部的材料，请转组织部。"),
     item("jing-2"), [("实习团队临时党支部.docx", "jing-2.docx")], note="内嵌转发")
_inner = compose("guan-1-inner", "2014-05-20 20:00", "qq", ("教工第二党支部", "20140077@qq.example"), "支部材料：党员旁听党委会",
                 "请党委转报。", [("党员旁听党委会.docx", document("guan-1.docx"))], to=GUAN, trace=False)
mail("guan-1", "2014-05-21 14:00", "outlook", GUAN, "Fw: 【推荐】管理学院党委-党内民主-党员旁听党委会", "转报支部材料，请查收。",
     item("guan-1"), attached=_inner, note="以附件转发（message/rfc822），表在里面那封信中")
mail("guan-2", "2014-05-22 09:40", "foxmail", GUAN_FOX, f"回复: {NOTICE}",
     "组织部老师好，我院再报一项，请收。" + quoted("2014年4月3日", DESK, NOTICE, "各二级党组织：\n    为贯彻落实学校工作要点要求……"),
     item("guan-2", theme="党内民主"), [("党代表接待日.docx", "guan-2.docx")], note="回复通知，下面引着原文")
mail("lt-1", "2014-05-22 16:20", "iphone", LT, "Fwd: 银龄讲师团（基层党建工作创新活动总结材料）",
     "发自我的 iPhone\n\n开始转发邮件：\n\n发件人: 联系人辛 <ltx8@126.example>\n主题: 银龄讲师团\n日期: 2014年5月21日 GMT+8\n\n材料见附件",
     item("lt-1", theme=None, title=None), [("银龄讲师团.docx", "lt-1.docx")])
mail("yi-1", "2014-05-22 18:05", "163", YI, "【报送】医学院党委 义诊进社区", letter("yi-1"), item("yi-1", todo=True),
     [("义诊进社区.docx", "yi-1.docx")], folder="Junk", note="进了垃圾箱")

# --- once more -------------------------------------------------------------------------------------------------

mail("shu-1-again", "2014-05-23 08:00", "thunderbird", SHU, "", "", Expect("again"), note="同一封信服务器投了两次",
     raw=b"Received: from mx2.shili.example by mx.shili.example; Fri, 23 May 2014 08:00:00 +0800 (CST)\r\n" +
     next(m.raw for m in MAILS if m.key == "shu-1"))
mail("lishi-1-resend", "2014-05-23 09:00", "163", LISHI, "重发：【报送】历史学院党委：口述校史党员行动", "怕没收到，再发一次。",
     item("lishi-1"), [("口述校史党员行动总结.docx", "lishi-1.docx")], note="重发：同一份文件，不是新的一项")
mail("jiao-1", "2014-05-19 11:20", "163", JIAO, "【报送】教育学院党委-服务型-乡村支教党员先锋岗", letter("jiao-1"), item("jiao-1"),
     [("乡村支教党员先锋岗.docx", "jiao-1.docx")])
mail("jiao-1b", "2014-05-23 10:20", "163", JIAO, "【修订】教育学院党委-乡村支教党员先锋岗", "以此件为准。",
     item("jiao-1"), [("乡村支教党员先锋岗（修订）.docx", "jiao-1b.docx")], note="修订稿：第二版")
mail("wen-1-more", "2014-05-23 11:00", "qq", WEN_QQ, "【补充】文学院党委-“书香支部”读书会", "补一张活动照片清单。",
     Expect("campaign", "文学院党委", item="wen-1", counts=True), [("照片清单.txt", "photos.txt", "text/plain")])
mail("xin-1-withdraw", "2014-05-23 15:00", "163", XIN_163, "【撤回】开源社区党小组", "该项活动材料有误，申请撤回。",
     Expect("campaign", "信息工程学院党委", todo=True), note="撤回由人来办：只进待处理")

# --- not quite -------------------------------------------------------------------------------------------------

mail("wu-2", "2014-05-26 09:00", "qq", WU_QQ, "【报送】物理学院党委-学习型-周末读书班", "材料见附件。",
     Expect("campaign", "物理学院党委", problems=("no-attachment",), title="周末读书班"), note="忘了附件")
mail("hua-2", "2014-05-26 09:30", "qq", HUA, "【报送】化学学院党委-党员队伍-危险化学品党员联保制度", "超大附件，请下载。",
     Expect("campaign", "化学学院党委", problems=("cloud-link",), title="危险化学品党员联保制度", item="hua-2"),
     html='<div>超大附件，请下载。</div><div style="clear:both"><!--bigfile_begin--><div>从QQ邮箱发来的超大附件</div>'
          '<div><a href="http://mail.qq.com/cgi-bin/ftnExs_download?k=0000000000000000&t=exs_ftn_download&code=00000000" '
          'target="_blank">危险化学品党员联保制度.docx</a> (58.20M, 2014年06月25日 09:30 到期)</div>'
          '<div><a href="http://mail.qq.com/cgi-bin/ftnExs_download?k=0000000000000000&t=exs_ftn_download&code=00000000">'
          '进入下载页面</a></div></div>', note="QQ 超大附件：只有链接，没有文件")
mail("sheng-2", "2014-05-26 10:00", "coremail", SHENG, "【报送】生命科学学院党委-学习型-课题组读书角", "文件已加密，密码另行电话告知。",
     Expect("campaign", "生命科学学院党委", title="课题组读书角", problems=("encrypted",)),
     [("课题组读书角.docx", "sheng-2.docx")], note="加密的 Word 文件")
mail("cai-1", "2014-05-26 10:30", "coremail", CAI, "【报送】材料学院党委-青年突击队里的党课", letter("cai-2"),
     Expect("campaign", "材料学院党委", title="青年突击队里的党课", problems=("empty-document",), item="cai-1"),
     [("申报表.docx", "empty.docx")], note="空白文档")
mail("huan-1", "2014-05-26 15:00", "coremail", HUAN, "【报送】环境学院党委-党员队伍-垃圾分类先锋队", "压缩包密码：123456",
     Expect("campaign", "环境学院党委", title="垃圾分类先锋队", problems=("encrypted",)),
     [("垃圾分类先锋队.zip", "huan-1.zip", "application/zip")], note="加密的压缩包")
mail("tsg-1", "2014-05-27 09:00", "qq", ("小书虫", "20149999@qq.example"), "【报送】图书馆党总支-学习型-党员荐书台", letter("tsg-1"),
     item("tsg-1", problems=("sender-unverified",)), [("党员荐书台.docx", "tsg-1.docx")],
     note="名册外的地址，标题写明单位")
mail("cbs-1", "2014-05-27 09:40", "qq", ("一剪梅", "20148888@qq.example"), "【报送】红色经典编辑部", "请查收。",
     item("cbs-1", certain=False, todo=True), [("红色经典编辑部.docx", "cbs-1.docx")],
     note="名册外的地址，只在表里写着推荐单位：待核实")
mail("anon-1", "2014-05-27 10:10", "iphone", ("", "anonymous2014@icloud.example"), "【报送】党员微心愿", "请查收",
     Expect("campaign", "", item="anon-1", title="党员微心愿", todo=True, problems=("unknown-committee",)),
     [("党员微心愿.docx", "anon-1.docx")], note="不知是谁：待认领")
mail("gj-1", "2014-05-27 11:00", "coremail", GJ, "有关材料", "请查收。", Expect("suspect", "国际交流学院直属党支部", todo=True),
     [("本学期工作情况.docx", "gj-1.docx")], note="名册中的人寄来文件，却看不出是不是报送：疑似")
mail("fz-1", "2014-05-14 09:00", "coremail", FZ, "【方案】附属中学党总支-党员家访周", "报送活动方案。",
     Expect("campaign", "附属中学党总支", item="fz-1", kind="plan"), [("党员家访周活动方案.docx", "fz-1.docx")],
     note="活动方案：登记，不计入应报数")
mail("ty-1", "2014-05-27 15:00", "qq", TY, "【典型】体育部党总支-冬泳队里的党小组", "报送典型经验一则。",
     Expect("campaign", "体育部党总支", item="ty-1", kind="case"), [("冬泳队里的党小组.docx", "ty-1.docx")],
     note="典型经验：登记，不计入应报数")
mail("chan-ack", "2014-05-13 08:30", "coremail", CHAN, f"回复: {NOTICE}", "收到，谢谢！" + quoted(
     "2014年4月3日", DESK, NOTICE, "各二级党组织：……"), Expect("campaign", "产业党委", receipt=False),
     note="只是说收到：不必答复")

# --- everything else that is in such a mailbox -----------------------------------------------------------------

mail("invoice", "2014-05-12 13:00", "163", ("电子发票", "fapiao@piaoju.example"), "您有一张电子发票，请查收", "发票金额 128.00 元。",
     IGNORED, [("发票.pdf", "ma-1.pdf", "application/pdf")])
mail("spam-1", "2014-05-14 03:12", "qq", ("会务组", "huiwu@training.invalid"), "2014年企业管理创新高级研修班", "火热报名中！", IGNORED,
     folder="Junk")
mail("spam-2", "2014-05-18 04:40", "raw", ("", "sales@print.invalid"), "代写党建创新活动材料 总结 论文", "价格优惠，欢迎来电。", IGNORED,
     folder="Junk", note="垃圾邮件里也有关键词")
mail("newsletter", "2014-05-19 07:00", "163", ("党建前沿", "news@list.example"), "《党建前沿》第19期：基层党建工作创新活动巡礼",
     "本期目录……", IGNORED, headers=["List-Id: <news.list.example>", "Precedence: bulk",
                                  "List-Unsubscribe: <mailto:leave@list.example>"], note="订阅的通讯，标题有关键词")
mail("union", "2014-05-20 13:30", "coremail", ("校工会", "gonghui@shili.example"), "请填写：教职工运动会报名表", "请于月底前交回。", IGNORED,
     [("教职工运动会报名表.docx", "union.docx")], note="别的活动的表")
mail("union-2", "2014-05-28 13:30", "coremail", TSG, "图书馆运动会报名表", "请转工会。", Expect("suspect", "图书馆党总支", todo=True),
     [("教职工运动会报名表.docx", "union.docx")], note="名册中的人寄来别的活动的表")
mail("vacation", "2014-05-21 09:01", "163", XYY, f"自动回复: {NOTICE}", "您的来信已收到，本人出差在外，回来后尽快给您回复。谢谢！", IGNORED,
     headers=["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"], note="假期自动回复")
mail("qq-auto", "2014-05-21 09:02", "qq", ("体育部", "tiyubu@qq.example"), f"自动回复:{NOTICE}",
     "这是来自QQ邮箱的自动回复邮件。\n\n您好，邮件已收到，谢谢！", IGNORED, note="QQ 的自动回复没有 Auto-Submitted 头")
mail("secretary", "2014-05-22 11:00", "outlook", JG, "下周例会时间", "下周三下午三点，老地方。", IGNORED, note="名册中的人谈别的事")
mail("leader", "2014-05-23 17:00", "iphone", ("书记甲", "shuji01@shili.example"), "Re: 下周例会时间", "好的。", IGNORED)
mail("quota", "2014-05-24 02:00", "coremail", ("邮件系统", "postmaster@shili.example"), "邮箱容量提醒", "您的邮箱已使用 85%。", IGNORED,
     headers=["Auto-Submitted: auto-generated"])
mail("receipt", "2014-05-22 09:50", "outlook", GUAN, f"已读: {NOTICE}", "", IGNORED, raw=(
    f"From: guanli@shili.example\r\nTo: {DESK[1]}\r\nSubject: =?gb2312?B?0tG2wQ==?=\r\n"
    "Date: Thu, 22 May 2014 09:50:00 +0800\r\nMessage-ID: <mdn1@shili.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=disposition-notification; boundary="mdn"\r\n\r\n'
    "--mdn\r\nContent-Type: text/plain\r\n\r\nread\r\n--mdn\r\nContent-Type: message/disposition-notification\r\n\r\n"
    "Final-Recipient: rfc822; guanli@shili.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n"
    "--mdn--\r\n").encode(), note="已读回执")
mail("bounce", "2014-05-25 08:00", "coremail", ("", "mailer-daemon@shili.example"), "", "", IGNORED, raw=(
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@shili.example\r\n"
    f"To: {DESK[1]}\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
    "Date: Sun, 25 May 2014 08:00:00 +0800\r\nMessage-ID: <dsn1@shili.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"\r\n\r\n'
    "--dsn\r\nContent-Type: text/plain\r\n\r\nUser unknown.\r\n--dsn\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; shili.example\r\n\r\nFinal-Recipient: rfc822; gongxun0@shili.example\r\nAction: failed\r\n"
    "Status: 5.1.1\r\n\r\n--dsn\r\nContent-Type: message/rfc822\r\n\r\n"
    "Message-ID: <notice1@shili.example>\r\nSubject: notice\r\n\r\n\r\n--dsn--\r\n").encode(), note="退信")
mail("old-1", "2013-05-20 09:00", "coremail", LISHI, "【报送】历史学院党委 去年的创新活动", "去年的材料。", IGNORED,
     [("总结.docx", "lishi-1.docx")], note="去年的：在 starts 之前")
mail("query", "2014-05-28 09:00", "coremail", JX, "【查询】继续教育学院党总支", "请问我单位材料收到没有？",
     Expect("campaign", "继续教育学院党总支", receipt=None), note="查询进度")

# --- after Friday ----------------------------------------------------------------------------------------------

mail("cai-2", "2014-06-02 23:50", "coremail", CAI, "【报送】材料学院党委-学习型-青年突击队里的党课", letter("cai-2"),
     item("cai-1", doc="cai-2"), [("青年突击队里的党课.docx", "cai-2.docx")], later=True, note="最后十分钟，仍算按时")
mail("dag-1", "2014-06-03 08:10", "coremail", DAG, "【报送】档案馆直属党支部-学习型-档案里的党史课", letter("dag-1"),
     item("dag-1", late=True, problems=("late",)), [("档案里的党史课.docx", "dag-1.docx")], later=True, note="逾期")

MAILS.sort(key=lambda m: (m.when, m.key))


def reply_with_file(receipt_id, subject):
    """化学学院 answers the receipt about its cloud link with the file itself: a new version of the same item."""
    key, at = "hua-2-reply", "2014-05-31 10:00"
    raw = compose(key, at, "qq", HUA, f"回复：{subject}", "补上附件，请查收。", [("附件.docx", document("hua-2.docx"))],
                  headers=[f"In-Reply-To: <{receipt_id}>", f"References: <{receipt_id}>"])
    return Mail(key, at, raw, HUA, Expect("campaign", "化学学院党委", item="hua-2", counts=True,
                                          title="危险化学品党员联保制度"))


def counted(mails):
    """committee -> how many items count; committees with an open question are left out."""
    items, open_ = {}, set()
    for m in mails:
        e = m.expect
        if e.whose == "campaign" and e.committee and e.counts:
            items.setdefault(e.committee, set()).add(e.item)
        if e.whose == "campaign" and e.counts is None:
            open_.add(e.committee)
    return {c: len(names) for c, names in items.items() if c not in open_}
