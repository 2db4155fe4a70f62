"""Two instances of one campaign on one mailbox: one acts, the other follows and takes over. Clocks are injected."""

import subprocess

import pytest
from conftest import make_campaign
from facts import complaint, go_live, good, items, letters, mark
from ledger import records, same, snapshot
from season import MAILS, NOW
from servers import free_ports

SOME = [m for m in MAILS if m.key in ("wen-1", "lishi-1", "shu-1", "zhe-1", "zhe-2", "newsletter")]
MORE = [m for m in MAILS if m.key in ("wai-1", "jing-1")]
HALF, LATER = "2014-05-30T09:20:00+08:00", "2014-05-30T09:45:00+08:00"  # within the lease of 30 minutes; past it


def twin(stage, imap, sink, first):
    """Another machine: its own folder and instance, the same mailbox, campaign and key."""
    second = make_campaign(stage, imap, sink, "twin", {"campaign.id": first.settings["campaign.id"],
                                                       "imap.user": first.user})
    second.user = first.user
    second.settings.update({k: v for k, v in first.settings.items() if k.startswith("remind.")})
    second.write()
    return second


@pytest.fixture
def pair(campaign, stage, imap, sink):
    campaign.write(remind__before="", remind__overdue="")
    campaign.deliver(SOME)
    go_live(campaign)
    second = twin(stage, imap, sink, campaign)
    good(second.command("rebuild", "--now", NOW))
    return campaign, second


def test_a_new_machine_must_rebuild_first(campaign, stage, imap, sink):
    campaign.deliver(SOME)
    go_live(campaign)
    second = twin(stage, imap, sink, campaign)
    assert "rebuild" in complaint(second.daemon(NOW), 78)
    done = good(second.command("rebuild", "--now", NOW))
    assert "Another instance holds the lease" in done.stdout


def test_the_standby_follows_and_sends_nothing(pair):
    first, second = pair
    first.deliver(MORE)
    since = mark(first.smtp)
    good(second.daemon(HALF))
    assert since.log() == [] and len(items(second)) == len(items(first))
    assert second.status()["role"] == "standby"
    good(first.daemon(HALF))
    assert len(since.taken()) == len(MORE) and first.status()["role"] == "active"
    good(second.daemon(HALF))
    assert len(since.taken()) == len(MORE)
    same(snapshot(first, "others"), snapshot(second, "others"))


def test_the_standby_takes_over_from_the_mailbox_alone(pair):
    first, second = pair
    first.deliver(MORE)
    was, since = items(first), mark(first.smtp)
    good(second.daemon(LATER))
    assert items(second)[:len(was)] == was and len(items(second)) == len(was) + len(MORE)
    assert len(since.taken()) == len(MORE) and second.status()["role"] == "active"
    # The first one comes back: it has lost the lease, and learns what happened.
    good(first.daemon(LATER))
    assert len(since.taken()) == len(MORE) and first.status()["role"] == "standby"
    same(snapshot(second, "others"), snapshot(first, "others"))


def test_letters_that_a_dead_holder_left(pair):
    """It died with its receipts unsent: the one that takes over sends each once."""
    first, second = pair
    first.deliver(MORE)
    first.write(smtp__url=f"smtp://localhost:{free_ports(1)[0]}")
    since = mark(first.smtp)
    good(first.daemon(HALF), 75)
    assert since.log() == [] and len(items(first)) == 5 + len(MORE)
    good(second.daemon("2014-05-30T10:30:00+08:00"))
    ids = since.message_ids()
    assert len(ids) == len(set(ids)) == len(MORE)
    assert set(ids) <= {o["message_id"] for o in letters(first)}
    assert [i["title"] for i in items(second)] == [i["title"] for i in items(first)]


@pytest.mark.parametrize("how", ["emptied", "deleted"])
def test_a_lease_that_somebody_deleted(pair, stage, imap, sink, how):
    """It stands in the folder again before a third machine could take it for free."""
    first, _ = pair
    client = imap.login(first.user)
    if how == "deleted":
        client.delete("Baosong")
    else:
        client.select("Baosong")
        client.store("1:*", "+FLAGS", "\\Deleted")
        client.expunge()
    client.logout()
    good(first.daemon(HALF))
    assert records(first)[0][1]["kind"] == "lease"
    third = twin(stage, imap, sink, first)
    good(third.command("rebuild", "--now", HALF))
    first.deliver(MORE)
    since = mark(first.smtp)
    good(third.daemon(HALF))
    assert since.log() == [] and third.status()["role"] == "standby"
    good(first.daemon(HALF))
    assert len(since.taken()) == len(MORE)


def test_what_a_holder_holds_stays_held(pair):
    first, second = pair
    good(first.command("hold"))
    good(first.daemon(NOW))
    first.deliver(MORE)
    good(first.daemon(HALF))
    since = mark(first.smtp)
    good(second.daemon(LATER))
    good(second.daemon(LATER))
    assert since.log() == [] and second.status()["mode"] == "hold"
    assert sorted(o["state"] for o in letters(second))[:len(MORE)] == ["held"] * len(MORE)
    good(second.command("release"))
    good(second.daemon(LATER))
    assert len(since.taken()) == len(MORE)


def test_both_at_once(campaign, stage, imap, sink):
    second = twin(stage, imap, sink, campaign)
    campaign.deliver(SOME)
    runs = [subprocess.Popen([c.bin / "baosongd", "-c", c.config, "--once", "--now", NOW], stderr=subprocess.PIPE, text=True,
                             env=stage.environment(), **stage.as_user()) for c in (campaign, second)]
    said = [run.communicate(timeout=120)[1] for run in runs]
    codes = [run.returncode for run in runs]
    assert 0 in codes and set(codes) <= {0, 75, 78}, said  # 78: it found records of the other, and is new
    holders = {r["by"] for _, r in records(campaign) if r["kind"] == "mails"}
    assert len(holders) == 1
    for c, code in zip((campaign, second), codes):
        if code == 75:  # a server may close the connection of one who makes a folder that another makes
            code = c.daemon(NOW).returncode
        if code == 78:
            good(c.command("rebuild", "--now", NOW))
        good(c.daemon(NOW))
    assert [i["title"] for i in items(campaign)] == [i["title"] for i in items(second)] and len(items(campaign)) == 5


def test_a_second_daemon_on_the_same_state(campaign):
    import fcntl
    good(campaign.daemon(NOW))
    with open(campaign.dir / "state/lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        assert "process 4711" in complaint(campaign.daemon(NOW), 75)
