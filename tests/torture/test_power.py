"""The power goes at each change of a file in turn: what was not flushed is gone, or part of it."""

import os
import random
import zipfile

from bed import LONG, OLD, SEED, Work, good
from powercut import Disk

TRIALS = 20
STRIDE = int(os.environ.get("TORTURE_STRIDE", "1"))
KEEP = (0.0, 0.0, 0.3, 0.7, 1.0)  # of what was not flushed


def cut(lane, tally, fault, seed, keep, run):
    """Runs until the call that `fault` names, then leaves on disk what a power cut leaves."""
    log = lane.stage.file(lane.campaign.dir / "files.log", b"")
    disk = Disk(lane.campaign.dir, ("state", "share"))
    done = run(lane.shim(fault=fault, torture_log=log))
    flushes = disk.replay(log.read_bytes())
    owner = (lane.stage.uid, lane.stage.gid) if lane.stage.root_started else None
    disk.write(seed, keep, owner)
    tally.add(runs=2, **{"power cuts": done.returncode == -9, "flushes": flushes})


def test_power_goes(friday, tally):
    lane = friday.lanes[0]
    lane.put(friday.images[lane])
    good(lane.run(env=lane.shim()))
    calls = lane.calls() + 1  # one more: after all of it
    dice = random.Random(SEED * 11)
    points = range(1, calls + 1, STRIDE) if LONG else [1 + int((i + dice.random()) * calls / TRIALS) for i in range(TRIALS)]

    def trial(lane, plan):
        how, n, seed, keep = plan
        cut(lane, tally, f"{how}:{n}", seed, keep, lambda env: lane.run(env=env))
        what = f"{how}:{n}, seed {seed}, {keep:.0%} of what was not flushed"
        if lane.campaign.workbook().exists():  # staff may open it before the next run
            try:
                assert zipfile.ZipFile(lane.campaign.workbook()).testzip() is None
            except (zipfile.BadZipFile, AssertionError, OSError) as e:
                tally.fail(what, f"the workbook cannot be read: {e}")
        tally.take(what, lane.recover(friday.reference))

    friday.spread([(dice.choice(("kill", "torn")), n, dice.randrange(1 << 30), dice.choice(KEEP)) for n in points], trial)
    tally.check()


def test_power_goes_at_the_first_start(lanes, tally):
    """Nothing is there yet: what the first run made must be whole or not there."""
    work = Work(lanes(), lambda lane: lane.campaign.deliver(OLD), expect_letters=False)
    lane = work.lanes[0]
    lane.put(work.images[lane])
    good(lane.run(env=lane.shim()))
    calls, trials = lane.calls() + 1, 400 if LONG else 8
    dice = random.Random(SEED * 13)

    def trial(lane, plan):
        n, seed, keep = plan
        cut(lane, tally, f"kill:{n}", seed, keep, lambda env: lane.run(env=env))
        tally.take(f"kill:{n}, seed {seed}, {keep:.0%} of what was not flushed", lane.recover(work.reference))

    work.spread([(1 + int((i + dice.random()) * calls / trials), dice.randrange(1 << 30), dice.choice(KEEP))
                 for i in range(trials)], trial)
    tally.check()


def test_power_goes_after_a_request(friday, tally):
    """`baosong hold` said that it is asked for: the next run holds."""
    dice = random.Random(SEED * 17)

    def trial(lane, seed):
        campaign = lane.campaign
        cut(lane, tally, None, seed, 0.0, lambda env: campaign.command("hold", env=env))
        good(lane.run())
        if campaign.status()["mode"] != "hold":
            tally.fail(f"seed {seed}", "the request is lost")
        tally.add(trials=1)

    friday.spread([dice.randrange(1 << 30) for _ in range(10 if LONG else 2)], trial)
    tally.check()


def test_half_a_copy_in_the_share(friday, tally):
    """A copy that was not flushed yet is dated 1970; after the cut it is made again, under its name."""
    lane = friday.lanes[0]
    lane.put(friday.images[lane])
    good(lane.run())
    copies = [path for path in (lane.campaign.dir / "share/附件").rglob("*") if path.is_file()]
    assert len(copies) > 2 and all(path.stat().st_mtime > 1e9 for path in copies)
    for keep, path in enumerate(copies):
        path.write_bytes(path.read_bytes()[:keep * 100])
        os.utime(path, (0, 0))
    tally.add(runs=2, copies=len(copies))
    tally.take("half copies", lane.recover(friday.reference))
    tally.check()
