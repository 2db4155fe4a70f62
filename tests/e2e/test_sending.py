"""Letters leave once: refused for now, refused for good, cut off, by Postfix, over TLS."""

import time

import pytest
from facts import go_live, good, letters, mark
from season import MAILS, NOW
from servers import SmtpSink, free_ports, odd_imap
from test_intake import odd  # noqa: F401

TWO = [m for m in MAILS if m.key in ("lishi-1", "jing-1")]
SIX = ("lishi-1", "jing-1", "wen-1", "zhe-1", "zhe-2", "wai-1")
QUIET = {"remind__before": "", "remind__overdue": ""}


def ready(campaign, mails=TWO):
    go_live(campaign)
    campaign.deliver(mails)
    return campaign


def receipts(campaign):
    return {o["to_address"]: o for o in letters(campaign, "receipt")}


def test_refused_for_now_is_tried_again(campaigns, sink):
    campaign = ready(campaigns(**QUIET))
    sink.refuse({"match": "lishi_dw", "reply": "451 4.7.1 try again later"})
    done = campaign.daemon(NOW)
    assert done.returncode == 75, done.stderr
    assert {a: o["state"] for a, o in receipts(campaign).items()} == {
        "lishi_dw@163.example": "deferred", "jingji@shili.example": "sent"}
    assert "451" in receipts(campaign)["lishi_dw@163.example"]["last_error"]
    sink.refuse()
    good(campaign.daemon(NOW))
    assert receipts(campaign)["lishi_dw@163.example"]["state"] == "sent"
    assert campaign.letters.recipients() == ["jingji@shili.example", "lishi_dw@163.example"]


def test_refused_for_good_is_shown_to_staff(campaigns, sink):
    campaign = ready(campaigns(**QUIET))
    sink.refuse({"match": "lishi_dw", "reply": "550 5.1.1 no such user"})
    good(campaign.daemon(NOW))
    failed = receipts(campaign)["lishi_dw@163.example"]
    assert failed["state"] == "failed" and "550" in failed["last_error"]
    assert "letter-failed" in {r["code"] for r in campaign.query("SELECT code FROM todo WHERE done_at IS NULL")}
    refused = len(campaign.letters.log())
    sink.refuse()
    good(campaign.daemon(NOW))
    assert receipts(campaign)["lishi_dw@163.example"]["state"] == "failed"
    assert len(campaign.letters.log()) == refused


def test_refused_after_the_text(campaigns, sink):
    campaign = ready(campaigns(**QUIET))
    sink.refuse({"match": "jingji", "reply": "452 4.2.2 mailbox full", "at": "data", "times": 1})
    assert campaign.daemon(NOW).returncode == 75
    good(campaign.daemon(NOW))
    assert campaign.letters.recipients() == ["jingji@shili.example", "lishi_dw@163.example"]


def test_connection_breaks_before_the_answer(campaigns, sink):
    campaign = ready(campaigns(**QUIET))
    sink.refuse({"match": "jingji", "at": "drop", "times": 1})
    campaign.daemon(NOW)
    good(campaign.daemon(NOW))
    assert campaign.letters.recipients() == ["jingji@shili.example", "lishi_dw@163.example"]


def test_taken_and_never_answered(campaigns, sink):
    """Some gateway delivers the letter and hangs up: the others go all the same, and soon a person decides."""
    campaign = ready(campaigns(**QUIET))
    sink.refuse({"match": "jingji", "at": "after"})
    for _ in range(5):
        campaign.daemon(NOW)
    assert campaign.letters.recipients() == [*3 * ["jingji@shili.example"], "lishi_dw@163.example"]
    assert len(set(campaign.letters.message_ids())) == 2
    assert receipts(campaign)["jingji@shili.example"]["state"] == "held"
    told = campaign.query("SELECT why FROM todo WHERE code = 'letter-unproven'")
    assert len(told) == 1 and "jingji@shili.example" in told[0]["why"]
    sink.refuse()
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert receipts(campaign)["jingji@shili.example"]["state"] == "sent"


def test_smtp_server_is_away(campaigns, stage, imap):
    away = SmtpSink(stage, imap, name="away").start()
    port = away.port
    campaign = ready(campaigns(away, **QUIET))
    away.stop()
    done = campaign.daemon(NOW)
    assert done.returncode == 75, done.stderr
    assert {o["state"] for o in letters(campaign)} <= {"queued", "deferred"}
    away.start(port)
    good(campaign.daemon(NOW))
    assert mark_all(away) == ["jingji@shili.example", "lishi_dw@163.example"]
    away.stop()


