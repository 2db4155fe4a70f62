"""An administrator who follows the README, forgets a step, and is told which."""

import os
import pwd
from pathlib import Path

import openpyxl
import pytest
from facts import complaint, go_live, good, items, letters
from season import MAILS, NOW

TRY_LATER, CONFIG = 75, 78
SOME = [m for m in MAILS if m.key == "lishi-1"]


def test_no_password_is_not_a_wrong_one(campaign):
    campaign.write(imap__password_file=None)
    line = complaint(campaign.daemon(NOW), TRY_LATER)
    assert "there is no password" in line and campaign.user in line and "imap-password" in line


def test_server_that_takes_no_tokens(campaign):
    """It has refused nothing: a look at user and password would be in vain."""
    campaign.write(imap__password_file=None, imap__token_command="/bin/echo token")
    line = complaint(campaign.daemon(NOW), TRY_LATER)
    assert "offers no login of the kind" in line and "refused" not in line


def test_no_password_for_letters_is_told_while_observing(campaign):
    campaign.write(smtp__user=campaign.user)
    campaign.deliver(SOME)
    done = good(campaign.daemon(NOW))
    told = [line for line in done.stderr.splitlines() if "there is no password" in line]
    assert len(told) == 1 and "smtp-password" in told[0] and "letters will not leave" in told[0]
    assert len(items(campaign)) == 1
    good(campaign.command("go-live"))
    assert "smtp-password" in complaint(campaign.daemon(NOW), TRY_LATER)
    campaign.write(smtp__user=None)
    good(campaign.daemon(NOW))
    assert [letter["state"] for letter in letters(campaign, "receipt")] == ["sent"]


def test_config_that_may_not_be_read(campaign):
    campaign.config.chmod(0)
    line = complaint(campaign.command("status"), CONFIG)
    assert "Permission denied" in line and "sudo" in line and "print-example" not in line


def test_calls_that_are_slips(campaign, stage):
    """Told before anything is done, each by its own exit status."""
    for argv, code, said in ((["--now", "tomorrow", "status"], 64, "unknown option"), (["help"], 0, "Commands:"),
                             (["roster"], 64, "baosong roster check FILE"), (["show", "〔CX2014-001〕"], 75, "start baosongd"),
                             (["roster", "check", campaign.dir / "none.csv"], 66, "none.csv"),
                             (["roster", "check", campaign.dir], 66, "directory"),
                             (["backup", campaign.dir], 73, "is a folder")):
        done = campaign.command(*argv)
        assert done.returncode == code and said in done.stdout + done.stderr, (argv, done.stdout, done.stderr)
    done = campaign.daemon("tomorrow")
    assert done.returncode == 64 and "2014-05-30T09:00:00+08:00" in done.stderr
    done = stage.run(["sh", "-c", f"{campaign.bin}/baosong -c {campaign.config} config check >/dev/full"])
    assert done.returncode == 74 and "is the disk full?" in done.stderr
    done = stage.run([campaign.bin / "baosong", f"-c{campaign.config}", "config", "check"])
    assert done.returncode == 0 and "signed      示例大学党委组织部, 联系人甲, 010-00000000" in done.stdout


def test_folders_that_are_not_there_or_others(campaign):
    campaign.write(imap__ledger="Sent")
    line = complaint(campaign.daemon(NOW), CONFIG)
    assert "[imap] ledger" in line and "folder of sent mail" in line
    campaign.write(imap__ledger=None, imap__junk="垃圾邮件夹")
    told = [line for line in good(campaign.daemon(NOW)).stderr.splitlines() if "warning" in line]
    assert len(told) == 1 and "[imap] junk" in told[0] and "垃圾邮件夹" in told[0] and "Junk" in told[0]


def test_group_that_is_not_there(campaign):
    campaign.write(share__group="no-such-group")
    line = complaint(campaign.command("config", "check"), CONFIG)
    assert "no-such-group" in line and "groupadd" in line


@pytest.mark.skipif(os.getuid() != 0, reason="needs root")
def test_root_leaves_nothing_that_the_service_cannot_use(campaign, stage):
    """baosongd by hand under sudo, where the state folder is the service's."""
    go_live(campaign)
    campaign.deliver(SOME)
    good(stage.run([campaign.bin / "baosongd", "-c", campaign.config, "--once", "--now", NOW], as_root=True))
    assert len(items(campaign)) == 1
    roots = [str(path) for top in ("state", "share") for path in (campaign.dir / top).rglob("*") if path.stat().st_uid == 0]
    assert roots == []


