"""Files that try to break their reader end within the caps, cost no other mail anything, and are registered."""

import io
import json
import os
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from facts import go_live, good, items, letters, mail_row, problems_of
from season import MAILS, NOW, WEN
from servers import build_dir

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/data"))
import bombs  # noqa: E402

MEMORY = 1 << 30  # LIMIT_WORKER_MEMORY
SANITIZED = "sanitize" in build_dir().name

# These take all that a reader may take, until the kernel ends it: under sanitizers, which know no limit of memory, that
# is too much. Everything else must be through before: the reader's own caps end it.
HEAVY = {"attributes.docx", "pdf-stream-1-gb.pdf", "pdf-twice-packed.pdf"}

# These use up the seconds that a file may take. One of them is in the mailbox, in beside().
SLOW = {"form-tree.pdf", "pdf-twice-packed.pdf"}
light = [name for name in bombs.BOMBS if not (SANITIZED and name in HEAVY | SLOW)]

LARGEST = 12 << 20  # bytes of a bomb that is mailed: the rest are refused by their size anyway
LARGE = {"archives-in-a-row.eml", "boundary-lines.eml", "lying-strings.xls", "mail-60-mb.eml", "too-much-text.eml"}
mailed = [name for name in light if name not in SLOW | LARGE]
by_hand = sorted(LARGE) if SANITIZED else light  # what is mailed is read once under sanitizers, which take their time


@pytest.fixture(scope="session")
def made():
    return bombs.make(ROOT / "build/bombs")


def codes(value):
    """All problems in an answer, at any depth."""
    if isinstance(value, dict):
        yield from (p["code"] for p in value.get("problems", []))
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from codes(inner)


def read(path, *options, stdin=None):
    """The answer, and what memory it took."""
    as_mail = path is not None and path.suffix != ".eml"
    argv = [build_dir() / "baosong-parse", *options, *(["--document"] if as_mail else []), *([path] if path else ["-"])]
    with subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out = process.stdout.read()
        err = process.stderr.read().decode(errors="replace")
        _, status, cost = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return SimpleNamespace(code=process.returncode, out=out, err=err, memory=cost.ru_maxrss * 1024)


def check(name, allowed, facts):
    found = set(codes(facts))
    assert found & allowed or (not found and "" in allowed), (name, found)


@pytest.mark.parametrize("name", by_hand)
def test_by_hand(made, name):
    path, allowed = made[name]
    done = read(path)
    assert done.code == 0 and "Sanitizer" not in done.err, done.err[-2000:]
    check(name, allowed, json.loads(done.out))
    assert name in HEAVY or "the reader broke" not in done.err, "not its own caps ended it"
    assert not name.endswith(".pdf") or "trying again" not in done.err, "twice the time, for the same answer"
    assert SANITIZED or done.memory < MEMORY
    assert name != "form-tree.pdf" or "what came first" in json.loads(done.out)["text"]


# --- in the daemon ------------------------------------------------------------------------------------------------