def test_a_server_that_was_away_uses_up_no_attempt(campaigns, sink):
    """Twelve passes without a server; then the letter has all its attempts still."""
    campaign = ready(campaigns(**QUIET, smtp__attempts="3"), TWO[:1])
    campaign.write(smtp__url=f"smtp://localhost:{free_ports(1)[0]}")
    for _ in range(12):
        good(campaign.daemon(NOW), 75)
    campaign.write(smtp__url=f"smtp://localhost:{sink.port}")
    sink.refuse({"match": ".", "reply": "451 4.7.1 Greylisted, try again in 5 minutes", "times": 2})
    for _ in range(2):
        good(campaign.daemon(NOW), 75)
        assert [o["state"] for o in letters(campaign)] == ["deferred"]
    good(campaign.daemon(NOW))
    assert [o["state"] for o in letters(campaign)] == ["sent"]


@pytest.mark.parametrize("command", ["APPEND", "EXAMINE"])
def test_a_sent_folder_that_refuses_stops_no_letter(odd, command):
    """What cannot be copied waits for its copy; what comes after it goes all the same, once."""
    campaign = odd()
    campaign.write(smtp__sent_copy="append")
    mails, campaign.server.mails = campaign.server.mails, {}
    go_live(campaign)
    campaign.server.sent_refuses = command
    for uid in (1, 2, 3):
        campaign.server.mails[uid] = mails[uid]
        done = good(campaign.daemon(NOW), 75)
        assert done.stderr.count("folder of sent mail") <= 1
        assert len(campaign.letters.taken()) == uid
    campaign.server.sent_refuses = None
    good(campaign.daemon(NOW))
    assert {o["state"] for o in letters(campaign)} == {"sent"}
    assert len(campaign.server.folders["Sent"]) == 3 == len(campaign.letters.taken())


def test_copies_that_are_refused_keep_no_others_back(odd, monkeypatch):  # noqa: F811
    """Four are in the pass that sends, one is in the next, each tried with Sent open and closed: the others are written
    all the same."""
    campaign = odd()
    campaign.write(smtp__sent_copy="append")
    mails, campaign.server.mails = campaign.server.mails, {}
    go_live(campaign)
    append, refused, asked = odd_imap.Session.do_append, 8, []

    def do_append(session, tag, command):
        if "Sent" in command:
            asked.append(command)
            if len(asked) <= refused:
                session.server.full = True
        append(session, tag, command)
        session.server.full = False

    monkeypatch.setattr(odd_imap.Session, "do_append", do_append)
    more = {uid: (m.raw, mails[1][1]) for uid, m in enumerate((m for m in MAILS if m.key in SIX), 1)}
    campaign.server.mails = more
    done = good(campaign.daemon(NOW), 75)
    assert done.stderr.count("cannot be written to Sent") == 1
    assert (len(asked), len(campaign.server.folders["Sent"])) == (10, 2)
    asked.clear()
    refused = 2
    good(campaign.daemon(NOW), 75)
    assert (len(asked), len(campaign.server.folders["Sent"])) == (5, 5)
    asked.clear()
    refused = 0
    good(campaign.daemon(NOW))
    assert len(asked) == 1 and {o["state"] for o in letters(campaign)} == {"sent"}
    assert len(campaign.letters.taken()) == 6 == len(campaign.server.folders["Sent"])


def test_a_folder_that_takes_no_copy_is_not_asked_for_all(odd):  # noqa: F811
    campaign = odd()
    campaign.write(smtp__sent_copy="append", **QUIET)
    mails, campaign.server.mails = campaign.server.mails, {}
    go_live(campaign)
    campaign.server.sent_refuses = "APPEND"
    campaign.server.mails = {uid: (m.raw, mails[1][1]) for uid, m in enumerate(MAILS[:20], 1)}
    for _ in range(2):
        campaign.server.log.clear()
        good(campaign.daemon(NOW), 75)
        assert 10 <= len(campaign.server.asked('APPEND "?Sent')) <= 20  # each with Sent open and closed
    sent = len(campaign.letters.taken())
    assert sent > 12
    campaign.server.sent_refuses = None
    good(campaign.daemon(NOW))
    assert len(campaign.server.folders["Sent"]) == sent == len(campaign.letters.taken())


def test_a_new_database_and_a_sent_folder_that_refuses(odd):
    """Mails are read all the same; nothing goes out before it is known that it has not gone already."""
    campaign = odd()
    campaign.write(smtp__sent_copy="append")
    campaign.server.sent_refuses = "EXAMINE"
    good(campaign.daemon(NOW), 75)
    assert campaign.query("SELECT count(*) n FROM mail")[0]["n"] == 3
    good(campaign.command("go-live"))
    done = good(campaign.daemon(NOW), 75)
    assert "nothing is sent before" in done.stderr and campaign.letters.taken() == []
    campaign.server.sent_refuses = None
    good(campaign.daemon(NOW))
    assert {o["state"] for o in letters(campaign)} == {"sent"} and len(campaign.letters.taken()) == 3


