"""Nothing is done twice: not by a second run, a lost cursor, a copied mail, a kill at any moment."""

import random
import re
import signal
import subprocess
import tempfile
import time

from facts import complaint, go_live, good, items, letters, mail_row, state
from season import MAILS, NOW

SOME = [m for m in MAILS if m.key in ("wen-1", "lishi-1", "shu-1", "hua-2", "zhe-1", "zhe-2", "newsletter", "gj-1")]

FORGET = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("DELETE FROM sighting")
db.execute("DELETE FROM folder")
db.commit()
"""


def settled(campaign):
    """What must not change, without rows that say where a mail was seen."""
    return state(campaign)


def ready(campaign, mails=SOME):
    campaign.deliver(mails)
    go_live(campaign)
    assert campaign.letters.taken()
    return settled(campaign), campaign.letters.message_ids()


def unchanged(campaign, before):
    state_before, sent_before = before
    assert settled(campaign) == state_before
    assert campaign.letters.message_ids() == sent_before


def test_two_more_runs(campaign):
    before = ready(campaign)
    for _ in range(2):
        good(campaign.daemon(NOW))
    unchanged(campaign, before)


def test_a_lost_cursor(campaign, stage):
    before = ready(campaign)
    subject = campaign.dir / "state/baosong.db"
    good(stage.run(["/usr/bin/python3", "-c", FORGET, subject]))
    good(campaign.daemon(NOW))
    unchanged(campaign, before)
    assert campaign.query("SELECT count(*) n FROM sighting")[0]["n"] >= len(SOME)


def test_mails_copied_into_the_mailbox_again(campaign, imap):
    before = ready(campaign)
    imap.append_many(campaign.user, [(m.raw, m.when + 3600) for m in SOME])
    good(campaign.daemon(NOW))
    unchanged(campaign, before)


def test_a_mail_moved_to_junk_and_back(campaign, imap):
    before = ready(campaign)
    for there in ("INBOX Junk", "Junk INBOX"):
        source, target = there.split()
        client = imap.login(campaign.user)
        client.select(source)
        client.uid("MOVE", "1:2", target)
        client.logout()
        good(campaign.daemon(NOW))
    unchanged(campaign, before)


def test_delivered_twice_with_other_trace_headers(campaign, imap):
    before = ready(campaign)
    again = [(b"Return-Path: <x@shili.example>\r\nDelivered-To: zzb@shili.example\r\nReceived: from a by b with LMTP id %d;"
              b" Thu, 29 May 2014 08:00:00 +0800\r\nX-Spam-Score: 1\r\n" % i + m.raw, m.when + 60)
             for i, m in enumerate(SOME)]
    imap.append_many(campaign.user, again)
    good(campaign.daemon(NOW))
    unchanged(campaign, before)


def test_same_message_id_with_other_content_is_another_mail(campaign):
    campaign.deliver(SOME[:1])
    good(campaign.daemon(NOW))
    other = type(SOME[0])(**{**SOME[0].__dict__, "raw": SOME[0].raw.replace(b"\r\nSubject: ", b"\r\nSubject: Re: ")})
    campaign.deliver([other])
    good(campaign.daemon(NOW))
    assert len(campaign.query("SELECT id FROM mail WHERE whose = 'campaign'")) == 2
    assert len(items(campaign)) == 1  # the same document


def test_new_uidvalidity(campaign, imap):
    """The server was restored from a backup: all UIDs are new."""
    before = ready(campaign)
    client = imap.login(campaign.user)
    for command in ("RENAME INBOX old", "SELECT INBOX"):
        client.xatom(*command.split()) if command.startswith("RENAME") else client.select("INBOX")
    client.logout()
    imap.append_many(campaign.user, [(m.raw, m.when) for m in reversed(SOME)])
    good(campaign.daemon(NOW))
    unchanged(campaign, before)


def test_killed_at_any_moment(campaigns, stage):
    """kill -9 again and again during a season; then one run to the end gives what an undisturbed one gives."""
    mails = [m for m in MAILS if m.folder == "INBOX" and m.expect.whose in ("campaign", "suspect", "again")][:24]
    calm, rough = campaigns(), campaigns()
    for c in (calm, rough):
        go_live(c)
        c.deliver(mails)
    started = time.monotonic()
    good(calm.daemon(NOW))
    whole = time.monotonic() - started
    moments = random.Random(2014)
    log = tempfile.TemporaryFile("w+")
    for _ in range(12):
        process = subprocess.Popen([str(rough.bin / "baosongd"), "-c", str(rough.config), "--once", "--now", NOW],
                                   stdout=subprocess.DEVNULL, stderr=log, env=stage.environment(),
                                   cwd=stage.dir, start_new_session=True, **stage.as_user())
        try:
            process.wait(moments.uniform(0.02, whole * 0.9))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    for _ in range(3):
        last = rough.daemon(NOW)
        log.write(last.stderr)
        if last.returncode == 0:
            break
    good(rough.daemon(NOW))
    log.seek(0)
    again = set(re.findall(r"letter <(\S+)> was in flight .* sent again", log.read()))

    def seen(c):
        return sorted((i["number"], i["title"], i["counts"]) for i in items(c)), \
            sorted((o["to_address"], o["kind"]) for o in letters(c)), {o["state"] for o in letters(c)}

    assert seen(rough) == seen(calm)
    ids = rough.letters.message_ids()
    mine = {o["message_id"] for o in letters(rough)}
    # The server may have taken a letter whose answer died with us: only that one may go again, and the log says so.
    assert mine <= set(ids)
    twice = {i for i in ids if i in mine and ids.count(i) > 1}
    assert twice <= again, "a letter went twice that was not in flight"
    assert mail_row(rough, mails[0].raw)


def test_a_deleted_database_answers_nobody_again(campaign):
    """A start refuses; rebuild makes the store anew from the mailbox."""
    ready(campaign)
    sent, known = campaign.letters.message_ids(), [(i["number"], i["title"]) for i in items(campaign)]
    for path in (campaign.dir / "state").glob("baosong.db*"):
        path.unlink()
    good(campaign.command("go-live"))
    assert "rebuild" in complaint(campaign.daemon(NOW), 78)
    good(campaign.command("rebuild", "--now", NOW))
    good(campaign.daemon(NOW))
    assert campaign.letters.message_ids() == sent
    assert [(i["number"], i["title"]) for i in items(campaign)] == known
