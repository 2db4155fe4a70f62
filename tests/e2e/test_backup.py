"""baosong backup and restore: one moment of a running system, checked before it is put back."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tarfile

import pytest
from facts import complaint, go_live, good, items, mark
from ledger import lose_state, same, snapshot
from season import LATER, LATER_NOW, MAILS, NOW
from test_service import Service

SOME = [m for m in MAILS if m.key in ("wen-1", "lishi-1", "shu-1", "hua-2", "zhe-1", "zhe-2", "newsletter", "gj-1")]


@pytest.fixture
def saved(campaign, stage):
    campaign.deliver(SOME)
    go_live(campaign)
    campaign.file = stage.folder("backups") / f"{campaign.dir.name}.tar"
    campaign.said = good(campaign.command("backup", campaign.file)).stdout
    return campaign


def test_there_and_back(saved):
    was = snapshot(saved)
    assert "key is not in it" in saved.said and saved.file.stat().st_mode & 0o77 == 0
    names = tarfile.open(saved.file).getnames()
    assert "baosong.db" in names and any(n.startswith("mail/") for n in names) and not any("-wal" in n for n in names)
    assert len(list(saved.file.parent.glob(f"{saved.file.name}*"))) == 1
    lose_state(saved, "instance")
    since = mark(saved.smtp)
    good(saved.command("restore", saved.file))
    good(saved.command("fsck"))
    good(saved.daemon(NOW))
    assert since.log() == []
    same(was, snapshot(saved))


def test_an_old_backup_sends_nothing_again(saved):
    """What happened since comes from the mailbox: numbers, letters that went, stages that were taken."""
    saved.deliver([m for m in MAILS if m.key in ("wai-1", "jing-1")])
    saved.deliver(LATER)
    good(saved.daemon(LATER_NOW))
    was = snapshot(saved)
    since = mark(saved.smtp)
    good(saved.command("restore", "--force", saved.file))
    good(saved.daemon(LATER_NOW))
    assert since.log() == []
    same(was, snapshot(saved))


def test_a_backup_before_the_letters_went(campaign, stage):
    campaign.deliver(SOME)
    good(campaign.daemon(NOW))
    file = stage.folder("backups") / "observed.tar"
    good(campaign.command("backup", file))
    good(campaign.command("go-live"))
    good(campaign.daemon(NOW))
    was, since = snapshot(campaign), mark(campaign.smtp)
    good(campaign.command("restore", "--force", file))
    good(campaign.daemon(NOW))
    assert since.log() == []
    same(was, snapshot(campaign))


@pytest.mark.parametrize("how", ["rebuild", "restore"])
def test_what_is_put_aside_is_whole(how, saved):
    """The daemon was killed, and its last rows are in the journal: the old database has them without it."""
    saved.write(campaign__rehearsal="no", remind__before="", remind__overdue="")
    service = Service(saved)
    service.until(lambda: "READY=1" in service.said, "READY=1")
    good(saved.command("hold"))
    service.until(lambda: saved.status()["mode"] == "hold", "hold")
    service.process.kill()
    service.process.wait()
    state = saved.dir / "state"
    assert (state / "baosong.db-wal").stat().st_size > 0
    saved.write(campaign__rehearsal="yes")
    good(saved.command("restore", "--force", saved.file) if how == "restore" else saved.command("rebuild", "--now", LATER_NOW))
    assert not (state / "baosong.old.db-wal").exists()
    old = sqlite3.connect(state / "baosong.old.db")
    assert old.execute("SELECT value FROM setting WHERE key = 'mode'").fetchone() == ("hold",)
    old.close()


def test_tar_that_saw_a_folder_change(saved, stage):
    """GNU tar ends with 1 when mail is filed while it reads: the backup is whole. What it cannot read, it says by 2."""
    tools = stage.folder("tools")
    environment = {**stage.environment(), "PATH": f"{tools}:/usr/bin:/bin"}
    for code in (1, 2):
        stage.file(tools / "tar", f'#!/bin/sh\n/usr/bin/tar "$@"\necho "tar: files: changed" >&2\nexit {code}\n', 0o755)
        file = saved.file.with_name(f"changed-{code}.tar")
        done = subprocess.run([saved.bin / "baosong", "-c", saved.config, "backup", file], env=environment,
                              capture_output=True, text=True, **stage.as_user())
        assert done.returncode == (0 if code == 1 else 75) and file.exists() == (code == 1), done.stderr


def test_the_key_goes_with_the_state_folder(campaign, stage):
    campaign.write(store__key_file=None)
    campaign.deliver(SOME)
    go_live(campaign)
    file = stage.folder("backups") / "with-key.tar"
    assert "ledger key" in good(campaign.command("backup", file)).stdout
    key = (campaign.dir / "state/ledger.key").read_text()
    lose_state(campaign)
    good(campaign.command("restore", file))
    assert (campaign.dir / "state/ledger.key").read_text() == key
    good(campaign.command("fsck"))


def test_restore_refuses(saved, stage):
    """A database that is there, a daemon that works, an archive that is none, or not whole, or another campaign's."""
    was = snapshot(saved)
    assert "--force" in good(saved.command("restore", saved.file), 73).stderr
    import fcntl
    with open(saved.dir / "state/lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another baosongd" in complaint(saved.command("restore", "--force", saved.file), 75)
    noise = stage.file("backups/noise.tar", b"no archive" * 1000)
    assert "tar" in complaint(saved.command("restore", "--force", noise), 65)
    folder = stage.folder("backups", "torn")
    subprocess.run(["tar", "-xf", saved.file, "-C", folder], check=True)
    next(folder.rglob("*.eml")).write_bytes(b"other")
    torn = stage.dir / "backups/torn.tar"
    subprocess.run(["tar", "-cf", torn, "-C", folder, "baosong.db", "mail", "files"], check=True)
    assert "not whole" in complaint(saved.command("restore", "--force", torn), 65)
    same(was, snapshot(saved))
    assert not list((saved.dir / "state/tmp").iterdir())


@pytest.mark.parametrize("compressor", ["gzip", "xz", "zstd", "bzip2", "lz4"])
def test_a_backup_that_was_compressed(compressor, saved, stage):
    program = shutil.which(compressor) or pytest.skip(f"no {compressor} here")
    small = stage.file(f"backups/small.{compressor}", subprocess.run([program, "-c"], input=saved.file.read_bytes(),
                                                                    stdout=subprocess.PIPE, check=True).stdout)
    was = snapshot(saved)
    lose_state(saved, "instance")
    good(saved.command("restore", small))
    good(saved.command("fsck"))
    torn = stage.file(f"backups/torn.{compressor}", small.read_bytes()[:-small.stat().st_size // 3])
    line = complaint(saved.command("restore", "--force", torn), 65)
    assert "nothing was put back" in line and "killed" not in line, line
    good(saved.daemon(NOW))
    same(was, snapshot(saved))


def test_a_compressor_that_is_not_here(saved, stage):
    tools = stage.folder("few-tools")
    (tools / "tar").symlink_to(shutil.which("tar"))
    small = stage.file("backups/small.xz", b"\xfd7zXZ\0" + b"-" * 1000)
    done = good(saved.command("restore", "--force", small, env={"PATH": str(tools)}), 69)
    assert len(done.stderr.splitlines()) == 1 and "compressed with xz" in done.stderr and str(small) in done.stderr


def test_a_backup_that_is_interrupted(saved, stage):
    """Ctrl+C goes to the group: tar dies of it, and what is half done does not stay."""
    tools = stage.folder("slow-tools")
    begun = tools / "begun"
    stage.file(tools / "tar", f'#!/bin/sh\necho half >"$3"\ntouch {begun}\nexec sleep 1000\n', 0o755)
    folder = stage.folder("backups", "interrupted")
    process = subprocess.Popen([saved.bin / "baosong", "-c", saved.config, "backup", folder / "state.tar"], text=True,
                               env={**stage.environment(), "PATH": f"{tools}:/usr/bin:/bin"}, stderr=subprocess.PIPE,
                               start_new_session=True, **stage.as_user())
    stage.wait_for("tar", begun.exists, process, "/dev/null")
    os.killpg(process.pid, signal.SIGINT)
    assert "no backup was written" in process.communicate(timeout=60)[1] and process.returncode == 130
    assert list(folder.iterdir()) == []


def test_what_a_killed_backup_left_goes_with_the_next(saved, stage):
    """A copy of everything under a hidden name. One that still works beside us keeps its folder."""
    tools, folder = stage.folder("stuck-tools"), stage.folder("backups", "killed")
    begun = tools / "begun"
    stage.file(tools / "tar", f'#!/bin/sh\necho half >"$3"\ntouch {begun}\nexec sleep 1000\n', 0o755)
    environment = {**stage.environment(), "PATH": f"{tools}:/usr/bin:/bin"}

    def begin():
        begun.unlink(missing_ok=True)
        process = subprocess.Popen([saved.bin / "baosong", "-c", saved.config, "backup", folder / "state.tar"],
                                   env=environment, start_new_session=True, **stage.as_user())
        stage.wait_for("tar", begun.exists, process, "/dev/null")
        return process

    killed, works = begin(), begin()
    assert len(list(folder.iterdir())) == 2
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    good(saved.command("backup", folder / "other.tar"))
    left = [path for path in folder.iterdir() if path.name != "other.tar"]
    assert len(left) == 1 and (left[0] / "half").read_text() == "half\n"
    os.killpg(works.pid, signal.SIGTERM)
    works.wait(60)
    assert [path.name for path in folder.iterdir()] == ["other.tar"]


def test_another_campaigns_backup(saved, campaigns):
    other = campaigns()
    assert "belongs to campaign" in complaint(other.command("restore", saved.file), 78)
    assert not (other.dir / "state/baosong.db").exists()


def test_a_backup_of_a_running_daemon(saved, stage):
    """Taken while a daemon holds the lock and writes."""
    saved.deliver([m for m in MAILS if m not in SOME])
    process = subprocess.Popen([saved.bin / "baosongd", "-c", saved.config, "--once", "--now", NOW],
                               stderr=subprocess.DEVNULL, env=stage.environment(), **stage.as_user())
    files = []
    for i in range(20):
        files.append(stage.dir / f"backups/{saved.dir.name}-{i}.tar")
        good(saved.command("backup", files[-1]))
        if process.poll() is not None:
            break
    assert process.wait(120) == 0
    was = snapshot(saved)
    for file in files[:: max(1, len(files) // 4)]:
        since = mark(saved.smtp)
        good(saved.command("restore", "--force", file))
        good(saved.command("fsck"))
        good(saved.daemon(NOW))
        assert since.log() == []
        assert items(saved) == was["items"]
