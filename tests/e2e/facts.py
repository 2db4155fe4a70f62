"""Questions that several tests ask of a run, of a campaign's cache, and of the SMTP server."""

import hashlib

from season import NOW


def good(done, code=0):
    """The run ended as it should; otherwise what it said."""
    assert done.returncode == code, f"exit {done.returncode}, not {code}\n{done.stdout[-1000:]}\n{done.stderr[-4000:]}"
    for trouble in ("Sanitizer", "runtime error:", *([": error: "] if code == 0 else [])):
        assert trouble not in done.stderr, done.stderr[-4000:]
    return done


def go_live(campaign, now=NOW):
    """A first look at the mailbox as it is, then live, and the request applied."""
    good(campaign.daemon(now))
    good(campaign.command("go-live"))
    good(campaign.daemon(now))
    return campaign


class mark:
    """What happens at a shared SMTP server from here on."""

    def __init__(self, smtp):
        self.smtp = smtp
        self.start = len(self._all())

    def _all(self):
        return self.smtp.log() if isinstance(self.smtp.log(), list) else []

    def log(self):
        return self._all()[self.start:]

    def taken(self):
        return [e for e in self.log() if e["at"] == "taken"]

    def message_ids(self):
        return [e["message_id"].strip("<>") for e in self.taken()]

    def recipients(self):
        return sorted(to.lower() for e in self.taken() for to in e["to"])


def names(campaign):
    """roster code -> full name."""
    return {row["code"]: row["name"] for row in campaign.query("SELECT code, name FROM committee")}


def mail_row(campaign, raw):
    """The row of the mail with these bytes, or None."""
    rows = campaign.query("SELECT * FROM mail WHERE raw_sha256 = ?", hashlib.sha256(raw).hexdigest())
    return rows[0] if rows else None


def items(campaign):
    return campaign.query("SELECT * FROM item ORDER BY number")


def versions_of(campaign, mail_id):
    return campaign.query("SELECT * FROM version WHERE mail = ? ORDER BY item", mail_id)


def problems_of(campaign, mail_id):
    return {row["code"] for row in campaign.query("SELECT code FROM problem WHERE mail = ?", mail_id)}


def todos_of(campaign, mail_id):
    return {row["code"] for row in campaign.query("SELECT code FROM todo WHERE mail = ?", mail_id)}


def letters(campaign, kind=None):
    rows = campaign.query("SELECT id, message_id, kind, stage, committee, mail, to_address, cc, subject, state, "
                          "hold_reason, attempts, last_error FROM outbox ORDER BY id")
    return [row for row in rows if kind in (None, row["kind"])]


def state(campaign):
    """All that must not change when nothing new came in."""
    return {"mails": campaign.query("SELECT raw_sha256, identity, whose, committee, received_at FROM mail ORDER BY id"),
            "items": items(campaign), "versions": campaign.query("SELECT * FROM version ORDER BY item, version"),
            "problems": campaign.query("SELECT * FROM problem ORDER BY id"),
            "todos": campaign.query("SELECT mail, item, code, why FROM todo ORDER BY id"),
            "letters": [(row["message_id"], row["state"]) for row in letters(campaign)],
            "reminders": campaign.query("SELECT committee, stage FROM reminder ORDER BY committee, stage")}


def complaint(done, code):
    """The one line in which a failed run says what is wrong, after checking exit status and that it is one."""
    good(done, code)
    lines = [line for line in done.stderr.splitlines() if ": error: " in line]
    assert len(lines) == 1, f"not one line of complaint:\n{done.stderr[-4000:]}"
    return lines[0]
