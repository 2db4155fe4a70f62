#!/usr/bin/python3
"""bombs.py FOLDER [NAME ...] - files that try to cost their reader time, memory or its life, written into FOLDER.

Each function makes one file, named after it; its docstring says what the file is up to. `allowed` are the problems
that a reader may state (anywhere in its answer): one of them must be there, or none at all if "" is among them.
"""

import base64
import io
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

BOMBS = {}  # name with suffix -> (maker, allowed)
MB = 1 << 20


def bomb(suffix, *allowed):
    def register(make):
        BOMBS[make.__name__.replace("_", "-") + suffix] = (make, set(allowed))
        return make
    return register


# --- zip, with the liberties that zipfile does not take ---------------------------------------------------------


def deflated(unit, times):
    """A raw deflate stream of `unit` repeated: each repetition is a block of its own that refers to nothing before it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + b"\x03\0"


def zip_of(*members):
    """`members`: (name, packed bytes, method, size to claim), or (name, bytes)."""
    out, directory = b"", b""
    for name, packed, *more in members:
        method, size = more or (0, len(packed))
        crc = zlib.crc32(packed) if method == 0 else 0
        name = name.encode()
        common = struct.pack("<HHHIIIIHH", 20, 0x800, method, 0x21, crc, len(packed), min(size, 0xFFFFFFFE), len(name), 0)
        directory += b"PK\x01\x02\x14\0" + common + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name
        out += b"PK\x03\x04" + common + name + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(out), 0)
    return out + directory + b"PK\x05\x06" + end


def same_zip(names, packed, method, size):
    """Every name is the same bytes: all entries of the directory point at one local header."""
    common = struct.pack("<HHHIIII", 20, 0x800, method, 0x21, zlib.crc32(packed) if method == 0 else 0, len(packed), size)
    local = b"PK\x03\x04" + common + struct.pack("<HH", len(names[0]), 0) + names[0].encode() + packed
    directory = b"".join(b"PK\x01\x02\x14\0" + common + struct.pack("<HHHHHII", len(n), 0, 0, 0, 0, 0, 0) + n.encode()
                         for n in names)
    count = min(len(names), 0xFFFF)
    return local + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(local), 0)


def in_zip(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, data)
    return out.getvalue()


@bomb(".zip", "archive-bomb", "too-large", "unsupported")
def forty_two():
    """42.zip and its kin: sixteen zips in each of sixteen, six levels; 100 MB of zeros in each of the last."""
    level = zip_of(("0.dll", deflated(bytes(MB), 100), 8, 100 * MB))
    for _ in range(6):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for i in range(16):
                package.writestr(f"lib {i:x}.zip", level)
        level = out.getvalue()
    return level


@bomb(".zip", "archive-bomb", "too-large", "unsupported")
def ten_gigabytes():
    """One text of 10 GB in 10 MB."""
    return zip_of(("a.txt", deflated(b"a" * MB, 10000), 8, 0xFFFFFFFE))


@bomb(".zip", "archive-bomb", "too-large", "damaged", "unsupported")
def overlapping():
    """60,000 members of 10 MB each that are all the same bytes."""
    return same_zip([f"{i:05}.txt" for i in range(60000)], deflated(b"a" * MB, 10), 8, 10 * MB)


@bomb(".zip", "too-large", "archive-bomb", "unsupported", "empty-document")
def matryoshka():
    """A zip in a zip, a thousand times: what a quine is to whoever counts levels."""
    level = in_zip("a.txt", b"a")
    for _ in range(1000):
        level = in_zip("a.zip", level)
    return level


@bomb(".zip", "too-large", "archive-bomb", "unsupported")
def members():
    """60,000 empty members."""
    return same_zip([f"{i}/" for i in range(60000)], b"", 0, 0)


@bomb(".zip", "damaged", "too-large", "archive-bomb", "unsupported")
def lying_zip():
    """Sizes and offsets that are not there."""
    good = bytearray(zip_of(("a.txt", b"a" * 100), ("b.txt", b"b" * 100)))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):
        at = good.find(mark) + (20 if mark[2] == 1 else 18)
        struct.pack_into("<II", good, at, 0xFFFFFFF0, 0xFFFFFFF0)
    return bytes(good)


# --- other archives -----------------------------------------------------------------------------------------------


@bomb(".gz", "archive-bomb", "too-large", "unsupported")
def gzip_10_gb():
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + deflated(bytes(MB), 10000) + bytes(8)


@bomb(".tar", "archive-bomb", "too-large", "damaged", "unsupported")
def sparse_tar():
    """A member of 1 TB that is all hole (GNU sparse)."""
    header = bytearray(tarfile.TarInfo("a.txt").tobuf(tarfile.GNU_FORMAT)[:512])
    header[156:157] = b"S"
    header[124:136] = b"00000000001\0"
    header[386:410] = b"%011o\0%011o\0" % (0, 1)
    header[483:495] = b"\x80" + (1 << 40).to_bytes(11, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + b"a".ljust(512, b"\0") + bytes(1024)


@bomb(".tar", "damaged", "too-large", "archive-bomb", "unsupported")
def lying_tar():
    """A member that claims 8 GB; a name of 1 GB."""
    one, two = tarfile.TarInfo("a.txt"), tarfile.TarInfo("././@LongLink")
    one.size, two.size, two.type = 8 << 30, 1 << 30, b"L"
    return two.tobuf(tarfile.GNU_FORMAT) + one.tobuf(tarfile.GNU_FORMAT) + bytes(2048)


def vint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def rar5_block(kind, flags, body, data=b""):
    inside = vint(kind) + vint(flags) + (vint(len(data)) if flags & 2 else b"") + body
    header = vint(len(inside)) + inside
    return struct.pack("<I", zlib.crc32(header)) + header + data


@bomb(".rar", "damaged", "too-large", "archive-bomb", "unsupported", "unreadable")
def lying_rar5():
    """Files that claim 2**60 bytes and a dictionary of 4 GB."""
    out = b"Rar!\x1a\x07\x01\0" + rar5_block(1, 0, vint(0))
    for i in range(50):
        name = b"%d.txt" % i
        body = vint(0) + vint(1 << 60) + vint(0x20) + vint(15 << 10 | 5 << 7) + vint(0) + vint(len(name)) + name
        out += rar5_block(2, 2, body, b"\xC5\x5A" * 50)
    return out + rar5_block(5, 0, vint(0))


@bomb(".rar", "damaged", "too-large", "archive-bomb", "unsupported", "unreadable")
def lying_rar4():
    """The same for the older format: 4 GB and more, compressed with a window that is not there."""
    def block(kind, flags, body):
        inside = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(inside) & 0xFFFF) + inside
    out = b"Rar!\x1a\x07\0" + block(0x73, 0, bytes(6))
    for i in range(50):
        name = b"%d.txt" % i
        body = struct.pack("<IIBIIBBHIII", 100, 0xFFFFFFFF, 0, 0, 0, 29, 0x33, len(name), 0x20, 0xFF, 0xFF) + name
        out += block(0x74, 0x8000 | 0x100 | 0xE0, body) + b"\x5A\xC5" * 50
    return out


@bomb(".7z", "damaged", "too-large", "archive-bomb", "unsupported", "unreadable")
def lying_7z():
    """A header that announces 2**31 files, and streams of 2**60 bytes."""
    number = lambda n: b"\xff" + struct.pack("<Q", n)  # noqa: E731
    header = (b"\x01\x04\x06\x00" + number(1 << 31) + b"\x09" + number(1 << 60) * 3 + b"\x00\x07\x0b" + number(1 << 31) +
              b"\x00" + bytes(20) + b"\x05" + number(1 << 31) + bytes(100))
    start = struct.pack("<QQI", 0, len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start + header


# --- OOXML ----------------------------------------------------------------------------------------------------------

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/package/2006/"
LAUGHS = ('<!DOCTYPE a [<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)) +
          '<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY % net SYSTEM "http://127.0.0.1:1/x">%net;]>')


def package(main, kind, parts):
    """`parts`: {name: bytes, or (unit, times)}; the main one has a content type."""
    types = (f'<Types xmlns="{P}content-types"><Override PartName="/{main}" ContentType="application/vnd.'
             f'openxmlformats-officedocument.{kind}.main+xml"/></Types>')
    rels = (f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{R}/officeDocument" Target="{main}"/>'
            "</Relationships>")
    members = [("[Content_Types].xml", types.encode()), ("_rels/.rels", rels.encode())]
    for name, content in parts.items():
        if isinstance(content, list):
            stream = b"".join(deflated(unit, times)[:-2] for unit, times in content) + b"\x03\0"
            members.append((name, stream, 8, sum(len(unit) * times for unit, times in content)))
        else:
            members.append((name, content.encode()))
    return zip_of(*members)


def docx(document):
    return package("word/document.xml", "wordprocessingml.document", {"word/document.xml": document})


def docx_of(*units):
    """Units are repeated: (text, times)."""
    head, tail = f'<w:document xmlns:w="{W}"><w:body>', "</w:body></w:document>"
    return docx([(u.encode(), n) for u, n in ((head, 1), *units, (tail, 1))])


def xlsx(sheet, **parts):
    rels = (f'<Relationships xmlns="{P}relationships"><Relationship Id="r1" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{R}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" '
            f'Type="{R}/styles" Target="styles.xml"/></Relationships>')
    book = f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    return package("xl/workbook.xml", "spreadsheetml.sheet",
                   {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels, "xl/worksheets/sheet1.xml": sheet,
                    **{f"xl/{name}.xml": content for name, content in parts.items()}})


def xlsx_of(*units, **parts):
    head, tail = f'<worksheet xmlns="{S}"><sheetData>', "</sheetData></worksheet>"
    return xlsx([(u.encode(), n) for u, n in ((head, 1), *units, (tail, 1))], **parts)


@bomb(".docx", "damaged", "archive-bomb")
def laughs():
    """A billion laughs, a file and a network address as entities."""
    return docx(f'<?xml version="1.0"?>{LAUGHS}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&a11;&file;</w:t></w:r></w:p>'
                "</w:body></w:document>")


@bomb(".docx", "archive-bomb", "too-large", "damaged")
def nested_tables():
    """A million tables in each other."""
    return docx_of(("<w:tbl><w:tr><w:tc>" * 1000, 1000), ("</w:tc></w:tr></w:tbl>" * 1000, 1000))


@bomb(".docx", "archive-bomb", "too-large", "damaged")
def nested_tables_8000():
    """As many as fit under the cap on ratio, unclosed."""
    return docx_of(("<w:tbl><w:tr><w:tc>" * 8000, 1)) + bytes(1000)


@bomb(".docx", "too-large", "archive-bomb")
def wide_table():
    """Cells that span four billion columns, rows that begin there."""
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="4294967295"/></w:tcPr><w:p/></w:tc>'
    row = f'<w:tr><w:trPr><w:gridBefore w:val="2147483647"/></w:trPr>{cell * 3}</w:tr>'
    return docx_of(("<w:tbl>" + row * 2000 + "</w:tbl>", 1))


@bomb(".docx", "too-large", "archive-bomb")
def many_tables():
    """20,000 tables of one cell, and 10,000 form fields."""
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>活动名称：</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    return docx_of((table * 1000, 20))


@bomb(".docx", "too-large", "archive-bomb")
def long_text():
    """A paragraph of 200 MB."""
    return docx_of(("<w:p><w:r><w:t>", 1), ("字" * 100000, 700), ("</w:t></w:r></w:p>", 1))


@bomb(".docx", "too-large", "archive-bomb", "damaged", "empty-document", "unreadable")
def attributes():
    """A tag with a million attributes, and one of 10 MB."""
    return docx_of(("<w:p " + " ".join(f"a{i}='1'" for i in range(1000000)) + "/>", 1),
                   ("<w:p a='", 1), ("x" * MB, 10), ("'/>", 1))


@bomb(".docx", "too-large", "archive-bomb", "damaged", "empty-document")
def namespaces():
    """20,000 tags in each other, each with a namespace of its own."""
    return docx_of(("".join(f"<p{i}:a xmlns:p{i}='u{i}'>" for i in range(20000)), 1))


@bomb(".xlsx", "damaged", "archive-bomb", "unsupported")
def laughing_sheet():
    return xlsx(f'<?xml version="1.0"?>{LAUGHS}<worksheet xmlns="{S}"><sheetData><row><c t="inlineStr"><is><t>&a11;&file;</t>'
                "</is></c></row></sheetData></worksheet>")


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported")
def one_cell():
    """A sheet of 10 GB in one cell."""
    return xlsx_of(("<row><c t='inlineStr'><is><t>", 1), ("a" * MB, 10000), ("</t></is></c></row>", 1))


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported", "damaged", "empty-document")
def far_cells():
    """Cells at the ends of a sheet that has no end, and merged cells that cover it a thousand times."""
    cells = "".join(f"<row r='{r}'><c r='XFD{r}'><v>1</v></c><c r='ZZZZZZZ{r}'><v>2</v></c></row>"
                    for r in (1, 1048576, 4294967295, 99999999999999999999))
    merged = "<mergeCells>" + "<mergeCell ref='A1:XFD1048576'/>" * 1000 + "</mergeCells>"
    return xlsx(f'<worksheet xmlns="{S}"><dimension ref="A1:XFD1048576"/><sheetData>{cells * 20}</sheetData>{merged}</worksheet>')


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported", "damaged")
def same_string():
    """Five million cells that all show one string of 30 KB."""
    strings = f'<sst xmlns="{S}"><si><t>{"字" * 10000}</t></si></sst>'
    return xlsx_of(("<row>" + "<c t='s'><v>0</v></c>" * 5000 + "</row>", 1000), sharedStrings=strings)


@bomb(".xlsx", "too-large", "archive-bomb", "unsupported", "damaged", "empty-document")
def strings_and_styles():
    """Counts that lie, formats without end, references to what is not there."""
    styles = (f'<styleSheet xmlns="{S}"><numFmts>' + "".join(
        f'<numFmt numFmtId="{200 + i}" formatCode="{"[" * 500}{"0" * 2000}{";" * 100}"/>' for i in range(200)) +
        "</numFmts><cellXfs>" + "".join(f'<xf numFmtId="{200 + i}"/>' for i in range(200)) + "</cellXfs></styleSheet>")
    strings = f'<sst xmlns="{S}" count="4294967295" uniqueCount="4294967295"><si/></sst>'
    cells = "".join(f"<c s='{i}'><v>1e{i}</v></c><c t='s'><v>{i * 99999999}</v></c>" for i in range(300))
    return xlsx_of((f"<row>{cells}</row>", 20), sharedStrings=strings, styles=styles)


# --- OLE2 -----------------------------------------------------------------------------------------------------------


def ole2(streams, fat_twist=None, entry_twist=None, header_twist=None):
    """A compound file of 512-byte sectors; each stream is at least 4096 bytes. Twists change what was made."""
    sectors, entries, fat = [], [], []
    def put(data):
        start = len(sectors)
        count = max(1, -(-len(data) // 512))
        sectors.extend(data[i * 512:(i + 1) * 512].ljust(512, b"\0") for i in range(count))
        fat.extend([*range(start + 1, start + count), 0xFFFFFFFE])
        return start
    for name, data in streams.items():
        data = data.ljust(4096, b"\0")
        entries.append([name, 2, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, put(data), len(data)])
    entries.insert(0, ["Root Entry", 5, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0])
    for i in range(1, len(entries) - 1):
        entries[i][3] = i + 1
    if entry_twist:
        entry_twist(entries)
    directory = b"".join(
        n.encode("utf-16-le")[:62].ljust(64, b"\0") + struct.pack("<HBBIII", min(2 * len(n) + 2, 64), kind, 1, left, right, child) +
        bytes(36) + struct.pack("<IQ", start, size) for n, kind, left, right, child, start, size in entries)
    first = put(directory)
    if fat_twist:
        fat_twist(fat, first)
    fat_count = -(-(len(fat) + 2) // 127)
    fat_at = len(sectors)
    fat += [0xFFFFFFFD] * fat_count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512 * fat_count, b"\xff")
    header = bytearray(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6) +
                       struct.pack("<IIIIIIIII", 0, fat_count, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0))
    header += struct.pack("<109I", *([fat_at + i for i in range(min(fat_count, 109))] + [0xFFFFFFFF] * (109 - min(fat_count, 109))))
    if header_twist:
        header_twist(header)
    return bytes(header) + b"".join(sectors) + table


OLE = ("damaged", "too-large", "unsupported", "empty-document", "archive-bomb", "unreadable")


@bomb(".doc", *OLE)
def fat_loop():
    """Streams whose sectors never end, and a directory that is its own next sector."""
    def twist(fat, first):
        fat[3] = 0
        fat[first] = first
    return ole2({"WordDocument": bytes(20000), "1Table": bytes(9000)}, fat_twist=twist)


@bomb(".doc", *OLE)
def directory_loop():
    """Entries that are each other's children and siblings."""
    def twist(entries):
        entries[1][2:5] = [2, 2, 0]
        entries[2][2:5] = [1, 1, 1]
    return ole2({"WordDocument": bytes(5000), "1Table": bytes(5000)}, entry_twist=twist)


