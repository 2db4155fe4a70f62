"""Keywords, roster and `starts` are mended: what was passed by is looked at again while observing, and only then."""

from types import SimpleNamespace

import pytest
from facts import go_live, good, items, letters, mark
from season import MAILS, NOW, when
from test_lease import LATER, twin
from test_roster_changes import put, rows_of

WORD = "红色先锋行动"
THEN = "2014-05-30T10:20:00+08:00"  # past a lease of LATER
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


def noted(done):
    return sum("what was passed by stays so" in line for line in done.stderr.splitlines())


def test_while_observing(running):
    """The administrator looks at the workbook, sees what is missing, adds a word; then the date; then goes live."""
    words = "党建创新活动, " + WORD
    running.write(campaign__keywords=words)
    assert again(good(running.daemon(NOW))) == 1
    assert whose(running) == ["campaign", "correspondence", "campaign"]
    good(running.command("rebuild", "--now", NOW))  # knows by which rules it read
    running.write(campaign__starts="2014-04-01")
    assert again(good(running.daemon(NOW))) == 1
    assert whose(running) == ["campaign", "campaign", "correspondence", "campaign"]
    assert again(good(running.daemon(NOW))) == 0
    good(running.command("fsck"))
    good(running.command("go-live"))
    good(running.daemon(NOW))
    assert sorted(letter["state"] for letter in letters(running)) == ["sent"] * 3


def set_cell(campaign, column, value, row=1):
    rows = rows_of(campaign)
    rows[row][rows[0].index(column)] = value
    put(campaign, rows, "utf-8-sig")


@pytest.mark.parametrize("held", [False, True])
def test_once_live(running, held):
    """Who wrote weeks ago is not answered; who writes now is; the journal says it once."""
    go_live(running)
    if held:
        good(running.command("hold"))
        good(running.daemon(NOW))
    since = mark(running.smtp)
    running.write(campaign__keywords="党建创新活动, " + WORD, campaign__starts="2014-04-01")
    done = good(running.daemon(NOW))
    assert (again(done), noted(done)) == (0, 1)
    assert whose(running) == ["correspondence", "correspondence", "campaign"]
    running.deliver([NEW])
    done = good(running.daemon(NOW))
    assert (again(done), noted(done)) == (0, 0)
    assert whose(running) == ["correspondence", "correspondence", "campaign", "campaign"]
    assert since.recipients() == ([] if held else ["mayuan@shili.example"])
    good(running.command("fsck"))


def test_once_live_a_rebuild_reads_it(running):
    """As the manual advises: what was passed by is registered, and its receipt waits for `release`."""
    go_live(running)
    since, numbers = mark(running.smtp), [item["number"] for item in items(running)]
    running.write(campaign__keywords="党建创新活动, " + WORD)
    assert noted(good(running.daemon(NOW))) == 1
    good(running.command("rebuild", "--now", NOW))
    assert noted(good(running.daemon(NOW))) == 0 and since.log() == []
    assert whose(running) == ["campaign", "correspondence", "campaign"]
    assert [item["number"] for item in items(running)] == numbers
    assert [o["to_address"] for o in letters(running) if o["state"] == "held"] == ["guanli@shili.example"]
    good(running.command("release"))
    good(running.daemon(NOW))
    assert since.recipients() == ["guanli@shili.example"]


@pytest.mark.parametrize("learnt", [False, True])
def test_a_standby_with_newer_rules(learnt, running, stage, imap, sink):
    """What the first one passed by it registers and holds, also in the eyes of the first one, which takes over again,
    and where that has learnt the word meanwhile; what comes when nobody acts it answers."""
    go_live(running)
    second = twin(stage, imap, sink, running)
    second.settings.update({k: v for k, v in running.settings.items() if k.startswith(("remind.", "campaign."))})
    second.write(campaign__keywords="党建创新活动, " + WORD)
    good(second.command("rebuild", "--now", NOW))
    since = mark(running.smtp)
    if learnt:
        running.write(campaign__keywords="党建创新活动, " + WORD)
        assert noted(good(running.daemon(LATER))) == 1
    running.deliver([plain("mayuan", f"{WORD}情况三", "2014-05-30 10:00")])
    done = good(second.daemon(THEN))
    assert "had another configuration" in done.stderr and since.recipients() == ["mayuan@shili.example"]
    held = {"to_address": "guanli@shili.example", "state": "held", "hold_reason": "burst"}
    asked = "SELECT to_address, state, hold_reason FROM outbox WHERE to_address LIKE 'guanli%'"
    assert second.query(asked) == [held]
    assert [r["code"] for r in second.query("SELECT code FROM todo WHERE code = 'no-answer'")] == ["no-answer"]
    assert "had another configuration" not in good(second.daemon(THEN)).stderr
    good(running.daemon("2014-05-30T10:55:00+08:00"))
    assert running.status()["role"] == "active" and running.query(asked) == [held]
    assert since.recipients() == ["mayuan@shili.example"]
    good(running.command("release"))
    good(running.daemon("2014-05-30T10:55:00+08:00"))
    assert since.recipients() == ["guanli@shili.example", "mayuan@shili.example"]


def test_what_decides_nothing_reads_nothing(running):
    """A telephone, and the order of the rows."""
    set_cell(running, "电话", "010-00000099")
    assert again(good(running.daemon(NOW))) == 0
    rows = rows_of(running)
    put(running, [rows[0], *reversed(rows[1:])], "utf-8-sig")
    assert again(good(running.daemon(NOW))) == 0


def test_a_secretary_is_a_rule(running):
    """His own mailbox speaks for the committee once the roster knows it."""
    running.deliver([plain("shuji", "【查询】", "2014-05-13 10:00")])
    good(running.daemon(NOW))
    assert whose(running) == ["correspondence", "correspondence", "correspondence", "campaign"]
    set_cell(running, "书记邮箱", "shuji@shili.example")
    assert again(good(running.daemon(NOW))) == 1
    assert whose(running) == ["correspondence", "correspondence", "campaign", "campaign"]


def test_words_of_the_desk_are_rules(running):
    for change in ({"desk__university": "另一大学"}, {"campaign__item_word": "活动"}):
        running.write(**change)
        done = running.daemon(NOW)
        assert again(done) == 1, (change, done.stderr)


def test_the_prefix_is_a_rule(campaigns):
    campaign = campaigns(**QUIET, campaign__starts="2014-05-01")
    campaign.deliver([OTHER])
    good(campaign.daemon(NOW))
    campaign.write(campaign__number_prefix="XX2014-")
    assert again(good(campaign.daemon(NOW))) == 1


def test_killed_while_it_reads_again(running):
    """The folder's cursor went back with the digest: the next run goes on, and decides nothing anew."""
    running.write(campaign__keywords="党建创新活动, " + WORD, imap__max_message="64K", store__parser="/bin/false")
    assert again(running.daemon(NOW)) == 1  # no reader starts: the pass ends behind the decision to read again
    running.write(store__parser=None)
    assert again(good(running.daemon(NOW))) == 0
    assert whose(running) == ["campaign", "correspondence", "campaign"]
