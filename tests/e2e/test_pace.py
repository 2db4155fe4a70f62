"""Letters leave at a pace, come back as bounces, and are sent with tokens that run out."""

import email.header
import email.utils
import threading
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest
from facts import go_live, good, letters, mark
from ledger import lose_state, same, snapshot
from season import MAILS, NOW, when
from servers import Dovecot, SmtpSink
from test_service import Service

QUIET = {"remind__before": "", "remind__overdue": ""}
AT = int(when("2014-05-29 10:00").timestamp())
TWO = [m for m in MAILS if m.key in ("lishi-1", "jing-1")]


def question(number, sender, subject="【报送】关于材料的问题"):
    """A mail that gets a receipt."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "zzb@shili.example", f"{subject}{number}"
    mail["Message-ID"], mail["Date"] = f"<q{number}@client.example>", email.utils.formatdate(AT + number)
    mail.set_content(f"请问第{number}项材料何时能登记？")
    return mail.as_bytes(), AT + number


def ask(campaign, imap, count, sender="wenxueyuan@shili.example", first=0):
    imap.append_many(campaign.user, [question(first + i, sender) for i in range(count)])


# --- pace ------------------------------------------------------------------------------------------------------


def test_sixty_receipts_go_in_one_run(campaigns, imap):
    campaign = campaigns(**QUIET, smtp__per_address_daily="100")
    go_live(campaign)
    ask(campaign, imap, 60)
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 60


def test_what_exceeds_the_pace_waits(campaigns, imap):
    campaign = campaigns(**QUIET, smtp__domain_per_minute="1", smtp__per_address_daily="100")
    go_live(campaign)
    ask(campaign, imap, 6, "lishi_dw@163.example")
    ask(campaign, imap, 2, first=10)
    done = campaign.daemon(NOW)
    assert done.returncode == 75 and "wait" in done.stderr
    sent = campaign.letters.recipients()
    assert sent.count("lishi_dw@163.example") == 4 and sent.count("wenxueyuan@shili.example") == 2
    assert sorted(o["state"] for o in letters(campaign)) == ["queued"] * 2 + ["sent"] * 6
    good(campaign.daemon(NOW))
    assert len(set(campaign.letters.message_ids())) == 8 == len(campaign.letters.message_ids())


def test_receipts_go_before_reminders(campaigns):
    campaign = campaigns(smtp__per_minute="1")
    campaign.deliver(TWO)
    good(campaign.daemon(NOW))
    good(campaign.command("go-live"))
    assert campaign.daemon(NOW).returncode == 75
    kinds = {o["message_id"]: o["kind"] for o in letters(campaign)}
    order = [kinds[i] for i in campaign.letters.message_ids()]
    assert order[:2] == ["receipt", "receipt"] and len(order) == 4


def test_too_fast_is_not_never(campaigns, imap, sink):
    campaign = campaigns(**QUIET)
    go_live(campaign)
    sink.refuse({"match": "163", "at": "data", "reply": "554 DT:SPM 163 smtp1,looks like mass mail"})
    ask(campaign, imap, 3, "lishi_dw@163.example")
    ask(campaign, imap, 1, first=10)
    assert campaign.daemon(NOW).returncode == 75
    states = sorted((o["to_address"], o["state"]) for o in letters(campaign))
    # the first refusal spares the others of that domain theirs
    assert states == [("lishi_dw@163.example", "deferred"), ("lishi_dw@163.example", "queued"),
                      ("lishi_dw@163.example", "queued"), ("wenxueyuan@shili.example", "sent")]
    pause = campaign.query("SELECT domain, why FROM pause")
    assert [p["domain"] for p in pause] == ["163.example"] and "DT:SPM" in pause[0]["why"]
    sink.refuse()
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 4


def test_a_recipient_who_is_suspended_keeps_no_other_waiting(campaigns, imap, sink):
    """NetEase's words for a mailbox that nobody opens any more; of ours they would stop all mail for a while."""
    campaign = campaigns(**QUIET)
    go_live(campaign)
    sink.refuse({"match": "lishi_dw@163", "reply": "550 User suspended"})
    ask(campaign, imap, 1, "lishi_dw@163.example")
    ask(campaign, imap, 1, first=10)
    good(campaign.daemon(NOW))
    states = sorted((o["to_address"], o["state"]) for o in letters(campaign))
    assert states == [("lishi_dw@163.example", "failed"), ("wenxueyuan@shili.example", "sent")]
    assert campaign.query("SELECT * FROM pause") == []