@pytest.mark.skipif(os.getuid() != 0, reason="needs root")
def test_root_becomes_the_owner_with_all_groups(campaign, stage):
    """A login as the service's user is in `staff` too: so is what root starts; and it says that it is root no more."""
    groups = Path("/etc/group").read_text() + f"baosong-staff:x:54321:{stage.user}\nbaosong-share:x:54322:\n"
    group_file = stage.file(campaign.dir / "group", groups, 0o644)
    seen = stage.file(campaign.dir / "seen", "")
    tell = stage.file(campaign.dir / "token", f"#!/bin/sh\n{{ id -G; id -nu; echo $HOME; }} >{seen}\necho token\n", 0o755)
    campaign.write(imap__password_file=None, imap__token_command=tell, share__group="baosong-share")
    done = stage.run(["unshare", "--mount", "sh", "-c", f"mount --bind {group_file} /etc/group && exec \"$@\"", "-",
                      campaign.bin / "baosongd", "-c", campaign.config, "--once", "--now", NOW], as_root=True)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no mount namespaces here")
    assert "offers no login" in complaint(done, TRY_LATER)
    numbers, name, home = seen.read_text().splitlines()
    assert set(map(int, numbers.split())) >= {stage.gid, 54321, 54322} and 0 not in map(int, numbers.split())
    assert name == stage.user and home == pwd.getpwuid(stage.uid).pw_dir
    told = [line for line in done.stderr.splitlines() if "not as root" in line]
    assert len(told) == 1 and stage.user in told[0] and str(campaign.dir / "state") in told[0]


@pytest.mark.skipif(os.getuid() != 0, reason="needs root")
def test_root_puts_its_own_backup_back(campaign, stage):
    """`sudo baosong backup` makes a file of root's; `sudo baosong restore` works as the owner of the state folder."""
    go_live(campaign)
    campaign.deliver(SOME)
    good(campaign.daemon(NOW))
    vault = stage.folder("vault")
    os.chown(vault, 0, 0)
    vault.chmod(0o700)
    backup = vault / "state.tar"
    command = [campaign.bin / "baosong", "-c", campaign.config]
    good(stage.run([*command, "backup", backup], as_root=True))
    good(stage.run([*command, "restore", "--force", backup], as_root=True))
    good(campaign.command("fsck"))
    assert len(items(campaign)) == 1
    assert [str(path) for path in (campaign.dir / "state").rglob("*") if path.stat().st_uid == 0] == []


@pytest.mark.skipif(os.getuid() != 0, reason="needs root")
def test_root_removes_no_leftovers_of_others(campaign, stage):
    """Who may write beside the backup could make them links while root removes them."""
    good(campaign.daemon(NOW))
    vault = stage.folder("leftovers")
    os.chown(vault, 0, 0)
    own, others = (vault / f".baosong-backup-{name}" for name in ("own", "others"))
    for folder, uid in ((own, 0), (others, stage.uid)):
        folder.mkdir()
        (folder / "baosong.db").write_bytes(b"half")
        os.chown(folder, uid, -1)
    good(stage.run([campaign.bin / "baosong", "-c", campaign.config, "backup", vault / "state.tar"], as_root=True))
    assert not own.exists() and (others / "baosong.db").exists()


def test_reminders_that_staff_approve(campaigns):
    campaign = campaigns(remind__approve="yes")
    good(campaign.daemon(NOW))
    good(campaign.command("go-live"))
    assert "then run 'baosong release'" in good(campaign.daemon(NOW)).stderr
    held = letters(campaign, "reminder")
    assert held and {letter["state"] for letter in held} == {"held"} and not campaign.letters.recipients()
    sheet = openpyxl.load_workbook(campaign.dir / "share" / "报送汇总.xlsx")["待处理"]
    asked = [" ".join(str(cell) for cell in row) for row in sheet.iter_rows(values_only=True) if "提醒待批准" in row]
    assert len(asked) == 1 and f"{len(held)} 封" in asked[0] and "baosong release" in asked[0]
    assert held[0]["subject"] in asked[0] and "2014年5月30日" in asked[0]  # one letter, from its subject to its date
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    sheet = openpyxl.load_workbook(campaign.dir / "share" / "报送汇总.xlsx")["待处理"]
    assert not any("提醒待批准" in row for row in sheet.iter_rows(values_only=True))
    assert {letter["state"] for letter in letters(campaign, "reminder")} == {"sent"}


def test_commands_in_the_wrong_order(campaign):
    """Each says what is so, and leaves nothing behind that a right command trips over."""
    assert "start baosongd once" in complaint(campaign.command("reparse"), TRY_LATER)
    assert not (campaign.dir / "state/baosong.db").exists()  # or `restore` would want --force
    good(campaign.daemon(NOW))
    assert "nothing goes out before 'baosong go-live'" in good(campaign.command("release")).stdout
    assert "is not left out" in good(campaign.command("revive", "nobody@shili.example"), 65).stderr
    assert campaign.status()["requests"] == 1
    good(campaign.command("go-live"))
    assert "Held letters: 0" in good(campaign.command("release")).stdout  # it comes after go-live
    good(campaign.daemon(NOW))
    assert campaign.status()["mode"] == "live"
    good(campaign.command("hold"))
    good(campaign.daemon(NOW))
    campaign.deliver(SOME)
    good(campaign.daemon(NOW))
    assert "Held letters: 1" in good(campaign.command("release")).stdout
    assert "is a folder" in good(campaign.command("restore", campaign.dir), 66).stderr
