"""systemd's watchdog is fed by progress and by nothing else: a notify socket of ours stands for systemd."""

import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from facts import good
from test_intake import AT, POISON, odd, plain, registered  # noqa: F401 - a fixture
from test_service import SECONDS, Service

WATCHDOG = 6  # seconds: systemd would kill a daemon that is silent for so long
STUCK = {"imap__timeout": "1h", "campaign__rehearsal": "no", "imap__poll": "3600", "store__workers": "1"}


@pytest.fixture
def serve(odd):  # noqa: F811
    """A maker of services on an odd mailbox, under a watchdog."""
    services = []

    def make(campaign):
        campaign.write(**STUCK)
        services.append(Service(campaign, WATCHDOG_USEC=WATCHDOG * 1_000_000))
        return services[-1]

    yield make
    for service in services:
        if service.process.poll() is None:
            service.end(signal.SIGKILL)


def starves(service):
    """Whether systemd would kill it. What was on its way just now may feed it yet; who waits is fed for ever."""
    fed = time.monotonic()
    end = fed + SECONDS
    while (left := fed + WATCHDOG - time.monotonic()) > 0:
        service.said.clear()
        if service.hear(left) and "WATCHDOG=1" in service.said:
            fed = time.monotonic()
        if fed > end:
            return False
    return service.process.poll() is None


def readers(service):
    """Processes of baosong-parse that read mails: under the one that the daemon started, which only forks them."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, name, _, parent, *_ = stat.read_text().split()
        except OSError:
            continue
        if name.startswith("(baosong-parse"):
            parents[int(pid)] = int(parent)
    return [pid for pid, parent in parents.items() if parents.get(parent) == service.process.pid]


def test_waiting_is_fed(odd, serve):  # noqa: F811
    """More often than systemd asks, however short its patience."""
    service = serve(odd())
    service.until(lambda: any("waiting for mail" in line for line in service.said), "the wait")
    service.said.clear()
    service.until(lambda: service.said.count("WATCHDOG=1") > 3, "food")


def test_a_server_that_is_silent_for_ever_starves_it(odd, serve):  # noqa: F811
    """With a deadline of an hour: systemd would kill it, and what is started then goes on."""
    campaign = odd(faults={POISON: "never"})
    service = serve(campaign)
    service.until(lambda: campaign.server.asked("^UID FETCH .*BODY"), "the FETCH")
    assert starves(service)
    service.end(signal.SIGABRT)
    campaign.server.faults.clear()
    good(campaign.daemon(None))
    assert [r["uid"] for r in registered(campaign)] == [1, 2, 3]


def test_a_reader_that_is_stopped_starves_it(odd, serve):  # noqa: F811
    campaign = odd()
    service = serve(campaign)
    service.until(lambda: len(registered_yet(campaign)) == 3 and readers(service), "three mails and their reader")
    reader = readers(service)[0]
    os.kill(reader, signal.SIGSTOP)
    campaign.server.add(plain(1), AT + 9)
    service.until(lambda: campaign.server.asked("^UID FETCH 4.*BODY"), "the FETCH")
    assert starves(service)
    os.kill(reader, signal.SIGCONT)
    service.until(lambda: len(registered_yet(campaign)) == 4, "the fourth mail")


def test_slow_progress_feeds_it(odd, serve):  # noqa: F811
    """The second mail of a portion takes longer than systemd waits: the first one feeds, and the third one."""
    campaign = odd(faults={POISON: "slow"})
    service = serve(campaign)
    service.until(lambda: any("read 3 mails" in line for line in service.said), "three mails")
    lines = service.said[:next(i for i, line in enumerate(service.said) if "read 3 mails" in line)]
    begun = max(i for i, line in enumerate(lines) if line.startswith("STATUS="))
    assert lines[begun + 1:].count("WATCHDOG=1") > 1  # beside the one that comes with the status


def registered_yet(campaign):
    try:
        return registered(campaign)
    except sqlite3.OperationalError:  # there is no database yet, or nothing in it
        return []