def test_more_than_an_hour_allows_is_held(campaigns, imap):
    campaign = campaigns(**QUIET, smtp__per_hour="3")
    go_live(campaign)
    ask(campaign, imap, 5)
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 3
    assert [o["hold_reason"] for o in letters(campaign) if o["state"] == "held"] == ["burst"] * 2
    assert "一小时" in campaign.query("SELECT why FROM todo WHERE code = 'burst'")[0]["why"]
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 5


def test_more_than_a_day_allows_one_address_is_held(campaigns, imap):
    campaign = campaigns(**QUIET, smtp__per_address_daily="3")
    go_live(campaign)
    ask(campaign, imap, 5)
    ask(campaign, imap, 1, "lishi_dw@163.example", first=10)
    good(campaign.daemon(NOW))
    assert campaign.letters.recipients() == ["lishi_dw@163.example"] + ["wenxueyuan@shili.example"] * 3
    assert [o["hold_reason"] for o in letters(campaign) if o["state"] == "held"] == ["burst"] * 2
    told = campaign.query("SELECT why FROM todo WHERE code = 'no-answer'")
    assert len(told) == 2 and "wenxueyuan@shili.example" in told[0]["why"] and "release" in told[0]["why"]
    good(campaign.command("release"))
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 6


# --- bounces ---------------------------------------------------------------------------------------------------