def mark_all(sink):
    return sorted(to for to, _ in sink.accepted())


def test_starttls_with_login(campaigns, stage, imap):
    server = SmtpSink(stage, imap, name="starttls", tls="starttls", user="desk", password="loopback-only").start()
    campaign = ready(campaigns(server, smtp__user="desk", smtp__password_file="imap.password",
                               smtp__ca_file="ca.pem", **QUIET))
    good(campaign.daemon(NOW))
    assert mark_all(server) == ["jingji@shili.example", "lishi_dw@163.example"]
    server.stop()


def test_a_login_that_is_refused_now_and_then(campaigns, stage, imap):
    """NetEase and Coremail say 535 to good passwords; the letter waits, and never fails for it."""
    server = SmtpSink(stage, imap, name="flaky", tls="starttls", user="desk", password="loopback-only").start()
    campaign = ready(campaigns(server, smtp__user="desk", smtp__password_file="imap.password", smtp__attempts="1",
                               smtp__ca_file="ca.pem", **QUIET))
    server.refuse({"match": "desk", "at": "auth", "reply": "535 Error: 系统繁忙，请稍后再试", "times": 1})
    done = campaign.daemon(NOW)
    assert done.returncode == 75 and "535" in done.stderr
    assert {o["state"] for o in letters(campaign)} <= {"queued", "deferred"}
    good(campaign.daemon(NOW))
    assert mark_all(server) == ["jingji@shili.example", "lishi_dw@163.example"]
    server.stop()


def test_smtps_with_login(campaigns, stage, imap):
    server = SmtpSink(stage, imap, name="smtps", tls="smtps", user="desk", password="loopback-only").start()
    campaign = ready(campaigns(server, smtp__url=f"smtps://localhost:{server.port}", smtp__user="desk",
                               smtp__password_file="imap.password", smtp__ca_file="ca.pem", **QUIET))
    good(campaign.daemon(NOW))
    assert mark_all(server) == ["jingji@shili.example", "lishi_dw@163.example"]
    server.stop()


def test_smtps_with_a_strangers_certificate(campaigns, stage, imap):
    server = SmtpSink(stage, imap, name="smtps-2", tls="smtps").start()
    campaign = ready(campaigns(server, smtp__url=f"smtps://localhost:{server.port}", **QUIET))  # no ca_file
    done = campaign.daemon(NOW)
    assert done.returncode == 75 and "certificate" in done.stderr
    assert server.accepted() == []
    server.stop()


def test_through_postfix_into_dovecot(campaigns, postfix, imap):
    campaign = ready(campaigns(postfix, **QUIET))
    good(campaign.daemon(NOW))
    wanted = {o["message_id"].encode() for o in letters(campaign, "receipt")}
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:  # Postfix delivers after it has answered
        found = {i for i in wanted for a in receipts(campaign) for m in imap.fetch(a) if i in m["raw"]}
        if found == wanted:
            break
    assert found == wanted, postfix.log()[-2000:]
    assert mark(postfix).log() == []


@pytest.mark.parametrize("late", [2, 1, 0], ids=["seconds later", "an accident", "never"])
def test_a_server_that_keeps_its_copy_later(late, campaigns, imap):
    """auto finds none after the first letter and writes one. If of two letters running a second one shows up, the
    server keeps them; of one, ours was doubled, or somebody copied it."""
    campaign = go_live(campaigns(**QUIET, smtp__copy_wait="1h"))
    said, mails = [], [TWO[0], TWO[1], *[m for m in MAILS if m.key == "zhe-1"]]
    for i, mail in enumerate(mails):
        campaign.deliver([mail])
        said.append("keeps copies of letters" in good(campaign.daemon(NOW)).stderr)
        if i < late:
            imap.append(campaign.user, imap.fetch(campaign.user, "Sent")[-1]["raw"], folder="Sent")
    assert said == [False, False, late == 2]
    assert {o["state"] for o in letters(campaign)} == {"sent"} and len(campaign.letters.taken()) == 3
    assert len(imap.fetch(campaign.user, "Sent")) == {2: 4, 1: 4, 0: 3}[late]
    if late < 2:  # and after copy_wait it is not looked for any more
        doubt = "SELECT count(*) n FROM setting WHERE key IN ('sent_doubt', 'sent_twice')"
        assert campaign.query(doubt)[0]["n"] == late + 1
        campaign.write(smtp__copy_wait="0")
        good(campaign.daemon(NOW))
        assert campaign.query(doubt)[0]["n"] == 0
