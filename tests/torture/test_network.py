"""The network breaks at each byte of a session of three small mails; after it a good run comes to what the run without
any fault came to."""

import os
import random
import re

import pytest
from bed import LONG, SEED, Work, complained, good
from proxy import TO_CLIENT, TO_SERVER, Fault
from season import MAILS, when

QUIET = {"remind__before": "", "remind__overdue": "", "store__workers": "1"}
WAYS = (TO_CLIENT, TO_SERVER)
SHORT = {"cut": 10, "garbage": 8, "again": 6, "slow": 2, "half": 1, "stall": 1}  # trials per direction and server
LIES = ("garbage", "again")
SENT = ("others", "sent")  # where copies come to INBOX
# The long form cuts at every STRIDE-th byte, beginning at another one with each seed.
STRIDE = int(os.environ.get("TORTURE_STRIDE", "1"))
CHAIN = {"imap": 8, "smtp": 2}  # cuts in a row, at most: of a letter whose third answer is cut a person decides
STALLED = ("half", "stall")  # these wait for the daemon's timeout


class Small:
    """A mail of some three hundred bytes, so that a session can be cut at each of its bytes."""
    folder = "INBOX"

    def __init__(self, number, sender, subject, text, file=""):
        self.when = int(when("2014-05-28 09:00").timestamp()) + number
        head = f"From: {sender}\nMessage-ID: <small{number}@s.example>\nSubject: {subject}\nMIME-Version: 1.0\n"
        kind = "Content-Type: text/plain; charset=utf-8\n"
        if file:
            kind = (f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{kind}\n{text}\n--b\n"
                    f"Content-Disposition: attachment; filename={file}\n\n活动总结：周末读书，收获很多。\n--b--\n")
        else:
            kind += f"\n{text}\n"
        self.raw = (head + kind).replace("\n", "\r\n").encode()


THREE = (Small(1, "jixujiaoyu@shili.example", "【查询】", "收到没有？"), Small(2, "keys@shili.example", "钥匙", "在门房。"),
         Small(3, "20140012@qq.example", "【报送】物理学院党委-学习型-周末读书班", "见附件。", "1.txt"))


def three_mails(lane):
    campaign = lane.campaign
    good(lane.run())
    good(campaign.command("go-live"))
    good(lane.run())
    campaign.deliver(THREE)


class Session(Work):
    """Three small mails wait; `said` is all that both sides say in a good run, `told` the same for each lane."""

    def __init__(self, lanes, without=()):
        super().__init__(lanes, three_mails)
        self.without = without
        self.told = {lane: self.listen(lane) for lane in lanes}
        self.said = self.told[lanes[0]]

    def listen(self, lane):
        lane.put(self.images[lane])
        heard = {"imap": lane.imap.plan(listening=True), "smtp": lane.smtp.plan(listening=True)}
        good(lane.run())
        return {(server, way): bytes(fault.said[way]) for server, fault in heard.items() for way in WAYS}

    def bear(self, tally, lane, server, fault, what):
        """A run under the fault, which may fail, but not without a word."""
        getattr(lane, server).plan(fault, listening=bool(fault.how == "cut"))
        done = lane.run()
        if not complained(done):
            tally.fail(what, f"exit {done.returncode}, said {done.stderr[-500:]!r}")

    def settle(self, tally, lane, what):
        tally.take(what, lane.recover(self.reference, without=self.without))

    def try_all(self, tally, faults):
        """faults: (server, Fault)."""
        def trial(lane, plan):
            server, fault = plan
            what = f"{fault.how} after {fault.offset} bytes of the {server} {fault.direction} (seed {fault.seed})"
            self.bear(tally, lane, server, fault, what)
            tally.add(runs=2, **{f"{server} {fault.how}": 1, "not reached": not fault.done})
            self.settle(tally, lane, what)
        self.spread(faults, trial)

    def cut_each(self, tally, server, way, offsets):
        """Cuts at each of `offsets`, which are in order. A cut after which the daemon says the same mail again is
        followed by the next one at once; else, and after some, comes the good run, and all is put back."""
        def cut(lane, offset):
            """Whether it was this byte of this mail, or of what is said before any."""
            told = self.told[lane][server, way]
            begin, after = 0, b""
            for found in re.finditer(rb"Message-ID: <[^>]+>\r\n", told[:offset]):
                begin, after = found.end(), found[0]
            fault = Fault("cut", way, offset - begin, after=after)
            self.bear(tally, lane, server, fault, f"cut after {offset} bytes of the {server} {way}")
            tally.add(runs=1, cuts=fault.done)
            end = fault.where()
            return fault.done and masked(bytes(fault.said[way]))[end - fault.offset:end] == masked(told)[begin:offset]

        def trial(lane, batch):
            chained, before = True, []

            def settle():
                tally.add(runs=1)
                self.settle(tally, lane, f"cuts after {before} bytes of the {server} {way}")

            for offset in batch:
                if before and not (chained and (chained := cut(lane, offset))):
                    settle()
                    lane.put(self.images[lane])
                    before = []
                if not before and not cut(lane, offset):
                    tally.add(elsewhere=1)
                before.append(offset)
            settle()

        offsets = list(offsets)
        size = CHAIN[server]
        self.spread([offsets[i:i + size] for i in range(0, len(offsets), size)], trial)


