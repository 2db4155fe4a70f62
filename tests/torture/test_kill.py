"""kill -9 at any instant of a season, day after day; at its end everything is as in the season that nobody disturbed."""

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from bed import LONG, SEED, Work, a_friday, good
from ledger import records
from season import LATER, LATER_NOW, MAILS

VARIANTS = 6 if LONG else 1         # of the season's mails, sent again under other Message-IDs
KILLS_A_DAY = 80 if LONG else 5
SEASONS = 2 if LONG else 1          # beside the undisturbed one
BATCH = 8 if LONG else 16           # mails a day
CALLS = 700                         # of a day's run, about


class Day:
    def __init__(self, mails):
        self.mails, self.when = mails, max(m.when for m in mails)
        self.now = time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(self.when + 8 * 3600))


class Again:
    """A mail of the season once more: somebody was not sure that it arrived."""

    def __init__(self, mail, n):
        self.raw = re.sub(rb"(?im)^(Message-ID: <)", rb"\1again-%d-" % n, mail.raw, count=1)
        self.when, self.folder = mail.when + n * 7200, mail.folder


def season():
    mails = list(MAILS) + [Again(m, n) for m in MAILS for n in range(1, VARIANTS)]
    mails = sorted((m for m in mails if m.when > 1396300000), key=lambda m: m.when)
    days = [Day(mails[i:i + BATCH]) for i in range(0, len(mails), BATCH)]
    last = Day(LATER)
    last.now = LATER_NOW
    return days + [last]


def live(lane, days, disturb):
    campaign = lane.campaign
    good(lane.run(days[0].now))
    good(campaign.command("go-live"))
    for day in days:
        campaign.deliver(day.mails)
        disturb(lane, day)
        good(lane.run(day.now))


@pytest.fixture(scope="module")
def days():
    return season()


@pytest.fixture(scope="module")
def undisturbed(lanes, days):
    lane = lanes(1, smtp__burst="100000")[0]
    live(lane, days, lambda lane, day: None)
    reference = lane.reference()
    assert max(reference.letters.values()) == 1 and len(reference.tables["items"]) > 20
    return reference


def kills(tally, dice):
    """Half of them at some instant, half at a certain call: the Nth change of a file or byte of the network."""
    def disturb(lane, day):
        for _ in range(KILLS_A_DAY):
            if dice.random() < 0.5:
                tally.add(runs=1, kills=lane.run_killed(dice.random() * 0.5, day.now))
            else:
                fault = f"{dice.choice(('kill', 'torn'))}:{1 + int(dice.random() ** 2 * CALLS)}"
                done = lane.run(day.now, env=lane.shim(fault=fault, torture_net="1"))
                tally.add(runs=1, kills=done.returncode == -9)
                if done.returncode not in (-9, 0, 75):
                    tally.fail(f"{fault} on {day.now}", f"exit {done.returncode}: {done.stderr[-400:]}")
        tally.add(runs=1)
    return disturb


def without_ledger(lane):
    """All was answered; then the mail server lost the folder of records."""
    a_friday(lane)
    good(lane.run())
    client = lane.dovecot.login(lane.campaign.user)
    client.delete("Baosong")
    client.logout()


def numbers(lane):
    return {r["seq"] for _, r in records(lane.campaign) if "seq" in r}


def test_killed_while_lost_records_are_written_again(lanes, tally):
    work = Work(lanes(), without_ledger, expect_letters=False)
    lane = work.lanes[0]
    lane.put(work.images[lane])
    good(lane.run(env=lane.shim(torture_net="1")))
    whole = numbers(lane)
    assert len(whole) > 3
    calls, dice = lane.calls(), random.Random(SEED * 23)
    trials = range(1, calls + 1) if LONG else sorted(1 + int((i + dice.random()) * calls / 8) for i in range(8))

    def trial(lane, n):
        fault = f"{dice.choice(('kill', 'torn'))}:{n}"
        done = lane.run(env=lane.shim(fault=fault, torture_net="1"))
        tally.add(runs=2, kills=done.returncode == -9)
        tally.take(fault, lane.recover(work.reference))
        if numbers(lane) != whole:
            tally.fail(fault, f"records {sorted(whole ^ numbers(lane))} are missing, or new")

    work.spread(trials, trial)
    assert tally.counts["kills"] > 0
    tally.check()


def test_a_season_of_kills(lanes, days, undisturbed, tally):
    tally.add(mails=sum(len(d.mails) for d in days))

    def suffer(lane, turn):
        live(lane, days, kills(tally, random.Random(SEED * 1000 + turn)))
        tally.take(f"seed {SEED}, turn {turn}", lane.compare(undisturbed))

    with ThreadPoolExecutor(SEASONS) as pool:
        list(pool.map(suffer, lanes(SEASONS, smtp__burst="100000"), range(SEASONS)))
    assert tally.counts["resent"] <= tally.counts["kills"]
    tally.check()
