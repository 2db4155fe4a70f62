"""Servers that are set up in other ways than ours: the same comes out, or one line says why it cannot."""

import sqlite3

import pytest
from facts import complaint, go_live, good, items, letters
from season import MAILS, NOW
from servers import Authority, Campaign, Dovecot

TRY_LATER = 75
SOME = [m for m in MAILS if m.key in ("wen-1", "lishi-1", "zhe-1", "zhe-2", "newsletter")]
QUIET = {"remind__before": "", "remind__overdue": ""}
ACL = "mail_plugins = acl\nplugin {{\n  acl = vfile:{dir}/acl:cache_secs=0\n}}"


@pytest.fixture
def other(stage, sink):
    """A maker of Dovecots that end with the test, each with a campaign on it."""
    started = []

    def make(name, **how):
        started.append(Dovecot(stage, name, **how).start())
        sink.refuse()
        return started[-1], Campaign(stage, started[-1], sink, "on-" + name, {
            "campaign.id": "on-" + name, "remind.before": "", "remind.overdue": ""})

    yield make
    for server in started:
        server.stop()


def folders_of(server, campaign):
    """Names of the folders that hold mail."""
    client = server.login(campaign.user)
    try:
        lines = [line.decode() for line in client.list()[1]]
        return {line.rsplit(" ", 1)[1].strip('"') for line in lines if "Noselect" not in line}
    finally:
        client.logout()


@pytest.mark.parametrize("name, before, how", [
    ("prefix", "Mail/", {}),
    ("below", "INBOX.", {"separator": ".", "extra": "imap_capability = IMAP4rev1"}),
    ("maildir", "", {"separator": ".", "format": "maildir", "extra": "auth_mechanisms = cram-md5 plain"}),
])
def test_where_folders_lie(other, name, before, how):
    """The ledger, the copies and junk mail are where this server wants them, and found there by rebuild."""
    server, campaign = other(name, prefix=before, **how)
    go_live(campaign)
    campaign.deliver(SOME)
    server.append_many(campaign.user, [(m.raw, m.when) for m in MAILS if m.folder == "Junk"], before + "Junk")
    good(campaign.daemon(NOW))
    assert [o["state"] for o in letters(campaign)] == ["sent"] * 5  # one answers a mail in Junk
    assert folders_of(server, campaign) == {"INBOX", *(before + f for f in ("Baosong", "Junk", "Sent"))}
    assert len(server.fetch(campaign.user, before + "Sent")) == 5
    known = items(campaign)
    good(campaign.command("rebuild"))
    good(campaign.daemon(NOW))
    assert [(i["number"], i["title"]) for i in items(campaign)] == [(i["number"], i["title"]) for i in known]
    assert [o["state"] for o in letters(campaign)] == ["sent"] * 5


def test_a_sent_folder_that_takes_nothing(other, stage):
    """Said once, not for each letter; the copies follow when it takes them."""
    server, campaign = other("acl", extra=ACL.format(dir=stage.dir / "acl"))
    go_live(campaign)
    campaign.deliver(SOME)
    rule = stage.file(server.dir / "acl", "Sent owner lr\n")
    done = campaign.daemon(NOW)
    assert done.returncode == TRY_LATER and done.stderr.count("cannot be written to Sent") == 1, done.stderr
    assert len(letters(campaign)) == 4 and server.fetch(campaign.user, "Sent") == []
    rule.unlink()
    good(campaign.daemon(NOW))
    assert len(server.fetch(campaign.user, "Sent")) == 4


def test_a_server_that_takes_other_logins(other):
    _, campaign = other("tokens", extra="auth_mechanisms = xoauth2")
    assert "offers no login of the kind that is configured" in complaint(campaign.daemon(NOW), TRY_LATER)


@pytest.mark.parametrize("since, until, wanted", [
    ("20400101000000Z", "20410101000000Z", "good from 2040-01-01 00:00:00 GMT on only: the clock here is wrong"),
    ("20100101000000Z", "20110101000000Z", "expired on 2011-01-01 00:00:00 GMT"),
], ids=["early", "late"])
def test_a_certificate_out_of_its_time(other, imap, since, until, wanted):
    name = "since-" + since[:4]
    imap.authority.issue(name, "DNS:localhost", since=since, until=until)
    server, campaign = other(name, certificate=name)
    assert wanted in complaint(campaign.daemon(NOW), TRY_LATER)
    campaign.write(imap__url=f"imap://localhost:{server.imap}")
    assert wanted in complaint(campaign.daemon(NOW), TRY_LATER)


