"""Fixtures of the end-to-end tests: private servers for the session, campaigns on them, the demo's season run once.

BAOSONG_BUILD names the build under test (default build/gcc); BAOSONG_SCHEMAS the OOXML schemas.
"""

import itertools
import re
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "demo"), str(TESTS / "e2e")]

import season as the_season  # noqa: E402
from facts import good, mark  # noqa: E402
from servers import Campaign, Postfix, SmtpSink, build_dir  # noqa: E402
from servers.fixtures import imap, stage  # noqa: E402, F401

NUMBERS = itertools.count(1)


def pytest_report_header(config):
    return f"build under test: {build_dir()}"


def pytest_configure(config):
    missing = [p for p in ("baosongd", "baosong", "baosong-parse") if not (build_dir() / p).exists()]
    if missing:
        pytest.exit(f"{build_dir()} has no {', '.join(missing)}: run make first, or set BAOSONG_BUILD", 2)


@pytest.fixture(scope="session")
def sink(stage, imap):
    """The submission server of most tests."""
    return SmtpSink(stage, imap).start()


def make_campaign(stage, imap, smtp, name="c", settings=None):
    """A campaign of its own: mailbox, id and folder; nothing in it yet. `letters` is what it causes at `smtp`."""
    name = f"{name}-{next(NUMBERS)}"
    if isinstance(smtp, SmtpSink):
        smtp.refuse()
    campaign = Campaign(stage, imap, smtp, name, {"campaign.id": name, **(settings or {})})
    campaign.letters = mark(smtp)
    return campaign


@pytest.fixture
def campaigns(stage, imap, sink, request):
    """A maker of campaigns, for tests that need several, or another SMTP server."""
    base = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[5:25].strip("-")
    return lambda smtp=None, **settings: make_campaign(
        stage, imap, smtp or sink, base, {k.replace("__", "."): v for k, v in settings.items()})


@pytest.fixture
def campaign(campaigns):
    return campaigns()


@pytest.fixture(scope="session")
def postfix(stage, imap):
    if Postfix.possible():
        pytest.skip(Postfix.possible())
    return Postfix(stage, imap).start()


@pytest.fixture(scope="session")
def season(stage, imap, sink):
    """The demo's season up to Friday 30 May 09:00, observed, then live. Tests only look at it."""
    campaign = make_campaign(stage, imap, sink, "season")
    campaign.deliver(the_season.MAILS)
    campaign.before = {folder: imap.fetch(campaign.user, folder) for folder in ("INBOX", "Junk")}
    good(campaign.daemon(the_season.NOW))
    campaign.observed = campaign.letters.log()
    good(campaign.command("go-live"))
    campaign.last = good(campaign.daemon(the_season.NOW))
    campaign.sent = campaign.letters.taken()
    return campaign


@pytest.fixture(scope="session")
def weekend(stage, imap, sink):
    """Three days later: a reply to a receipt brings the missing file, one mail comes in the last minutes, one late."""
    campaign = make_campaign(stage, imap, sink, "weekend")
    campaign.deliver([m for m in the_season.MAILS if m.key in ("hua-1", "hua-2", "cai-1")])
    good(campaign.daemon(the_season.NOW))
    good(campaign.command("go-live"))
    good(campaign.daemon(the_season.NOW))
    receipt = campaign.query("SELECT o.message_id, o.subject FROM outbox o JOIN mail m ON m.id = o.mail "
                             "WHERE m.subject LIKE '%危险化学品%'")[0]
    campaign.reply = the_season.reply_with_file(receipt["message_id"], receipt["subject"])
    campaign.deliver([campaign.reply, *the_season.LATER])
    good(campaign.daemon(the_season.LATER_NOW))
    return campaign
