"""Archives: zip, with the liberties that zipfile does not take; tar, gz, rar, 7z."""

import io
import struct
import tarfile
import zipfile
import zlib

from .registry import MB, bomb


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
        package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@bomb(".zip", "archive-bomb", "too-large", "unsupported")
def forty_two():
    """42.zip and its kin: sixteen zips in each of sixteen, six levels; 100 MB of zeros in each of the last."""
    level = zip_of(("0.dll", deflated(bytes(MB), 100), 8, 100 * MB))
    for _ in range(6):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for i in range(16):
                package.writestr(zipfile.ZipInfo(f"lib {i:x}.zip"), level, zipfile.ZIP_DEFLATED)
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
