"""What a disk holds after the power went: from an image and the log of files.so, only what was flushed, and of the rest
what chance kept.

POSIX promises less than any one file system: a file's bytes are there once the file was flushed, its name once the
folder was. What was not flushed may be there or not, each write and each name by itself, a write also in part.
"""

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass
class File:
    durable: bytes = b""
    date: int = None                                # seconds, where the daemon set it
    pending: list = field(default_factory=list)     # of ("W", offset, bytes), ("T", length), ("V", bytes), ("M", date)

    def take(self, change):
        if change[0] == "M":
            self.date = change[1]
        else:
            self.durable = apply(self.durable, change)


@dataclass
class Folder:
    durable: dict = field(default_factory=dict)     # name -> File or Folder
    now: dict = field(default_factory=dict)
    pending: list = field(default_factory=list)     # of (name, node or None)

    def set(self, name, node):
        if node is None:
            self.now.pop(name, None)
        else:
            self.now[name] = node
        self.pending.append((name, node))

    def flush(self):
        self.durable, self.pending = dict(self.now), []


def load(path, inodes):
    """The tree at `path`, all of it durable; its nodes by inode."""
    node = Folder() if path.is_dir() else File(path.read_bytes())
    inodes[path.stat().st_ino] = node
    if path.is_dir():
        for child in path.iterdir():
            if not child.name.endswith("-shm"):
                node.now[child.name] = load(child, inodes)
        node.flush()
    return node


def apply(data, change):
    kind = change[0]
    if kind == "V":
        return change[1]
    if kind == "T":
        return data[:change[1]].ljust(change[1], b"\0")
    offset, more = change[1], change[2]
    return data[:offset].ljust(offset, b"\0") + more + data[offset + len(more):]


class Disk:
    """`root` holds the folders `names`, which are taken in as they are now."""

    def __init__(self, root, names):
        self.root, self.inodes = root, {}
        self.folders = {name: load(root / name, self.inodes) for name in names}

    def place(self, path):
        """(folder, name) of a path; None if outside."""
        try:
            parts = Path(path).relative_to(self.root).parts
        except ValueError:
            return None
        node = self.folders.get(parts[0]) if len(parts) > 1 else None
        for part in parts[1:-1]:
            node = node.now.get(part) if isinstance(node, Folder) else None
        return (node, parts[-1]) if isinstance(node, Folder) else None

    def put(self, path, node):
        if place := self.place(path):
            place[0].set(place[1], node)

    def get(self, path):
        place = self.place(path)
        return place[0].now.get(place[1]) if place else None

    def replay(self, log):
        """Takes in what files.so noted. Gives the number of flushes."""
        flushes = at = 0
        while at < len(log):
            end = log.find(b"\n", at)
            kind, *words = log[at:end].decode(errors="surrogateescape").split(" ", 1)
            words = words[0] if words else ""
            at = end + 1
            if kind in "WV":
                size = int(words.split()[-1])
                data, at = log[at:at + size], at + size
                node = self.inodes.get(int(words.split()[0]))
                if isinstance(node, File):
                    node.pending.append(("W", int(words.split()[1]), data) if kind == "W" else ("V", data))
            elif kind in "CD":
                inode, path = words.split(" ", 1)
                if path.endswith("-shm"):
                    continue
                self.inodes[int(inode)] = node = File() if kind == "C" else Folder()
                self.put(path, node)
            elif kind in "TM":
                node = self.inodes.get(int(words.split()[0]))
                if isinstance(node, File):
                    node.pending.append((kind, int(words.split()[1])))
            elif kind in "RL":
                source, target = words.split("\t")
                node = self.get(source)
                self.put(target, node)
                if kind == "R":
                    self.put(source, None)
            elif kind == "U":
                self.put(words, None)
            elif kind == "S":
                flushes += 1
                self.flush(self.inodes.get(int(words)))
            elif kind == "A":
                flushes += 1
                for node in list(self.inodes.values()):
                    self.flush(node)
        return flushes

    def flush(self, node):
        if isinstance(node, Folder):
            node.flush()
        elif node:
            for change in node.pending:
                node.take(change)
            node.pending = []

    # --- the power goes ----------------------------------------------------------------------------------------

    def survivors(self, node, dice, keep):
        """What the disk gives back of a file or folder; each change that was not flushed is kept with probability
        `keep`."""
        if isinstance(node, File):
            left = File(node.durable, node.date)
            for change in node.pending:
                if dice.random() >= keep:
                    continue
                if change[0] == "W" and len(change[2]) > SECTOR and dice.random() < 0.2:
                    change = (*change[:2], change[2][:SECTOR * dice.randrange(1, 1 + len(change[2]) // SECTOR)])
                left.take(change)
            return left
        names = dict(node.durable)
        for name, child in node.pending:
            if dice.random() < keep:
                if child is None:
                    names.pop(name, None)
                else:
                    names[name] = child
        return names

    def dates(self):
        """Of each file its bytes and date: one that survived whole keeps its date."""
        found = {}
        for path in self.root.rglob("*"):
            if path.is_file() and (node := self.inodes.get(path.stat().st_ino)):
                found[id(node)] = (path.read_bytes(), path.stat().st_mtime_ns)
        return found

    def write(self, seed, keep, owner):
        """Puts on the real disk, in place of the folders, what is left after the cut."""
        dice = random.Random(seed)
        dates = self.dates()

        def put(path, node):
            left = self.survivors(node, dice, keep)
            if isinstance(node, Folder):
                path.mkdir(mode=0o700)
                for name, child in left.items():
                    put(path / name, child)
            else:
                path.write_bytes(left.durable)
                path.chmod(0o600)
                written, date = dates.get(id(node), (None, 0))
                if left.date is not None:
                    os.utime(path, (left.date, left.date))
                elif written == left.durable:
                    os.utime(path, ns=(date, date))
            if owner:
                os.chown(path, *owner)

        for name, node in self.folders.items():
            shutil.rmtree(self.root / name)
            put(self.root / name, node)
