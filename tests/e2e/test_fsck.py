"""baosong fsck: silent about a sound state, one line for each breach of an unsound one."""

import sqlite3

import pytest
from conftest import make_campaign
from facts import go_live, good
from season import MAILS

BREACHES = 65


@pytest.fixture(scope="module")
def sound(stage, imap, sink):
    campaign = make_campaign(stage, imap, sink, "fsck")
    campaign.deliver(MAILS)
    return go_live(campaign)


def fsck(campaign, code=0):
    return good(campaign.command("fsck"), code).stdout.splitlines()


def test_a_season_is_sound(sound):
    lines = fsck(sound)
    assert len(lines) == 1 and "as it must be" in lines[0]


@pytest.mark.parametrize("sql, expected", [
    ("DELETE FROM version WHERE item = 1", "item 1 has no version"),
    ("UPDATE version SET version = version + 6 WHERE item = 2", "the last of which is 7"),
    ("UPDATE outbox SET message_id = 'other@shili.example' WHERE id = 1", "does not follow from its cause and the key"),
    ("UPDATE outbox SET mail = NULL WHERE kind = 'receipt' AND id = (SELECT min(id) FROM outbox WHERE kind = 'receipt')",
     "has no mail that causes it"),
    ("UPDATE mail SET facts = NULL WHERE whose = 'campaign' AND id = (SELECT min(mail) FROM version)", "has no facts"),
    ("DELETE FROM decision", "nothing says how it was understood"),
    ("DELETE FROM sighting WHERE mail = 1", "was never seen anywhere"),
    ("UPDATE reminder SET outbox = (SELECT min(id) FROM outbox WHERE kind = 'receipt')", "by no reminder"),
    ("UPDATE outbox SET accepted_at = NULL WHERE state = 'sent'", "no time says when"),
    ("UPDATE attachment SET size = size + 1 WHERE held", "its row says"),
    ("UPDATE version SET mail = 99999 WHERE item = 1", "refers to a row of mail that is not there"),
    ("UPDATE item SET duplicate_of = number WHERE number = 2", "duplicate of itself"),
])
def test_breaches_of_the_database(sound, stage, sql, expected):
    path = sound.dir / "state/baosong.db"
    saved = path.read_bytes()
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = DELETE")
    saved = path.read_bytes()
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute(sql)
    db.commit()
    db.close()
    stage.give(path)
    try:
        lines = fsck(sound, BREACHES)
        assert any(expected in line for line in lines), lines
        assert lines[-1].startswith(f"{len(lines) - 1} breaches")
    finally:
        stage.file(path, saved)
    fsck(sound)


def test_breaches_on_disk(sound, stage):
    mail = next((sound.dir / "state/mail").rglob("*.eml"))
    file = next(p for p in (sound.dir / "state/files").rglob("*") if p.is_file())
    for path in (mail, file):
        saved = path.read_bytes()
        path.write_bytes(saved[:-1] + b"!")
        assert any(path.name in line and "other bytes" in line for line in fsck(sound, BREACHES))
        path.unlink()
        assert any(path.name in line and "cannot be read" in line for line in fsck(sound, BREACHES))
        stage.file(path, saved)
    fsck(sound)


def test_without_a_database(campaign):
    assert "start baosongd once" in good(campaign.command("fsck"), 75).stderr
