"""The mail server was put back from a backup: same UIDVALIDITY, and UIDs that were read are given to other mails."""

from facts import go_live, good, letters, mark
from season import NOW
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


def test_the_ledger_went_back(odd):
    campaign = go_live(odd())
    ledger = campaign.server.folders["Baosong"]
    for uid in sorted(ledger)[-2:]:
        del ledger[uid]
    campaign.server.add(plain(1), AT)
    assert WENT_BACK in good(campaign.daemon(NOW)).stderr
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT last_uid FROM folder WHERE role = 'ledger'")[0]["last_uid"] == max(ledger)


def test_sent_went_back(odd, sink):
    """A letter in flight is found there, and not sent again."""
    campaign = odd()
    mails, campaign.server.mails = campaign.server.mails, {1: (plain(1), AT)}
    campaign.server.folders["Sent"] = {uid: (b"Message-ID: <old@x.example>\r\n\r\n", AT) for uid in range(1, 31)}
    go_live(campaign)
    campaign.server.mails[2] = mails[2]
    sink.refuse({"match": ".", "at": "drop", "times": 1})
    good(campaign.daemon(NOW), 75)
    flying = [o for o in letters(campaign) if o["state"] == "in_flight"]
    assert len(flying) == 1
    copy = f"Message-ID: <{flying[0]['message_id']}>\r\n\r\n".encode()
    campaign.server.folders["Sent"] = {1: (copy, AT)}
    since = mark(sink)
    good(campaign.daemon(NOW))
    assert since.taken() == [] and [o["state"] for o in letters(campaign) if o["id"] == flying[0]["id"]] == ["sent"]
