"""No mail is lost or read twice, and none stops the next, whatever the server does in the middle."""

import os
import re
import signal

import pytest
from facts import complaint, go_live, good, items, letters
from season import MAILS, NOW, when
from servers import OddImap, odd_imap
from test_service import Service

THREE = [m for m in MAILS if m.key in ("lishi-1", "wen-1", "jing-1")]
AT = int(when("2014-05-29 10:00").timestamp())
POISON = 2
SHORT = "5"  # [imap] timeout


def plain(number):
    """A mail that the campaign takes, without a file."""
    return (f"From: wenxueyuan@shili.example\r\nTo: zzb@shili.example\r\nSubject: Re: 【报送】第{number}封\r\n"
            f"Message-ID: <plain{number}@shili.example>\r\nDate: Thu, 29 May 2014 10:00:00 +0800\r\n\r\n"
            f"请问第{number}项材料何时能登记？\r\n").encode()


def three():
    return {uid: (m.raw, AT + uid) for uid, m in enumerate(THREE, 1)}


@pytest.fixture
def odd(campaigns, imap):
    """A maker of campaigns whose mailbox is an odd server. Where it falls silent that is noticed soon; elsewhere a slow
    machine is no fault."""
    servers = []

    def make(largest="50M", **kind):
        server = OddImap(imap.authority, three(), **kind)
        servers.append(server)
        patience = SHORT if "never" in kind.get("faults", {}).values() else "120"
        campaign = campaigns(imap__url=f"imaps://localhost:{server.port}", imap__timeout=patience, imap__junk="-", imap__max_message=largest,
                             remind__before="", remind__overdue="", smtp__sent_copy="server")
        campaign.server = server
        return campaign

    yield make
    for server in servers:
        server.stop()


def registered(campaign):
    return campaign.query("SELECT uid, whose, header_only FROM mail ORDER BY uid")


def all_read(campaign):
    rows = registered(campaign)
    assert [r["uid"] for r in rows] == [1, 2, 3]
    assert campaign.query("SELECT count(*) n FROM reading")[0]["n"] == 0
    return rows


def passed_over(campaign):
    """The poisonous one is registered by its header, the others wholly."""
    rows = all_read(campaign)
    assert [r["header_only"] for r in rows] == [0, 1, 0]
    assert "unreadable" in {r["code"] for r in campaign.query(
        "SELECT code FROM todo UNION SELECT code FROM problem")}


@pytest.mark.parametrize("fault", ["bye", "cut", "never"])
def test_a_bad_moment_loses_nothing(odd, fault):
    campaign = odd(faults={POISON: fault}, once=True)
    assert campaign.daemon(NOW).returncode == 75
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]


@pytest.mark.parametrize("lists, faults", [([[]], {}), ([[1]], {}), ([[1, 3]], {}), ([], {POISON: "hollow"})],
                         ids=["nothing", "the-first", "a-gap", "hollow"])
def test_a_moment_in_which_the_server_says_too_little(odd, lists, faults):
    """OK, and the mails are there: what is not said is asked for again, at the latest by the next run."""
    campaign = odd(faults=faults, once=True)
    campaign.server.lists = lists
    for _ in range(2):
        good(campaign.daemon(NOW))
    assert [(r["whose"], r["header_only"]) for r in all_read(campaign)] == [("campaign", 0)] * 3


def test_a_server_that_says_goodbye_at_once(odd):
    campaign = odd()
    campaign.server.greeting = "* BYE too many connections"
    assert "turned us away: \"* BYE too many connections\"" in complaint(campaign.daemon(NOW), 75)


@pytest.mark.parametrize("reply, wanted", [
    ("[LIMIT] 15 at most", "at the moment"), ("登录过于频繁，请稍后再试", "at the moment"),
    ("Login fail. Account is abnormal, password is incorrect, login frequency limited, or system is busy",
     "check user and the password")])
def test_a_login_that_is_refused_for_now(odd, monkeypatch, reply, wanted):
    """Nobody is sent to look for a password that is right."""
    campaign = odd()
    monkeypatch.setattr(odd_imap.Session, "enter", lambda session, tag: session.say(f"{tag} NO {reply}"))
    line = complaint(campaign.daemon(NOW), 75)
    assert wanted in line and reply in line


