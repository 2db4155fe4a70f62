"""Files that a secretary has to hear about: each trouble is recognised as its own, and the receipt names it, in Chinese,
with the file."""

import email
import email.policy
import io
import json
import re
import struct
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from facts import go_live, good, letters, mail_row
from season import MAILS, NOW, WEN
from servers import build_dir

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests/data"), str(ROOT / "tests/demo")]
import bombs  # noqa: E402
import forms  # noqa: E402


def scanned():
    """A page with a picture on it, and no letter."""
    picture = (b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 /ColorSpace /DeviceGray", b"\x80" * 64)
    return bombs.papers.pdf_page(b"600 0 0 800 0 0 cm /A Do", b"/XObject <</A 6 0 R>>", o6=picture)


def with_macro(docx):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/vbaProject.bin", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(600))
    return out.getvalue()


def last_volume(packed):
    """The second half of a zip that was split: its directory says that it begins on another disk."""
    end = packed.rindex(b"PK\5\6")
    return packed[len(packed) // 2:end + 4] + struct.pack("<HH", 1, 0) + packed[end + 8:]


DOCX = forms.document("wen-1.docx")
ZIP = forms.zipped([("申报表.docx", DOCX), ("说明.txt", "请查收。".encode("gbk") * 900)])
RAR = forms.rar("申报表.docx", DOCX)

# name -> (bytes, problem, what the receipt says)
TROUBLES = {
    "扫描件.pdf": (scanned(), "scanned-only", "文件仅为扫描图片"),
    "加密.zip": (forms.zipped([("申报表.docx", DOCX)], "123456"), "encrypted", "文件已加密"),
    "损坏.docx": (DOCX[:len(DOCX) // 2], "damaged", "文件已损坏"),
    "空白.docx": (forms.document("empty.docx"), "empty-document", "文件内容为空"),
    "零字节.pdf": (b"", "empty-document", "文件内容为空"),
    "带宏.docx": (with_macro(DOCX), "macro", "文档含有宏"),
    "改名.pdf": (DOCX, "misnamed", "文件扩展名与内容不符"),
    "照片.z01": (b"PK\7\x08" + ZIP[:len(ZIP) // 2], "split-volume", "仅为分卷压缩包的一部分"),
    "末卷.zip": (last_volume(ZIP), "split-volume", "仅为分卷压缩包的一部分"),
    "材料.part1.rar": (RAR[:len(RAR) // 2], "split-volume", "仅为分卷压缩包的一部分"),
    "材料.7z.001": (b"7z\xBC\xAF\x27\x1C\0\4" + bytes(range(200)), "split-volume", "仅为分卷压缩包的一部分"),
    "材料.zip.001": (ZIP[:len(ZIP) // 2], "split-volume", "仅为分卷压缩包的一部分"),
    "材料.zip.002": (ZIP[len(ZIP) // 2:-30], "split-volume", "仅为分卷压缩包的一部分"),
    "幻灯片.pptx": (forms.zipped([("[Content_Types].xml", b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
                    b'content-types"><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-'
                    b'officedocument.presentationml.presentation.main+xml"/></Types>'), ("ppt/presentation.xml", b"<p/>")]),
                "unsupported", "系统暂不能自动读取该格式"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_recognised(tmp_path, name):
    data, code, _ = TROUBLES[name]
    (tmp_path / name).write_bytes(data)
    done = subprocess.run([build_dir() / "baosong-parse", "--document", tmp_path / name], capture_output=True, check=True)
    answer = json.loads(done.stdout)
    assert {p["code"] for p in answer["problems"]} == {code}
    assert all(p["detail"] for p in answer["problems"])
    if code in ("macro", "misnamed"):  # and it is read all the same
        assert "读书会" in answer["text"]


def test_told(campaign):
    """One mail with all of them: the receipt has a line for each trouble, with its files and what to do."""
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = f"<{WEN[1]}>", "<zzb@shili.example>", "<troubles@x.example>"
    message["Subject"], message["Date"] = "【报送】文学院党委-读书会", "Wed, 28 May 2014 09:00:00 +0800"
    message.set_content("材料见附件。")
    for name, (data, _, _) in TROUBLES.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    raw = message.as_bytes().replace(b"\n", b"\r\n")
    at = next(m.when for m in MAILS if m.key == "wen-1")
    go_live(campaign)
    campaign.deliver([SimpleNamespace(raw=raw, when=at, folder="INBOX")])
    good(campaign.daemon(NOW))
    receipt, = [o for o in letters(campaign, "receipt") if o["mail"] == mail_row(campaign, raw)["id"]]
    sent, = campaign.query("SELECT bytes FROM outbox WHERE id = ?", receipt["id"])
    text = email.message_from_bytes(sent["bytes"], policy=email.policy.default).get_body(("plain",)).get_content()
    lines = [re.sub(r"\s+", "", line) for line in text.split("·")]
    for name, (_, _, said) in TROUBLES.items():
        line, = [line for line in lines if line.startswith(said)]
        assert f"《{name}》" in line
        assert re.search("。.+。", line), "it says what to do"
