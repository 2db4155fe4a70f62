"""The bed on which baosongd is tortured: a campaign whose state, mailbox and letters can be put back to an image, run
under some fault, and compared with the run that had none.

Words: *lost* is a mail that is not registered, or an effect that is never sent. *Doubled* is two Message-IDs for one
effect. *Resent* is one Message-ID that the submission server took twice.
"""

import collections
import datetime
import hashlib
import itertools
import os
import shutil
import signal
import subprocess
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ledger import cells, records, snapshot
from season import MAILS, NOW
from servers import Campaign, SmtpSink, build_dir

from proxy import Proxy

LONG = bool(os.environ.get("TORTURE"))
SEED = int(os.environ.get("TORTURE_SEED", "1"))
LANES = int(os.environ.get("TORTURE_LANES", "2"))
TRY_LATER = 75
IGNORED_MEMBERS = ("docProps/core.xml",)  # says when the workbook was made
EARLIER = "2014-05-20T09:00:00+08:00"
COMMITTEES = ("001", "002", "003", "011", "013")  # those who write below
OLD = [m for m in MAILS if m.key in ("wen-1", "lishi-1")]
NEW = [m for m in MAILS if m.key in ("shu-1", "hua-2", "zhe-1", "wen-1-more", "newsletter", "lishi-1-resend")]


@dataclass
class Tally:
    """What one part did."""
    name: str
    counts: collections.Counter = field(default_factory=collections.Counter)
    wrong: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **counts):
        with self.lock:
            self.counts.update(counts)

    def take(self, what, result):
        """Adds a Result; keeps what is not as it must be, with the words that reproduce it."""
        self.add(trials=1, lost=result.lost, doubled=result.doubled, resent=result.resent)
        if result.wrong:
            with self.lock:
                self.wrong.append(f"{what}: {result.wrong}")

    def fail(self, what, why):
        with self.lock:
            self.wrong.append(f"{what}: {why}")

    def __str__(self):
        last = ("lost", "doubled", "resent")
        more = [f"{n} {name}" for name, n in self.counts.items() if name not in last]
        return f"{self.name}: " + ", ".join(more + [f"{name} {self.counts[name]}" for name in last])

    def check(self):
        assert not self.wrong, f"{len(self.wrong)} of {self.counts['trials']} went wrong:\n" + "\n".join(self.wrong[:12])
        assert self.counts["lost"] == self.counts["doubled"] == 0


@dataclass
class Result:
    lost: int
    doubled: int
    resent: int
    wrong: str


@dataclass
class Image:
    """A copy of state, share and mailbox."""
    dir: object


@dataclass
class Reference:
    """What the run without any fault came to."""
    tables: dict
    book: dict
    files: set
    letters: collections.Counter