def test_uids_that_begin_at_a_thousand_million(odd):
    """As NetEase's do: not a hundred thousand questions to get there."""
    campaign = odd()
    campaign.server.mails = {uid * 1_000_000_007: mail for uid, mail in campaign.server.mails.items()}
    good(campaign.daemon(NOW))
    assert len(registered(campaign)) == 3 and len(campaign.server.asked("UID FETCH .*INTERNALDATE")) < 20


@pytest.mark.parametrize("fault", ["bye", "cut", "never", "refuse", "skip"])
def test_after_three_attempts_a_mail_is_passed_over(odd, fault):
    campaign = odd(faults={POISON: fault})
    for _ in range(3):
        good(campaign.daemon(NOW), 75)
    good(campaign.daemon(NOW))
    passed_over(campaign)


@pytest.mark.parametrize("ill", ["NO", "BYE", "NIL"])
def test_a_server_that_is_ill_costs_no_mail(odd, ill):
    """However long it lasts: it gives no other mail either."""
    campaign = odd()
    campaign.server.ill = ill
    for _ in range(6):
        good(campaign.daemon(NOW), 75)
    assert registered(campaign) == []
    campaign.server.ill = None
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]


def test_a_refused_mail_that_has_no_neighbour(odd):
    """Its own header proves that the server is well."""
    campaign = odd(faults={POISON: "refuse"})
    campaign.server.mails = {POISON: campaign.server.mails[POISON]}
    for _ in range(3):
        good(campaign.daemon(NOW), 75)
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in registered(campaign)] == [1]


def test_a_mail_whose_answer_cannot_be_read_stops_no_other(odd):
    campaign = odd(faults={POISON: "flood"}, largest="1M")
    good(campaign.daemon(NOW))
    passed_over(campaign)


def test_a_mail_that_kills_the_daemon_is_passed_over(odd):
    campaign = odd(faults={POISON: "never"})
    killed_three_times(campaign)
    good(campaign.daemon(NOW))
    passed_over(campaign)


def test_a_mail_at_which_the_daemon_was_killed_by_chance_is_read(odd):
    """A plug that was pulled three times is no fault of the mail."""
    campaign = odd(faults={POISON: "never"})
    killed_three_times(campaign)
    campaign.server.faults.clear()
    done = good(campaign.daemon(NOW))
    assert "does no harm" in done.stderr
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]


def test_a_line_that_breaks_again_at_the_same_mail(odd):
    """Also while it is tried apart; then it comes after another one: it is read wholly."""
    campaign = odd(faults={POISON: "cut"})
    for _ in range(3):
        good(campaign.daemon(NOW), 75)
    campaign.server.once = True
    done = good(campaign.daemon(NOW))
    assert "does no harm" in done.stderr and not campaign.server.faults
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]


def killed_three_times(campaign):
    campaign.write(imap__timeout="120")
    for attempt in range(3):
        before = len(campaign.server.asked(r"^UID FETCH .*BODY"))
        daemon = campaign.stage.spawn([campaign.bin / "baosongd", "-c", campaign.config, "--once", "--now", NOW],
                                      campaign.dir / "killed.log")
        # The first run hangs in the portion, the others after the first mail, which they read alone.
        hangs = before + (1 if attempt != 1 else 2)
        campaign.stage.wait_for("the FETCH", lambda: len(campaign.server.asked(r"^UID FETCH .*BODY")) >= hangs,
                                daemon, campaign.dir / "killed.log")
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    campaign.write(imap__timeout=SHORT)


def test_a_provider_that_allows_one_connection(odd):
    """Also there a mail that never comes is tried apart, and passed over."""
    campaign = odd(faults={POISON: "cut"})
    campaign.server.single = True
    for _ in range(3):
        good(campaign.daemon(NOW), 75)
    good(campaign.daemon(NOW))
    passed_over(campaign)


@pytest.mark.parametrize("fault", ["skip", "refuse", "cut"])
def test_a_mail_that_never_comes_from_junk(odd, fault):
    """Reading it breaks the connection, and a new connection has a new list of folders."""
    campaign = odd(faults={POISON: fault})
    campaign.write(imap__junk="Junk")
    campaign.server.folders["Junk"], campaign.server.mails = campaign.server.mails, {}
    campaign.server.poisoned = "Junk"
    for _ in range(3):
        good(campaign.daemon(NOW), 75)
    good(campaign.daemon(NOW))
    passed_over(campaign)


def test_a_neighbour_of_a_killer_is_read_wholly(odd):
    """Its mark must not count what another mail did."""
    campaign = odd(faults={3: "cut"})
    for _ in range(3):
        assert campaign.daemon(NOW).returncode == 75
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 1]


