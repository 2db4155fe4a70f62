"""What goes wrong outside of us: one clear line, the right exit status, and the next good run loses nothing."""

import os
import shutil
import subprocess

import pytest
from facts import complaint, go_live, good, items, letters
from season import MAILS, NOW
from servers import Authority, free_ports
from test_service import Service

TRY_LATER, CONFIG = 75, 78
SOME = [m for m in MAILS if m.key in ("wen-1", "lishi-1", "zhe-1", "zhe-2", "newsletter")]


@pytest.fixture
def waiting(campaign):
    """A live campaign with mail that no run has seen yet."""
    go_live(campaign)
    campaign.deliver(SOME)
    return campaign


def nothing_lost(campaign):
    good(campaign.daemon(NOW))
    assert len(items(campaign)) == 4
    assert sorted(o["state"] for o in letters(campaign, "receipt")) == ["sent"] * 4
    ids = campaign.letters.message_ids()
    assert len(ids) == len(set(ids)) == len(letters(campaign))


def test_wrong_password(waiting):
    waiting.stage.file(waiting.dir / "imap.password", "not this one\n")
    line = complaint(waiting.daemon(NOW), TRY_LATER)
    assert "password" in line and "localhost" in line
    assert "not this one" not in line
    waiting.stage.file(waiting.dir / "imap.password", waiting.dovecot.password + "\n")
    nothing_lost(waiting)


def test_unreachable_server(waiting):
    port = free_ports(1)[0]
    waiting.write(imap__url=f"imaps://localhost:{port}")
    line = complaint(waiting.daemon(NOW), TRY_LATER)
    assert "localhost" in line and str(port) in line
    waiting.write(imap__url=f"imaps://localhost:{waiting.dovecot.imaps}")
    nothing_lost(waiting)


def test_certificate_for_another_host(waiting):
    waiting.write(imap__url=f"imaps://127.0.0.2:{waiting.dovecot.imaps}")
    line = complaint(waiting.daemon(NOW), TRY_LATER)
    assert "certificate" in line and "127.0.0.2" in line
    waiting.write(imap__url=f"imaps://localhost:{waiting.dovecot.imaps}")
    nothing_lost(waiting)


def test_certificate_for_another_host_by_starttls(waiting):
    waiting.write(imap__url=f"imap://127.0.0.2:{waiting.dovecot.imap}")
    assert "certificate" in complaint(waiting.daemon(NOW), TRY_LATER)
    waiting.write(imap__url=f"imap://localhost:{waiting.dovecot.imap}")
    nothing_lost(waiting)


def test_certificate_of_an_unknown_authority(waiting, stage):
    stranger = Authority(stage, "stranger")
    stage.file(waiting.dir / "ca.pem", stranger.ca.read_bytes())
    assert "certificate" in complaint(waiting.daemon(NOW), TRY_LATER)
    stage.file(waiting.dir / "ca.pem", waiting.dovecot.ca.read_bytes())
    nothing_lost(waiting)


def test_a_cut_authority(waiting, stage):
    whole = waiting.dovecot.ca.read_text().splitlines(keepends=True)
    for torn in (whole[:-3], whole[:2] + whole[4:]):
        stage.file(waiting.dir / "ca.pem", "".join(torn))
        line = complaint(waiting.daemon(NOW), CONFIG)
        assert "ca.pem" in line and "cut or changed" in line
    stage.file(waiting.dir / "ca.pem", "Subject: an authority\n" + "".join(whole) + "".join(whole))
    nothing_lost(waiting)


@pytest.mark.skipif(not shutil.which("prlimit"), reason="needs prlimit")
def test_no_descriptors_left(waiting):
    """Wherever it runs out of them, from the database to the attachments, that passes: never 78, which ends the service."""
    faults = set()
    for most in range(4, 100):
        done = waiting.stage.run(["prlimit", f"--nofile={most}", waiting.bin / "baosongd", "-c", waiting.config, "--once",
                                  "--now", NOW])
        if done.returncode == 0:
            break
        if done.returncode != 127:  # the program itself could be loaded
            faults.add(complaint(done, TRY_LATER))
    assert any("ledger.key" in line for line in faults) and any("authorities" in line for line in faults)
    nothing_lost(waiting)


SYSTEM = "/etc/ssl/certs/ca-certificates.crt"
AS_SYSTEM = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'  # our authority is one that the whole machine trusts


@pytest.mark.skipif(os.getuid() != 0 or not os.path.exists(SYSTEM) or subprocess.run(
    ["unshare", "-m", "sh", "-c", AS_SYSTEM, "sh", SYSTEM, SYSTEM, "true"], capture_output=True).returncode != 0,
    reason="needs authorities of its own")