def as_mail(name, path):
    """A mail from a committee that carries it; a mail itself as it is."""
    if path.suffix == ".eml":
        return path.read_bytes()
    message = EmailMessage()
    message["From"], message["To"] = f"<{WEN[1]}>", "<zzb@shili.example>"
    message["Subject"], message["Message-ID"] = f"【报送】文学院党委-{name}", f"<{name}@bombs.example>"
    message["Date"] = "Wed, 28 May 2014 09:00:00 +0800"
    message.set_content("材料见附件。")
    message.add_attachment(path.read_bytes(), maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes().replace(b"\n", b"\r\n")


def test_in_the_mailbox(made, campaign):
    """Each bomb between two ordinary mails: all are registered, the ordinary ones as if nothing had been there."""
    assert LARGE == {n for n, (path, _) in made.items() if path.stat().st_size > LARGEST}
    raws = {n: as_mail(n, made[n][0]) for n in mailed}
    ordinary = [m for m in MAILS if m.key in ("wen-1", "lishi-1", "hua-1", "jiao-1", "ma-1")]
    at = ordinary[0].when
    go_live(campaign)
    campaign.deliver([*ordinary[:2], *(SimpleNamespace(raw=raw, when=at, folder="INBOX") for raw in raws.values()),
                      *ordinary[2:]])
    good(campaign.daemon(NOW, timeout=1200))
    missing = [n for n, raw in raws.items() if not mail_row(campaign, raw)]
    assert not missing
    for mail in ordinary:
        row = mail_row(campaign, mail.raw)
        assert row["whose"] == "campaign" and not problems_of(campaign, row["id"]) - {"unsupported"}
    titles = {i["title"] for i in items(campaign)}
    assert {m.expect.title for m in ordinary if m.expect.title} <= titles
    for name, raw in raws.items():  # what could not be read is held all the same
        row = mail_row(campaign, raw)
        if row["facts"]:  # not of correspondence
            check(name, made[name][1], json.loads(row["facts"]))
        if not name.endswith(".eml"):
            held = campaign.query("SELECT held FROM attachment WHERE mail = ? AND path = '1'", row["id"])
            assert [h["held"] for h in held] == [1], name
    assert campaign.status()["worker_restarts"] <= len(HEAVY.intersection(mailed)), "not its own caps ended one of them"


def flat(attachments):
    for attachment in attachments:
        yield attachment
        yield from flat(attachment["children"])


HUGE = bombs.papers.pdf_stream_1_gb  # takes all the memory that a reader may
ENDLESS = bombs.papers.pdf_twice_packed  # takes all its seconds


def beside(one, other):
    """A mail with files that no reader survives, one of them packed with others, and how each file should be read."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in (("甲.txt", "活动名称：甲".encode()), ("乙.pdf", other), ("丙.txt", "活动名称：丙".encode())):
            archive.writestr(name, content)
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = f"<{WEN[1]}>", "<zzb@shili.example>", "<beside@bombs.example>"
    message["Subject"], message["Date"] = "【报送】文学院党委-读书会", "Wed, 28 May 2014 09:00:00 +0800"
    message.set_content("材料见附件。")
    for name, content in (("一.txt", "活动名称：一".encode()), ("二.pdf", one), ("三.zip", packed.getvalue()),
                          ("五.txt", "活动名称：五".encode())):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    wanted = {f"{name}.txt": (f"活动名称：{name}", []) for name in "一甲丙五"}
    wanted |= {f"{name}.pdf": ("", ["unreadable"]) for name in "二乙"} | {"三.zip": ("", [])}
    return message.as_bytes().replace(b"\n", b"\r\n"), wanted


def read_of(facts):
    return {a["name"]: (a["text"].strip(), [p["code"] for p in a["problems"]]) for a in flat(facts["attachments"])}


no_limits = pytest.mark.skipif(SANITIZED, reason="there is no limit of memory, and each of these takes all the time there is")


@no_limits
def test_beside_other_files(campaign):
    """They cost the mail these files and nothing else."""
    raw, wanted = beside(HUGE(), ENDLESS())
    at = next(m.when for m in MAILS if m.key == "wen-1")
    go_live(campaign)
    campaign.deliver([SimpleNamespace(raw=raw, when=at, folder="INBOX")])
    good(campaign.daemon(NOW, timeout=300))
    row = mail_row(campaign, raw)
    assert read_of(json.loads(row["facts"])) == wanted
    said = campaign.query("SELECT detail FROM problem WHERE mail = ? AND code = 'unreadable'", row["id"])
    assert sorted(p["detail"] for p in said) == ["《三.zip》内《乙.pdf》", "《二.pdf》"]
    receipt, = [letter for letter in letters(campaign, "receipt") if letter["mail"] == row["id"]]
    assert receipt["state"] == "sent"


@no_limits
def test_beside_other_files_by_hand(tmp_path):
    raw, wanted = beside(HUGE(), HUGE() + b"%\n")
    (tmp_path / "a.eml").write_bytes(raw)
    done = read(tmp_path / "a.eml", "--save", tmp_path / "saved")
    assert done.code == 0 and read_of(json.loads(done.out)) == wanted
    saved = sorted(p.name for p in (tmp_path / "saved").iterdir())
    assert saved == sorted(["一.txt", "二.pdf", "三.zip", "五.txt"])  # each once, whatever broke between