def test_a_large_mail_on_a_slow_line_takes_its_time(odd):
    """Longer than [imap] timeout, but never still."""
    campaign = odd(faults={POISON: "slow"})
    campaign.write(imap__timeout=SHORT)
    large = THREE[1].raw + b"".join(b"%075d\r\n" % n for n in range(40_000))
    campaign.server.mails[POISON] = (large, AT)
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]


def test_a_folder_that_forgets_what_it_took(odd):
    """Without its own lease in the ledger nobody acts; and nobody fills the mailbox with leases."""
    campaign = odd()
    campaign.server.forgets = True
    done = campaign.daemon(NOW)
    assert done.returncode == 75 and "does not show it" in done.stderr
    assert len(campaign.server.asked("^APPEND")) == 1


def test_a_full_mailbox_is_no_fault_of_the_mails(odd):
    """No record can be written, so nothing is decided, however often; when there is room again all is read."""
    campaign = odd()
    mails, campaign.server.mails = campaign.server.mails, {}
    good(campaign.daemon(NOW))
    campaign.server.mails, campaign.server.full = mails, True
    for _ in range(11):
        done = good(campaign.daemon(NOW), 75)
        assert "(OVERQUOTA) Quota exceeded" in done.stderr
    campaign.server.full = False
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]


@pytest.mark.parametrize("fault", ["gone", "expunged"])
def test_expunged_between_two_commands(odd, fault):
    campaign = odd(faults={POISON: fault})
    good(campaign.daemon(NOW))
    assert [r["uid"] for r in registered(campaign)] == [1, 3]
    fetches = len(campaign.server.asked(r"^UID FETCH .*BODY"))
    good(campaign.daemon(NOW))
    assert len(campaign.server.asked(r"^UID FETCH .*BODY")) == fetches


def test_sasl_ir_that_is_named_and_refused(odd):
    campaign = odd(sasl_ir="refused")
    good(campaign.daemon(NOW))
    all_read(campaign)
    assert campaign.server.asked("^LOGIN ")


def peak(campaign):
    """Memory of a run that goes well, in KiB."""
    log = campaign.dir / "peak.log"
    run = campaign.stage.spawn([campaign.bin / "baosongd", "-c", campaign.config, "--once", "--now", NOW], log)
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 0, log.read_text()
    return usage.ru_maxrss


def test_a_hundred_thousand_old_mails(odd):
    campaign, small = odd(), odd()
    old = int(when("2013-05-29 10:00").timestamp())
    raw = plain(0)
    campaign.server.mails = {uid: (raw, old) for uid in range(1, 100_001)}
    campaign.server.folders["Sent"] = dict(campaign.server.mails)
    campaign.server.add(THREE[0].raw, AT)
    small.server.mails = {1: (THREE[0].raw, AT)}
    more = peak(campaign) - peak(small)
    assert more < 32 << 10 or "sanitize" in str(campaign.bin), f"{more} KiB more"
    assert [r["uid"] for r in registered(campaign)] == [100_001]
    assert len(campaign.server.asked("^UID FETCH")) == 12  # eleven windows and the one mail
    good(campaign.daemon(NOW))
    assert len(campaign.server.asked("^UID FETCH")) == 13  # the second time only whether the newest is still the same


def test_moved_out_and_back(campaign, imap):
    go_live(campaign)
    campaign.deliver(THREE)
    good(campaign.daemon(NOW))
    before = items(campaign)
    client = imap.login(campaign.user)
    client.create("elsewhere")
    for source, target in (("INBOX", "elsewhere"), ("elsewhere", "INBOX")):
        client.select(source)
        assert client.uid("MOVE", "1:*", target)[0] == "OK"
    client.logout()
    good(campaign.daemon(NOW))
    assert items(campaign) == before and len(letters(campaign, "receipt")) == 3
    assert campaign.query("SELECT count(*) n FROM sighting")[0]["n"] == 6


def test_vanished_mails_stay_registered(campaign, imap):
    """Some providers show the last thirty days only."""
    campaign.deliver(THREE)
    good(campaign.daemon(NOW))
    before = items(campaign)
    client = imap.login(campaign.user)
    client.select("INBOX")
    client.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
    client.expunge()
    client.logout()
    good(campaign.daemon(NOW))
    assert items(campaign) == before