@pytest.mark.parametrize("ca_file", ["ca.pem", None], ids=["a stranger in ca_file", "no ca_file"])
def test_the_systems_authorities_are_trusted(waiting, stage, ca_file):
    stage.file(waiting.dir / "ca.pem", Authority(stage, "stranger").ca.read_bytes())
    waiting.write(imap__ca_file=ca_file)
    assert "certificate" in complaint(waiting.daemon(NOW), TRY_LATER)
    good(stage.run(["unshare", "-m", "sh", "-c", AS_SYSTEM, "sh", waiting.dovecot.ca, SYSTEM,
                    "setpriv", f"--reuid={stage.uid}", f"--regid={stage.gid}", "--clear-groups",
                    waiting.bin / "baosongd", "-c", waiting.config, "--once", "--now", NOW], as_root=True))
    assert len(items(waiting)) == 4


def test_no_option_turns_verification_off(waiting):
    example = good(waiting.stage.run([waiting.bin / "baosongd", "--print-example"])).stdout
    assert "verify" not in example and "insecure" not in example


def test_full_disk_under_the_store(campaigns, stage):
    if os.getuid() != 0:
        pytest.skip("needs root to mount a small tmpfs")
    campaign = campaigns()
    state = campaign.dir / "state"
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=24m,uid={stage.uid},gid={stage.gid},mode=700",
                            "tmpfs", str(state)], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"may not mount: {mount.stderr.strip()}")
    try:
        good(campaign.daemon(NOW))
        go_live(campaign)
        good(campaign.daemon(NOW))
        campaign.deliver(SOME)
        filler = state / "filler"
        with open(filler, "wb") as f:
            free = os.statvfs(state)
            f.write(b"\0" * max(0, free.f_bavail * free.f_frsize - 24 * 1024))
        line = complaint(campaign.daemon(NOW), TRY_LATER)
        assert "space" in line or "full" in line
        filler.unlink()
        nothing_lost(campaign)
    finally:
        subprocess.run(["umount", "-l", str(state)], check=True)


# --- what the administrator wrote ------------------------------------------------------------------------------


@pytest.mark.parametrize("change, wanted", [
    ({"campaign.deadlin": "2014-06-02"}, ["[campaign]", "deadlin", "deadline"]),
    ({"imap.password": "secret"}, ["[imap]", "password", "password_file"]),
    ({"campaign.deadline": "2. Juni"}, ["deadline", "2. Juni", "YYYY-MM-DD"]),
    ({"campaign.timezone": "Asia/Peking"}, ["timezone", "Asia/Peking"]),
    ({"imap.url": "http://localhost"}, ["[imap]", "url", "imaps://"]),
    ({"campaign.title": None}, ["[campaign]", "title"]),
    ({"campaign.roster": "rooster.csv"}, ["roster", "rooster.csv"]),
    ({"quota.学院党委": "two"}, ["学院党委", "two"]),
], ids=lambda v: next(iter(v)) if isinstance(v, dict) else "")
def test_config_typo(waiting, change, wanted):
    settings = dict(waiting.settings)
    waiting.settings.update(change)
    waiting.write()
    for run in (lambda: waiting.daemon(NOW), lambda: waiting.command("status")):
        line = complaint(run(), CONFIG)
        for word in ["baosong.conf:", *wanted]:
            assert word in line, f"{word} is not in: {line}"
    waiting.settings = settings
    waiting.write()
    nothing_lost(waiting)


def test_doubled_key(waiting):
    waiting.write()
    doubled = waiting.config.read_text().replace("title = 基层", "title = 又一次\ntitle = 基层", 1)
    waiting.stage.file(waiting.config, doubled)
    line = complaint(waiting.daemon(NOW), CONFIG)
    assert "title" in line and "baosong.conf:" in line and "line" in line
    waiting.write()
    nothing_lost(waiting)


def test_two_committees_of_one_name(waiting):
    roster = waiting.dir / "roster.csv"
    right = roster.read_bytes()
    waiting.stage.file(roster, right.replace("历史学院党委".encode(), "文学院党委".encode(), 1))
    line = complaint(waiting.daemon(NOW), CONFIG)
    assert "文学院党委" in line and "roster.csv" in line and "3" in line
    checked = waiting.command("roster", "check", roster)
    assert checked.returncode != 0 and "单位名称" in checked.stdout + checked.stderr
    waiting.stage.file(roster, right)
    nothing_lost(waiting)


def test_roster_as_old_excel_saves_it(waiting):
    """GB18030 and CRLF, no byte order mark."""
    roster = waiting.dir / "roster.csv"
    waiting.stage.file(roster, roster.read_bytes().decode("utf-8-sig").encode("gb18030"))
    good(waiting.command("roster", "check", roster))
    nothing_lost(waiting)


