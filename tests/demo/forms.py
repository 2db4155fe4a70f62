#!/usr/bin/python3
"""The documents that the demo's committees send: what they say, and how they were made.

`forms.py make` writes forms/*.docx (and .doc, .wps, .pdf) with LibreOffice, a real word processor. That was done
once and its result is committed, because a word processor stamps its files anew each time; run it again only after
changing what is below. Everything else here is pure data that the season and the tests read.
"""

import html
import io
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "forms"
CAMPAIGN = "基层党建工作创新活动"

THEMES = {
    "组织设置": "着眼于科学合理，创新基层党组织设置",
    "学习型": "着眼于能力素质，创新学习型党组织建设",
    "服务型": "着眼于功能定位，创新服务型党组织建设",
    "党员队伍": "着眼于作用发挥，创新党员队伍建设",
    "党内民主": "着眼于增强活力，探索党内民主的有效形式",
}


@dataclass
class Form:
    """layout: form2 and form4 are the 申报表 in two and four columns, summary has headings, plain neither."""
    title: str
    committee: str
    theme: str = ""
    leader: str = "联系人乙"
    telephone: str = "010-00000001"
    layout: str = "form2"
    heading: str = ""
    ends: str = "docx"
    text: str = ""
    innovation: str = ""
    branch: str = ""


FORMS = {
    "wen-1": Form("“书香支部”读书会", "文学院党委", "学习型", "联系人乙", "010-00000001", "form2",
                  innovation="实践创新", branch="学生第一党支部"),
    "wen-2": Form("学生公寓临时党支部的建设与探索", "文学院党委", "组织设置", "联系人丙", "010-00000002", "form4"),
    "lishi-1": Form("口述校史党员行动", "历史学院党委", "学习型", "联系人丁", "010-00000003", "summary"),
    "zhe-1": Form("", "哲学学院党委", layout="summary", heading=CAMPAIGN + "总结材料",
                  text="学院党委以周末沙龙为载体，组织师生党员研读经典著作，全年举办十二期，参加党员三百余人次。"),
    "zhe-2": Form("", "哲学学院党委", layout="summary", heading=CAMPAIGN + "总结材料",
                  text="学院党委在研究生宿舍设立党员示范岗，挂牌亮明身份，建立值班和走访制度，解决同学困难四十余件。"),
    "wai-1": Form("外语角里的党旗", "外国语学院党委", "服务型", "联系人戊", "010-00000004", "form4"),
    "wai-2": Form("“译路同行”志愿服务队临时党支部", "外国语学院党委", "组织设置", "联系人己", "010-00000004", "form2",
                  ends="doc"),
    "yishu-1": Form("舞台上的微党课", "艺术学院党委", "学习型", "联系人庚", "010-00000005", "form2"),
    "jing-1": Form("经济热点党员讲坛", "经济学院党委", "学习型", "联系人辛", "010-00000006", "form2"),
    "jing-2": Form("实习团队临时党支部", "经济学院党委", "组织设置", "联系人壬", "010-00000006", "form4"),
    "guan-1": Form("党员旁听党委会", "管理学院党委", "党内民主", "联系人癸", "010-00000007", "form2",
                   innovation="制度创新", branch="教工第二党支部"),
    "guan-2": Form("党代表接待日", "管理学院党委", "党内民主", "联系人甲", "010-00000007", "form4"),
    "fa-1": Form("普法下乡支部行", "法学院党委", "服务型", "联系人乙", "010-00000008", "summary"),
    "fa-2": Form("模拟法庭党小组", "法学院党委", "组织设置", "联系人丙", "010-00000008", "form2"),
    "ma-1": Form("理论宣讲直通车", "马克思主义学院党委", "学习型", "联系人丁", "010-00000009", "form2", ends="pdf",
                 heading="申报表"),
    "ma-2": Form("青年教师党员导师制", "马克思主义学院党委", "党员队伍", "联系人戊", "010-00000009", "form2"),
    "jiao-1": Form("乡村支教党员先锋岗", "教育学院党委", "服务型", "联系人己", "010-00000010", "form2"),
    "jiao-1b": Form("乡村支教党员先锋岗", "教育学院党委", "服务型", "联系人己", "010-00000010", "form2",
                    text="（修订稿）补充了支教学校的反馈意见和活动成效数据，更正了参加党员人数。"),
    "shu-1": Form("“一题一课”教学党小组", "数学学院党委", "党员队伍", "联系人庚", "010-00000011", "form4"),
    "wu-1": Form("大型仪器上的党员责任区", "物理学院党委", "党员队伍", "联系人辛", "010-00000012", "form2"),
    "hua-1": Form("实验室安全党员巡查", "化学学院党委", "党员队伍", "联系人壬", "010-00000013", "form2", ends="wps"),
    "hua-2": Form("危险化学品党员联保制度", "化学学院党委", "党员队伍", "联系人壬", "010-00000013", "form4"),
    "sheng-1": Form("科研项目组党支部", "生命科学学院党委", "组织设置", "联系人癸", "010-00000014", "form2"),
    "xin-1": Form("开源社区党小组", "信息工程学院党委", "组织设置", "联系人甲", "010-00000015", "form2"),
    "xin-2": Form("编程助学党员服务站", "信息工程学院党委", "服务型", "联系人乙", "010-00000015", "form4"),
    "huan-2": Form("绿色校园党员监督岗", "环境学院党委", "服务型", "联系人丙", "010-00000017", "form2"),
    "yi-1": Form("义诊进社区", "医学院党委", "服务型", "联系人丁", "010-00000018", "form4"),
    "jg-1": Form("机关服务“一站式”窗口党员示范岗", "机关党委", "服务型", "联系人戊", "010-00000019", "form2",
                 branch="学生处党支部"),
    "jg-2": Form("处室支部共学日", "机关党委", "学习型", "联系人己", "010-00000019", "form4"),
    "hou-1": Form("食堂党员明厨亮灶", "后勤党委", "服务型", "联系人庚", "010-00000020", "form2"),
    "lt-1": Form("银龄讲师团", "离退休工作党委", "党员队伍", "联系人辛", "010-00000021", "summary"),
    "tsg-1": Form("党员荐书台", "图书馆党总支", "学习型", "联系人壬", "010-00000023", "form4"),
    "cbs-1": Form("红色经典编辑部", "出版社党总支", "学习型", "联系人癸", "010-00000024", "form2"),
    "fz-1": Form("党员家访周活动方案", "附属中学党总支", "服务型", "联系人甲", "010-00000026", "summary",
                 heading="党员家访周活动方案"),
    "ty-1": Form("冬泳队里的党小组", "体育部党总支", "党员队伍", "联系人乙", "010-00000027", "plain",
                 heading="冬泳队里的党小组"),
    "gj-1": Form("情况汇报", "国际交流学院直属党支部", layout="plain", heading="本学期工作情况",
                 text="现将本学期有关工作情况汇报如下，请查收。"),
    "wl-1": Form("网络运维党员突击队", "网络中心直属党支部", "党员队伍", "联系人丙", "010-00000031", "form4"),
    "anon-1": Form("党员微心愿", "", "服务型", "联系人丁", "010-00000032", "summary"),
    "union": Form("教职工运动会报名表", "工会", layout="plain", heading="教职工运动会报名表",
                  text="男子组与女子组报名人数见下，请于五月底前交校工会。"),
    "cai-2": Form("青年突击队里的党课", "材料学院党委", "学习型", "联系人戊", "010-00000016", "form2"),
    "dag-1": Form("档案里的党史课", "档案馆直属党支部", "学习型", "联系人己", "010-00000030", "form2"),
}

