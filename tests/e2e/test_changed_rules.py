"""Keywords, roster and `starts` are mended while the campaign runs: what was passed by is looked at again."""

from types import SimpleNamespace

import pytest
from facts import good, items, letters, mark
from ledger import lose_state, same, snapshot
from season import MAILS, NOW, when

WORD = "红色先锋行动"
QUIET = {"remind__before": "", "remind__overdue": ""}
SOME = [m for m in MAILS if m.key == "lishi-1"]


def plain(key, subject, at):
    raw = (f"From: <{key}@shili.example>\r\nTo: zzb@shili.example\r\nSubject: {subject}\r\nMessage-ID: <{key}@shili.example>\r\n"
           f"Date: Mon, 12 May 2014 10:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
           f"材料见正文。\r\n")
    return SimpleNamespace(raw=raw.encode(), when=int(when(at).timestamp()), folder="INBOX")


EARLY = plain("zhexue", f"{WORD}情况", "2014-04-10 10:00")
MAY = plain("guanli", f"{WORD}情况二", "2014-05-12 10:00")
NEW = plain("mayuan", f"{WORD}情况三", "2014-05-29 10:00")
OTHER = plain("someone", "会议通知", "2014-05-12 11:00")


def whose(campaign):
    return [row["whose"] for row in campaign.query("SELECT whose FROM mail ORDER BY received_at")]


@pytest.fixture
def running(campaigns):
    campaign = campaigns(**QUIET, campaign__starts="2014-05-01")
    campaign.deliver([EARLY, MAY, OTHER, *SOME])
    good(campaign.daemon(NOW))
    assert whose(campaign) == ["correspondence", "correspondence", "campaign"]
    return campaign


def again(done):
    return sum("looked at again" in line for line in done.stderr.splitlines())


def test_while_observing(running):
    """The administrator looks at the workbook, sees what is missing, adds a word; then the date; then goes live."""
    words = "党建创新活动, " + WORD
    running.write(campaign__keywords=words)
    assert again(good(running.daemon(NOW))) == 1
    assert whose(running) == ["campaign", "correspondence", "campaign"]
    running.write(campaign__starts="2014-04-01")
    assert again(good(running.daemon(NOW))) == 1
    assert whose(running) == ["campaign", "campaign", "correspondence", "campaign"]
    assert again(good(running.daemon(NOW))) == 0
    good(running.command("fsck"))
    good(running.command("go-live"))
    good(running.daemon(NOW))
    assert sorted(letter["state"] for letter in letters(running)) == ["sent"] * 3


def test_once_live(running):
    """Answers to what came weeks ago are held, with a row for staff; who writes now is answered now; a rebuild agrees."""
    good(running.command("go-live"))
    good(running.daemon(NOW))
    since = mark(running.smtp)
    running.write(campaign__keywords="党建创新活动, " + WORD)
    running.deliver([NEW])
    assert again(good(running.daemon(NOW))) == 1
    assert since.recipients() == ["mayuan@shili.example"]
    assert [(o["to_address"], o["hold_reason"]) for o in letters(running) if o["state"] == "held"] == [("guanli@shili.example", "burst")]
    why = [row["why"] for row in running.query("SELECT why FROM todo WHERE code = 'burst' AND done_at IS NULL")]
    assert len(why) == 1 and "baosong release" in why[0]
    good(running.command("release"))
    good(running.daemon(NOW))
    assert since.recipients() == ["guanli@shili.example", "mayuan@shili.example"]
    was, numbers = snapshot(running), [item["number"] for item in items(running)]
    lose_state(running, "instance")
    good(running.command("rebuild", "--now", NOW))
    good(running.daemon(NOW))
    same(was, snapshot(running))
    assert [item["number"] for item in items(running)] == numbers and len(since.taken()) == 2


def test_a_telephone_is_no_rule(running):
    roster = (running.dir / "roster.csv").read_text("utf-8-sig")
    assert "010-00000001" in roster
    running.stage.file(running.dir / "roster.csv", roster.replace("010-00000001", "010-00000099"))
    assert again(good(running.daemon(NOW))) == 0


def test_killed_while_it_reads_again(running, stage):
    """The folder's cursor went back with the note of what is asked again: the next run goes on, and holds the same."""
    good(running.command("go-live"))
    good(running.daemon(NOW))
    since = mark(running.smtp)
    running.write(campaign__keywords="党建创新活动, " + WORD, imap__max_message="64K", store__parser="/bin/false")
    running.daemon(NOW)  # no reader starts: the pass ends behind the decision to read again
    running.write(store__parser=None)
    done = good(running.daemon(NOW))
    assert again(done) == 0 and since.log() == []
    assert [o["hold_reason"] for o in letters(running) if o["state"] == "held"] == ["burst"]
