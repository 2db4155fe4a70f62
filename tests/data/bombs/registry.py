"""The table of bombs, and making their files."""

from pathlib import Path

BOMBS = {}  # name with suffix -> (maker, allowed)
MB = 1 << 20


def bomb(suffix, *allowed):
    def register(make):
        BOMBS[make.__name__.replace("_", "-") + suffix] = (make, set(allowed))
        return make
    return register


def make(folder, names=()):
    """{name: (path, allowed problems)}"""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    changed = max(source.stat().st_mtime for source in Path(__file__).parent.glob("*.py"))
    for name in names or BOMBS:
        maker, allowed = BOMBS[name]
        path = folder / name
        if not path.exists() or path.stat().st_mtime < changed:
            own = f"Message-ID: <{path.stem}@bombs.example>\r\n".encode() if path.suffix == ".eml" else b""
            path.write_bytes(own + maker())
        made[name] = (path, allowed)
    return made
