"""The mailbox is the ledger: from config, roster, key and mail server alone the same campaign comes back."""

import os
import pty
import re
import shutil
import signal
import subprocess
import time

import pytest
from conftest import make_campaign
from facts import complaint, go_live, good, items, letters, mark
from ledger import cells, delete, lose_state, records, same, snapshot
from season import LATER, LATER_NOW, MAILS, NOW

CONFIG, GAPS = 78, 65
SOME = [m for m in MAILS if m.key in ("wen-1", "lishi-1", "shu-1", "hua-2", "zhe-1", "zhe-2", "newsletter", "gj-1")]


def rebuild(campaign, *more, now=LATER_NOW, code=0):
    return good(campaign.command("rebuild", "--now", now, *more), code)


@pytest.fixture(scope="module")
def lived(stage, imap, sink):
    """A whole season: observed, live, reminded, overdue."""
    campaign = make_campaign(stage, imap, sink, "lived")
    campaign.deliver(MAILS)
    good(campaign.daemon(NOW))
    good(campaign.command("go-live"))
    good(campaign.daemon(NOW))
    campaign.deliver(LATER)
    good(campaign.daemon(LATER_NOW))
    good(campaign.daemon(LATER_NOW))
    campaign.was = snapshot(campaign)
    campaign.book = cells(campaign)
    assert len(campaign.was["items"]) > 20 and len(campaign.was["reminders"]) > 10
    return campaign


def came_back(campaign, *without):
    same({k: v for k, v in campaign.was.items() if k not in without}, snapshot(campaign))
    since = mark(campaign.smtp)
    good(campaign.daemon(LATER_NOW))
    assert since.log() == []
    same({k: v for k, v in campaign.was.items() if k not in without}, snapshot(campaign))
    now = cells(campaign)
    assert {k: (campaign.book.get(k), now.get(k)) for k in campaign.book.keys() | now.keys()
            if campaign.book.get(k) != now.get(k)} == {}


def test_from_the_mailbox_alone(lived):
    lose_state(lived, "instance")
    since = mark(lived.smtp)
    done = rebuild(lived)
    assert since.log() == [] and "nothing was sent" in done.stdout and "gap" not in done.stdout
    came_back(lived)


def test_a_bar_on_a_terminal(lived):
    """Long work shows how far it is, to people only."""
    ours, theirs = pty.openpty()
    stage = lived.stage
    done = subprocess.run([str(lived.bin / "baosong"), "-c", str(lived.config), "rebuild", "--now", LATER_NOW],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, cwd=stage.dir,
                          env=stage.environment(), **stage.as_user())
    os.close(theirs)
    shown = b""
    while part := read_or_nothing(ours):
        shown += part
    os.close(ours)
    assert done.returncode == 0
    assert re.search(rb"\r\[#{40}\] (\d+)/\1 records", shown), shown[-300:]
    assert b"#" not in good(lived.command("rebuild", "--now", LATER_NOW)).stderr.encode()


def read_or_nothing(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # its other end is closed
        return b""


def test_beside_a_running_copy_of_everything(lived):
    rebuild(lived)
    came_back(lived)
    assert (lived.dir / "state/baosong.old.db").exists()


def test_a_deleted_database_is_not_begun_anew(lived):
    (lived.dir / "state/baosong.db").unlink()
    since = mark(lived.smtp)
    line = complaint(lived.daemon(LATER_NOW), CONFIG)
    assert "baosong -c" in line and "rebuild" in line
    complaint(lived.daemon(LATER_NOW), CONFIG)
    assert since.log() == []
    rebuild(lived)
    came_back(lived)


def test_the_wrong_key(lived):
    (lived.dir / "state/baosong.db").unlink()
    key = (lived.dir / "ledger.key").read_text()
    lived.stage.file(lived.dir / "ledger.key", "f" * 64 + "\n")
    assert "key" in complaint(lived.daemon(LATER_NOW), CONFIG)
    assert "key" in complaint(lived.command("rebuild", "--now", LATER_NOW), CONFIG)
    lived.stage.file(lived.dir / "ledger.key", key)
    rebuild(lived)
    came_back(lived)


def test_interrupted_again_and_again(lived):
    lose_state(lived, "instance", "mail")
    for pause in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5):
        process = subprocess.Popen([lived.bin / "baosong", "-c", lived.config, "rebuild", "--now", LATER_NOW],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=lived.stage.demote if hasattr(lived.stage, "demote") else None)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL if pause < 0.4 else signal.SIGINT)
        process.wait()
    rebuild(lived)
    came_back(lived)