@bomb(".xls", *OLE)
def lying_header():
    """Sector sizes of 2**65535, tables of four billion sectors."""
    def twist(header):
        struct.pack_into("<HH", header, 30, 9, 60000)
        struct.pack_into("<I", header, 44, 0xFFFFFFFF)
        struct.pack_into("<II", header, 68, 0, 0xFFFFFFFF)
    return ole2({"Workbook": bytes(5000)}, header_twist=twist)


@bomb(".xls", *OLE)
def lying_shift():
    def twist(header):
        struct.pack_into("<HH", header, 30, 65535, 0)
    return ole2({"Workbook": bytes(5000)}, header_twist=twist)


@bomb(".xls", *OLE)
def lying_sizes():
    """Streams of 2**60 bytes."""
    def twist(entries):
        entries[1][6] = 1 << 60
        entries[0][6] = 1 << 40
    return ole2({"Workbook": bytes(5000)}, entry_twist=twist)


def word(pieces, text, count):
    """A Word document of that many pieces (start, end, offset), count characters."""
    fib = bytearray(900)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0x00C1)
    fib[11] = 0x02
    struct.pack_into("<HHH", fib, 32, 14, 0, 0)
    struct.pack_into("<H", fib, 62, 22)
    struct.pack_into("<I", fib, 76, count)
    struct.pack_into("<H", fib, 152, 93)
    plc = b"".join(struct.pack("<I", p[0]) for p in pieces) + struct.pack("<I", pieces[-1][1])
    plc += b"".join(struct.pack("<HIH", 0, p[2], 0) for p in pieces)
    struct.pack_into("<II", fib, 154 + 8 * 33, 0, 5 + len(plc))
    return ole2({"WordDocument": bytes(fib).ljust(1024, b"\0") + text, "1Table": struct.pack("<BI", 2, len(plc)) + plc})


