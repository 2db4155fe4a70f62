"""What the administrator sees from outside: status, figures for Prometheus, the journal."""

import hashlib
import json
import os
import re
import signal
import stat
import subprocess

import pytest
from facts import go_live, good, letters
from season import MAILS, NOW
from test_service import Service

QUIET = {"remind__before": "", "remind__overdue": ""}
SERIES = re.compile(r'^baosong_[a-z_]+\{campaign="[a-z0-9-]+"(,[a-z]+="[a-z_]+")?\} -?\d+$')


def figures(path):
    text = path.read_text()
    assert text.endswith("\n")
    for line in text.splitlines():
        assert line.startswith(("# HELP baosong_", "# TYPE baosong_")) or SERIES.match(line), line
    return {re.sub(r'campaign="[^"]*",?', "", line.rsplit(" ", 1)[0]).replace("{}", ""): int(line.rsplit(" ", 1)[1])
            for line in text.splitlines() if not line.startswith("#")}


def test_figures_are_those_of_status(campaigns, sink):
    campaign = campaigns(**QUIET)
    go_live(campaign)
    campaign.deliver([m for m in MAILS if m.key in ("lishi-1", "jing-1")])
    sink.refuse({"match": "lishi_dw", "reply": "550 5.1.1 no such user"})
    good(campaign.daemon(NOW))
    path = campaign.dir / "state/metrics.prom"
    seen, status = figures(path), campaign.status()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o644
    assert seen['baosong_mode{mode="live"}'] == 1 and seen['baosong_mode{mode="observe"}'] == 0
    assert seen['baosong_outbox{state="sent"}'] == status["outbox"]["sent"] == 1
    assert seen['baosong_outbox{state="failed"}'] == 1
    assert seen["baosong_dead_addresses"] == status["dead_addresses"] == 1
    assert seen["baosong_last_mail_timestamp_seconds"] == status["last_mail_at"] > 0
    assert seen["baosong_last_poll_timestamp_seconds"] == status["last_poll_at"]
    assert seen["baosong_items"] == status["items"] == 2
    assert seen["baosong_disk_free_bytes"] > 0
    assert 0 <= status["lag_seconds"] < 300
    text = good(campaign.command("status")).stdout
    assert "dead         1" in text and "last mail" in text


def test_a_mailbox_that_was_never_read_has_no_lag(campaigns):
    campaign = campaigns(**QUIET, imap__url="imaps://localhost:1")
    good(campaign.daemon(NOW), 75)
    seen = figures(campaign.dir / "state/metrics.prom")
    assert "baosong_mails" in seen and "baosong_lag_seconds" not in seen


def test_figures_go_where_the_collector_reads(campaigns, stage):
    campaign = campaigns(**QUIET)
    folder = stage.folder("collector", campaign.dir.name)
    campaign.write(store__metrics=str(folder / "desk.prom"))
    good(campaign.daemon(NOW))
    assert [p.name for p in folder.iterdir()] == ["desk.prom"]
    assert figures(folder / "desk.prom")['baosong_mode{mode="observe"}'] == 1


def test_figures_that_cannot_be_written_stop_nothing(campaigns):
    campaign = campaigns(**QUIET, store__metrics="/nowhere/desk.prom")
    done = good(campaign.daemon(NOW))
    assert "metrics" in done.stderr


def test_a_dead_parser_is_counted(campaigns):
    """Somebody kills the readers between two mails: the next is read all the same, and the deaths are seen."""
    campaign = campaigns(**QUIET, imap__poll="3600", campaign__rehearsal="no", store__workers="1")
    service = Service(campaign)
    first, second = [m for m in MAILS if m.key in ("lishi-1", "jing-1")]
    path = campaign.dir / "state/metrics.prom"
    try:
        campaign.deliver([first])
        service.until(lambda: path.exists() and figures(path)["baosong_items"] == 1, "the first mail")
        pid = service.process.pid
        for child in open(f"/proc/{pid}/task/{pid}/children").read().split():
            os.kill(int(child), signal.SIGKILL)
        campaign.deliver([second])
        service.until(lambda: figures(path)["baosong_items"] == 2, "the second mail")
        assert figures(path)["baosong_worker_restarts_total"] == campaign.status()["worker_restarts"] == 1
    finally:
        assert service.end() == 0


