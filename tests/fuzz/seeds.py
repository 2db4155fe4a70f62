#!/usr/bin/python3
"""seeds.py FOLDER - inputs to begin with, in FOLDER/TARGET/: made here, from the demo, and, where it is present, from the
corpus that BAOSONG_CORPUS names (default ../shared/corpus), a sample of each kind. Nothing of it is committed."""

import base64
import email
import io
import json
import os
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

import ole2

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("BAOSONG_CORPUS", ROOT / "../shared/corpus"))
SAMPLE, LARGEST = 150, 60000  # files of a kind, bytes of a file

DOCX = ["word/document.xml", "word/footnotes.xml", "word/header1.xml"]
ODF = ["content.xml", "styles.xml"]
XLSX = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels"]


def corpus(*patterns):
    """A sample of the corpus, spread over its sources."""
    files = sorted(p for pattern in patterns for p in CORPUS.glob(pattern) if p.is_file() and p.stat().st_size <= LARGEST)
    for path in files[::max(1, len(files) // SAMPLE)]:
        yield path.read_bytes()


def demo(pattern):
    for path in sorted((ROOT / "tests/demo/forms").glob(pattern)) + sorted((ROOT / "tests/data").glob(pattern)):
        if path.stat().st_size <= LARGEST:
            yield path.read_bytes()


def more(pattern):
    """Files of whoever runs this: SEED_FILES names a folder."""
    for path in sorted(Path(os.environ.get("SEED_FILES", "/nonexistent")).rglob(pattern)):
        if path.stat().st_size <= LARGEST:
            yield path.read_bytes()


# --- text -----------------------------------------------------------------------------------------------------


def encoded(charset, text, how="B"):
    raw = text.encode(charset)
    return f"=?{charset}?{how}?{base64.b64encode(raw).decode()}?=".encode()


def words():
    for charset in ("utf-8", "gb2312", "gbk", "gb18030", "big5", "hz"):
        yield encoded(charset, "文學院" if charset == "big5" else "报送材料")
    yield b"=?utf-8?B?5oql?=\r\n =?utf-8?B?6YCB?="
    yield b"=?GBK?B?saj?= =?GBK?B?y80=?="
    yield b'attachment; filename*0*=gb2312\'\'%B1%A8; filename*1="a.doc"; name="=?gbk?B?saXLzQ==?="'
    yield b'"\xb1\xa8\xcb\xcd, (x)" <a@x.example>, group: b@x.example, c@x.example;, =?utf-8?q?=E6=8A=A5?= <d@x.example>'
    yield b"text/plain; charset=gb2312; name*=utf-8''%E6%8A%A5.docx"


def tags():
    yield from (s.encode() for s in ("【报送】文学院党委-创新学习型党组织建设-读书会", "Re: 报送／历史学院／方案", "回复: 转发：[补充] 材料",
                                     "自动回复：您的邮件已收到", "申报+图书馆直属党支部+「书香」活动", "CX2014-001 撤回", "（修订）（修订）"))


def fields():
    texts = ("活动名称：读书会　　负责人：甲\n一、活动简介\n我们读书。\n【推荐单位】\n文学院\n填表说明\n1.单位：填写全称\n",
             "活动名称\n读书会\n推荐单位\n负责人\n文学院\n甲\n活动内容\n\n我们读书，\n写书。\n此致\n",
             "活动名称　　读书会　　负责人　　甲\n联系电话\t010-00000000\n单位：文学院　　2014年5月30日\n")
    tables = ("申报表\n活动名称|读书会||\n负责人|姓名|甲|电话|010-00000000\n^|职务|书记|邮箱|a@b.example\n活动简介\n我们读书。\n",
              "|活动一|活动二\n活动名称|读书会|歌咏会\n负责人|甲|乙\n", "序号|项目|内容\n1|活动名称|读书会\n2|单位|文学院\n",
              "活动名称|推荐单位|负责人\n读书会|文学院|甲\n注\n")
    for text in texts:
        yield from (kind + text.encode() for kind in (b"\1", b"\2"))
    for table in tables:
        yield b"\0" + table.encode()
        yield b"\x80" + table.replace("|", ",").encode()


def html():
    yield ('<html><head><meta charset="utf-8"><title>t</title><style>p{}</style></head><body><p>一<br>二<table><tr><td>甲'
           '<td colspan=2>乙</table><pre> x\n y</pre><a href="https://x.example/?a=1&amp;b">点</a>&nbsp;&#20013;').encode()
    yield "<meta http-equiv=Content-Type content='text/html; charset=gb2312'><div>报送<script>x</script></div>".encode("gbk")
    for mail in corpus("eml/*/*"):
        for part in email.message_from_bytes(mail).walk():
            if part.get_content_type() == "text/html" and not part.is_multipart():
                yield part.get_payload(decode=True) or b""


def csv():
    roster = (ROOT / "config/roster.csv").read_bytes().decode("utf-8-sig")
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        yield "\n".join(roster.split("\n")[:5]).encode(encoding)
    yield '名册,,\n序号;单位;电子邮箱\n1;"文学院\n党委";"a@x.example; b@x.example"\n'.encode()


def config():
    text = (ROOT / "tests/demo/baosong.conf").read_text()
    for old, new in (("../", ""), ("config/", "")):
        text = text.replace(old, new)
    yield text.encode()
    yield text.replace("\n", "\r\n").encode("utf-8-sig")


def reply():
    attachment = {"name": "a.docx", "declared_type": "", "type": "application/msword", "size": 5, "sha256": "0" * 64,
                  "offset": 0, "text": "活动名称：读书会", "fields": {"活动名称": "读书会"}, "tables": [[["甲", "乙"], ["1", "2"]]],
                  "children": [], "problems": [{"code": "macro", "detail": ""}]}
    person = [{"name": "联系人甲", "address": "a@x.example"}]
    mail = {"sha256": "1" * 64, "message_id": "a@x.example", "in_reply_to": "", "references": ["b@x.example"],
            "subject": "报送", "from": person, "to": person, "cc": [], "reply_to": [], "date": "2014-05-30T09:00:00+08:00",
            "received": "", "auto": "no", "body": "正文", "attachments": [{**attachment, "children": [attachment]}],
            "links": [{"kind": "qq", "url": "https://x.example/", "name": "a.zip"}], "problems": [],
            "leaves": ["2" * 64], "record": "", "loop": "", "bounced": ""}
    yield json.dumps(mail, ensure_ascii=False).encode()
    yield json.dumps({**mail, "attachments": []}).encode()
    yield json.dumps({**mail, "sha256": 1}).encode()


def mime():
    yield (b"From: a@x.example\nTo: b@x.example\nSubject: =?gbk?B?saXLzQ==?=\nDate: Fri, 30 May 2014 09:00:00 +0800\n"
           b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; "
           b"boundary=c\n\n--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>rich\n--c--\n--b\nContent-Type: "
           b"message/rfc822\n\nSubject: inner\n\nx\n--b\nContent-Type: text/plain; name=a.txt\n"
           b"Content-Transfer-Encoding: base64\n\nMTIz\n--b--\n")
    yield (b"From: MAILER-DAEMON\nAuto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status;"
           b" boundary=b\n\n--b\n\nno\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\n"
           b"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <a@b>\n--b--\n")
    yield b"Subject: u\n\nbegin 644 a.txt\n#,3(S\n`\nend\n"
    for end in (b"\r\r\n", b"\r"):
        yield (b"Subject: \xb1\n \xa8\nContent-Type: multipart/mixed;\nboundary=b\n\n--b\n\nx\n--b\nContent-Type: a/b;\n"
               b"name=a.txt\n\nx\n--b--\n").replace(b"\n", end)
    yield b"Subject: p\nContent-Type: message/partial; number=1; total=2; id=i\n\nSubject: q\n\nx\n"
    yield b'Subject: e\nContent-Type: message/external-body; access-type=URL; url="http://x.example/a"; name=a\n\nContent-ID: <1>\n\n'
    for cms in signed():
        yield b"Subject: s\nContent-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(cms)
    yield from corpus("eml/*/*")


def signed():
    """S/MIME: lengths said and not said, the content in one piece and in two; encrypted."""
    oid = lambda n: bytes.fromhex("06092a864886f70d0107") + bytes([n])  # noqa: E731
    head = b"\x30\x80" + oid(2) + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + oid(1) + b"\xa0\x80"
    text = b"Content-Type: a/b; name=a\n\nx"
    yield head + b"\x04" + bytes([len(text)]) + text
    yield head + b"\x24\x80\x04\x03" + text[:3] + b"\x04\x81" + bytes([len(text) - 3]) + text[3:] + bytes(10)
    yield b"\x30\x80" + oid(3) + b"\xa0\x80"


def transfer():
    yield from signed()
    yield b"5oql6YCB\r\n5oql6Q==5oql\n--b--\n"
    yield b"=E6=8A=A5= \r\r\n=\n=3D=X"
    yield b"x\nbegin 644 a.txt\n#86)C\n#86)C\n`\nend\nbegin 0755 b\n$0V%T<P\n \nend\nbegin 644 torn\n#0V%T\n#0V%T\n"
    yield b"begin-base64 644 a.txt\nQ2F0\nQ2F0\n====\nend\nbegin-base64 600 b\nQ2F0\n"
    yield b"hi\n=ybegin line=128 size=3 name=a.txt\n=ypart begin=1 end=3\n\x6d\x8b=}\n=yend size=3\n"


# --- containers -------------------------------------------------------------------------------------------------


def parts(data, names):
    """Members of a package, parted by 0xFF, as fuzz_docx.c and fuzz_xlsx.c take them."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        found = [package.read(n) if n in package.namelist() else b"" for n in names]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return
    if found[0] and sum(map(len, found)) <= LARGEST:
        yield b"\xff".join(found)


def docx():
    body = "".join(f"<w:p><w:r><w:t>{t}</w:t></w:r></w:p>" for t in ("活动名称：读书会", "负责人："))
    cell = f"<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{body}</w:tc>"
    w = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    yield f"<w:document {w}><w:body>{body}<w:tbl><w:tr>{cell}</w:tr></w:tbl></w:body></w:document>".encode()
    for data in [*demo("*.docx"), *corpus("docs/docx/*", "docs/docm/*", "docs/dotx/*"), *more("*.docx")]:
        yield from parts(data, DOCX)


def xlsx():
    yield ("<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'><c r='A1' t='s'>"
           "<v>0</v></c><c r='B1' s='1'><v>41789.5</v></c></row><row><c t='inlineStr'><is><t>甲</t></is></c><c t='b'><v>1</v></c>"
           "<c><f>A1</f><v>2</v></c></row></sheetData><mergeCells><mergeCell ref='A1:B1'/></mergeCells></worksheet>").encode()
    for data in [*demo("*.xlsx"), *corpus("docs/xlsx/*", "docs/xlsm/*"), *more("*.xlsx")]:
        yield from parts(data, XLSX)


def doc():
    """FIB and piece table of the smallest kind (MS-DOC 2.5, 2.8.35), then files."""
    text = "活动名称：读书会\r".encode("utf-16-le")
    fib = bytearray(900)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0x00C1)
    fib[11] = 0x02  # the table stream is 1Table
    struct.pack_into("<HHH", fib, 32, 14, 0, 0)
    struct.pack_into("<H", fib, 62, 22)
    struct.pack_into("<I", fib, 76, len(text) // 2)
    struct.pack_into("<H", fib, 152, 93)
    pieces = struct.pack("<II", 0, len(text) // 2) + struct.pack("<HIH", 0, 1024, 0)
    struct.pack_into("<II", fib, 154 + 8 * 33, 0, 5 + len(pieces))
    word = bytes(fib).ljust(1024, b"\0") + text
    yield struct.pack("<H", len(word)) + word + struct.pack("<BI", 2, len(pieces)) + pieces
    for data in [*demo("*.doc"), *demo("*.wps"), *corpus("docs/doc/*", "docs/wps/*", "docs/dot/*"), *more("*.doc")]:
        yield data
        streams = ole2.streams(data)
        word, table = streams.get("WordDocument", b""), streams.get("1Table") or streams.get("0Table", b"")
        if 0 < len(word) < 65536 and len(word) + len(table) < LARGEST:
            yield struct.pack("<H", len(word)) + word + table


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def xls():
    """A sheet of BIFF8 records (MS-XLS 2.4), then files."""
    text = lambda s: struct.pack("<HB", len(s), 1) + s.encode("utf-16-le")  # noqa: E731
    cell = lambda row, column: struct.pack("<HHH", row, column, 0)  # noqa: E731
    strings = record(0xFC, struct.pack("<II", 2, 2) + text("活动名称") + text("读书会"))
    bof = lambda kind: record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))  # noqa: E731
    head = bof(5) + record(0x42, b"\xb0\x04") + record(0xE0, bytes(20))
    name = struct.pack("<BB", 1, 1) + "表".encode("utf-16-le")
    at = len(head) + 4 + 6 + len(name) + len(strings) + 4
    sheet = (bof(0x10) + record(0xFD, cell(0, 0) + struct.pack("<I", 0)) + record(0xFD, cell(0, 1) + struct.pack("<I", 1)) +
             record(0x203, cell(1, 0) + struct.pack("<d", 41789.5)) + record(0x27E, cell(1, 1) + struct.pack("<I", 6)) +
             record(0xBD, struct.pack("<HHHIHIH", 2, 0, 0, 6, 0, 10, 1)) +
             record(0x06, cell(3, 0) + b"\0" * 6 + b"\xff\xff" + bytes(6)) + record(0x207, text("字")) +
             record(0xE5, struct.pack("<HHHHH", 1, 0, 0, 0, 1)) + record(0x0A))
    yield head + record(0x85, struct.pack("<IH", at, 0) + name) + strings + record(0x0A) + sheet
    for data in [*demo("*.xls"), *corpus("docs/xls/*", "docs/et/*"), *more("*.xls")]:
        yield data
        streams = ole2.streams(data)
        yield streams.get("Workbook") or streams.get("Book", b"")


def odf():
    """A text and a workbook, as fuzz_odf.c takes them, then files: SEED_FILES names folders of more."""
    ns = " ".join(f"xmlns:{p}='urn:oasis:names:tc:opendocument:xmlns:{n}:1.0'" for p, n in
                  (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"), ("form", "form")))
    box = "<form:checkbox form:id='c' form:label='理论' form:current-state='checked'/>"
    cells = ("<table:table-row><table:table-cell table:number-columns-spanned='2' table:number-rows-spanned='2'><text:p>活动名称"
             "<text:s text:c='2'/><text:span text:style-name='t'>&#xF052;</text:span></text:p></table:table-cell>"
             "<table:covered-table-cell/><table:table-cell table:number-columns-repeated='3'><text:p>甲</text:p>"
             "<draw:control draw:control='c'/></table:table-cell></table:table-row><table:table-row><table:covered-table-cell "
             "table:number-columns-repeated='2'/><table:table-cell/></table:table-row>")
    styles = "<office:automatic-styles><style:style style:name='t'><style:text-properties style:font-name='Wingdings 2'/></style:style></office:automatic-styles>"
    head = f"<office:document-content {ns}>{styles}<office:body><office:forms><form:form>{box}</form:form></office:forms>"
    table = f"<table:table table:name='表'>{cells}</table:table>"
    yield f"{head}<text:p>a<draw:text-box><text:p>b</text:p></draw:text-box></text:p>{table}</office:body></office:document-content>".encode()
    yield f"S{head}{table}</office:body></office:document-content>".encode()
    for data in [*demo("*.odt"), *more("*.odt")]:
        yield from parts(data, ODF)
    for data in [*demo("*.ods"), *more("*.ods")]:
        yield from (b"S" + found for found in parts(data, ODF))


def control():
    """Check box, text field, label (MS-OFORMS), as they are behind their classes."""
    morph = "42ecce119e0d00aa006002f3"
    yield bytes.fromhex("401dd28b" + morph + "000234004601c08000000000ffffff0000000000040000000100008009000080000000000000000031"
                        "000000436865636b426f78310000")
    yield bytes.fromhex("401dd28b" + morph + "00023000460" + "1c08000000000ffffff00000000000400000001000080040000000000000000000000"
                        "310000000674ba8b")
    yield bytes.fromhex("101dd28b" + morph + "000234004703408200000000" + "1b08002c050000800000000001000000" + "0a000000000000009f0f0000"
                        "580200008765665b62965a51d4590000")
    yield bytes.fromhex("239e8c97b0d4ce11bf2d00aa003f40d0000220002b00000000000000ffffff00060000804c6162656c310000ec0900007b020000")
    yield from more("activeX*.bin")


def archive():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as package:
            package.writestr("报送/a.txt", "报送" * 50)
            package.writestr("b.csv", "a,b\n1,2\n")
        yield out.getvalue()
    inner, out = out.getvalue(), io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("XXXX.txt", b"1")
        package.writestr("in.zip", inner)
    yield out.getvalue().replace(b"XXXX", "报送".encode("gbk"))
    for mode in ("w", "w:gz"):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=mode) as package:
            info = tarfile.TarInfo("a.txt")
            info.size = 3
            package.addfile(info, io.BytesIO(b"123"))
        yield out.getvalue()
    yield from demo("*.zip")
    yield from corpus("docs/zip/*", "docs/rar/*", "docs/7z/*")


def rtf():
    yield rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 x;}}{\*\x y}\pard\f0\'b1\'a8\'cb\'cd\par \u25253?\trowd\cellx99 a\cell\row\bin3 {}{}}"
    yield (rb"{\rtf1\trowd\cellx1\cellx2\pard\intbl a\cell\pard\intbl\itap2 b\nestcell c\nestcell{\*\nesttableprops\trowd\clvmrg\cellx1"
           rb"\cellx2\nestrow}{\nonesttables\par}\pard\intbl d\cell\row\pard{\shp{\*\shpinst{\shptxt\trowd\cellx1\intbl x\cell\row}}}e}")
    yield from corpus("docs/rtf/*")
    yield from more("*.rtf")


def tnef():
    """One attachment: title, data (MS-OXTNEF 2.1)."""
    out = bytes.fromhex("78 9f 3e 22 01 00")
    for level, kind, data in ((1, 0x00089006, b"\0\0\x01\0"), (2, 0x00069002, bytes(14)), (2, 0x00018010, b"a.txt\0"),
                              (2, 0x0006800F, b"123")):
        out += struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    yield out
    yield from corpus("docs/tnef/*")


def pdf():
    """What stands on a page, as fuzz_pdf.c takes it, then files."""
    lines = lambda *texts: b"".join(b"1 0 0 1 %d %d Tm (%s) Tj " % text for text in texts)  # noqa: E731
    content = b"BT /G 12 Tf " + lines((50, 700, b"Name: A"), (250, 700, b"Tel: 1"), (50, 680, b"x"), (250, 680, b"y")) + \
        b"/F 12 Tf 1 0 0 1 50 640 Tm <00010002> Tj ET 50 600 100 20 re S q 9 0 0 9 9 9 cm /X Do Q"
    cmap = b"1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0001> <62A5> <0002> <9001> endbfchar"
    note = b"/Subtype/FreeText/Rect[50 500 200 520]/Contents(typed)/DA(/G 12 Tf)"
    form = b"10 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 24>>stream\nBT /G 9 Tf (inside) Tj ET\nendstream endobj"
    for field in (b"/FT/Tx/T(title)/TU(Title)/V(value)/Rect[100 690 200 710]", b"/FT/Btn/T(tick)/AS/Off/MK<</CA(8)>>/Rect[50 600 60 610]",
                  b"/FT/Ch/T(list)/Opt[(a)(b)]/V(a)/Ff 131072/Rect[50 550 99 560]", b"/FT/Sig/T(sign)/Rect[9 9 99 99]/AP<</N 10 0 R>>"):
        yield b"\xff".join((content, field, note, cmap, b"/Rotate 90", form))
    yield from corpus("docs/pdf/*")
    yield from more("*.pdf")


def main():
    folder = Path(sys.argv[1])
    for make in (words, tags, fields, html, csv, config, reply, mime, transfer, docx, xlsx, doc, xls, odf, control, archive, rtf,
                 tnef, pdf):
        into = folder / make.__name__
        into.mkdir(parents=True, exist_ok=True)
        for count, data in enumerate(make()):
            (into / f"{count:04}").write_bytes(data)


if __name__ == "__main__":
    main()
