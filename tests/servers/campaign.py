"""One campaign on private servers: its folder, its config, and the programs run on it."""

import configparser
import json
import os
import sqlite3
import string
from pathlib import Path

DEMO = Path(__file__).parent.parent / "demo"
DESK = "zzb@shili.example"


def build_dir():
    """The build under test: BAOSONG_BUILD, or build/gcc."""
    return Path(os.environ.get("BAOSONG_BUILD") or Path(__file__).parents[2] / "build/gcc").resolve()


class Campaign:
    """`settings` change or add keys of the demo's config: {"section.key": value}; None removes the key."""

    def __init__(self, stage, dovecot, smtp, name="campaign", settings=None, build=None):
        self.stage, self.dovecot, self.smtp = stage, dovecot, smtp
        self.dir = stage.folder(name)
        self.bin = stage.programs(build or build_dir())
        self.user = f"zzb-{name}@shili.example" if name != "campaign" else DESK
        self.settings = dict(settings or {})
        stage.file(self.dir / "roster.csv", (DEMO / "roster.csv").read_bytes())
        stage.file(self.dir / "holidays-2014.conf", (DEMO / "holidays-2014.conf").read_bytes())
        stage.file(self.dir / "imap.password", dovecot.password + "\n")
        stage.file(self.dir / "ledger.key", "0123456789abcdef" * 4 + "\n")
        stage.file(self.dir / "ca.pem", dovecot.ca.read_bytes())
        stage.folder(name, "state")
        stage.folder(name, "share")
        self.write()

    @property
    def config(self):
        return self.dir / "baosong.conf"

    def write(self, extra="", **settings):
        """Writes the config; keyword arguments are settings with __ for the dot."""
        self.settings.update({key.replace("__", "."): value for key, value in settings.items()})
        text = string.Template((DEMO / "baosong.conf").read_text()).substitute(
            imap_url=f"imaps://localhost:{self.dovecot.imaps}", smtp_url=f"smtp://localhost:{self.smtp.port}")
        ini = configparser.RawConfigParser(interpolation=None)
        ini.optionxform = str
        ini.read_string(text)
        for key, value in {"imap.user": self.user, **self.settings}.items():
            section, option = key.split(".", 1)
            if value is None:
                ini.remove_option(section, option)
                continue
            if not ini.has_section(section):
                ini.add_section(section)
            ini.set(section, option, value)
        lines = []
        for section in ini.sections():
            lines += [f"[{section}]", *(f"{k} = {v}" for k, v in ini.items(section)), ""]
        self.stage.file(self.config, "\n".join(lines) + extra)

    # --- the mailbox -------------------------------------------------------------------------------------------

    def deliver(self, mails):
        """Puts mails of the season (or anything with raw, when, folder) into the campaign's mailbox."""
        for folder in sorted({m.folder for m in mails}):
            self.dovecot.append_many(self.user, [(m.raw, m.when) for m in mails if m.folder == folder],
                                     {"Junk": self.dovecot.junk}.get(folder, folder))

    # --- the programs ------------------------------------------------------------------------------------------

    def daemon(self, now="2014-05-30T09:00:00+08:00", *more, timeout=300, **kind):
        """baosongd --once: one run until nothing is due."""
        clock = ["--now", now] if now else []
        return self._run("baosongd", "--once", *clock, *more, timeout=timeout, **kind)

    def command(self, *argv, timeout=120, **kind):
        return self._run("baosong", *argv, timeout=timeout, **kind)

    def _run(self, program, *argv, timeout, env=None, **kind):
        """What GLib calls critical is a fault of ours: it ends the program, and the test."""
        return self.stage.run([self.bin / program, "-c", self.config, *argv], timeout,
                              env={"G_DEBUG": "fatal-criticals", **(env or {})}, **kind)

    def status(self):
        done = self.command("status", "--json")
        if done.returncode != 0:
            raise AssertionError(f"baosong status: {done.stderr}")
        return json.loads(done.stdout)

    # --- what is left behind -----------------------------------------------------------------------------------

    def query(self, sql, *arguments):
        """Rows of the cache as dictionaries. For tests; the daemon is the only writer."""
        path = self.dir / "state" / "baosong.db"
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in db.execute(sql, arguments)]
        finally:
            db.close()

    def workbook(self):
        return self.dir / "share" / "报送汇总.xlsx"
