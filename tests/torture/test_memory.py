"""Memory that cannot be had: whatever the daemon then does, mostly an abort, the next run loses nothing."""

import random

import pytest
from bed import LONG, SEED, good

SIZES = {1: 14, 4096: 10}  # least size that counts, and trials of the short form


@pytest.mark.parametrize("size", SIZES)
def test_no_memory_for_bytes(friday, tally, size):
    lane = friday.lanes[0]
    lane.put(friday.images[lane])
    good(lane.run(env=lane.shim("memory", torture_size=size)))
    calls, trials = lane.calls(), 400 if LONG else SIZES[size]
    assert calls > trials

    def trial(lane, fault):
        done = lane.run(env=lane.shim("memory", fault, torture_size=size))
        tally.add(runs=2, faults=1, died=done.returncode < 0)
        if done.returncode > 0 and ": error: " not in done.stderr and ": warning: " not in done.stderr:
            tally.fail(fault, f"exit {done.returncode} without a word")
        tally.take(f"{fault} of at least {size} bytes", lane.recover(friday.reference))

    dice = random.Random(SEED * 7 + size)
    friday.spread([f"{how}:{1 + int((i + dice.random()) * calls / trials)}"
                   for i in range(trials) for how in [("fail", "full")[i % 2]]], trial)
    assert tally.counts["died"] > 0
    tally.check()
