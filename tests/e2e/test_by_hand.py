"""baosong-parse at a prompt: shut in like a worker, and still able to read, print and save what it was asked to."""

import fcntl
import json
import os
import pty
import re
import resource
import shutil
import struct
import subprocess
import termios
from email.message import EmailMessage

import pytest
from servers import build_dir

PARSE = build_dir() / "baosong-parse"
# Parts take a copy each, and so more than the tests below allow.
LARGE = b"From: a@x.example\nSubject: s\nContent-Type: multipart/mixed; boundary=b\n" + \
    (b"\n--b\nContent-Type: a/b; name=a.bin\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * (12 << 20)) + b"\n--b--\n"
SANITIZED = "sanitize" in build_dir().name
BEYOND_ALL = 100  # parsers/front/beyond.h


@pytest.fixture
def mail(tmp_path):
    message = EmailMessage()
    message["From"], message["Subject"] = "a@x.example", "报送"
    message.set_content("正文")
    for name in ("a.txt", "a.txt", "../b/../c.txt"):
        message.add_attachment(name.encode(), maintype="application", subtype="octet-stream", filename=name)
    path = tmp_path / "mail.eml"
    path.write_bytes(message.as_bytes())
    return path


def run(*argv, **more):
    return subprocess.run([PARSE, *argv], capture_output=True, timeout=60, **more)


def answer(done):
    assert done.returncode == 0 and not done.stderr, done.stderr
    return json.loads(done.stdout)


def test_file_and_pipe_and_descriptor(mail):
    answers = [answer(run(mail)), answer(run("-", input=mail.read_bytes()))]
    with open(mail, "rb") as f:
        answers.append(answer(run(f"/dev/fd/{f.fileno()}", pass_fds=[f.fileno()])))
    assert answers[0]["subject"] == "报送"
    assert answers[1:] == answers[:1] * 2


def test_save(mail, tmp_path):
    folder = tmp_path / "new" / "folder"
    for round in (1, 2):
        answer(run("--save", folder, mail))
        assert len(list(folder.iterdir())) == 3 * round
    saved = {p.name: p.read_text() for p in folder.iterdir()}
    assert saved["a.txt"] == saved["2-a.txt"] == "a.txt" and saved["c.txt"].endswith("c.txt")
    assert {p.name for p in tmp_path.iterdir()} == {"mail.eml", "new"}


def test_save_under_odd_names(tmp_path):
    """Names that no file could have, or that look like other ones."""
    named = {"报送\u202ecod.exe": "报送cod.exe", "报" * 300 + ".docx": "报" * 65 + ".docx", "..": "attachment", ".profile": "_profile",
             "C:\\a\\b?.doc": "b_.doc", "a.doc. ": "a.doc", "\u200b": "attachment"}
    for number, (name, want) in enumerate(named.items()):
        message = EmailMessage()
        message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename=name)
        path, folder = tmp_path / f"{number}.eml", tmp_path / str(number)
        path.write_bytes(message.as_bytes())
        answer(run("--save", folder, path))
        assert [p.name for p in folder.iterdir()] == [want], name


def test_save_beside_it(mail, tmp_path):
    answer(run("--save", ".", "mail.eml", cwd=tmp_path))
    assert (tmp_path / "2-a.txt").exists()


def test_save_into_a_folder_of_another(mail, tmp_path):
    if os.getuid() != 0:
        pytest.skip("needs root")
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    answer(run("--save", folder, mail))
    assert len(list(folder.iterdir())) == 3


def test_save_where_it_may_not(mail):
    done = run("--save", "/proc/nowhere", mail)
    assert done.returncode == 73 and b"/proc/nowhere" in done.stderr


def test_output_into_a_full_device(mail):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PARSE, mail], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 74 and done.stderr


@pytest.mark.skipif(SANITIZED, reason="sanitizers speak for themselves")
def test_last_words(tmp_path):
    """Short of memory it says so, in JSON, with what it knew."""
    mail = tmp_path / "large.eml"
    mail.write_bytes(LARGE)
    low = 150 << 20
    done = run(mail, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (low, low)))
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert [p["code"] for p in facts["problems"]] == ["unreadable"] and len(facts["sha256"]) == 64


def test_many_mails(mail, tmp_path):
    """One line for each, in order, the same as alone; what is not there is named, and the rest is read."""
    other = tmp_path / "other.eml"
    other.write_bytes(b"Subject: two\n\nx")
    done = run(mail, tmp_path / "missing.eml", *[other] * 250, mail)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == os.EX_NOINPUT and b"missing.eml" in done.stderr
    assert [f["subject"] for f in lines] == ["报送", *["two"] * 250, "报送"]
    assert lines[0] == lines[-1] == answer(run(mail))
    assert run("--save", tmp_path, mail, other).returncode == os.EX_USAGE


