"""A full database of each schema before is brought up to date by a daemon that is killed on the way, or whose disk
fails or whose power goes; then it is as if it had always been of this schema."""

import random
import sqlite3
from pathlib import Path

import pytest
from bed import LONG, SEED, Work, a_friday, good
from test_power import cut

MIGRATIONS = sorted((Path(__file__).parents[2] / "daemon/store/migrations").glob("*.sql"))
WAYS = ("kill", "torn", "fail", "power")


def as_of(path, version):
    """Rewrites a database as a daemon with so many migrations would have left it: what the schemas have in common."""
    old = path.with_suffix(".older")
    db = sqlite3.connect(old)
    db.executescript("PRAGMA foreign_keys = OFF;" + "".join(m.read_text() for m in MIGRATIONS[:version]))
    db.execute("ATTACH ? AS new", (str(path),))
    db.execute(f"PRAGMA application_id = {db.execute('PRAGMA new.application_id').fetchone()[0]}")
    db.execute(f"PRAGMA user_version = {version}")
    for (table,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                               ).fetchall():
        there = {row[1] for row in db.execute(f"PRAGMA new.table_info({table})")}
        names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})") if row[1] in there)
        if names:
            db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
    db.commit()
    assert not db.execute("PRAGMA foreign_key_check").fetchall()
    db.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    old.replace(path)


def old_friday(version):
    def prepare(lane):
        a_friday(lane)
        path = lane.campaign.dir / "state/baosong.db"
        as_of(path, version)
        lane.stage.give(path)
    return prepare


@pytest.mark.skipif(len(MIGRATIONS) < 2, reason="there is one schema only: nothing to upgrade from")
@pytest.mark.parametrize("version", range(1, max(2, len(MIGRATIONS))))
def test_upgrade_from_schema(lanes, tally, version):
    work = Work(lanes(), old_friday(version))
    lane = work.lanes[0]
    lane.put(work.images[lane])
    good(lane.run(env=lane.shim()))
    good(lane.campaign.command("fsck"))
    first = 100  # the calls of opening and migrating
    dice = random.Random(SEED * 19 + version)
    trials = [(way, n) for way in WAYS for n in
              (range(1, 2 * first) if LONG else sorted(dice.sample(range(1, first), 4)))]

    def trial(lane, plan):
        way, n = plan
        what = f"from schema {version}, {way}:{n}"
        if way == "power":
            cut(lane, tally, f"kill:{n}", n, dice.choice((0.0, 0.5)), lambda env: lane.run(env=env))
        else:
            done = lane.run(env=lane.shim(fault=f"{way}:{n}"))
            tally.add(runs=2, kills=done.returncode == -9, faults=way == "fail")
        tally.take(what, lane.recover(work.reference))

    work.spread(trials, trial)
    tally.check()