def report(address, letter, status="5.1.1"):
    mail = EmailMessage()
    mail["From"], mail["To"] = "MAILER-DAEMON@mx.example", "zzb@shili.example"
    mail["Subject"], mail["Message-ID"] = "Undelivered Mail Returned to Sender", f"<b-{status}-{address}>"
    mail["Date"], mail["Return-Path"] = email.utils.formatdate(AT), "<>"
    mail.set_content(f"<{address}>: your mail could not be delivered")
    text = mail.as_string().partition("\n\n")[2]
    head = mail.as_string().partition("\n\n")[0].replace(
        'Content-Type: text/plain; charset="utf-8"', 'Content-Type: multipart/report; report-type=delivery-status; boundary=B')
    head = "\n".join(line for line in head.splitlines() if not line.startswith("Content-Transfer"))
    return (f"{head}\n\n--B\nContent-Type: text/plain\n\n{text}\n--B\nContent-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {address}\nAction: failed\nStatus: {status}\n\n"
            f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{letter}>\n\n--B--\n").replace("\n", "\r\n").encode()


def test_a_dead_address_is_left_out_and_revived(campaigns, imap):
    """The committee's second address gets the next reminder; a mail from the first brings it back."""
    campaign = campaigns(remind__before="14d, 3d", remind__overdue="1d")
    go_live(campaign, "2014-05-20T09:00:00+08:00")

    def reminders():
        return [o for o in letters(campaign, "reminder") if o["committee"] == first["committee"]]

    first = next(o for o in letters(campaign, "reminder") if o["to_address"] == "wenxueyuan@shili.example")
    other = first["cc"]
    assert other.endswith("@qq.example")
    imap.append(campaign.user, report("wenxueyuan@shili.example", first["message_id"]), AT)
    good(campaign.daemon(NOW))
    second = reminders()[-1]
    assert (second["to_address"], second["cc"]) == (other, "")
    told = campaign.query("SELECT why FROM todo WHERE code = 'bounce'")
    assert len(told) == 1 and "wenxueyuan@shili.example" in told[0]["why"] and other in told[0]["why"]
    assert campaign.query("SELECT address FROM dead_address") == [{"address": "wenxueyuan@shili.example"}]
    imap.append(campaign.user, question(1, "wenxueyuan@shili.example")[0], int(when("2014-05-30 10:00").timestamp()))
    good(campaign.daemon("2014-06-03T09:00:00+08:00"))
    assert campaign.query("SELECT address FROM dead_address") == []
    assert reminders()[-1]["to_address"] == "wenxueyuan@shili.example"
    assert len([o for o in letters(campaign, "receipt") if o["to_address"] == "wenxueyuan@shili.example"]) == 1


def mail_with(headers, body):
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (head + "\r\n" + body.replace("\n", "\r\n")).encode()


def qq(letter):
    """QQ and Tencent Exmail: a page in Chinese that names the address and the subject."""
    page = (f"<html><body><table><tr><td>抱歉，您的邮件被退回来了……</td></tr><tr><td>原邮件信息：</td></tr><tr><td>主　题："
            f"{letter['subject']}</td></tr><tr><td>无法发送到 {letter['to_address']}</td></tr><tr><td>退信原因："
            "收件人邮件地址（邮箱名）不存在，邮件无法送达。host mx3.qq.example said: 550 Mailbox not found</td></tr></table></body></html>")
    return mail_with({"From": "PostMaster@qq.example", "To": "zzb@shili.example", "Message-ID": "<qq@qq.example>",
                      "Subject": email.header.Header("系统退信/Systems bounce", "utf-8").encode(), "MIME-Version": "1.0",
                      "Content-Type": "text/html; charset=utf-8", "Content-Transfer-Encoding": "8bit"}, page)


def coremail(letter):
    return mail_with({"From": "postmaster@shili.example", "To": "zzb@shili.example", "Message-ID": "<cm@shili.example>",
                      "Subject": email.header.Header("系统退信", "gb18030").encode(), "MIME-Version": "1.0",
                      "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"},
                     f"您的邮件未能送达以下收件人：\n{letter['to_address']}\n错误信息：550 User not found: "
                     f"{letter['to_address']}\n\nMessage-ID: <{letter['message_id']}>\n")


def qmail(letter):
    return mail_with({"From": "MAILER-DAEMON@mx.example", "To": "zzb@shili.example", "Subject": "failure notice",
                      "Return-Path": "<>"},
                     f"Hi. This is the qmail-send program at mx.example.\n\n<{letter['to_address']}>:\nSorry, no mailbox here by "
                     f"that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <zzb@shili.example>\n"
                     f"Message-ID: <{letter['message_id']}>\nSubject: {letter['subject']}\n")


def exim(letter):
    return mail_with({"From": "Mail Delivery System <Mailer-Daemon@mx.example>", "To": "zzb@shili.example",
                      "X-Failed-Recipients": letter["to_address"], "Auto-Submitted": "auto-replied",
                      "Subject": "Mail delivery failed: returning message to sender"},
                     "A message that you sent could not be delivered to one or more of its recipients. This is a permanent "
                     f"error. The following address(es) failed:\n\n  {letter['to_address']}\n    Unrouteable address\n\n"
                     f"------ This is a copy of the message ------\n\nMessage-ID: <{letter['message_id']}>\n")


@pytest.mark.parametrize("bounce", [qq, coremail, qmail, exim])
def test_bounces_in_words_of_their_own(bounce, campaigns, imap):
    campaign = campaigns(**QUIET)
    go_live(campaign)
    campaign.deliver(TWO)
    good(campaign.daemon(NOW))
    letter = next(o for o in letters(campaign, "receipt") if o["to_address"] == "jingji@shili.example")
    imap.append(campaign.user, bounce(letter), AT)
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT address FROM dead_address") == [{"address": "jingji@shili.example"}]
    told = campaign.query("SELECT why FROM todo WHERE code = 'bounce'")
    assert len(told) == 1 and "jingji@shili.example" in told[0]["why"]
    assert len(campaign.letters.taken()) == 2  # nobody answers a bounce


def test_a_full_mailbox_is_told_and_written_to_again(campaigns, imap):
    campaign = campaigns(**QUIET)
    go_live(campaign)
    campaign.deliver(TWO)
    good(campaign.daemon(NOW))
    letter = letters(campaign, "receipt")[0]
    imap.append(campaign.user, report(letter["to_address"], letter["message_id"], "5.2.2"), AT)
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT count(*) n FROM dead_address")[0]["n"] == 0
    assert "已满" in campaign.query("SELECT why FROM todo WHERE code = 'bounce'")[0]["why"]


def test_a_server_that_knows_no_such_address(campaigns, sink):
    campaign = campaigns(**QUIET)
    go_live(campaign)
    campaign.deliver(TWO)
    sink.refuse({"match": "lishi_dw", "reply": "550 5.1.1 no such user"})
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT address FROM dead_address") == [{"address": "lishi_dw@163.example"}]


def test_what_a_server_said_of_an_address_survives_a_rebuild(campaigns, sink):
    """No bounce tells of it: the ledger does, so that reminders are those that went."""
    campaign = campaigns(remind__before="14d, 3d", remind__overdue="1d")
    sink.refuse({"match": "wenxueyuan@", "reply": "550 5.1.1 no such user"})
    go_live(campaign, "2014-05-20T09:00:00+08:00")
    good(campaign.daemon(NOW))
    dead = campaign.query("SELECT address, committee, since_at, why FROM dead_address")
    assert [d["address"] for d in dead] == ["wenxueyuan@shili.example"]
    was, sent = snapshot(campaign), len(campaign.letters.taken())
    assert len([o for o in was["letters"] if o["committee"] == dead[0]["committee"]]) == 2
    lose_state(campaign, "instance")
    good(campaign.command("rebuild", "--now", NOW))
    assert campaign.query("SELECT address, committee, since_at, why FROM dead_address") == dead
    same(was, snapshot(campaign))
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == sent


def test_an_address_that_the_administrator_revives(campaigns, sink):
    """The server was wrong, or somebody has mended it: the next reminder goes there, also after a rebuild."""
    campaign = campaigns(remind__before="14d, 3d", remind__overdue="1d")
    sink.refuse({"match": "wenxueyuan@", "reply": "550 5.1.1 no such user"})
    go_live(campaign, "2014-05-20T09:00:00+08:00")
    sink.refuse()
    assert [d["address"] for d in campaign.query("SELECT address FROM dead_address")] == ["wenxueyuan@shili.example"]
    assert "no mail address" in good(campaign.command("revive", "wenxueyuan"), 64).stderr
    good(campaign.command("revive", "Wenxueyuan@shili.example"))
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT address FROM dead_address") == []
    last = [o for o in letters(campaign, "reminder") if "wenxueyuan@shili.example" in (o["to_address"], o["cc"])][-1]
    assert (last["to_address"], last["state"]) == ("wenxueyuan@shili.example", "sent")
    was = snapshot(campaign)
    lose_state(campaign, "instance")
    good(campaign.command("rebuild", "--now", NOW))
    assert campaign.query("SELECT address FROM dead_address") == []
    same(was, snapshot(campaign))


def test_a_refusal_that_may_be_haste_kills_no_address(campaigns, sink):
    """550 with the words that RFC 5321 has for it: the letter fails and staff see it, the next one goes there again."""
    campaign = campaigns(**QUIET)
    go_live(campaign)
    campaign.deliver(TWO)
    sink.refuse({"match": "lishi_dw", "reply": "550 Requested action not taken: mailbox unavailable"})
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT address FROM dead_address") == []
    assert [o["state"] for o in letters(campaign) if o["to_address"] == "lishi_dw@163.example"] == ["failed"]
    assert campaign.query("SELECT count(*) n FROM todo WHERE code = 'letter-failed'")[0]["n"] == 1


@pytest.mark.parametrize("cap", ["per_address_daily", "per_hour"])
def test_what_is_held_stays_held_after_a_rebuild(cap, campaigns, imap):
    campaign = campaigns(**QUIET, **{"smtp__" + cap: "2"})
    go_live(campaign)
    ask(campaign, imap, 4)
    good(campaign.daemon(NOW))
    was = snapshot(campaign)
    lose_state(campaign, "instance")
    good(campaign.command("rebuild", "--now", NOW))
    same(was, snapshot(campaign))
    good(campaign.daemon(NOW))
    assert len(campaign.letters.taken()) == 2


# --- OAuth2 ----------------------------------------------------------------------------------------------------


class Tokens:
    """A token endpoint (RFC 7662 introspection) for Dovecot; `good` are the tokens that hold."""

    def __init__(self):
        tokens = self
        self.good, self.asked = set(), []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                token = parse_qs(urlparse(self.path).query).get("token", [""])[0]
                tokens.asked.append(token)
                body = (b'{"active":true,"username":"%s"}' % tokens.user.encode() if token in tokens.good
                        else b'{"active":false}')
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module", params=["oauthbearer", "xoauth2"])
def oauth(stage, request):
    tokens = Tokens()
    name = f"dovecot-{request.param}"
    config = stage.file(stage.folder(name) / "oauth2.conf.ext",
                        f"introspection_url = http://127.0.0.1:{tokens.port}/?token=\nintrospection_mode = get\n"
                        "username_attribute = username\nactive_attribute = active\nactive_value = true\n")
    dovecot = Dovecot(stage, name, extra=f"auth_mechanisms = plain {request.param}\nauth_cache_size = 0\n"
                      f"passdb {{\n  driver = oauth2\n  mechanisms = {request.param}\n  args = {config}\n}}\n").start()
    dovecot.tokens = tokens
    yield dovecot
    dovecot.stop()
    tokens.server.shutdown()


def test_a_token_that_has_run_out(oauth, stage, campaigns, imap):
    from conftest import make_campaign
    sink = SmtpSink(stage, oauth, name=oauth.dir.name + "-smtp").start()
    campaign = make_campaign(stage, oauth, sink, "oauth")
    oauth.tokens.user = campaign.user
    stock = stage.file(campaign.dir / "token", "first\n")
    script = stage.file(campaign.dir / "token.sh", f"#!/bin/sh\necho run >>{campaign.dir}/runs\ncat {stock}\n", 0o700)
    campaign.write(imap__password_file=None, imap__token_command=f"{script} now", remind__before="", remind__overdue="")
    runs = campaign.dir / "runs"

    oauth.tokens.good = {"first"}
    campaign.deliver(TWO[:1])
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT count(*) n FROM mail")[0]["n"] == 1
    assert runs.read_text().count("run") == 1 and "first" in oauth.tokens.asked

    oauth.tokens.good = {"second"}
    done = campaign.daemon(NOW)
    assert done.returncode == 75 and "login" in done.stderr and "first" not in done.stderr
    for trouble in ("exit 1", "true", "printf ''", "echo; echo later"):  # the endpoint may be away: try later
        stage.file(script, f"#!/bin/sh\n{trouble}\n", 0o700)
        done = good(campaign.daemon(NOW), 75)
        assert "token_command" in done.stderr
    stage.file(script, f"#!/bin/sh\necho run >>{campaign.dir}/runs\ncat {stock}\n", 0o700)
    stage.file(stock, "second\n")
    campaign.deliver(TWO[1:])
    good(campaign.daemon(NOW))
    assert campaign.query("SELECT count(*) n FROM mail")[0]["n"] == 2
    sink.stop()


def test_the_service_asks_for_another_token(oauth, stage):
    """The connection breaks, the token that was kept is refused: the command is run again, and nothing is lost."""
    from conftest import make_campaign
    campaign = make_campaign(stage, oauth, SmtpSink(stage, oauth, name=oauth.dir.name + "-none"), "service",
                             {"campaign.rehearsal": "no", "imap.poll": "3600", "smtp.url": "smtp://127.0.0.1:9"})
    oauth.tokens.user, oauth.tokens.good = campaign.user, {"first"}
    stock = stage.file(campaign.dir / "token", "first\n")
    campaign.write(imap__password_file=None, imap__token_command=f"cat {stock}", remind__before="", remind__overdue="")
    service = Service(campaign)
    try:
        service.until(lambda: any("waiting" in line for line in service.said), "the first wait")
        oauth.tokens.good = {"second"}
        stage.file(stock, "second\n")
        service.said.clear()
        campaign.deliver(TWO[:1])
        service.until(lambda: campaign.query("SELECT count(*) n FROM mail")[0]["n"] == 1, "the mail")
        service.until(lambda: any("waiting" in line for line in service.said), "the next wait")
        service.until(lambda: "another token" in service.log.read_text() or oauth.drop(), "another token")
        campaign.deliver(TWO[1:])
        service.until(lambda: campaign.query("SELECT count(*) n FROM mail")[0]["n"] == 2, "the second mail")
    finally:
        assert service.end() == 0


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_token_that_has_run_out_while_sending(mechanism, campaigns, stage, imap):
    """The token of the first pass is refused in the second: another is asked for, and no letter is put off for it."""
    tokens = stage.file(stage.folder("smtp-" + mechanism) / "tokens", "first\n")
    server = SmtpSink(stage, imap, name="smtp-" + mechanism, tls="starttls", user=mechanism, tokens=tokens).start()
    campaign = campaigns(server, **QUIET, smtp__user="desk", smtp__ca_file="ca.pem", imap__poll="3600",
                         campaign__rehearsal="no")
    stock = stage.file(campaign.dir / "token", "first\n")
    campaign.write(smtp__token_command=f"cat {stock}")
    service = Service(campaign)
    try:
        service.until(lambda: "READY=1" in service.said, "READY=1")
        good(campaign.command("go-live"))
        service.until(lambda: campaign.status()["mode"] == "live", "live")
        campaign.deliver(TWO[:1])
        service.until(lambda: [o["state"] for o in letters(campaign)] == ["sent"], "the first letter")
        stage.file(stock, "second\n")
        stage.file(tokens, "second\n")
        campaign.deliver(TWO[1:])
        service.until(lambda: [o["state"] for o in letters(campaign)] == ["sent"] * 2, "the second letter")
    finally:
        assert service.end() == 0
    assert [o["attempts"] for o in letters(campaign)] == [1, 1]
    assert [e["reply"] for e in server.log() if e["at"] == "auth"] == ["235", "535", "235"]
    server.stop()
