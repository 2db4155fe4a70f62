"""Letters whose fate this instance does not know go to nobody twice, and to nobody unasked."""

import base64
import re
import sqlite3

import pytest
from facts import complaint, go_live, good, letters, mark
from season import NOW
from servers import odd_imap
from test_intake import odd, three  # noqa: F401 - a fixture
from test_lease import HALF, twin

LATER = "2014-05-30T09:45:00+08:00"  # past the lease of 30 minutes


def test_a_backup_that_cannot_take_the_lease_sends_nothing(odd, stage):  # noqa: F811
    """The first pass after restore fails at the lease: what was held is not sent by the next one."""
    campaign = odd()
    mails, campaign.server.mails = campaign.server.mails, {}
    campaign.write(smtp__burst="2", smtp__sent_copy="append")
    go_live(campaign)
    campaign.server.mails = mails
    good(campaign.daemon(NOW))
    assert {o["hold_reason"] for o in letters(campaign)} == {"burst"}
    file = stage.folder("backups") / "held.tar"
    good(campaign.command("backup", file))
    good(campaign.command("restore", "--force", file))
    since = mark(campaign.smtp)
    campaign.server.full = True
    good(campaign.daemon(LATER), 75)
    campaign.server.full = False
    good(campaign.daemon(LATER))
    assert since.log() == []
    assert {(o["state"], o["hold_reason"]) for o in letters(campaign)} == {("held", "burst")}


@pytest.fixture
def two(odd, stage, imap, sink):  # noqa: F811
    """A live instance and a standby on one odd mailbox, with one mail answered; two more are to come."""
    def make(**settings):
        first = odd()
        mails, first.server.mails = first.server.mails, {1: three()[1]}
        first.write(smtp__sent_copy="append", **settings)
        go_live(first)
        second = twin(stage, imap, sink, first)
        second.settings.update({k: v for k, v in first.settings.items() if not k.startswith("store.")})
        second.write()
        good(second.command("rebuild", "--now", NOW))
        good(second.daemon(HALF))
        return first, second, mails
    return make


def test_sent_between_the_two_looks_of_a_standby(two, monkeypatch):
    """Record and letter come after the standby read the records, and before it reads Sent."""
    first, second, mails = two()
    since, examine, waiting = mark(first.smtp), odd_imap.Session.do_examine, [True]

    def do_examine(session, tag, command):
        if "Sent" in command and waiting and waiting.pop():
            first.server.mails = mails
            good(first.daemon(HALF))
        return examine(session, tag, command)

    monkeypatch.setattr(odd_imap.Session, "do_examine", do_examine)
    for at in (HALF, HALF, LATER):
        good(second.daemon(at))
    ids = since.message_ids()
    assert not waiting and len(ids) == len(set(ids)) == 2
    assert [o["state"] for o in letters(second)] == ["sent"] * 3


def test_a_connection_that_breaks_at_the_first_copy(two, monkeypatch):
    """The other letters of the pass get theirs on another connection, and the ledger tells of the first: the machine
    dies then, and the second one sends none again."""
    first, second, mails = two()
    since, append, breaks = mark(first.smtp), odd_imap.Session.do_append, [True]

    def do_append(session, tag, command):
        return False if "Sent" in command and breaks and breaks.pop() else append(session, tag, command)

    monkeypatch.setattr(odd_imap.Session, "do_append", do_append)
    first.server.mails = mails
    good(first.daemon(HALF), 75)
    assert not breaks and len(since.message_ids()) == 2
    good(second.daemon(LATER))
    assert second.status()["role"] == "active" and len(since.message_ids()) == 2
    assert {o["state"] for o in letters(second)} == {"sent"}


@pytest.mark.parametrize("about", ["INTERNALDATE", "HEADER"])
def test_a_server_that_is_silent_about_sent(two, monkeypatch, about):
    """OK, and no word of the mails there: what went is not taken for what did not go."""
    first, second, mails = two()
    since, fetch = mark(first.smtp), odd_imap.Session.do_uid
    first.server.mails = mails
    good(first.daemon(HALF))
    sent = first.server.folders["Sent"]
    first.server.folders["Sent"] = {1: (b"Subject: old\r\n\r\n", 1262304000), **{uid + 1: mail for uid, mail in sent.items()}}
    with sqlite3.connect(second.dir / "state/baosong.db") as db:  # it has acted before, and need not look at all of Sent
        db.execute("INSERT INTO setting (key, value) VALUES ('sent_looked', 'yes')")

    def do_uid(session, tag, command):
        silent = session.folder == "Sent" and about in command
        return session.say(f"{tag} OK done") if silent else fetch(session, tag, command)

    monkeypatch.setattr(odd_imap.Session, "do_uid", do_uid)
    assert re.search("folder Sent has [34] mails", complaint(second.daemon(LATER), 75)) and len(since.message_ids()) == 2
    monkeypatch.setattr(odd_imap.Session, "do_uid", fetch)
    good(second.daemon(LATER))
    assert second.status()["role"] == "active" and len(since.message_ids()) == 2


