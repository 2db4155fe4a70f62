"""PDF, HTML and RTF."""

import zlib

from .registry import MB, bomb
from .zips import deflated


PDF = ("damaged", "too-large", "unsupported", "empty-document", "scanned-only", "archive-bomb", "unreadable")


def pdf(objects, prev=None):
    """`objects`: {number: bytes, or (dictionary, stream)}; number 1 is the catalogue."""
    out, at = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        at[number] = len(out)
        if isinstance(body, tuple):
            body = b"<<%s /Length %d>>\nstream\n%s\nendstream" % (body[0], len(body[1]), body[1])
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n" + b"".join(b"%d 1\n%010d 00000 n \n" % (n, o) for n, o in at.items())
    prev = b"" if prev is None else b" /Prev %d" % (xref if prev == "itself" else prev)
    return out + b"trailer\n<</Size %d /Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (max(at) + 1, prev, xref)


def pdf_page(content, resources=b"/Font <</F 5 0 R>>", **more):
    objects = {1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
               3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources <<%s>>>>" % resources,
               4: content if isinstance(content, tuple) else (b"", content),
               5: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"}
    return pdf({**objects, **{int(k[1:]): v for k, v in more.items()}})


@bomb(".pdf", *PDF)
def page_loop():
    """A page tree whose branches are their own parents and children; a billion pages announced."""
    return pdf({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [3 0 R 2 0 R 3 0 R] /Count 1000000000 /Parent 3 0 R>>",
                3: b"<</Type /Pages /Kids [2 0 R 3 0 R] /Count 1000000000 /Parent 2 0 R>>"})


@bomb(".pdf", *PDF)
def form_loop():
    """Form XObjects that draw each other twice."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</A 6 0 R /B 7 0 R>>>>"
    return pdf_page(b"/A Do /B Do", b"/XObject <</A 6 0 R /B 7 0 R>>", o6=(form, b"/B Do /B Do"), o7=(form, b"/A Do /A Do"))


@bomb(".pdf", "truncated")
def form_tree():
    """No loop, but thirty forms that each draw the next twice: a billion. A line of text comes first."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
    tree = {f"o{10 + i}": (form + b"/Resources <</XObject <</A %d 0 R>>>>" % (11 + i), b"/A Do /A Do") for i in range(30)}
    return pdf_page(b"BT /F 12 Tf 50 700 Td (what came first) Tj ET /A Do", b"/Font <</F 5 0 R>> /XObject <</A 10 0 R>>",
                    **tree, o40=(form, b"BT ET"))


@bomb(".pdf", *PDF, "")
def xref_loop():
    """A cross-reference table whose predecessor it is itself; lengths that are their own streams."""
    return pdf({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
                3: b"<</Type /Page /Parent 2 0 R /Contents 4 0 R>>",
                4: b"<</Length 4 0 R /Filter [/FlateDecode /FlateDecode]>>\nstream\nxxx\nendstream"}, prev="itself")


@bomb(".pdf", *PDF)
def pdf_stream_1_gb():
    """A page whose content unpacks to 1 GB of text."""
    text = b"BT /F 12 Tf (aaaaaaaaaaaaaaaa) Tj ET\n" * 1000
    return pdf_page((b"/Filter /FlateDecode", b"\x78\x9c" + deflated(text, 1 << 30 >> 15)))


@bomb(".pdf", *PDF, "")
def pdf_twice_packed():
    """Filters in a row: a flate stream of a flate stream of 10 GB."""
    inner = b"\x78\x9c" + deflated(bytes(MB), 10000)
    packed = zlib.compress(zlib.compress(inner, 9), 9)
    return pdf_page((b"/Filter [/FlateDecode /FlateDecode /FlateDecode]", packed))


@bomb(".pdf", *PDF, "")
def pdf_nested():
    """Arrays and dictionaries in each other, a million deep, in a page and in its content."""
    return pdf_page(b"[" * 1000000, b"/Font " + b"<</F " * 200000 + b"[" * 200000)


@bomb(".pdf", *PDF, "")
def pdf_many_pages():
    """100,000 pages that are one page with 10 KB of text."""
    kids = b"3 0 R " * 100000
    return pdf({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [" + kids + b"] /Count 100000>>",
                3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
                4: (b"", b"BT /F 9 Tf 9 9 Td (" + b"word " * 2000 + b") Tj ET"),
                5: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"})


@bomb(".html", "too-large", "unsupported", "empty-document")
def deep_html():
    """A million tags in each other, none closed; anchors, tables and comments that never end."""
    return b"<html><body>" + b"<div><table><tr><td><ul><li><a href='x'><b>" * 120000 + b"x" + b"<!--" * 100000


@bomb(".rtf", *PDF, "")
def deep_rtf():
    """Groups a million deep, and binary data of 2 GB that is not there."""
    return rb"{\rtf1\ansi " + b"{" * 1000000 + rb"\bin2147483647 " + rb"\'b1" * 100000 + b"x" * 1000


@bomb(".txt", "truncated", "too-large", "")
def form_lines():
    """Lines of a form with gaps in them that are as wide as the file, or as many."""
    gap = b" " * (MB // 4)
    return "负责人  甲".encode() + gap + "乙\n负责人：甲".encode() + gap + "乙\n负责人  甲  ".encode() + \
        "甲  ".encode() * (MB // 20) + b"\n" + "填表说明\n".encode() + "活动名称：填写全称\n".encode() * (MB // 80)


@bomb(".csv", "truncated", "too-large", "")
def blank_cell():
    """A cell of nothing but spaces, as wide as the file."""
    return "活动名称,读书会\n".encode() + b" " * MB