class Lane:
    """One campaign with servers and proxies of its own; several lanes run side by side. All lanes are one campaign to
    the ledger (id, key), so that one reference does for all."""
    numbers = itertools.count(1)
    copying = threading.Lock()

    def __init__(self, stage, dovecot, proxies, settings=None, name="lane"):
        self.stage, self.dovecot = stage, dovecot
        self.name = f"{name}-{next(Lane.numbers):02}"  # all of one length: so are the users' names in a session
        self.sink = SmtpSink(stage, dovecot, name=f"smtp-{self.name}", deliver_to="^zzb-").start()
        self.imap = Proxy(proxies, dovecot.imaps, dovecot.authority)
        self.smtp = Proxy(proxies, self.sink.port)
        self.turn = 0
        self.campaign = Campaign(stage, dovecot, self.sink, self.name, {
            "campaign.id": "torture", "imap.url": f"imaps://localhost:{self.imap.port}",
            "smtp.url": f"smtp://localhost:{self.smtp.port}"})
        # A letter that waits for its turn is no fault.
        self.campaign.settings.update({f"smtp.{key}": "10000" for key in ("per_minute", "domain_per_minute", "per_hour")
                                       if self.knows(key)})
        self.campaign.settings.update(settings or {})
        self.follow_user()

    def knows(self, key):
        """Whether this version has such a key in its config."""
        return f"Ic {key}\n" in self.stage.run([self.campaign.bin / "baosong", "config", "reference"]).stdout

    # --- images ------------------------------------------------------------------------------------------------

    def home(self, user):
        return self.dovecot.dir / "home" / "shili.example" / user.split("@")[0]

    def follow_user(self):
        """Writes the config. With sent_copy = bcc our own mailbox is a recipient: one address that leads to it,
        whoever is the user at the moment."""
        campaign = self.campaign
        if campaign.settings.get("smtp.sent_copy") == "bcc":
            campaign.settings["desk.address"] = f"zzb-{self.name}-desk@shili.example"
            desk = self.home(campaign.settings["desk.address"])
            self.stage.folder(*desk.parent.relative_to(self.stage.dir).parts)
            desk.unlink(missing_ok=True)
            desk.symlink_to(self.home(campaign.user))
        campaign.settings["imap.user"] = campaign.user
        campaign.write()

    def save(self, name):
        """An image of how it is now."""
        image = Image(self.stage.folder(f"image-{self.name}-{name}"))
        campaign = self.campaign
        for what in ("state", "share"):
            copy(campaign.dir / what, image.dir / what)
        copy(self.home(campaign.user), image.dir / "home")
        return image

    def put(self, image):
        """Back to the image. The mailbox is a new user's each time, so that a session of the last trial that still
        works on something cannot reach it."""
        campaign = self.campaign
        self.turn += 1
        before = self.home(campaign.user)
        campaign.user = f"zzb-{self.name}-{self.turn:05}@shili.example"
        for what in ("state", "share"):
            copy(image.dir / what, campaign.dir / what)
        copy(image.dir / "home", self.home(campaign.user))
        if self.turn > 1:
            shutil.rmtree(before, ignore_errors=True)
        self.follow_user()
        self.imap.plan()
        self.smtp.plan()
        os.truncate(self.sink.journal, 0)

    # --- runs --------------------------------------------------------------------------------------------------

    def run(self, now=NOW, env=None, **more):
        return self.campaign.daemon(now, env=env, timeout=120, **more)

    def shim(self, name="files", fault=None, **more):
        """The environment in which the daemon runs under a shim of tests/torture, with `fault` as shim.h has it."""
        target = self.stage.dir / f"{name}.so"
        with Lane.copying:
            if not target.exists():
                self.stage.file(target, (build_dir() / "tests/torture" / target.name).read_bytes(), 0o755)
        environment = {"LD_PRELOAD": str(target), "ASAN_OPTIONS": "verify_asan_link_order=0",
                       "TORTURE_ROOTS": f"{self.campaign.dir}/state:{self.campaign.dir}/share",
                       "TORTURE_COUNT": str(self.campaign.dir / "calls")}
        if fault:
            environment["TORTURE_FAULT"] = fault
        return {**environment, **{k.upper(): str(v) for k, v in more.items()}}

    def calls(self):
        """How many calls the shim counted in a run that ended by itself."""
        return int((self.campaign.dir / "calls").read_text())

    def run_killed(self, seconds, now=NOW):
        """A run that is killed after so long; True if it was still there."""
        campaign = self.campaign
        process = subprocess.Popen(
            [str(campaign.bin / "baosongd"), "-c", str(campaign.config), "--once", "--now", now], cwd=self.stage.dir,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.stage.environment(), **self.stage.as_user())
        try:
            process.wait(seconds)
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True

    # --- what came of it ---------------------------------------------------------------------------------------

    def letters(self):
        """Message-ID -> how often the submission server took it."""
        return collections.Counter(e["message_id"].strip("<>") for e in self.sink.log() if e["at"] == "taken")

    def files(self):
        found = set()
        state = self.campaign.dir / "state"
        for room in ("mail", "files", "tmp"):
            for path in (state / room).rglob("*"):
                if path.is_file():
                    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
                    right = path.name.split(".")[0] == sha256 and path.parent.name == sha256[:2]
                    found.add(f"{path.relative_to(state)}{'' if right else ' (not what its name says)'}")
        share = self.campaign.dir / "share"
        found.update((str(path.relative_to(share)), hashlib.sha256(path.read_bytes()).hexdigest())
                     for path in (share / "附件").rglob("*") if path.is_file())
        return found

    def book(self):
        try:
            with zipfile.ZipFile(self.campaign.workbook()) as z:
                return {i.filename: i.CRC for i in z.infolist() if i.filename not in IGNORED_MEMBERS}
        except (OSError, zipfile.BadZipFile) as e:
            return {"broken": str(e)}

    def tables(self):
        """All that a rebuild must bring back. A letter that was found in Sent has the real time of its attempt, which
        in a rehearsal is another than the campaign's: only that it went counts."""
        tables = snapshot(self.campaign)
        for letter in tables["letters"]:
            letter["accepted_at"] = letter["accepted_at"] is not None
        return tables

    def reference(self):
        return Reference(self.tables(), {"members": self.book(), "cells": cells(self.campaign)}, self.files(),
                         self.letters())

    def compare(self, reference, before=None, without=()):
        """What this trial came to, against the reference. `before`: letters that had left when the trial began."""
        lost = doubled = resent = 0
        wrong = []
        taken = self.letters()
        lost += len(reference.letters.keys() - taken.keys())
        doubled += len(taken.keys() - reference.letters.keys())
        resent += sum(n - 1 for n in taken.values())
        for message_id in sorted(reference.letters.keys() ^ taken.keys())[:3]:
            wrong.append(f"letter <{message_id}> was taken {taken[message_id]} times")
        now = self.tables()
        for name, rows in reference.tables.items():
            if name in without or rows == now[name] or name == "requests" and len(rows) == len(now[name]):
                continue
            if name in ("mails", "others"):
                lost += max(0, len(rows) - len(now[name]))
            wrong.append(difference(name, rows, now[name]))
        if "sent" in without:
            return Result(lost, doubled, resent, "; ".join(wrong))
        copies = collections.Counter(m["raw"].split(b"Message-ID: <", 1)[1].split(b">", 1)[0].decode()
                                     for m in self.dovecot.fetch(self.campaign.user, self.dovecot.sent))
        if more := [m for m, n in copies.items() if n > 1]:
            wrong.append(f"{len(more)} letters lie twice in Sent")
        if missing := reference.letters.keys() - copies.keys():
            wrong.append(f"{len(missing)} letters do not lie in Sent")
        numbers = [r["seq"] for _, r in records(self.campaign) if "seq" in r]
        if sorted(set(numbers)) != list(range(1, len(set(numbers)) + 1)):
            wrong.append(f"records are numbered {sorted(numbers)}")
        if self.files() != reference.files:
            wrong.append(f"files: {sorted(map(str, self.files() ^ reference.files))[:3]}")
        if self.book() != reference.book["members"]:
            now, then = cells(self.campaign), reference.book["cells"]
            if changed := [k for k in now.keys() | then.keys() if now.get(k) != then.get(k) and not is_real(now.get(k))]:
                wrong.append(f"workbook: {changed[0]} was {then.get(changed[0])}, is {now.get(changed[0])}")
        return Result(lost, doubled, resent, "; ".join(wrong))

    def recover(self, reference, now=NOW, **more):
        """The good run after a fault, and what it came to."""
        self.imap.plan()
        self.smtp.plan()
        done = self.run(now)
        for _ in range(8 if "smtp.copy_wait" in self.campaign.settings else 0):
            if done.returncode == TRY_LATER:  # a blind copy may be on its way
                time.sleep(0.5)
                done = self.run(now)
        if done.returncode != 0:
            return Result(0, 0, 0, f"the good run ended with {done.returncode}: {done.stderr[-600:]}")
        return self.compare(reference, **more)


