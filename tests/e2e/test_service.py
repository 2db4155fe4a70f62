"""The daemon as a service: it says when it is ready, wakes for mail and for requests, ends when asked to."""

import os
import select
import signal
import socket
import time
from pathlib import Path

import pytest
from facts import good, letters
from ledger import records
from season import MAILS

MAIL = [m for m in MAILS if m.key == "lishi-1"]
SECONDS = 60  # for a condition that holds at once on an idle machine


class Service:
    """baosongd without --once, with a notify socket as systemd gives it."""

    def __init__(self, campaign, *options, **environment):
        self.campaign, self.stage = campaign, campaign.stage
        self.said = []
        path = self.stage.folder("notify") / f"{campaign.dir.name}.sock"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        os.chmod(path, 0o777)
        self.log = campaign.dir / "service.log"
        self.process = self.stage.spawn(
            ["/usr/bin/env", *options, f"NOTIFY_SOCKET={path}", *(f"{k}={v}" for k, v in environment.items()), campaign.bin / "baosongd", "-c", campaign.config], self.log)

    def until(self, condition, what):
        """Waits until the condition holds, taking what the daemon notifies meanwhile."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if condition():
                return
            assert self.process.poll() is None, f"ended before {what}: {self.log.read_text()}"
            self.hear(0.1)
        pytest.fail(f"{what} did not come: {self.said[-5:]}\n{self.log.read_text()}")

    def hear(self, seconds):
        """Takes what the daemon notifies; whether it said anything within the time."""
        heard = bool(select.select([self.socket], [], [], seconds)[0])
        if heard:
            self.said += self.socket.recv(4096).decode().splitlines()
        return heard

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(SECONDS)
        while self.hear(0):
            pass
        self.socket.close()
        return self.process.returncode


@pytest.fixture
def service(campaigns):
    """Polls once an hour: what happens sooner was woken. The real clock: the season of 2014 is over."""
    campaign = campaigns(imap__poll="3600", remind__before="", remind__overdue="", campaign__rehearsal="no")
    service = Service(campaign)
    yield service
    if service.process.poll() is None:
        service.end()


def waiting(service):
    return any(line.startswith("STATUS=") and "waiting" in line for line in service.said)


def test_wakes_for_requests_and_mail_and_ends_on_sigterm(service):
    campaign = service.campaign
    service.until(lambda: "READY=1" in service.said, "READY=1")
    service.until(lambda: waiting(service), "the first wait")
    good(campaign.command("go-live"))
    service.until(lambda: campaign.status()["mode"] == "live", "live")
    service.said.clear()
    service.until(lambda: waiting(service), "the next wait")
    campaign.deliver(MAIL)
    service.until(lambda: [o for o in letters(campaign, "receipt") if o["state"] == "sent"], "the receipt")
    assert campaign.letters.recipients() == ["lishi_dw@163.example"]
    assert any(line == "WATCHDOG=1" for line in service.said)
    assert service.end() == 0
    assert "STOPPING=1" in service.said


def test_sighup_ends_the_lease(service):
    """As closing a terminal does, or who means a reload: another machine need not wait until the lease has run out."""
    service.until(lambda: waiting(service), "the first wait")
    assert service.end(signal.SIGHUP) == 0
    assert [r["seconds"] for _, r in records(service.campaign) if r["kind"] == "lease"][-1] == 0


def test_goes_on_under_nohup(campaigns):
    """Who logs out after `nohup baosongd &` means it to go on."""
    service = Service(campaigns(imap__poll="3600", campaign__rehearsal="no"), "--ignore-signal=HUP")
    service.until(lambda: waiting(service), "the first wait")
    service.process.send_signal(signal.SIGHUP)
    good(service.campaign.command("go-live"))
    service.until(lambda: service.campaign.status()["mode"] == "live", "live")
    assert service.end() == 0


def test_waits_at_an_empty_mailbox(service):
    """As a new mailbox is: with nothing to read it is looked at once, not again and again."""
    service.until(lambda: waiting(service), "the first wait")
    service.until(lambda: service.said[-1] == "WATCHDOG=1" and waiting(service), "the pat at the start of the wait")
    assert not service.hear(3), service.said
    assert service.said.count("STATUS=observe: looking for mail") == 1


def test_second_daemon_names_the_first(service):
    campaign = service.campaign
    service.until(lambda: "READY=1" in service.said, "READY=1")
    second = campaign.daemon(None)
    assert second.returncode == 75
    assert str(service.process.pid) in second.stderr and len(second.stderr.splitlines()) == 1


def test_goes_on_when_the_server_comes_back(campaigns, stage, imap):
    """A server that is away is one line in the log, and a later pass reads what came meanwhile."""
    campaign = campaigns(imap__poll="3600", remind__before="", remind__overdue="", campaign__rehearsal="no")
    campaign.deliver(MAIL)
    campaign.write(imap__url="imaps://localhost:1")
    service = Service(campaign)
    service.until(lambda: "localhost" in service.log.read_text(), "the line about the server")
    assert service.process.poll() is None
    assert service.end() == 0
    campaign.write(imap__url=f"imaps://localhost:{imap.imaps}")
    good(campaign.daemon(None))
    assert campaign.query("SELECT count(*) n FROM item")[0]["n"] == 1


def processes_below(pid):
    """The process and all that it started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def dear(pid):
    """What the kernel knows of the process, and of each below it."""
    return [int(Path(f"/proc/{one}/oom_score_adj").read_text()) for one in processes_below(pid)]


def test_readers_go_first_where_memory_runs_out(service):
    """The kernel ends who is dearest: one reader, who is replaced, and not the daemon."""
    campaign = service.campaign
    campaign.deliver(MAIL)
    service.until(lambda: waiting(service) and campaign.status()["items"] == 1, "the item")
    # Two nurseries, and a reader of each: one has read the mail, the others may be about to begin.
    service.until(lambda: dear(service.process.pid)[1:] == [500] * 4, "four that are dear")
    assert dear(service.process.pid)[0] == 0
    assert service.end() == 0