@bomb(".doc", *OLE)
def overlapping_pieces():
    """50,000 pieces that are each the same megabyte."""
    text = "字".encode("utf-16-le") * 500000
    return word([(i * 500000 % 0x7FFFFFFF, 0, 1024) for i in range(50000)], text, 0x7FFFFFFF)


@bomb(".doc", *OLE, "")
def backward_pieces():
    """Pieces that end before they begin, or outside."""
    return word([(0xFFFFFFFF - i, 0, 0x3FFFFFFF * (i % 2)) for i in range(50000)], b"a" * 5000, 0xFFFFFFFF)


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


BOF = {kind: record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0)) for kind in (5, 0x10)}


@bomb(".xls", *OLE)
def same_sheet():
    """A thousand sheets that are one sheet of 65,536 rows."""
    name = b"\x01\0a"
    head = BOF[5] + b"".join(record(0x85, struct.pack("<IH", 1000 * 13 + 24, 0) + name) for _ in range(1000)) + record(0x0A)
    cells = b"".join(record(0x203, struct.pack("<HHHd", i & 0xFFFF, i % 256, 0, i)) for i in range(100000))
    return ole2({"Workbook": head.ljust(1000 * 13 + 24, b"\0") + BOF[0x10] + cells + record(0x0A)})


@bomb(".xls", *OLE)
def lying_strings():
    """A table of four billion strings; strings of 65,535 characters with 65,535 runs; cells that all show the longest."""
    text = struct.pack("<HBHI", 65535, 0x0C, 65535, 0xFFFFFFFF) + b"a" * 2000
    sst = record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + text) + record(0x3C, b"\0" + b"a" * 8000) * 2000
    head = BOF[5] + record(0x85, struct.pack("<IH", 0, 0) + b"\x01\0a") + sst + record(0x0A)
    cells = b"".join(record(0xFD, struct.pack("<HHHI", i & 0xFFFF, i % 256, 0, i % 3)) for i in range(200000))
    head = head[:len(BOF[5]) + 4] + struct.pack("<I", len(head)) + head[len(BOF[5]) + 8:]
    return ole2({"Workbook": head + BOF[0x10] + cells + record(0x0A)})