PARAGRAPHS = {
    "组织设置": "针对党员流动性大、传统支部覆盖不到的实际，探索把党组织建在团队上、建在一线，做到哪里有党员哪里就有党的工作。",
    "学习型": "坚持每两周一次集体学习，采取领读、研讨、实地考察相结合的办法，形成了学习有计划、交流有记录、成果有汇编的制度。",
    "服务型": "坚持问需于师生，梳理服务事项，公开服务承诺，建立首问负责和限时办结制度，师生满意度明显提高。",
    "党员队伍": "设立党员责任区和示范岗，结合岗位职责公开承诺，年底述职评议，党员的先锋模范作用得到充分发挥。",
    "党内民主": "完善党务公开和情况通报制度，普通党员可以列席会议、提出意见，支部对意见逐条答复。",
    "": "现将有关情况报告如下。",
}


def page(form):
    """The document as HTML, which LibreOffice Writer then saves in a word processor's format."""
    e = html.escape
    rows2 = [("活动名称", form.title), ("推荐单位", form.committee), ("负责人", form.leader),
             ("联系电话", form.telephone), ("活动主题", THEMES.get(form.theme, ""))]
    rows2 += [row for row in (("创新类型", form.innovation), ("党支部", form.branch)) if row[1]]  # of form2 only
    body = []
    if form.layout in ("form2", "form4"):
        body.append(f"<h1 align=center>{e(form.heading or CAMPAIGN + '申报表')}</h1>")
    else:
        body.append(f"<h1 align=center>{e(form.heading or form.title + '——' + CAMPAIGN + '总结')}</h1>")
    if form.layout == "form2":
        cells = "".join(f"<tr><td width=30%>{e(a)}</td><td>{e(b)}</td></tr>" for a, b in rows2)
        body.append(f"<table border=1 width=100%>{cells}</table>")
    elif form.layout == "form4":
        a, b, c, d, t = rows2[:5]
        body.append("<table border=1 width=100%>"
                    f"<tr><td>活 动 名 称</td><td>{e(a[1])}</td><td>推荐单位：</td><td>{e(b[1])}</td></tr>"
                    f"<tr><td>负 责 人</td><td>{e(c[1])}</td><td>联系电话</td><td>{e(d[1])}</td></tr>"
                    f"<tr><td>{t[0]}</td><td colspan=3>{e(t[1])}</td></tr></table>")
    sections = [("一、基本情况", PARAGRAPHS[form.theme]),
                ("二、主要做法", form.text or f"{form.committee}围绕“{form.title}”制定方案、明确分工、定期检查，"
                 "所属各党支部结合实际组织实施，参加活动的党员占总数的百分之九十以上。"),
                ("三、活动成效", "活动得到师生好评，初步形成了可以推广的经验。")]
    for title, text in sections[:1] if form.ends == "pdf" else sections:
        if form.layout == "summary":
            body.append(f"<h2>{title}</h2>")
        body.append(f"<p>{e(text)}</p>")
    return f"<html><head><meta charset=utf-8></head><body>{''.join(body)}</body></html>"


