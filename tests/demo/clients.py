"""The exact bytes that the mail programs of China in 2014 produce, oddities included.

Each client is a Shape: a table of what it does differently, so that a difference can be found and named. Times, boundaries and
Message-IDs come from the mail's key: the same mail always gives the same bytes.
"""

import base64
import hashlib
import quopri
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
DESK = ("示例大学党委组织部", "zzb@shili.example")
LINE = "\r\n"


@dataclass
class Shape:
    """What one mail program does."""
    label: str                 # charset as it names it
    codec: str                 # charset as Python names what it really writes
    words: str                 # "whole" (one long word), "split", "torn" (cut inside characters), "q", "raw", "padded"
    names: str                 # file names: the same, or "2231" (continuations), "apple" (one 2231 value)
    body: str                  # transfer encoding of text: "base64", "qp", "8bit"
    alternative: bool          # writes text and HTML
    mailer: str                # X-Mailer
    message_id: str            # with {id}
    boundary: str              # with {id} and {level}
    extra: list = field(default_factory=list)
    quote_from: bool = False   # puts the display name's encoded word in quotes
    file_type: str = "application/octet-stream"


SHAPES = {
    "qq": Shape("gb18030", "gb18030", "whole", "whole", "base64", True, "QQMail 2.x",
                "<tencent_{id:.24}@qq.example>", "----=_NextPart_{id:.8}_0{level}A2B3C4_{id:.8}",
                ["X-QQ-FEAT: {id}", "X-QQ-MIME: TCMime 1.0 by Tencent", "X-QQ-Mailer: QQMail 2.x",
                 "X-QQ-mid: webmail{id:.6}"], quote_from=True),
    "163": Shape("GBK", "gbk", "q", "padded", "base64", True,
                 "Coremail Webmail Server Version SP_ntes V3.5 build 20131204(24406.5820.5783)",
                 "<{id:.8}.1234.14620f2e3c4.Coremail.{user}@163.example>", "----=_Part_{level}_{id:.9}.1399{id:.9}",
                 ["X-CM-TRANSID: {id:.20}", "X-Priority: 3"]),
    "coremail": Shape("UTF-8", "utf-8", "split", "split", "base64", True,
                      "Coremail Webmail Server Version XT3.0.2 build 20140110",
                      "<{id:.8}.2f.1461b0c5d6e.Coremail.{user}@shili.example>", "----=_Part_{level}_{id:.9}.1400{id:.9}",
                      ["X-Priority: 3"]),
    "foxmail": Shape("GB2312", "gb18030", "torn", "torn", "base64", True, "Foxmail 7.0.1.91[cn]",
                     "<2014052210150{id:.9}@shili.example>", "----=_00{level}_NextPart{id:.12}_=----",
                     ["X-Priority: 3 (Normal)"], quote_from=True),
    "outlook": Shape("gb2312", "gbk", "split", "split", "qp", True, "Microsoft Office Outlook 12.0",
                     "<00{id:.2}01cf75a0${id:.8}$8c9e6f30$@outlook.example>", "----=_NextPart_00{level}_0001_01CF75A0.{id:.8}",
                     ["Thread-Index: Ac91oA=={id:.6}", "Content-Language: zh-cn"],
                     file_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "iphone": Shape("utf-8", "utf-8", "split", "apple", "base64", False, "iPhone Mail (11D167)",
                    "<{id:.8}-4F5A-4C7B-8E9D-{id:.12}@icloud.example>", "Apple-Mail-{level}{id:.8}-1D2E-4F5A-9B8C-{id:.12}",
                    ["Mime-Version: 1.0 (1.0)"],
                    file_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "thunderbird": Shape("UTF-8", "utf-8", "split", "2231", "8bit", False,
                         "", "<{id:.8}.{id:.7}@shili.example>", "------------0{level}0{id:.18}",
                         ["User-Agent: Mozilla/5.0 (Windows NT 6.1; rv:24.0) Gecko/20100101 Thunderbird/24.5.0"],
                         file_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "raw": Shape("gb2312", "gbk", "raw", "raw", "8bit", False, "Microsoft Outlook Express 6.00.2900.5512",
                 "<{id:.12}$0100a8c0@wuli>", "----=_NextPart_00{level}_{id:.4}_01CF7000.{id:.8}"),
}


def ident(text):
    return hashlib.sha256(text.encode()).hexdigest().upper()


def when(text):
    """"2014-05-12 09:20" in China -> datetime."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


def date(moment):
    days, months = "Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return f"{days[moment.weekday()]}, {moment.day} {months[moment.month - 1]} {moment:%Y %H:%M:%S %z}"


def words(text, label, codec, how):
    """A header value in the client's way, as bytes. Folded lines begin with one blank."""
    if text.isascii():
        return text.encode()
    if how == "raw":
        return text.encode(codec)
    raw = text.encode(codec)
    if how == "whole":
        return f"=?{label}?B?{base64.b64encode(raw).decode()}?=".encode()
    if how == "torn":  # old Foxmail: cut the bytes, not the characters
        pieces = [raw[i:i + 31] for i in range(0, len(raw), 31)]
        return (LINE + " ").join(f"=?{label}?B?{base64.b64encode(p).decode()}?=" for p in pieces).encode()
    if how == "padded":  # one value, one line break inside, padding at the end of each word
        pieces = [raw[i:i + 28] for i in range(0, len(raw), 28)]
        return (LINE + "\t").join(f"=?{label}?B?{base64.b64encode(p).decode()}?=" for p in pieces).encode()
    pieces, piece = [], ""
    for c in text:  # whole characters, words of at most 75
        if len((piece + c).encode(codec)) > (18 if how == "q" else 42):
            pieces.append(piece)
            piece = ""
        piece += c
    pieces.append(piece)
    if how == "q":
        return (LINE + " ").join("=?%s?Q?%s?=" % (label, "".join(f"={b:02X}" for b in p.encode(codec)))
                                 for p in pieces).encode()
    return (LINE + " ").join(f"=?{label}?B?{base64.b64encode(p.encode(codec)).decode()}?=" for p in pieces).encode()


def parameter(name, value, shape):
    """; name="value" in the client's way."""
    if value.isascii():
        return f';{LINE}\t{name}="{value}"'.encode()
    if shape.names == "apple" and name == "filename":
        return f";{LINE}\t{name}*=utf-8''{percent(value.encode())}".encode()
    if shape.names == "2231":
        raw = value.encode()
        pieces = [raw[i:i + 16] for i in range(0, len(raw), 16)]  # 16 bytes: cuts characters in the middle
        return b"".join((f";{LINE} {name}*{i}*=" + ("UTF-8''" if i == 0 else "") + percent(p)).encode()
                        for i, p in enumerate(pieces))
    how = "split" if shape.names == "apple" else shape.names
    return f';{LINE}\t{name}="'.encode() + words(value, shape.label, shape.codec, how) + b'"'


def percent(raw):
    return "".join(chr(b) if chr(b).isalnum() and b < 128 else f"%{b:02X}" for b in raw)


def base64_lines(data):
    return base64.encodebytes(data).replace(b"\n", LINE.encode())


def text_part(text, subtype, shape, encoding=None):
    encoding = encoding or shape.body
    raw = text.replace("\n", LINE).encode(shape.codec, "xmlcharrefreplace")
    name = {"qp": "quoted-printable"}.get(encoding, encoding)
    head = f'Content-Type: text/{subtype};{LINE}\tcharset="{shape.label}"{LINE}Content-Transfer-Encoding: {name}{LINE * 2}'
    if encoding == "base64":
        data = base64_lines(raw)
    elif encoding == "qp":
        data = quopri.encodestring(raw.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    else:
        data = raw
    return head.encode() + data.rstrip(b"\r\n") + b"\r\n"


def file_part(name, data, shape, kind=None):
    return (f"Content-Type: {kind or shape.file_type}".encode() + parameter("name", name, shape) + LINE.encode() +
            b"Content-Transfer-Encoding: base64" + LINE.encode() +
            b"Content-Disposition: attachment" + parameter("filename", name, shape) + LINE.encode() * 2 +
            base64_lines(data))


def multipart(kind, parts, boundary, preamble=b""):
    out = f'Content-Type: multipart/{kind};{LINE}\tboundary="{boundary}"{LINE * 2}'.encode() + preamble
    for part in parts:
        out += f"--{boundary}{LINE}".encode() + part.rstrip(b"\r\n") + LINE.encode() * 2
    return out + f"--{boundary}--{LINE}".encode()


def html_of(text):
    import html
    return ('<div style="font-family: 宋体; font-size: 14px;">' +
            "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n")) + "</div>")


def address(who, shape):
    name, addr = who
    if not name:
        return addr.encode()
    if name.isascii():
        return f'"{name}" <{addr}>'.encode()
    word = words(name, shape.label, shape.codec, "raw" if shape.words == "raw" else "whole")
    return (b'"' + word + b'"' if shape.quote_from else word) + f" <{addr}>".encode()


def message_id(key, client, sender):
    return SHAPES[client].message_id.format(id=ident("mid " + key), user=sender[1].split("@")[0])


def compose(key, at, client, sender, subject, text, files=(), to=DESK, headers=(), html=None, html_only=False,
            attached=None, trace=True, mid=None):
    """One mail as it arrives at the university's server. `files`: [(name, bytes)] or [(name, bytes, type)];
    `attached`: a whole mail, forwarded as message/rfc822; `html`: instead of the text made HTML."""
    shape = SHAPES[client]
    moment = when(at)
    key_id = ident(key)
    mail = b""
    if trace:
        host = sender[1].split("@")[1]
        mail += (f"Received: from smtp.{host} (unknown [192.0.2.{int(key_id[:2], 16)}]){LINE}"
                 f"\tby mx.shili.example (Coremail) with SMTP id AQAAf{key_id[:12]}{LINE}"
                 f"\tfor <{DESK[1]}>; {date(moment + timedelta(seconds=3))} (CST){LINE}").encode()
    mail += f"Date: {date(moment)}{LINE}".encode()
    mail += b"From: " + address(sender, shape) + LINE.encode()
    mail += b"To: " + address(to, shape) + LINE.encode()
    mail += b"Subject: " + words(subject, shape.label, shape.codec, shape.words) + LINE.encode()
    mail += f"Message-ID: {mid or message_id(key, client, sender)}{LINE}".encode()
    if shape.mailer:
        mail += f"X-Mailer: {shape.mailer}{LINE}".encode()
    for line in shape.extra:
        mail += (line.format(id=key_id) + LINE).encode()
    for line in headers:
        mail += (line + LINE).encode()
    if not any(line.startswith("Mime-Version") for line in shape.extra):
        mail += f"MIME-Version: 1.0{LINE}".encode()
    marked = html if html is not None else html_of(text)
    if html_only:
        content = text_part(marked, "html", shape)
    elif shape.alternative:
        content = multipart("alternative", [text_part(text, "plain", shape), text_part(marked, "html", shape)],
                            shape.boundary.format(id=key_id, level=2))
    else:
        content = text_part(text, "plain", shape)
    if files or attached:
        parts = [content] + [file_part(f[0], f[1], shape, *f[2:]) for f in files]
        if attached:
            parts.append(b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + attached)
        content = multipart("mixed", parts, shape.boundary.format(id=key_id, level=1),
                            b"This is a multi-part message in MIME format.\r\n\r\n" if shape.alternative else b"")
    return mail + content


def quoted(at, sender, subject, text):
    """The history that QQ Mail puts under a reply."""
    return ("\n\n------------------ 原始邮件 ------------------\n"
            f'发件人: "{sender[0]}"<{sender[1]}>;\n发送时间: {at}\n主题: {subject}\n\n{text}')
