"""The streams of an OLE2 file, for seeds (MS-CFB)."""

import struct

END = 0xFFFFFFFA  # and above: no sector


def streams(data):
    """{name: bytes}, or {} if it is no OLE2 file that is whole."""
    try:
        return dict(_streams(data)) if data[:8] == bytes.fromhex("d0cf11e0a1b11ae1") else {}
    except (struct.error, IndexError, RecursionError):
        return {}


def _chain(table, sector):
    seen = []
    while sector < END and len(seen) < len(table):
        seen.append(sector)
        sector = table[sector]
    return seen


def _streams(data):
    size, small = 1 << struct.unpack_from("<H", data, 30)[0], 1 << struct.unpack_from("<H", data, 32)[0]
    directory, cutoff, mini_start = struct.unpack_from("<I4xII", data, 48)
    numbers = lambda raw: struct.unpack(f"<{len(raw) // 4}I", raw)  # noqa: E731
    sector = lambda n: data[(n + 1) * size:(n + 2) * size]  # noqa: E731
    fat = numbers(b"".join(sector(n) for n in numbers(data[76:512]) if n < END))
    read = lambda n: b"".join(sector(i) for i in _chain(fat, n))  # noqa: E731
    entries, mini_fat = read(directory), numbers(read(mini_start)) if mini_start < END else ()
    mini = read(struct.unpack_from("<I", entries, 116)[0])
    for at in range(0, len(entries) - 127, 128):
        name = entries[at:at + max(struct.unpack_from("<H", entries, at + 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        start, length = struct.unpack_from("<II", entries, at + 116)
        if entries[at + 66] != 2:
            continue
        if length < cutoff:
            yield name, b"".join(mini[i * small:(i + 1) * small] for i in _chain(mini_fat, start))[:length]
        else:
            yield name, read(start)[:length]