@pytest.mark.skipif(SANITIZED, reason="sanitizers say their own last words")
def test_many_mails_and_one_that_breaks_the_reader(mail, tmp_path):
    """A mail that runs out of memory costs itself, and no other mail."""
    limit = 150 << 20
    bomb = tmp_path / "bomb.eml"
    bomb.write_bytes(LARGE)
    done = run(mail, bomb, mail, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    before, broken, after = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 0 and before == after and before["subject"] == "报送"
    assert [p["code"] for p in broken["problems"]] == ["unreadable"]


def on_terminal(*argv):
    """What the command prints on a terminal of 60 columns."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 60, 0, 0))
        os.execve(PARSE, [str(PARSE), *map(str, argv)], {"TERM": "xterm"})
    out = b""
    while True:
        try:
            more = os.read(fd, 65536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        out += more
    os.close(fd)
    assert os.waitpid(pid, 0)[1] == 0
    return out.decode().replace("\r\n", "\n")


def test_pretty(mail):
    """A page on a terminal; JSON that a program can read, in lines, anywhere else."""
    page = on_terminal("--pretty", mail)
    assert "\033[1mSubject\033[0m   报送\n" in page and "\n  正文\n" in page and "File 1" in page
    assert on_terminal(mail).count("\n") == 1
    lines = run("--pretty", mail)
    assert lines.stdout.count(b"\n") > 30 and answer(lines) == answer(run(mail))


# Its profile of colours is none, and its picture no JPEG: to neither does its text give cause to look into them.
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>
  /ColorSpace<</C[/ICCBased 6 0 R]>>/XObject<</P 7 0 R>>>>>>endobj
4 0 obj<</Length 99>>stream
/C cs 1 0 0 sc BT /F 12 Tf 50 200 Td (Reported by committee A) Tj ET q 9 0 0 9 9 9 cm /P Do Q
endstream endobj
6 0 obj<</N 3/Alternate/DeviceRGB/Length 4>>stream
none
endstream endobj
7 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode/Length 4>>stream
none
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
startxref
0
%%EOF
"""


def copied(tmp_path, *beside):
    """The small program in a folder of its own, with these programs beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in beside:
        (folder / name).symlink_to(PARSE.parent / name)
    return shutil.copy(PARSE, folder)


@pytest.mark.skipif(SANITIZED, reason="there is one program then")
def test_small_program_needs_no_other_for_chinese_text(tmp_path):
    program = copied(tmp_path)
    for charset in ("gb18030", "big5", "utf-16"):
        text = tmp_path / f"{charset}.txt"
        text.write_bytes("報送材料，聯系人甲：請查收。\n".encode(charset))
        done = subprocess.run([program, "--document", text], capture_output=True, timeout=60)
        assert answer(done) == answer(run("--document", text))
        assert answer(done)["text"] == "報送材料，聯系人甲：請查收。"


@pytest.mark.skipif(SANITIZED, reason="there is one program then")
def test_program_for_pdf_alone(tmp_path):
    """Nothing that a page's text does not need is loaded, or missed."""
    loaded = subprocess.run(["ldd", PARSE.parent / "baosong-parse-pdf"], capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"(\S+) => (\S+)", loaded))
    assert "libpoppler.so" in "".join(found)
    others = {name for name, path in found.items() if "lib/baosong/" not in path}
    assert {name.partition(".")[0] for name in others} <= {"libpoppler", "libstdc++", "libgcc_s", "libz", "libm", "libc"}
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(PDF)
    program = copied(tmp_path, "baosong-parse-pdf")
    done = answer(subprocess.run([program, "--document", pdf], capture_output=True, timeout=60))
    assert done["text"] == "Reported by committee A" and not done["problems"]


@pytest.mark.skipif(SANITIZED, reason="there is one program then")
def test_pdf_that_needs_what_its_program_lacks(tmp_path):
    """A picture within the page must be decoded to find its end: baosong-parse-all can."""
    jpeg = b"BI /W 1 /H 1 /BPC 8 /CS /G /F /DCT ID " + b"\xff\xd8\xff\xd9 EI "
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(PDF.replace(b"/C cs", jpeg + b"/C cs").replace(b"/Length 99", b"/Length %d" % (99 + len(jpeg))))
    alone = subprocess.run([PARSE.parent / "baosong-parse-pdf", "--document", pdf], capture_output=True, timeout=60)
    assert alone.returncode == BEYOND_ALL and not alone.stdout
    done = answer(run("--document", pdf))
    assert done["text"] == "Reported by committee A" and not done["problems"]


@pytest.mark.skipif(SANITIZED, reason="there is one program then")
def test_pdf_whatever_becomes_of_its_program(tmp_path):
    """It is read by the program for PDF; where that is missing or dies, by the one that has everything."""
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(PDF)
    program = copied(tmp_path, "baosong-parse-all")
    expected = answer(run("--document", pdf))
    assert expected["text"] == "Reported by committee A"
    assert answer(subprocess.run([program, "--document", pdf], capture_output=True, timeout=60)) == expected
    for death in ("kill -SEGV $$", "exit 0", "exit 1"):
        other = tmp_path / "bin" / "baosong-parse-pdf"
        other.write_text(f"#!/bin/sh\n{death}\n")
        other.chmod(0o755)
        assert answer(subprocess.run([program, "--document", pdf], capture_output=True, timeout=60)) == expected
    (tmp_path / "bin" / "baosong-parse-all").unlink()
    done = subprocess.run([program, "--document", pdf], capture_output=True, timeout=60)
    assert done.returncode == os.EX_OSFILE and b"baosong-parse-all" in done.stderr
