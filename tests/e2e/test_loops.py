"""Two desks that could answer each other for ever fall silent after one exchange."""

from facts import go_live, good, letters, mark
from season import NOW
from test_pace import AT, QUIET, question
from test_service import Service


def desks(campaigns, live=True, **settings):
    """Each stands in the other's roster."""
    first, second = campaigns(**QUIET, **settings), campaigns(**QUIET, **settings)
    for one, other in ((first, second), (second, first)):
        roster = one.dir / "roster.csv"
        text = roster.read_bytes().decode("utf-8-sig").replace("wenxueyuan@shili.example", other.user, 1)
        one.stage.file(roster, text)
        one.write(desk__address=one.user)
        if live:
            go_live(one)
    return first, second


def test_two_daemons_fall_silent(campaigns, imap):
    """Both run and wake for each mail, as on two machines. A clerk of the first submits to the second."""
    first, second = desks(campaigns, live=False, imap__mailbox="dedicated", imap__poll="3600", campaign__rehearsal="no")
    services = [Service(first), Service(second)]
    before = mark(first.smtp)

    def registered(campaign, message_id):
        return campaign.query("SELECT 1 FROM mail m JOIN outbox o ON o.mail = m.id AND o.state = 'sent' "
                              "WHERE m.message_id = ?", message_id)

    try:
        for service in services:
            service.until(lambda: "READY=1" in service.said, "READY=1")
            good(service.campaign.command("go-live"))
            service.until(lambda: service.campaign.status()["mode"] == "live", "live")
        imap.append(second.user, question(1, first.user)[0], AT)
        services[1].until(lambda: registered(second, "q1@client.example"), "the receipt")
        services[0].until(lambda: first.status()["mails"] == 1, "the receipt in the other mailbox")
        # Whoever has answered what came later has long decided about what came before.
        for number, service in enumerate(services, 2):
            imap.append(service.campaign.user, question(number, "lishi_dw@163.example")[0], AT + number)
            service.until(lambda: registered(service.campaign, f"q{number}@client.example"), "the last receipt")
    finally:
        assert [service.end() for service in services] == [0, 0]
    assert sorted((e["from"], e["to"][0]) for e in before.taken()) == sorted(
        [(second.user, first.user), (first.user, "lishi_dw@163.example"), (second.user, "lishi_dw@163.example")])


def test_two_desks_fall_silent(campaigns, imap):
    """Each stands in the other's roster; a clerk of the first submits to the second. One receipt, and silence."""
    first, second = desks(campaigns, imap__mailbox="dedicated")
    imap.append(second.user, question(1, first.user)[0], AT)
    before = mark(first.smtp)
    for _ in range(4):
        good(second.daemon(NOW))
        good(first.daemon(NOW))
    assert [(e["from"], e["to"]) for e in before.taken()] == [(second.user, [first.user])]


def test_two_desks_fall_silent_without_headers(campaigns, imap):
    """Between them a gateway removes every header that says so: Auto-Submitted, Baosong-Loop and the like."""
    first, second = desks(campaigns)
    imap.append(second.user, question(1, first.user)[0], AT)
    seen = set()
    for turn in range(3):
        for one in (second, first):
            good(one.daemon(NOW))
            for entry in one.letters.taken():
                if entry["message_id"] in seen:
                    continue
                seen.add(entry["message_id"])
                other = second if one is first else first
                raw = [m["raw"] for m in imap.fetch(one.user, "Sent") if entry["message_id"].encode() in m["raw"]]
                for mail in raw:
                    head, _, body = mail.partition(b"\r\n\r\n")
                    kept = [f for f in head.replace(b"\r\n ", b"\0").split(b"\r\n")
                            if not f.lower().startswith((b"auto-", b"x-auto", b"baosong", b"message-id"))]
                    kept.append(b"Message-ID: <stripped%d-%d@gateway.example>" % (turn, len(seen)))
                    imap.append(other.user, b"\r\n".join(kept).replace(b"\0", b"\r\n ") + b"\r\n\r\n" + body, AT)
    assert len(seen) == 1
