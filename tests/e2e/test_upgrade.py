"""A full database of the version before is brought up to date by the first start, with everything that is in it."""

import sqlite3
from pathlib import Path

import pytest
from facts import good
from ledger import cells, same, snapshot
from season import LATER, LATER_NOW, MAILS, NOW

MIGRATIONS = sorted((Path(__file__).parents[2] / "daemon/store/migrations").glob("*.sql"))


def objects(db):
    """What the schema is made of."""
    return {(kind, name): sql for kind, name, sql in db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")}


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def made_by(count):
    db = sqlite3.connect(":memory:")
    for path in MIGRATIONS[:count]:
        db.executescript(path.read_text())
    return objects(db)


def downgrade(path, version):
    """As a daemon with so many migrations would have left it: the later ones have only added to it."""
    older = made_by(version)
    db = sqlite3.connect(path)
    for (kind, name), _ in sorted(objects(db).items()):  # indexes before tables
        if (kind, name) not in older:
            db.execute(f"DROP {kind} IF EXISTS {name}")
        elif kind == "table":
            for column in columns(db, name):
                if f"{column} " not in older[kind, name]:
                    db.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
    db.execute(f"PRAGMA user_version = {version}")
    db.commit()
    assert objects(db) == older
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_nothing_is_lost_on_the_way(version, campaigns, sink):
    campaign = campaigns()
    path = campaign.dir / "state" / "baosong.db"
    campaign.deliver(MAILS)
    good(campaign.daemon(NOW))
    good(campaign.command("go-live"))
    sink.refuse({"match": "jingji", "reply": "451 4.7.1 later"}, {"match": "lishi", "reply": "554 5.7.1 no"})
    good(campaign.daemon(NOW), 75)
    good(campaign.command("hold"))
    sink.refuse()
    campaign.deliver(LATER)
    good(campaign.daemon(LATER_NOW))
    before, sent, shown = snapshot(campaign), campaign.letters.message_ids(), cells(campaign)
    assert {"held", "sent", "failed"} <= {o["state"] for o in before["letters"]} and before["reminders"]

    downgrade(path, version)
    stale = campaign.command("status")  # the new command looks before the new daemon has started
    assert stale.returncode in (75, 78) and "baosongd" in stale.stderr, stale.stderr
    good(campaign.daemon(LATER_NOW))
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    assert objects(db) == made_by(len(MIGRATIONS))
    same(before, snapshot(campaign))
    good(campaign.command("fsck"))
    assert campaign.letters.message_ids() == sent and cells(campaign) == shown
    good(campaign.command("release"))
    good(campaign.daemon(LATER_NOW))
    ids = campaign.letters.message_ids()
    assert len(ids) == len(set(ids)) > len(sent)