# --- PDF --------------------------------------------------------------------------------------------------------------

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


@bomb(".pdf", *PDF, "")
def form_tree():
    """No loop, but thirty forms that each draw the next twice: a billion."""
    forms = {f"o{10 + i}": (b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</A %d 0 R>>>>" % (11 + i),
                            b"/A Do /A Do") for i in range(30)}
    forms["o40"] = (b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"BT ET")
    return pdf_page(b"/A Do", b"/XObject <</A 10 0 R>>", **forms)


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


# --- text ---------------------------------------------------------------------------------------------------------------


@bomb(".html", "too-large", "unsupported", "empty-document")
def deep_html():
    """A million tags in each other, none closed; anchors, tables and comments that never end."""
    return b"<html><body>" + b"<div><table><tr><td><ul><li><a href='x'><b>" * 120000 + b"x" + b"<!--" * 100000


@bomb(".rtf", *OLE, "")
def deep_rtf():
    """Groups a million deep, and binary data of 2 GB that is not there."""
    return rb"{\rtf1\ansi " + b"{" * 1000000 + rb"\bin2147483647 " + rb"\'b1" * 100000 + b"x" * 1000


# --- mails -----------------------------------------------------------------------------------------------------------------

HEAD = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: =?utf-8?B?" + base64.b64encode("报送".encode()) + b"?=\r\n"


