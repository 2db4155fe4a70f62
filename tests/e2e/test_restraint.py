"""A machine that mails people is hard to start by accident: old mail, observing, bursts, loops."""

import pytest
from facts import go_live, good, items, letters, mark
from season import MAILS, NOW, when

YEARS = 5


def old_business(count):
    """Five years of an office's mail: no campaign in it, but committees, documents and words near to it."""
    subjects = ["会议通知", "党费收缴情况表", "关于报销的问题", "Re: 下周例会", "转发：文件传阅", "学习材料", "干部考察材料汇总",
                "发展党员工作总结", "[SPAM] 优惠", "工资条", "组织生活会方案", "创新创业大赛报名"]
    senders = ["wenxueyuan@shili.example", "lishi_dw@163.example", "someone@qq.example", "caiwu@shili.example"]
    start, end = int(when("2009-05-30 08:00").timestamp()), int(when("2014-05-30 08:00").timestamp())
    for i in range(count):
        body = f"第{i}封。\r\n" + "往来事务。" * (i % 40)
        raw = (f"From: {senders[i % 4]}\r\nTo: zzb@shili.example\r\nSubject: {subjects[i % 12]}\r\n"
               f"Message-ID: <old{i}@shili.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
               f"\r\n{body}\r\n")
        yield raw.encode(), start + (end - start) * i // count


@pytest.mark.parametrize("looked", [True, False], ids=["after a look", "go-live before the first read"])
def test_five_year_old_mailbox(looked, campaign, imap):
    # A live desk whose reminders are off: whatever leaves now would be an answer to old business.
    campaign.write(remind__before="", remind__overdue="")
    if looked:
        go_live(campaign)
    else:
        assert "Nothing was read yet" in good(campaign.command("go-live")).stdout
    imap.append_many(campaign.user, old_business(3000), batch=500)
    good(campaign.daemon(NOW))
    good(campaign.daemon(NOW))
    assert campaign.status()["mode"] == "live" and campaign.status()["mails"] > 50  # those since `starts`
    assert campaign.letters.log() == []
    assert letters(campaign) == [] and items(campaign) == []
    assert campaign.query("SELECT count(*) n FROM todo")[0]["n"] == 0
    kept = campaign.query("SELECT count(*) n FROM mail WHERE facts IS NOT NULL OR subject IS NOT NULL")
    assert kept[0]["n"] == 0
    assert not list((campaign.dir / "state/mail").rglob("*.eml"))


def test_observe_sends_nothing_until_go_live(campaign):
    campaign.deliver([m for m in MAILS if m.key in ("wen-1", "lishi-1")])
    for _ in range(2):
        good(campaign.daemon(NOW))
    assert campaign.letters.log() == []
    assert len(items(campaign)) == 2 and campaign.workbook().exists()
    good(campaign.command("go-live"))
    assert campaign.letters.log() == []
    good(campaign.daemon(NOW))
    assert len([o for o in letters(campaign, "receipt") if o["state"] == "sent"]) == 2


def test_a_burst_is_held_until_released(campaign):
    campaign.write(smtp__burst="3", remind__before="", remind__overdue="")
    go_live(campaign)
    campaign.deliver([m for m in MAILS if m.key in ("wen-1", "wen-2", "lishi-1", "wai-1", "yishu-1")])
    good(campaign.daemon(NOW))
    assert campaign.letters.taken() == []
    assert {o["hold_reason"] for o in letters(campaign)} == {"burst"}
    assert len(items(campaign)) == 5
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 5


def test_hold_stops_and_release_goes_on(campaign):
    campaign.write(remind__before="", remind__overdue="")
    go_live(campaign)
    good(campaign.command("hold"))
    campaign.deliver([m for m in MAILS if m.key == "wen-1"])
    good(campaign.daemon(NOW))
    assert campaign.letters.taken() == []
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 1


def test_our_own_letters_come_back(campaign, imap):
    """A provider's filter or a forward puts our receipt into INBOX: nobody answers it."""
    campaign.write(remind__before="", remind__overdue="")
    go_live(campaign)
    campaign.deliver([m for m in MAILS if m.key == "wen-1"])
    good(campaign.daemon(NOW))
    own = imap.fetch(campaign.user, "Sent")
    assert len(own) == 1
    imap.append(campaign.user, own[0]["raw"], int(when("2014-05-30 08:59").timestamp()))
    since = mark(campaign.smtp)
    good(campaign.daemon(NOW))
    assert since.log() == [] and len(items(campaign)) == 1


def test_oversize_mail_is_registered_and_answered(campaign):
    campaign.write(imap__max_message="64K", remind__before="", remind__overdue="")
    go_live(campaign)
    big = next(m for m in MAILS if m.key == "wen-1")
    padded = type(big)(**{**big.__dict__, "raw": big.raw + b"X-padding\r\n" * 9000})
    campaign.deliver([padded])
    good(campaign.daemon(NOW))
    rows = campaign.query("SELECT header_only, whose FROM mail")
    assert [(r["header_only"], r["whose"]) for r in rows] == [(1, "campaign")]
    assert "too-large" in {r["code"] for r in campaign.query("SELECT code FROM problem")}
    assert len(letters(campaign, "receipt")) == 1


def test_hold_counts_while_the_mailbox_is_away(campaign, imap):
    """The administrator must be able to stop the mail also when the hold cannot be recorded yet."""
    campaign.deliver([m for m in MAILS if m.key in ("wen-1", "lishi-1")])
    good(campaign.daemon(NOW))
    good(campaign.command("go-live"))
    good(campaign.command("hold"))
    campaign.write(imap__url="imaps://localhost:1")
    campaign.daemon(NOW)
    assert campaign.letters.taken() == []
    campaign.write(imap__url=f"imaps://localhost:{imap.imaps}")
    good(campaign.daemon(NOW))
    assert campaign.letters.taken() == [] and campaign.status()["mode"] == "hold"
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert campaign.letters.taken() != []
