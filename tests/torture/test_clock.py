"""The clock jumps, forth and back, and the machine moves to another zone: each stage reaches a committee once, and none
is lost."""

import collections
import random
import subprocess
import time

import pytest
from bed import COMMITTEES, LONG, SEED, a_friday, good
from season import LATER_NOW, NOW

ZONES = ("Asia/Shanghai", "UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu", "Nonsense/Zone")
DAY = 86400
RIGHT = ("2014-05-20T09:00:00+08:00", "2014-05-26T09:30:00+08:00", NOW, LATER_NOW, "2014-06-05T10:00:00+08:00")
WRONG = ("2014-04-02T00:00:00+08:00", "2014-05-19T08:59:59+08:00", "2014-05-30T08:59:59+08:00",
         "2014-06-02T23:59:59+08:00", "2014-06-20T12:00:00+08:00", "2015-01-01T00:00:00+08:00")


def stages(lane):
    return lane.campaign.query("SELECT committee, stage, outbox FROM reminder ORDER BY committee, stage")


def mailed(lane):
    """(recipient, stage) -> how many letters were taken by the server for it."""
    taken = lane.letters()
    count = collections.Counter()
    for row in lane.campaign.query("SELECT r.committee, r.stage, o.message_id FROM reminder r JOIN outbox o "
                                   "ON o.id = r.outbox"):
        count[row["committee"], row["stage"]] += taken[row["message_id"]]
    return count


def once(tally, lane, what):
    counted = mailed(lane)
    tally.add(doubled=sum(n - 1 for n in counted.values() if n > 1), lost=sum(n == 0 for n in counted.values()))
    letters = lane.campaign.query("SELECT committee, count(*) AS n FROM outbox WHERE kind = 'reminder' GROUP BY committee")
    for row in letters:
        if row["n"] > len({s["stage"] for s in stages(lane) if s["committee"] == row["committee"]}):
            tally.fail(what, f"{row['committee']} got {row['n']} letters")
    resent = sum(n - 1 for n in lane.letters().values())
    if resent:
        tally.fail(what, f"{resent} letters went twice")


def served(lane, off, until):
    """The daemon as a service whose clock is wrong by `off`, until the condition holds; then it is asked to end."""
    campaign, stage = lane.campaign, lane.stage
    process = subprocess.Popen([str(campaign.bin / "baosongd"), "-c", str(campaign.config), "--now", NOW], cwd=stage.dir,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=stage.environment(**lane.shim(torture_clock=off)), **stage.as_user())
    try:
        end = time.monotonic() + 60
        while not until():
            assert process.poll() is None and time.monotonic() < end, f"clock {off}: {waiting(lane)}"
            time.sleep(0.05)
    finally:
        process.terminate()
        process.wait(timeout=60)


def waiting(lane):
    return lane.campaign.query("SELECT state, next_at FROM outbox WHERE state <> 'sent'")


def deferred(lane):
    """Until when letters are put off."""
    return [o["next_at"] for o in waiting(lane) if o["state"] == "deferred"]


@pytest.fixture(scope="module")
def image(lanes):
    lane = lanes(1)[0]
    a_friday(lane, "2014-05-15T09:00:00+08:00")  # before the first stage
    assert not stages(lane)
    return lane, lane.save("friday")


def right_season(lane, image):
    lane.put(image)
    for now in RIGHT:
        good(lane.run(now))
    return stages(lane)


def test_zones_change_nothing(image, tally):
    lane, start = image
    then = [(s["committee"], s["stage"]) for s in right_season(lane, start)]
    assert len(then) > len(COMMITTEES)
    letters = lane.letters()
    dice = random.Random(SEED)
    for turn in range(20 if LONG else 2):
        lane.put(start)
        zones = [dice.choice(ZONES) for _ in RIGHT]
        for now, zone in zip(RIGHT, zones):
            good(lane.run(now, env={"TZ": zone}))
        tally.add(runs=len(RIGHT), trials=1, resent=sum(n - 1 for n in lane.letters().values()))
        once(tally, lane, zones)
        if [(s["committee"], s["stage"]) for s in stages(lane)] != then or lane.letters() != letters:
            tally.fail(zones, "other letters than at home")
    tally.check()


def test_the_campaigns_clock_jumps(image, tally):
    """Jumps lie between the days that are right; what was due on these was sent by the end, once."""
    lane, start = image
    then = {(s["committee"], s["stage"]) for s in right_season(lane, start)}
    dice = random.Random(SEED + 1)
    for turn in range(40 if LONG else 3):
        lane.put(start)
        jumps = [(now, dice.choice(WRONG)) for now in RIGHT]
        for now, wrong in jumps:
            for clock in (now, wrong):
                good(lane.run(clock, env={"TZ": dice.choice(ZONES)}))
        tally.add(runs=2 * len(RIGHT), jumps=2 * len(RIGHT), trials=1)
        once(tally, lane, jumps)
        missing = then - {(s["committee"], s["stage"]) for s in stages(lane)}
        tally.add(lost=len(missing))
        if missing:
            tally.fail(jumps, f"missing {sorted(missing)[:3]}")
    tally.check()


def test_the_clock_was_ahead_when_letters_were_put_off(image, tally):
    """A machine that woke in another year puts letters off; with the clock right again they go within hours."""
    lane, start = image
    lane.put(start)
    lane.sink.refuse({"match": ".", "reply": "451 4.7.1 later"})
    served(lane, 400 * DAY, lambda: deferred(lane))
    assert min(deferred(lane)) > time.time() + 399 * DAY
    lane.sink.refuse()
    served(lane, 0, lambda: max(deferred(lane), default=0) <= time.time() + 6 * 3600)
    served(lane, 6 * 3600 + 60, lambda: not waiting(lane))
    tally.add(runs=3, jumps=2, trials=1, lost=len(waiting(lane)))
    once(tally, lane, "a year ahead")
    tally.check()


def test_the_machines_clock_jumps(image, tally):
    """The real clock is wrong by days (the shim): letters that were put off go all the same."""
    lane, start = image
    dice = random.Random(SEED + 2)
    for turn in range(20 if LONG else 2):
        lane.put(start)
        lane.sink.refuse({"match": ".", "reply": "451 4.7.1 later", "times": 3})
        offs = [dice.randrange(-5 * DAY, 400 * DAY) if n % 2 else 0 for n in range(4)]
        for off in offs:
            lane.run(NOW, env=lane.shim(torture_clock=max(0, off)))
        lane.sink.refuse()
        good(lane.run(NOW))
        tally.add(runs=5, jumps=3, trials=1)
        once(tally, lane, offs)
        tally.add(lost=len(waiting(lane)))
        if waiting(lane):
            tally.fail(offs, waiting(lane)[0])
    tally.check()