def mail(*files, head=HEAD):
    """A mail with those files: (name, bytes)."""
    out = head + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=bomb\r\n\r\n--bomb\r\n\r\nbody\r\n"
    for name, data in files:
        out += (b"--bomb\r\nContent-Type: application/octet-stream; name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s"
                % (name.encode(), base64.encodebytes(data).replace(b"\n", b"\r\n")))
    return out + b"--bomb--\r\n"


@bomb(".eml", "too-large")
def nested_multiparts():
    """100,000 multiparts in each other."""
    return HEAD + b"MIME-Version: 1.0\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(100000)) + b"\r\nx\r\n"


@bomb(".eml", "too-large")
def nested_messages():
    """50,000 forwarded mails in each other."""
    return (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 50000 + HEAD + b"\r\nx\r\n"


@bomb(".eml", "too-large")
def many_parts():
    """90,000 parts beside each other."""
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 90000 + b"--b--\r\n"


@bomb(".eml", "too-large")
def boundary_lines():
    """Two million lines that could be boundaries of any of twenty multiparts."""
    head = b"".join(b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n" % (b"b" * i, b"b" * i) for i in range(1, 21))
    return HEAD + head + b"--bbbb\r\n" * 2000000


@bomb(".eml", "too-large", "")
def encoded_words():
    """A subject of 50,000 encoded words, each of another charset than the one before."""
    words = b" ".join(b"=?%s?B?5oql?=" % (b"utf-8", b"gbk", b"big5")[i % 3] for i in range(50000))
    return b"From: a@x.example\r\nSubject: " + words + b"\r\n\r\nx\r\n"


@bomb(".eml", "too-large", "")
def received_lines():
    """15,000 Received lines, 10,000 of every other header, and addresses by the hundred thousand."""
    trace = b"Received: from a by b; Fri, 30 May 2014 09:00:00 +0800\r\n" * 15000
    return trace + b"".join(b"%s: a@x.example\r\n" % h for h in (b"From", b"Cc", b"Reply-To", b"References")) * 2000 + \
        b"To: " + b"a@x.example, " * 30000 + b"\r\n" + HEAD + b"\r\nx\r\n"


@bomb(".eml", "too-large")
def header_10_mb():
    """One header of 10 MB."""
    return b"X-Long: " + b"a " * (5 * MB) + b"\r\n" + HEAD + b"\r\nx\r\n"


@bomb(".eml", "too-large", "damaged", "")
def quadratic_headers():
    """Comments, quotes, groups, angles and encoded words that never close; parameters in 10,000 pieces."""
    long = 60000
    fields = [b"From: " + b"(" * long, b"To: " + b'"' + b"\\" * long, b"Cc: " + b"<" * long, b"Reply-To: " + b"a:" * (long // 2),
              b"Subject: " + b"=?" * (long // 2), b"References: " + b"<a" * (long // 2), b"Message-ID: " + b"<" * long,
              b"Date: " + b"(" * long, b"In-Reply-To: " + b"<(" * (long // 2), b"List-Id: " + b"=?utf-8?Q?" * (long // 10),
              b"Content-Disposition: attachment" + b"".join(b"; filename*%d*=a" % i for i in range(3000)),
              b"Content-Type: text/plain; name=\"" + b"=?utf-8?B?" * (long // 10)]
    return b"\r\n".join(fields) + b"\r\n\r\nx\r\n"


@bomb(".eml", "too-large", "")
def html_body():
    """What deep-html is, as a body, with two million anchors."""
    return HEAD + b"Content-Type: text/html; charset=gbk\r\n\r\n" + deep_html() + b"<a href=//mail.qq.com/cgi-bin/ftn>x" * 100000


@bomb(".eml", "too-large", "damaged", "unsupported", "archive-bomb", "")
def mails_in_zips():
    """A mail in a zip in a mail in a zip …, sixty levels: JSON that is as deep."""
    level = HEAD + b"\r\nx\r\n"
    for _ in range(30):
        level = mail(("a.zip", in_zip("a.eml", level)))
    return level


@bomb(".eml", "too-large", "")
def too_much_text():
    """Texts that are all below their caps, and together more than a reply may hold."""
    text = base64.encodebytes(b"abcdefg\n" * (MB // 8)).replace(b"\n", b"\r\n")
    part = b"--bomb\r\nContent-Type: text/plain; name=a.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n" + text
    return HEAD + b"Content-Type: multipart/mixed; boundary=bomb\r\n\r\n" + part * 30 + b"--bomb--\r\n"


@bomb(".eml", "too-large", "archive-bomb", "damaged")
def archives_in_a_row():
    """Thirty archives that each unpack to 90 MB without being a bomb by themselves."""
    data = zip_of(("a.txt", deflated(bytes(range(256)) * 4096, 90), 8, 90 * MB), ("b.bin", bytes(700000)))
    return mail(*[(f"{i}.zip", data) for i in range(30)])


@bomb(".eml", "too-large")
def mail_60_mb():
    """Larger than any mail may be."""
    return HEAD + b"\r\n" + b"a line of text that is repeated\r\n" * 2000000


def make(folder, names=()):
    """{name: (path, allowed problems)}"""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for name in names or BOMBS:
        maker, allowed = BOMBS[name]
        path = folder / name
        if not path.exists() or path.stat().st_mtime < Path(__file__).stat().st_mtime:
            own = f"Message-ID: <{path.stem}@bombs.example>\r\n".encode() if path.suffix == ".eml" else b""
            path.write_bytes(own + maker())
        made[name] = (path, allowed)
    return made


if __name__ == "__main__":
    for name, (path, _) in make(Path(sys.argv[1]), sys.argv[2:]).items():
        print(f"{path.stat().st_size:10} {name}")