@pytest.mark.parametrize("idle", ["NO", "BAD", "BYE"])
def test_idle_that_is_named_and_refused(odd, idle):
    """The mail is read by the next poll all the same, or at once where the server only restarted."""
    campaign = odd()
    campaign.server.idle = idle
    campaign.write(imap__poll="10" if idle != "BYE" else "3600", campaign__rehearsal="no")
    service = Service(campaign)
    try:
        service.until(lambda: campaign.server.asked("^IDLE"), "IDLE")
        uid = campaign.server.add(plain(4), AT)
        service.until(lambda: uid in [r["uid"] for r in registered(campaign)], "the mail that came meanwhile")
    finally:
        assert service.end() == 0


def test_idle_that_dies_in_silence(odd):
    campaign = odd()
    campaign.write(imap__poll="10", imap__timeout=SHORT, campaign__rehearsal="no", smtp__rehearsal_to=None)
    campaign.server.deaf = True
    service = Service(campaign)
    try:
        service.until(lambda: campaign.server.asked("^IDLE"), "IDLE")
        campaign.server.deaf = False
        uid = campaign.server.add(plain(4), AT)
        service.until(lambda: uid in [r["uid"] for r in registered(campaign)], "the mail that came meanwhile")
        assert campaign.server.logins in (2, 3)  # SHORT is short for a slow machine
    finally:
        assert service.end() == 0


@pytest.mark.parametrize("idle", ["END", "EXISTS"])
def test_idle_that_wakes_for_nothing(odd, idle):
    """Passes by the clock lie between one IDLE and the next."""
    campaign = odd()
    campaign.server.idle = idle
    campaign.write(imap__poll="10", campaign__rehearsal="no")
    service = Service(campaign)
    try:
        service.until(lambda: len(campaign.server.asked("^IDLE")) == 2, "the second IDLE")
    finally:
        assert service.end() == 0
    log = [line.split()[0] for line in campaign.server.asked("^IDLE|^EXAMINE .?INBOX")]
    assert log[log.index("IDLE"):].count("EXAMINE") >= 4  # two of each pass


def test_a_uidnext_of_long_ago(odd, monkeypatch):
    """Mails that lie beyond what the server says are read all the same."""
    campaign = odd()
    say = odd_imap.Session.say
    monkeypatch.setattr(odd_imap.Session, "say", lambda self, *lines: say(
        self, *(re.sub(r"UIDNEXT \d+", "UIDNEXT 2", line) for line in lines)))
    good(campaign.daemon(NOW))
    all_read(campaign)
    campaign.server.add(plain(4), AT)
    good(campaign.daemon(NOW))
    assert [r["uid"] for r in registered(campaign)] == [1, 2, 3, 4]


@pytest.mark.parametrize("said", [0, 100])
def test_a_size_that_is_wrong(odd, monkeypatch, said):
    """The mail is larger than all that a command may bring beyond what the server announced."""
    campaign = odd()
    campaign.server.mails[POISON] = (THREE[1].raw + b"".join(b"%075d\r\n" % n for n in range(40_000)), AT)
    say = odd_imap.Session.say
    monkeypatch.setattr(odd_imap.Session, "say", lambda self, *lines: say(
        self, *(re.sub(r"RFC822.SIZE \d+", f"RFC822.SIZE {said}", line) for line in lines)))
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]


def test_words_that_no_server_should_say(odd, monkeypatch):
    """A mail without a date, answers without a text, answers to what nobody asked: all in one session."""
    campaign = odd()
    session, say = odd_imap.Session, odd_imap.Session.say
    strange = ("* STATUS INBOX (MESSAGES 3)", "* SEARCH", "* OK [ALERT]", "* NO ", "* 9 EXISTS", "* VANISHED 1:2")

    def oddly(self, *lines):
        lines = [re.sub(r'(UID 2 INTERNALDATE) "[^"]+"', r"\1 NIL", line) for line in lines]
        lines = [re.sub(r'^\* LIST \(\) "/" (\S+)$', r'* LIST () "/" \1 ("CHILDINFO" ("SUBSCRIBED"))', line) for line in lines]
        if re.match(r"\d+ OK", lines[-1]):
            lines[-1:] = [*strange, re.match(r"\d+ OK( \[.*\])?", lines[-1])[0]]
        say(self, *lines)

    monkeypatch.setattr(session, "say", oddly)
    good(campaign.daemon(NOW))
    good(campaign.daemon(NOW))
    assert [r["header_only"] for r in all_read(campaign)] == [0, 0, 0]