def test_a_record_that_does_not_come(two):
    """It may be a lease: who passes it over takes over from one that acts."""
    first, second, mails = two()
    first.server.mails = mails
    good(first.daemon(HALF))
    first.server.faults, first.server.poisoned = {max(first.server.folders["Baosong"]): "skip"}, "Baosong"
    assert "does not give it" in complaint(second.daemon(HALF), 75)
    first.server.faults = {}
    good(second.daemon(HALF))
    assert [o["state"] for o in letters(second)] == ["sent"] * 3 and second.status()["role"] == "standby"


@pytest.mark.parametrize("refuses", ["APPEND", None])
def test_what_has_no_copy_stands_in_the_ledger(two, refuses):
    """Sent takes no copies, or there is none: the second instance knows from a record that the letters went."""
    first, second, mails = two(**({} if refuses else {"imap__sent": "Nowhere"}))
    since = mark(first.smtp)
    first.server.mails, first.server.sent_refuses = mails, refuses
    good(first.daemon(HALF), 75 if refuses else 0)
    assert len(since.message_ids()) == 2
    first.server.sent_refuses = None
    good(second.daemon(HALF))
    assert "may have gone" not in good(second.daemon(LATER)).stderr
    assert second.status()["role"] == "active" and len(since.message_ids()) == 2
    assert {o["state"] for o in letters(second)} == {"sent"}


def test_a_takeover_without_a_sent_folder(two):
    """Nothing shows whether the letters of the first one went (it died before it could say): the second holds them for
    a person."""
    first, second, mails = two(imap__sent="Nowhere")
    since = mark(first.smtp)
    first.server.mails = mails
    good(first.daemon(HALF))
    assert len(since.message_ids()) == 2
    ledger = first.server.folders["Baosong"]
    assert b"notes" in base64.b64decode(re.search(rb"v1([^-]*?)\r?\n [0-9a-f]{64}", ledger[max(ledger)][0])[1])
    del ledger[max(ledger)]
    good(second.daemon(HALF))
    assert "may have gone" in good(second.daemon(LATER)).stderr
    assert len(since.message_ids()) == 2
    good(second.command("release"))
    good(second.daemon(LATER))
    assert len(since.message_ids()) > 2


def test_a_dying_holder_comes_back(two):
    """Its letters were put off; the other one sent them meanwhile: when it acts again it sends none of them."""
    first, second, mails = two()
    right, since = f"smtp://localhost:{first.smtp.port}", mark(first.smtp)
    first.server.mails = mails
    first.write(smtp__url="smtp://localhost:1")
    good(first.daemon(HALF), 75)
    good(second.daemon(LATER))
    assert len(since.message_ids()) == 2
    first.write(smtp__url=right)
    good(first.daemon(LATER))
    good(first.daemon("2014-05-30T10:45:00+08:00"))
    assert first.status()["role"] == "active" and len(since.message_ids()) == 2


def test_a_takeover_that_may_not_look_into_sent(two):
    """What the other one sent nobody can say: nothing goes, and the reason is told; then each goes once."""
    first, second, mails = two()
    since = mark(first.smtp)
    first.server.mails = mails
    first.write(smtp__url="smtp://localhost:1")
    good(first.daemon(HALF), 75)
    first.server.sent_refuses = "EXAMINE"
    done = good(second.daemon(LATER), 75)
    assert "nothing goes before Sent shows" in done.stderr and since.log() == []
    first.server.sent_refuses = None
    good(second.daemon(LATER))
    assert len(since.message_ids()) == len(set(since.message_ids())) == 2


def test_a_standby_whose_clock_is_ahead(odd, stage, imap, sink):  # noqa: F811
    """By its own clock the lease of the other one ran out long ago: it asks once, stands by, and asks no more."""
    first = odd()
    first.server.behind = 5400
    first.write(campaign__rehearsal="no")
    good(first.daemon(None))
    second = twin(stage, imap, sink, first)
    second.settings.update({k: v for k, v in first.settings.items() if not k.startswith("store.")})
    second.write()
    assert "Another instance holds the lease" in good(second.command("rebuild")).stdout
    count = len(first.server.folders["Baosong"])
    for _ in range(3):
        good(second.daemon(None))
        assert second.status()["role"] == "standby"
    assert len(first.server.folders["Baosong"]) == count
    good(first.daemon(None))
    assert first.status()["role"] == "active"
