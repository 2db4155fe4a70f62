"""The network breaks at each byte of a session of three small mails; after it a good run comes to what the run without
any fault came to."""

import os
import random
import re

import pytest
from bed import LONG, SEED, Work, complained, good
from proxy import TO_CLIENT, TO_SERVER, Fault
from season import MAILS

THREE = [m for m in MAILS if m.key in ("chan-ack", "wu-2", "query")]
QUIET = {"remind__before": "", "remind__overdue": ""}
WAYS = (TO_CLIENT, TO_SERVER)
SHORT = {"cut": 10, "garbage": 8, "again": 6, "slow": 2, "half": 1, "stall": 1}  # trials per direction and server
LIES = ("garbage", "again")
SENT = ("others", "sent")  # where copies come to INBOX
# The long form cuts at every STRIDE-th byte (1 = at each, some hours), beginning at another one with each seed.
STRIDE = int(os.environ.get("TORTURE_STRIDE", "8"))
STALLED = ("half", "stall")  # these wait for the daemon's timeout


def three_mails(lane):
    campaign = lane.campaign
    good(lane.run())
    good(campaign.command("go-live"))
    good(lane.run())
    campaign.deliver(THREE)


class Session(Work):
    """Three small mails wait; `said` is all that both sides say in a good run."""

    def __init__(self, lanes, without=()):
        super().__init__(lanes, three_mails)
        self.without = without
        lane = lanes[0]
        lane.put(self.images[lane])
        heard = {"imap": lane.imap.plan(listening=True), "smtp": lane.smtp.plan(listening=True)}
        good(lane.run())
        self.said = {(server, way): bytes(fault.said[way]) for server, fault in heard.items() for way in WAYS}

    def try_all(self, tally, faults):
        """faults: (server, Fault)."""
        def trial(lane, plan):
            server, fault = plan
            getattr(lane, server).plan(fault)
            done = lane.run()
            what = f"{fault.how} after {fault.offset} bytes of the {server} {fault.direction} (seed {fault.seed})"
            tally.add(runs=2, **{f"{server} {fault.how}": 1, "not reached": not fault.done})
            if not complained(done):
                tally.fail(what, f"exit {done.returncode}, said {done.stderr[-500:]!r}")
            tally.take(what, lane.recover(self.reference, without=self.without))
        self.spread(faults, trial)


@pytest.fixture(scope="module")
def session(lanes):
    return Session(lanes(imap__timeout="5s", smtp__timeout="5s", **QUIET))


def phases(said, count, dice):
    """Offsets that meet every phase of the session: beginnings of lines and places inside, evenly spread."""
    lines = [i + 1 for i, byte in enumerate(said) if byte == 10]
    chosen = lines[::max(1, len(lines) // max(1, count // 2))][:count // 2]
    step = len(said) / max(1, count - len(chosen))
    return sorted({*chosen, *(int((i + dice.random()) * step) for i in range(count - len(chosen)))})


def plans(session, how, per_way):
    dice = random.Random(SEED * 1000 + len(how))
    for (server, way), said in session.said.items():
        if how in LIES and way == TO_SERVER:  # would be our own words: another letter, or nonsense refused for good
            continue
        for offset in phases(said, per_way, dice):
            yield server, Fault(how, way, offset, seed=dice.randrange(1 << 30))


def report(tally, resent):
    assert tally.counts["resent"] <= resent
    tally.check()


@pytest.mark.skipif(LONG, reason="the long form takes every byte")
def test_cut_in_every_phase(session, tally):
    session.try_all(tally, plans(session, "cut", SHORT["cut"]))
    report(tally, resent=tally.counts["smtp cut"])


def test_answers_that_are_none(session, tally):
    """A number that SMTP does not have, before an answer about a letter: no letter fails for it."""
    said = session.said["smtp", TO_CLIENT]
    answers = [m.start() for m in re.finditer(rb"(?m)^\d\d\d ", said)]
    session.try_all(tally, [("smtp", Fault("garbage", TO_CLIENT, offset, words=b"999 \r\n")) for offset in answers[2:9]])
    report(tally, resent=tally.counts["smtp garbage"])


@pytest.mark.skipif(not LONG, reason="in the long form")
@pytest.mark.parametrize("server", ["imap", "smtp"])
@pytest.mark.parametrize("way", WAYS)
def test_cut_at_every_byte(session, tally, server, way):
    first = random.Random(f"{SEED} {server} {way}").randrange(STRIDE)
    offsets = range(first, len(session.said[server, way]), STRIDE)
    session.try_all(tally, ((server, Fault("cut", way, offset)) for offset in offsets))
    report(tally, resent=tally.counts["smtp cut"])


def test_cut_where_blind_copies_prove_acceptance(lanes, tally):
    """Our own mailbox is a recipient: what was accepted is known, and nothing goes twice."""
    lane = lanes(1, smtp__sent_copy="bcc", **QUIET)[0]
    if not lane.knows("copy_wait"):
        pytest.skip("sent_copy = bcc is not looked for in the mailbox yet")
    lane.campaign.settings["smtp.copy_wait"] = "1s"
    session = Session([lane], without=SENT)
    said = session.said["smtp", TO_CLIENT]
    finals = [m.start() for m in re.finditer(rb"250 2.0.0", said)]
    assert len(finals) >= 3
    dice = random.Random(SEED)
    offsets = range(len(said)) if LONG else sorted({*finals, *(dice.choice(finals) + dice.randrange(9) for _ in range(3))})
    session.try_all(tally, [("smtp", Fault("cut", TO_CLIENT, offset)) for offset in offsets])
    report(tally, resent=0)


@pytest.mark.parametrize("how", ["garbage", "again", "slow", "half", "stall"])
def test_line_that(session, tally, how):
    session.try_all(tally, plans(session, how, (12 if how in STALLED else 120) if LONG else SHORT[how]))
    report(tally, resent=tally.counts[f"smtp {how}"])