def test_while_a_daemon_works(lived, stage):
    import fcntl
    with open(lived.dir / "state/lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = complaint(lived.command("rebuild", "--now", LATER_NOW), 75)
    assert "another baosongd" in line


def test_a_mailbox_under_another_uidvalidity(campaign, imap):
    campaign.deliver(SOME)
    go_live(campaign)
    campaign.was, campaign.book = snapshot(campaign), None
    mails = {folder: imap.fetch(campaign.user, folder) for folder in ("INBOX", "Baosong", "Sent")}
    client = imap.login(campaign.user)
    for folder in ("Baosong", "Sent"):
        client.delete(folder)
        client.create(folder)
    client.logout()
    delete(campaign, "INBOX", *[m["uid"] for m in mails["INBOX"]])
    for folder, found in mails.items():
        imap.append(campaign.user, [(m["raw"], m["when"]) for m in found], None, folder)
    good(campaign.daemon(NOW))
    same(campaign.was, snapshot(campaign))
    lose_state(campaign, "instance")
    rebuild(campaign, now=NOW)
    same(campaign.was, snapshot(campaign))


def test_a_letter_without_evidence_is_held(campaign, imap):
    campaign.deliver(SOME)
    go_live(campaign)
    before = snapshot(campaign, "letters")
    sent = imap.fetch(campaign.user, "Sent")
    delete(campaign, "Sent", sent[0]["uid"], sent[1]["uid"])
    lose_state(campaign, "instance")
    done = rebuild(campaign, now=NOW)
    assert "2 letters" in done.stdout and "release" in done.stdout
    same(before, snapshot(campaign, "letters"))
    since = mark(campaign.smtp)
    good(campaign.daemon(NOW))
    assert since.log() == []
    assert sorted(o["state"] for o in letters(campaign))[:2] == ["held", "held"]
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert len(since.taken()) == 2
    assert set(since.message_ids()) <= {o["message_id"] for o in letters(campaign)}


def test_gaps_are_told_and_nothing_is_sent(campaign, imap):
    campaign.deliver(SOME)
    go_live(campaign)
    was = items(campaign)
    mails = [uid for uid, record in records(campaign) if record["kind"] == "mails"]
    requests = [(uid, r) for uid, r in records(campaign) if r["kind"] == "request"]
    delete(campaign, "Baosong", requests[0][0])
    delete(campaign, "INBOX", imap.fetch(campaign.user)[0]["uid"])
    assert mails
    lose_state(campaign, "instance")
    done = rebuild(campaign, now=NOW, code=GAPS)
    assert f"records {requests[0][1]['seq']} are missing" in done.stdout
    assert "neither in the mailbox nor on disk" in done.stdout and "--accept-gaps" in done.stdout
    assert [(i["number"], i["title"], i["committee"]) for i in items(campaign)] == \
        [(i["number"], i["title"], i["committee"]) for i in was]
    good(campaign.command("go-live"))
    campaign.deliver([m for m in MAILS if m.key == "wai-1"])
    since = mark(campaign.smtp)
    assert "accept-gaps" in good(campaign.daemon(NOW)).stderr
    assert since.log() == []
    rebuild(campaign, "--accept-gaps", now=NOW)
    assert campaign.status()["records_missing"] == "" and not campaign.status()["gaps"]
    good(campaign.daemon(NOW))
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert len(since.taken()) == 1


def test_a_record_that_was_changed(campaign, imap):
    """One that no key opens is a gap like one that is missing, and no reason to refuse all others."""
    campaign.deliver(SOME)
    go_live(campaign)
    was = items(campaign)
    sound = imap.fetch(campaign.user, "Baosong")[1]
    last = sound["raw"].index(b"\r\n-----END BAOSONG RECORD") - 1  # of its signature
    torn = sound["raw"][:last] + (b"0" if sound["raw"][last:last + 1] != b"0" else b"1") + sound["raw"][last + 1:]
    imap.append(campaign.user, torn, sound["when"], "Baosong")
    uid = imap.fetch(campaign.user, "Baosong")[-1]["uid"]
    delete(campaign, "Baosong", sound["uid"])
    lose_state(campaign, "instance")
    done = rebuild(campaign, now=NOW, code=GAPS)
    assert f"UID {uid} of folder Baosong cannot be read" in done.stdout and "are missing" in done.stdout
    assert [(i["number"], i["title"]) for i in items(campaign)] == [(i["number"], i["title"]) for i in was]
    delete(campaign, "Baosong", uid)
    imap.append(campaign.user, sound["raw"], sound["when"], "Baosong")
    lose_state(campaign, "instance")
    rebuild(campaign, now=NOW)
    assert [(i["number"], i["title"]) for i in items(campaign)] == [(i["number"], i["title"]) for i in was]


def test_a_rebuild_that_ended_early_forgets_no_gap(campaign, imap):
    """All is read, and a mail is missing; then it cannot put the old database aside. The next one tells of the gap too."""
    campaign.deliver(SOME)
    go_live(campaign)
    delete(campaign, "INBOX", imap.fetch(campaign.user)[0]["uid"])
    state = campaign.dir / "state"
    shutil.rmtree(state / "mail")
    (state / "baosong.old.db").mkdir()
    assert campaign.command("rebuild", "--now", NOW).returncode != 0 and (state / "rebuild.db").exists()
    (state / "baosong.old.db").rmdir()
    done = rebuild(campaign, now=NOW, code=GAPS)
    assert done.stdout.count("neither in the mailbox nor on disk") == 1
    assert campaign.status()["gaps"]
    assert "accept-gaps" in good(campaign.daemon(NOW)).stderr


def test_mails_gone_from_the_server_come_from_disk(campaign, imap):
    campaign.deliver(SOME)
    go_live(campaign)
    before = snapshot(campaign, "others")
    delete(campaign, "INBOX", *[m["uid"] for m in imap.fetch(campaign.user)])
    lose_state(campaign, "instance", "mail")
    rebuild(campaign, now=NOW)
    same(before, snapshot(campaign, "others"))


def test_the_ledger_folder_is_lost(campaign, imap):
    """Letters in Sent carry records of their own: the numbers that people were told stay."""
    campaign.deliver(SOME)
    go_live(campaign)
    told = {(i["number"], i["title"], i["committee"]) for i in items(campaign)}
    client = imap.login(campaign.user)
    client.delete("Baosong")
    client.logout()
    lose_state(campaign, "instance")
    since = mark(campaign.smtp)
    assert "rebuild" in complaint(campaign.daemon(NOW), CONFIG)
    good(campaign.command("rebuild", "--now", NOW, "--accept-gaps"))
    assert {(i["number"], i["title"], i["committee"]) for i in items(campaign)} == told
    good(campaign.command("go-live"))
    good(campaign.daemon(NOW))
    assert since.log() == []
    assert {o["state"] for o in letters(campaign, "receipt")} == {"sent"}


def test_mails_that_nobody_recorded_follow_by_arrival(campaign):
    campaign.deliver([m for m in MAILS if m.key in ("wen-1", "lishi-1")])
    go_live(campaign)
    before = items(campaign)
    campaign.deliver(sorted((m for m in MAILS if m.key in ("shu-1", "wai-1", "jing-1")), key=lambda m: -m.when))
    lose_state(campaign, "instance")
    rebuild(campaign, now=NOW)
    after = items(campaign)
    assert after[:2] == before
    assert [i["received_at"] for i in after[2:]] == sorted(i["received_at"] for i in after[2:])
    assert {o["hold_reason"] for o in letters(campaign) if o["state"] == "held"} == {"admin"}


def test_a_roster_edit_moves_nothing(campaign):
    campaign.deliver([m for m in MAILS if m.key in ("wen-1", "lishi-1")])
    go_live(campaign)
    was = items(campaign)
    roster = (campaign.dir / "roster.csv").read_text()
    lines = roster.splitlines()
    at = next(i for i, line in enumerate(lines) if "wenxueyuan@shili.example" in line)
    lines[at] = lines[at].replace("wenxueyuan@shili.example", "neues@shili.example")
    campaign.stage.file(campaign.dir / "roster.csv", "\n".join(line for line in lines if "lishi_dw@163" not in line) + "\n")
    lose_state(campaign, "instance")
    rebuild(campaign, now=NOW)
    assert [(i["number"], i["committee"], i["title"], i["counts"]) for i in items(campaign)] == \
        [(i["number"], i["committee"], i["title"], i["counts"]) for i in was]
    opinions = campaign.query("SELECT why FROM todo WHERE code = 'opinion'")
    assert opinions and all("登记未改动" in o["why"] for o in opinions)


def test_reparse_moves_nothing(campaign):
    campaign.deliver(SOME)
    go_live(campaign)
    before = snapshot(campaign)
    done = good(campaign.command("reparse"))
    assert "0 of them read otherwise" in done.stdout and "0 opinions" in done.stdout
    same(before, snapshot(campaign))


def test_a_damaged_database_is_made_anew_as_the_message_says(campaign):
    campaign.deliver(SOME)
    go_live(campaign)
    was = items(campaign)
    database = campaign.dir / "state/baosong.db"
    database.write_bytes(b"no database" * 1000)
    assert "baosong rebuild" in complaint(campaign.daemon(NOW), 75)
    rebuild(campaign, now=NOW)
    assert items(campaign) == was


def test_a_deleted_ledger_folder_is_told_of(campaign, imap):
    campaign.deliver(SOME)
    go_live(campaign)
    last = records(campaign)[-1][1]["seq"]
    assert campaign.status()["records_missing"] == ""
    client = imap.login(campaign.user)
    client.delete("Baosong")
    client.logout()
    campaign.deliver([m for m in MAILS if m.key == "wai-1"])
    done = good(campaign.daemon(NOW)).stderr
    assert "was deleted" in done and f"{last} records that folder Baosong had lost are written again" in done
    assert "was deleted" not in good(campaign.daemon(NOW)).stderr
    assert campaign.status()["records_missing"] == ""
    numbers = [r["seq"] for _, r in records(campaign) if "seq" in r]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > last
    was = snapshot(campaign)
    lose_state(campaign, "instance")
    rebuild(campaign, now=NOW)
    same(was, snapshot(campaign))


@pytest.mark.parametrize("kept", [0, 2], ids=["all", "the-newest-page"])
def test_an_emptied_ledger_folder_is_written_again(campaign, imap, kept):
    """As webmail does it with one click: the folder stays, with its UIDVALIDITY and the next UID."""
    campaign.deliver(SOME)
    go_live(campaign)
    was, before = snapshot(campaign), sorted(r["seq"] for _, r in records(campaign) if "seq" in r)
    for mail in imap.fetch(campaign.user, "Baosong")[kept:]:
        delete(campaign, "Baosong", mail["uid"])
    done = good(campaign.daemon(NOW)).stderr
    assert "did somebody empty the folder?" in done and "are written again" in done
    assert sorted(r["seq"] for _, r in records(campaign) if "seq" in r) == before
    for _ in range(2):
        assert "empty the folder" not in good(campaign.daemon(NOW)).stderr
    assert sorted(r["seq"] for _, r in records(campaign) if "seq" in r) == before
    lose_state(campaign, "instance")
    rebuild(campaign, now=NOW)
    same(was, snapshot(campaign))


def test_a_record_that_was_put_back(campaign, imap):
    """A new database has no copy of it: it is told of as missing until it is there again."""
    campaign.deliver(SOME)
    go_live(campaign)
    uid, seq = next((uid, r["seq"]) for uid, r in records(campaign) if r["kind"] == "request")
    raw = next(m["raw"] for m in imap.fetch(campaign.user, "Baosong") if m["uid"] == uid)
    delete(campaign, "Baosong", uid)
    lose_state(campaign, "instance")
    rebuild(campaign, now=NOW, code=GAPS)
    good(campaign.daemon(NOW))
    assert campaign.status()["records_missing"] == str(seq)
    imap.append(campaign.user, raw, folder="Baosong")
    good(campaign.daemon(NOW))
    assert campaign.status()["records_missing"] == "" and campaign.status()["mode"] == "live"


def test_two_campaigns_in_one_folder(campaign, stage, imap, sink):
    """The records of the other one are left alone, and told of in one line."""
    campaign.deliver(SOME)
    go_live(campaign)
    other = make_campaign(stage, imap, sink, "other", {"campaign.id": "other-2014", "imap.user": campaign.user})
    other.user = campaign.user
    assert len(records(campaign)) > 2
    said = good(other.daemon(NOW)).stderr
    assert len([line for line in said.splitlines() if "Baosong" in line]) == 1
    assert campaign.settings["campaign.id"] in said