@pytest.fixture(scope="module")
def session(lanes):
    return Session(lanes(imap__timeout="5s", smtp__timeout="5s", **QUIET))


def masked(said):
    """What both sides say, without what differs between two good sessions: times, and who logs in."""
    return re.sub(rb"(AUTHENTICATE PLAIN )(\S+)", lambda m: m[1] + b"x" * len(m[2]), re.sub(rb"\d", b"0", said))


def phases(said, count, dice):
    """Offsets that meet every phase of the session: beginnings of lines and places inside, evenly spread."""
    lines = [i + 1 for i, byte in enumerate(said) if byte == 10]
    chosen = lines[::max(1, len(lines) // max(1, count // 2))][:count // 2]
    step = len(said) / max(1, count - len(chosen))
    return sorted({*chosen, *(int((i + dice.random()) * step) for i in range(count - len(chosen)))})


def plans(session, how, per_way):
    dice = random.Random(SEED * 1000 + len(how))
    for (server, way), said in session.said.items():
        for offset in phases(said, per_way, dice):
            if how in LIES and (server, way) == ("smtp", TO_SERVER):
                offset = harmless(said, how, offset)
            if how in LIES and (server, way) == ("imap", TO_CLIENT):
                offset = outside_of_dates(said, offset)
            yield server, Fault(how, way, offset, seed=dice.randrange(1 << 30))


def outside_of_dates(said, offset):
    """Another INTERNALDATE is another date, and one that cannot be read is none: nobody could say which was meant."""
    line, end = said.rfind(b"\n", 0, offset) + 1, said.find(b"\n", offset)
    return line if b"INTERNALDATE" in said[line:end if end >= 0 else len(said)] else offset


def harmless(said, how, offset):
    """Where bytes that nobody said make no other letter of ours: before a line, not within MAIL and RCPT (it would be
    another address), and not between DATA and the end of the Message-ID (nobody could say which letter it was)."""
    line = said.rfind(b"\n", 0, offset) + 1
    data = said.rfind(b"\nDATA\r\n", 0, line + 6) + 1
    known = said.index(b"\n", said.index(b"\nMessage-ID", data) + 1) + 1 if data else 0
    if line < known and (line > data or how == "again"):
        return known
    return line if how == "garbage" else offset


def report(tally, resent):
    assert tally.counts["resent"] <= resent
    tally.check()


@pytest.mark.skipif(LONG, reason="the long form takes every byte")
@pytest.mark.parametrize("server", ["imap", "smtp"])
def test_cut_in_every_phase(session, tally, server):
    dice = random.Random(SEED * 1000)
    for way in WAYS:
        session.cut_each(tally, server, way, phases(session.said[server, way], SHORT["cut"], dice))
    report(tally, resent=tally.counts["cuts"] if server == "smtp" else 0)


def test_answers_that_are_none(session, tally):
    """A number that SMTP does not have, before an answer about a letter: no letter fails for it."""
    said = session.said["smtp", TO_CLIENT]
    answers = [m.start() for m in re.finditer(rb"(?m)^\d\d\d ", said)]
    session.try_all(tally, [("smtp", Fault("garbage", TO_CLIENT, offset, words=b"999 \r\n")) for offset in answers[:9]])
    report(tally, resent=tally.counts["smtp garbage"])


@pytest.mark.skipif(not LONG, reason="in the long form")
@pytest.mark.parametrize("server", ["imap", "smtp"])
@pytest.mark.parametrize("way", WAYS)
def test_cut_at_every_byte(session, tally, server, way):
    first = random.Random(f"{SEED} {server} {way}").randrange(STRIDE)
    session.cut_each(tally, server, way, range(first, len(session.said[server, way]), STRIDE))
    report(tally, resent=tally.counts["cuts"] if server == "smtp" else 0)


def test_cut_where_blind_copies_prove_acceptance(lanes, tally):
    """Our own mailbox is a recipient: what was accepted is known, and nothing goes twice."""
    lane = lanes(1, smtp__sent_copy="bcc", **QUIET)[0]
    if not lane.knows("copy_wait"):
        pytest.skip("sent_copy = bcc is not looked for in the mailbox yet")
    lane.campaign.settings["smtp.copy_wait"] = "1s"
    session = Session([lane], without=SENT)
    said = session.said["smtp", TO_CLIENT]
    finals = [m.start() for m in re.finditer(rb"250 2.0.0", said)]
    assert len(finals) == 2
    dice = random.Random(SEED)
    offsets = range(len(said)) if LONG else sorted({*finals, *(dice.choice(finals) + dice.randrange(9) for _ in range(3))})
    session.cut_each(tally, "smtp", TO_CLIENT, offsets)
    report(tally, resent=0)


@pytest.mark.parametrize("how", ["garbage", "again", "slow", "half", "stall"])
def test_line_that(session, tally, how):
    session.try_all(tally, plans(session, how, (12 if how in STALLED else 120) if LONG else SHORT[how]))
    report(tally, resent=tally.counts[f"smtp {how}"])