def test_now_needs_rehearsal(waiting):
    waiting.write(campaign__rehearsal="no")
    assert "rehearsal" in complaint(waiting.daemon(NOW), CONFIG)


def test_rehearsal_never_mails_the_world(waiting):
    waiting.write(smtp__url="smtp://mail.university.example:587")
    assert "rehearsal" in complaint(waiting.daemon(NOW), CONFIG)


def test_a_share_of_another_campaign(waiting, campaigns):
    """As when a config is copied for the next one: the two would take turns. One that is over gives way."""
    good(waiting.daemon(NOW))
    share = waiting.dir / "share"
    try:
        os.setxattr(waiting.workbook(), "user.baosong.test", b"")
    except OSError:
        pytest.skip("no extended attributes there")
    other = campaigns(share__dir=str(share))
    for campaign, code in ((other, TRY_LATER), (waiting, 0), (other, TRY_LATER)):
        done = good(campaign.daemon(NOW), code)
        assert ("is the workbook of campaign " + waiting.user.split("@")[0][4:] in done.stderr) == bool(code)
    assert [path.name for path in share.glob("*.xlsx")] == ["报送汇总.xlsx"]
    os.utime(waiting.workbook(), (0, 0))
    good(other.daemon(NOW))
    assert len(list(share.glob("*（保留 *.xlsx"))) == 1
    assert "is the workbook of campaign" in complaint(waiting.daemon(NOW), TRY_LATER)


def test_a_share_that_may_not_be_written(waiting):
    """Everybody is answered all the same; one line says where, why, and what to do; the next good run writes it."""
    share = waiting.dir / "share"
    share.chmod(0o500)
    done = waiting.daemon(NOW)
    line = complaint(done, TRY_LATER)
    assert str(share) in line and "Permission denied" in line and "ReadWritePaths" in line
    assert all(said.startswith("baosongd: ") for said in done.stderr.splitlines())
    assert [o["state"] for o in letters(waiting, "receipt")] == ["sent"] * 4
    share.chmod(0o750)
    was = waiting.workbook().stat().st_ino
    nothing_lost(waiting)
    assert waiting.workbook().stat().st_ino != was


FREEZE = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'


@pytest.mark.skipif(os.getuid() != 0 or subprocess.run(
    ["unshare", "-m", "sh", "-c", FREEZE, "sh", "/tmp", "true"], capture_output=True).returncode != 0,
    reason="needs a file system that is read-only")
@pytest.mark.parametrize("how", ["ended", "killed"])
def test_a_state_that_became_read_only(how, waiting, stage):
    """As kernels leave it when a disk errs: one can look, and save what there is; a journal that is left is read, too."""
    state = waiting.dir / "state"

    def frozen(*argv):
        return stage.run(["unshare", "-m", "sh", "-c", FREEZE, "sh", state, "setpriv", f"--reuid={stage.uid}",
                          f"--regid={stage.gid}", "--clear-groups", *argv], as_root=True)

    if how == "ended":
        good(waiting.daemon(NOW))
    else:
        waiting.write(campaign__rehearsal="no", remind__before="", remind__overdue="")
        service = Service(waiting)
        service.until(lambda: [o["state"] for o in letters(waiting, "receipt")] == ["sent"] * 4, "receipts")
        service.process.kill()
        service.process.wait()
        waiting.write(campaign__rehearsal="yes")
        assert (state / "baosong.db-wal").stat().st_size > 0
    command = [waiting.bin / "baosong", "-c", waiting.config]
    assert "items        4" in good(frozen(*command, "status")).stdout
    good(frozen(*command, "show", "1"))
    good(frozen(*command, "fsck"))
    backup = stage.folder("backups") / f"{how}.tar"
    good(frozen(*command, "backup", backup))
    assert "Read-only" in complaint(frozen(*command, "hold"), TRY_LATER)
    daemon = [waiting.bin / "baosongd", "-c", waiting.config, "--once", "--now", NOW]
    assert "Read-only" in complaint(frozen(*daemon), TRY_LATER)
    good(waiting.command("restore", "--force", backup))
    nothing_lost(waiting)


def test_files_that_may_not_grow(waiting):
    """RLIMIT_FSIZE, as service managers set it: told like a full disk, instead of an end by SIGXFSZ."""
    done = waiting.stage.run(["prlimit", "--fsize=20000", waiting.bin / "baosongd", "-c", waiting.config, "--once",
                              "--now", NOW])
    assert complaint(done, TRY_LATER)
    assert letters(waiting, "receipt") == []
    nothing_lost(waiting)
    for command in (("backup", waiting.dir / "backup.tar"), ("rebuild",)):
        assert complaint(waiting.stage.run(["prlimit", "--fsize=100000", waiting.bin / "baosong", "-c", waiting.config,
                                            *command]), TRY_LATER)
    nothing_lost(waiting)
