"""Each write, flush, rename and new name of the daemon fails in turn, once or from then on; after it a good run comes
to what the run without any fault came to."""

import errno
import os
import random
import re
import subprocess

import pytest
from bed import LONG, SEED, TRY_LATER, complained, good

TRIALS = 9  # of the short form, per errno
STRIDE = int(os.environ.get("TORTURE_STRIDE", "1"))


@pytest.fixture(scope="module")
def calls(friday):
    lane = friday.lanes[0]
    lane.put(friday.images[lane])
    good(lane.run(env=lane.shim()))
    assert lane.calls() > 100
    return lane.calls()


def chosen(calls, seed):
    """Which calls fail: all in the long form, else some, evenly spread."""
    dice = random.Random(SEED * 100 + seed)
    if LONG:
        return range(1 + dice.randrange(STRIDE), calls + 1, STRIDE)
    return sorted({1 + int((i + dice.random()) * calls / TRIALS) for i in range(TRIALS)})


def try_all(tally, friday, faults):
    def trial(lane, fault):
        done = lane.run(env=lane.shim(fault=fault))
        tally.add(runs=2, faults=1, noticed=done.returncode != 0)
        if not complained(done):
            tally.fail(fault, f"exit {done.returncode}, said {done.stderr[-500:]!r}")
        tally.take(fault, lane.recover(friday.reference))
    friday.spread(faults, trial)
    assert tally.counts["resent"] <= tally.counts["faults"]
    tally.check()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_one_call_fails_with(friday, calls, tally, number):
    try_all(tally, friday, [f"fail:{n}:{number}" for n in chosen(calls, number)])


def test_the_disk_is_full_from_a_call_on(friday, calls, tally):
    try_all(tally, friday, [f"full:{n}:{errno.ENOSPC}" for n in chosen(calls, 1)])


def test_a_small_disk(friday, tally):
    """A real file system that is full: at each of several sizes."""
    if os.getuid() != 0:
        pytest.skip("needs root to mount a small tmpfs")
    lane = friday.lanes[0]
    state = lane.campaign.dir / "state"
    dice = random.Random(SEED)
    for left in [dice.randrange(4 << 20) for _ in range(60 if LONG else 3)]:
        lane.put(friday.images[lane])
        owner = f"uid={lane.stage.uid},gid={lane.stage.gid},mode=700"
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=24m,{owner}", "tmpfs", str(state)],
                               capture_output=True, text=True)
        if mount.returncode:
            pytest.skip(f"may not mount: {mount.stderr.strip()}")
        try:
            subprocess.run(["cp", "-a", f"{friday.images[lane].dir}/state/.", str(state)], check=True)
            filler = state / "filler"
            free = os.statvfs(state)
            filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))
            done = lane.run()
            tally.add(runs=2, faults=1, noticed=done.returncode != 0)
            if done.returncode != TRY_LATER or not re.search(": error: .*(space|full)", done.stderr):
                tally.fail(f"{left} bytes left", f"exit {done.returncode}, said {done.stderr[-300:]!r}")
            filler.unlink()
            tally.take(f"{left} bytes left", lane.recover(friday.reference))
        finally:
            subprocess.run(["umount", "-l", str(state)], check=True)
    tally.check()