class Work:
    """Lanes in one state that have something to do, and what a good run makes of it."""

    def __init__(self, lanes, prepare, now=NOW, expect_letters=True):
        self.lanes, self.now = lanes, now
        with ThreadPoolExecutor(len(lanes)) as pool:
            self.images = dict(zip(lanes, pool.map(lambda lane: (prepare(lane), lane.save("work"))[1], lanes)))
        lane = lanes[0]
        lane.put(self.images[lane])
        good(lane.run(now))
        self.reference = lane.reference()
        assert bool(self.reference.letters) == expect_letters and max(self.reference.letters.values(), default=1) == 1

    def spread(self, trials, trial):
        """trial(lane, what) for each of `trials`, the lane put back to its image before."""
        rest, lock = iter(list(trials)), threading.Lock()

        def take(lane):
            while True:
                with lock:
                    what = next(rest, None)
                if what is None:
                    return
                lane.put(self.images[lane])
                trial(lane, what)

        with ThreadPoolExecutor(len(self.lanes)) as pool:
            for done in [pool.submit(take, lane) for lane in self.lanes]:
                done.result()


def a_friday(lane, since=EARLIER):
    """Live since the 20th, two mails answered and the first reminders sent; now six mails wait, and reminders are due."""
    campaign = lane.campaign
    roster = (campaign.dir / "roster.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    lane.stage.file(campaign.dir / "roster.csv", "".join(
        line for line in roster if line.startswith(("代码", *COMMITTEES))))
    campaign.deliver(OLD)
    good(lane.run(since))
    good(campaign.command("go-live"))
    good(lane.run(since))
    campaign.deliver(NEW)


def good(done):
    assert done.returncode == 0 and ": error: " not in done.stderr, done.stderr[-2000:]


def is_real(cell):
    """A cell with a time that is not the rehearsal's."""
    return cell is not None and isinstance(cell[0], datetime.datetime) and cell[0].year > 2020


def difference(name, then, now):
    for old, new in itertools.zip_longest(then, now):
        if old is None or new is None:
            return f"{name}: {len(then)} rows were, {len(now)} are; {'missing' if new is None else 'too many'}: " \
                   f"{ {k: str(v)[:60] for k, v in (old or new).items()} }"
        if old != new:
            return f"{name}: " + str({k: (str(old[k])[:200], str(new[k])[:200]) for k in old if old[k] != new[k]})


def copy(source, target):
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def complained(done):
    """A fault that was noticed says so in one line; True if the exit status and the words fit each other."""
    errors = [line for line in done.stderr.splitlines() if ": error: " in line]
    if done.returncode == 0:
        return not errors
    if done.returncode != TRY_LATER:
        return False
    return len(errors) == 1 or (not errors and ": warning: " in done.stderr or " is put off" in done.stderr)
