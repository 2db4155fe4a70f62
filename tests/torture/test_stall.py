"""The instance that sends is stopped in the middle of a letter, another takes over, and the first wakes up."""

import re
import signal
import socket
import threading
import time

import pytest
from bed import LONG
from season import MAILS
from servers import Campaign

TWO = [m for m in MAILS if m.key in ("lishi-1", "wen-1")]
SECONDS = 180  # the lease is one minute


class Gate:
    """An SMTP server that does not answer the first RCPT before it is told to."""

    def __init__(self):
        self.reached, self.open = threading.Event(), threading.Event()
        self.taken = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        file = client.makefile("rwb")
        file.write(b"220 gate\r\n")
        file.flush()
        while line := file.readline():
            if line.startswith(b"RCPT") and not self.reached.is_set():
                self.reached.set()
                self.open.wait(SECONDS)
            if line.startswith(b"DATA"):
                file.write(b"354 go\r\n")
                file.flush()
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    more = file.readline()
                    if not more:
                        return
                    text += more
                self.taken.append(re.search(rb"(?im)^message-id: *<(.*)>", text)[1])
            file.write(b"250 ok\r\n")
            file.flush()


def instance(stage, dovecot, gate, name, first=None):
    campaign = Campaign(stage, dovecot, gate, name, {
        "campaign.id": "stall", "campaign.rehearsal": "no", "remind.before": "", "remind.overdue": "", "imap.junk": "-",
        "imap.poll": "10", "smtp.timeout": "300", "store.lease": "60"})
    if first:
        campaign.user = first.user
        campaign.write(imap__user=first.user)
    return campaign


def ended(done):
    assert done.returncode == 0, done.stderr


def until(condition):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.skipif(not LONG, reason="a lease has to run out")
def test_who_wakes_up_after_its_lease_sends_nothing(stage, imap):
    gate = Gate()
    first = instance(stage, imap, gate, "stall-1")
    ended(first.daemon(None))
    ended(first.command("go-live"))
    ended(first.daemon(None))
    second = instance(stage, imap, gate, "stall-2", first)
    ended(second.command("rebuild"))
    first.deliver(TWO)
    running = []
    try:
        for campaign in (first, second):
            running.append(stage.spawn([campaign.bin / "baosongd", "-c", campaign.config], campaign.dir / "log"))
            if campaign is first:
                assert gate.reached.wait(SECONDS)
                running[0].send_signal(signal.SIGSTOP)
        until(lambda: len(gate.taken) == 2)  # by the second
        running[0].send_signal(signal.SIGCONT)
        gate.open.set()
        until(lambda: "another instance may send" in (first.dir / "log").read_text())
        until(lambda: first.status()["role"] == "standby")
        until(lambda: {o["state"] for o in first.query("SELECT state FROM outbox")} == {"sent"})
        assert len(gate.taken) == len(set(gate.taken)) == 2
    finally:
        for process in running:
            process.send_signal(signal.SIGCONT)
            stage.end(process)
    print("stalled within a letter, taken over, woken: lost 0, doubled 0, resent 0")
