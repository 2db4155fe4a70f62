"""With sent_copy = bcc our own mailbox is a recipient: its copy says that a letter went."""

from facts import go_live, good, letters
from ledger import delete
from season import NOW
from test_pace import AT, QUIET, TWO


def two_wait(campaigns):
    """A live campaign whose own mailbox gets blind copies, with two mails to answer."""
    campaign = campaigns(**QUIET, smtp__sent_copy="bcc")
    campaign.write(desk__address=campaign.user)
    go_live(campaign)
    campaign.deliver(TWO)
    return campaign


def test_blind_copy_proves_that_it_went(campaigns, sink):
    """The answer to the final dot is lost: the copy in INBOX shows that the letter went, and it goes once."""
    campaign = two_wait(campaigns)
    sink.refuse({"match": "jingji", "at": "after", "times": 1})
    assert campaign.daemon(NOW).returncode == 75
    assert "in_flight" in {o["state"] for o in letters(campaign)}
    good(campaign.daemon(NOW))
    assert {o["state"] for o in letters(campaign)} == {"sent"}
    ids = campaign.letters.message_ids()
    assert len(ids) == len(set(ids)) == 2
    for entry in campaign.letters.taken():
        assert campaign.user in entry["to"] and entry["from"] == campaign.user
    assert campaign.query("SELECT count(*) n FROM mail WHERE whose = 'ours'")[0]["n"] == 2
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 2


def test_the_copy_alone_proves_nothing(campaigns, sink):
    """The reader is refused for now, our own mailbox is not: nothing goes to it, or it would say that the letter went."""
    campaign = two_wait(campaigns)
    sink.refuse({"match": "jingji", "reply": "451 4.7.1 greylisted, try again"})
    assert campaign.daemon(NOW).returncode == 75
    assert sorted(o["state"] for o in letters(campaign)) == ["deferred", "sent"]
    assert len(campaign.letters.taken()) == 1
    sink.refuse()
    good(campaign.daemon(NOW))
    assert {o["state"] for o in letters(campaign)} == {"sent"}
    assert len(campaign.letters.taken()) == 2


def test_blind_copies_prove_to_a_new_machine_that_letters_went(campaigns, imap):
    """No Sent folder, no database: the letters lie in INBOX, and none goes again."""
    campaign = two_wait(campaigns)
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 2
    for path in (campaign.dir / "state").glob("baosong.db*"):
        path.unlink()
    good(campaign.command("rebuild", "--now", NOW))
    good(campaign.daemon(NOW))
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert {o["state"] for o in letters(campaign)} == {"sent"}
    assert len(campaign.letters.taken()) == 2


def test_a_copy_on_its_way_is_waited_for(campaigns, sink):
    campaign = two_wait(campaigns)
    sink.refuse({"match": "jingji", "at": "drop", "times": 1})  # nothing was taken, but who knows that
    assert campaign.daemon(NOW).returncode == 75
    done = campaign.daemon(NOW)
    assert done.returncode == 75 and "waiting for its copy" in done.stderr
    campaign.write(smtp__copy_wait="0")
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 1 and unproven(campaign) == ["jingji@shili.example"]
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    ids = campaign.letters.message_ids()
    assert len(ids) == len(set(ids)) == 2
    assert {o["state"] for o in letters(campaign)} == {"sent"}


def unproven(campaign):
    """To whom letters are held since nobody knows whether they went; staff read of each."""
    told = campaign.query("SELECT why FROM todo WHERE code = 'letter-unproven'")
    held = [o["to_address"] for o in letters(campaign) if (o["state"], o["hold_reason"]) == ("held", "admin")]
    assert all(any(to in t["why"] for t in told) for to in held)
    return held


def test_a_copy_that_comes_after_all(campaigns, sink, imap):
    """The letter had gone, and its copy took longer than we wait: nothing goes twice, and the copy ends the doubt."""
    campaign = campaigns(**QUIET, smtp__sent_copy="bcc", smtp__copy_wait="0")
    campaign.write(desk__address=campaign.user)
    go_live(campaign)
    campaign.deliver(TWO)
    sink.refuse({"match": "jingji@shili", "at": "after", "times": 1})
    assert campaign.daemon(NOW).returncode == 75
    copy = next(m for m in imap.fetch(campaign.user) if b"Baosong-Record" in m["raw"] and b"<jingji@" in m["raw"])
    delete(campaign, "INBOX", copy["uid"])
    good(campaign.daemon(NOW))
    assert unproven(campaign) == ["jingji@shili.example"]
    imap.append(campaign.user, copy["raw"], AT)
    good(campaign.daemon(NOW))
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert {o["state"] for o in letters(campaign)} == {"sent"}
    ids = campaign.letters.message_ids()
    assert len(ids) == len(set(ids)) == 2