def test_what_others_wrote_is_escaped_in_the_log(campaigns, sink):
    """A server's words could move the cursor, turn the line round, or make up a line of their own."""
    campaign = campaigns(**QUIET)
    go_live(campaign)
    campaign.deliver([m for m in MAILS if m.key == "lishi-1"])
    sink.refuse({"match": "lishi_dw", "reply": "550 5.1.1 \x1b[31mred\u202egnorw\u2028made up"})
    done = good(campaign.daemon(NOW))
    assert "red" in done.stderr
    assert not set("\x1b\u202e\u2028") & set(done.stderr)


JOURNAL = """
import json, os, socket, struct, subprocess, sys
os.makedirs("/run/systemd/journal", exist_ok=True)
entries = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
entries.bind("/run/systemd/journal/socket")
os.chmod("/run/systemd/journal/socket", 0o777)
stdout = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
stdout.bind("/run/systemd/journal/stdout")
stdout.listen()
errors = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
errors.connect("/run/systemd/journal/stdout")
entries.settimeout(0.2)
uid, gid = int(sys.argv[1]), int(sys.argv[2])
daemon = subprocess.Popen(sys.argv[3:], stderr=errors, user=uid, group=gid, extra_groups=[])
found, over = [], False
while True:
    try:
        data = entries.recv(1 << 20)
    except TimeoutError:
        if over:
            break
        over = daemon.poll() is not None
        continue
    entry = {}
    while data:
        line, _, data = data.partition(b"\\n")
        name, sign, value = line.partition(b"=")
        if not sign:
            size = struct.unpack("<Q", data[:8])[0]
            value, data = data[8:8 + size], data[9 + size:]
        entry[name.decode()] = value.decode()
    found.append(entry)
print(json.dumps({"code": daemon.returncode, "entries": found}))
"""


@pytest.mark.skipif(os.getuid() != 0 or subprocess.run(
    ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/run"], capture_output=True).returncode != 0,
    reason="needs a /run of its own")
def test_the_journal_has_fields(campaigns, stage, sink):
    campaign = campaigns(**QUIET)
    go_live(campaign)
    mail = next(m for m in MAILS if m.key == "lishi-1")
    campaign.deliver([mail])
    sink.refuse({"match": "lishi_dw", "reply": "550 5.1.1 no such user"})
    program = stage.file(campaign.dir / "journal.py", JOURNAL)
    done = stage.run(["unshare", "-m", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh", "/usr/bin/python3", "-I",
                      program, stage.uid, stage.gid, campaign.bin / "baosongd", "-c", campaign.config, "--once", "--now",
                      NOW], as_root=True)
    seen = json.loads(done.stdout)
    assert seen["code"] == 0, done.stdout
    read = next(e for e in seen["entries"] if "BAOSONG_MAIL" in e)
    assert read["BAOSONG_MAIL"] == hashlib.sha256(mail.raw).hexdigest() and read["BAOSONG_UID"] == "1"
    assert read["BAOSONG_COMMITTEE"] and read["BAOSONG_MESSAGE_ID"] in mail.raw.decode()
    letter = letters(campaign, "receipt")[0]
    failed = next(e for e in seen["entries"] if "failed" in e["MESSAGE"] and "BAOSONG_MESSAGE_ID" in e)
    assert failed["BAOSONG_MESSAGE_ID"] == letter["message_id"] and failed["BAOSONG_COMMITTEE"] == letter["committee"]
    assert failed["PRIORITY"] == "4" and "待处理" in failed["MESSAGE"]
