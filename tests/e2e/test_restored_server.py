"""The mail server was put back from a backup: same UIDVALIDITY, and UIDs that were read are given to other mails."""

import base64
import json
import re

import pytest
from facts import go_live, good, letters, mark
from ledger import lose_state, same, snapshot
from season import NOW
from servers import odd_imap
from test_intake import AT, THREE, odd, plain, registered  # noqa: F401

WENT_BACK = "went back to an earlier state"


def known(campaign):
    return sorted(r["message_id"] for r in campaign.query("SELECT message_id FROM mail WHERE message_id LIKE 'plain%'"))


def put_back(campaign, *new):
    """Of three mails that were read the server has the first; what came since has their UIDs."""
    campaign.server.mails = {1: campaign.server.mails[1]}
    for number in new:
        campaign.server.add(plain(number), AT + 50 + number)


def test_uidnext_went_back(odd):
    campaign = go_live(odd())
    put_back(campaign, 1)
    assert WENT_BACK in good(campaign.daemon(NOW)).stderr
    assert known(campaign) == ["plain1@shili.example"] and len(registered(campaign)) == 4
    campaign.server.add(plain(2), AT + 60)
    assert WENT_BACK not in good(campaign.daemon(NOW)).stderr
    assert known(campaign) == ["plain1@shili.example", "plain2@shili.example"]
    good(campaign.command("fsck"))


def test_uidnext_went_back_and_has_caught_up(odd):
    for count in (2, 3):
        campaign = go_live(odd())
        put_back(campaign, *range(count))
        assert WENT_BACK in good(campaign.daemon(NOW)).stderr
        assert len(known(campaign)) == count
        assert WENT_BACK not in good(campaign.daemon(NOW)).stderr


def test_a_server_that_is_careless_with_dates(odd):
    """INTERNALDATE has changed, the mails have not: nothing is read again."""
    campaign = go_live(odd())
    campaign.server.mails = {uid: (raw, at + 3600) for uid, (raw, at) in campaign.server.mails.items()}
    assert WENT_BACK not in good(campaign.daemon(NOW)).stderr


def test_dovecot_restored(campaigns, imap, stage):
    campaign = campaigns(remind__before="", remind__overdue="")
    home = imap.dir / "home" / campaign.user.split("@")[1] / campaign.user.split("@")[0]
    campaign.deliver(THREE[:1])
    go_live(campaign)
    imap.drop()
    saved = stage.dir / "saved-home"
    assert stage.run(["cp", "-a", home, saved], as_root=True).returncode == 0
    campaign.deliver(THREE[1:])
    good(campaign.daemon(NOW))
    imap.drop()
    assert stage.run(["rm", "-r", home], as_root=True).returncode == 0 and stage.run(["cp", "-a", saved, home], as_root=True).returncode == 0
    for number in (1, 2):
        imap.append(campaign.user, plain(number))
    good(campaign.daemon(NOW))
    assert len(known(campaign)) == 2


def numbers(campaign):
    """Of the records in the ledger folder, by UID."""
    found = []
    for _, (raw, _) in sorted(campaign.server.folders["Baosong"].items()):
        sealed = re.search(rb"v1([^-]*?)\r?\n [0-9a-f]{64}", raw)
        record = json.loads(base64.b64decode(sealed[1])) if sealed else {}
        found += [record["seq"]] if "seq" in record else []
    return found


@pytest.mark.parametrize("filled", [False, True])
def test_the_ledger_went_back(odd, filled):
    """Its last records are lost, and their UIDs free or given to other mails: the records are written again, and a
    rebuild has no gap."""
    campaign = odd()
    campaign.write(smtp__sent_copy="append")
    go_live(campaign)
    ledger, was, before = campaign.server.folders["Baosong"], numbers(campaign), snapshot(campaign)
    for uid in sorted(ledger)[-3:]:
        if filled:
            ledger[uid] = (plain(uid), AT)
        else:
            del ledger[uid]
    assert numbers(campaign) != was
    done = good(campaign.daemon(NOW))
    assert WENT_BACK in done.stderr and "written again" in done.stderr
    assert numbers(campaign) == was
    assert WENT_BACK not in good(campaign.daemon(NOW)).stderr
    assert campaign.query("SELECT last_uid FROM folder WHERE role = 'ledger'")[0]["last_uid"] == max(ledger)
    assert campaign.status()["records_missing"] == ""
    lose_state(campaign, "instance")
    good(campaign.command("rebuild", "--now", NOW))
    same(before, snapshot(campaign))


def test_the_ledger_is_read_whole_though_the_daemon_is_killed(odd):
    """What is missing shows only when all of it was read: a reading that ends early begins again."""
    campaign = go_live(odd())
    ledger, was = campaign.server.folders["Baosong"], numbers(campaign)
    for uid in sorted(ledger)[-2:]:
        del ledger[uid]
    campaign.server.faults, campaign.server.poisoned = {1: "cut"}, "Baosong"
    good(campaign.daemon(NOW), 75)
    campaign.server.faults = {}
    good(campaign.daemon(NOW))
    assert numbers(campaign) == was


@pytest.mark.parametrize("listed, code", [((), 75), (("INBOX", "Sent"), 0)], ids=["nothing", "no-ledger"])
def test_a_list_that_lacks_folders(odd, monkeypatch, listed, code):
    """An ill server: nothing was deleted, and no record is written again."""
    campaign = go_live(odd())
    was = numbers(campaign)

    def do_list(session, tag, _):
        session.say(*(f'* LIST () "/" {name}' for name in listed), f"{tag} OK done")

    monkeypatch.setattr(odd_imap.Session, "do_list", do_list)
    done = good(campaign.daemon(NOW), code)
    assert ("lists no folders" in done.stderr) == (code == 75) and "was deleted" not in done.stderr
    monkeypatch.undo()
    good(campaign.daemon(NOW))
    assert numbers(campaign) == was


@pytest.mark.parametrize("at", [1, 35])
def test_sent_went_back(odd, sink, at):
    """A letter in flight is found there, and not sent again: also where UIDs have caught up."""
    campaign = odd()
    mails, campaign.server.mails = campaign.server.mails, {1: (plain(1), AT)}
    campaign.server.folders["Sent"] = {uid: (b"Message-ID: <old@x.example>\r\n\r\n", AT) for uid in range(1, 31)}
    go_live(campaign)
    campaign.server.mails[2] = mails[2]
    sink.refuse({"match": f".|{at}", "at": "drop", "times": 1})
    good(campaign.daemon(NOW), 75)
    flying = [o for o in letters(campaign) if o["state"] == "in_flight"]
    assert len(flying) == 1
    copy = f"Message-ID: <{flying[0]['message_id']}>\r\n\r\n".encode()
    campaign.server.folders["Sent"] = {at: (copy, AT), 40: (b"Message-ID: <new@x.example>\r\n\r\n", AT)}
    since = mark(sink)
    good(campaign.daemon(NOW))
    assert since.taken() == [] and [o["state"] for o in letters(campaign) if o["id"] == flying[0]["id"]] == ["sent"]
