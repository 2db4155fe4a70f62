"""Mails: their structure, their headers, and all of it together."""

import base64

from .papers import deep_html
from .registry import MB, bomb
from .zips import deflated, in_zip, zip_of


HEAD = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: =?utf-8?B?" + base64.b64encode("报送".encode()) + b"?=\r\n"


def mail(*files, head=HEAD):
    """A mail with those files: (name, bytes)."""
    out = head + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=bomb\r\n\r\n--bomb\r\n\r\nbody\r\n"
    for name, data in files:
        out += (b"--bomb\r\nContent-Type: application/octet-stream; name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s"
                % (name.encode(), base64.encodebytes(data).replace(b"\n", b"\r\n")))
    return out + b"--bomb--\r\n"


@bomb(".eml", "truncated", "too-large")
def nested_multiparts():
    """100,000 multiparts in each other."""
    return HEAD + b"MIME-Version: 1.0\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(100000)) + b"\r\nx\r\n"


@bomb(".eml", "truncated", "too-large")
def nested_messages():
    """50,000 forwarded mails in each other."""
    return (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 50000 + HEAD + b"\r\nx\r\n"


@bomb(".eml", "truncated", "too-large")
def many_parts():
    """90,000 parts beside each other."""
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 90000 + b"--b--\r\n"


@bomb(".eml", "truncated", "too-large")
def boundary_lines():
    """Two million lines that could be boundaries of any of twenty multiparts."""
    head = b"".join(b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n" % (b"b" * i, b"b" * i) for i in range(1, 21))
    return HEAD + head + b"--bbbb\r\n" * 2000000


@bomb(".eml", "truncated", "too-large", "")
def encoded_words():
    """A subject of 50,000 encoded words, each of another charset than the one before."""
    words = b" ".join(b"=?%s?B?5oql?=" % (b"utf-8", b"gbk", b"big5")[i % 3] for i in range(50000))
    return b"From: a@x.example\r\nSubject: " + words + b"\r\n\r\nx\r\n"


@bomb(".eml", "truncated", "too-large", "")
def received_lines():
    """15,000 Received lines, 10,000 of every other header, and addresses by the hundred thousand."""
    trace = b"Received: from a by b; Fri, 30 May 2014 09:00:00 +0800\r\n" * 15000
    return trace + b"".join(b"%s: a@x.example\r\n" % h for h in (b"From", b"Cc", b"Reply-To", b"References")) * 2000 + \
        b"To: " + b"a@x.example, " * 30000 + b"\r\n" + HEAD + b"\r\nx\r\n"


@bomb(".eml", "truncated", "too-large")
def header_10_mb():
    """One header of 10 MB."""
    return b"X-Long: " + b"a " * (5 * MB) + b"\r\n" + HEAD + b"\r\nx\r\n"


@bomb(".eml", "truncated", "too-large", "damaged", "")
def blank_headers():
    """A header of lines of white space, folded or not, behind a semicolon."""
    return HEAD + b"Content-Type: text/plain;\r\n" + b" \f\r\n" * 200000 + b"\f\r\n" * 200000 + b"a=b;\r\n\f\r\n" * 100000 + b"\r\nx\r\n"


@bomb(".eml", "truncated", "too-large", "damaged", "")
def quadratic_headers():
    """Comments, quotes, groups, angles and encoded words that never close; parameters in 10,000 pieces."""
    long = 60000
    fields = [b"From: " + b"(" * long, b"To: " + b'"' + b"\\" * long, b"Cc: " + b"<" * long, b"Reply-To: " + b"a:" * (long // 2),
              b"Subject: " + b"=?" * (long // 2), b"References: " + b"<a" * (long // 2), b"Message-ID: " + b"<" * long,
              b"Date: " + b"(" * long, b"In-Reply-To: " + b"<(" * (long // 2), b"List-Id: " + b"=?utf-8?Q?" * (long // 10),
              b"Content-Disposition: attachment" + b"".join(b"; filename*%d*=a" % i for i in range(3000)),
              b"Content-Type: text/plain; name=\"" + b"=?utf-8?B?" * (long // 10)]
    return b"\r\n".join(fields) + b"\r\n\r\nx\r\n"


@bomb(".eml", "truncated", "too-large", "")
def html_body():
    """What deep-html is, as a body, with two million anchors."""
    return HEAD + b"Content-Type: text/html; charset=gbk\r\n\r\n" + deep_html() + b"<a href=//mail.qq.com/cgi-bin/ftn>x" * 100000


@bomb(".eml", "truncated", "too-large", "damaged")
def guessed_boundaries():
    """1,000 multiparts without a boundary, each with a line that could be it, and 10 MB behind them."""
    return HEAD + b"".join(b"Content-Type: multipart/mixed\r\n\r\n--c%d\r\n" % i for i in range(1000)) + \
        b"xxxxxxxxxx\r\n" * 900000


@bomb(".eml", "truncated", "too-large")
def uuencoded_files():
    """300,000 files in a text, none of which ends."""
    return HEAD + b"\r\n" + b"begin 644 a\r\n#0V%T\r\n" * 300000


@bomb(".eml", "truncated", "too-large", "")
def history_lines():
    """Lines that look as if an older mail began there, and no mail ever does."""
    looks = ["", "From:", "> ", ">", "---", "On 1 <", "-----原始邮件-----", "发件人：\r\n", "原始邮件", "----\r\n"]
    lines = b"".join(f"{look}\r\n".encode() * (MB // 4 // (len(look.encode()) + 2)) for look in looks)
    return HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + lines


@bomb(".eml", "truncated", "too-large", "cloud-link", "")
def links_in_text():
    """What could be cloud files, with names, sizes and dates that never end, in text and in HTML."""
    text = "报.doc (1M) http://pan.baidu.com/s/ ".encode() * 30000
    html = b"".join(f"<a href=http://pan.baidu.com/s/{i}>报</a>{'9' * 16}年 1 2014-".encode() for i in range(20000))
    part = b"--b\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n%s\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part % (b"plain", text) + \
        part % (b"html", html) + b"--b--\r\n"


@bomb(".eml", "truncated", "too-large", "damaged", "unsupported", "archive-bomb", "")
def mails_in_zips():
    """A mail in a zip in a mail in a zip …, sixty levels: JSON that is as deep."""
    level = HEAD + b"\r\nx\r\n"
    for _ in range(30):
        level = mail(("a.zip", in_zip("a.eml", level)))
    return level


@bomb(".eml", "truncated", "too-large", "")
def too_much_text():
    """Texts that are all below their caps, and together more than a reply may hold."""
    text = base64.encodebytes(b"abcdefg\n" * (MB // 8)).replace(b"\n", b"\r\n")
    part = b"--bomb\r\nContent-Type: text/plain; name=a.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n" + text
    return HEAD + b"Content-Type: multipart/mixed; boundary=bomb\r\n\r\n" + part * 30 + b"--bomb--\r\n"


@bomb(".eml", "truncated", "too-large", "archive-bomb", "damaged", "unsupported")
def archives_in_a_row():
    """Thirty archives that each unpack to 90 MB without being a bomb by themselves."""
    data = zip_of(("a.txt", deflated(bytes(range(256)) * 4096, 90), 8, 90 * MB), ("b.bin", bytes(700000)))
    return mail(*[(f"{i}.zip", data) for i in range(30)])


@bomb(".eml", "truncated", "too-large")
def mail_60_mb():
    """Larger than any mail may be."""
    return HEAD + b"\r\n" + b"a line of text that is repeated\r\n" * 2000000