def test_a_certificate_that_vouches_for_nobody(other, imap, stage):
    """An old root is sent along: that the server's own is of an authority unknown here is what is to be told."""
    own, key = Authority(stage, "unknown").issue("localhost", "DNS:localhost")
    old, _ = imap.authority.issue("since-2010", "DNS:localhost", since="20100101000000Z", until="20110101000000Z")
    for end, text in (("pem", own.read_text() + old.read_text()), ("key", key.read_text())):
        stage.give(stage.file(imap.authority.dir / f"with-old.{end}", text))
    _, campaign = other("with-old", certificate="with-old")
    line = complaint(campaign.daemon(NOW), TRY_LATER)
    assert "baosong test authority unknown, which is not trusted here" in line and "expired" not in line


# --- sending ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("at, reply, advice", [
    ("rcpt", "554 5.7.1 <zzb@shili.example>: Sender address rejected: not owned by user desk", "[desk] address"),
    ("data", "553 Mail from must equal authorized user", "[desk] address"),
    ("rcpt", "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", "[smtp] user"),
], ids=["sender", "sender-at-the-end", "machine"])
def test_a_refusal_that_is_about_us(campaigns, sink, at, reply, advice):
    """Postfix says at RCPT what it has against the sender: no letter fails for it, however often it is said."""
    campaign = go_live(campaigns(smtp__attempts="1", **QUIET))
    campaign.deliver(SOME)
    sink.refuse({"match": ".", "at": at, "reply": reply})
    for _ in range(2):
        line = complaint(campaign.daemon(NOW), TRY_LATER)
        assert advice in line and reply in line
    assert {o["state"] for o in letters(campaign)} == {"queued", "deferred"}
    sink.refuse()
    good(campaign.daemon(NOW))
    assert [o["state"] for o in letters(campaign)] == ["sent"] * 4


def test_a_list_that_takes_nothing_from_outside(campaigns, sink):
    """Its words are about us, and no other letter goes that could tell: it waits long, then a person decides."""
    campaign = go_live(campaigns(**QUIET))
    campaign.deliver([m for m in SOME if m.key == "lishi-1"])
    sink.refuse({"match": ".", "reply": "554 5.7.1 <lishi_dw@163.example>: Sender address rejected: members only"})
    assert "members only" in complaint(campaign.daemon(NOW), TRY_LATER)
    with sqlite3.connect(campaign.dir / "state/baosong.db") as db:
        done = db.execute("UPDATE setting SET value = '11' WHERE key LIKE 'unwanted: %' AND value = '1'")
        assert done.rowcount == 1
    done = good(campaign.daemon(NOW))
    assert "refused 12 times" in done.stderr and [o["state"] for o in letters(campaign)] == ["held"]
    told = campaign.query("SELECT why FROM todo WHERE code = 'letter-unwanted'")
    assert len(told) == 1 and "lishi_dw@163.example" in told[0]["why"]
    good(campaign.daemon(NOW))
    assert len(campaign.letters.log()) == 2
    good(campaign.command("release"))  # too soon: not held at the first word
    assert "members only" in complaint(campaign.daemon(NOW), TRY_LATER)
    sink.refuse()
    good(campaign.daemon(NOW))
    assert [o["state"] for o in letters(campaign)] == ["sent"]
    assert campaign.query("SELECT key FROM setting WHERE key LIKE 'unwanted%'") == []


def test_greylisting_is_of_each_recipient(campaigns, sink):
    """All are made known in one run; with a domain waiting for its first letter, thirty would take hours."""
    campaign = go_live(campaigns(**QUIET))
    campaign.deliver(SOME)
    sink.refuse({"match": ".", "reply": "450 4.2.0 Greylisted, see http://greylist.example"})
    assert campaign.daemon(NOW).returncode == TRY_LATER
    assert len([e for e in campaign.letters.log() if e["at"] == "refused"]) == len(letters(campaign)) == 4
    domains = [o["to_address"].partition("@")[2] for o in letters(campaign)]
    assert len(set(domains)) < len(domains)
    sink.refuse()
    good(campaign.daemon(NOW))
    assert [o["state"] for o in letters(campaign)] == ["sent"] * 4