def rar(name, data):
    """A RAR 4 archive with one stored member: no free program writes them."""
    def block(kind, flags, rest, tail=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + tail

    raw = name.encode("gbk")
    member = struct.pack("<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 0x44B65000, 20, 0x30, len(raw),
                         0x20) + raw
    return b"Rar!\x1a\x07\x00" + block(0x73, 0, b"\0" * 6) + block(0x74, 0x8000, member, data) + block(0x7B, 0x4000, b"")


def zipped(members, password=None):
    """A zip as Chinese Windows writes it: GBK names without the UTF-8 flag; optionally the old encryption."""
    out, directory = bytearray(), bytearray()
    for name, data in members:
        raw = name.encode("gbk")
        body = zlib.compress(data, 9)[2:-4]
        crc = zlib.crc32(data)
        flags = 0
        if password:
            flags, body = 1, zip_cipher(password, bytes(11) + bytes([crc >> 24]) + body)
        head = struct.pack("<HHHHHIIIHH", 20, flags, 8, 0x5000, 0x44B6, crc, len(body), len(data), len(raw), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0x20, len(out)) + raw
        out += b"PK\3\4" + head + raw + body
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(out), 0)
    return bytes(out + directory + b"PK\5\6" + end)


def zip_cipher(password, data):
    """PKWARE's traditional encryption (APPNOTE 6.1)."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def step(crc, byte):
        return (crc >> 8) ^ table[(crc ^ byte) & 255]

    def update(byte):
        keys[0] = step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = step(keys[2], keys[1] >> 24)

    table = []
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c >> 1) ^ (0xEDB88320 if c & 1 else 0)
        table.append(c)
    for byte in password.encode():
        update(byte)
    out = bytearray()
    for byte in data:
        t = (keys[2] | 2) & 0xFFFF
        out.append(byte ^ ((t * (t ^ 1)) >> 8 & 255))
        update(byte)
    return bytes(out)


def document(name):
    """The bytes of a file that a mail of the season names, e.g. "wen-1.docx" or "fa-2.zip"."""
    made = {
        "fa-2.zip": lambda: zipped([("法学院党委/模拟法庭党小组 申报表.docx", document("fa-2.docx")),
                                    ("法学院党委/说明.txt", "请查收。".encode("gbk"))]),
        "sheng-1.rar": lambda: rar("科研项目组党支部.docx", document("sheng-1.docx")),
        "huan-1.zip": lambda: zipped([("申报表.docx", document("huan-2.docx"))], "123456"),
        "photos.txt": lambda: "照片一：第一次读书会\r\n照片二：交流发言\r\n".encode("gbk"),
        "nothing.docx": lambda: b"",
    }
    return made[name]() if name in made else (FOLDER / name).read_bytes()


def make(only=()):
    filters = {"docx": "docx:MS Word 2007 XML", "doc": "doc:MS Word 97", "wps": "doc:MS Word 97",
               "pdf": "pdf:writer_pdf_Export"}  # keep its text short: it embeds the fonts
    jobs = [(key, form.ends, page(form)) for key, form in FORMS.items()]
    jobs.append(("empty", "docx", "<html><body></body></html>"))
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temp:
        for ends, kind in filters.items():
            sources = []
            for key, wanted, text in jobs:
                if wanted == ends and (not only or key in only):
                    sources.append(Path(temp) / f"{key}.html")
                    sources[-1].write_text(text, encoding="utf-8")
            if sources:
                subprocess.run(["soffice", f"-env:UserInstallation=file://{temp}/profile", "--headless",
                                "--infilter=HTML (StarWriter)", "--convert-to", kind, "--outdir", temp, *sources],
                               check=True, stdout=subprocess.DEVNULL)
            for source in sources:
                result = source.with_suffix("." + kind.split(":")[0])
                (FOLDER / f"{source.stem}.{ends}").write_bytes(slim(result.read_bytes()))


def slim(data):
    """The same file without the folder's creation times in the zip, packed as tightly as zip can."""
    if not data.startswith(b"PK"):
        return data
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                fresh = zipfile.ZipInfo(info.filename, (2014, 5, 12, 9, 0, 0))
                new.writestr(fresh, old.read(info), zipfile.ZIP_DEFLATED, 9)
        out.seek(0)
        return out.read()


if __name__ == "__main__":
    if sys.argv[1:2] != ["make"]:
        sys.exit(__doc__)
    make(sys.argv[2:])
