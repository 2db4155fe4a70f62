"""Word and Excel in a compound file."""

import struct

from .registry import bomb


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
